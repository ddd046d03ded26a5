"""What our build costs without a single check or rule: the same events, read, derived and written.

python benchmarks/unchecked.py DATASET OUT
"""

from __future__ import annotations

import sys
from pathlib import Path
from unittest import mock

from timeline.building import build
from timeline.plain import Plain
from timeline.schema import Checker


def run(dataset: Path, out: Path) -> None:
    """Build a dataset below another folder, with nothing held against anything."""
    (out / "data").mkdir()
    for name in ("data/raw", "seeds"):
        (out / name).symlink_to((dataset / name).absolute())
    with mock.patch.object(Checker, "check", _nothing), mock.patch.object(Plain, "_judge", _nothing):
        build(out)


def _nothing(*_: object) -> list[object]:
    """What is found where nobody looks."""
    return []


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
