"""The functions of the package, which are those of the dataset that comes with it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from timeline import archive
from timeline.archive import fetch, versions
from timeline.changes import diff
from timeline.dataset import Dataset
from timeline.periods import between

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from os import PathLike

    import pyarrow.dataset as ds

    from timeline.filters import Filters

__all__ = ["Dataset", "between", "bundled", "diff", "fetch", "load", "scan", "versions"]


@lru_cache(maxsize=1)
def bundled() -> Dataset:
    """The data that come with this package."""
    return Dataset()


def load(  # noqa: PLR0913
    name: str = "events",
    *,
    columns: Sequence[str] | None = None,
    filters: Filters | None = None,
    root: str | PathLike[str] | None = None,
    version: str | None = None,
    as_of: str | datetime.date | None = None,
    engine: str = "pandas",
    format: str = "parquet",
    verify: bool = False,
) -> Any:
    """Load a table.

    Parameters
    ----------
    name : str
        One of `tables()`.
    columns : list of str, optional
        The columns to read, in the order that the table shall have them. Without it, all.
    filters : list of tuple, list of list of tuple or pyarrow.compute.Expression, optional
        The rows to read: those for which all conditions `(column, operator, value)` hold; with a list of lists, all
        conditions of one of them. The columns need not be among those read. Operators are `==`, `!=`, `<`, `<=`, `>`,
        `>=`, `in`, `not in`, the last two with a list or set. Values are of the column's type, days also text as
        `"2024-03-01"`; allowed values have no order; no condition is asked of a list. NA fulfils none, neither `!=` nor
        `not in`: an Expression asks for it, as `pyarrow.compute.field("outcome").is_null()`.
    root : path, optional
        The folder of another dataset, as for `Dataset`. Without it, the data that come with this package.
    version : str, optional
        One of `versions()`: the data of that release, which are fetched unless they are there already, as by `fetch`.
    as_of : str or datetime.date, optional
        A day, as `"2024-06-04"`: the table as a build would make it from the documents that had certainly been published by
        then. An event is known once somebody vouches for it; its cells hold what somebody had vouched for, else what most of
        those who spoke of them had said, else nothing, and the date then the day by which it was first reported. Titles, notes
        and numbers of attacks are the coder's, figures as they are printed: they stand as they are today. Of the tables that
        tell how the data were made there is no such state.
    engine : {"pandas", "pyarrow", "polars", "duckdb"}
        Whose object to return: `pandas.DataFrame`, `pyarrow.Table`, `polars.DataFrame` or a DuckDB relation.
    format : {"parquet", "csv"}
        Which file pandas reads; both give the same frame. The other engines read Parquet. Of Parquet only what is
        asked for is read; CSV is read whole.
    verify : bool
        Whether to hold the file against its SHA-256 first. Its size, and the checksums within Parquet, are looked at
        anyhow, so that no part of a table passes for the whole.

    Returns
    -------
    pandas.DataFrame
        One row for each record, in the order of the table's key, with a plain index: what a mask would leave of all
        rows, numbered anew. Text is `string`, allowed values `category` in the codebook's order, whole numbers `Int64`,
        other numbers `Float64`, truth values `boolean`, days `datetime64[s]` (local to the place, without a zone),
        lists `list<string>[pyarrow]`. What is not known is NA, never zero.

    Raises
    ------
    ValueError
        If there is no such table, column, operator, version, engine or format, a value is not of its column's type, or the
        file is not what `datapackage.json` says.
    OSError
        If a release can be had neither from the cache nor from any mirror.
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
    >>> in_week = [("date_start", ">=", "2023-11-06"), ("date_start", "<=", "2023-11-12")]
    >>> timeline.load(columns=["event_id", "date"], filters=[*in_week, ("scope", "==", "israel")])
      event_id         date
    0    E0022   2023-11-09
    1    E0109  2023-11-12~
    >>> asked = {"columns": ["date", "origin_place_id", "n_sources"], "filters": [("event_id", "==", "E0022")]}
    >>> for day in ("2023-11-09", "2023-11-10"):
    ...     print(timeline.load(as_of=day, **asked).to_string(index=False, header=False))
    2023-11-09 <NA> 2
    2023-11-09 syria 7

    """
    needed = [name] if as_of is None else sorted(bundled().tables())
    dataset = _dataset(root, version, needed, format)
    return dataset.load(name, columns=columns, filters=filters, engine=engine, format=format, verify=verify, as_of=as_of)


def scan(name: str = "events", *, root: str | PathLike[str] | None = None, verify: bool = False) -> ds.Dataset:
    """A table to read in pieces, for data larger than memory.

    Parameters
    ----------
    name : str
        One of `tables()`.
    root : path, optional
        The folder of another dataset, as for `Dataset`. Without it, the data that come with this package.
    verify : bool
        Whether to hold each file against its SHA-256 first. Sizes, and the checksums within Parquet, are looked at anyhow.

    Returns
    -------
    pyarrow.dataset.Dataset
        One row for each record, of one Parquet file or of several by year, with the published Arrow types: `string`,
        `int64`, `double`, `bool`, `date32`, `list<string>`. Nothing of a row is read until it is asked for, by
        `to_batches`, `to_table`, `head` or `count_rows`. Rows are in the order of the key within each file.

    Raises
    ------
    ValueError
        If there is no such table, or a file is not what `datapackage.json` says. A page that does not hold by its
        checksum is an OSError when it is read.

    Notes
    -----
    Source: as for `load`.

    Examples
    --------
    >>> import datetime
    >>> import pyarrow.compute as pc
    >>> import timeline
    >>> events = timeline.scan("events")
    >>> early = (pc.field("scope") == "israel") & (pc.field("date_end") < datetime.date(2023, 11, 10))
    >>> events.count_rows(filter=early)
    3
    >>> events.to_table(columns=["event_id", "date"], filter=early).to_pylist()[0]
    {'event_id': 'E0021', 'date': '2023-11-02'}

    """
    return _dataset(root).scan(name, verify=verify)


def _dataset(
    root: str | PathLike[str] | None, version: str | None = None, tables: Sequence[str] = (), format: str = "parquet"
) -> Dataset:
    if version is None:
        return bundled() if root is None else Dataset(root)
    if root is not None:
        raise ValueError("root is another dataset, of which no versions are kept: give root or version")
    return archive.of_version(version, tables, format)
