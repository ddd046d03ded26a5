"""A published dataset: its tables, definitions, evidence and citation. What a table holds, its `datapackage.json` tells."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from timeline import citation, dates, engines, frames
from timeline.engines import FORMATS, one_of
from timeline.periods import between

if TYPE_CHECKING:
    from os import PathLike


class Dataset:
    """The published tables below a folder.

    Parameters
    ----------
    root : path, optional
        A dataset's folder, with `data/processed` in it, or that folder itself. Without it, the data that come with this
        package.

    Raises
    ------
    FileNotFoundError
        If no `datapackage.json` is found there.

    Examples
    --------
    >>> import timeline
    >>> timeline.Dataset().tables()[:3]
    ('events', 'attestations', 'figures')

    """

    def __init__(self, root: str | PathLike[str] | None = None) -> None:
        package = Path(__file__).parent
        folders = [package / "data", package.parents[1] / "data" / "processed"]
        if root is not None:
            folders = [Path(root) / "data" / "processed", Path(root)]
        found = [folder for folder in folders if (folder / "datapackage.json").is_file()]
        if not found:
            raise FileNotFoundError(f"no published dataset (datapackage.json) in {' or '.join(map(str, folders))}")
        self.folder = found[0]

    def tables(self) -> tuple[str, ...]:
        """The names of the tables, `events` first.

        Returns
        -------
        tuple of str

        Examples
        --------
        >>> import timeline
        >>> "reconciliation" in timeline.tables()
        True

        """
        return tuple(self._schemas)

    def path(self, name: str = "events", format: str = "parquet") -> Path:
        """Where a table's file is.

        Parameters
        ----------
        name : str
            One of `tables()`.
        format : {"parquet", "csv"}
            Which of its two files.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        ValueError
            If there is no such table or format.

        Examples
        --------
        >>> import timeline
        >>> timeline.path("events", "csv").name
        'events.csv'

        """
        one_of(format, FORMATS, "format")
        one_of(name, self.tables(), "table")
        return self.folder / f"{name}.{format}"

    def load(self, name: str = "events", *, engine: str = "pandas", format: str = "parquet", verify: bool = False) -> Any:
        """Load a table of this dataset, as `timeline.load` does of the bundled one."""
        file = self.path(name, format)
        self._hold(file, verify=verify)
        try:
            return engines.read(file, self._schemas[name], engine, format)
        except FileNotFoundError:
            raise
        except (OSError, TypeError, KeyError, pa.ArrowException) as error:
            raise ValueError(f"{file} cannot be read: {error}") from error

    def _hold(self, file: Path, *, verify: bool) -> None:
        """ValueError unless a file is the one that the descriptor describes: by its size, or by its hash as well."""
        told = self._resources.get(file.name)
        if told is None:
            raise ValueError(f"datapackage.json does not describe {file.name}")
        if file.stat().st_size != told["bytes"]:
            found = "has another size than"
        elif verify and f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" != told["hash"]:
            found = "has another SHA-256 than"
        else:
            return
        raise ValueError(f"{file} {found} datapackage.json tells: it was cut, changed, or comes from another release")

    def codebook(self, name: str = "events") -> pd.DataFrame:
        """The definitions of a table's columns, or of the values that one column allows.

        Parameters
        ----------
        name : str
            A table, such as `events`, or a column with allowed values, such as `events.claim_status`.

        Returns
        -------
        pandas.DataFrame
            For a table a row for each column: `column`, `type`, `required`, `derived`, `description`, all in the order
            of the table. For a column a row for each value: `value`, `description`.

        Raises
        ------
        ValueError
            If there is no such table, or no such column with allowed values.

        Examples
        --------
        >>> import timeline
        >>> timeline.codebook("events.location_basis")["value"].to_list()
        ['observed', 'claimed']

        """
        table, dot, column = name.partition(".")
        one_of(table, self.tables(), "table")
        fields = self._schemas[table]
        if not dot:
            return frames.definitions(fields)
        closed = {field["name"]: field["categories"] for field in fields if "categories" in field}
        one_of(column, tuple(closed), f"column of {table} with allowed values")
        return frames.allowed_values(closed[column])

    def evidence(self, record_id: str) -> pd.DataFrame:
        """Who vouches for what about a record, and where.

        Parameters
        ----------
        record_id : str
            An event or a figure, such as `E0022` or `F0009`.

        Returns
        -------
        pandas.DataFrame
            The attestations on it, with `publisher`, `source_title`, `published`, `url` and `source_type` of their
            sources, in order of publication, then of source and paragraph.

        Raises
        ------
        KeyError
            If there is no such event or figure.

        Examples
        --------
        >>> import timeline
        >>> timeline.evidence("E0014")[["publisher", "speaker_id", "stance", "aspect"]].values.tolist()
        [['Iran Times', 'reuters', 'reports', 'occurrence']]

        """
        said = self.load("attestations")
        said = said[said["record_id"] == record_id]
        keys = (("events", "event_id"), ("figures", "figure_id"))
        if said.empty and not any((self.load(table)[key] == record_id).any() for table, key in keys):
            raise KeyError(f"no event or figure {record_id!r}")
        columns = ["source_id", "publisher", "title", "published", "url", "source_type"]
        sources = self.load("sources")[columns].rename(columns={"title": "source_title"})
        merged = said.merge(sources, on="source_id", how="left")
        merged["first_day"] = [None if pd.isna(day) else dates.parse(day).start for day in merged["published"]]
        ordered: pd.DataFrame = merged.sort_values(
            ["first_day", "source_id", "paragraph", "attestation_id"], ignore_index=True
        )
        return ordered.drop(columns="first_day")

    def reconcile(self) -> pd.DataFrame:
        """Reported counts held against the rows behind them.

        Returns
        -------
        pandas.DataFrame
            The table `reconciliation`: one row for each figure of a countable measure. Counts are of the figure's
            measure; NA where open, not comparable or without a number.

        Examples
        --------
        >>> import timeline
        >>> counts = timeline.reconcile().set_index("figure_id")
        >>> counts.loc["F0009", ["reported_low", "itemised_high", "gap_low"]].to_list()
        [17.0, 16.0, 1.0]

        """
        frame: pd.DataFrame = self.load("reconciliation")
        return frame

    def cite(self, style: str = "text") -> str:
        """How to cite this dataset.

        Parameters
        ----------
        style : {"text", "apa", "bibtex"}
            A plain line, a reference in APA style, or a BibTeX entry.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If there is no such style, or `datapackage.json` does not say who made the dataset.

        Examples
        --------
        >>> import timeline
        >>> timeline.cite("bibtex").splitlines()[0]
        '@dataset{iraq_israel_timeline,'

        """
        one_of(style, citation.STYLES, "style")
        try:
            return citation.cite(self._descriptor, style)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"datapackage.json does not say who made this dataset: {error!r}") from error

    between = staticmethod(between)

    @cached_property
    def _descriptor(self) -> dict[str, Any]:
        file = self.folder / "datapackage.json"
        try:
            descriptor: dict[str, Any] = json.loads(file.read_bytes())
            is_known = all(map(_is_plain, descriptor["resources"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            is_known = False
        if not is_known:
            raise ValueError(f"{file} does not describe a dataset of this shape")
        return descriptor

    @cached_property
    def _schemas(self) -> dict[str, list[dict[str, Any]]]:
        return {r["name"]: r["schema"]["fields"] for r in self._descriptor["resources"] if "schema" in r}

    @cached_property
    def _resources(self) -> dict[str, dict[str, Any]]:
        return {resource["path"]: resource for resource in self._descriptor["resources"]}


def _is_plain(resource: dict[str, Any]) -> bool:
    """Whether a resource is a file beside its descriptor, with a size and a hash."""
    path, is_name = resource["path"], re.compile(r"[a-z0-9_]+").fullmatch
    names = (resource["name"], Path(path).stem) if "schema" in resource else (Path(path).stem,)
    is_here = path == Path(path).name and all(map(is_name, names)) and {"bytes", "hash"} <= resource.keys()
    return is_here and all(map(_is_field, resource["schema"]["fields"] if "schema" in resource else ()))


def _is_field(field: dict[str, Any]) -> bool:
    """Whether a column is defined as `codebook` and `load` need it."""
    texts = (field["name"], field["type"], field["description"])
    categories = field.get("categories", [])
    values = [value for category in categories for value in (category["value"], category["description"])]
    is_known = field["type"] in frames.TYPES and isinstance(field["derived"], bool)
    is_required = field["constraints"].get("required", False)
    return is_known and isinstance(is_required, bool) and all(isinstance(text, str) for text in (*texts, *values))
