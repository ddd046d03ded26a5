"""frictionless: the codebook as a Table Schema, and a check of its own kind for what that cannot say; nothing is written."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import attrs
import checks
from frictionless import Check, Checklist, Package, errors

from timeline import dates
from timeline.columns import Column, codebook

KEYED = ("actors", "places")
(KEY,) = checks.EVENTS.primary_key


def check(dataset: Path, _out: Path) -> list[str]:
    """Check the events; what fails, as `column: check`."""
    package = Package.from_descriptor({"resources": [_resource(name) for name in ("events", *KEYED)]}, basepath=str(dataset))
    allowed = {
        column.name: frozenset(column.categories or checks.keys(dataset, column))
        for column in checks.COLUMNS
        if column.type == "list"
    }
    report = package.validate(Checklist(checks=[Cells(allowed=allowed)]))
    # of a key it tells the row, and the column in words if at all
    found = report.flatten(["fieldName", "type", "note"])
    return [f"{name or (KEY if kind == 'primary-key' else note)}: {kind}" for name, kind, note in found]


@attrs.define(kw_only=True, repr=False)
class Cells(Check):
    """Dates that can be read, and lists without empty items or repeats whose items are all known."""

    type = "cells"
    Errors: ClassVar = [errors.CellError]
    allowed: Mapping[str, frozenset[str]]

    def validate_row(self, row: Any) -> Iterator[Any]:
        """The cells of a row that break a rule."""
        for column in checks.COLUMNS:
            cell = row.get(column.name)
            if cell and not self._holds(column, cell):
                yield errors.CellError.from_row(row, note="is no date or list of what is known", field_name=column.name)

    def _holds(self, column: Column, cell: str) -> bool:
        if column.type == "list":
            return column.rules()["type"][0](cell) and self.allowed[column.name].issuperset(column.items(cell))
        return column.format != "edtf" or dates.is_valid(cell)


def _resource(name: str) -> dict[str, Any]:
    """A table as a resource: events with all checks, a register with its key."""
    table = codebook().tables[name]
    columns = checks.COLUMNS if name == "events" else [table[table.primary_key[0]]]
    references = [column for column in columns if column.references and column.type != "list"]
    schema = {
        "fields": [
            _field(column) if column in columns else {"name": column.name, "type": "string"} for column in table.transcribed()
        ],
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
        "foreignKeys": [
            {
                "fields": [column.name],
                "reference": {
                    "resource": column.references[0],
                    "fields": list(codebook().tables[column.references[0]].primary_key),
                },
            }
            for column in references
        ],
    }
    return {"name": name, "path": table.source, "schema": schema}


def _field(column: Column) -> dict[str, Any]:
    constraints = {
        "required": column.required or None,
        "pattern": column.pattern,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "maxLength": column.max_length,
        "enum": list(column.categories) if column.categories and column.type != "list" else None,
    }
    return {
        "name": column.name,
        "type": "integer" if column.type == "integer" else "string",
        "constraints": {name: value for name, value in constraints.items() if value is not None},
    }


if __name__ == "__main__":
    sys.exit(checks.main(check))
