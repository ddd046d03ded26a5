"""The way of a row, from transcribed text to a published release. No step looks back."""

from __future__ import annotations

import errno
import gc
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from timeline import batches, raw, rules, schema
from timeline.columns import codebook
from timeline.describe import ABOUT, read_about
from timeline.events import Engine, Events
from timeline.local import Local
from timeline.locks import locked
from timeline.normalise import normalise
from timeline.problems import Found, InvalidData
from timeline.publish import Part, publish
from timeline.stream import given, stream
from timeline.transcription import Tables, Transcription

T = TypeVar("T")


def build(root: Path, on_wait: Callable[[], None] = lambda: None, engine: Engine | None = None) -> bool:
    """Build and publish the dataset at `root`; whether anything changed. InvalidData leaves all as it was.

    Of two builds at once, one waits for the other, after it called `on_wait`. The events are sifted by `engine`, by default
    on this machine.
    """
    with locked(root, on_wait), _undisturbed():
        return with_rows(root, lambda rows: publish(root, rows, read_about(root)), engine or Local())


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without Python's search for circles of objects, of which rows form none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def with_rows(root: Path, use: Callable[[Iterator[Iterable[Part]]], T], engine: Engine) -> T:
    """What a function makes of the rows of every published table, which come some at a time, in groups, with the table's name.

    InvalidData lists every problem, and comes at the end. Where events do not come in the order of their ids, the function is
    called a second time, for nothing that it made of the first rows is of use.
    """
    try:
        with Events(engine) as events, closing(_rows(root, events)) as rows:
            return use(rows)
    except _Unordered:
        with Events(engine, keeps_all=True) as events, closing(_rows(root, events)) as rows:
            return use(rows)


class _Unordered(Exception):  # noqa: N818 - it is none
    """Some rows came, and others should have come before them."""


def _rows(root: Path, events: Events) -> Generator[Iterable[Part], None, None]:
    is_first = True
    for batch in read(root, events):
        is_first = False
        yield given(batch)
    if not is_first and not events.is_ordered:
        raise _Unordered
    yield from ([part] for part in stream(events))


def validate(root: Path, events: Events) -> Transcription:
    """The transcribed tables as values, of the events those that are spoken of one by one; InvalidData lists every problem."""
    for _ in read(root, events):
        pass
    return events.whole


def read(root: Path, events: Events) -> Iterator[pa.RecordBatch]:
    """Read and check all that is transcribed. Events that need not wait for others come as they are published.

    InvalidData lists every problem, at the end; if there is none, `events` has the others. Where a file cannot be read,
    keys and rules are not looked at: what they would miss may stand there. Nor are they where there are more problems already
    than anybody would read.
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
    rows: Tables = {events.table.name: []}
    for table in tables:
        broken = schema.check(table, table.transcribed(), lines[table.name])
        found.add(broken)
        rows[table.name] = normalise(table, lines[table.name], broken)
    yield from events.read(root, Transcription(rows), found)
    told = found.problems
    is_readable = not any(problem.rule in raw.STRUCTURAL and problem.file != ABOUT for problem in told)
    if is_readable and not found.is_full:
        found.add(rules.check(events.whole))
    if told or found.more:
        raise InvalidData(told, found.more)
