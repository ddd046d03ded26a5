"""Counts held against rows: every word of the definition as a case."""

import pytest

from timeline.reconciliation import reconcile

ACTORS = [
    {"actor_id": "israel", "actor_type": "state"},
    {"actor_id": "idf", "actor_type": "state_body", "affiliations": "israel"},
    {"actor_id": "usa", "actor_type": "state"},
    {"actor_id": "axis", "actor_type": "coalition"},
    {"actor_id": "groups", "actor_type": "coalition", "affiliations": "axis"},
    {"actor_id": "faction", "actor_type": "armed_group", "affiliations": "groups"},
    {"actor_id": "houthis", "actor_type": "armed_group"},
]
PLACES = [
    {"place_id": "region"},
    {"place_id": "israel", "within": "region"},
    {"place_id": "south", "within": "israel"},
    {"place_id": "eilat", "within": "south"},
    {"place_id": "golan", "within": "region"},
    {"place_id": "from-the-east", "place_type": "bearing"},
]


@pytest.fixture(scope="session")
def row(small):
    """The reconciliation of one figure (March 2024, 17 claimed attacks by groups on Israel) with some events."""

    def make(events, relations=(), figures=(), **figure):
        total = {
            "figure_id": "F0001",
            "measure": "claimed_attacks",
            "unit": "count",
            "period": "2024-03",
            "initiators": "groups",
        }
        total |= {"targets": "israel", "qualifier": "exact", "value_low": 17, "value_best": 17, "value_high": 17, **figure}
        given, said = [], []
        for n, event in enumerate(events, start=1):
            default = {"event_id": f"E{n:04d}", "event_type": "attack", "date": "2024-03-10", "initiators": "groups"}
            default |= {"targets": "israel", "attacks_low": 1, "attacks_high": 1, "stance": "claims"}
            merged = default | event
            stance = merged.pop("stance")
            given.append(merged)
            if stance:
                said.append(
                    {"record_id": merged["event_id"], "speaker_id": "groups", "stance": stance, "aspect": "occurrence"}
                )
        links = [{"from_id": one, "relation": relation, "to_id": other} for one, relation, other in relations]
        data = small(events=given, attestations=said, figures=[total, *figures], relations=links, actors=ACTORS, places=PLACES)
        return reconcile(data)[0]

    return make


def itemised(row):
    return row["itemised_low"], row["itemised_high"]


@pytest.mark.parametrize(
    ("expected", "events"),
    [
        ((0, 0), []),
        ((1, 1), [{}]),
        ((3, 3), [{}, {}, {}]),
        ((4, 6), [{"attacks_low": 4, "attacks_high": 6}]),
        # the date: certainly, possibly, not within
        ((0, 0), [{"date": "2024-02-29"}]),
        ((0, 1), [{"date": "2024"}]),
        ((0, 1), [{"date": "[2024-02..2024-03]"}]),
        ((0, 0), [{"date": "[2024-02-28,2024-04-02]"}]),
        ((0, 1), [{"date": "2024-03-31~"}]),
        ((0, 1), [{"date": "2024-04-01~"}]),
        ((1, 1), [{"date": "2024-03-30~"}]),
        ((0, 1), [{"date": "2024-03?"}]),
        # initiators match through affiliations; nobody named is possible; others do not match
        ((1, 1), [{"initiators": "faction"}]),
        ((1, 1), [{"initiators": "faction;houthis"}]),
        ((0, 1), [{"initiators": ""}]),
        ((0, 0), [{"initiators": "houthis"}]),
        ((1, 1), [{"targets": "idf"}]),
        ((0, 0), [{"targets": "usa"}]),
        # a grouping may be any one that it holds
        ((0, 1), [{"initiators": "axis"}]),
        ((0, 1), [{"initiators": "axis;houthis"}]),
        # only attacks, only with a claim
        ((0, 0), [{"stance": "confirms"}]),
        ((0, 0), [{"stance": ""}]),
        ((0, 0), [{"event_type": "series", "attacks_low": "", "attacks_high": ""}]),
        ((0, 0), [{"event_type": "statement", "attacks_low": "", "attacks_high": ""}]),
    ],
)
def test_what_is_itemised(row, expected, events):
    assert itemised(row(events)) == expected


