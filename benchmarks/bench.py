"""Import, load and build, each against its floor and its peers in the same run: medians of ratios, since machines are noisy.

Run it with `make bench` or `make bench-large`. Ratios beyond their bars end it with status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import report
from contenders import (
    BENCHMARKS,
    BUILD,
    CONTENDERS,
    FLOOR,
    PEERS_PYTHON,
    RAW_FLOOR,
    REPOSITORY,
    UNCHECKED,
    Contender,
    Run,
    interleaved,
    measured,
    process,
)

RESULTS = BENCHMARKS / "results.json"
ROWS, ROUNDS, LARGE_ROUNDS = 1_000_000, 5, 3
PROCESS_RUNS, CALL_RUNS = 15, 200
CALLS = "calls"
# what does not depend on how many rows the contenders have
OF_ANY_SIZE = (
    "time_10m_vs_1m",
    "rss_10m_vs_1m",
    "peak_rss_10m_mb",
    "large",
    "import_vs_bare",
    "load_vs_pandas",
    "build_vs_imports",
)


def main() -> int:
    """Measure what is asked for, write the results, print them; status 1 if one is beyond its bar."""
    asked = _arguments()
    file: Path = asked.results
    results: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        measure = large(Path(folder), asked) if asked.large else compared(Path(folder), asked)
    merged = merge(results, measure)
    file.write_text(json.dumps(merged, indent=2) + "\n", encoding="utf-8")
    file.with_suffix(".md").write_text(report.markdown(merged), encoding="utf-8")
    if PEERS_PYTHON.exists() and "contenders" in merged:
        plot = [str(BENCHMARKS / "plot.py"), str(file), str(file.with_suffix(".svg"))]
        subprocess.run([str(PEERS_PYTHON), *plot], check=True)  # noqa: S603
    broken = [name for name in measure if name in report.BARS and not report.BARS[name].holds(measure[name])]
    if "large" in measure and not (measure["large"]["workers"]["equal"] and measure["large"]["workers"]["killed"]):
        broken.append("workers")
    for name in measure:
        if name in report.BARS:
            print(f"{name:30} {measure[name]:8.2f}  ({report.BARS[name]}){'  BEYOND' if name in broken else ''}")
    return int(bool(broken))


def merge(results: dict[str, Any], measure: dict[str, Any]) -> dict[str, Any]:
    """Earlier results with what was measured now; of contenders, those of the same size stay."""
    if "rows" not in measure:
        return {**results, **measure}
    if results.get("rows") != measure["rows"]:
        return {**{name: value for name, value in results.items() if name in OF_ANY_SIZE}, **measure}
    return {**results, **measure, **{key: {**results[key], **measure[key]} for key in ("contenders", "versions")}}


def compared(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """The ratios at one size, with what they come from."""
    chosen = [one for one in CONTENDERS if one == BUILD or asked.only is None or one.name in asked.only]
    runs: dict[str, list[Run]] = {}
    if asked.only is None or set(asked.only) - {CALLS}:
        datasets = {part: _made(asked.rows // part, folder / str(part)) for part in {one.part for one in chosen}}
        published = folder / "published"
        published.mkdir()
        if any(one.publishes for one in chosen):
            measured(BUILD, datasets[1], published)
            process(sys.executable, str(BENCHMARKS / "published.py"), str(datasets[1] / "data/processed"), str(published))
        runs = interleaved(chosen, datasets, published, asked.rounds)
    found: dict[str, Any] = _ratios(chosen, runs)
    if runs:
        found |= _account(chosen, runs, asked)
    if asked.only is None or CALLS in asked.only:
        found |= calls()
    return found


def large(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """How the build's time and memory grow with ten times the rows: medians of pairs."""
    small, ten_fold = _made(asked.rows, folder / "small"), _made(10 * asked.rows, folder / "large")
    pairs = []
    for number in range(asked.rounds):
        pair = [measured(BUILD, dataset, folder) for dataset in (small, ten_fold)]
        print(f"  pair {number + 1}: " + ", ".join(f"{run.seconds:.2f} s {run.peak_mb:.0f} MB" for run in pair), flush=True)
        pairs.append(pair)
    import workers  # not before memory was measured, of which it needs much

    by_workers = workers.compared(ten_fold)
    print(f"  two workers, one killed: {by_workers}", flush=True)
    stored = [ten_fold / "data/raw", ten_fold / "data/processed"]
    return {
        "time_10m_vs_1m": round(statistics.median(big.seconds / one.seconds for one, big in pairs), 3),
        "rss_10m_vs_1m": round(statistics.median(big.peak_mb / one.peak_mb for one, big in pairs), 3),
        "peak_rss_10m_mb": round(max(big.peak_mb for _, big in pairs)),
        "large": {
            "rows": 10 * asked.rows,
            "pairs": asked.rounds,
            "seconds": [[round(run.seconds, 2) for run in pair] for pair in pairs],
            "peak_mb": [[round(run.peak_mb) for run in pair] for pair in pairs],
            "gb": [round(sum(path.stat().st_size for path in folder.iterdir()) / 1e9, 2) for folder in stored],
            "workers": by_workers,
        },
    }


