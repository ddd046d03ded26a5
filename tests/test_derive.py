"""Derived columns of events: scope, location, casualties, dates; derived tables."""

import datetime

import pandas as pd
import pytest

import timeline
from conftest import SOURCE
from timeline.cli import main
from timeline.derive import derive, derive_actors, derive_event
from timeline.transcription import VOUCHING

ACTORS = [
    {"actor_id": "iraq", "actor_type": "state", "country_iso3": "IRQ"},
    {"actor_id": "iraqi-army", "actor_type": "state_body", "affiliations": "iraq", "country_iso3": "IRQ"},
    {"actor_id": "israel", "actor_type": "state", "country_iso3": "ISR"},
    {"actor_id": "united-states", "actor_type": "state", "country_iso3": "USA"},
    {"actor_id": "us-forces", "actor_type": "state_body", "affiliations": "united-states", "country_iso3": "USA"},
    {"actor_id": "groups", "actor_type": "coalition", "country_iso3": "IRQ"},
    {"actor_id": "faction", "actor_type": "armed_group", "affiliations": "iraqi-army", "country_iso3": "IRQ"},
    {"actor_id": "officer", "actor_type": "person", "affiliations": "iraqi-army", "country_iso3": "IRQ"},
    {"actor_id": "houthis", "actor_type": "armed_group", "country_iso3": "YEM"},
]
PLACES = [
    {
        "place_id": "israel",
        "name": "Israel",
        "place_type": "country",
        "country_iso3": "ISR",
        "latitude": "31.5",
        "longitude": "34.75",
        "where_prec": "6",
    },
    {
        "place_id": "south",
        "name": "Southern District",
        "place_type": "region",
        "within": "israel",
        "country_iso3": "ISR",
        "where_prec": "4",
    },
    {
        "place_id": "eilat",
        "name": "Eilat",
        "place_type": "city",
        "within": "south",
        "country_iso3": "ISR",
        "latitude": "29.56",
        "longitude": "34.95",
        "where_prec": "1",
    },
    {"place_id": "sea", "name": "Red Sea", "place_type": "sea", "where_prec": "7"},
    {"place_id": "iraq", "name": "Iraq", "place_type": "country", "country_iso3": "IRQ", "where_prec": "6"},
    {"place_id": "syria", "name": "Syria", "place_type": "country", "country_iso3": "SYR", "where_prec": "6"},
]
SOURCES = [{"source_id": "wire", "source_type": "wire", "published": "2024-06-04"}]


@pytest.fixture(scope="session")
def event(small):
    """One derived event."""

    def make(figures=(), relations=(), voices=(), **columns):
        given = {
            "event_id": "E0001",
            "event_type": "attack",
            "date": "2024-03-10",
            "initiators": "groups",
            "targets": "israel",
            "attacks_low": "1",
            "attacks_high": "1",
        }
        said = {
            "attestation_id": "T00001",
            "record_id": "E0001",
            "source_id": "wire",
            "speaker_id": "groups",
            "stance": "claims",
        }
        own = [{"figure_id": f"F{n:04d}", "event_id": "E0001", "unit": "count", **f} for n, f in enumerate(figures, start=1)]
        data = small(
            events=[given | columns],
            attestations=[said | {"aspect": "occurrence"}, *(said | {"speaker_id": "iraqi-army"} | voice for voice in voices)],
            figures=own,
            relations=[{"from_id": one, "relation": name, "to_id": other} for one, name, other in relations],
            actors=ACTORS,
            places=PLACES,
            sources=SOURCES,
        )
        return derive_event(data, data.events["E0001"])

    return make


