"""claim_status, authorship and independent voices: the codebook's definitions as tables of cases."""

import pytest

from timeline import status

ACTORS = [
    {"actor_id": "iraq", "actor_type": "state", "country_iso3": "IRQ"},
    {"actor_id": "israel", "actor_type": "state", "country_iso3": "ISR"},
    {"actor_id": "jordan", "actor_type": "state", "country_iso3": "JOR"},
    {"actor_id": "usa", "actor_type": "state", "country_iso3": "USA"},
    {"actor_id": "syria", "actor_type": "state", "country_iso3": "SYR"},
    {"actor_id": "idf", "actor_type": "state_body", "affiliations": "israel"},
    {"actor_id": "us-navy", "actor_type": "state_body", "affiliations": "usa"},
    {"actor_id": "us-official", "actor_type": "unnamed_voice", "affiliations": "usa"},
    {"actor_id": "iraqi-minister", "actor_type": "person", "affiliations": "iraq"},
    {"actor_id": "jordan-army", "actor_type": "state_body", "affiliations": "jordan"},
    {"actor_id": "israel-radio", "actor_type": "medium", "affiliations": "israel"},
    {"actor_id": "envoy", "actor_type": "person", "affiliations": "israel;usa"},
    {"actor_id": "radio-editor", "actor_type": "person", "affiliations": "israel-radio"},
    {"actor_id": "militia", "actor_type": "armed_group", "affiliations": "israel"},
    {"actor_id": "retired-general", "actor_type": "person", "country_iso3": "ISR"},
    {"actor_id": "groups", "actor_type": "coalition", "country_iso3": "IRQ"},
    {"actor_id": "brand", "actor_type": "brand", "affiliations": "groups"},
    {"actor_id": "faction", "actor_type": "armed_group", "affiliations": "brand"},
    {"actor_id": "spokesman", "actor_type": "person", "affiliations": "faction"},
    {"actor_id": "houthis", "actor_type": "armed_group"},
    {"actor_id": "agency", "actor_type": "medium"},
    {"actor_id": "paper", "actor_type": "medium"},
    {"actor_id": "analyst", "actor_type": "person"},
]
PLACES = [
    {"place_id": "israel", "country_iso3": "ISR"},
    {"place_id": "eilat", "within": "israel", "country_iso3": "ISR"},
    {"place_id": "iraq", "country_iso3": "IRQ"},
    {"place_id": "south-of-baghdad", "within": "iraq", "country_iso3": "IRQ"},
    {"place_id": "syria", "country_iso3": "SYR"},
    {"place_id": "jordan", "country_iso3": "JOR"},
    {"place_id": "from-the-east", "place_type": "bearing"},
    {"place_id": "border-area", "place_type": "border_area"},
]
SOURCES = [
    {"source_id": "wire", "source_type": "wire", "published": "2024-03-01"},
    {"source_id": "other", "source_type": "news_report", "published": "2024-03-02"},
    {"source_id": "statement", "source_type": "group_statement", "published": "2024-03-01"},
    {"source_id": "reprint", "source_type": "reprint", "derived_from": "wire", "published": "2024-03-02"},
    {"source_id": "retelling", "source_type": "news_report", "derived_from": "statement", "published": "2024-03-02"},
    {"source_id": "digest", "source_type": "news_report", "derived_from": "wire;other", "published": "2024-03-03"},
    {"source_id": "of-reprint", "source_type": "reprint", "derived_from": "reprint", "published": "2024-03-03"},
]


@pytest.fixture(scope="session")
def attack(small):
    """An attack on Israel by `brand`, and voices as (source, speaker, stance, aspect, value)."""

    def make(*voices, **columns):
        event = {
            "event_id": "E0001",
            "event_type": "attack",
            "date": "2024-02-29",
            "initiators": "brand",
            "targets": "israel",
            "attacks_low": 1,
            "attacks_high": 1,
            **columns,
        }
        said = [
            {
                "attestation_id": f"T{n:05d}",
                "record_id": "E0001",
                "source_id": voice[0],
                "paragraph": 1,
                "speaker_id": voice[1],
            }
            | {"stance": voice[2], "aspect": voice[3] if len(voice) > 3 else "occurrence"}
            | {"value": voice[4] if len(voice) > 4 else ""}
            for n, voice in enumerate(voices, start=1)
        ]
        data = small(events=[event], attestations=said, actors=ACTORS, places=PLACES, sources=SOURCES)
        return data, data.events["E0001"]

    return make


CLAIM = ("wire", "brand", "claims")
CONFIRM = ("wire", "idf", "confirms")


