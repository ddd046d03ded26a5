"""A published dataset: its tables, definitions, evidence and citation. What a table holds, its `datapackage.json` tells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from timeline import citation, dates, descriptor, engines, frames, reading
from timeline.dates import Day
from timeline.engines import ENGINES, FORMATS, one_of
from timeline.filters import Filters, chosen, condition, day_of
from timeline.periods import between

if TYPE_CHECKING:
    from os import PathLike

    import pyarrow as pa
    import pyarrow.dataset as ds


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
        if not found and root is None:
            raise FileNotFoundError(
                'timeline is installed here without data: give a dataset\'s folder, as in load("events", root=".")'
            )
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

    def fields(self, name: str) -> list[dict[str, Any]]:
        """The columns of a table, as `datapackage.json` defines them."""
        one_of(name, self.tables(), "table")
        return self._schemas[name]

    def key(self, name: str) -> list[str]:
        """The columns that tell the rows of a table apart."""
        one_of(name, self.tables(), "table")
        return self._keys[name]

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
            If there is no such table or format, or the table has several Parquet files: `scan(name).files` are their paths.

        Examples
        --------
        >>> import timeline
        >>> timeline.path("events", "csv").name
        'events.csv'

        """
        files = self.files(name, format)
        if files[0].stem != name:
            raise ValueError(f"{name} is in several Parquet files, {files[0].name} and others: read it with load or scan")
        return files[0]

    def load(  # noqa: PLR0913
        self,
        name: str = "events",
        *,
        columns: Sequence[str] | None = None,
        filters: Filters | None = None,
        engine: str = "pandas",
        format: str = "parquet",
        verify: bool = False,
        as_of: str | Day | None = None,
    ) -> Any:
        """Load a table of this dataset, as `timeline.load` does of the bundled one."""
        files = self.files(name, format)
        fields = self._schemas[name]
        wanted, asked = chosen(columns, name, fields), condition(filters, name, fields)
        if as_of is not None:
            known = self._as_of(name, day_of(as_of, "as_of"), verify=verify)
            return engines.give(reading.take(known, wanted, asked), fields, engine)
        self._hold(files, verify=verify)
        one_of(engine, ENGINES, "engine")
        if engine != "pandas" and format != "parquet":
            raise ValueError(f"engine {engine!r} reads parquet only")
        with reading.readable(files[0] if len(files) == 1 else self.folder / f"{name}_*.parquet"):
            table = reading.read(files, fields, wanted, asked, self._keys[name])
            return engines.give(table, fields, engine)

    def _as_of(self, name: str, day: Day, *, verify: bool) -> pa.Table:
        """A table as it was known by a day."""
        from timeline import as_of
        from timeline.columns import codebook

        one_of(name, as_of.TABLES, "table of what was reported")
        tables = {}
        for table in codebook().raw_tables():
            rows = self.load(table.name, engine="pyarrow", verify=verify)
            with reading.readable(self.folder / f"{table.name}.parquet"):
                tables[table.name] = as_of.transcribed(table.name, rows.to_pylist())
        return as_of.table(tables, name, day)

    def scan(self, name: str = "events", *, verify: bool = False) -> ds.Dataset:
        """A table of this dataset, to read in pieces, as `timeline.scan` gives the bundled one."""
        files = self.files(name, "parquet")
        self._hold(files, verify=verify)
        return reading.scan(files, self._schemas[name])

    def files(self, name: str, format: str = "parquet") -> list[Path]:
        """A table's file, or the parts that it is published in; ValueError if there is no such table or format."""
        one_of(format, FORMATS, "format")
        one_of(name, self.tables(), "table")
        parts = self._parts.get(name) if format == "parquet" else None
        return [self.folder / file for file in parts or [f"{name}.{format}"]]

    def _hold(self, files: Sequence[Path], *, verify: bool) -> None:
        for file in files:
            descriptor.hold(file, self._resources.get(file.name), verify=verify)

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
        # itself, and all records whose ids begin as its own does
        names = [record_id, *(f"{record_id[:n]}*" for n in range(1, len(record_id) + 1))]
        said = self.load("attestations", filters=[("record_id", "in", names)])
        keys = (("events", "event_id"), ("figures", "figure_id"))
        is_named = (said["record_id"] == record_id).any()
        if not is_named and all(
            self.load(table, columns=[key], filters=[(key, "==", record_id)]).empty for table, key in keys
        ):
            raise KeyError(f"no event or figure {record_id!r}")
        columns = ["source_id", "publisher", "title", "published", "url", "source_type"]
        sources = self.load("sources", columns=columns, filters=[("source_id", "in", said["source_id"])])
        sources = sources.rename(columns={"title": "source_title"})
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

    def cite(self, style: str = "text", of: pd.DataFrame | None = None, *, version: str | None = None) -> str:
        """How to cite this dataset, and the documents behind some of its rows.

        Parameters
        ----------
        style : {"text", "apa", "bibtex", "ris", "csl-json"}
            A plain line, a reference in APA style, an entry of BibTeX (biblatex) or RIS, or a list of CSL-JSON.
        of : pandas.DataFrame, optional
            Rows of a table with a column `source_id`, `event_id` or `figure_id`, as an analysis used them: what is said of
            them is cited as well, by the documents, after the dataset.
        version : str, optional
            One of `timeline.versions()`, whose release is cited, and where it must be, fetched. Without it, this one.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If there is no such style, column or version, or `datapackage.json` does not say who made the dataset.

        Examples
        --------
        >>> import timeline
        >>> timeline.cite("bibtex").splitlines()[0]
        '@dataset{iraq_israel_timeline,'
        >>> events = timeline.load("events")
        >>> len(timeline.cite("apa", of=events[events["event_id"] == "E0581"]).splitlines())
        3

        """
        one_of(style, citation.STYLES, "style")
        if version is not None:
            from timeline import archive

            needed = () if of is None else ("sources", "attestations")
            return archive.of_version(version, needed).cite(style, of)
        try:
            works = [citation.dataset(self.package)]
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"datapackage.json does not say who made this dataset: {error!r}") from error
        if of is not None:
            sources = self.load("sources", engine="pyarrow").to_pylist()
            cited = self._cited(of)
            works += [citation.document(source) for source in sources if source["source_id"] in cited]
        return citation.cite(works, style)

    def _cited(self, rows: pd.DataFrame) -> set[str]:
        """The documents behind some rows."""
        column = next((name for name in ("source_id", "event_id", "figure_id") if name in rows.columns), None)
        if column is None:
            raise ValueError("the frame has no column source_id, event_id or figure_id")
        if column == "source_id":
            return set(rows[column].dropna())
        said = self.load("attestations", columns=["record_id", "source_id"])
        return set(said.loc[said["record_id"].isin(rows[column]), "source_id"])

    def plot(self, picture: str = "weekly", *which: str) -> Any:
        """Draw a picture with Altair, which renders in a notebook, and is saved as SVG or PNG without a network.

        Parameters
        ----------
        picture : {"weekly", "reconciliation", "actor"}
            The attacks by week; claimed attacks by month against the totals of others; the events of an actor by its role.
            What is known only within bounds is drawn as an interval.
        *which : str
            Of `actor`, its `actor_id`.

        Returns
        -------
        altair.TopLevelMixin
            A chart with its data; `.save("weekly.svg")` writes it.

        Raises
        ------
        ValueError
            If there is no such picture, or no such actor.
        ModuleNotFoundError
            Without Altair: `pip install 'iraq-israel-timeline[plot]'`.

        Examples
        --------
        >>> import timeline
        >>> chart = timeline.plot("actor", "islamic-resistance-in-iraq")
        >>> chart.title
        'Events of Islamic Resistance in Iraq, by its role'

        """
        from timeline import charts

        one_of(picture, tuple(charts.PICTURES), "picture")
        if len(which) != (picture == "actor"):
            raise ValueError(f"the picture {picture!r} is of {'one actor' if picture == 'actor' else 'the whole dataset'}")
        return charts.themed(charts.PICTURES[picture](self, *which))

    between = staticmethod(between)

    @cached_property
    def package(self) -> dict[str, Any]:
        """What `datapackage.json` tells: the Data Package of this dataset."""
        return descriptor.read(self.folder / "datapackage.json")

    @cached_property
    def _schemas(self) -> dict[str, list[dict[str, Any]]]:
        return {r["name"]: r["schema"]["fields"] for r in self.package["resources"] if "schema" in r}

    @cached_property
    def _keys(self) -> dict[str, list[str]]:
        return {r["name"]: r["schema"].get("primaryKey", []) for r in self.package["resources"] if "schema" in r}

    @cached_property
    def _resources(self) -> dict[str, dict[str, Any]]:
        return {resource["path"]: resource for resource in self.package["resources"]}

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        """The Parquet files of each table that has several, in the order of their years."""
        parts: dict[str, list[str]] = {}
        for path, resource in sorted(self._resources.items()):
            if "partOf" in resource:
                parts.setdefault(resource["partOf"], []).append(path)
        return parts
