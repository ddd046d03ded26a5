"""The questions that the site answers: they say what the tutorial says, whose code the tests run, and lead to the rows."""

import re

import pytest

from conftest import REPOSITORY
from timeline.dataset import Dataset
from timeline.site import sentences
from timeline.site.answers import Answers, days, total
from timeline.site.content import Content
from timeline.site.pages import _compared, _widest, pages

TUTORIAL = (REPOSITORY / "docs/tutorial.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def content():
    return Content(Dataset(REPOSITORY))


@pytest.fixture(scope="module")
def answers(content):
    return Answers(content)


def printed(pattern):
    """The numbers of what the tutorial prints."""
    return tuple(map(int, re.search(pattern, TUTORIAL, re.MULTILINE).groups()))


def test_as_many_are_claimed_in_a_month_as_the_tutorial_says(answers):
    for row in answers.months:
        claimed = rf"^{row['period']} +(\d+) +(\d+) +(\d+) +(\d+)$"
        expected = (row["itemised_low"], row["itemised_high"], *answers.confirmed[row["period"]])
        assert printed(claimed) == expected


def test_as_many_are_confirmed_and_only_claimed(answers):
    confirmed, only, claims = answers.of_status("confirmed"), answers.of_status("claimed"), answers.claims
    assert (len(confirmed), len(claims)) == printed(r"^(\d+) of (\d+) rows$")
    assert answers.countries == [("Israel", *printed(r"^ISR +(\d+)$")), ("Jordan", *printed(r"^JOR +(\d+)$"))]
    assert len(answers.unclaimed) == printed(r"^(\d+) rows confirmed and not claimed$")[0]
    may_be = answers.may_be(answers.unclaimed, claims)
    assert len(may_be) == printed(r"^(\d+) of them may be an attack that is also a claimed row$")[0]
    assert (len(only), len(claims)) == printed(r"^(\d+) of (\d+) rows are only claimed$")
    assert len(answers.alone) == printed(r"^\(no other voice\) +(\d+)$")[0]
    assert answers.besides
    for stance, events in answers.besides:
        assert len(events) == printed(rf"^{stance} +(\d+)$")[0]
    may_be = answers.may_be(only, answers.acknowledged)
    assert (len(may_be), len(only)) == printed(r"^(\d+) of (\d+) may be an attack that officials confirm under another row$")


def test_the_same_readings_change_the_count(answers):
    block = re.search(
        r"^event_id +date +column +value +month +low +high\n(.*?)^\d+ rows$", TUTORIAL, re.MULTILINE | re.DOTALL
    )[1]
    alone = {(line[0], *line[2:]) for line in map(str.split, block.splitlines())}
    told = {
        (r.event["event_id"], *r.columns, r.others[0]["value"], month, str(low), str(high))
        for r in answers.readings
        for month, (low, high) in r.changes.items()
        if len(r.others) == 1
    }
    together = [r for r in answers.readings if len(r.others) > 1]
    assert told == {line for line in alone if line[0] not in {r.event["event_id"] for r in together}}
    assert {(r.event["event_id"], o["column"], o["value"]) for r in together for o in r.others} == {
        line[:3] for line in alone if line not in told
    }


def test_a_reading_names_all_that_give_it(content, answers):
    for reading in answers.readings:
        first = reading.others[0]
        same = [
            other
            for other in content.alternatives[first["record_id"]]
            if (other["column"], other["value"]) == (first["column"], first["value"])
        ]
        assert reading.given[0] == first
        assert sorted(map(str, reading.given)) == sorted(map(str, same))
    assert any(len(reading.given) > 1 for reading in answers.readings)


def test_what_one_place_of_a_document_gives_otherwise_is_one_reading(answers):
    (reading,) = [r for r in answers.readings if r.event["event_id"] == "E0490"]
    assert sorted(reading.columns) == ["attacks_high", "attacks_low"]
    assert dict(reading.changes) == {"2024-10": (-1, -1)}
    assert sentences.counted_as(reading.event, reading.columns) == "2 attacks"
    assert sentences.counted_as(reading.otherwise, reading.columns) == "1 attack"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((1, 1), "both numbers grow by 1"),
        ((-2, -2), "both numbers fall by 2"),
        ((0, 5), "the least number stays, the greatest grows by 5"),
        ((-1, 0), "the least number falls by 1, the greatest stays"),
    ],
)
def test_a_change_is_told_in_words(change, words):
    assert sentences.change_in_words(*change) == words


def test_a_row_that_sums_up_others_is_in_no_count(content, answers):
    assert content.sums == {event["event_id"] for event in answers.sums}
    assert not content.sums & {event["event_id"] for event in answers.attacks}
    parts = {e["event_id"] for e in content["events"] if set(e["part_of"] or ()) & content.sums}
    assert parts
    assert parts <= {event["event_id"] for event in answers.attacks}


def test_what_is_doubted_of_rows_only_claimed_is_never_that_it_happened(answers):
    number, aspects = answers.doubted
    assert number == len(dict(answers.besides)["doubts"])
    assert "occurrence" not in dict(aspects)


def test_those_confirmed_by_the_attacked_are_as_many_as_its_voices_confirm(answers):
    assert len(answers.acknowledged_by_attacked) == dict(answers.countries)["Israel"]


def test_a_total_takes_no_row_that_may_be_another():
    rows = [
        {"possibly_same_as": None, "attacks_low": 3, "attacks_high": 4},
        {"possibly_same_as": ["E0001"], "attacks_low": 1, "attacks_high": 1},
    ]
    assert total(rows) == (3, 5)


def test_the_least_number_of_confirmed_attacks_is_of_rows_of_which_no_two_may_be_the_same(content, answers):
    once = [event for event in answers.attacks if content.confirmed_at_least(event)]
    ids = {event["event_id"] for event in once}
    assert all(event["claim_status"] == "confirmed" for event in once)
    assert not any(ids & set(event["possibly_same_as"] or ()) for event in once)
    # of those that may be a row that nobody confirms, none is lost
    confirmed = {event["event_id"] for event in content["events"] if event["claim_status"] == "confirmed"}
    left_out = [e for e in answers.attacks if e["claim_status"] == "confirmed" and e["event_id"] not in ids]
    assert left_out
    assert all(confirmed & set(event["possibly_same_as"]) for event in left_out)
    assert any(event["possibly_same_as"] for event in once)


def test_the_example_is_of_a_document_that_has_several_voices(answers):
    event, source_id, voices = answers.example
    assert event["claim_status"] == "contested"
    assert len({said["speaker_id"] for said in voices}) > 1
    assert all(said["source_id"] == source_id and said["record_id"] == event["event_id"] for said in voices)


def test_the_total_that_most_exceeds_the_rows_is_of_claims_on_the_attacked_alone(content):
    compared = _compared(content)
    widest = _widest(compared)
    assert (widest["measure"], widest["of"]["targets"]) == ("claimed_attacks", ["israel"])
    assert widest["gap_low"] > 0
    assert _widest([{**widest, "gap_low": 0}, {**widest, "of": {"targets": None}}]) is None


def test_the_days_of_a_month():
    assert days("2024-02") == ("2024-02-01", "2024-02-29")


def test_a_dataset_without_claims_says_so(content):
    class Without(Content):
        claims = False

        def is_claimed(self, event_id):
            return self.claims

    html = next(html for path, html in pages(Without(content.dataset), [], None) if path == "questions.html")
    assert "This dataset has no claimed attack" in html
    assert "<table" not in html
