"""A published table's files as Arrow: the rows and columns asked for, and of Parquet nothing else is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import pyarrow.dataset as ds

BLOCK_SIZE = 1 << 26
SMALL = 10_000
_CSV_TYPES = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}


def read(
    files: Sequence[Path],
    fields: Sequence[dict[str, Any]],
    columns: Sequence[str] | None,
    condition: pc.Expression | None,
    key: Sequence[str],
) -> pa.Table:
    """The columns and rows asked for of a table (all: None); ValueError if its columns are not those of its fields.

    `files` is one CSV or Parquet file, or the parts of a table, which are put in the order of its key.
    """
    if files[0].suffix == ".csv":
        return take(_read_csv(files[0], fields), columns, condition)
    if len(files) == 1 and condition is None:
        return _read_parquet(files[0], fields, columns)
    wanted = [field["name"] for field in fields] if columns is None else list(columns)
    if len(files) == 1:
        return _that_fulfil(scan(files, fields), condition, wanted)
    table = _that_fulfil(scan(files, fields), condition, [*wanted, *(name for name in key if name not in wanted)])
    return table.sort_by([(name, "ascending") for name in key]).select(wanted)


def take(table: pa.Table, columns: Sequence[str] | None, condition: pc.Expression | None) -> pa.Table:
    """The columns and rows asked for of a table in memory (all: None)."""
    if condition is not None:
        table = _that_fulfil(_dataset(table), condition, table.column_names)
    return table if columns is None else table.select(columns)


def scan(files: Sequence[Path], fields: Sequence[dict[str, Any]]) -> ds.Dataset:
    """Parquet files as a dataset of which nothing but their footers was read; OSError later, if a page does not hold."""
    import pyarrow.dataset as ds
    from pyarrow.fs import LocalFileSystem

    schemas = []
    for file in files:
        with readable(file):
            schemas.append(pq.read_schema(file))
        _look_at_columns(file, schemas[-1].names, fields)
        if not schemas[-1].equals(schemas[0]):
            # a dataset would have such a column empty, or turn it into another type
            raise ValueError(f"{file.name} does not have the columns of {files[0].name}")
    form = ds.ParquetFileFormat(default_fragment_scan_options=ds.ParquetFragmentScanOptions(page_checksum_verification=True))
    # a path from which a file system is guessed may be taken for an address
    return ds.FileSystemDataset.from_paths(list(map(str, files)), schemas[0], form, LocalFileSystem())


@contextmanager
def readable(file: Path) -> Iterator[None]:
    """ValueError with the file's name, where Arrow cannot read it."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, TypeError, KeyError, pa.ArrowException) as error:
        raise ValueError(f"{file} cannot be read: {error}") from error


def _dataset(table: pa.Table) -> ds.Dataset:
    import pyarrow.dataset as ds

    return ds.dataset(table)


def _that_fulfil(data: ds.Dataset, condition: pc.Expression | None, columns: Sequence[str]) -> pa.Table:
    """Rows of a dataset, in its order; ValueError if the condition cannot be asked of them."""
    try:
        _dataset(data.schema.empty_table()).to_table(filter=condition)
    except pa.ArrowException as error:
        reason, names = str(error).partition("\n")[0], ", ".join(data.schema.names)
        raise ValueError(f"filters cannot be asked of the columns {names}: {reason}") from None
    return data.to_table(columns=list(columns), filter=condition)


def _read_parquet(file: Path, fields: Sequence[dict[str, Any]], columns: Sequence[str] | None) -> pa.Table:
    """The Arrow table in a Parquet file; OSError if a page does not hold by its checksum."""
    # not by `pyarrow.dataset`, which takes a while to import
    parquet = pq.ParquetFile(file, page_checksum_verification=True)
    # on a small table threads cost more than they save
    table = parquet.read(columns, use_threads=parquet.metadata.num_rows > SMALL)
    _look_at_columns(file, table.column_names if columns is None else parquet.schema_arrow.names, fields)
    return table if columns is None else table.select(columns)


def _look_at_columns(file: Path, names: Sequence[str], fields: Sequence[dict[str, Any]]) -> None:
    told = [field["name"] for field in fields]
    if names != told:
        raise ValueError(f"{file.name} does not have the columns that datapackage.json gives it: {', '.join(told)}")


def _read_csv(file: Path, fields: Sequence[dict[str, Any]]) -> pa.Table:
    from pyarrow import csv

    options = csv.ConvertOptions(
        column_types={field["name"]: _CSV_TYPES.get(field["type"], pa.string()) for field in fields},
        null_values=[""],
        strings_can_be_null=True,
        true_values=["true"],
        false_values=["false"],
    )
    # a block holds a row whole, so it must be larger than any row
    table = csv.read_csv(file, csv.ReadOptions(block_size=BLOCK_SIZE), convert_options=options)
    _look_at_columns(file, table.column_names, fields)
    for position, field in enumerate(fields):
        if field["type"] == "list":
            items = pc.split_pattern(table.column(position), field["delimiter"])
            table = table.set_column(position, field["name"], items)
    return table
