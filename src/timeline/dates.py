"""Dates that are never more precise than their source: a subset of EDTF (ISO 8601-2), its bounds and interval logic.

The subset: a year, month or day (`2021`, `2024-03`, `2024-03-17`), each with `?` (uncertain), `~` (approximate) or `%`
(both) behind it; spans of two of them (`2024-01/2024-02`) with the start or end unknown (`2024-01/`, `/2024-02`) or open
(`2024-05/..`, `../2024-05`); and sets of which one is meant (`[2024-01..2024-02]`, `[..2024-06-04]`, `[2021,2022]`).
"""

from __future__ import annotations

import calendar
import datetime
import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Day = datetime.date
_ATOM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%])?")
_OPEN = ("", "..")
FEW_DAYS = 2  # UCDP GED's date_prec: two to six days


@dataclass(frozen=True, slots=True)
class Date:
    """A date as the source gives it.

    `start` and `end` are the first and the last possible day, None where open; `members` holds the ranges of a set, between
    which it has holes.
    `wide_start` and `wide_end` are the same with every end that carries `?`, `~` or `%` moved outwards by one unit of
    its precision (a day, month or year).
    """

    text: str
    start: Day | None
    end: Day | None
    wide_start: Day | None
    wide_end: Day | None
    kind: Literal["moment", "span"]
    uncertain: bool
    approximate: bool
    members: tuple[tuple[Day | None, Day | None], ...] = ()

    def __str__(self) -> str:
        return self.text

    @property
    def is_ongoing(self) -> bool:
        """Whether it is written as still going on, which an unknown end is not."""
        return self.text.endswith("/..")

    @property
    def precision(self) -> int:
        """UCDP GED's date_prec: 1 a day, 2 two to six days, 3 a week, 4 up to a month, 5 longer or open."""
        if self.start is None or self.end is None:
            return 5
        days = (self.end - self.start).days + 1
        return next((code for code, longest in ((1, 1), (2, 6), (3, 7), (4, 31)) if days <= longest), 5)

    @property
    def is_known_day(self) -> bool:
        """Whether it is one day, neither uncertain nor approximate."""
        return self.start is not None and self.start == self.wide_start == self.wide_end

    def possible_days(self) -> list[Day]:
        """The days on which it may lie, one by one, even when widened; none where it is wider than six days or open."""
        if self.precision > FEW_DAYS or self.wide_start is None or self.wide_end is None:
            return []
        wide = [self.wide_start + datetime.timedelta(days=n) for n in range((self.wide_end - self.wide_start).days + 1)]
        return [day for day in wide if self.possibly_in(day, day)]

    def certainly_in(self, first: Day | None, last: Day | None) -> bool:
        """Whether all of it lies from `first` to `last` (None: open), even when widened."""
        return _at_or_after(self.wide_start, first) and _at_or_before(self.wide_end, last)

    def possibly_in(self, first: Day | None, last: Day | None) -> bool:
        """Whether any of it may lie from `first` to `last` (None: open)."""
        return any(
            (last is None or start is None or start <= last) and (first is None or end is None or end >= first)
            for start, end in self.members or ((self.wide_start, self.wide_end),)
        )


@lru_cache(maxsize=1 << 17)
def parse(text: str) -> Date:
    """Read a date of the subset; ValueError says what is wrong with it.

    >>> parse("2024-03~").start, parse("2024-03~").wide_start
    (datetime.date(2024, 3, 1), datetime.date(2024, 2, 1))
    """
    if text.startswith("[") and text.endswith("]"):
        return _parse_set(text)
    if "/" in text:
        return _parse_span(text)
    return _parse_atom(text)


def is_valid(text: str) -> bool:
    """Whether `parse` reads it."""
    return not complaint(text)


def complaint(text: str) -> str:
    """Why `parse` does not read it; nothing if it does."""
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return ""


