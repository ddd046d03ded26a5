"""What other tools need of the codebook: pandera, Arrow and Table Schema, each compiled from the same columns."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from timeline import batches, dates, frames, raw
from timeline.columns import LIST_DELIMITER, Column, Table
from timeline.problems import Problem, shown
from timeline.raw import Line
from timeline.values import Register

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

ARROW_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "list": pa.list_(pa.string()),
}
_REQUIRED, UNIQUE = ("required", "must not be empty"), ("unique", "stands in more than one row")
# letters, digits and marks that are drawn, and have one form only: of ASCII, and of Latin, Cyrillic, Hebrew and Arabic script
_USUAL = (
    r" -~\x{a1}-\x{ac}\x{ae}-\x{2ff}\x{400}-\x{482}\x{48a}-\x{52f}\x{5d0}-\x{5ea}\x{60c}\x{61b}\x{61f}\x{621}-\x{64a}\x{651}"
)
_UNUSUAL = rf"[^{_USUAL}]|^[ =+@-]| $"
# what is not drawn, in any script
_UNSEEN = r"[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|^ | $"

Broken = tuple[tuple[str, str], ...]


def check(table: Table, columns: Sequence[Column], lines: Sequence[Line]) -> list[Problem]:
    """Hold rows against the codebook: every constraint of every cell, and that keys are unique."""
    problems = _repeated(table, columns, lines)
    checker = Checker(columns)
    names = [column.name for column in columns]
    for _, some in itertools.groupby(lines, lambda line: line.file):
        problems += checker.check(batches.of_lines(list(some), names))
    return problems


class Checker:
    """The constraints of some columns, over any number of batches, asked once of each cell where many are alike.

    `known` has the keys of other tables by name, for the columns that refer to them; without it references are not looked at.
    """

    def __init__(
        self, columns: Sequence[Column], known: Mapping[str, Container[str]] | None = None, register: Register | None = None
    ) -> None:
        self._columns = {column.name: column for column in columns}
        self._known = known or {}
        self.forget(register or Register(columns))

    def forget(self, register: Register) -> None:
        """Begin anew, with other values."""
        self._register = register
        self._asked = dict.fromkeys(self._columns, 0)  # how many of the values of a column
        self._broken: dict[str, dict[str | None, Broken]] = {name: {} for name in self._columns}

    def check(self, batch: batches.Batch, aside: Executor | None = None) -> Iterator[Problem]:
        """Every cell of a batch that breaks a constraint; columns of which nearly all cells differ are looked at aside."""
        later = {}
        if aside is not None:
            import pandera.pandas  # noqa: F401 - here, for two threads cannot import it at once

            asked = {name: cells for name in self._columns if batches.is_varied(cells := batch.cells.column(name))}
            later = {name: aside.submit(self._ask, self._columns[name], _texts(cells)) for name, cells in asked.items()}
        found = {name: self._look(column, batch) for name, column in self._columns.items() if name not in later}
        found |= {name: asked.result() for name, asked in later.items()}
        for name in self._columns:
            cells = batch.cells.column(name)
            for row in batches.rows_of(cells, found[name]):
                value = cells[row].as_py()
                for rule, message in found[name][value]:
                    yield Problem(batch.file, batch.numbers[row], name, value or "", rule, message)

    def _look(self, column: Column, batch: batches.Batch) -> dict[str | None, Broken]:
        """The cells that are broken, with what they break; those that were not seen before are asked of pandera."""
        name, cells = column.name, batch.cells.column(column.name)
        if batches.is_varied(cells):
            return self._ask(column, _texts(cells))
        self._register.coded(batch, name)
        if new := self._register.values(name).cells[self._asked[name] :]:
            self._broken[name] |= self._ask(column, pa.array(new, pa.string()))
            self._asked[name] += len(new)
        return self._broken[name]

    def _ask(self, column: Column, distinct: pa.Array) -> dict[str | None, Broken]:
        """The values that break a constraint, with all that they break."""
        import pandas as pd
        import pandera.pandas as pandera

        found: dict[str | None, list[tuple[str, str]]] = {}
        for value in _suspects(distinct).to_pylist():
            if (flawed := raw.flaw(value)) is not None:
                found.setdefault(value, []).append(flawed)
        try:
            if column.required or column.rules():
                text_schema(column).validate(pd.Series(frames.TEXT.__from_arrow__(distinct)), lazy=True)
        except pandera.errors.SchemaErrors as errors:
            rules = column.rules()
            for rule, row in errors.failure_cases[["check", "index"]].itertuples(index=False):
                value = distinct[int(row)].as_py()
                reason = f": {dates.complaint(value)}" if rule == "edtf" else ""
                broken = _REQUIRED if rule == "not_nullable" else (rule, rules[rule][1] + reason)
                found.setdefault(value, []).append(broken)
        known = [self._known[name] for name in column.references if name in self._known]
        for value in distinct.drop_null().to_pylist() if known else ():
            if unknown := [item for item in column.items(value) if not any(item in keys for keys in known)]:
                found.setdefault(value, []).append(unresolved(column, unknown))
        # a cell that is there twice breaks a rule once
        return {value: tuple(dict.fromkeys(broken)) for value, broken in found.items()}


def _texts(cells: pa.DictionaryArray) -> pa.Array:
    """The texts of some cells, and null if one is empty."""
    return pa.concat_arrays([cells.dictionary, pa.nulls(1, pa.string())]) if cells.null_count else cells.dictionary


def _suspects(cells: pa.Array) -> pa.Array:
    """The cells that may be what no column may hold."""
    others = cells.filter(pc.match_substring_regex(cells, _UNUSUAL))
    if not len(others):
        return others
    is_flawed = pc.or_(
        pc.or_(pc.match_substring_regex(others, _UNSEEN), pc.match_substring_regex(others, raw.SUSPICIOUS)),
        pc.not_equal(others, pc.utf8_normalize(others, "NFC")),
    )
    return others.filter(is_flawed)


def unresolved(column: Column, unknown: Sequence[str]) -> tuple[str, str]:
    """What a cell breaks that names rows which no table has."""
    return "reference", f"{', '.join(map(shown, unknown))}: no such row in {' or '.join(column.references)}"


def _repeated(table: Table, columns: Sequence[Column], lines: Sequence[Line]) -> list[Problem]:
    """Rows that repeat a key, or the value of a unique column."""
    names = tuple(column.name for column in columns if column.name in table.primary_key)
    keys = {(column.name,) for column in columns if column.unique} | {names}
    problems = []
    for key in sorted(keys):
        seen: set[tuple[str, ...]] = set()
        words = UNIQUE if len(key) == 1 else ("primaryKey", f"the same {', '.join(key)} stand in an earlier row")
        for line in lines:
            cells = tuple(line.cells[name] for name in key)
            if any(cells) and cells in seen:
                problems.append(line.problem(key[0], *words))
            seen.add(cells)
    return problems


@cache
def text_schema(column: Column) -> pandera.SeriesSchema:
    """The pandera schema of a column in which every cell is text or null."""
    import pandera.pandas as pandera

    checks = [pandera.Check(_on_text(rule, column, holds), error=rule) for rule, (holds, _) in column.rules().items()]
    return pandera.SeriesSchema(None, checks, nullable=not column.required)


def _on_text(rule: str, column: Column, holds: Callable[[str], bool]) -> Callable[[pd.Series[Any]], Any]:
    """A check on one cell as a check on a column of text; Arrow lets most pass at once where it can tell."""

    def check_column(cells: pd.Series[Any]) -> Any:
        text = pa.array(cells)
        if rule == "pattern":
            passed = pc.and_(pc.string_is_ascii(text), pc.match_substring_regex(text, f"^({column.pattern})$"))
        elif rule == "maxLength":
            passed = pc.less_equal(pc.utf8_length(text), column.max_length)
        else:
            return cells.map(holds)
        if not pc.all(passed).as_py():
            asked = [sure or holds(cell) for sure, cell in zip(passed.to_pylist(), text.to_pylist(), strict=True)]
            return cells.map(dict(zip(text.to_pylist(), asked, strict=True)))
        return cells.notna()

    return check_column


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a published table; each definition goes with its column."""
    return pa.schema(
        [pa.field(c.name, ARROW_TYPES[c.type], not c.required, {"description": c.description}) for c in table.columns],
        metadata={"title": table.title, "description": table.description},
    )


