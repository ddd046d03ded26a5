"""Events that nothing singles out: only voices on many speak of them (`EGED*`). They are judged and derived by kind."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from timeline.batches import Batch, is_varied, of_cells, places, spread
from timeline.columns import LIST_DELIMITER, Column, codebook
from timeline.derive import PARTS, ROLES
from timeline.kinds import Kinds, Rows
from timeline.normalise import Row
from timeline.problems import MOST_LISTED, Problem
from timeline.publish import PROCESSED, as_text
from timeline.rules.events import HEARD, READS
from timeline.schema import ARROW_TYPES, Checker, arrow_schema
from timeline.scope import READS as SCOPE_READS
from timeline.scope import decide
from timeline.transcription import ON_MANY, Transcription, is_on_many
from timeline.values import Coded, Codes, Register

KEY = "event_id"


class Plain:
    """Those of a dataset, batch by batch."""

    def __init__(self, data: Transcription, register: Register) -> None:
        self.table = codebook().tables["events"]
        self._starts = sorted({s["record_id"] for s in data["attestations"] if is_on_many(s["record_id"])}, key=len)
        self._kinds = Kinds(self.table, Transcription(data.tables, is_open=True), register)
        self._types = arrow_schema(self.table)
        self._answers: dict[str, pa.Array] = {}
        self._flaws: list[Problem] = []
        self._broken = 0  # rows that break a rule
        self.more = 0  # of their breaches
        self.more_unheard = 0  # of those that there are only if all that is said of events could be read

    def problems(self) -> list[Problem]:
        """What is wrong with what was derived. Of rows that break a rule and are held, the rules tell; others are counted."""
        self._check()
        return self._flaws

    def forget(self, register: Register) -> None:
        """Begin anew, with other values; what was derived is checked before."""
        self._check()
        self._kinds = Kinds(self.table, self._kinds.data, register)

    def _check(self) -> None:
        """Hold what was derived against the codebook, and hold no more of it."""
        for name, values in self._answers.items():
            column = self.table[name]
            answers = of_cells(f"{PROCESSED}/events.csv", {name: as_text(column, values)})
            self._flaws += [replace(problem, line=0) for problem in Checker([column]).check(answers)]
        self._answers.clear()

    def rows(self, batch: Batch) -> Rows:
        """Some events; what stands for an id is the longest of the beginnings of which somebody speaks."""
        ids = batch.text(KEY)
        named = pa.nulls(len(ids), pa.string())
        for start in self._starts:
            named = pc.if_else(pc.starts_with(ids, start.removesuffix(ON_MANY)), start, named)
        return Rows(self._kinds, batch, named.dictionary_encode())

    def derive(self, batch: Batch) -> tuple[pa.RecordBatch, pa.Array]:
        """Some events as they are published; and the ids of those that must be held instead.

        Those are attacks on Israel, and the first that break a rule.
        """
        rows = self.rows(batch)
        held = pa.array([], pa.string())
        if broken := self._judge(rows):
            held = batch.text(KEY).take(pa.array(broken[: max(MOST_LISTED - self._broken, 0)], pa.int64()))
            self._broken += len(broken)
            batch = batch.take(pa.array(sorted(set(range(batch.cells.num_rows)) - set(broken)), pa.int64()))
            rows = self.rows(batch)
        scope = scopes(rows)
        columns = {name: _typed(self.table[name], batch.cells.column(name)) for name in self.table.raw}
        columns |= self._columns(("scope",), scope, lambda answer, _: answer)
        for part, (names, reads) in PARTS.items():
            columns |= self._columns(names, rows.ask(part, reads), operator.getitem)
        derived = pa.RecordBatch.from_pydict({name: columns[name] for name in self._types.names})
        if in_scope := scope.rows_where(lambda value: value == "israel"):
            is_in_scope = np.zeros(len(batch), bool)
            is_in_scope[in_scope] = True
            held = pa.concat_arrays([held, batch.text(KEY).filter(pa.array(is_in_scope))])
            derived = derived.filter(pa.array(~is_in_scope))
        return derived, held

    def _judge(self, rows: Rows) -> list[int]:
        """Hold events against the rules; those that break one. The breaches of those that will not be held are counted."""
        breaches = {rule: rows.ask(breaks, READS[rule]) for rule, breaks in _LISTED.items()}
        broken = sorted({row for found in breaches.values() for row in found.rows_where(bool)})
        for row in broken[max(MOST_LISTED - self._broken, 0) :]:
            for rule, found in breaches.items():
                if rule in HEARD:
                    self.more_unheard += len(found.at(row))
                else:
                    self.more += len(found.at(row))
        return broken

    def _columns(self, names: Sequence[str], answers: Coded, find: Callable[[Any, int], Any]) -> dict[str, pa.Array]:
        """Derived columns by name, from what is found in the answers; what was answered before is not made Arrow again."""
        places = pa.array(answers.codes, pa.int32())
        columns = {}
        for position, name in enumerate(names):
            known = self._answers.get(name, pa.array([], self._types.field(name).type))
            if len(known) < len(answers.values):
                new = [find(answer, position) for answer in answers.values[len(known) :]]
                made = pa.array([None if value == () else value for value in new], known.type)
                known = self._answers[name] = pa.concat_arrays([known, made])
            columns[name] = pa.DictionaryArray.from_arrays(places, known)
        return columns


def scopes(rows: Rows) -> Coded:
    """The scope of each of some events."""
    answers = [rows.ask(question, reads) for question, reads in SCOPE_READS.items()]
    return rows.weigh(decide, [rows.column("event_type"), rows.read(("initiators", bool)), *answers], decide)


def actors(events: pa.RecordBatch) -> pa.RecordBatch:
    """The actors of events as they are published, each once in each role: those of their lists, which name nobody twice."""
    lists = [(role, *_distinct(events.column(name))) for name, role in ROLES]
    roles = sorted(role for role, _, _ in lists)
    named = pa.concat_arrays([pc.list_flatten(values) for _, _, values in lists]).dictionary_encode()
    order = pc.array_sort_indices(named.dictionary)
    ranks = np.argsort(order.to_numpy())[named.indices.to_numpy()]
    shape = (events.num_rows, len(order), len(roles))
    begin, found = 0, [np.empty(0, np.int64)]
    for role, which, values in lists:
        lengths = np.append(values.value_lengths().fill_null(0).to_numpy(), 0)
        starts = begin + np.cumsum(lengths) - lengths
        sizes = lengths[which]
        rows = np.repeat(np.arange(events.num_rows), sizes)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        codes = (rows * shape[1] + ranks[starts[which][rows] + within]) * shape[2] + roles.index(role)
        begin += lengths.sum()
        found.append(codes)
    rows, who, what = np.unravel_index(np.sort(np.concatenate(found)), [max(1, size) for size in shape])
    of_ids, ids = _distinct(events.column(KEY))
    columns = [
        pa.DictionaryArray.from_arrays(pa.array(of_ids[rows], pa.int32()), ids),
        pa.DictionaryArray.from_arrays(pa.array(who, pa.int32()), named.dictionary.take(order)),
        pa.DictionaryArray.from_arrays(pa.array(what, pa.int32()), pa.array(roles)),
    ]
    return pa.RecordBatch.from_arrays(columns, arrow_schema(codebook().tables["event_actors"]).names)


def _distinct(column: pa.Array) -> tuple[Codes, pa.Array]:
    """The values of a column that has nulls or is of distinct ones, and the place of each among them; of null, one behind."""
    if pa.types.is_dictionary(column.type):
        return places(column), column.dictionary
    return np.arange(len(column)), column


def _typed(column: Column, cells: pa.DictionaryArray) -> pa.Array:
    """Checked cells as values."""
    distinct = cells.dictionary
    is_list = column.type == "list"
    values = pc.split_pattern(distinct, LIST_DELIMITER) if is_list else distinct.cast(ARROW_TYPES[column.type])
    typed = pa.DictionaryArray.from_arrays(cells.indices, values)
    return spread(typed) if is_varied(cells) else typed


def _listed(rule: Any, data: Transcription, event: Row) -> tuple[str, ...]:
    return tuple(rule(data, event))


# rules as questions, the answer to which is a tuple of columns
_LISTED = {rule: partial(_listed, rule) for rule in READS}
