"""The floor: what reading and writing cost without a single check. pyarrow streams the raw events, two threads write.

    python benchmarks/floor.py DATASET OUT              the transcribed columns, as read
    python benchmarks/floor.py DATASET OUT EVENTS.arrow the published columns, which EVENTS.arrow has ready for the taking

`published.py` makes that file; it is read through a memory map, so that it costs next to nothing.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from published import AS_TEXT

BLOCK, WAITING = 1 << 22, 4


def run(dataset: Path, out: Path, published: Path | None = None) -> None:
    """Read the raw events, and write as many rows of them, or of what was published of them, as Parquet and as CSV."""
    parts = _slices(dataset, published) if published else ((batch, batch) for batch in _raw(dataset))
    queues: tuple[Queue[Any], Queue[Any]] = (Queue(WAITING), Queue(WAITING))
    with ThreadPoolExecutor(2) as pool:
        tasks = [
            pool.submit(_write, queues[0], lambda schema: _parquet(out / "events.parquet", schema)),
            pool.submit(_write, queues[1], lambda schema: pyarrow.csv.CSVWriter(str(out / "events.csv"), schema)),
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


def _slices(dataset: Path, published: Path) -> Iterator[tuple[pa.Table, pa.Table]]:
    """The published rows of as many events as are read: with lists, and with their text."""
    table = pa.ipc.open_file(pa.memory_map(str(published))).read_all()
    names = [name for name in table.column_names if AS_TEXT.format("") not in name]
    typed = table.select(names)
    as_text = [AS_TEXT.format(name) if AS_TEXT.format(name) in table.column_names else name for name in names]
    texts = table.select(as_text).rename_columns(names)
    start = 0
    for batch in _raw(dataset):
        yield typed.slice(start, len(batch)), texts.slice(start, len(batch))
        start += len(batch)


def _write(queue: Queue[Any], opened: Callable[[pa.Schema], Any]) -> None:
    """Write what comes through a queue until nothing does; who feeds it never waits for one that failed."""
    parts = iter(queue.get, None)
    writer = None
    try:
        for part in parts:
            writer = writer or opened(part.schema)
            writer.write(part)
    finally:
        deque(parts, maxlen=0)
    if writer is not None:
        writer.close()


def _parquet(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema, compression="snappy", write_page_checksum=True)


if __name__ == "__main__":
    run(*map(Path, sys.argv[1:]))
