"""What several rules ask of dates and numbers."""

from __future__ import annotations

import datetime

from timeline.normalise import Row

ONE_DAY = datetime.timedelta(days=1)


def begins_after(row: Row, column: str, source: Row | None) -> bool:
    """Whether a row's date begins after the publication of a source; False where either is open or unknown.

    Days are local, so what happened in the east early in a day may have been published in the west on the day before.
    """
    date = row.date(column)
    published = source.date("published") if source is not None else None
    latest = published.wide_end if published is not None else None
    return date is not None and date.start is not None and latest is not None and date.start - latest > ONE_DAY


def ascending(*values: float | None) -> bool:
    """Whether the values that are there do not decrease."""
    there = [value for value in values if value is not None]
    return there == sorted(there)