def table_schema(table: Table, tables: Mapping[str, Table], vocabularies: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The Table Schema (Data Package v2) of a published table."""
    keys = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.foreign_table == table.name else column.foreign_table,
                "fields": list(tables[column.foreign_table].primary_key),
            },
        }
        for column in table.columns
        if column.foreign_table
    ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column, vocabularies) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
        **({"foreignKeys": keys} if keys else {}),
    }


def _field(column: Column, vocabularies: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    is_list = column.type == "list"
    constraints = {
        "required": column.required or None,
        "unique": column.unique or None,
        "pattern": column.pattern,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "maxLength": column.max_length,
        "enum": list(column.categories) if column.categories and not is_list else None,
    }
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        **({"delimiter": LIST_DELIMITER, "itemType": "string"} if is_list else {}),
        "description": column.description,
        "constraints": {name: value for name, value in constraints.items() if value is not None},
        "derived": column.derived,
        **({"references": list(column.references)} if column.references else {}),
        **({"deprecated": column.deprecated} if column.deprecated else {}),
        **({"edtf": True} if column.format == "edtf" else {}),
    }
    if column.vocabulary:
        definitions = vocabularies[column.vocabulary]
        field["categories"] = [{"value": value, "label": value, "description": text} for value, text in definitions.items()]
    return field