@pytest.mark.parametrize(
    ("expected", "voices", "columns"),
    [
        # confirmed: an official voice of the state targeted, of the place, or intercepting
        ("confirmed", [CLAIM, CONFIRM], {}),
        ("confirmed", [CONFIRM], {"initiators": ""}),
        ("confirmed", [CLAIM, ("wire", "idf", "confirms", "outcome")], {}),
        ("confirmed", [CLAIM, CONFIRM, ("wire", "us-official", "doubts")], {}),
        ("confirmed", [CLAIM, ("wire", "us-official", "confirms")], {"interceptors": "us-navy"}),
        ("confirmed", [CLAIM, ("wire", "jordan-army", "confirms")], {"place_id": "jordan"}),
        (
            "confirmed",
            [("wire", "iraqi-minister", "confirms")],
            {"initiators": "usa", "targets": "groups", "place_id": "iraq"},
        ),
        ("confirmed", [("wire", "idf", "confirms")], {"targets": "idf"}),
        # not by a medium, a retired officer, a state not concerned, the initiator, or as to who did it
        ("claimed", [CLAIM, ("wire", "israel-radio", "confirms")], {}),
        ("claimed", [CLAIM, ("wire", "radio-editor", "confirms")], {}),
        ("claimed", [CLAIM, ("wire", "militia", "confirms")], {}),
        ("claimed", [CLAIM, ("wire", "retired-general", "confirms")], {}),
        ("claimed", [CLAIM, ("wire", "us-official", "confirms")], {}),
        ("claimed", [CLAIM, ("wire", "idf", "confirms", "initiators")], {}),
        ("claimed", [CLAIM, ("wire", "idf", "confirms", "origin_place_id")], {"origin_place_id": "iraq"}),
        ("claimed", [CLAIM, ("wire", "idf", "reports")], {}),
        ("reported", [("wire", "us-official", "confirms")], {"initiators": "usa", "targets": "syria"}),
        # contested: claimed, and this occurrence denied or doubted
        ("contested", [CLAIM, ("wire", "idf", "denies")], {}),
        ("contested", [CLAIM, ("wire", "us-official", "doubts")], {}),
        ("claimed", [CLAIM, ("wire", "idf", "denies", "outcome")], {}),
        ("claimed", [CLAIM, ("wire", "idf", "cannot_verify")], {}),
        ("claimed", [CLAIM, ("wire", "idf", "declines_comment")], {}),
        ("reported", [("wire", "agency", "reports"), ("wire", "idf", "denies")], {}),
        # claimed: by its initiator, for one, or as the brand of one; also a state's own strike
        ("claimed", [CLAIM], {}),
        ("claimed", [("wire", "spokesman", "claims")], {}),
        ("claimed", [CLAIM], {"initiators": "faction"}),
        ("claimed", [CLAIM], {"initiators": "brand;houthis"}),
        ("claimed", [("wire", "us-official", "claims")], {"initiators": "usa", "targets": "groups", "place_id": "iraq"}),
        ("claimed", [CLAIM, ("wire", "agency", "reports")], {}),
        ("reported", [("wire", "houthis", "claims")], {}),
        # reported, presumed
        ("reported", [("wire", "agency", "reports")], {}),
        ("reported", [("wire", "agency", "reports"), ("wire", "analyst", "assesses")], {}),
        ("presumed", [("wire", "analyst", "assesses")], {}),
        # no attack
        (None, [CLAIM], {"event_type": "series", "attacks_low": "", "attacks_high": ""}),
        (None, [("wire", "agency", "reports")], {"event_type": "halt", "attacks_low": "", "attacks_high": ""}),
    ],
)
def test_claim_status(attack, expected, voices, columns):
    assert status.claim_status(*attack(*voices, **columns)) == expected


