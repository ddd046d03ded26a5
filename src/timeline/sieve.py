"""What is done with each batch of events: they are checked, and parted into those that are held and the plain ones.

An event that something singles out (a voice, a figure, a link), or that is an attack on Israel of this dataset, is held in
memory as a row, for the rules that look from one row to others. All others are plain (`plain.py`), and not held.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from timeline import raw
from timeline.batches import Batch
from timeline.columns import codebook
from timeline.normalise import Row, normalise
from timeline.plain import KEY, Plain
from timeline.problems import Found, Problem
from timeline.reconciliation import is_total
from timeline.rules.keys import registers_hold
from timeline.schema import Checker
from timeline.transcription import Transcription, is_on_many
from timeline.values import Register


@dataclass(frozen=True, slots=True)
class Sifted:
    """A batch of events: their ids as they came, what is wrong with them, the plain ones as published, and those held."""

    ids: pa.Array
    found: Found
    plain: pa.RecordBatch | None
    held: list[Row]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is told of events when all are sifted; of problems, those of plain ones."""

    begun: frozenset[str]  # the beginnings of ids of which somebody speaks, and with which some begin
    problems: tuple[Problem, ...] = ()
    more: int = 0  # problems that are counted only
    more_unheard: int = 0  # those that there are only if all that is said of events could be read


class Sieve:
    """Sifts events, given all else that was transcribed, and what is wrong with that."""

    def __init__(self, data: Transcription, problems: Sequence[Problem]) -> None:
        self.table = codebook().tables["events"]
        keys = {name: {row[key] for row in data[name]} for name, key in (("actors", "actor_id"), ("places", "place_id"))}
        is_readable = not any(problem.rule in raw.STRUCTURAL for problem in problems)
        is_known = is_readable and not any(None in known for known in keys.values())
        self._register = Register(self.table.transcribed())
        self._checker = Checker(self.table.transcribed(), keys if is_known else None, self._register)
        self._plain = Plain(data, self._register) if not problems and registers_hold(data) else None
        self._named = pa.array(_named(data), pa.string())
        self._holds_all = any(map(is_total, data["figures"]))
        self._starts = {said["record_id"] for said in data["attestations"] if is_on_many(said["record_id"])}
        self._begun: set[str] = set()

    def sift(self, batch: Batch, aside: Executor | None = None) -> Sifted:
        """Check a batch, and part it; what can be done aside is."""
        if self._register.are_many:
            self._forget()
        found, ids, plain = Found(), batch.text(KEY), None
        problems = list(self._checker.check(batch, aside))
        found.add(problems)
        self._begun |= {start for start in self._starts - self._begun if pc.any(pc.starts_with(ids, start[:-1])).as_py()}
        is_held = _is_held(self._named, ids, holds_all=self._holds_all)
        rows = pc.indices_nonzero(pc.invert(pc.or_(is_held, _broken(batch, problems))))
        if self._plain is not None and len(rows):
            plain, others = self._plain.derive(batch.take(rows))
            is_held = pc.or_(is_held, pc.is_in(ids, others))
        held = normalise(self.table, batch.take(pc.indices_nonzero(is_held)).lines(), problems)
        return Sifted(ids, found, plain, held)

    def _forget(self) -> None:
        """Hold no more of the values that came: however many there are, memory stays bounded."""
        self._register = Register(self.table.transcribed())
        self._checker.forget(self._register)
        if self._plain is not None:
            self._plain.forget(self._register)

    def rest(self) -> Rest:
        """What is told once all batches are sifted."""
        begun, plain = frozenset(self._begun), self._plain
        return Rest(begun, tuple(plain.problems()), plain.more, plain.more_unheard) if plain is not None else Rest(begun)


def _broken(batch: Batch, problems: Sequence[Problem]) -> pa.Array:
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
