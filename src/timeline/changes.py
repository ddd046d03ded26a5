"""What became of a release in a later one: rows added, withdrawn and changed, and what changed of the tables themselves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from timeline.dataset import Dataset
from timeline.frames import TEXT
from timeline.problems import printable
from timeline.reading import BLOCK_SIZE, readable

if TYPE_CHECKING:
    from os import PathLike

KEY_DELIMITER = ";"
Tombstones = dict[str, dict[str, str]]
_OF_TABLES = ("table added", "table removed", "column added", "column removed", "column changed")


class Change(NamedTuple):
    """One difference; cells as they stand in CSV, empty where there is none."""

    table: str
    kind: str
    key: str = ""
    column: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""


def diff(old: Dataset | str | PathLike[str], new: Dataset | str | PathLike[str]) -> pd.DataFrame:
    """What became of each row and column of a release in another one.

    Parameters
    ----------
    old, new : Dataset or path
        Two releases, or the folders of two.

    Returns
    -------
    pandas.DataFrame
        One row for each difference, in the order of tables and keys, all of it text: `table`; `kind`; `key`, the cells of
        the primary key with `;` between; `column`; `old` and `new`, the cells as in CSV; `reason`. Of rows the kinds are
        `added`, `withdrawn` (its record has a tombstone, and `reason` is what that says), `removed` (without one) and
        `changed` (one cell); else `table added`, `table removed`, `column added`, `column removed` and `column changed` (its
        type or constraints).

    Raises
    ------
    FileNotFoundError
        If a folder holds no release.
    ValueError
        If a file is not that of its release, or a table has another key.

    Examples
    --------
    >>> import timeline
    >>> timeline.diff(timeline.Dataset(), timeline.Dataset()).empty
    True

    """
    one, other = (data if isinstance(data, Dataset) else Dataset(data) for data in (old, new))
    tombstones = _cells(other, "withdrawn").to_dict("records") if "withdrawn" in other.tables() else []
    reasons: Tombstones = {row["record_id"]: {str(name): cell for name, cell in row.items()} for row in tombstones}
    names = [*other.tables(), *(name for name in one.tables() if name not in other.tables())]
    found = [change for name in names for change in _of_table(one, other, name, reasons)]
    return pd.DataFrame(found, columns=Change._fields, dtype=TEXT)


def _of_table(old: Dataset, new: Dataset, name: str, reasons: Tombstones) -> Iterator[Change]:
    yield from _of_schema(old, new, name)
    if name not in old.tables() or name not in new.tables():
        return
    if old.key(name) != new.key(name):
        raise ValueError(f"{name} has another key: {', '.join(new.key(name))}, not {', '.join(old.key(name))}")
    yield from _of_rows(name, new.key(name), _cells(old, name), _cells(new, name), reasons)


def _of_schema(old: Dataset, new: Dataset, name: str) -> Iterator[Change]:
    if name not in old.tables() or name not in new.tables():
        yield Change(name, "table removed" if name in old.tables() else "table added")
        return
    before, after = ({field["name"]: field for field in data.fields(name)} for data in (old, new))
    for column in [*after, *(column for column in before if column not in after)]:
        if column not in before or column not in after:
            yield Change(name, "column removed" if column in before else "column added", column=column)
        elif (was := _defined(before[column])) != (now := _defined(after[column])):
            yield Change(name, "column changed", column=column, old=was, new=now)


def broken_promises(old: Dataset, new: Dataset) -> Iterator[str]:
    """What a schema version promises, and a release does not keep.

    A column goes, or gets another type, in a major version only; it goes after a release that marks it deprecated. All else
    that changes of the tables is at least a minor version.
    """
    was, now = (str(data.package["schemaVersion"]) for data in (old, new))
    (old_major, old_minor), (new_major, new_minor) = (map(int, version.split(".")) for version in (was, now))
    is_major, is_minor = new_major > old_major, (new_major, new_minor) > (old_major, old_minor)
    for name in dict.fromkeys((*new.tables(), *old.tables())):
        for change in _of_schema(old, new, name):
            what = f"{name}.{change.column}" if change.column else name
            needs_major = "removed" in change.kind or _type(change.old) != _type(change.new)
            if not (is_major if needs_major else is_minor):
                which = "major" if needs_major else "minor"
                yield f"{what}: {change.kind}, which needs a new {which} schema version than {was}; this is {now}"
            gone = (
                [field for field in old.fields(name) if change.column in ("", field["name"])]
                if "removed" in change.kind
                else []
            )
            for field in gone:
                if not field.get("deprecated"):
                    yield f"{name}.{field['name']}: gone, and {old.package['version']} did not mark it deprecated"


def _type(defined: str) -> Any:
    return json.loads(defined)["type"] if defined else None


def _of_rows(name: str, key: list[str], old: pd.DataFrame, new: pd.DataFrame, reasons: Tombstones) -> Iterator[Change]:
    """The differences of the rows of a table, in the order of its keys."""
    before, after = (_keyed(rows, key) for rows in (old, new))
    found = [Change(name, "added", row) for row in after.keys() - before.keys()]
    for row in before.keys() - after.keys():
        tombstone = reasons.get(str(old[key[0]].iloc[before[row]])) if name != "withdrawn" else None
        if tombstone is None:
            found.append(Change(name, "removed", row))
        else:
            instead = f" (instead: {tombstone['replaced_by']})" if tombstone["replaced_by"] else ""
            found.append(Change(name, "withdrawn", row, reason=tombstone["reason"] + instead))
    both = [row for row in after if row in before]
    old, new = old.iloc[[before[row] for row in both]], new.iloc[[after[row] for row in both]]
    for column in (column for column in new if column in old):
        was, now = (rows[column].to_numpy(object) for rows in (old, new))
        found += [Change(name, "changed", both[n], str(column), was[n], now[n]) for n in np.flatnonzero(was != now)]
    yield from sorted(found, key=lambda change: change.key)


def _keyed(rows: pd.DataFrame, key: list[str]) -> dict[str, int]:
    """The position of each row by the cells of its key."""
    cells = zip(*(rows[part].tolist() for part in key), strict=True)
    return {KEY_DELIMITER.join(row): position for position, row in enumerate(cells)}


def _cells(data: Dataset, name: str) -> pd.DataFrame:
    """The cells of a table as they stand in its CSV."""
    from pyarrow import csv

    path = data.path(name, "csv")
    names = [field["name"] for field in data.fields(name)]
    options = csv.ConvertOptions(column_types=dict.fromkeys(names, "string"), strings_can_be_null=False, null_values=[])
    with readable(path):
        cells = csv.read_csv(path, csv.ReadOptions(block_size=BLOCK_SIZE), convert_options=options)
    if cells.column_names != names:
        raise ValueError(f"{path} does not have the columns that its datapackage.json tells")
    rows: pd.DataFrame = cells.to_pandas(types_mapper=lambda _: TEXT)
    return rows


def _defined(field: dict[str, object]) -> str:
    """What holds for the cells of a column."""
    told = {word: field.get(word) for word in ("type", "constraints", "references", "deprecated") if field.get(word)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def render(changes: pd.DataFrame, form: str = "text") -> str:
    """Print differences for a person (`text`), for a release's notes (`markdown`) or for a program (`json`)."""
    if form == "json":
        return json.dumps(changes.to_dict("records"), indent=1, ensure_ascii=False)
    rows = [Change(*row) for row in changes.itertuples(index=False)]
    if not rows:
        return "no difference"
    tables = groupby(rows, lambda change: change.table)
    return "\n".join(
        _as_markdown(name, list(some)) if form == "markdown" else _as_text(name, list(some)) for name, some in tables
    )


