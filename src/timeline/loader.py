"""The functions of the package, which are those of the dataset that comes with it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from timeline.dataset import Dataset
from timeline.periods import between

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["Dataset", "between", "bundled", "load"]


@lru_cache(maxsize=1)
def bundled() -> Dataset:
    """The data that come with this package."""
    return Dataset()


def load(
    name: str = "events",
    *,
    root: str | PathLike[str] | None = None,
    engine: str = "pandas",
    format: str = "parquet",
    verify: bool = False,
) -> Any:
    """Load a table.

    Parameters
    ----------
    name : str
        One of `tables()`.
    root : path, optional
        The folder of another dataset, as for `Dataset`. Without it, the data that come with this package.
    engine : {"pandas", "pyarrow", "polars", "duckdb"}
        Whose object to return: `pandas.DataFrame`, `pyarrow.Table`, `polars.DataFrame` or a DuckDB relation.
    format : {"parquet", "csv"}
        Which file pandas reads; both give the same frame. The other engines read Parquet.

    verify : bool
        Whether to hold the file against its SHA-256 first. Its size, and the checksums within Parquet, are looked at
        anyhow, so that no part of a table passes for the whole.

    Returns
    -------
    pandas.DataFrame
        One row for each record, with a plain index. Text is `string`, allowed values `category` in the codebook's
        order, whole numbers `Int64`, other numbers `Float64`, truth values `boolean`, days `datetime64[s]` (local
        to the place, without a zone), lists `list<string>[pyarrow]`. What is not known is NA, never zero.

    Raises
    ------
    ValueError
        If there is no such table, engine or format, or the file is not what `datapackage.json` says.
    ImportError
        If the engine's library is not installed.

    Notes
    -----
    Source: rows transcribed from the documents in the table `sources`; each definition is in `codebook(name)`.

    Examples
    --------
    >>> import timeline
    >>> events = timeline.load("events").set_index("event_id")
    >>> events.loc["E0022", ["date", "claim_status", "authorship"]].to_list()
    ['2023-11-09', 'confirmed', 'disputed']

    """
    dataset = bundled() if root is None else Dataset(root)
    return dataset.load(name, engine=engine, format=format, verify=verify)
