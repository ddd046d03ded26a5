"""The questions that the site answers: they say what the tutorial says, whose code the tests run, and lead to the rows."""

import re

import pytest

from conftest import REPOSITORY
from timeline.dataset import Dataset
from timeline.site.answers import Answers, days
from timeline.site.content import Content
from timeline.site.pages import pages

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
    assert dict(answers.besides) == {stance: printed(rf"^{stance} +(\d+)$")[0] for stance, _ in answers.besides}
    may_be = answers.may_be(only, answers.acknowledged)
    assert (len(may_be), len(only)) == printed(r"^(\d+) of (\d+) may be an attack that officials confirm under another row$")


def test_the_same_readings_change_the_count(answers):
    block = re.search(
        r"^event_id +date +column +value +month +low +high\n(.*?)^\d+ rows$", TUTORIAL, re.MULTILINE | re.DOTALL
    )[1]
    told = {
        (r.event["event_id"], r.other["column"], r.other["value"], month, str(low), str(high))
        for r in answers.readings
        for month, (low, high) in r.changes.items()
    }
    assert told == {(line[0], *line[2:]) for line in map(str.split, block.splitlines())}


def test_the_example_is_of_a_document_that_has_several_voices(answers):
    event, source_id, voices = answers.example
    assert event["claim_status"] == "contested"
    assert len({said["speaker_id"] for said in voices}) > 1
    assert all(said["source_id"] == source_id and said["record_id"] == event["event_id"] for said in voices)


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
