"""Questions asked once of each kind of row, however many rows are of that kind.

Of an event that no voice singles out, an answer (a rule's, a derived column's) depends on a few of its cells. Rows that agree
in those are of one kind: the question is put for one of them, and the answer is theirs all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from timeline.batches import Batch
from timeline.columns import Table
from timeline.normalise import Row
from timeline.transcription import Transcription
from timeline.values import Coded, Codes, Places, Register, Values

Question = Callable[[Transcription, Row], Any]
# what a question reads: a column; the second of two (with | between) where the first is empty; or of a column no more than
# what a function finds in it
Reads = Sequence[str | tuple[str, Callable[[Any], Any]]]
MOST = 1 << 22  # kinds that are looked up by position


class Kinds:
    """The kinds of the rows of a table, batch by batch: what was answered for a kind is not asked again."""

    def __init__(self, table: Table, data: Transcription, register: Register) -> None:
        self.table, self.data, self.register = table, data, register
        self._others: dict[str, Values] = {}
        self._asked: dict[Any, _Answers] = {}

    def others(self, name: str) -> Values:
        """Values that are no column's: what stands for ids, and those of two columns."""
        return self._others.setdefault(name, Values(self.table[name.partition("|")[0]]))

    def answers(self, question: Any) -> _Answers:
        """The answers to a question so far."""
        return self._asked.setdefault(question, _Answers())


class _Answers:
    """The answers to one question so far, by kind; equal ones are one."""

    def __init__(self) -> None:
        self._sizes: tuple[int, ...] = ()
        self._places = np.empty(0, np.int64)  # of the answer for each kind, by the kind's number; -1 where it was not asked
        self._known: dict[tuple[int, ...], int] = {}
        self._distinct = Places()
        self._values: list[Any] = []

    def give(self, columns: Sequence[Coded], ask: Callable[..., Any], show: Callable[..., Any] | None = None) -> Coded:
        """The answer for each row; `ask` takes the values of the columns, of a kind that is new.

        `show` says what stands for an answer, of the kind for which it was first given.
        """
        if len(columns) == 1:
            return self._give_each(columns[0], ask, show)
        sizes = tuple(1 << len(column.values).bit_length() for column in columns)
        kinds = np.ravel_multi_index(tuple(column.codes for column in columns), sizes)
        if np.prod(sizes, dtype=float) > MOST:
            distinct, rows = np.unique(kinds, return_inverse=True)
            return Coded(self._look(distinct, sizes, columns, ask, show)[rows], self._values)
        if sizes != self._sizes:
            self._resize(sizes)
        places = self._places[kinds]
        if places.min(initial=0) < 0:
            new = np.unique(kinds[places < 0])
            self._places[new] = self._look(new, sizes, columns, ask, show)
            places = self._places[kinds]
        return Coded(places, self._values)

    def _give_each(self, column: Coded, ask: Callable[..., Any], show: Callable[..., Any] | None) -> Coded:
        """The answers where there is a kind for each value of a column."""
        more = np.full(len(column.values) - len(self._places), -1)
        self._places = np.concatenate([self._places, more]) if len(more) else self._places
        places = self._places[column.codes]
        if places.min(initial=0) < 0:
            new = np.unique(column.codes[places < 0])
            values = [(column.values[number],) for number in new.tolist()]
            self._places[new] = self._ask(values, ask, show)
            places = self._places[column.codes]
        return Coded(places, self._values)

    def _ask(self, kinds: Sequence[tuple[Any, ...]], ask: Callable[..., Any], show: Callable[..., Any] | None) -> list[int]:
        """The places of the answers for some kinds, each given by its values."""
        answers = list(itertools.starmap(ask, kinds))
        places = list(map(self._distinct.__getitem__, answers))
        if len(self._distinct) > len(self._values):
            new = itertools.islice(self._distinct, len(self._values), None)
            first = dict(zip(reversed(answers), reversed(kinds), strict=True)) if show else {}
            self._values += [show(*first[answer]) for answer in new] if show else new
        return places

    def _resize(self, sizes: tuple[int, ...]) -> None:
        self._sizes, self._places = sizes, np.full(int(np.prod(sizes)), -1)
        if self._known:
            kinds = np.array(list(self._known))
            self._places[np.ravel_multi_index(tuple(kinds.T), sizes)] = list(self._known.values())

    def _look(self, kinds: Codes, sizes: tuple[int, ...], columns: Sequence[Coded], ask: Any, show: Any) -> Codes:
        """The places of the answers for some kinds; those of new ones are asked for."""
        there = list(zip(*(part.tolist() for part in np.unravel_index(kinds, sizes)), strict=True))
        known = self._known
        new = [kind for kind in there if kind not in known]
        values = [column.values for column in columns]
        cells = [tuple(some[code] for some, code in zip(values, kind, strict=True)) for kind in new]
        known.update(zip(new, self._ask(cells, ask, show), strict=True))
        return np.array([known[kind] for kind in there], np.int64)


class Rows:
    """Some rows, to ask about; `ids` is what stands for the id of each where a question reads it."""

    def __init__(self, kinds: Kinds, batch: Batch, ids: pa.DictionaryArray) -> None:
        self._kinds, self._batch, self._ids = kinds, batch, ids
        self._coded: dict[str, Coded] = {}

    def ask(self, question: Question, reads: Reads) -> Coded:
        """The answer for each row to a question that reads no more than that; answers can be hashed."""
        names = [(what if isinstance(what, str) else what[0]).partition("|") for what in reads]
        empty = {second: None for _, _, second in names if second}
        first = [name for name, _, _ in names]

        def ask(*values: Any) -> Any:
            return question(self._kinds.data, Row({**dict(zip(first, values, strict=True)), **empty}))

        return self.weigh(question, [self.read(what) for what in reads], ask)

    def weigh(self, question: Any, columns: Sequence[Coded], ask: Callable[..., Any]) -> Coded:
        """The answer for each row to a question about some values."""
        return self._kinds.answers(question).give(columns, ask)

    def column(self, name: str) -> Coded:
        """The values of a column, or of the second of two where the first is empty."""
        if name not in self._coded:
            self._coded[name] = self._column(name)
        return self._coded[name]

    def _column(self, name: str) -> Coded:
        kinds, (first, _, second) = self._kinds, name.partition("|")
        if first == kinds.table.primary_key[0]:
            return kinds.others(first).coded(self._ids)
        coded = [kinds.register.coded(self._batch, part) for part in (first, second) if part]
        if not second:
            return coded[0]
        either = kinds.others(name)
        places = (either.places(kinds.register.values(part).cells) for part in (first, second))
        one, other = (there[some.codes] for there, some in zip(places, coded, strict=True))
        return Coded(np.where(one, one, other), either)

    def read(self, what: str | tuple[str, Callable[[Any], Any]]) -> Coded:
        """The values of what a question may read."""
        if isinstance(what, str):
            return self.column(what)
        name, finds = what
        return self._kinds.answers(what).give([self.column(name)], finds, lambda value: value)
