"""The way of a row, from transcribed text to a published release. No step looks back."""

from __future__ import annotations

import errno
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from timeline import batches, raw, rules, schema
from timeline.columns import codebook
from timeline.describe import ABOUT, read_about
from timeline.events import Events
from timeline.locks import locked
from timeline.normalise import normalise
from timeline.problems import Found, InvalidData
from timeline.publish import publish
from timeline.stream import stream
from timeline.transcription import Transcription


def build(root: Path, on_wait: Callable[[], None] = lambda: None) -> bool:
    """Build and publish the dataset at `root`; whether anything changed. InvalidData leaves all as it was.

    Of two builds at once, one waits for the other, after it called `on_wait`.
    """
    with locked(root, on_wait), _uncollected(), derived(root) as rows:
        return publish(root, rows, read_about(root))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's search for circles of objects: rows form none, and to look took a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def derived(root: Path) -> Iterator[Iterator[tuple[str, pa.RecordBatch]]]:
    """The rows of every published table, some at a time with the table's name; InvalidData lists every problem."""
    with Events() as events:
        yield stream(validate(root, events), events)


def validate(root: Path, events: Events) -> Transcription:
    """The transcribed tables as values, of the events those that are spoken of one by one; InvalidData lists every problem.

    All events go to `events`. Where a file cannot be read as rows, keys and rules are not looked at: what they would miss may
    stand there. Nor are they where there are more problems already than anybody would read.
    """
    if not root.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "is no folder", str(root))
    found = Found()
    found.add(raw.strays(root))
    tables = [table for table in codebook().raw_tables() if table.name != events.table.name]
    lines = batches.read_lines(root, tables, found)
    try:
        read_about(root)
    except InvalidData as invalid:
        found.add(invalid.problems)
    for table in tables:
        found.add(schema.check(table, table.transcribed(), lines[table.name]))
    told = found.problems
    data = Transcription({**{t.name: normalise(t, lines[t.name], told) for t in tables}, events.table.name: []})
    data = events.read(root, data, found)
    is_readable = not any(problem.rule in raw.STRUCTURAL and problem.file != ABOUT for problem in told)
    if is_readable and not found.is_full:
        found.add(rules.check(data))
    if told or found.more:
        raise InvalidData(told, found.more)
    return data
