"""Our events in the columns of others' event data, with a report of what is lost on the way.

An event is written as its format's mapping file (`exports/*.toml`) says, in the language of `mapping.py` over the words of
`facts.py`. The same file says what a reader of the format would take each of our columns for, in that language over their
columns: where the two differ, something is lost, and `losses.csv` has a row for it. Its words:

    columns     their columns, in their order
    [left_out]  why events are not in the file, each with the cell that is not empty then
    [parts]     texts that several cells share, used as {@name}
    [cells]     the cell of each of their columns; what is not named is empty
    required    those of their columns without which an event cannot be in the file
    [reads]     each of our columns, as a reader of theirs would have it
    [lost]      our columns without a place, with that of theirs that has a trace of them, if any
    [invented]  what their columns say beyond what is known: `when` it does, and `why`
    [why]       why a column of ours is not read as it was written
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from timeline import dates, mapping
from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.facts import Known, known
from timeline.folders import whole
from timeline.mapping import Record, Refused
from timeline.problems import InvalidData, Problem
from timeline.raw import is_formula
from timeline.records import Cells
from timeline.transcription import LASTING

LOSSES = "losses.csv"
# of each loss by its kind, where the mapping does not say why
WHY = {
    "lost": "is not said by the format",
    "changed": "is said otherwise by the format",
    "invented": "is not known, but the format says something",
}


class Loss(NamedTuple):
    """What became of a value that the format does not hold as it was; actors and places by their names."""

    record_id: str
    column: str
    their_column: str
    value: str
    their_value: str
    kind: str
    reason: str


@dataclass
class Exported:
    """What became of the events of a dataset."""

    events: int = 0
    rows: int = 0
    losses: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def export(form: str, root: Path, out: Path) -> Exported:
    """Write the events of a published dataset, and what is lost of them, to a new folder, whole or not at all."""
    about, done = mapping.load(form, "exports"), Exported()
    columns = about["columns"].split(",")
    with (
        whole(out) as folder,
        (folder / f"{form}.csv").open("w", encoding="utf-8", newline="") as rows_file,
        reporting(folder, done) as lose,
    ):
        rows = csv.writer(rows_file, lineterminator="\n")
        rows.writerow(columns)
        for event in _events(root):
            cells, found = convert(about, event)
            done.events += 1
            if cells:
                done.rows += 1
                rows.writerow([cells[column] for column in columns])
            lose(found)
    return done


@contextmanager
def reporting(folder: Path, done: Exported) -> Iterator[Callable[[Sequence[Loss]], None]]:
    """A report of losses in a folder, to add to; what is added is counted as well."""
    with (folder / LOSSES).open("w", encoding="utf-8", newline="") as stream:
        report = csv.writer(stream, lineterminator="\n")
        report.writerow(Loss._fields)

        def lose(found: Sequence[Loss]) -> None:
            report.writerows([list(map(_safe, loss)) for loss in found])
            done.losses.update((loss.column, loss.their_column, loss.kind) for loss in found)

        yield lose


def _events(root: Path) -> Iterator[Known]:
    with readable(root):
        yield from known(Dataset(root))


@contextmanager
def readable(root: Path) -> Iterator[None]:
    """InvalidData if a dataset cannot be read, or is not whole."""
    try:
        yield
    except ValueError as error:
        raise InvalidData([Problem(str(root), 0, "", "", "file", str(error))]) from None
    except KeyError as error:
        message = f"names {error}, which is in no table of it"
        raise InvalidData([Problem(str(root), 0, "", "", "file", message)]) from None


def convert(about: Mapping[str, Any], event: Known) -> tuple[Cells, list[Loss]]:
    """An event's cells by their columns, none if it is left out; and what is lost of it."""
    record, record_id = Record(event.facts), event.facts["event_id"]
    try:
        cells = _cells(about, record)
        losses = list(_losses(about, record, cells))
    except Refused as refused:
        is_ours = refused.column in event.facts and refused.rule != "required"
        ours, theirs = (refused.column, "") if is_ours else ("event_id", refused.column)
        return {}, [Loss(record_id, ours, theirs, event.facts[ours], refused.value, "left out", refused.message)]
    return cells, losses + without(event, event.facts)


