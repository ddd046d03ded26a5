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
from bisect import bisect_left
from functools import lru_cache
from typing import Literal, NamedTuple

Day = datetime.date
_ATOM = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}[?~%]?")
_OPEN = ("", "..")
_MARKS = ("?", "~", "%")
_YEAR, _MONTH, _DAY = len("2024"), len("2024-03"), len("2024-03-17")
_ONE_DAY = datetime.timedelta(days=1)
_LONGEST = (1, 6, 7, 31)  # days of each precision
FEW_DAYS = 2  # UCDP GED's date_prec: two to six days


class Date(NamedTuple):
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
        return 1 + bisect_left(_LONGEST, (self.end - self.start).days + 1)

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
    mark = text[-1:] if text.endswith(_MARKS) else ""
    unit = text[:-1] if mark else text
    try:
        start = _first_day(unit)
    except ValueError:
        reason = "is no year, month or day of EDTF" if _ATOM.fullmatch(text) is None else "is not in the calendar"
        raise ValueError(f"{text!r} {reason}") from None
    end = _last_day(start, len(unit))
    wide_start, wide_end = (_before(start, len(unit)), _after(end, len(unit))) if mark else (start, end)
    return Date(text, start, end, wide_start, wide_end, "moment", mark in ("?", "%"), mark in ("~", "%"))


# the ends of spans and the members of sets are days of a few years
_atom = lru_cache(maxsize=1 << 16)(_parse_atom)


def _first_day(unit: str) -> Day:
    """The first day of a year, month or day; ValueError if it is none."""
    day = unit if len(unit) == _DAY else f"{unit}-01" if len(unit) == _MONTH else f"{unit}-01-01"
    if len(day) != _DAY or day[_YEAR] != "-" or day[_MONTH] != "-":  # others of ISO 8601 are not of this subset
        raise ValueError(unit)
    return Day.fromisoformat(day)


def _last_day(start: Day, unit: int) -> Day:
    """The last day of the year, month or day that begins so; `unit` is how long its text is."""
    if unit == _DAY:
        return start
    month = start.month if unit == _MONTH else 12
    return Day(start.year, month, calendar.monthrange(start.year, month)[1])


def _before(start: Day, unit: int) -> Day:
    """The first day of the unit before the one that begins so; itself at the calendar's edge."""
    if start == Day.min:
        return start
    last = start - _ONE_DAY
    return last if unit == _DAY else last.replace(day=1) if unit == _MONTH else last.replace(month=1, day=1)


def _after(end: Day, unit: int) -> Day:
    """The last day of the unit behind the one that ends so; itself at the calendar's edge."""
    return end if end == Day.max else _last_day(end + _ONE_DAY, unit)


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
    low, dots, high = text[1:-1].partition("..")
    members = tuple(map(_parse_member, text[1:-1].split(",")))
    if len(members) == 1 and (low == high or not dots):
        raise ValueError(f"{text!r} is a set of one")
    for (_, before), (after, _) in itertools.pairwise(members):
        if before is None or after is None or before >= after:
            raise ValueError(f"{text!r} is not in ascending order")
    start, end = members[0][0], members[-1][1]
    return Date(text, start, end, start, end, "moment", uncertain=False, approximate=False, members=members)


def _parse_member(text: str) -> tuple[Day | None, Day | None]:
    """The first and the last day of one member of a set, None where open."""
    low, dots, high = text.partition("..")
    if not low and not high:
        raise ValueError(f"{text!r} is no member of a set")
    first = _atom(low) if low else None
    last = (_atom(high) if high else None) if dots else first
    if text.endswith(_MARKS) or low.endswith(_MARKS):
        raise ValueError(f"{text!r}: the members of a set carry no ?, ~ or %")
    start, end = first and first.start, last and last.end
    if start is not None and end is not None and start > end:
        raise ValueError(f"{text!r} ends before it starts")
    return start, end


def _at_or_after(day: Day | None, bound: Day | None) -> bool:
    return bound is None or (day is not None and day >= bound)


def _at_or_before(day: Day | None, bound: Day | None) -> bool:
    return bound is None or (day is not None and day <= bound)
