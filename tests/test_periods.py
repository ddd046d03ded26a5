"""Which rows lie in a period: possibly, or certainly."""

import datetime

import pandas as pd
import pytest

import timeline

DATES = ["2024-02-29", "2024-03", "2024-03-31~", "[2024-02..2024-03]", "2024-01/", "2023"]


@pytest.mark.parametrize(
    ("start", "end", "how", "expected"),
    [
        ("2024-03", "2024-03", "possible", [1, 2, 3, 4]),
        ("2024-03", "2024-03", "certain", [1]),
        ("2024-03", None, "certain", [1, 2]),
        (None, "2023-12-31", "possible", [5]),
        (None, None, "certain", [0, 1, 2, 3, 4, 5]),
        ("2024-04-01", "2024-04-01", "possible", [2, 4]),
        (datetime.date(2024, 2, 29), pd.Timestamp("2024-02-29"), "certain", [0]),
        (datetime.datetime(2024, 2, 29, 12), "2024", "certain", [0, 1, 2]),  # noqa: DTZ001
    ],
)
@pytest.mark.parametrize("column", ["date", "period", "stated_on"])
def test_between(column, start, end, how, expected):
    frame = pd.DataFrame({column: pd.array(DATES, dtype="string")})
    assert timeline.between(frame, start, end, how).index.to_list() == expected


def test_between_of_no_rows_keeps_the_columns():
    events = timeline.load("events")
    found = timeline.between(events[:0], "2024", "2024")
    assert found.shape == (0, events.shape[1])
    pd.testing.assert_frame_equal(found, events[:0])


def test_between_leaves_out_rows_without_a_date():
    frame = pd.DataFrame({"period": pd.array(["2024", None], dtype="string")})
    assert timeline.between(frame, None, None).index.to_list() == [0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((pd.DataFrame({"day": []}), None, None), "no column date, period or stated_on"),
        ((pd.DataFrame({"date": []}), "2024-04", "2024-03"), "start 2024-04 is after end 2024-03"),
        ((pd.DataFrame({"date": []}), "April", None), "start: 'April' is no year, month or day"),
        ((pd.DataFrame({"date": []}), 2024, None), "start: 2024 is neither text, a date nor None"),
        ((pd.DataFrame({"date": []}), None, pd.NaT), "end: NaT is neither text"),
        ((pd.DataFrame({"date": []}), None, None, "perhaps"), "no how 'perhaps'; there are: possible, certain"),
    ],
)
def test_between_tells_a_mistake(arguments, message):
    with pytest.raises(ValueError, match=r"no |start|end") as error:
        timeline.between(*arguments)
    assert message in str(error.value)
