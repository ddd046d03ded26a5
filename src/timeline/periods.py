"""Which rows lie in a period, given dates that may be no more than a month."""

from __future__ import annotations

import datetime
from typing import Any

import pandas as pd

from timeline import dates

HOW = ("possible", "certain")
COLUMNS = ("date", "period", "stated_on")


def between(df: pd.DataFrame, start: Any, end: Any, how: str = "possible") -> pd.DataFrame:
    """The rows whose date may lie, or certainly lies, between two days.

    Parameters
    ----------
    df : pandas.DataFrame
        A frame with one of the EDTF columns `date`, `period` or `stated_on`; the first of them is used. Rows without
        one are left out.
    start, end : str, datetime.date, datetime.datetime, pandas.Timestamp or None
        First and last day, both included. Text is EDTF, so `"2024-03"` begins on the 1st and ends on the 31st. None: open.
    how : {"possible", "certain"}
        `possible`: any of the date may lie within. `certain`: all of it does. A date with `?`, `~` or `%` is taken one
        unit of its precision wider.

    Returns
    -------
    pandas.DataFrame
        Those rows of `df`, in its order and with its index.

    Raises
    ------
    ValueError
        If `df` has none of these columns, `how` is neither, a date is none, or `start` is after `end`.

    Examples
    --------
    >>> import timeline
    >>> events = timeline.load("events")
    >>> events = events[events["event_id"].isin(["E0021", "E0022", "E0027"])]
    >>> timeline.between(events, "2023-11", "2024-01")["event_id"].to_list()
    ['E0021', 'E0022', 'E0027']
    >>> timeline.between(events, "2023-11", "2024-01", how="certain")["event_id"].to_list()
    ['E0021', 'E0022']

    """
    if how not in HOW:
        raise ValueError(f"no how {how!r}; there are: {', '.join(HOW)}")
    column = next((name for name in COLUMNS if name in df.columns), None)
    if column is None:
        raise ValueError("the frame has no column date, period or stated_on")
    first, last = _day(start, "start"), _day(end, "end")
    if first is not None and last is not None and first > last:
        raise ValueError(f"start {start} is after end {end}")

    def is_within(text: Any) -> bool:
        if pd.isna(text):
            return False
        date = dates.parse(text)
        return date.certainly_in(first, last) if how == "certain" else date.possibly_in(first, last)

    return df.loc[[is_within(text) for text in df[column]] if len(df) else slice(0)]


def _day(value: Any, which: str) -> dates.Day | None:
    """The first day that a `start` gives, the last that an `end` gives."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            date = dates.parse(value)
        except ValueError as error:
            raise ValueError(f"{which}: {error}") from None
        return date.start if which == "start" else date.end
    if isinstance(value, datetime.date) and not pd.isna(value):
        return value.date() if isinstance(value, datetime.datetime) else value
    raise ValueError(f"{which}: {value!r} is neither text, a date nor None")
