"""Which attacks look like one: every word of the definition as a case."""

import pytest

from timeline.rules.twins import distinct_pair_looks_like_one, likely_twins, likely_twins_are_told_apart

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


@pytest.mark.parametrize(
    ("settled", "relations"),
    [
        (False, []),
        (True, [("E0001", "possibly_same_as", "E0002")]),
        (True, [("E0002", "possibly_same_as", "E0001")]),
        (True, [("E0001", "part_of", "E0003"), ("E0002", "part_of", "E0003")]),
        (False, [("E0001", "part_of", "E0003"), ("E0002", "part_of", "E0004")]),
        (False, [("E0001", "follows", "E0003"), ("E0002", "follows", "E0003")]),
        # a series is no attack that these could be the parts of
        (False, [("E0001", "part_of", "E0005"), ("E0002", "part_of", "E0005")]),
    ],
)
def test_what_settles_a_pair(small, settled, relations):
    """Being the other, or parts of one attack; what follows one, or belongs to one campaign, is not settled."""
    days = {"E0001": "2024-03-10", "E0002": "2024-03-10", "E0003": "2024-01", "E0004": "2024-01", "E0005": "2024-01"}
    events = [
        {"event_id": name, **BASE, "date": day, "event_type": "series" if name == "E0005" else "attack"}
        for name, day in days.items()
    ]
    links = [{"from_id": one, "relation": relation, "to_id": other} for one, relation, other in relations]
    data = small(events=events, actors=ACTORS, places=PLACES, relations=links)
    found = {row["event_id"] for row, _, _ in likely_twins_are_told_apart(data)}
    assert found == (set() if settled else {"E0002"})


def test_each_pair_is_told_once_and_in_order(small):
    """Also where two days are possible for both, and the rows stand in another order."""
    events = [{"event_id": name, **BASE, "date": "[2024-03-10,2024-03-11]"} for name in ("E0003", "E0001", "E0002")]
    found = likely_twins(small(events=events, actors=ACTORS, places=PLACES))
    pairs = [(one["event_id"], other["event_id"]) for one, other in found]
    assert pairs == [("E0001", "E0002"), ("E0001", "E0003"), ("E0002", "E0003")]


def test_what_is_wrong_with_a_distinct_pair_is_said(small):
    """A pair that cannot be looked at is passed over, and those behind it are not."""
    events = [{"event_id": f"E{n:04d}", **BASE, "date": f"2024-03-{10 + n // 4}"} for n in range(1, 5)]
    pairs = [
        ("E0001", "E0009"),
        ("E0002", "E0001"),
        ("E0001", "E0001"),
        ("E0001", "E0003"),
        ("E0001", "E0004"),
        ("E0001", "E0002"),
    ]
    data = small(
        events=events,
        actors=ACTORS,
        places=PLACES,
        relations=[{"from_id": "E0003", "relation": "possibly_same_as", "to_id": "E0001"}],
        distinct=[{"event_id": one, "other_id": other, "reason": "A test."} for one, other in pairs],
    )
    assert [(row.line.number, column, said) for row, column, said in distinct_pair_looks_like_one(data)] == [
        (3, "other_id", "is not after E0002:"),
        (4, "other_id", "is not after E0001:"),
        (5, "other_id", "is linked with E0001 in relations:"),
        (6, "other_id", "does not look like E0001:"),
    ]