@pytest.mark.parametrize(
    ("expected", "columns"),
    [
        ("israel", {}),
        ("israel", {"event_type": "series", "date": "2023-11-02~/.."}),
        ("israel", {"event_type": "series", "date": "/2024-06-04"}),
        ("israel", {"initiators": ""}),
        ("israel", {"initiators": "groups;houthis"}),
        ("israel", {"date": "2023"}),
        ("us_forces", {"targets": "us-forces"}),
        ("us_forces", {"targets": "iraq;united-states"}),
        ("israel", {"targets": "israel;us-forces"}),
        ("context", {"initiators": "houthis"}),
        ("context", {"initiators": "iraq"}),
        ("context", {"initiators": "iraqi-army"}),
        ("context", {"targets": "iraq"}),
        ("context", {"targets": ""}),
        ("context", {"event_type": "statement"}),
        ("context", {"date": "2023-10-16"}),
        ("israel", {"date": "2023-10-17"}),
        ("israel", {"date": "2024-11-30"}),
        ("context", {"date": "2024-12-01"}),
        ("context", {"event_type": "series", "date": "2003/"}),
        ("context", {"event_type": "series", "date": "1991"}),
        # a date that encloses the period, or begins before it and goes on
        ("israel", {"event_type": "series", "date": "2023-10-07/.."}),
        ("israel", {"event_type": "series", "date": "2023-10/2024-12"}),
        ("israel", {"event_type": "series", "date": "2023-10-07/2024-12"}),
        ("context", {"event_type": "series", "date": "2023-10-07/"}),
        # nobody named, and from another country; from none in particular
        ("context", {"initiators": "", "origin_place_id": "eilat"}),
        ("israel", {"initiators": "", "origin_place_id": "sea"}),
        # an armed group is of no state, even if a body of the state holds it; a person is
        ("israel", {"initiators": "faction"}),
        ("context", {"initiators": "officer"}),
    ],
)
def test_scope(event, expected, columns):
    assert event(**columns)["scope"] == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"place_id": "eilat", "target_place_id": "israel"}, ("observed", "ISR", "Southern District", 29.56, 34.95, 1)),
        ({"target_place_id": "eilat"}, ("claimed", "ISR", "Southern District", 29.56, 34.95, 1)),
        ({"place_id": "sea", "target_place_id": "eilat"}, ("observed", None, None, None, None, 7)),
        ({"target_place_id": "israel"}, ("claimed", "ISR", None, 31.5, 34.75, 6)),
        ({}, (None, None, None, None, None, None)),
    ],
)
def test_location_is_where_it_was_observed_else_where_it_was_aimed(event, columns, expected):
    derived = event(**columns)
    names = ("location_basis", "country_iso3", "adm_1", "latitude", "longitude", "where_prec")
    assert tuple(derived[name] for name in names) == expected


def figure(qualifier, low="", best="", high="", **other):
    return {"measure": "killed", "qualifier": qualifier, "value_low": low, "value_best": best, "value_high": high, **other}


@pytest.mark.parametrize(
    ("expected", "voices"),
    [
        ("context", []),
        ("israel", [{"stance": "reports", "aspect": "origin_place_id", "value": "iraq"}]),
        ("israel", [{"stance": "assesses", "aspect": "origin_place_id", "value": "iraq"}]),
        ("context", [{"stance": "denies", "aspect": "origin_place_id", "value": "iraq"}]),
        ("context", [{"stance": "reports", "aspect": "place_id", "value": "iraq"}]),
    ],
)
def test_an_attack_that_one_voice_has_come_from_there_is_in_scope(event, expected, voices):
    assert event(voices=voices, initiators="", origin_place_id="syria")["scope"] == expected


def test_a_month_is_no_day_of_publication(small):
    source = {"source_id": "wire", "source_type": "wire", "published": "2024-06~"}
    event = {"event_id": "E0001", "event_type": "statement", "date": "2024-03-10"}
    said = {"record_id": "E0001", "source_id": "wire", "speaker_id": "groups", "stance": "reports", "aspect": "occurrence"}
    data = small(events=[event], attestations=[said], actors=ACTORS, sources=[source])
    assert derive_event(data, data.events["E0001"])["first_reported"] is None


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([], (None, None, None)),
        ([figure("exact", 3, 3, 3)], (3, 3, 3)),
        ([figure("at_least", 2)], (2, None, None)),
        ([figure("exact", 2, 2, 2), figure("exact", 3, 3, 3)], (2, None, 3)),
        ([figure("exact", 2, 2, 2), figure("at_most", high=4)], (2, 2, 4)),
        ([figure("exact", 5, 5, 5), figure("at_most", high=4)], (5, None, 5)),
        ([figure("exact", 3, 3, 3), figure("at_least", 3)], (3, 3, None)),
        ([figure("about", best=20)], (20, 20, 20)),
        ([figure("more_than", 20)], (21, None, None)),
        ([figure("fewer_than", high=5)], (None, None, 4)),
        ([figure("none_reported")], (None, None, None)),
        ([figure("vague")], (None, None, None)),
        ([figure("exact", 3, 3, 3), figure("vague")], (3, 3, 3)),
        ([figure("exact", 3, 3, 3, measure="injured")], (None, None, None)),
    ],
)
def test_casualties_are_the_bounds_of_the_events_own_figures(event, figures, expected):
    derived = event(figures=figures)
    assert tuple(derived[f"killed_{bound}"] for bound in ("low", "best", "high")) == expected


