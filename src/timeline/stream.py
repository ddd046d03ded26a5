"""The rows of every published table as Arrow, some at a time, held against the codebook as they are printed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Any

import pyarrow as pa

from timeline import plain
from timeline.batches import of_cells
from timeline.columns import Table, codebook
from timeline.derive import derive, derive_actors, derive_event
from timeline.events import Events
from timeline.plain import KEY
from timeline.problems import Found, InvalidData
from timeline.publish import PROCESSED, Part, as_text, decoded
from timeline.schema import Checker, arrow_schema
from timeline.transcription import Transcription

WITH_DERIVED_ROWS = ("alternatives",)


def given(events: pa.RecordBatch) -> Iterator[Part]:
    """Plain events and their actors, with the names of the tables; not before they are asked for."""
    return _merged(events, {})


def stream(events: Events) -> Iterator[Part]:
    """The rows of every published table in the order of its key, with its name, but for events that were given away already.

    At the end, InvalidData of all flaws.
    """
    found, data = Found(), events.whole
    held = sorted(data["events"], key=itemgetter(KEY))
    for batch in events:
        last = batch.column(KEY)[-1].as_py() if batch.num_rows else ""
        before, held = held[: (n := bisect_left(held, last, key=itemgetter(KEY)))], held[n:]
        yield from _merged(batch, _of_rows(data, before, found) if before else {})
    yield from _of_rows(data, held, found).items()
    for name, rows in derive(data).items():
        yield name, _checked(codebook().tables[name], rows, found)
    if found.problems:
        raise InvalidData(found.problems, found.more)


def _of_rows(data: Transcription, events: Iterable[Any], found: Found) -> dict[str, pa.RecordBatch]:
    """Events that are held, and their actors."""
    rows = {
        "events": [derive_event(data, event) for event in events],
        "event_actors": [row for event in events for row in derive_actors(data, event)],
    }
    return {name: _checked(codebook().tables[name], some, found) for name, some in rows.items()}


def _merged(batch: pa.RecordBatch, others: Mapping[str, pa.RecordBatch]) -> Iterator[Part]:
    """Plain events and their actors, with those of other events among them."""
    for name, rows in (("events", batch), ("event_actors", plain.actors(batch))):
        if name in others:
            whole = pa.Table.from_batches([decoded(rows, others[name].schema), others[name]])
            key = [(column, "ascending") for column in codebook().tables[name].primary_key]
            yield from ((name, some) for some in whole.sort_by(key).combine_chunks().to_batches())
        else:
            yield name, rows


def _checked(table: Table, rows: Iterable[Mapping[str, Any]], found: Found) -> pa.RecordBatch:
    """Rows of a published table as Arrow; an empty list is null, as an empty cell is."""
    listed = list(rows)
    columns = {c.name: [None if row[c.name] == () else row[c.name] for row in listed] for c in table.columns}
    batch = pa.RecordBatch.from_pydict(columns, schema=arrow_schema(table))
    # what was transcribed was checked as it was read
    made = [column for column in table.columns if column.derived or table.source is None or table.name in WITH_DERIVED_ROWS]
    text = {column.name: as_text(column, batch.column(column.name)) for column in made}
    broken = Checker(made).check(of_cells(f"{PROCESSED}/{table.name}.csv", text)) if made else ()
    for problem in broken:
        key = ", ".join(str(listed[problem.line - 2][name]) for name in table.primary_key)
        found.add([replace(problem, line=0, message=f"{problem.message}, in the row {key}")])
    return batch
