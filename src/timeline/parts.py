"""A large table in several Parquet files instead of one, beside all others: a part for each year of `date_start`."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeline.columns import Table

BY = "date_start"
BY_YEAR = "partition_by_year"  # what a dataset says of itself that shall be published so
_UNDATED = "undated"


def part_of(table: str, day: datetime.date | str | None) -> str:
    """The name of the file in which a row stands that begins on a day (or on its text), which may not be known."""
    return f"{table}_{str(day)[:4] if day else _UNDATED}.parquet"


def is_part(file: str, table: str) -> bool:
    """Whether a file's name is that of a part of a table."""
    return re.fullmatch(rf"{re.escape(table)}_([0-9]{{4}}|{_UNDATED})\.parquet", file) is not None


def can_be_parted(table: Table) -> bool:
    """Whether a table has the days by which it is parted."""
    return BY in {column.name for column in table.columns}


def parquet_files(folder: Path, table: Table) -> list[Path]:
    """The Parquet files of a table: its parts in the order of their years, the undated last; else the one with all rows."""
    parts = sorted(path for path in folder.iterdir() if is_part(path.name, table.name)) if can_be_parted(table) else []
    return parts or [folder / f"{table.name}.parquet"]