def test_of_the_injured_as_of_the_killed(event):
    derived = event(figures=[figure("exact", 5, 5, 5, measure="injured"), figure("exact", 3, 3, 3)])
    assert [derived[f"injured_{bound}"] for bound in ("low", "best", "high")] == [5, 5, 5]


def test_the_first_report_is_that_of_the_earliest_source(small):
    sources = [{"source_id": f"s{n}", "source_type": "wire", "published": f"2024-06-0{n}"} for n in (5, 4, 6)]
    event = {"event_id": "E0001", "event_type": "statement", "date": "2024-03-10"}
    said = [{"record_id": "E0001", "source_id": f"s{n}", "speaker_id": "groups", "stance": "reports"} for n in (5, 4, 6)]
    data = small(events=[event], attestations=said, actors=ACTORS, sources=sources)
    derived = derive_event(data, data.events["E0001"])
    assert (str(derived["first_reported"]), derived["n_sources"]) == ("2024-06-04", 3)


def test_a_part_of_a_toll_is_no_rival_of_the_whole(event):
    figures = [figure("exact", 5, 5, 5), figure("exact", 3, 3, 3)]
    assert event(figures=figures)["killed_low"] == 3
    assert event(figures=figures, relations=[("F0002", "part_of", "F0001")])["killed_low"] == 5


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("moment", {}),
        ("moment", {"date": "[2024-01..2024-02]"}),
        ("span", {"date": "2024-01/2024-02"}),
        ("span", {"event_type": "series", "date": "1991"}),
        ("span", {"event_type": "war", "date": "[..2024-06-04]"}),
    ],
)
def test_a_series_or_a_war_is_a_span(event, kind, columns):
    assert event(**columns)["date_kind"] == kind


def test_what_must_not_be_added_up_stands_in_the_row():
    events, relations = timeline.load("events").set_index("event_id"), timeline.load("relations")
    for kind in ("part_of", "possibly_same_as"):
        links = relations[(relations["relation"] == kind) & relations["from_id"].str.startswith("E")]
        expected = links.groupby("from_id")["to_id"].agg(sorted).to_dict()
        assert {event_id: list(others) for event_id, others in events[kind].dropna().items()} == expected


def test_links_and_names_of_places_stand_in_the_row(event):
    relations = [("E0001", "part_of", "E0003"), ("E0001", "possibly_same_as", "E0002"), ("E0002", "part_of", "E0001")]
    row = event(relations=relations, place_id="eilat", target_place_id="south")
    assert (row["part_of"], row["possibly_same_as"]) == (("E0003",), ("E0002",))
    assert (row["place"], row["target_place"]) == ("Eilat", "Southern District")
    row = event()
    assert (row["part_of"], row["possibly_same_as"], row["place"], row["target_place"]) == ((), (), None, None)


def test_the_period_of_a_figure_has_its_bounds(small):
    figures = [{"figure_id": "F0001", "period": "2024-03~"}, {"figure_id": "F0002"}]
    closed, empty = derive(small(figures=figures))["figures"]
    assert (closed["period_start"], closed["period_end"]) == (datetime.date(2024, 3, 1), datetime.date(2024, 3, 31))
    assert (empty["period_start"], empty["period_end"]) == (None, None)


