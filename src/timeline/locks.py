"""One writer of a dataset at a time: a lock on its folder, which the system drops with whoever holds it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # no POSIX: there, nobody is kept out
    fcntl = None  # type: ignore[assignment]


@contextmanager
def locked(folder: Path, on_wait: Callable[[], None] = lambda: None, *, shared: bool = False) -> Iterator[None]:
    """Hold a folder alone, or with others who only read; `on_wait` is called once if somebody else has it.

    The lock is the kernel's (flock) and on the folder itself, so that nothing is left behind, however its holder ends.
    """
    if fcntl is None:
        yield
        return
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)
