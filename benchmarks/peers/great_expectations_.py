"""Great Expectations on pandas: the checks alone, nothing is written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import checks
import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig

from timeline.columns import LIST_DELIMITER, Column


def check(dataset: Path, _out: Path) -> list[str]:
    """Check the events; what fails, as `column: check`."""
    events = pd.read_csv(checks.raw(dataset), dtype=str, keep_default_na=False, na_values=[""])
    numbers = {f"{name} as number": pd.to_numeric(events[name], errors="coerce") for name in checks.NUMBERS}
    failures = _failures("events", events.assign(**numbers), [e for column in checks.COLUMNS for e in _cells(column, dataset)])
    for column in checks.COLUMNS:
        if column.type == "list":
            # an expectation is about cells, so each list becomes rows
            items = events[["event_id", column.name]].dropna()
            rows = items.assign(**{column.name: items[column.name].str.split(LIST_DELIMITER)}).explode(column.name)
            failures += _failures(column.name, rows, list(_items(column, dataset)))
    return failures


def _failures(name: str, frame: pd.DataFrame, expectations: list[Any]) -> list[str]:
    """The expectations that a frame does not meet."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas(name)
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name).get_batch({"dataframe": frame})
    results = batch.validate(gx.ExpectationSuite(name, expectations=expectations)).results
    return [str(found.expectation_config.meta["fails"]) for found in results if not found.success]


def _cells(column: Column, dataset: Path) -> Iterator[Any]:
    name = column.name
    if column.required:
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, meta={"fails": f"{name}: required"})
    if column.unique:
        yield gxe.ExpectColumnValuesToBeUnique(column=name, meta={"fails": f"{name}: unique"})
    for rule, pattern in checks.patterns(column).items():
        yield gxe.ExpectColumnValuesToMatchRegex(column=name, regex=f"^(?:{pattern})$", meta={"fails": f"{name}: {rule}"})
    if column.max_length is not None:
        yield gxe.ExpectColumnValueLengthsToBeBetween(
            column=name, max_value=column.max_length, meta={"fails": f"{name}: maxLength"}
        )
    if column.minimum is not None or column.maximum is not None:
        yield gxe.ExpectColumnValuesToBeBetween(
            column=f"{name} as number",
            min_value=column.minimum,
            max_value=column.maximum,
            meta={"fails": f"{name}: minimum and maximum"},
        )
    if column.type != "list":
        yield from _among(column, dataset)


def _items(column: Column, dataset: Path) -> Iterator[Any]:
    """What must hold for the items of a list."""
    meta = {"fails": f"{column.name}: repeats"}
    yield gxe.ExpectCompoundColumnsToBeUnique(column_list=["event_id", column.name], meta=meta)
    yield from _among(column, dataset)


def _among(column: Column, dataset: Path) -> Iterator[Any]:
    named = {"enum": column.categories, "reference": checks.keys(dataset, column) if column.references else ()}
    for rule, allowed in named.items():
        if allowed:
            meta = {"fails": f"{column.name}: {rule}"}
            yield gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(allowed), meta=meta)


if __name__ == "__main__":
    sys.exit(checks.main(check))
