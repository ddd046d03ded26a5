"""Rows of one file as columns of text, a few megabytes at a time: read fast where that is exact, else row by row.

A block of a file is read by Arrow, if every quote in it opens or closes a cell or is one of two within: so no leniency of a
reader can change a cell. From the first block on of which that does not hold (other quotes, broken rows, bytes that are no
text), the rows are read as `raw.py` reads them, which names what is wrong. Both ways give the same batches.
"""

from __future__ import annotations

import codecs
import itertools
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from timeline import raw
from timeline.columns import Table
from timeline.problems import Found
from timeline.raw import AS_IT_STANDS, Line, Reading

T = TypeVar("T")
BLOCK, AHEAD = 10 << 20, 1  # bytes that are read at once, and how many such are read before they are asked for
WHOLE = Reading(most=raw.LARGEST_FILE)
ROWS = 20_000  # where they are read one by one
_DISTINCT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of one file, and the line of each: the cells of a column as its distinct texts, null where empty.

    Texts stand in the order of their cells. Where most cells of a column are distinct anyway, they may be those of all cells.
    """

    file: str
    numbers: Sequence[int]
    cells: pa.RecordBatch

    def lines(self) -> list[Line]:
        """The rows one by one."""
        names = self.cells.schema.names
        columns = [["" if cell is None else cell for cell in column.to_pylist()] for column in self.cells.columns]
        rows = zip(*columns, strict=True)
        return [
            Line(self.file, number, dict(zip(names, row, strict=True))) for number, row in zip(self.numbers, rows, strict=True)
        ]

    def __len__(self) -> int:
        return int(self.cells.num_rows)

    def text(self, name: str) -> pa.Array:
        """The cells of a column."""
        return spread(self.cells.column(name))

    def take(self, rows: pa.Array) -> Batch:
        """Some of the rows, by rising position, with the texts that they have."""
        if len(rows) == len(self):
            return self
        some = {name: self.cells.column(name).take(rows).dictionary_decode() for name in self.cells.schema.names}
        return replace(of_cells(self.file, some), numbers=[self.numbers[row] for row in rows.to_pylist()])


def of_lines(lines: Sequence[Line], names: Sequence[str]) -> Batch:
    """Lines of one file as a batch with the columns of these names."""
    cells = {name: pa.array([line.cells[name] or None for line in lines], pa.string()).dictionary_encode() for name in names}
    return Batch(lines[0].file if lines else "", [line.number for line in lines], pa.RecordBatch.from_pydict(cells))


def of_cells(file: str, cells: Mapping[str, pa.Array]) -> Batch:
    """Columns of text as a batch, as they stand in a file below its header."""
    batch = pa.RecordBatch.from_pydict({name: column.dictionary_encode() for name, column in cells.items()})
    return Batch(file, range(2, 2 + batch.num_rows), batch)


def read(root: Path, table: Table, found: Found, start: Reading = AS_IT_STANDS) -> Iterator[Batch]:
    """The rows of a transcribed table, in each file after what was read; what is wrong with them goes to `found`."""
    for path in raw.files(root, table):
        named = {table.file_key: path.stem} if table.file_key else {}
        for batch in read_file(path, path.relative_to(root).as_posix(), table.raw, found, start):
            cells = batch.cells
            for name, value in named.items():
                cells = cells.append_column(name, pa.repeat(value, cells.num_rows).dictionary_encode())
            yield Batch(batch.file, batch.numbers, cells)


def read_lines(root: Path, tables: Iterable[Table], found: Found) -> dict[str, list[Line]]:
    """The rows of transcribed tables, one by one, as far as they can be read; what is wrong with them goes to `found`."""
    return {t.name: [line for batch in read(root, t, found, WHOLE) for line in batch.lines()] for t in tables}


def read_file(path: Path, file: str, names: Sequence[str], found: Found, start: Reading = AS_IT_STANDS) -> Iterator[Batch]:
    """The rows of a file with columns of these names, after what was read of it."""
    at, varied = start, set[str]()
    try:
        with raw.plain(path).open("rb") as stream:
            stream.seek(at.offset)
            header = f"{','.join(names)}\n".encode()
            if at.lines or stream.readline(raw.LONGEST_LINE) == header:
                at = at if at.lines else at.after(1, len(header))
                # a small file is read sooner than a thread begins
                each = ahead if path.stat().st_size > BLOCK else map
                for cells, size in each(lambda block: (exact(block, names, varied), len(block)), blocks(stream)):
                    if cells is None or at.offset + size > at.most:
                        break
                    varied.update(name for name in names if is_varied(cells.column(name)))
                    yield Batch(file, range(at.lines + 1, at.lines + 1 + cells.num_rows), cells)
                    at = at.after(cells.num_rows, size)
                else:
                    return
    except (OSError, ValueError):
        pass  # is told by the other way
    rows = raw.read_rows(path, file, names, found, at)
    while some := list(itertools.islice(rows, ROWS)):
        yield of_lines(some, names)


def ahead(
    function: Callable[[Any], T], items: Iterable[Any], most: int = AHEAD, workers: Executor | None = None
) -> Iterator[T]:
    """A function of each item, in order, while `workers` (by default, threads) are at some of the next ones."""
    with ExitStack() as stack:
        pool = workers or stack.enter_context(ThreadPoolExecutor(most))
        waiting: deque[Future[T]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def blocks(stream: IO[bytes], most: float = math.inf) -> Iterator[bytes]:
    """A stream, or as many bytes of it, in pieces that end with a line.

    The last may not, nor may one with a line of which there are none so long.
    """
    while most > 0 and (block := stream.read(int(min(BLOCK, most)))):
        block += b"" if block.endswith(b"\n") else stream.readline(raw.LONGEST_LINE)
        most -= len(block)
        yield block


def exact(block: bytes, names: Sequence[str], varied: Collection[str] = ()) -> pa.RecordBatch | None:
    """The cells of a block of CSV; None where Arrow and `raw.py` might not find the same ones.

    Of `varied` columns, the texts are those of all cells.
    """
    # Arrow would take a byte order mark for none of the text, wherever a block begins
    if not block.endswith(b"\n") or block.startswith(codecs.BOM_UTF8):
        return None
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text == ord("\n"))
    lengths = np.diff(ends, prepend=-1)
    if lengths.min() == 1 or lengths.max() > raw.LONGEST_CELL or not _are_quotes_plain(text, ends):
        return None
    if (text == ord("\r")).any() or (text == 0).any():
        return None
    try:
        cells = csv.read_csv(
            pa.py_buffer(block),
            csv.ReadOptions(column_names=list(names), block_size=len(block) + 1, use_threads=False),
            csv.ParseOptions(newlines_in_values=False, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types={name: pa.string() if name in varied else _DISTINCT for name in names},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if len(cells) != len(ends):
        return None
    columns = {name: cells.column(name).chunk(0) for name in names}  # the only one: there is one block
    return pa.RecordBatch.from_pydict({n: as_they_stand(c) if pa.types.is_string(c.type) else c for n, c in columns.items()})


def as_they_stand(text: pa.Array) -> pa.DictionaryArray:
    """Cells of a column of which most are distinct, as a column of distinct ones is held."""
    held = text.is_valid().to_numpy(zero_copy_only=False)
    return pa.DictionaryArray.from_arrays(pa.array(np.cumsum(held, dtype=np.int32) - 1, mask=~held), text.drop_null())


def spread(cells: pa.DictionaryArray) -> pa.Array:
    """Distinct values as the cells that have them; as they are, if each stands for one cell."""
    return cells.dictionary if len(cells.dictionary) == len(cells) else cells.dictionary_decode()


def is_varied(cells: pa.DictionaryArray) -> bool:
    """Whether nearly all cells are distinct, but for empty ones."""
    return bool(len(cells.dictionary) > (len(cells) - cells.null_count) * 3 // 4)


def _are_quotes_plain(text: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> bool:
    """Whether every quote opens or closes a cell of one line, or is one of two that stand for one within such a cell."""
    quotes = np.flatnonzero(text == ord('"'))
    opening, closing = quotes[::2], quotes[1::2]
    if len(quotes) % 2 or (np.searchsorted(quotes, ends) % 2).any():
        return False
    before, after = text[opening - 1], text[closing + 1]  # of the first byte the last one, which ends a line
    doubled = closing[:-1] + 1 == opening[1:]
    begins = (before == ord(",")) | (before == ord("\n"))
    finishes = (after == ord(",")) | (after == ord("\n"))
    return bool(begins[:1].all() and (begins[1:] | doubled).all() and (finishes[:-1] | doubled).all() and finishes[-1:].all())


def rows_of(cells: pa.DictionaryArray, values: Collection[str | None]) -> list[int]:
    """The positions of the cells that are one of some values."""
    if not values:
        return []
    wanted = np.append(
        pc.is_in(cells.dictionary, pa.array(list(values), pa.string())).to_numpy(zero_copy_only=False), None in values
    )
    found: list[int] = np.flatnonzero(wanted[places(cells)]).tolist()
    return found


def places(cells: pa.DictionaryArray) -> npt.NDArray[np.int64]:
    """For each cell its position among the distinct ones; the last, one behind them, where there is none."""
    indices = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    positions: npt.NDArray[np.int64] = indices.astype(np.int64)
    return positions
