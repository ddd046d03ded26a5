"""What several rules ask of dates and numbers."""

from __future__ import annotations

import datetime

from timeline.dates import Date, Day

ONE_DAY = datetime.timedelta(days=1)


def is_after(date: Date | None, published: Day | None) -> bool:
    """Whether a date begins after a day of publication; False where either is open or unknown.

    Days are local, so what happened in the east early in a day may have been published in the west on the day before.
    """
    return date is not None and date.start is not None and published is not None and date.start - published > ONE_DAY


def ascending(*values: float | None) -> bool:
    """Whether the values that are there do not decrease."""
    there = [value for value in values if value is not None]
    return there == sorted(there)