def without(event: Known, said: Collection[str]) -> list[Loss]:
    """What is lost of an event of which a format says these columns: the others, and all that other tables say of it."""
    columns = [(column.name, event.facts[column.name]) for column in codebook().tables["events"].columns]
    lost = [(name, value) for name, value in columns if value and name not in said] + event.beside
    return [Loss(event.facts["event_id"], name, "", value, "", "lost", WHY["lost"]) for name, value in lost]


def _cells(about: Mapping[str, Any], record: Record) -> Cells:
    """The cells of an event; Refused if the format has no room for it."""
    for entry in about.get("left_out", ()):
        if record.cell(entry["when"]):
            raise Refused(entry["column"], "", "left out", entry["why"])
    for name, spec in about.get("parts", {}).items():
        record.ids[name] = record.cell(spec)
    cells = dict.fromkeys(about["columns"].split(","), "")
    cells |= {column: _safe(record.cell(spec)) for column, spec in about["cells"].items()}
    for column in about.get("required", ()):
        if not cells[column]:
            raise Refused(column, "", "required", "the format demands it, and nothing is known that it could hold")
    return cells


def _losses(about: Mapping[str, Any], record: Record, cells: Cells) -> Iterator[Loss]:
    """What a reader of an event's cells does not find as it was written."""
    facts, reader = record.cells, Record(cells)

    def loss(column: str, their_columns: list[str], kind: str, reason: str) -> Loss:
        value, their_value = facts[column], ";".join(cells[name] for name in their_columns)
        return Loss(facts["event_id"], column, ";".join(their_columns), value, their_value, kind, reason)

    for column, spec in about["reads"].items():
        read = reader.cell(spec)
        if column == "date":
            found = list(_of_date(facts, read))
        elif read == facts[column]:
            continue
        else:
            kind = "invented" if not facts[column] else "changed" if read else "lost"
            found = [(kind, record.cell(about["why"].get(column, WHY[kind])))]
        for kind, reason in found:
            yield loss(column, mapping.columns_of(spec), kind, f"{reason}: read as {read}" if read else reason)
    for column, theirs in about["lost"].items():
        if facts[column]:
            reason = "has no column of its own" if theirs else WHY["lost"]
            yield loss(column, [theirs] if theirs else [], "lost", record.cell(about["why"].get(column, reason)))
    for entry in about.get("invented", ()):
        if record.cell(entry["when"]):
            yield loss(entry["column"], entry["theirs"].split(","), "invented", record.cell(entry["why"]))


def _of_date(facts: Mapping[str, str], read: str) -> Iterator[tuple[str, str]]:
    """How a date is read otherwise than it was written: each difference with its kind."""
    ours, theirs = dates.parse(facts["date"]), dates.parse(read)
    for end, one, other in (("first", ours.start, theirs.start), ("last", ours.end, theirs.end)):
        if one is None and other is not None:
            yield "invented", f"its {end} day is open"
        elif one != other:
            yield "changed", f"its {end} day is not {one}" if other is None else f"its {end} day is {one} and not {other}"
    if ours.approximate and not theirs.approximate:
        yield "lost", "that it is approximate is not said"
    if ours.uncertain and not theirs.uncertain:
        yield "lost", "that it is uncertain is not said"
    if ours.kind != theirs.kind and facts["event_type"] not in LASTING:
        yield "changed", f"it is a {ours.kind}"
    if _with_holes(ours) and not _with_holes(theirs):
        yield "lost", "the days between that it leaves out are not left out"


def _with_holes(date: dates.Date) -> bool:
    """Whether a date leaves out days between its first and its last."""
    pairs = zip(date.members, date.members[1:], strict=False)
    return any(end and start and (start - end).days > 1 for (_, end), (start, _) in pairs)


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if is_formula(cell) else cell
