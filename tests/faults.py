"""Kill real builds and look what is left: `python tests/faults.py --kills 1000 --calls` (`make faults`).

Each build changes a cell, so that it has something to publish, and runs in a process of its own. It is killed (SIGKILL) at
a random moment, before each change that it makes to the disk, and (`--calls`, with strace) at each system call that writes;
in another round each of these calls fails as on a full disk. All the while readers read what is published. After each build:

- torn: what stands in data/processed is neither the release before nor the one after, or its SHA256SUMS do not hold;
- lost: nothing stands there;
- stale: the lock of the dataset cannot be had.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import hashlib
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from conftest import REPOSITORY, make_part
from timeline.cli import main

WRITING = ("write", "pwrite64", "writev", "fsync", "mkdir", "rename", "renameat2", "unlink", "unlinkat", "rmdir", "ftruncate")
CHANGING = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "ctypes.call_function"}
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Trial:
    """A dataset that is built over and over, and what was found after each build."""

    def __init__(self, part: Path, folder: Path) -> None:
        self.root = shutil.copytree(part, folder / "dataset")
        self.processed = self.root / "data" / "processed"
        self.places = self.root / "data" / "raw" / "places.csv"
        self.releases = [self._release(text) for text in ("Haifa,city", "Haifa City,city")]
        self.counts: Counter[str] = Counter()

    def _release(self, text: str) -> tuple[bytes, str]:
        raw = self.places.read_bytes().replace(b"Haifa City,city", b"Haifa,city").replace(b"Haifa,city", text.encode())
        self.places.write_bytes(raw)
        assert quiet_build(self.root) == 0
        return raw, published(self.processed)

    def change(self) -> None:
        """Make the next build publish the other release."""
        now = published(self.processed)
        self.places.write_bytes(next(raw for raw, release in self.releases if release != now))

    def look(self) -> None:
        """Count what a build left."""
        self.counts["builds"] += 1
        try:
            found = published(self.processed)
        except FileNotFoundError:
            self.counts["lost"] += 1
            return
        self.counts["torn"] += found not in {release for _, release in self.releases}
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.counts["stale"] += 1
        finally:
            os.close(descriptor)

    def left(self) -> list[str]:
        """What stands beside the release after one whole build."""
        self.change()
        assert quiet_build(self.root) == 0
        self.look()
        return sorted(path.name for path in (self.root / "data").iterdir() if path.name not in {"processed", "raw"})


def published(folder: Path) -> str:
    """Which release stands in a folder: the hash of its checksums, if they hold, else what is wrong.

    The folder is opened once, so that all files are of one release; if that is cleared away meanwhile, it is read anew.
    """
    while True:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            sums = read(descriptor, "SHA256SUMS")
            lines = dict(line.split("  ")[::-1] for line in sums.decode().splitlines())
            wrong = [name for name, sha in lines.items() if hashlib.sha256(read(descriptor, name)).hexdigest() != sha]
            wrong += sorted(set(os.listdir(descriptor)) - set(lines) - {"SHA256SUMS"})
            if not os.listdir(descriptor):
                continue
            return f"torn: {', '.join(wrong)}" if wrong else hashlib.sha256(sums).hexdigest()
        except FileNotFoundError:
            if os.fstat(descriptor).st_ino == folder.stat().st_ino:
                raise
        finally:
            os.close(descriptor)


def read(folder: int, name: str) -> bytes:
    descriptor = os.open(name, os.O_RDONLY, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read()


def quiet_build(root: Path) -> int:
    """Build in a process of its own; its status, negative where a signal ended it."""
    return wait(fork_build(root))


def fork_build(root: Path, hook: object = None) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 99
    try:
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        if hook is not None:
            sys.addaudithook(hook)  # type: ignore[arg-type]
        status = main(["build", "--root", str(root)])
    finally:
        os._exit(status)


def wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def at_random(trial: Trial, kills: int, seed: int = 0) -> None:
    """Kill builds at random moments until `kills` have hit one that was running."""
    trial.change()
    start = time.monotonic()
    quiet_build(trial.root)
    longest = (time.monotonic() - start) * 1.05
    moments = random.Random(seed)
    while trial.counts["kills"] < kills:
        trial.change()
        pid = fork_build(trial.root)
        handle = os.pidfd_open(pid)
        select.select([handle], [], [], moments.uniform(0, longest))
        os.close(handle)
        os.kill(pid, signal.SIGKILL)
        trial.counts["kills"] += wait(pid) == -signal.SIGKILL
        trial.look()


def at_each_change(trial: Trial, *, full: bool, step: int = 1) -> None:
    """Kill builds before each change (or each so-manieth) that they make to the disk, or have it fail as on a full disk."""
    for last in range(1, 10_000, step):
        count = 0

        def hook(event: str, arguments: tuple[object, ...], last: int = last) -> None:
            nonlocal count
            writes = (
                event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            )
            if event not in CHANGING and not writes:
                return
            count += 1
            if count == last and full:
                raise FULL
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)

        trial.change()
        status = wait(fork_build(trial.root, hook))
        trial.look()
        if status == 0 and published(trial.processed) == expected(trial):
            # a build that found nothing more to change, or only something to clear away
            return
        trial.counts["failures" if full else "kills"] += 1
        trial.counts["wrong status"] += status != (1 if full else -signal.SIGKILL)


def expected(trial: Trial) -> str:
    """The release that a build of the present files gives."""
    return next(release for raw, release in trial.releases if raw == trial.places.read_bytes())


def at_each_call(trial: Trial, *, full: bool) -> None:
    """The same at each system call that writes below the dataset; strace does it, and counts each kind of call by itself."""
    script = f"import sys; sys.path[:0] = {sys.path!r}; from timeline.cli import main; sys.exit(main(sys.argv[1:]))"
    build = [sys.executable, "-c", script, "build", "--root", str(trial.root)]
    data, names = trial.root / "data", sorted(os.listdir(trial.processed))
    paths = [
        data,
        *(data / path for path in (".processed.new", "processed")),
        *(data / ".processed.new" / name for name in names),
    ]
    watched = [part for path in paths for part in ("-P", str(path))]
    action = "error=ENOSPC" if full else "signal=SIGKILL"
    for call in WRITING:
        for last in range(1, 10_000):
            inject = ["-e", f"trace={call}", "-e", f"inject={call}:{action}:when={last}"]
            trial.change()
            done = subprocess.run(
                ["strace", "-f", "-qq", "-o", os.devnull, *watched, *inject, *build], capture_output=True, check=False
            )
            trial.look()
            if done.returncode == 0:
                # so many calls of this kind there are not, or it only cleared away what was there
                break
            trial.counts["failures" if full else "kills"] += 1
            trial.counts["wrong status"] += done.returncode != (1 if full else -signal.SIGKILL)


class Readers:
    """Processes that read what is published, all the while; each ends at the first release that is none."""

    def __init__(self, trial: Trial, number: int = 1) -> None:
        self.trial, self.number = trial, number

    def __enter__(self) -> Readers:
        self.pipe = os.pipe()
        self.pids = [self._start() for _ in range(self.number)]
        os.close(self.pipe[1])
        return self

    def _start(self) -> int:
        pid = os.fork()
        if pid:
            return pid
        stopped = False

        def stop(*_: object) -> None:
            nonlocal stopped
            stopped = True

        signal.signal(signal.SIGTERM, stop)
        known, counts = {release for _, release in self.trial.releases}, Counter[str]()
        while not stopped:
            try:
                counts["reads"] += 1
                counts["torn"] += published(self.trial.processed) not in known
            except FileNotFoundError:
                counts["lost"] += 1
        os.write(self.pipe[1], f"{counts['reads']} {counts['torn']} {counts['lost']}\n".encode())
        os._exit(0)

    def __exit__(self, *_: object) -> None:
        for pid in self.pids:
            os.kill(pid, signal.SIGTERM)
        with os.fdopen(self.pipe[0]) as stream:
            for line in stream:
                for name, number in zip(("reads", "reads torn", "reads lost"), map(int, line.split()), strict=True):
                    self.trial.counts[name] += number
        for pid in self.pids:
            wait(pid)


def run(kills: int, *, changes: bool, calls: bool, seed: int = 0) -> Counter[str]:
    """All rounds; what was found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trial = Trial(make_part(folder / "part"), folder)
        with Readers(trial):
            at_random(trial, kills, seed)
            for full in (False, True) if changes else ():
                at_each_change(trial, full=full)
            for full in (False, True) if calls else ():
                at_each_call(trial, full=full)
        trial.counts["left behind"] = len(trial.left())
    return trial.counts


def report(counts: Counter[str]) -> str:
    names = (
        "builds",
        "kills",
        "failures",
        "torn",
        "lost",
        "stale",
        "wrong status",
        "left behind",
        "reads",
        "reads torn",
        "reads lost",
    )
    return ", ".join(f"{counts[name]} {name}" for name in names)


BAD = ("torn", "lost", "stale", "wrong status", "left behind", "reads torn", "reads lost")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000, help="at random moments (default: 1000)")
    parser.add_argument("--changes", action="store_true", help="also before each change to the disk")
    parser.add_argument("--calls", action="store_true", help="also at each system call that writes; needs strace")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    assert REPOSITORY.is_dir()
    found = run(options.kills, changes=options.changes, calls=options.calls, seed=options.seed)
    print(report(found))
    sys.exit(any(found[name] for name in BAD))
