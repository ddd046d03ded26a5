"""What a row of another format says in the columns of the codebook, as that format's mapping file tells.

A mapping (`mappings/*.toml`) gives each column of our tables a cell: a text with {columns} of the other format and {@names}
of ids in it, where [a part in brackets] goes if a column in it is empty; or a table that says more:

    { text, map, else }          the text, looked up; without `else`, what is not in `map`, or in those
                                 of the [maps] that it names, is refused
    { text, starts, else }       the same, by how the text begins
    { text, pad }                the text, its first letter followed by at least so many characters
    { first = [...] }            the first of some cells that is not empty
    { number = column }          a decimal number in plain digits, to nine decimals
    { slug, apart, needs }       an id made of the text, with a hash of `apart`; empty where `needs` is
    { day = column, precision, map }     a day, or the week or month around it
    { year, month, day }         columns with numbers: a day, or a month or a year where what is finer is 0
    { from, to, exact, span }    two days: one date if they are one, a month or a year; else a set, or a span
"""

from __future__ import annotations

import calendar
import datetime
import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import Any

_PLACEHOLDER, _OPTIONAL = re.compile(r"\{(@?\w[\w ]*)\}"), re.compile(r"\[([^\[\]]*)\]")
_DAY = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?|\d{6})?", flags=re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?", flags=re.ASCII)
_SLUGLESS = re.compile(r"[^a-z0-9]+")
LONGEST_SLUG = 60
FINEST = 9  # decimals of a number: of degrees, a tenth of a millimetre


class Refused(Exception):  # noqa: N818 - it names what was found, as ValueError does
    """A row that cannot be carried over: the column at fault, its value, the rule and the message."""

    def __init__(self, column: str, value: str, rule: str, message: str) -> None:
        self.column, self.value, self.rule, self.message = column, value, rule, message
        super().__init__(message)


def formats(folder: str) -> tuple[str, ...]:
    """The formats that a folder has mapping files for."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in (files("timeline") / folder).iterdir()))


def load(name: str, folder: str = "mappings") -> dict[str, Any]:
    """The mapping of a format, as its file has it, with each of its [maps] where a cell names one."""
    about = tomllib.loads((files("timeline") / folder / f"{name}.toml").read_text(encoding="utf-8"))
    maps = about.pop("maps", {})

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: maps[v] if key == "map" and isinstance(v, str) else filled(v) for key, v in value.items()}
        return [filled(item) for item in value] if isinstance(value, list) else value

    found: dict[str, Any] = filled(about)
    return found


def columns_of(spec: Any) -> list[str]:
    """The columns of the other format that a cell is made of, in the order in which it names them."""
    if isinstance(spec, str):
        return [name for name in _PLACEHOLDER.findall(spec) if not name.startswith("@")]
    if isinstance(spec, list):
        return [name for each in spec for name in columns_of(each)]
    direct = [spec[key] for key in ("number", "year", "month", "day", "precision", "from", "to", "column") if key in spec]
    nested = [spec[key] for key in ("text", "first", "slug", "apart") if key in spec]
    return list(dict.fromkeys([*direct, *columns_of(nested), *columns_of(list(spec.get("map", {}).values()))]))


def day_of(text: str) -> datetime.date | None:
    """The day that a text holds as 2024-03-05, with or without an hour, 20240305 or 05 March 2024; None if it holds none."""
    try:
        if found := _DAY.fullmatch(text):
            return datetime.date(int(found[1]), int(found[3]), int(found[4]))
        return datetime.datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def slug(text: str, apart: str = "") -> str:
    """A readable id: the letters of a text, and a hash of `apart`, or of a text that its ASCII letters do not tell."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    readable = _SLUGLESS.sub("-", letters).strip("-")
    short = readable[:LONGEST_SLUG].strip("-")
    told = apart or ("" if text.isascii() and short == readable else text)
    marks = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:8] if told else ""
    return "-".join(filter(None, (short, marks)))


