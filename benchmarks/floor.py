"""The floor: what reading and writing cost without a single check. pyarrow streams the raw events, two threads write.

    python benchmarks/floor.py DATASET OUT              the transcribed columns, as read
    python benchmarks/floor.py DATASET OUT PUBLISHED    published events and actors, which PUBLISHED has ready

`published.py` makes those; they are read through memory maps, so that they cost next to nothing.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from published import AS_TEXT, TABLES

BLOCK, WAITING = 1 << 22, 4


Part = tuple[str, Any]


def run(dataset: Path, out: Path, published: Path | None = None) -> None:
    """Read the raw events, and write them, or what was published of them, as Parquet and as CSV."""
    read = (len(batch) for batch in _raw(dataset))
    parts = _slices(read, published) if published else ((("events", batch),) * 2 for batch in _raw(dataset))
    queues: tuple[Queue[Part | None], Queue[Part | None]] = (Queue(WAITING), Queue(WAITING))
    with ThreadPoolExecutor(2) as pool:
        tasks = [
            pool.submit(_write, queues[0], lambda name, schema: _parquet(out / f"{name}.parquet", schema)),
            pool.submit(_write, queues[1], lambda name, schema: pyarrow.csv.CSVWriter(str(out / f"{name}.csv"), schema)),
        ]
        try:
            for both in parts:
                for queue, part in zip(queues, both, strict=True):
                    queue.put(part)
        finally:
            for queue in queues:
                queue.put(None)
        for task in tasks:
            task.result()


def _raw(dataset: Path) -> Iterator[pa.RecordBatch]:
    """The raw events as text, some at a time."""
    path = dataset / "data/raw/events.csv"
    with path.open(encoding="utf-8") as stream:
        names = stream.readline().rstrip("\n").split(",")
    yield from pyarrow.csv.open_csv(
        path,
        pyarrow.csv.ReadOptions(block_size=BLOCK),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )


def _slices(read: Iterable[int], published: Path) -> Iterator[tuple[Part, Part]]:
    """The published rows of as many events as are read, and as large a share of actors: with lists, and with their text."""
    tables = {name: _table(published / f"{name}.arrow") for name in TABLES}
    events, start = len(tables["events"][0]), 0
    for number in read:
        for name, (typed, texts) in tables.items():
            first, end = (len(typed) * place // events for place in (start, start + number))
            yield (name, typed.slice(first, end - first)), (name, texts.slice(first, end - first))
        start += number


def _table(file: Path) -> tuple[pa.Table, pa.Table]:
    """A published table, with lists and with their text."""
    table = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    names = [name for name in table.column_names if AS_TEXT.format("") not in name]
    as_text = [AS_TEXT.format(name) if AS_TEXT.format(name) in table.column_names else name for name in names]
    return table.select(names), table.select(as_text).rename_columns(names)


def _write(queue: Queue[Part | None], opened: Callable[[str, pa.Schema], Any]) -> None:
    """Write what comes through a queue until nothing does; who feeds it never waits for one that failed."""
    parts = iter(queue.get, None)
    writers: dict[str, Any] = {}
    try:
        for name, part in parts:
            if name not in writers:
                writers[name] = opened(name, part.schema)
            writers[name].write(part)
    finally:
        deque(parts, maxlen=0)
    for writer in writers.values():
        writer.close()


def _parquet(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema, compression="snappy", write_page_checksum=True)


if __name__ == "__main__":
    run(*map(Path, sys.argv[1:]))
