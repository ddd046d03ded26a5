"""What several rules ask of dates and numbers."""

from __future__ import annotations

from timeline.normalise import Row


def begins_after(row: Row, column: str, source: Row | None) -> bool:
    """Whether a row's date begins after the publication of a source; False where either is open or unknown."""
    date = row.date(column)
    published = source["published"] if source is not None else None
    return date is not None and date.start is not None and published is not None and date.start > published


def ascending(*values: float | None) -> bool:
    """Whether the values that are there do not decrease."""
    there = [value for value in values if value is not None]
    return there == sorted(there)
