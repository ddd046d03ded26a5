"""Import, load and build, each against its floor in the same run: medians of paired runs, since machines are noisy.

Run it with `make bench`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PROCESS_RUNS, CALL_RUNS = 15, 200
# name → (what is measured, its floor, the ratio that it may have)
LIMITS = {
    "import_vs_bare": ("import timeline", "python -c pass", 1.3),
    "load_vs_pandas": ('timeline.load("events")', "pandas.read_parquet", 1.15),
    # of some 17,000 transcribed rows; with the founding article alone it was 1.7
    "build_vs_imports": ("timeline build", "import pandas, pyarrow, pandera.pandas", 6),
}


def paired(one: Callable[[], object], other: Callable[[], object], runs: int) -> float:
    """The median of the ratios of two calls made in turn, the first pair not counted."""
    ratios = []
    for _ in range(runs + 1):
        first, second = _seconds(one), _seconds(other)
        ratios.append(first / second)
    return statistics.median(ratios[1:])


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _process(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)  # noqa: S603


def measure() -> dict[str, float]:
    """The three ratios."""
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


def main() -> int:
    """Print the ratios beside their limits; status 1 if one is beyond."""
    results = measure()
    for name, (what, floor, limit) in LIMITS.items():
        print(f"{name:17} {results[name]:5.2f}  (at most {limit})  {what}, against {floor}")
    return int(any(results[name] > limit for name, (_, _, limit) in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