@pytest.mark.parametrize(
    ("expected", "date", "figure"),
    [
        ((0, 1), "2024-03-10", {"period": ""}),
        ((1, 1), "2024-03-10", {"period": "2024-01/.."}),
        ((1, 1), "2024-03-10", {"period": "2024-01/..", "as_of": "2024-04"}),
        ((0, 0), "2024-05-10", {"period": "2024-01/..", "as_of": "2024-04"}),
        ((1, 1), "2024-05-10", {"period": "2024-01/2024-06", "as_of": "2024-04"}),
    ],
)
def test_an_open_period_ends_with_the_tally(row, expected, date, figure):
    assert itemised(row([{"date": date}], **figure)) == expected


def test_attacks_count_without_a_claim(row):
    assert itemised(row([{"stance": "confirms"}, {}], measure="attacks")) == (2, 2)


def test_several_initiators_mean_all_of_them(row):
    events = [{"initiators": "faction"}, {"initiators": "faction;houthis"}, {"initiators": ""}]
    assert itemised(row(events, initiators="groups;houthis")) == (1, 2)


def test_children_count_and_their_parent_does_not(row):
    events = [{"attacks_low": 5, "attacks_high": 5}, {}, {}]
    assert itemised(row(events, [("E0002", "part_of", "E0001"), ("E0003", "part_of", "E0001")])) == (2, 2)


def test_a_part_of_a_part_counts_and_both_wholes_do_not(row):
    events = [{"attacks_low": 7, "attacks_high": 7}, {"event_type": "series", "attacks_low": "", "attacks_high": ""}, {}]
    assert itemised(row(events, [("E0002", "part_of", "E0001"), ("E0003", "part_of", "E0002")])) == (1, 1)


def test_a_part_of_a_series_counts(row):
    events = [{"event_type": "series", "attacks_low": "", "attacks_high": ""}, {}]
    assert itemised(row(events, [("E0002", "part_of", "E0001")])) == (1, 1)


def test_a_row_that_may_be_another_adds_to_the_greatest_number_only(row):
    events = [{}, {"attacks_low": 2, "attacks_high": 3}]
    assert itemised(row(events, [("E0002", "possibly_same_as", "E0001")])) == (1, 4)


HIT = {"outcome": "impact"}


@pytest.mark.parametrize(
    ("expected", "event", "figure"),
    [
        ((1, 1), {"place_id": "eilat"}, {"place_id": "south"}),
        ((1, 1), {"target_place_id": "eilat"}, {"place_id": "eilat"}),
        ((1, 1), {"place_id": "golan", "target_place_id": "eilat"}, {"place_id": "eilat"}),
        ((1, 1), {"place_id": "golan", "target_place_id": "eilat"}, {"place_id": "golan"}),
        ((0, 0), {"place_id": "golan", "target_place_id": "eilat", **HIT}, {"place_id": "eilat", "measure": "hits"}),
        ((1, 1), {"place_id": "golan", "target_place_id": "eilat", **HIT}, {"place_id": "golan", "measure": "hits"}),
        ((0, 1), {"target_place_id": "israel"}, {"place_id": "eilat"}),
        ((0, 1), {}, {"place_id": "eilat"}),
        ((1, 1), {"origin_place_id": "south"}, {"origin_place_id": "israel"}),
        ((0, 1), {}, {"origin_place_id": "israel"}),
        ((0, 0), {"origin_place_id": "golan"}, {"origin_place_id": "israel"}),
        ((0, 1), {"origin_place_id": "from-the-east"}, {"origin_place_id": "israel"}),
        ((0, 1), {"origin_place_id": "israel"}, {"origin_place_id": "from-the-east"}),
    ],
)
def test_places_match_through_those_they_lie_in(row, expected, event, figure):
    assert itemised(row([event], **figure)) == expected


