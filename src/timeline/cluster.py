"""Events sifted by the workers of a Dask cluster, each a part of the file at a time; all workers see the dataset's folder.

Dask hands the parts out, does them anew if a worker dies, and shuffles ids where one may stand twice. What is published is
written here, in the order of the file, so that nothing depends on who did what.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from timeline import batches, raw
from timeline.batches import Batch
from timeline.columns import codebook
from timeline.local import Local
from timeline.plain import KEY
from timeline.problems import Found, Problem
from timeline.schema import UNIQUE
from timeline.sieve import Rest, Sieve, Sifted

if TYPE_CHECKING:
    import distributed
    import pandas as pd

SIZE = 1 << 26  # bytes of a part
AT_ONCE = 2  # parts that wait, for each thread of a worker
PATIENCE = 10  # seconds for a scheduler to answer


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a file: where they begin and end, in bytes, and how many lines stand before them."""

    path: Path
    file: str
    stamp: tuple[int, int]  # size and time of the whole file, which must stay as it is
    start: int
    end: int
    lines: int = 0


class Dask:
    """The workers of a cluster, by the address of its scheduler."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._parts: list[Part] = []

    def sift(self, root: Path, new: Callable[[], Sieve], found: Found) -> Iterator[Sifted | Rest]:
        """The events of a dataset, each part by a sieve of its own; from the first that Arrow cannot read exactly on, here."""
        table = codebook().tables["events"]
        path = (root / (table.source or "")).absolute()
        with self._client() as client, client.get_executor(pure=False) as pool:
            cut = _cut(path, table.source or "", table.raw)
            before = itertools.accumulate(client.gather(client.map(_count, cut, pure=False)), initial=1)
            self._parts = [replace(part, lines=lines) for part, lines in zip(cut, before, strict=False)]
            most = AT_ONCE * sum(client.nthreads().values())
            done = batches.ahead(partial(_sift, new), self._parts, most, pool)
            for part, sifted in zip(self._parts, done, strict=True):
                if sifted is None:
                    start = raw.Reading(part.lines, part.start)
                    self._parts = []
                    yield from Local(start).sift(root, new, found)
                    return
                yield from sifted
        if not self._parts:
            yield from Local().sift(root, new, found)

    def repeated(self, root: Path) -> Iterator[Problem]:
        """The events that repeat an id."""
        if not self._parts:
            yield from Local().repeated(root)
            return
        import dask.dataframe as dd

        with self._client():
            twice = dd.from_map(_ids, self._parts).shuffle(on=KEY).map_partitions(_again).compute()
        for line, event_id in sorted(zip(twice["line"].tolist(), twice[KEY].tolist(), strict=True)):
            yield Problem(self._parts[0].file, line, KEY, event_id, *UNIQUE)

    @contextmanager
    def _client(self) -> Iterator[distributed.Client]:
        import distributed

        try:
            client = distributed.Client(self._address, timeout=PATIENCE, set_as_default=True)
        except (OSError, ValueError) as error:
            raise ConnectionError(0, f"no Dask scheduler answers: {error}", self._address) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError:
                raise ConnectionError(0, "the Dask scheduler has no workers", self._address) from None
            try:
                yield client
            except (distributed.KilledWorker, CancelledError) as error:
                raise ConnectionError(0, f"the cluster failed: {error}", self._address) from None


def _cut(path: Path, file: str, names: Sequence[str]) -> list[Part]:
    """A file below its header as parts that end with a line; none if it is no file with columns of these names."""
    header = f"{','.join(names)}\n".encode()
    try:
        with raw.plain(path).open("rb") as stream:
            if stream.readline(raw.LONGEST_LINE) != header:
                return []
            stamp, ends = _stamp(stream), [len(header)]
            size = stamp[0]
            while ends[-1] < size:
                stream.seek(ends[-1] + SIZE)
                stream.readline(raw.LONGEST_LINE)
                ends.append(min(stream.tell(), size))
    except (OSError, ValueError):
        return []
    return [Part(path, file, stamp, start, end) for start, end in itertools.pairwise(ends)]


def _read(part: Part) -> Iterator[bytes]:
    with part.path.open("rb") as stream:
        if _stamp(stream) != part.stamp:
            raise OSError(errno.ESTALE, "changed while it was read", str(part.path))
        stream.seek(part.start)
        yield from batches.blocks(stream, part.end - part.start)


def _stamp(stream: BinaryIO) -> tuple[int, int]:
    """What tells a file from what it was before."""
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns


def _count(part: Part) -> int:
    """The lines of a part."""
    return sum(block.count(b"\n") for block in _read(part))


def _batches(part: Part) -> Iterator[Batch | None]:
    """The rows of a part; None, and no more, where Arrow might not read it exactly."""
    names, lines = codebook().tables["events"].raw, part.lines
    for block in _read(part):
        cells = batches.exact(block, names)
        if cells is None:
            yield None
            return
        yield Batch(part.file, range(lines + 1, lines + 1 + cells.num_rows), cells)
        lines += cells.num_rows


def _sift(new: Callable[[], Sieve], part: Part) -> list[Sifted | Rest] | None:
    """A part by a sieve of its own; None if it must be read otherwise."""
    sieve, done = new(), list[Sifted | Rest]()
    for batch in _batches(part):
        if batch is None:
            return None
        done.append(sieve.sift(batch))
    return [*done, sieve.rest()]


def _ids(part: Part) -> pd.DataFrame:
    """The ids of a part, and their lines."""
    import pandas as pd

    rows = [pd.DataFrame({KEY: b.text(KEY).to_pylist(), "line": list(b.numbers)}) for b in _batches(part) if b is not None]
    return pd.concat(rows, ignore_index=True).astype({KEY: "string", "line": "int64"})


def _again(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose id stands in one before."""
    ordered = rows.dropna().sort_values("line")
    return ordered[ordered[KEY].duplicated()]
