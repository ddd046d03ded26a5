"""Events sifted on this machine, one batch after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from timeline import batches
from timeline.columns import codebook
from timeline.plain import KEY
from timeline.problems import Found, Problem
from timeline.raw import AS_IT_STANDS, Reading
from timeline.schema import UNIQUE
from timeline.sieve import Rest, Sieve, Sifted


class Local:
    """The machine that builds; `start` is what of the file of events was read already."""

    def __init__(self, start: Reading = AS_IT_STANDS) -> None:
        self._start = start

    def sift(self, root: Path, new: Callable[[], Sieve], found: Found) -> Iterator[Sifted | Rest]:
        """The events of a dataset by a sieve, in the order of their file; what is wrong with that goes to `found`."""
        sieve = new()
        with ThreadPoolExecutor(1) as aside:
            for batch in batches.read(root, sieve.table, found, start=self._start):
                yield sieve.sift(batch, aside)
        yield sieve.rest()

    def repeated(self, root: Path) -> Iterator[Problem]:
        """The events that repeat an id."""
        read = list(batches.read(root, codebook().tables["events"], Found()))
        ids = pa.chunked_array([batch.text(KEY) for batch in read])
        lines = pa.chunked_array([pa.array(batch.numbers, pa.int64()) for batch in read])
        ordered = pa.table({KEY: ids, "line": lines}).sort_by([(KEY, "ascending"), ("line", "ascending")]).combine_chunks()
        ids, lines = ordered[KEY].chunk(0), ordered["line"].chunk(0)
        for row in pc.indices_nonzero(pc.equal(ids[1:], ids[:-1])).to_pylist():
            yield Problem(read[0].file, lines[row + 1].as_py(), KEY, ids[row].as_py(), *UNIQUE)
