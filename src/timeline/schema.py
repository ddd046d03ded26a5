"""What other tools need of the codebook: pandera, Arrow and Table Schema, each compiled from the same columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from timeline import dates
from timeline.columns import LIST_DELIMITER, Column, Table
from timeline.problems import Problem
from timeline.raw import MOST_PROBLEMS, Line

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
_REQUIRED, _UNIQUE = ("required", "must not be empty"), ("unique", "stands in more than one row")
BATCH = 50_000


def check(table: Table, columns: Sequence[Column], lines: Sequence[Line], *, most: float | None = None) -> list[Problem]:
    """Hold rows against the codebook with pandera: every constraint of every cell, and that keys are unique.

    All failures at once, as long as they are not so many that nobody would read them (`most`).
    """
    most = MOST_PROBLEMS if most is None else most
    problems = _repeated(table, columns, lines)
    for start in range(0, len(lines), BATCH):
        problems += _broken(table, columns, lines[start : start + BATCH])
        if len(problems) >= most and start + BATCH < len(lines):
            message = f"this row and what follows were not checked, after {len(problems)} problems"
            return [*problems, Problem(lines[start + BATCH].file, lines[start + BATCH].number, "", "", "row", message)]
    return problems


def _broken(table: Table, columns: Sequence[Column], lines: Sequence[Line]) -> Iterator[Problem]:
    """The cells of some rows that break a constraint."""
    import pandas as pd
    import pandera.pandas as pandera

    cells = {c.name: pd.Series([line.cells[c.name] or None for line in lines], dtype=object) for c in columns}
    try:
        text_schema(table, tuple(columns)).validate(pd.DataFrame(cells), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        words = {(c.name, rule): message for c in columns for rule, (_, message) in c.rules().items()}
        for column, found, position in errors.failure_cases[["column", "check", "index"]].itertuples(index=False):
            rule, message = _REQUIRED if found == "not_nullable" else (found, words[column, found])
            line = lines[int(position)]
            reason = f": {dates.complaint(line.cells[column])}" if rule == "edtf" else ""
            yield line.problem(column, rule, message + reason)


def _repeated(table: Table, columns: Sequence[Column], lines: Sequence[Line]) -> list[Problem]:
    """Rows that repeat a key, or the value of a unique column."""
    names = tuple(column.name for column in columns if column.name in table.primary_key)
    keys = {(column.name,) for column in columns if column.unique} | {names}
    problems = []
    for key in sorted(keys):
        seen: set[tuple[str, ...]] = set()
        words = _UNIQUE if len(key) == 1 else ("primaryKey", f"the same {', '.join(key)} stand in an earlier row")
        for line in lines:
            cells = tuple(line.cells[name] for name in key)
            if any(cells) and cells in seen:
                problems.append(line.problem(key[0], *words))
            seen.add(cells)
    return problems


@cache
def text_schema(table: Table, columns: tuple[Column, ...]) -> pandera.DataFrameSchema:
    """The pandera schema of some columns of a table, in which every cell is text or None."""
    import pandera.pandas as pandera

    compiled = {
        column.name: pandera.Column(
            None,
            [pandera.Check(_on_distinct(holds), error=rule) for rule, (holds, _) in column.rules().items()],
            nullable=not column.required,
        )
        for column in columns
    }
    return pandera.DataFrameSchema(compiled, name=table.name)


def _on_distinct(holds: Callable[[str], bool]) -> Callable[[pd.Series[Any]], pd.Series[Any]]:
    """A check on one cell as a check on a column, which asks once for each distinct value."""

    def check_column(column: pd.Series[Any]) -> pd.Series[Any]:
        found = {value: holds(value) for value in column.unique()}
        return column.map(found.__getitem__)

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
                "resource": "" if column.references[0] == table.name else column.references[0],
                "fields": list(tables[column.references[0]].primary_key),
            },
        }
        for column in table.columns
        if len(column.references) == 1 and column.type != "list"
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
        **({"edtf": True} if column.format == "edtf" else {}),
    }
    if column.vocabulary:
        definitions = vocabularies[column.vocabulary]
        field["categories"] = [{"value": value, "label": value, "description": text} for value, text in definitions.items()]
    return field
