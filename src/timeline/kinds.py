"""Questions asked once of each kind of row, however many rows are of that kind.

Of an event that no voice singles out, an answer (a rule's, a derived column's) depends on a few of its cells. Rows that agree
in those are of one kind: the question is put for one of them, and the answer is theirs all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from timeline.batches import Batch, places
from timeline.columns import Column, Table
from timeline.normalise import Row
from timeline.transcription import Transcription

Codes = npt.NDArray[np.int64]
Question = Callable[[Transcription, Row], Any]
# what a question reads: a column; the second of two (with | between) where the first is empty; or of a column no more than
# what a function finds in it
Reads = Sequence[str | tuple[str, Callable[[Any], Any]]]
MOST = 1 << 22  # kinds that are looked up by position
REMEMBERED = 1 << 17  # values of a column


@dataclass(frozen=True, slots=True)
class Coded:
    """A value for each row, as its position in a list that grows at its end."""

    codes: Codes
    values: Sequence[Any]

    def at(self, row: int) -> Any:
        """The value of a row."""
        return self.values[self.codes[row]]

    def rows_where(self, holds: Callable[[Any], bool]) -> list[int]:
        """The rows whose value is such."""
        wanted = np.array([holds(value) for value in self.values], bool)
        rows: list[int] = np.flatnonzero(wanted[self.codes]).tolist() if wanted.any() else []
        return rows


class Kinds:
    """The kinds of the rows of a table, batch by batch: what was answered for a kind is not asked again."""

    def __init__(self, table: Table, data: Transcription) -> None:
        self.table, self.data = table, data
        self._seen: dict[str, _Parsed] = {}
        self._asked: dict[Any, _Answers] = {}

    def code(self, name: str, cells: pa.DictionaryArray) -> Coded:
        """Cells of a column as positions in the list of all its values so far; nothing is the first."""
        values = self._seen.setdefault(name, _Parsed(self.table[name]))
        return Coded(np.array([*values.places(cells.dictionary.to_pylist()), 0], np.int64)[places(cells)], values)

    @property
    def are_many(self) -> bool:
        """Whether there are more than should be held."""
        return any(len(values) > REMEMBERED for values in self._seen.values())

    def answers(self, question: Any) -> _Answers:
        """The answers to a question so far."""
        return self._asked.setdefault(question, _Answers())


class _Parsed(Sequence[Any]):
    """The values of a column, read from their cells when they are asked for; nothing is the first."""

    def __init__(self, column: Column) -> None:
        self._parse = column.parse
        self._empty: Any = () if column.type == "list" else None
        self._cells = [""]
        self._places = {"": 0}

    def places(self, cells: Sequence[str]) -> list[int]:
        """The positions of the values of some cells; those of new ones are at the end."""
        found = [self._places.get(cell, -1) for cell in cells]
        for row in (row for row, place in enumerate(found) if place < 0):
            found[row] = self._places.setdefault(cells[row], len(self._cells))
            if found[row] == len(self._cells):
                self._cells.append(cells[row])
        return found

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, position: Any) -> Any:
        return self._parse(self._cells[position]) if position else self._empty


class _Answers:
    """The answers to one question so far, by kind; equal ones are one."""

    def __init__(self) -> None:
        self._sizes: tuple[int, ...] = ()
        self._places = np.empty(0, np.int64)  # of the answer for each kind, by the kind's number; -1 where it was not asked
        self._known: dict[tuple[int, ...], int] = {}
        self._distinct: dict[Any, int] = {}
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
        """The answers where there is a kind for each value of a column: all values are asked about, as they come."""
        known = len(self._places)
        if known < len(column.values):
            new = [
                self._place(ask, show, value)
                for value in map(column.values.__getitem__, range(max(known, 1), len(column.values)))
            ]
            self._places = np.concatenate([self._places, [-1] * (known == 0), new]).astype(np.int64)
        places = self._places[column.codes]
        if self._places[0] < 0 and not column.codes.all():
            self._places[0] = self._place(ask, show, column.values[0])
            places = self._places[column.codes]
        return Coded(places, self._values)

    def _place(self, ask: Callable[..., Any], show: Callable[..., Any] | None, *cells: Any) -> int:
        """The place of the answer for some values."""
        answer = ask(*cells)
        place = self._distinct.setdefault(answer, len(self._values))
        if place == len(self._values):
            self._values.append(show(*cells) if show else answer)
        return place

    def _resize(self, sizes: tuple[int, ...]) -> None:
        self._sizes, self._places = sizes, np.full(int(np.prod(sizes)), -1)
        if self._known:
            kinds = np.array(list(self._known))
            self._places[np.ravel_multi_index(tuple(kinds.T), sizes)] = list(self._known.values())

    def _look(self, kinds: Codes, sizes: tuple[int, ...], columns: Sequence[Coded], ask: Any, show: Any) -> Codes:
        """The places of the answers for some kinds; those of new ones are asked for."""
        there = list(zip(*(part.tolist() for part in np.unravel_index(kinds, sizes)), strict=True))
        known = self._known
        values = [column.values for column in columns]
        for kind in there:
            if kind not in known:
                known[kind] = self._place(ask, show, *(some[code] for some, code in zip(values, kind, strict=True)))
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
            first, _, second = name.partition("|")
            cells = self._ids if first == self._kinds.table.primary_key[0] else self._batch.cells.column(first)
            coded = self._kinds.code(first, cells)
            if second:
                others = self._kinds.code(first, self._batch.cells.column(second))
                coded = Coded(np.where(coded.codes, coded.codes, others.codes), coded.values)
            self._coded[name] = coded
        return self._coded[name]

    def read(self, what: str | tuple[str, Callable[[Any], Any]]) -> Coded:
        """The values of what a question may read."""
        if isinstance(what, str):
            return self.column(what)
        name, finds = what
        return self._kinds.answers(what).give([self.column(name)], finds, lambda value: value)
