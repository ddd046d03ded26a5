"""Dates in words say what the date says, and no more."""

import pytest

import timeline
from timeline import dates
from timeline.phrases import in_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2024", "2024"),
        ("2024-03", "March 2024"),
        ("2024-03-01", "1 March 2024"),
        ("2024-03-01~", "about 1 March 2024"),
        ("2024?", "2024, uncertain"),
        ("2024-03%", "about March 2024, uncertain"),
        ("2024-01/2024-02-03", "from January 2024 to 3 February 2024"),
        ("2024-05/..", "from May 2024, still going on"),
        ("2024-05~/", "from about May 2024, end unknown"),
        ("/2024-05", "to May 2024, start unknown"),
        ("../2024-05", "to May 2024, start open"),
        ("[2024-01-31,2024-02-01]", "31 January 2024 or 1 February 2024"),
        ("[2021,2023-01..2023-03]", "2021 or some time from January 2023 to March 2023"),
        ("[..2024-06-04]", "on or before 4 June 2024"),
        ("[..2024-06]", "in or before June 2024"),
        ("[2024-06-04..]", "on or after 4 June 2024"),
    ],
)
def test_a_date_is_said_in_words(text, words):
    assert in_words(text) == words


def test_every_date_of_the_data_can_be_said():
    texts = {*timeline.load("events")["date"], *timeline.load("figures")["period"].dropna()}
    assert all(in_words(text) for text in texts)
    # what differs as a date differs in words, where no span and set are alike
    assert len({in_words(text) for text in texts}) == len({dates.parse(text) for text in texts})


def test_what_is_no_date_is_refused():
    with pytest.raises(ValueError, match="is not in the calendar"):
        in_words("2024-02-30")
