"""The codebook as frozen objects: tables, columns and vocabularies.

`codebook.toml` is the only home of the schema. What other tools need of it (pandera, Arrow, Table Schema) is compiled
in `schema.py`; here a column reads and prints its own cells.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from timeline import dates

LIST_DELIMITER = ";"
PACKAGED = Path(__file__).parent / "codebook.toml"
SMALLEST, LARGEST = 1e-6, 1e10  # of numbers, but for zero


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table, as the codebook defines it."""

    name: str
    type: str
    description: str
    derived: bool = False
    required: bool = False
    unique: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    vocabulary: str | None = None
    categories: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    format: str | None = None
    deprecated: str | None = None

    @property
    def foreign_table(self) -> str | None:
        """The table in which every value must be a key, where a foreign key can say so: one table, and no list."""
        return self.references[0] if len(self.references) == 1 and self.type != "list" else None

    def parse(self, text: str) -> Any:
        """Read one non-empty cell: a `str`, `int`, `float`, `bool`, `date` or tuple of `str`; ValueError if it is none."""
        return _PARSERS[self.type](text)

    def print(self, value: Any) -> str:
        """Print a value as its cell: the inverse of `parse`; nothing prints as the empty cell."""
        if value is None or value == ():
            return ""
        if self.type == "list":
            return LIST_DELIMITER.join(value)
        if self.type == "boolean":
            return "true" if value else "false"
        if self.type == "number":
            return str(int(value)) if float(value).is_integer() else format(Decimal(repr(float(value))), "f")
        return str(value)

    def same(self, text: str, value: Any) -> bool:
        """Whether a cell says what a value says; the order of a list does not matter."""
        if not self._is_typed(text):
            return False
        parsed = self.parse(text)
        return set(parsed) == set(value) if isinstance(parsed, tuple) else bool(parsed == value)

    def rules(self) -> dict[str, tuple[Callable[[str], bool], str]]:
        """What a cell must satisfy: rule name → (predicate on the cell's text, error text)."""
        rules: dict[str, tuple[Callable[[str], bool], str]] = {}
        if self.type != "string":
            rules["type"] = (self._is_typed, f"must be {_TYPE_WORDS[self.type]}")
        if self.format == "edtf":
            rules["edtf"] = (dates.is_valid, "is no date of the EDTF subset")
        if self.categories:
            allowed = set(self.categories)
            words = f"must be one of: {', '.join(self.categories)}"
            rules["enum"] = (lambda text: all(item in allowed for item in self.items(text)), words)
        if self.pattern is not None:
            matches = re.compile(self.pattern).fullmatch
            rules["pattern"] = (lambda text: matches(text) is not None, f"must match {self.pattern}")
        if self.max_length is not None:
            longest = self.max_length
            rules["maxLength"] = (lambda text: len(text) <= longest, f"must have at most {longest} characters")
        if self.minimum is not None:
            least = self.minimum
            rules["minimum"] = (
                lambda text: not self._is_typed(text) or self.parse(text) >= least,
                f"must be at least {least:g}",
            )
        if self.maximum is not None:
            most = self.maximum
            rules["maximum"] = (lambda text: not self._is_typed(text) or self.parse(text) <= most, f"must be at most {most:g}")
        return rules

    def items(self, text: str) -> list[str]:
        """The values in a cell: the items of a list, else the cell itself."""
        return text.split(LIST_DELIMITER) if self.type == "list" else [text]

    def _is_typed(self, text: str) -> bool:
        try:
            self.parse(text)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Table:
    """One table, its columns in published order."""

    name: str
    title: str
    description: str
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]
    source: str | None = None
    raw: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def file_key(self) -> str | None:
        """The column that the name of the file gives, where a table is transcribed in several files."""
        return self.primary_key[0] if self.source is not None and "*" in self.source else None

    def transcribed(self) -> list[Column]:
        """The columns of a transcribed row: those of the file, in its order, and the one that its name gives."""
        return [self[name] for name in (self.file_key, *self.raw) if name is not None]


@dataclass(frozen=True, slots=True)
class Codebook:
    """All tables and vocabularies, with the definitions that derived columns rest on."""

    schema_version: str
    tables: Mapping[str, Table]
    vocabularies: Mapping[str, Mapping[str, str]]
    scope: Mapping[str, Any]
    itemise: Mapping[str, Mapping[str, Any]]
    reconciliation: str
    qualifier_values: Mapping[str, Mapping[str, list[str]]]
    completeness: Mapping[str, Any]
    twins: Mapping[str, Any]

    def raw_tables(self) -> list[Table]:
        """The tables that are transcribed."""
        return [table for table in self.tables.values() if table.source is not None]


