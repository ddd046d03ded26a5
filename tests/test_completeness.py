"""How many claims there were: reported totals by month, and the estimate from two harvests."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import timeline
from timeline.completeness import chapman, completeness, months
from timeline.dates import Day

ACTORS = [
    {"actor_id": "israel", "actor_type": "state", "country_iso3": "ISR"},
    {"actor_id": "groups", "actor_type": "coalition", "country_iso3": "IRQ"},
    {"actor_id": "faction", "actor_type": "armed_group", "country_iso3": "IRQ"},
    {"actor_id": "houthis", "actor_type": "armed_group", "country_iso3": "YEM"},
]


@pytest.fixture(scope="session")
def march(small):
    """The row of March 2024, given claims as (date, harvests, other cells) and totals as cells."""

    def make(claims, totals=(), relations=()):
        events, said, captures = [], [], []
        for n, (date, harvests, *cells) in enumerate(claims, start=1):
            event = {
                "event_id": f"E{n:04d}",
                "event_type": "attack",
                "date": date,
                "initiators": "groups",
                "targets": "israel",
            }
            events.append({**event, "attacks_low": 1, "attacks_high": 1, **dict(*cells)})
            said.append({"record_id": f"E{n:04d}", "speaker_id": "groups", "stance": "claims", "aspect": "occurrence"})
            captures += [{"event_id": f"E{n:04d}", "harvest": harvest} for harvest in harvests]
        figure = {
            "measure": "claimed_attacks",
            "unit": "count",
            "period": "2024-03",
            "targets": "israel",
            "qualifier": "exact",
        }
        figures = [{"figure_id": f"F{n:04d}", **figure, **total} for n, total in enumerate(totals, start=1)]
        links = [{"from_id": one, "relation": name, "to_id": other} for one, name, other in relations]
        tables = {"events": events, "attestations": said, "captures": captures, "figures": figures, "relations": links}
        return next(row for row in completeness(small(**tables, actors=ACTORS)) if row["period"] == "2024-03")

    return make


BOTH, FIRST, SECOND = ("first", "second"), ("first",), ("second",)


def found(row):
    return tuple(row[name] for name in ("n_first", "n_second", "n_both", "n_either"))


@pytest.mark.parametrize(
    ("expected", "claims"),
    [
        ((0, 0, 0, 0), []),
        ((1, 1, 1, 1), [("2024-03-10", BOTH)]),
        ((2, 1, 0, 3), [("2024-03-10", FIRST), ("2024-03-11", FIRST), ("2024-03-12", SECOND)]),
        # found by a directed search only: a claim, but captured by neither
        ((0, 0, 0, 0), [("2024-03-10", ())]),
        # a claim counts where its date begins, once, whatever number it stands for
        ((1, 0, 0, 1), [("2024-03-31~", FIRST), ("2024-04-01~", FIRST)]),
        ((0, 0, 0, 0), [("[2024-02..2024-03]", BOTH)]),
        ((1, 1, 1, 1), [("2024-03-10", BOTH, {"attacks_low": 5, "attacks_high": 5})]),
        # of scope israel only
        ((0, 0, 0, 0), [("2024-03-10", BOTH, {"initiators": "houthis"})]),
        ((0, 0, 0, 0), [("2024-03-10", BOTH, {"targets": ""})]),
    ],
)
def test_what_each_harvest_found(march, expected, claims):
    assert found(march(claims)) == expected


def test_a_whole_with_parts_is_not_counted_beside_them(march):
    claims = [("2024-03-10", BOTH, {"attacks_low": 2, "attacks_high": 2}), ("2024-03-10", FIRST), ("2024-03-10", FIRST)]
    row = march(claims, relations=[("E0002", "part_of", "E0001"), ("E0003", "part_of", "E0001")])
    assert (found(row), row["itemised_low"], row["itemised_high"]) == ((2, 0, 0, 2), 2, 2)


EXACT = {"value_best": 4}


@pytest.mark.parametrize(
    ("expected", "totals"),
    [
        ((None, None, None, None), []),
        ((4, 4, 0.5, 0.5), [EXACT]),
        ((4, 8, 0.25, 0.5), [EXACT, {"value_best": 8}]),
        ((6, None, 0.333, 0.333), [{"qualifier": "more_than", "value_low": 5}]),
        ((5, None, 0.4, 0.4), [{"qualifier": "at_least", "value_low": 5}]),
        ((4, None, 0.4, 0.5), [EXACT, {"qualifier": "at_least", "value_low": 5}]),
        # not a number of all claims on Israel in just this month
        ((None, None, None, None), [{**EXACT, "measure": "launches"}]),
        ((None, None, None, None), [{**EXACT, "unit": "per_day"}]),
        ((None, None, None, None), [{**EXACT, "period": "2024-03/2024-04"}]),
        ((None, None, None, None), [{**EXACT, "period": ""}]),
        ((None, None, None, None), [{**EXACT, "targets": ""}]),
        ((None, None, None, None), [{**EXACT, "place_id": "eilat"}]),
        ((None, None, None, None), [{**EXACT, "event_id": "E0001"}]),
        ((None, None, None, None), [{"qualifier": "vague"}]),
        ((None, None, None, None), [{**EXACT, "as_of": "2024-03-20"}]),
        ((4, 4, 0.5, 0.5), [{**EXACT, "as_of": "2024-04-20"}]),
        ((None, None, None, None), [{**EXACT, "period": "2024-03~"}]),
        ((None, None, None, None), [{**EXACT, "origin_place_id": "syria"}]),
        ((4, 4, 0.5, 0.5), [{**EXACT, "initiators": "groups"}]),
        ((None, None, None, None), [{**EXACT, "initiators": "houthis"}]),
        ((None, None, None, None), [{**EXACT, "initiators": "groups;houthis"}]),
        ((None, None, None, None), [{**EXACT, "initiators": "faction"}]),
    ],
)
def test_the_totals_of_a_month(march, expected, totals):
    row = march([("2024-03-10", BOTH), ("2024-03-11", BOTH)], totals)
    assert tuple(row[name] for name in ("reported_low", "reported_high", "share_low", "share_high")) == expected
    assert ("No total" in (row["note"] or "")) == (expected[0] is None)


def test_a_copied_total_is_no_second_total(march):
    row = march([("2024-03-10", BOTH)], [EXACT, {"value_best": 8}], [("F0002", "copied_from", "F0001")])
    assert (row["figures"], row["reported_high"]) == (("F0001",), 4)


HARVESTS = st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))


@given(HARVESTS)
def test_the_estimate_is_no_less_than_what_was_found(numbers):
    only_first, only_second, both = numbers
    estimate = chapman(only_first + both, only_second + both, both)
    seen = sum(numbers)
    assert seen <= estimate.value + 1e-9
    assert (estimate.low is None) == (estimate.high is None) == (0 in (only_first, only_second))
    if estimate.low is not None:
        assert seen <= estimate.low <= estimate.value <= estimate.high
    assert chapman(only_second + both, only_first + both, both) == estimate


@given(HARVESTS)
def test_what_one_harvest_adds_to_nothing_new_is_certain(numbers):
    """Where one harvest holds all that the other found, nothing is estimated to be missing."""
    only_first, _, both = numbers
    assert math.isclose(chapman(only_first + both, both, both).value, only_first + both)


@pytest.mark.parametrize(
    ("numbers", "value", "variance"),
    [
        # Seber (1982) in the form of Chapman (1951), by hand
        ((20, 18, 15), 21 * 19 / 16 - 1, 21 * 19 * 5 * 3 / (16**2 * 17)),
        ((1, 1, 0), 3, 2 * 2 * 1 * 1 / (1 * 2)),
        ((0, 0, 0), 0, 0),
    ],
)
def test_chapman_by_hand(numbers, value, variance):
    estimate = chapman(*numbers)
    assert (estimate.value, estimate.variance) == pytest.approx((value, variance))


def test_the_interval_by_hand():
    """Of 23.9375 in all 23 were seen; the factor is exp(1.96 sqrt(ln(1 + 1.3752 / 0.9375^2))) = 6.70."""
    estimate = chapman(20, 18, 15)
    assert (estimate.low, estimate.high) == pytest.approx((23 + 0.9375 / 6.70, 23 + 0.9375 * 6.70), abs=0.005)


def test_where_one_harvest_holds_the_other_there_is_no_interval(march):
    row = march([("2024-03-10", BOTH), ("2024-03-11", FIRST)])
    assert (row["estimate"], row["estimate_low"], row["estimate_high"]) == (2, None, None)


def test_rows_that_a_directed_search_found_are_rows(march):
    row = march([("2024-03-10", BOTH), ("2024-03-11", ())])
    assert (row["n_rows"], row["n_either"]) == (2, 1)


def test_the_searches_of_a_month(small):
    searches = [
        ("2024-03-01", "2024-03-31"),
        ("2024-03-31", "2024-04-02"),
        ("2024-04-01", "2024-04-02"),
        ("2024-03-01", "2024-04-05"),
    ]
    rows = [{"search_id": f"S{n:04d}", "date_from": one, "date_to": other} for n, (one, other) in enumerate(searches)]
    found = {row["period"]: row["n_searches"] for row in completeness(small(searches=rows))}
    assert (found["2024-02"], found["2024-03"], found["2024-04"], found["2023-10/2024-11"]) == (0, 2, 2, 3)


def test_an_open_number_is_no_zero(march):
    own = {"event_id": "E0001", "qualifier": "at_least", "value_low": 2, "value_best": ""}
    row = march([("2024-03-10", BOTH)], [EXACT, own])
    assert (row["itemised_low"], row["itemised_high"], row["share_high"]) == (2, None, None)


def test_what_begins_before_the_period_counts_in_its_first_month(small):
    event = {"event_id": "E0001", "event_type": "attack", "date": "2023-09/2023-11", "initiators": "groups"}
    said = {"record_id": "E0001", "speaker_id": "groups", "stance": "claims", "aspect": "occurrence"}
    events = [{**event, "targets": "israel", "attacks_low": 1, "attacks_high": 1}]
    rows = completeness(small(events=events, attestations=[said], actors=ACTORS))
    assert [row["period"] for row in rows if row["n_rows"]] == ["2023-10", "2023-10/2024-11"]


def test_the_whole_is_the_sum_of_the_months():
    table = timeline.load("completeness")
    whole, parts = table[table["period"].str.contains("/")].iloc[0], table[~table["period"].str.contains("/")]
    assert list(parts["period"]) == list(months(Day(2023, 10, 17), Day(2024, 11, 30)))
    for column in ("n_rows", "n_first", "n_second", "n_both", "n_either"):
        assert whole[column] == parts[column].sum()
    assert whole["estimate"] == pytest.approx(parts["estimate"].sum(), abs=1)
    assert whole["n_either"] <= whole["estimate_low"] <= whole["estimate"] <= whole["estimate_high"]
    assert (table["n_either"] <= table["n_rows"]).all()
