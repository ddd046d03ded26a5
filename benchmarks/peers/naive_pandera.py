"""pandas with pandera, as pandera's documentation shows it: built-in checks, and functions of one cell for what has none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import checks
import pandas as pd
import pandera.pandas as pa

from timeline import dates
from timeline.columns import Column


def check(dataset: Path, out: Path, published: Path | None = None) -> list[str]:
    """Check the events and write them, with what else is published of them if it is there; what fails, as `column: check`."""
    events = pd.read_csv(checks.raw(dataset), dtype=str, keep_default_na=False, na_values=[""])
    try:
        checked = schema(dataset).validate(events, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return [f"{row.column}: {row.check}" for row in errors.failure_cases.itertuples()]
    tables = {"events": checked}
    if published:
        derived = checks.published(published, "events", but=checked.columns).to_pandas()
        whole = pd.concat([checked, derived], axis=1)[[column.name for column in checks.EVENTS.columns]]
        tables = {"events": whole, "event_actors": checks.published(published, "event_actors").to_pandas()}
    for name, table in tables.items():
        table.to_parquet(out / f"{name}.parquet", index=False)
        table.to_csv(out / f"{name}.csv", index=False)
    return []


def schema(dataset: Path) -> pa.DataFrameSchema:
    """The codebook's checks on events."""
    columns = {
        column.name: pa.Column(
            "Int64" if column.type == "integer" else str,
            list(_checks(column, dataset)),
            nullable=not column.required,
            unique=column.unique,
            coerce=column.type == "integer",
        )
        for column in checks.COLUMNS
    }
    return pa.DataFrameSchema(columns)


def _checks(column: Column, dataset: Path) -> Iterator[Any]:
    if column.type == "list":
        yield pa.Check(column.rules()["type"][0], element_wise=True, error="type")
    if column.format == "edtf":
        yield pa.Check(dates.is_valid, element_wise=True, error="edtf")
    yield from checks.of_pandera(pa.Check, column)
    if column.categories:
        yield _among(column, list(column.categories), "enum")
    if column.references:
        yield _among(column, checks.keys(dataset, column), "reference")


def _among(column: Column, allowed: list[str], error: str) -> Any:
    """Each cell, or each item of its list, is one of some values."""
    if column.type != "list":
        return pa.Check.isin(allowed, error=error)
    known = frozenset(allowed)
    return pa.Check(lambda cell: known.issuperset(column.items(cell)), element_wise=True, error=error)


if __name__ == "__main__":
    sys.exit(checks.main(check))
