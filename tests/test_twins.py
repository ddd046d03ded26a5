"""Which attacks look like one: every word of the definition as a case."""

import pytest

from timeline.rules.twins import likely_twins

ACTORS = [
    {"actor_id": "israel", "actor_type": "state", "country_iso3": "ISR"},
    {"actor_id": "groups", "actor_type": "coalition", "country_iso3": "IRQ"},
]
PLACES = [
    {"place_id": "israel", "place_type": "country", "where_prec": 6},
    {"place_id": "south", "place_type": "region", "within": "israel", "where_prec": 4},
    {"place_id": "eilat", "place_type": "city", "within": "south", "where_prec": 1},
    {"place_id": "ovda", "place_type": "site", "within": "south", "where_prec": 1},
    {"place_id": "haifa", "place_type": "city", "within": "israel", "where_prec": 1},
    {"place_id": "the-north", "place_type": "region", "within": "israel", "where_prec": 5},
    {"place_id": "iraq", "place_type": "country", "where_prec": 6},
    {"place_id": "anbar", "place_type": "region", "within": "iraq", "where_prec": 4},
    {"place_id": "syria", "place_type": "country", "where_prec": 6},
    {"place_id": "east", "place_type": "bearing", "where_prec": 7},
]
BASE = {"event_type": "attack", "date": "2024-03-10", "initiators": "groups", "targets": "israel", "target_place_id": "eilat"}


@pytest.fixture(scope="session")
def are_twins(small):
    def ask(one, other):
        events = [
            {"event_id": f"E{n:04d}", **BASE, "attacks_low": 1, **cells} for n, cells in enumerate((one, other), start=1)
        ]
        events = [{**event, "attacks_high": 1} for event in events]
        return [
            (a["event_id"], b["event_id"]) for a, b in likely_twins(small(events=events, actors=ACTORS, places=PLACES))
        ] == [("E0001", "E0002")]

    return ask


@pytest.mark.parametrize(
    ("expected", "one", "other"),
    [
        (True, {}, {}),
        # the day
        (False, {}, {"date": "2024-03-11"}),
        (True, {}, {"date": "2024-03-11~"}),
        (True, {"date": "2024-03-09?"}, {"date": "2024-03-11~"}),
        (False, {"date": "2024-03-08~"}, {"date": "2024-03-11~"}),
        (True, {}, {"date": "[2024-03-10,2024-03-12]"}),
        (False, {"date": "2024-03-11"}, {"date": "[2024-03-10,2024-03-12]"}),
        (True, {}, {"date": "2024-03-10/2024-03-15"}),
        (False, {}, {"date": "2024-03-10/2024-03-16"}),
        (False, {}, {"date": "2024-03"}),
        (False, {}, {"date": "../2024-03-10"}),
        # the region: one first-order division, or one place within the other
        (True, {}, {"target_place_id": "ovda"}),
        (True, {}, {"target_place_id": "south"}),
        (True, {}, {"target_place_id": "israel"}),
        (False, {}, {"target_place_id": "haifa"}),
        (False, {"target_place_id": "the-north"}, {"target_place_id": "haifa"}),
        (False, {}, {"target_place_id": ""}),
        # where it was seen goes before where it was aimed at
        (False, {}, {"place_id": "haifa"}),
        (True, {"target_place_id": "haifa", "place_id": "ovda"}, {}),
        # origins that exclude each other
        (True, {"origin_place_id": "iraq"}, {}),
        (True, {"origin_place_id": "iraq"}, {"origin_place_id": "anbar"}),
        (True, {"origin_place_id": "iraq"}, {"origin_place_id": "east"}),
        (False, {"origin_place_id": "iraq"}, {"origin_place_id": "syria"}),
        # scope
        (False, {}, {"targets": ""}),
        (False, {}, {"event_type": "statement"}),
    ],
)
def test_what_looks_like_one(are_twins, expected, one, other):
    assert are_twins(one, other) is expected
    assert are_twins(other, one) is expected