def test_claimants_are_who_claims_an_event(small):
    said = [("E0001", "groups", "claims"), ("E0001", "israel", "confirms"), ("F0001", "faction", "claims")]
    data = small(
        events=[
            {"event_id": "E0001", "date": "2024", "initiators": "groups", "targets": "israel", "interceptors": "us-forces"}
        ],
        figures=[{"figure_id": "F0001"}],
        actors=ACTORS,
        sources=SOURCES,
        attestations=[
            {"attestation_id": f"T0000{n}", "record_id": record, "source_id": "wire", "speaker_id": speaker, "stance": stance}
            for n, (record, speaker, stance) in enumerate(said)
        ],
    )
    assert [
        (row["event_id"], row["actor_id"], row["role"]) for event in data["events"] for row in derive_actors(data, event)
    ] == [
        ("E0001", "groups", "claimant"),
        ("E0001", "groups", "initiator"),
        ("E0001", "israel", "target"),
        ("E0001", "us-forces", "interceptor"),
    ]


def test_tables_are_sorted_by_their_key_what_is_empty_first(small):
    rows = [("E0002", "2024"), ("E0001", "2024"), ("E0001", "2023"), ("E0001", "")]
    shared = {"column": "date", "source_id": "wire", "paragraph": "1"}
    derived = derive(small(alternatives=[{"record_id": id_, "value": value, **shared} for id_, value in rows]))
    assert [(row["record_id"], row["value"]) for row in derived["alternatives"]] == [
        ("E0001", None),
        ("E0001", "2023"),
        ("E0001", "2024"),
        ("E0002", "2024"),
    ]


def test_a_value_attested_twice_is_one_alternative_and_a_denied_one_is_none(copy):
    shared = {"record_id": "E0015", "source_id": SOURCE, "paragraph": "39", "aspect": "origin_place_id", "value": "syria"}
    for number, (speaker, stance) in enumerate(
        [("israel-military", "reports"), ("israel-military", "assesses"), ("iran", "denies")]
    ):
        copy.add("attestations", attestation_id=f"T9000{number}", speaker_id=speaker, stance=stance, **shared)
    assert main(["build", "--root", str(copy.root)]) == 0
    found = timeline.load("alternatives", root=copy.root)
    found = found[(found["record_id"] == "E0015") & (found["value"] == "syria")]
    assert found["speaker_id"].to_list() == ["israel-military"]
    assert found["reason"].to_list() == ["Attested in T90000 (reports), T90001 (assesses)"]


def test_the_table_of_actors_is_the_lists_one_to_a_row():
    events, actors, said = timeline.load("events"), timeline.load("event_actors"), timeline.load("attestations")
    for column, role in (("initiators", "initiator"), ("targets", "target"), ("interceptors", "interceptor")):
        pairs = events.explode(column).dropna(subset=column)
        expected = set(zip(pairs["event_id"], pairs[column], strict=True))
        rows = actors[actors["role"] == role]
        assert set(zip(rows["event_id"], rows["actor_id"], strict=True)) == expected
    claims = said[(said["stance"] == "claims") & said["record_id"].str.startswith("E")]
    claimants = actors[actors["role"] == "claimant"]
    expected = set(zip(claims["record_id"], claims["speaker_id"], strict=True))
    assert set(zip(claimants["event_id"], claimants["actor_id"], strict=True)) == expected


def test_attested_values_stand_among_the_alternatives_with_their_speaker():
    alternatives = timeline.load("alternatives")
    attested = alternatives[alternatives["speaker_id"].notna()]
    rows = set(attested[["record_id", "column", "value", "speaker_id"]].itertuples(index=False, name=None))
    assert ("E0019", "origin_place_id", "south-of-baghdad", "mike-knights") in rows
    assert ("E0030", "origin_place_id", "iraq", "unnamed-observers") in rows
    said = timeline.load("attestations")
    values = said[said["value"].notna() & said["stance"].isin(VOUCHING)]
    distinct = values.drop_duplicates(["record_id", "aspect", "value", "source_id", "paragraph", "speaker_id"])
    assert len(attested) == len(distinct)


def test_the_bounds_of_an_open_date_are_missing():
    events = timeline.load("events").set_index("event_id")
    assert pd.isna(events.loc["E0019", "date_end"])
    assert events.loc["E0019", "date_start"] == pd.Timestamp("2023-11-02")
    assert bool(events.loc["E0019", "date_approximate"]) is True
