"""Checks as Polars expressions, where no library that takes Polars has one of its own; an empty cell passes."""

from __future__ import annotations

from collections.abc import Sequence

import checks
import polars as pl

from timeline.columns import LIST_DELIMITER


def is_edtf(name: str) -> pl.Expr:
    """Whether a cell has the shape of a date, its days are in the calendar, and the two ends of a span in order."""
    cell = pl.col(name)
    ends = cell.str.extract_groups(checks.TWO_ENDS)
    first, last = ends.struct[0], ends.struct[1]
    shared = pl.min_horizontal(first.str.len_chars(), last.str.len_chars())
    in_order = (first.str.head(shared) <= last.str.head(shared)).fill_null(value=True)
    holds = cell.str.contains(f"^(?:{checks.EDTF})$") & ~cell.str.contains("0000", literal=True) & in_order
    return holds.fill_null(value=True)


def is_list(name: str) -> pl.Expr:
    """Whether a cell is a list without empty items and repeats."""
    items = _items(name)
    holds = pl.col(name).str.contains(f"^(?:{checks.LIST})$") & (items.list.n_unique() == items.list.len())
    return holds.fill_null(value=True)


def all_among(name: str, allowed: Sequence[str]) -> pl.Expr:
    """Whether all items of a list are among some values."""
    return _items(name).list.eval(pl.element().is_in(allowed)).list.all().fill_null(value=True)


def _items(name: str) -> pl.Expr:
    return pl.col(name).str.split(LIST_DELIMITER)
