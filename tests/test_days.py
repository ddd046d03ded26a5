"""What was searched and read by day: no attack and not looked are different."""

import datetime

import pytest

import timeline
from timeline.days import days

ACTORS = [
    {"actor_id": "israel", "actor_type": "state", "country_iso3": "ISR"},
    {"actor_id": "groups", "actor_type": "coalition", "country_iso3": "IRQ"},
]
EVENT = {"event_id": "E0001", "event_type": "attack", "initiators": "groups", "targets": "israel", "attacks_low": 2}
SEARCH = {"search_id": "S0001", "harvest": "first", "date_from": "2024-03-09", "date_to": "2024-03-10"}


@pytest.fixture(scope="session")
def day(small):
    """Days of March 2024, by number."""

    def make(date=None, **tables):
        events = [{**EVENT, "attacks_high": 3, "date": date}] if date else []
        rows = days(small(events=events, actors=ACTORS, **tables))
        return {row["day"].day: row for row in rows if (row["day"].year, row["day"].month) == (2024, 3)}

    return make


def test_every_day_of_the_period_has_a_row(small):
    rows = days(small())
    assert [rows[0]["day"], rows[-1]["day"]] == [datetime.date(2023, 10, 17), datetime.date(2024, 11, 30)]
    assert len(rows) == 411
    assert {row["state"] for row in rows} == {"not_searched"}


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024-03-10", {10: (2, 3)}),
        ("2024-03-10~", {9: (0, 3), 10: (0, 3), 11: (0, 3)}),
        ("[2024-03-10..2024-03-11]", {10: (0, 3), 11: (0, 3)}),
        ("[2024-03-10,2024-03-12]", {10: (0, 3), 12: (0, 3)}),
        ("2024-03", {}),
        ("2024-03-10/..", {}),
    ],
)
def test_an_attack_is_on_the_days_on_which_it_may_have_been(day, date, expected):
    found = day(date)
    assert {n: (row["attacks_low"], row["attacks_high"]) for n, row in found.items() if row["attacks_high"]} == expected
    assert {n for n, row in found.items() if row["state"] == "attacks"} == expected.keys()


def test_a_row_that_may_be_another_adds_nothing_for_certain(day):
    link = {"from_id": "E0001", "relation": "possibly_same_as", "to_id": "E0002"}
    assert (day("2024-03-10", relations=[link])[10]["attacks_low"], day("2024-03-10")[10]["attacks_low"]) == (0, 2)


def test_searched_and_not_searched_are_told_apart(day):
    found = day(searches=[SEARCH, {**SEARCH, "search_id": "S0002", "date_to": "2024-03-09"}])
    assert {n: (row["state"], row["n_searches"]) for n, row in found.items() if row["n_searches"]} == {
        9: ("none_found", 2),
        10: ("none_found", 1),
    }
    assert found[11]["state"] == "not_searched"


def test_documents_count_on_the_day_that_they_print(day):
    sources = [
        {"source_id": "one", "publisher": "One", "published": "2024-03-10"},
        {"source_id": "two", "publisher": "Two", "published": "2024-03-10"},
        {"source_id": "about", "publisher": "Three", "published": "2024-03-10~"},
        {"source_id": "unused", "publisher": "Four", "published": "2024-03-10"},
    ]
    said = [{"record_id": "E0001", "source_id": source_id} for source_id in ("one", "two", "about", "one")]
    found = day(sources=sources, attestations=said)
    assert (found[10]["n_sources"], found[10]["publishers"]) == (2, ("One", "Two"))
    assert not any(row["n_sources"] for n, row in found.items() if n != 10)


def test_a_search_over_more_than_a_month_was_not_meant_for_one_day(day):
    assert day(searches=[{**SEARCH, "date_to": "2024-04-08"}])[10]["n_searches"] == 1
    assert day(searches=[{**SEARCH, "date_to": "2024-04-09"}])[10]["n_searches"] == 0


def test_no_day_of_the_period_was_passed_over():
    table = timeline.load("days")
    assert (table["n_searches"] > 0).all()
