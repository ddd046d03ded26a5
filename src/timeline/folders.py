"""A folder that is written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from timeline.problems import InvalidData, Problem


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A folder to write to, which stands at `out` once all is written; InvalidData if something is there already."""
    out = out.absolute()
    if not out.name or out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise InvalidData([Problem(str(out), 0, "", "", "file", "is there already; give a new or an empty folder")])
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
        staged = Path(folder) / "whole"
        staged.mkdir()
        yield staged
        if out.exists():
            out.rmdir()
        staged.rename(out)
