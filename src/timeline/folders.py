"""A folder that is written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from timeline.problems import InvalidData, Problem
from timeline.publish import replace


@contextmanager
def whole(out: Path, replaces: Callable[[Path], bool] = lambda _: False) -> Iterator[Path]:
    """A folder to write to, which stands at `out` once all is written; InvalidData if something is there already.

    A folder that `replaces` says yes to goes then.
    """
    out = out.absolute()
    if not out.name or out.is_symlink() or (out.exists() and not _may_go(out, replaces)):
        raise InvalidData([Problem(str(out), 0, "", "", "file", "is there already; give a new or an empty folder")])
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
        staged = Path(folder) / "whole"
        staged.mkdir()
        yield staged
        if out.exists() and out.samefile(Path.cwd()) and not any(out.iterdir()):
            # a shell that stands there would stand nowhere
            for path in staged.iterdir():
                path.rename(out / path.name)
            return
        replace(staged, out)


def _may_go(out: Path, replaces: Callable[[Path], bool]) -> bool:
    return out.is_dir() and (not any(out.iterdir()) or replaces(out))
