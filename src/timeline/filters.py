"""Which columns and rows of a table are asked for: looked at before anything is read, so that a reader can skip the rest."""

from __future__ import annotations

import datetime
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from timeline.engines import one_of

Condition: TypeAlias = tuple[str, str, Any]
Filters: TypeAlias = Sequence[Condition] | Sequence[Sequence[Condition]] | pc.Expression

_ORDERINGS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARISONS = {"==": operator.eq, "!=": operator.ne, **_ORDERINGS}
OPERATORS = (*_COMPARISONS, "in", "not in")
_FORMS = "a list of (column, operator, value), a list of such lists, or an Expression of pyarrow.compute"
# type of a column → as Arrow has its values, and as people call one
_TYPES = {
    "string": (pa.string(), "text"),
    "integer": (pa.int64(), "a number"),
    "number": (pa.float64(), "a number"),
    "boolean": (pa.bool_(), "True or False"),
    "date": (pa.date32(), "a day: a date, text as YYYY-MM-DD, or a Timestamp without time and zone"),
}
_LARGEST = (1 << 63) - 1


def chosen(columns: Iterable[str] | None, table: str, fields: Sequence[dict[str, Any]]) -> list[str] | None:
    """The columns asked for, None for all; ValueError if there are none, one is not there, or is asked for twice."""
    if columns is None:
        return None
    listed = list(columns) if pd.api.types.is_list_like(columns, allow_sets=False) else []
    if not listed or not all(isinstance(name, str) for name in listed):
        raise ValueError(f"columns must be a list of names, not {columns!r}")
    for position, name in enumerate(listed):
        one_of(name, [field["name"] for field in fields], f"column of {table}")
        if name in listed[:position]:
            raise ValueError(f"columns has {name!r} twice")
    return listed


def condition(filters: Filters | None, table: str, fields: Sequence[dict[str, Any]]) -> pc.Expression | None:
    """What a row must fulfil, as Arrow has it; None if nothing; ValueError if it cannot be asked of such columns."""
    if filters is None or isinstance(filters, pc.Expression):
        return filters
    if not isinstance(filters, list | tuple) or not filters:
        raise ValueError(f"filters must be {_FORMS}, not {filters!r}")
    known = {field["name"]: field for field in fields}
    groups = [filters] if any(map(_is_triple, filters)) else filters
    return reduce(operator.or_, [_all_of(group, table, known) for group in groups])


def _all_of(triples: Any, table: str, fields: Mapping[str, dict[str, Any]]) -> pc.Expression:
    if not isinstance(triples, list | tuple) or not triples or not all(map(_is_triple, triples)):
        raise ValueError(f"filters must be {_FORMS}; this is none: {triples!r}")
    for name, sign, _ in triples:
        one_of(name, tuple(fields), f"column of {table}")
        one_of(sign, OPERATORS, "operator")
    return reduce(operator.and_, [_holds(fields[name], sign, value) for name, sign, value in triples])


def _is_triple(given: Any) -> bool:
    return isinstance(given, list | tuple) and len(given) == 3 and all(isinstance(word, str) for word in given[:2])


def _holds(field: dict[str, Any], sign: str, value: Any) -> pc.Expression:
    """That a cell is known, and stands to a value as an operator says."""
    name, column = field["name"], pc.field(field["name"])
    if field["type"] == "list":
        raise ValueError(f"filters: {name} has a list in each row: choose rows by it after loading")
    if sign in _ORDERINGS and "categories" in field:
        raise ValueError(f"filters: the values of {name} have no order; there are: ==, !=, in, not in")
    if sign not in _COMPARISONS:
        if not pd.api.types.is_list_like(value):
            raise ValueError(f"filters: {name} {sign} {value!r}: needs a list or set")
        return _is_among(field, [_cell(one, field) for one in value], sign)
    cell = _cell(value, field)
    if field["type"] == "integer" and isinstance(cell, float):
        return _beside_whole(field, sign, cell)
    return _COMPARISONS[sign](column, pc.scalar(cell))


def _is_among(field: dict[str, Any], cells: Sequence[Any], sign: str) -> pc.Expression:
    column = pc.field(field["name"])
    if field["type"] == "integer":
        cells = [cell for cell in cells if isinstance(cell, int)]
    found = column.isin(pa.array(cells, _TYPES[field["type"]][0]))
    return found if sign == "in" else ~found & column.is_valid()


def _beside_whole(field: dict[str, Any], sign: str, number: float) -> pc.Expression:
    """A comparison of whole numbers with one that is none: Arrow would make doubles of them, and not all can be."""
    if sign in ("==", "!="):
        return _is_among(field, [], "in" if sign == "==" else "not in")
    below = math.floor(max(-_LARGEST, min(number, _LARGEST)))
    column = pc.field(field["name"])
    return column <= below if sign in ("<", "<=") else column > below


def _cell(value: Any, field: Mapping[str, Any]) -> Any:
    """A value as a cell of such a column has it; for whole numbers a `float` is a number that no cell has."""
    kind, types = field["type"], pd.api.types
    is_number = types.is_integer(value) or (types.is_float(value) and not pd.isna(value))
    try:
        if kind == "string" and isinstance(value, str):
            return str(value)
        if kind == "boolean" and types.is_bool(value):
            return bool(value)
        if kind == "number" and is_number:
            return float(value) + 0.0  # Arrow does not find -0.0 among zeros
        if kind == "integer" and is_number:
            is_whole = abs(value) <= _LARGEST and value == int(value)
            return int(value) if is_whole else float(value)
        if kind == "date":
            return _day(value)
    except (ValueError, TypeError, OverflowError):
        pass
    raise ValueError(f"filters: {field['name']}: {value!r} is not {_TYPES[kind][1]}")


def day_of(value: Any, what: str) -> datetime.date:
    """The day that a text, a day or a moment at its start gives; ValueError if it is none."""
    try:
        return _day(value)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"{what} must be a day, such as '2024-06-04', not {value!r}") from None


def _day(value: Any) -> datetime.date:
    """The day that a text, a day or a moment at its start gives; ValueError or TypeError if it is none."""
    if isinstance(value, str):
        return datetime.date.fromisoformat(value)
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    if not isinstance(value, datetime.datetime | np.datetime64):
        raise TypeError(value)
    moment = pd.Timestamp(value)
    if pd.isna(moment) or moment.tzinfo is not None or moment != moment.normalize():
        raise ValueError(value)
    return moment.date()
