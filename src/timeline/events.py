"""The events, as many as there are: sifted some at a time, and kept if they must wait for others."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from timeline import batches
from timeline.columns import codebook
from timeline.normalise import Row
from timeline.plain import KEY
from timeline.problems import Found, Problem
from timeline.publish import decoded
from timeline.schema import arrow_schema
from timeline.sieve import Rest, Sieve, Sifted
from timeline.transcription import Transcription

IN_MEMORY = 1 << 24  # bytes of events that are not put on disk


class Engine(Protocol):
    """What sifts the events of a dataset: this machine, or many (`local.py`, `cluster.py`)."""

    def sift(self, root: Path, new: Callable[[], Sieve], found: Found) -> Iterator[Sifted | Rest]:
        """The events in the order of their file, by a sieve or several; what is wrong with the file goes to `found`."""

    def repeated(self, root: Path) -> Iterator[Problem]:
        """The events that repeat an id."""


class Events:
    """The plain events of a dataset as they are published.

    They are given away as they are read, for as long as no event is held; from the first of those on they are kept, on disk if
    they are many. `keeps_all` has them kept from the beginning, to be sorted.
    """

    def __init__(self, engine: Engine, *, keeps_all: bool = False) -> None:
        self.table = codebook().tables["events"]
        self.number = 0  # of all events that were read
        self.whole = Transcription({})  # once they are read: all that was transcribed, of the events those that are held
        self.is_ordered = True  # whether ids rise
        self._engine, self._keeps = engine, keeps_all
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it ends with this

    def __enter__(self) -> Events:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def read(self, root: Path, data: Transcription, found: Found) -> Iterator[pa.RecordBatch]:
        """Read and check all events of a transcription; those that are given away."""
        held: list[Row] = []
        rests: list[Rest] = []
        last, kept = "", arrow_schema(self.table)
        with pa.ipc.new_stream(self._file, kept) as spool:
            for some in self._engine.sift(root, partial(Sieve, data, tuple(found.problems)), found):
                if isinstance(some, Rest):
                    rests.append(some)
                    continue
                last = self._note_order(some.ids, last)
                found.merge(some.found)
                held += some.held
                self._keeps |= bool(some.held) or not self.is_ordered
                if some.plain is not None and self._keeps:
                    try:
                        spool.write_batch(decoded(some.plain, kept))
                    except OSError as error:
                        raise OSError(error.errno, error.strerror, tempfile.gettempdir()) from None
                elif some.plain is not None and not found.problems:
                    yield some.plain
        begun = frozenset[str]().union(*(rest.begun for rest in rests))
        self.whole = Transcription({**data.tables, self.table.name: held}, begun)
        for rest in rests:
            found.add(rest.problems)
            # what is said of an event may stand under an id that is not there
            found.more += rest.more + (rest.more_unheard if self.whole.is_all_named else 0)
        found.add(self._engine.repeated(root) if not self.is_ordered else ())

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """The events that were kept, in the order of their ids, some at a time."""
        self._file.seek(0)
        with pa.ipc.open_stream(self._file) as spool:
            yield from spool if self.is_ordered else spool.read_all().sort_by(KEY).to_batches(batches.ROWS)

    def _note_order(self, ids: pa.Array, last: str) -> str:
        """Note how many there are, and whether ids go on rising; the last of them."""
        self.number += len(ids)
        rising = pa.concat_arrays([pa.array([last]), ids.drop_null()])
        self.is_ordered &= pc.all(pc.less(rising[:-1], rising[1:]), min_count=0).as_py()
        after: str = rising[-1].as_py()
        return after
