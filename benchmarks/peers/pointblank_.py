"""Pointblank on Polars: the checks alone, nothing is written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import checks
import pointblank as pb
import polars as pl
from expressions import all_among, is_edtf, is_list

from timeline.columns import Column


def check(dataset: Path, _out: Path) -> list[str]:
    """Check the events; what fails, as `column: check`."""
    events = pl.read_csv(checks.raw(dataset), infer_schema=False)
    plan = pb.Validate(events.with_columns(pl.col(checks.NUMBERS).cast(pl.Int64, strict=False).name.suffix(" as number")))
    for column in checks.COLUMNS:
        plan = _add(plan, column, dataset)
    done = plan.interrogate(collect_extracts=False, collect_tbl_checked=False)
    return [str(step.brief) for step in done.validation_info if not step.all_passed]


def _add(plan: Any, column: Column, dataset: Path) -> Any:
    """A plan with the checks of one column."""
    name = column.name
    if column.required:
        plan = plan.col_vals_not_null(name, brief=f"{name}: required")
    if column.unique:
        plan = plan.rows_distinct(columns_subset=[name], brief=f"{name}: unique")
    for rule, holds in (expressions := _expressions(column)).items():
        plan = plan.col_vals_expr(holds, brief=f"{name}: {rule}")
    for rule in checks.patterns(column).keys() - expressions:
        plan = plan.col_vals_regex(name, f"^(?:{checks.patterns(column)[rule]})$", na_pass=True, brief=f"{name}: {rule}")
    if column.minimum is not None:
        plan = plan.col_vals_ge(f"{name} as number", column.minimum, na_pass=True, brief=f"{name}: minimum")
    if column.maximum is not None:
        plan = plan.col_vals_le(f"{name} as number", column.maximum, na_pass=True, brief=f"{name}: maximum")
    named = {"enum": column.categories, "reference": checks.keys(dataset, column) if column.references else ()}
    for rule, allowed in named.items():
        if allowed and column.type == "list":
            plan = plan.col_vals_expr(all_among(name, list(allowed)), brief=f"{name}: {rule}")
        elif allowed:
            plan = plan.col_vals_in_set(name, [*allowed, None], brief=f"{name}: {rule}")
    return plan


def _expressions(column: Column) -> dict[str, pl.Expr]:
    """The checks of a column for which Pointblank has no step of its own."""
    known = {
        "type": is_list(column.name) if column.type == "list" else None,
        "edtf": is_edtf(column.name) if column.format == "edtf" else None,
        "maxLength": pl.col(column.name).str.len_chars() <= column.max_length if column.max_length is not None else None,
    }
    return {rule: holds for rule, holds in known.items() if holds is not None}


if __name__ == "__main__":
    sys.exit(checks.main(check))
