"""pandera on Polars: built-in checks, and Polars expressions for what has none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import checks
import pandera.polars as pa
import polars as pl
from expressions import all_among, is_edtf, is_list

from timeline.columns import Column


def check(dataset: Path, out: Path, published: Path | None = None) -> list[str]:
    """Check the events and write them, with what else is published of them if it is there; what fails, as `column: check`."""
    events = pl.read_csv(checks.raw(dataset), infer_schema=False)
    try:
        checked = schema(dataset).validate(events, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return [f"{row['column']}: {row['check']}" for row in errors.failure_cases.iter_rows(named=True)]
    tables = {"events": checked}
    if published:
        derived = pl.DataFrame(checks.published(published, "events", but=checked.columns))
        whole = pl.concat([checked, derived], how="horizontal").select(column.name for column in checks.EVENTS.columns)
        tables = {"events": whole, "event_actors": pl.DataFrame(checks.published(published, "event_actors"))}
    for name, table in tables.items():
        table.write_parquet(out / f"{name}.parquet", compression="snappy")
        table.write_csv(out / f"{name}.csv")
    return []


def schema(dataset: Path) -> pa.DataFrameSchema:
    """The codebook's checks on events."""
    columns = {
        column.name: pa.Column(
            pl.Int64 if column.type == "integer" else pl.String,
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
        yield _expression(is_list(column.name), "type")
    if column.format == "edtf":
        yield _expression(is_edtf(column.name), "edtf")
    yield from checks.of_pandera(pa.Check, column)
    if column.categories:
        yield _among(column, list(column.categories), "enum")
    if column.references:
        yield _among(column, checks.keys(dataset, column), "reference")


def _among(column: Column, allowed: list[str], error: str) -> Any:
    """Each cell, or each item of its list, is one of some values."""
    if column.type != "list":
        return pa.Check.isin(allowed, error=error)
    return _expression(all_among(column.name, allowed), error)


def _expression(holds: pl.Expr, error: str) -> Any:
    return pa.Check(lambda data: data.lazyframe.select(holds), error=error)


if __name__ == "__main__":
    sys.exit(checks.main(check))