@dataclass(frozen=True)
class Record:
    """One row of the other format, with what of it could be carried over as it is."""

    cells: Mapping[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    def cell(self, spec: Any) -> str:
        """The text of one of our cells; Refused if the row does not give it."""
        if isinstance(spec, str):
            return self._fill(spec)
        return next(make for word, make in _KINDS.items() if word in spec)(self, spec)

    def get(self, column: str) -> str:
        """A cell of the row; empty where it has no such column."""
        return self.ids.get(column[1:], "") if column.startswith("@") else self.cells.get(column, "")

    def day(self, column: str) -> datetime.date:
        """The day that a column holds; Refused if it holds none."""
        found = day_of(self.get(column))
        if found is None:
            raise Refused(column, self.get(column), "date", "is no day of the calendar")
        return found

    def _fill(self, text: str) -> str:
        """A text with its columns; without the bracketed parts of which one is empty."""
        if "{" not in text and "[" not in text:
            return text
        kept = _OPTIONAL.sub(lambda part: part[1] if all(map(self.get, _PLACEHOLDER.findall(part[1]))) else "", text)
        return _PLACEHOLDER.sub(lambda name: self.get(name[1]), kept)

    def _first(self, spec: Mapping[str, Any]) -> str:
        return next(filter(None, map(self.cell, spec["first"])), "")

    def _padded(self, spec: Mapping[str, Any]) -> str:
        if empty := [column for column in columns_of(spec) if not self.get(column)]:
            raise Refused(empty[0], "", "required", "must not be empty")
        text = self._fill(spec["text"])
        return text[:1] + text[1:].rjust(spec["pad"], "0")

    def _mapped(self, spec: Mapping[str, Any]) -> str:
        text = self._fill(spec["text"])
        found = spec["map"].get(text, spec.get("else"))
        if found is None:
            raise Refused(columns_of(spec["text"])[0], text, "enum", f"must be one of: {', '.join(spec['map'])}")
        return self._fill(found)

    def _starting(self, spec: Mapping[str, Any]) -> str:
        text = self._fill(spec["text"])
        return str(next((value for start, value in spec["starts"].items() if text.startswith(start)), spec["else"]))

    def _number(self, spec: Mapping[str, Any]) -> str:
        """A decimal number in plain digits, to nine decimals."""
        column = spec["number"]
        text = self.get(column)
        if text and not _DECIMAL.fullmatch(text):
            raise Refused(column, text, "type", "must be a decimal number")
        try:
            number = Decimal(text).normalize() if text else None
        except InvalidOperation:
            raise Refused(column, text, "type", "must be a decimal number") from None
        if number is None:
            return ""
        if not number.is_finite() or number.adjusted() > FINEST:
            raise Refused(column, text, "type", "must be a decimal number")
        return format((number.quantize(Decimal(1).scaleb(-FINEST)) + 0).normalize(), "f")

    def _slug(self, spec: Mapping[str, str]) -> str:
        if "needs" in spec and not self.get(spec["needs"]):
            return ""
        return slug(self._fill(spec["slug"]), self._fill(spec.get("apart", "")))

    def _around(self, spec: Mapping[str, Any]) -> str:
        day = self.day(spec["day"])
        known = spec["map"].get(self.get(spec["precision"])) if "precision" in spec else "day"
        if known is None:
            value = self.get(spec["precision"])
            raise Refused(spec["precision"], value, "enum", f"must be one of: {', '.join(spec['map'])}")
        if known == "month":
            return str(day)[:7]
        try:
            week = datetime.timedelta(days=6)
            return f"[{day - week}..{day + week}]" if known == "week" else str(day)
        except OverflowError:
            raise Refused(spec["day"], self.get(spec["day"]), "date", "has no week around it in the calendar") from None

    def _numbered(self, spec: Mapping[str, Any]) -> str:
        """A date of which year, month and day are in columns of their own, 0 where it is not known."""
        parts = [self.get(spec[part]) for part in ("year", "month", "day")]
        for part, text in zip(("year", "month", "day"), parts, strict=True):
            if not (text.isascii() and text.isdigit()):
                raise Refused(spec[part], text, "type", "must be a whole number, in plain digits")
        year, month, day = map(int, parts)
        return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")

    def _between(self, spec: Mapping[str, Any]) -> str:
        start, end = self.day(spec["from"]), self.day(spec["to"])
        if end < start:
            raise Refused(spec["to"], self.get(spec["to"]), "order", f"lies before {spec['from']}")
        if start == end:
            column = spec["exact"]["column"]
            known = self.get(column)
            if known and known not in spec["exact"]["values"]:
                raise Refused(
                    column, known, "precision", f"says that the day is not known, but {spec['from']} is {spec['to']}"
                )
            return str(start)
        if start.day == 1 and start.year == end.year and end.day == calendar.monthrange(end.year, end.month)[1]:
            if start.month == end.month:
                return str(start)[:7]
            if (start.month, end.month) == (1, 12):
                return str(start)[:4]
        is_span = self.get(spec["span"]["column"]) in spec["span"]["values"]
        return f"{start}/{end}" if is_span else f"[{start}..{end}]"


# the word by which a cell is known for what it is, and what makes its text
_KINDS: dict[str, Callable[[Record, Mapping[str, Any]], str]] = {
    "first": Record._first,
    "number": Record._number,
    "year": Record._numbered,
    "day": Record._around,
    "from": Record._between,
    "slug": Record._slug,
    "pad": Record._padded,
    "starts": Record._starting,
    "map": Record._mapped,
}
