"""An Arrow table as the object of one of several libraries."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from timeline import frames

ENGINES = ("pandas", "pyarrow", "polars", "duckdb")
FORMATS = ("parquet", "csv")


def give(table: pa.Table, fields: Sequence[dict[str, Any]], engine: str) -> Any:
    """A table as an engine has it; ImportError if its library is not installed."""
    if engine == "pandas":
        return frames.to_pandas(table, fields)
    # read by one reader, which looks at columns and checksums, whoever shall have it
    return table if engine == "pyarrow" else _library(engine).from_arrow(table)


def one_of(value: str, allowed: Sequence[str], what: str) -> None:
    """ValueError, with what there is, unless a value is one of those allowed."""
    if value not in allowed:
        raise ValueError(f"no {what} {value!r}; there are: {', '.join(allowed)}")


def _library(engine: str) -> Any:
    try:
        return importlib.import_module(engine)
    except ImportError:
        message = f"engine={engine!r} needs the library {engine}, which is not installed: pip install {engine}"
        raise ImportError(message) from None