def _as_text(name: str, changes: list[Change]) -> str:
    return "\n".join([f"{name}: {_counted(changes)}", *(f"  {_line(change)}" for change in changes)])


def _as_markdown(name: str, changes: list[Change]) -> str:
    lines = [f"- {_escaped(_line(change))}" for change in changes]
    return "\n".join([f"## `{name}`", "", f"{_counted(changes)}.", "", *lines, ""])


def _line(change: Change) -> str:
    if change.kind == "changed":
        return printable(f"{change.key} {change.column}: {change.old or '(empty)'} -> {change.new or '(empty)'}")
    what = change.column if change.kind in _OF_TABLES else change.key
    was = f": {change.old} -> {change.new}" if change.old or change.new else ""
    return printable(f"{change.kind} {what}{was}{f': {change.reason}' if change.reason else ''}".strip())


def _counted(changes: list[Change]) -> str:
    kinds = Counter(change.kind for change in changes)
    return ", ".join(f"{number} {_worded(kind, number)}" for kind, number in sorted(kinds.items()))


def _worded(kind: str, number: int) -> str:
    """A kind of difference in words, of rows and cells as many as there are."""
    many = "" if number == 1 else "s"
    return kind if kind in _OF_TABLES else f"cell{many} changed" if kind == "changed" else f"row{many} {kind}"


def _escaped(text: str) -> str:
    """Text of which Markdown takes nothing for markup."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>#|!~" else character for character in text)
