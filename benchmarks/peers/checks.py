"""What every peer needs of the codebook: the transcribed columns of an event, and their checks in words that others know."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from timeline.columns import LIST_DELIMITER, Column, codebook

EVENTS = codebook().tables["events"]
COLUMNS = EVENTS.transcribed()
LISTS = [column.name for column in COLUMNS if column.type == "list"]
NUMBERS = [column.name for column in COLUMNS if column.type == "integer"]

_YEAR, _MARK = "[0-9]{4}", "[?~%]?"
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_LONG, _SHORT = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])", "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_DAY = f"(?:{_YEAR}-(?:{_LONG}|{_SHORT}|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
_PLAIN = f"(?:{_DAY}|{_YEAR}-(?:0[1-9]|1[0-2])|{_YEAR})"
_ATOM, _MEMBER = f"{_PLAIN}{_MARK}", rf"{_PLAIN}(?:\.\.{_PLAIN})?"
_SPAN = rf"{_ATOM}/(?:{_ATOM}|\.\.)?|(?:\.\.)?/{_ATOM}"
_SET = rf"\[(?:\.\.{_PLAIN}|{_PLAIN}\.\.(?:{_PLAIN})?|(?:\.\.{_PLAIN}|{_MEMBER}),(?:{_MEMBER},)*(?:{_MEMBER}|{_PLAIN}\.\.))\]"
# the shape of a date, and that its days are in the calendar; not that what it joins is in order
EDTF = f"{_ATOM}|{_SPAN}|{_SET}"
# the two ends of a span or a range: one begins after the other ends if it does so as far as both are written
TWO_ENDS = r"^\[?([0-9-]+)[?~%]?(?:/|\.\.)([0-9-]+)[?~%]?\]?$"
INTEGER = "0|-?[1-9][0-9]{0,17}"
_ITEM = rf"[^{LIST_DELIMITER}\s](?:[^{LIST_DELIMITER}]*[^{LIST_DELIMITER}\s])?"
LIST = f"{_ITEM}(?:{LIST_DELIMITER}{_ITEM})*"


def raw(dataset: Path, table: str = "events") -> Path:
    """The file in which a table is transcribed."""
    return dataset / (codebook().tables[table].source or "")


def keys(dataset: Path, column: Column) -> list[str]:
    """The keys that a cell of a column, or an item of its list, may be."""
    (table,) = column.references
    with raw(dataset, table).open(encoding="utf-8", newline="") as stream:
        return [row[codebook().tables[table].primary_key[0]] for row in csv.DictReader(stream)]


def published(folder: Path, table: str, but: Iterable[str] = ()) -> pa.Table:
    """The columns of a published table, ready to be written, lists as their text (`published.py`); but some."""
    whole = pa.ipc.open_file(pa.memory_map(str(folder / f"{table}.arrow"))).read_all()
    others = set(but)
    names = [column.name for column in codebook().tables[table].columns if column.name not in others]
    as_text = [f"{name} as text" if f"{name} as text" in whole.column_names else name for name in names]
    return whole.select(as_text).rename_columns(names)


def patterns(column: Column) -> dict[str, str]:
    """The checks of a column that a regular expression for the whole cell can make: name → expression."""
    known = {
        "type": {"integer": INTEGER, "list": LIST}.get(column.type),
        "edtf": EDTF if column.format == "edtf" else None,
        "pattern": column.pattern,
    }
    return {name: pattern for name, pattern in known.items() if pattern is not None}


def main(check: Callable[..., Iterable[str]]) -> int:
    """Run a peer on the dataset and the folders that the command names; print what fails, status 1 if anything does."""
    failures = sorted(set(check(*map(Path, sys.argv[1:]))))
    print("\n".join(failures) or "no problem")
    return int(bool(failures))


def of_pandera(check: Any, column: Column) -> Iterator[Any]:
    """The constraints for which pandera has checks of its own, with its `Check` for pandas or Polars."""
    if column.pattern is not None:
        yield check.str_matches(f"^(?:{column.pattern})$", error="pattern")
    if column.max_length is not None:
        yield check.str_length(max_value=column.max_length, error="maxLength")
    if column.minimum is not None:
        yield check.ge(column.minimum, error="minimum")
    if column.maximum is not None:
        yield check.le(column.maximum, error="maximum")