def calls() -> dict[str, float]:
    """Import against a bare interpreter, load against pandas, the build of the dataset itself against its imports."""
    import pandas as pd

    import timeline

    file = timeline.path("events")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data/raw", "seeds"):
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).symlink_to(REPOSITORY / name)
        build = _process("-m", "timeline", "build", "--root", folder)
        imports = _process("-c", "import pandas, pyarrow, pandera.pandas")
        return {
            "import_vs_bare": paired(_process("-c", "import timeline"), _process("-c", "pass"), 4 * PROCESS_RUNS),
            "load_vs_pandas": paired(lambda: timeline.load("events"), lambda: pd.read_parquet(file), CALL_RUNS),
            "build_vs_imports": paired(build, imports, PROCESS_RUNS),
        }


def paired(one: Callable[[], object], other: Callable[[], object], runs: int) -> float:
    """The median of the ratios of two calls made in turn, the first pair not counted."""
    ratios = []
    for _ in range(runs + 1):
        first, second = _seconds(one), _seconds(other)
        ratios.append(first / second)
    return round(statistics.median(ratios[1:]), 3)


def _ratios(chosen: list[Contender], runs: dict[str, list[Run]]) -> dict[str, float]:
    """Medians of the ratios of each round: our build over the floors, the peers over our build."""

    def ratio(one: Contender, other: Contender) -> float:
        pairs = zip(runs[one.name], runs[other.name], strict=True)
        return round(statistics.median(one.part * a.seconds / (other.part * b.seconds) for a, b in pairs), 3)

    floors = {f"build_vs_{one.name}": ratio(BUILD, one) for one in (FLOOR, RAW_FLOOR, UNCHECKED) if one.name in runs}
    return floors | {f"{one.name}_vs_build": ratio(one, BUILD) for one in chosen if one.package and runs}


def _account(chosen: list[Contender], runs: dict[str, list[Run]], asked: argparse.Namespace) -> dict[str, Any]:
    """What the ratios come from."""
    return {
        "rows": asked.rows,
        "rounds": asked.rounds,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "versions": _versions([one.package for one in chosen if one.package]),
        "contenders": {
            one.name: {
                "label": one.label,
                "rows": asked.rows // one.part,
                "seconds": round(one.part * statistics.median(run.seconds for run in runs[one.name]), 2),
                "peak_mb": round(max(run.peak_mb for run in runs[one.name])),
            }
            for one in chosen
        },
    }


def _versions(packages: list[str]) -> dict[str, str]:
    """What is installed of the peers."""
    code = "import sys, json, importlib.metadata as m; print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))"
    names = sorted({"pandas", "pyarrow", *packages})
    told = subprocess.run([str(PEERS_PYTHON), "-c", code, *names], check=True, capture_output=True)  # noqa: S603
    versions: dict[str, str] = json.loads(told.stdout)
    return versions


def _made(rows: int, folder: Path) -> Path:
    print(f"{rows:,} events", flush=True)
    process(sys.executable, str(BENCHMARKS / "generate.py"), str(rows), str(folder))
    return folder


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _process(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)  # noqa: S603


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = [one.name for one in CONTENDERS]
    parser.add_argument("--rows", type=int, default=ROWS, help=f"how many events ({ROWS:,})")
    parser.add_argument("--rounds", type=int, help=f"how many rounds ({ROUNDS}; with --large {LARGE_ROUNDS})")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), help=f"some of {', '.join([*names, CALLS])}; the build always"
    )
    parser.add_argument("--large", action="store_true", help="our build alone, at that many events and ten times as many")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where the results are written, and those before are read"
    )
    parser.add_argument("--folder", type=Path, help="where the made-up datasets are written for the time")
    asked = parser.parse_args()
    if asked.only and (unknown := set(asked.only) - {*names, CALLS}):
        parser.error(f"--only: no such contender: {', '.join(sorted(unknown))}")
    asked.rounds = asked.rounds or (LARGE_ROUNDS if asked.large else ROUNDS)
    return asked


if __name__ == "__main__":
    sys.exit(main())
