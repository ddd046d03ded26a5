"""The values of columns, numbered as they come: each is read, checked and asked about once, however many rows have it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from timeline.batches import Batch, places
from timeline.columns import Column

Codes = npt.NDArray[np.int64]
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


class Values(Sequence[Any]):
    """The values of a column so far, read from their cells when they are asked for; nothing is the first."""

    def __init__(self, column: Column) -> None:
        self.cells: list[str | None] = [None]
        self._parse = str if column.type == "string" else column.parse
        self._empty: Any = () if column.type == "list" else None
        self._places = Places({None: 0})

    def coded(self, cells: pa.DictionaryArray) -> Coded:
        """The values of some cells; those of new ones are at the end."""
        return Coded(self.places([*cells.dictionary.to_pylist(), None])[places(cells)], self)

    def places(self, cells: Sequence[str | None]) -> Codes:
        """The positions of the values of some cells."""
        found = np.fromiter(map(self._places.__getitem__, cells), np.int64, len(cells))
        if len(self._places) > len(self.cells):
            self.cells += itertools.islice(self._places, len(self.cells), None)
        return found

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, position: Any) -> Any:
        cell = self.cells[position]
        return self._empty if cell is None else self._parse(cell)


class Places(dict[Any, int]):
    """The position of whatever was ever looked up, the next one for what is new."""

    def __missing__(self, new: Any) -> int:
        place = self[new] = len(self)
        return place


class Register:
    """The values of columns, batch by batch."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self._values = {column.name: Values(column) for column in columns}
        self._batch: Batch | None = None
        self._coded: dict[str, Coded] = {}

    def coded(self, batch: Batch, name: str) -> Coded:
        """The values of a column of a batch; of the batch in hand each column is looked up once."""
        if batch is not self._batch:
            self._batch, self._coded = batch, {}
        if name not in self._coded:
            self._coded[name] = self._values[name].coded(batch.cells.column(name))
        return self._coded[name]

    def values(self, name: str) -> Values:
        """Those of a column so far."""
        return self._values[name]

    @property
    def are_many(self) -> bool:
        """Whether there are more than should be held."""
        return any(len(values) > REMEMBERED for values in self._values.values())
