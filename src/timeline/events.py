"""The events, as many as there are: read, checked and kept some at a time.

An event that something singles out (a voice, a figure, a link), or that is an attack on Israel of this dataset, is held in
memory as a row, for the rules that look from one row to others. All others are plain (`plain.py`), and not held.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from timeline import batches, raw
from timeline.columns import codebook
from timeline.normalise import Row, normalise
from timeline.plain import KEY, Plain
from timeline.problems import Found, Problem
from timeline.publish import decoded
from timeline.reconciliation import is_total
from timeline.rules.keys import registers_hold
from timeline.schema import UNIQUE, Checker, arrow_schema
from timeline.transcription import Transcription, is_on_many

IN_MEMORY = 1 << 24  # bytes of events that are not put on disk


class Events:
    """The plain events of a dataset as they are published.

    They are given away as they are read, for as long as no event is held; from the first of those on they are kept, on disk if
    they are many. `keeps_all` has them kept from the beginning, to be sorted.
    """

    def __init__(self, *, keeps_all: bool = False) -> None:
        self.table = codebook().tables["events"]
        self.number = 0  # of all events that were read
        self.whole = Transcription({})  # once they are read: all that was transcribed, of the events those that are held
        self.is_ordered = True  # whether ids rise
        self._keeps = keeps_all
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it ends with this

    def __enter__(self) -> Events:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def read(self, root: Path, data: Transcription, found: Found) -> Iterator[pa.RecordBatch]:
        """Read and check all events of a transcription; those that are given away."""
        keys = {name: {row[key] for row in data[name]} for name, key in (("actors", "actor_id"), ("places", "place_id"))}
        is_readable = not any(problem.rule in raw.STRUCTURAL for problem in found.problems)
        is_known = is_readable and not any(None in known for known in keys.values())
        checker = Checker(self.table, self.table.transcribed(), keys if is_known else None)
        plain = Plain(data) if not found.problems and registers_hold(data) else None
        holds = partial(_is_held, pa.array(_named(data), pa.string()), holds_all=any(map(is_total, data["figures"])))
        held: list[Row] = []
        last = ""
        kept = arrow_schema(self.table)
        with pa.ipc.new_stream(self._file, kept) as spool:
            for batch in batches.read(root, self.table, found):
                ids = batch.text(KEY)
                self.number += len(ids)
                last = self._note_order(ids, last)
                problems = list(checker.check(batch))
                found.add(problems)
                is_held = holds(ids)
                rows = pc.indices_nonzero(pc.invert(pc.or_(is_held, _broken(batch, problems))))
                if plain is not None and len(rows):
                    derived, others = plain.derive(batch.take(rows))
                    is_held = pc.or_(is_held, pc.is_in(ids, others))
                    if self._keeps or pc.any(is_held, min_count=0).as_py():
                        spool.write_batch(decoded(derived, kept))
                    elif not found.problems:
                        yield derived
                self._keeps |= pc.any(is_held, min_count=0).as_py()
                held += normalise(self.table, batch.take(pc.indices_nonzero(is_held)).lines(), problems)
        self.whole = Transcription({**data.tables, self.table.name: held}, frozenset(plain.begun if plain else ()))
        if plain is not None:
            # what is said of an event may stand under an id that is not there
            plain.tell(found, is_all_heard=self.whole.is_all_named)
        found.add(self._repeated(root) if not self.is_ordered else ())

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """The events that were kept, in the order of their ids, some at a time."""
        self._file.seek(0)
        with pa.ipc.open_stream(self._file) as spool:
            yield from spool if self.is_ordered else spool.read_all().sort_by(KEY).to_batches(batches.ROWS)

    def _note_order(self, ids: pa.Array, last: str) -> str:
        """Note whether ids go on rising; the last of them."""
        rising = pa.concat_arrays([pa.array([last]), ids.drop_null()])
        self.is_ordered &= pc.all(pc.less(rising[:-1], rising[1:]), min_count=0).as_py()
        after: str = rising[-1].as_py()
        return after

    def _repeated(self, root: Path) -> Iterator[Problem]:
        """The rows that repeat an id. Where ids rise throughout, there are none."""
        read = [(b.file, pa.array(b.numbers, pa.int64()), b.text(KEY)) for b in batches.read(root, self.table, Found())]
        lines = pa.table(
            {KEY: pa.chunked_array([ids for _, _, ids in read]), "line": pa.chunked_array([n for _, n, _ in read])}
        )
        ordered = lines.sort_by([(KEY, "ascending"), ("line", "ascending")]).combine_chunks()
        ids, numbers = ordered[KEY].chunk(0), ordered["line"].chunk(0)
        for row in pc.indices_nonzero(pc.equal(ids[1:], ids[:-1])).to_pylist():
            yield Problem(read[0][0], numbers[row + 1].as_py(), KEY, ids[row].as_py(), *UNIQUE)


def _broken(batch: batches.Batch, problems: Sequence[Problem]) -> pa.Array:
    """Which rows have a cell that is broken."""
    lines = {problem.line for problem in problems}
    return pa.array([number in lines for number in batch.numbers] if lines else np.zeros(len(batch), bool), pa.bool_())


def _is_held(named: pa.Array, ids: pa.Array, *, holds_all: bool) -> pa.Array:
    """Which events are held whatever they are: those that have no id, or are named, or all."""
    return pc.is_valid(pa.repeat("", len(ids))) if holds_all else pc.or_(pc.is_null(ids), pc.is_in(ids, named))


def _named(data: Transcription) -> list[str]:
    """The ids that other tables name, in use or withdrawn."""
    named = {row["record_id"] for row in data["withdrawn"]}
    for table in codebook().raw_tables():
        for column in table.transcribed():
            if "events" in column.references:
                named |= {row[column.name] for row in data[table.name]}
    return sorted(name for name in named if name is not None and not is_on_many(name))