@pytest.mark.parametrize(("measure", "outcome"), [("hits", "impact"), ("interceptions", "intercepted")])
def test_an_outcome_is_established_for_at_least_one_of_a_row(row, measure, outcome):
    events = [{"attacks_low": 4, "attacks_high": 4, "outcome": outcome}, {"outcome": "no_trace"}, {}]
    assert itemised(row(events, measure=measure)) == (1, 4)


OWN = {"figure_id": "F0002", "event_id": "E0001", "unit": "count", "qualifier": "exact"}


def test_an_events_own_figure_is_its_weight(row):
    own = OWN | {"measure": "interceptions", "value_low": 3, "value_best": 3, "value_high": 3}
    events = [{"attacks_low": 4, "attacks_high": 4, "outcome": "impact"}, {"outcome": "intercepted"}]
    assert itemised(row(events, measure="interceptions", figures=[own])) == (4, 4)


def test_people_are_counted_by_own_figures_only(row):
    own = OWN | {"measure": "killed", "qualifier": "at_least", "value_low": 2}
    assert itemised(row([{}, {}], measure="killed", figures=[own])) == (2, None)
    assert row([{}, {}], measure="killed", figures=[own])["gap_low"] is None


def test_none_reported_is_no_zero_and_no_weight(row):
    own = OWN | {"measure": "killed", "qualifier": "none_reported"}
    assert itemised(row([{}], measure="killed", figures=[own])) == (0, 0)


@pytest.mark.parametrize(
    ("qualifier", "low", "best", "high", "reported", "gap"),
    [
        ("exact", 17, 17, 17, (17, 17), (15, 16)),
        ("exact", "", 17, "", (17, 17), (15, 16)),
        ("at_least", 17, "", "", (17, None), (15, None)),
        ("at_least", 17, 17, "", (17, None), (15, None)),
        ("about", 15, 17, 19, (15, 19), (13, 18)),
        ("more_than", 17, "", "", (18, None), (16, None)),
        ("at_most", "", "", 17, (None, 17), (None, 16)),
        ("fewer_than", "", "", 17, (None, 16), (None, 15)),
        ("about", "", 17, "", (17, 17), (15, 16)),
        ("between", 15, "", 17, (15, 17), (13, 16)),
        ("none_reported", "", "", "", (None, None), (None, None)),
        ("not_determinable", "", "", "", (None, None), (None, None)),
    ],
)
def test_the_gap_is_between_bounds(row, qualifier, low, best, high, reported, gap):
    found = row([{}, {"date": "2024"}], qualifier=qualifier, value_low=low, value_best=best, value_high=high)
    assert itemised(found) == (1, 2)
    assert (found["reported_low"], found["reported_high"]) == reported
    assert (found["gap_low"], found["gap_high"]) == gap
    assert found["unit_mismatch"] is False


@pytest.mark.parametrize("figure", [{"unit": "per_day"}, {"unit": "factor"}, {"unit": "share"}])
def test_other_units_are_never_compared(row, figure):
    found = row([{}], **figure)
    assert found["unit_mismatch"] is True
    assert (*itemised(found), found["gap_low"], found["gap_high"]) == (None, None, None, None)


def test_a_vague_figure_has_no_gap(row):
    found = row([{}], qualifier="vague", value_low="", value_best="", value_high="")
    assert found["unit_mismatch"] is True
    assert (found["gap_low"], found["gap_high"]) == (None, None)


def test_measures_that_rows_cannot_itemise_have_no_row(small):
    data = small(figures=[{"figure_id": "F0001", "measure": "interviewees", "unit": "count", "qualifier": "vague"}])
    assert reconcile(data) == []


def test_a_figure_about_one_event_is_itself_an_item(row):
    found = row([{}], measure="killed", event_id="E0001")
    assert itemised(found) == (None, None)
    assert "E0001" in found["note"]


def test_a_month_that_is_only_counted_says_so(row):
    assert row([])["note"]
    assert row([{}])["note"] is None
    assert "approximate" in row([{}], qualifier="about", value_low="", value_high="")["note"]
