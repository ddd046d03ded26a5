"""Derived columns of events: scope, location, casualties, dates; derived tables."""

import pandas as pd
import pytest

import timeline
from timeline.derive import derive, scope

ACTORS = [
    {"actor_id": "iraq", "actor_type": "state", "country_iso3": "IRQ"},
    {"actor_id": "iraqi-army", "actor_type": "state_body", "affiliations": "iraq", "country_iso3": "IRQ"},
    {"actor_id": "israel", "actor_type": "state", "country_iso3": "ISR"},
    {"actor_id": "united-states", "actor_type": "state", "country_iso3": "USA"},
    {"actor_id": "us-forces", "actor_type": "state_body", "affiliations": "united-states", "country_iso3": "USA"},
    {"actor_id": "groups", "actor_type": "coalition", "country_iso3": "IRQ"},
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
]
SOURCES = [{"source_id": "wire", "source_type": "wire", "published": "2024-06-04"}]


@pytest.fixture(scope="session")
def event(small):
    """One derived event."""

    def make(figures=(), **columns):
        given = {
            "event_id": "E0001",
            "event_type": "attack",
            "date": "2024-03-10",
            "initiators": "groups",
            "targets": "israel",
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
            attestations=[said | {"aspect": "occurrence"}],
            figures=own,
            actors=ACTORS,
            places=PLACES,
            sources=SOURCES,
        )
        return derive(data)["events"][0] | {"scope": scope(data, data.events["E0001"])}

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
    ("figures", "expected"),
    [
        ([], (None, None, None)),
        ([figure("exact", 3, 3, 3)], (3, 3, 3)),
        ([figure("at_least", 2)], (2, None, None)),
        ([figure("exact", 2, 2, 2), figure("exact", 3, 3, 3)], (2, None, 3)),
        ([figure("exact", 2, 2, 2), figure("at_most", high=4)], (0, None, 4)),
        ([figure("about", best=20)], (20, 20, 20)),
        ([figure("none_reported")], (None, None, None)),
        ([figure("vague")], (None, None, None)),
        ([figure("exact", 3, 3, 3), figure("vague")], (3, 3, 3)),
        ([figure("exact", 3, 3, 3, measure="injured")], (None, None, None)),
    ],
)
def test_casualties_are_the_bounds_of_the_events_own_figures(event, figures, expected):
    derived = event(figures=figures)
    assert tuple(derived[f"killed_{bound}"] for bound in ("low", "best", "high")) == expected


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
    attested = alternatives[alternatives["speaker_id"].notna()].set_index(["record_id", "column", "value"])["speaker_id"]
    assert attested["E0019", "origin_place_id", "south-of-baghdad"] == "mike-knights"
    assert attested["E0030", "origin_place_id", "iraq"] == "unnamed-observers"
    assert len(attested) == timeline.load("attestations")["value"].notna().sum()


def test_the_bounds_of_an_open_date_are_missing():
    events = timeline.load("events").set_index("event_id")
    assert pd.isna(events.loc["E0019", "date_end"])
    assert events.loc["E0019", "date_start"] == pd.Timestamp("2023-11-02")
    assert bool(events.loc["E0019", "date_approximate"]) is True