@pytest.mark.parametrize(
    ("expected", "voices", "columns"),
    [
        ("claimed", [CLAIM], {}),
        ("claimed", [CLAIM, ("wire", "agency", "reports", "initiators", "faction")], {}),
        ("claimed", [CLAIM], {"initiators": "faction"}),
        ("attributed", [("wire", "agency", "reports")], {}),
        (
            "attributed",
            [CONFIRM, ("wire", "israel-radio", "reports", "origin_place_id")],
            {"initiators": "", "origin_place_id": "iraq"},
        ),
        ("attributed", [CONFIRM, ("wire", "idf", "confirms", "initiators")], {}),
        # a finer origin, or a member, is no other one
        (
            "attributed",
            [
                ("wire", "agency", "reports", "origin_place_id"),
                ("wire", "analyst", "reports", "origin_place_id", "south-of-baghdad"),
            ],
            {"origin_place_id": "iraq"},
        ),
        # a direction, a border area or a part of the world contradicts nothing
        (
            "attributed",
            [
                ("wire", "agency", "reports", "origin_place_id"),
                ("wire", "idf", "reports", "origin_place_id", "from-the-east"),
                ("wire", "analyst", "reports", "origin_place_id", "border-area"),
            ],
            {"origin_place_id": "iraq"},
        ),
        ("disputed", [CLAIM, ("wire", "agency", "reports", "initiators", "houthis")], {}),
        ("disputed", [("wire", "agency", "reports"), ("wire", "analyst", "assesses", "initiators", "houthis")], {}),
        (
            "attributed",
            [CONFIRM, ("wire", "idf", "reports", "origin_place_id")],
            {"initiators": "", "origin_place_id": "iraq"},
        ),
        # that another did it may be denied without a dispute
        ("claimed", [CLAIM, ("wire", "iraqi-minister", "denies", "initiators", "iraq")], {}),
        ("disputed", [CLAIM, ("wire", "iraqi-minister", "denies", "initiators", "groups")], {}),
        ("disputed", [CLAIM, ("wire", "houthis", "claims")], {"initiators": "brand"}),
        ("disputed", [("wire", "houthis", "claims")], {"initiators": "brand"}),
        ("claimed", [CLAIM, ("wire", "houthis", "claims")], {"initiators": "brand;houthis"}),
        ("disputed", [CLAIM, ("wire", "idf", "denies", "initiators")], {}),
        ("presumed", [("wire", "analyst", "assesses")], {}),
        (
            "presumed",
            [CONFIRM, ("wire", "analyst", "assesses", "origin_place_id")],
            {"initiators": "", "origin_place_id": "iraq"},
        ),
        ("unattributed", [CONFIRM], {"initiators": ""}),
        ("unattributed", [("wire", "agency", "reports")], {"initiators": ""}),
        (None, [CLAIM], {"event_type": "series", "attacks_low": "", "attacks_high": ""}),
    ],
)
def test_authorship(attack, expected, voices, columns):
    assert status.authorship(*attack(*voices, **columns)) == expected


def test_the_eilat_school_is_disputed_once_a_second_source_says_syria(attack):
    """Confirmed that it happened; where it came from, two sources tell otherwise."""
    columns = {"initiators": "", "place_id": "eilat", "origin_place_id": "iraq", "date": "2023-11"}
    as_told = [CONFIRM, ("wire", "israel-radio", "reports", "origin_place_id")]
    data, event = attack(*as_told, **columns)
    assert (status.claim_status(data, event), status.authorship(data, event)) == ("confirmed", "attributed")
    data, event = attack(*as_told, ("other", "idf", "reports", "origin_place_id", "syria"), **columns)
    assert (status.claim_status(data, event), status.authorship(data, event)) == ("confirmed", "disputed")


@pytest.mark.parametrize(
    ("expected", "voices"),
    [
        (1, [CLAIM]),
        (2, [CLAIM, CONFIRM]),
        (1, [CLAIM, ("other", "brand", "claims")]),
        (1, [CLAIM, ("other", "spokesman", "claims")]),
        (1, [CONFIRM, ("other", "israel", "confirms", "outcome")]),
        (2, [CLAIM, ("wire", "agency", "reports")]),
        # a reprint, and a reprint of it, is no second witness; another medium's own report is
        (1, [("wire", "agency", "reports"), ("reprint", "paper", "reports")]),
        (1, [("wire", "agency", "reports"), ("of-reprint", "paper", "reports")]),
        (2, [("wire", "agency", "reports"), ("other", "paper", "reports")]),
        # a retelling of a group's own statement is that group's voice
        (1, [("statement", "brand", "claims"), ("retelling", "paper", "reports")]),
        (2, [("statement", "brand", "claims"), ("other", "paper", "reports")]),
        (2, [("statement", "brand", "claims"), ("retelling", "idf", "confirms")]),
        # a retelling of a page adds nothing to those who speak there; a page of its own does
        (1, [CLAIM, ("reprint", "paper", "reports")]),
        (2, [CLAIM, CONFIRM, ("of-reprint", "paper", "reports")]),
        (2, [CLAIM, ("reprint", "paper", "reports"), ("other", "agency", "reports")]),
        # who doubts, declines or only judges does not vouch
        (1, [CLAIM, ("wire", "idf", "declines_comment"), ("wire", "us-official", "doubts"), ("wire", "analyst", "assesses")]),
        (0, [("wire", "analyst", "assesses")]),
        # one who draws on two others does not make one of them
        (2, [("wire", "agency", "reports"), ("other", "paper", "reports"), ("reprint", "paper", "reports")]),
        (2, [("wire", "agency", "reports"), ("other", "paper", "reports"), ("digest", "israel-radio", "reports")]),
        (2, [CONFIRM, ("wire", "us-official", "confirms"), ("wire", "envoy", "confirms")]),
    ],
)
def test_independent_voices(attack, expected, voices):
    assert status.independent_voices(*attack(*voices)) == expected
    assert status.independent_voices(*attack(*reversed(voices))) == expected
