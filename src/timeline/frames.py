"""An Arrow table as a frame with the codebook's dtypes, the same on pandas 2 and 3."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TEXT: Any = pd.StringDtype("pyarrow")
TRUTH = pd.BooleanDtype()
_DTYPES: dict[str, Any] = {
    "string": TEXT,
    "integer": pd.Int64Dtype(),
    "number": pd.Float64Dtype(),
    "boolean": TRUTH,
    "list": pd.ArrowDtype(pa.list_(pa.string())),
}
TYPES = ("date", *_DTYPES)


def to_pandas(table: pa.Table, fields: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """An Arrow table as a frame with the dtypes that its columns have among the fields (Table Schema)."""
    known = {field["name"]: field for field in fields}
    return pd.DataFrame({name: _column(table.column(name), known[name]) for name in table.column_names}, copy=False)


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


def definitions(fields: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The columns of a table, a row for each."""
    rows = [(f["name"], f["type"], f["constraints"].get("required", False), f["derived"], f["description"]) for f in fields]
    dtypes = {"column": TEXT, "type": TEXT, "required": TRUTH, "derived": TRUTH, "description": TEXT}
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


def allowed_values(categories: Sequence[dict[str, str]]) -> pd.DataFrame:
    """The values that a column allows, a row for each."""
    rows = [(category["value"], category["description"]) for category in categories]
    return pd.DataFrame(rows, columns=["value", "description"]).astype(TEXT)