# what a dataset has in its place while it is in hand (`codebooks.py`)
_IN_FORCE: list[Codebook] = []


def codebook() -> Codebook:
    """The codebook in force: that of the dataset in hand if it has one of its own, else that of this package."""
    return _IN_FORCE[-1] if _IN_FORCE else packaged()


@contextmanager
def in_force(book: Codebook) -> Iterator[None]:
    """Have another codebook in force, in all of this process."""
    _IN_FORCE.append(book)
    try:
        yield
    finally:
        _IN_FORCE.pop()


@cache
def packaged() -> Codebook:
    """The codebook that comes with this package."""
    return compiled(tomllib.loads(PACKAGED.read_text(encoding="utf-8")))


def compiled(toml: dict[str, Any]) -> Codebook:
    """What a codebook's file says, as objects."""
    vocabularies = toml["vocabularies"]
    tables = {name: _table(name, entry, vocabularies) for name, entry in toml["tables"].items()}
    return Codebook(
        toml["schema_version"],
        tables,
        vocabularies,
        toml["scope"],
        toml["itemise"],
        toml["reconciliation"]["description"],
        toml["qualifier_values"],
        toml["completeness"],
        toml["twins"],
    )


def _table(name: str, entry: dict[str, Any], vocabularies: dict[str, dict[str, str]]) -> Table:
    columns = tuple(_column(field, vocabularies) for field in entry["fields"])
    raw = entry.get("raw", [column.name for column in columns if not column.derived]) if "source" in entry else []
    return Table(
        name, entry["title"], entry["description"], tuple(entry["primaryKey"]), columns, entry.get("source"), tuple(raw)
    )


def _column(field: dict[str, Any], vocabularies: dict[str, dict[str, str]]) -> Column:
    constraints = field.get("constraints", {})
    if unknown := (set(field) - _FIELD_WORDS) | (set(constraints) - _CONSTRAINT_WORDS):
        raise ValueError(f"codebook.toml: {field['name']}: no such word: {', '.join(sorted(unknown))}")
    vocabulary = field.get("vocabulary")
    return Column(
        name=field["name"],
        type=field["type"],
        description=field["description"],
        derived=field.get("derived", False),
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        pattern=constraints.get("pattern"),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
        max_length=constraints.get("maxLength"),
        vocabulary=vocabulary,
        categories=tuple(vocabularies[vocabulary]) if vocabulary else (),
        references=tuple(field.get("references", ())),
        format=field.get("format"),
        deprecated=field.get("deprecated"),
    )


_FIELD_WORDS = {"name", "type", "description", "derived", "constraints", "vocabulary", "references", "format", "deprecated"}
_CONSTRAINT_WORDS = {"required", "unique", "pattern", "minimum", "maximum", "maxLength"}


def _matching(pattern: str, convert: Callable[[str], Any]) -> Callable[[str], Any]:
    matches = re.compile(pattern).fullmatch

    def parse(text: str) -> Any:
        if matches(text) is None:
            raise ValueError(text)
        return convert(text)

    return parse


_is_number = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{0,14}[1-9])?").fullmatch


def _parse_number(text: str) -> float:
    """A number that prints as the text again, so that nothing is rounded in silence; Arrow prints others with an exponent."""
    if _is_number(text) is None or text == "-0" or Decimal(repr(float(text))) != Decimal(text):
        raise ValueError(text)
    value = float(text)
    if value and not SMALLEST <= abs(value) < LARGEST:
        raise ValueError(text)
    return value


def _parse_list(text: str) -> tuple[str, ...]:
    items = tuple(text.split(LIST_DELIMITER))
    if len(set(items)) != len(items) or any(item != item.strip() or not item for item in items):
        raise ValueError(text)
    return items


_PARSERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _matching(r"0|-?[1-9][0-9]{0,17}", int),
    "number": _parse_number,
    "boolean": _matching(r"true|false", "true".__eq__),
    "date": _matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", datetime.date.fromisoformat),
    "list": _parse_list,
}
_TYPE_WORDS = {
    "integer": "a whole number, in plain digits",
    "number": "a decimal number, in plain digits, that a double can hold, without zeros at the end",
    "boolean": "true or false",
    "date": "a day as YYYY-MM-DD",
    "list": f"a list separated by {LIST_DELIMITER} without spaces, empty items or repeats",
}
