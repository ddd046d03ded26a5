"""Two Dask workers on this machine, one of which is killed in the middle, held against the machine alone.

python benchmarks/workers.py DATASET
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import distributed
import pyarrow.parquet as pq

from timeline.building import build
from timeline.cluster import Dask
from timeline.fingerprints import sha256
from timeline.sieve import Rest, Sifted

WAITING, PAUSE = 60, 0.1  # seconds
MEMORY = "2GiB"
AT_ONCE = 1 << 16  # rows


class Cluster:
    """A scheduler on this machine, and the workers that were added to it; each is a process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._started = [self._start("scheduler", "--port", "0")]
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        """Where the scheduler listens, as soon as it does."""
        return str(_eventually(lambda: json.loads(self._file.read_text())["address"]))

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--scheduler-file", str(self._file), *options]
        quiet = subprocess.DEVNULL
        return subprocess.Popen([*command, "--no-dashboard", "--host", "127.0.0.1"], stdout=quiet, stderr=quiet)  # noqa: S603

    def add(self, number: int) -> None:
        """Start workers until so many are there."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < number:
            options = ("--nthreads", "1", "--no-nanny", "--memory-limit", MEMORY, "--local-directory", str(self._folder))
            self.workers.append(self._start("worker", *options))
        with distributed.Client(self.address) as client:
            client.wait_for_workers(number, timeout=WAITING)

    def end(self) -> None:
        """Kill all of them."""
        for process in [*self.workers, *self._started]:
            process.kill()
            process.wait()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster, for a time."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = Cluster(Path(folder))
        try:
            yield made
        finally:
            made.end()


class Deadly(Dask):
    """The workers of a cluster, one of which is killed as soon as some events are sifted."""

    def __init__(self, made: Cluster) -> None:
        super().__init__(made.address)
        self.victim = made.workers[0]

    def sift(self, *arguments: Any) -> Iterator[Sifted | Rest]:
        """The events; the second batch of them costs a worker its life."""
        for number, some in enumerate(super().sift(*arguments)):
            if number == 1:
                os.kill(self.victim.pid, signal.SIGKILL)
            yield some


def compared(dataset: Path) -> dict[str, Any]:
    """Seconds of a build here, by two workers, and by two of which one dies; and whether all publish the same rows."""
    seconds, equal = [], True
    with cluster() as made, TemporaryDirectory(dir=dataset) as folder:
        published, by_one = dataset / "data/processed", Path(folder) / "by_one"
        for engine in (lambda: None, lambda: Dask(made.address), lambda: Deadly(made)):
            made.add(2)
            shutil.rmtree(published, ignore_errors=True)
            start = time.perf_counter()
            build(dataset, engine=engine())
            seconds.append(round(time.perf_counter() - start, 2))
            if by_one.exists():
                equal &= same(by_one, published)
            else:
                published.rename(by_one)
        is_dead = made.workers[0].wait(WAITING) == -signal.SIGKILL
    return {"seconds": seconds, "equal": equal, "killed": is_dead}


def same(one: Path, other: Path) -> bool:
    """Whether two releases have the same files: text to the byte, Parquet row by row, for its pages end where batches do."""
    names = {path.name for path in one.iterdir()}
    texts = [name for name in names if name.endswith((".csv", ".md"))]
    tables = [name for name in names if name.endswith(".parquet")]
    return (
        names == {path.name for path in other.iterdir()}
        and all(sha256(one / name) == sha256(other / name) for name in texts)
        and all(map(_same_rows, (one / name for name in tables), (other / name for name in tables)))
    )


def _same_rows(one: Path, other: Path) -> bool:
    """Whether two Parquet files have the same rows in the same order."""
    files = [pq.ParquetFile(path) for path in (one, other)]
    if files[0].metadata.num_rows != files[1].metadata.num_rows or not files[0].schema_arrow.equals(files[1].schema_arrow):
        return False
    batches = [file.iter_batches(AT_ONCE) for file in files]
    return all(here.equals(there) for here, there in zip(*batches, strict=True))


def _eventually(find: Callable[[], Any]) -> Any:
    """What a function finds, as soon as it finds it."""
    end = time.monotonic() + WAITING
    while True:
        try:
            return find()
        except (OSError, ValueError):
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE)


if __name__ == "__main__":
    told = compared(Path(sys.argv[1]))
    print(json.dumps(told))
    sys.exit(not (told["equal"] and told["killed"]))
