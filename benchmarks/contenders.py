"""Who is measured: our build, with its checks and without, two floors and the peers: each a command, timed to its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).parent
REPOSITORY = BENCHMARKS.parent
PEERS_PYTHON = REPOSITORY / ".venv/bench/bin/python"


@dataclass(frozen=True)
class Contender:
    """One that is measured; a slow one is given a part of the rows, and its time counts so much more.

    One that `publishes` writes what our build does, and is given ready what it does not derive.
    """

    name: str
    label: str
    script: str = ""
    package: str = ""
    part: int = 1
    publishes: bool = False


@dataclass(frozen=True)
class Run:
    """What one run took."""

    seconds: float
    peak_mb: float


BUILD = Contender("build", "timeline build")
FLOOR = Contender("floor", "floor: published tables, no checks", "floor.py", publishes=True)
RAW_FLOOR = Contender("raw_floor", "floor: columns as read, no checks", "floor.py")
UNCHECKED = Contender("unchecked", "timeline build without any check or rule", "unchecked.py")
CONTENDERS = (
    BUILD,
    FLOOR,
    RAW_FLOOR,
    UNCHECKED,
    Contender("duckdb", "DuckDB SQL", "peers/duckdb_sql.py", "duckdb", publishes=True),
    Contender("duckdb_17_columns", "DuckDB SQL, the columns as read", "peers/duckdb_sql.py", "duckdb"),
    Contender("polars_pandera", "pandera on Polars", "peers/polars_pandera.py", "polars", publishes=True),
    Contender("polars_pandera_17_columns", "pandera on Polars, the columns as read", "peers/polars_pandera.py", "polars"),
    Contender("pointblank", "Pointblank on Polars (checks alone)", "peers/pointblank_.py", "pointblank"),
    Contender("naive_pandera", "pandas and pandera", "peers/naive_pandera.py", "pandera", publishes=True),
    Contender("naive_pandera_17_columns", "pandas and pandera, the columns as read", "peers/naive_pandera.py", "pandera"),
    Contender("great_expectations", "Great Expectations (checks alone)", "peers/great_expectations_.py", "great_expectations"),
    Contender("frictionless", "frictionless (checks alone)", "peers/frictionless_.py", "frictionless", part=10),
)


def interleaved(contenders: list[Contender], datasets: dict[int, Path], published: Path, rounds: int) -> dict[str, list[Run]]:
    """Every contender once in each round, each round begun by another one; the runs of each by name."""
    runs: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        first = number % len(contenders)
        for contender in contenders[first:] + contenders[:first]:
            run = measured(contender, datasets[contender.part], published)
            print(f"  round {number + 1}: {contender.name:20} {run.seconds:8.2f} s {run.peak_mb:6.0f} MB", flush=True)
            runs[contender.name].append(run)
    return runs


def measured(contender: Contender, dataset: Path, published: Path) -> Run:
    """One run; what it writes is deleted."""
    if contender == BUILD:
        shutil.rmtree(dataset / "data/processed", ignore_errors=True)
        return process(sys.executable, "-m", "timeline", "build", "--root", str(dataset))
    python = PEERS_PYTHON if contender.package else Path(sys.executable)
    more = [str(published)] if contender.publishes else []
    with tempfile.TemporaryDirectory(dir=dataset) as out:
        return process(str(python), str(BENCHMARKS / contender.script), str(dataset), out, *more)


def process(*command: str) -> Run:
    """The time of a command from its start to its end, and the most memory that it held.

    Linux counts what the starting process held as the command's own, so nothing large may be imported before.
    """
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    os.sync()  # what another has written is not written out in its time
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        started = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)  # noqa: S603
        _, status, usage = os.wait4(started.pid, 0)
        seconds = time.perf_counter() - start
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}\n{said.read()[-4000:].decode('utf-8', 'replace')}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit / 1e6)