def _parse_atom(text: str) -> Date:
    match = _ATOM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no year, month or day of EDTF")
    year = int(match[1])
    month, day = (None if part is None else int(part) for part in match.group(2, 3))
    mark = match[4]
    try:
        start, end = _bounds(year, month, day)
    except ValueError:
        raise ValueError(f"{text!r} is not in the calendar") from None
    wide_start, wide_end = start, end
    if mark:
        wide_start, _ = _neighbour(start, month, day, -1)
        _, wide_end = _neighbour(end, month, day, +1)
    return Date(text, start, end, wide_start, wide_end, "moment", mark in ("?", "%"), mark in ("~", "%"))


# the ends of spans and the members of sets are days of a few years
_atom = lru_cache(maxsize=1 << 16)(_parse_atom)


def _bounds(year: int, month: int | None, day: int | None) -> tuple[Day, Day]:
    first_month, last_month = (1, 12) if month is None else (month, month)
    if day is not None:
        return Day(year, first_month, day), Day(year, first_month, day)
    start = Day(year, first_month, 1)
    return start, Day(year, last_month, calendar.monthrange(year, last_month)[1])


def _neighbour(bound: Day, month: int | None, day: int | None, step: int) -> tuple[Day, Day]:
    """The bounds of the unit (day, month or year) next to the one that `bound` ends; itself at the calendar's edge."""
    try:
        other = bound + datetime.timedelta(days=step)
    except OverflowError:
        return bound, bound
    return _bounds(other.year, None if month is None else other.month, None if day is None else other.day)


def _parse_span(text: str) -> Date:
    first, _, last = text.partition("/")
    if "/" in last:
        raise ValueError(f"{text!r} has more than one slash")
    if first in _OPEN and last in _OPEN:
        raise ValueError(f"{text!r} has neither a start nor an end")
    begin = None if first in _OPEN else _atom(first)
    finish = None if last in _OPEN else _atom(last)
    ends = [end for end in (begin, finish) if end is not None]
    if begin is not None and finish is not None and not _at_or_before(begin.start, finish.end):
        raise ValueError(f"{text!r} ends before it starts")
    return Date(
        text,
        begin.start if begin else None,
        finish.end if finish else None,
        begin.wide_start if begin else None,
        finish.wide_end if finish else None,
        "span",
        any(end.uncertain for end in ends),
        any(end.approximate for end in ends),
    )


def _parse_set(text: str) -> Date:
    ranges = [_parse_range(member) for member in text[1:-1].split(",")]
    if len(ranges) == 1 and ranges[0][0] is ranges[0][1]:
        raise ValueError(f"{text!r} is a set of one")
    for (_, before), (after, _) in itertools.pairwise(ranges):
        if before is None or after is None or before.end is None or after.start is None or before.end >= after.start:
            raise ValueError(f"{text!r} is not in ascending order")
    first, last = ranges[0][0], ranges[-1][1]
    start, end = first.start if first else None, last.end if last else None
    members = tuple((low.start if low else None, high.end if high else None) for low, high in ranges)
    return Date(text, start, end, start, end, "moment", uncertain=False, approximate=False, members=members)


def _parse_range(text: str) -> tuple[Date | None, Date | None]:
    """The two ends of one member of a set, None where open."""
    low, dots, high = text.partition("..")
    if not low and not high:
        raise ValueError(f"{text!r} is no member of a set")
    first = _atom(low) if low else None
    last = (_atom(high) if high else None) if dots else first
    for end in (first, last):
        if end is not None and (end.uncertain or end.approximate):
            raise ValueError(f"{text!r}: the members of a set carry no ?, ~ or %")
    if first is not None and last is not None and not _at_or_before(first.start, last.end):
        raise ValueError(f"{text!r} ends before it starts")
    return first, last


def _at_or_after(day: Day | None, bound: Day | None) -> bool:
    return bound is None or (day is not None and day >= bound)


def _at_or_before(day: Day | None, bound: Day | None) -> bool:
    return bound is None or (day is not None and day <= bound)
