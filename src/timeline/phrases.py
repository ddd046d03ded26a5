"""Dates of EDTF as a person would say them."""

from __future__ import annotations

import calendar

from timeline import dates

_MARKS = {"~": ("about ", ""), "?": ("", ", uncertain"), "%": ("about ", ", uncertain")}
_ENDS = {"": "unknown", "..": "open"}
DAY = 2  # dashes in the text of a day


def in_words(text: str) -> str:
    """A date in words, no more precise than it is; ValueError if it is none.

    >>> in_words("2023-11-09~"), in_words("[2024-01..2024-02]")
    ('about 9 November 2023', 'some time from January 2024 to February 2024')
    >>> in_words("2024-05/..")
    'from May 2024, still going on'
    """
    dates.parse(text)
    if text.startswith("["):
        return " or ".join(map(_member, text[1:-1].split(",")))
    return _span(*text.split("/")) if "/" in text else _atom(text)


def _span(first: str, last: str) -> str:
    if first in _ENDS:
        return f"to {_atom(last)}, start {_ENDS[first]}"
    if last in _ENDS:
        return f"from {_atom(first)}, {'end unknown' if not last else 'still going on'}"
    return f"from {_atom(first)} to {_atom(last)}"


def _member(text: str) -> str:
    first, dots, last = text.partition("..")
    if not dots:
        return _atom(text)
    if not first or not last:
        end, side = first or last, "after" if first else "before"
        return f"{'on' if end.count('-') == DAY else 'in'} or {side} {_atom(end)}"
    return f"some time from {_atom(first)} to {_atom(last)}"


def _atom(text: str) -> str:
    before, after = _MARKS.get(text[-1], ("", ""))
    year, *rest = text.rstrip("~?%").split("-")
    month = [calendar.month_name[int(part)] for part in rest[:1]]
    day = [str(int(part)) for part in rest[1:]]
    return before + " ".join([*day, *month, year]) + after
