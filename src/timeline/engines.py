"""A published table's file as the object of one of several libraries."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from timeline import frames

ENGINES = ("pandas", "pyarrow", "polars", "duckdb")
FORMATS = ("parquet", "csv")


def read(file: Path, fields: Sequence[dict[str, Any]], engine: str, format: str) -> Any:
    """What an engine makes of a file; ValueError if it cannot, ImportError if its library is not installed."""
    one_of(engine, ENGINES, "engine")
    if engine == "pandas":
        return frames.to_pandas(frames.read(file, fields, format), fields)
    if format != "parquet":
        raise ValueError(f"engine {engine!r} reads parquet only")
    # read by one reader, which looks at columns and checksums, whoever shall have it
    table = frames.read(file, fields, format)
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
