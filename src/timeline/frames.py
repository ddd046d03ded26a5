"""A published table's file as a frame with the codebook's dtypes, the same from Parquet and CSV, on pandas 2 and 3."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

TEXT = pd.StringDtype("pyarrow")
TRUTH = pd.BooleanDtype()
BLOCK_SIZE = 1 << 26
SMALL = 10_000
_DTYPES: dict[str, Any] = {
    "string": TEXT,
    "integer": pd.Int64Dtype(),
    "number": pd.Float64Dtype(),
    "boolean": TRUTH,
    "list": pd.ArrowDtype(pa.list_(pa.string())),
}
TYPES = ("date", *_DTYPES)
_CSV_TYPES = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}


def read(file: Path, fields: Sequence[dict[str, Any]], format: str) -> pa.Table:
    """The Arrow table in a file; ValueError if its columns are not those of its fields (Table Schema)."""
    table = _read_parquet(file) if format == "parquet" else _read_csv(file, fields)
    names = [field["name"] for field in fields]
    if table.column_names != names:
        raise ValueError(f"{file.name} does not have the columns that datapackage.json gives it: {', '.join(names)}")
    return table if format == "parquet" else _split_lists(table, fields)


def _read_parquet(file: Path) -> pa.Table:
    """The Arrow table in a Parquet file; OSError if a page does not hold by its checksum."""
    parquet = pq.ParquetFile(file, page_checksum_verification=True)
    # on a small table threads cost more than they save
    return parquet.read(use_threads=parquet.metadata.num_rows > SMALL)


def to_pandas(table: pa.Table, fields: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """An Arrow table as a frame with the dtypes of its fields (Table Schema)."""
    return pd.DataFrame({field["name"]: _column(table.column(field["name"]), field) for field in fields}, copy=False)


def _column(values: pa.ChunkedArray, field: dict[str, Any]) -> Any:
    if field["type"] == "date":
        return values.cast(pa.timestamp("s")).to_numpy()
    if field["type"] == "string" and "categories" in field:
        allowed, dtype = _categories(tuple(category["value"] for category in field["categories"]))
        codes = pc.index_in(values, value_set=allowed)
        if codes.null_count != values.null_count:
            raise ValueError(f"{field['name']} holds a value that its codebook does not know")
        return pd.Categorical.from_codes(codes.fill_null(-1).to_numpy(), dtype=dtype)
    return _DTYPES[field["type"]].__from_arrow__(values)


@lru_cache(maxsize=256)
def _categories(allowed: tuple[str, ...]) -> tuple[pa.Array, pd.CategoricalDtype]:
    return pa.array(allowed, pa.string()), pd.CategoricalDtype(list(allowed))


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
    return csv.read_csv(file, csv.ReadOptions(block_size=BLOCK_SIZE), convert_options=options)


def _split_lists(table: pa.Table, fields: Sequence[dict[str, Any]]) -> pa.Table:
    for position, field in enumerate(fields):
        if field["type"] == "list":
            items = pc.split_pattern(table.column(position), field["delimiter"])
            table = table.set_column(position, field["name"], items)
    return table


def definitions(fields: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The columns of a table, a row for each."""
    rows = [(f["name"], f["type"], f["constraints"].get("required", False), f["derived"], f["description"]) for f in fields]
    dtypes = {"column": TEXT, "type": TEXT, "required": TRUTH, "derived": TRUTH, "description": TEXT}
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


def allowed_values(categories: Sequence[dict[str, str]]) -> pd.DataFrame:
    """The values that a column allows, a row for each."""
    rows = [(category["value"], category["description"]) for category in categories]
    return pd.DataFrame(rows, columns=["value", "description"]).astype(TEXT)
