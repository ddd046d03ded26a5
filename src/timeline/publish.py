"""Publication: tables as CSV and Parquet with their descriptors, put in the place of the last ones in one step."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from timeline.batches import printed
from timeline.columns import LIST_DELIMITER, Column, Table, codebook
from timeline.describe import DESCRIPTOR, codebook_markdown, datapackage, dumps
from timeline.raw import to_csv
from timeline.schema import arrow_schema

PROCESSED = "data/processed"
STAGED, ASIDE = ".processed.new", ".processed.old"
CHECKSUMS = "SHA256SUMS"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write(folder: Path, rows: Iterable[tuple[str, pa.RecordBatch]], about: Mapping[str, Any]) -> None:
    """Write a release into an empty folder: every table twice, and what describes and proves them.

    `rows` are those of the published tables, some at a time with the table's name.
    """
    with ExitStack() as stack, _Worker() as one, _Worker() as other:
        files: dict[str, tuple[_Csv, _Parquet]] = {
            name: (stack.enter_context(_Csv(folder, table)), stack.enter_context(_Parquet(folder, table)))
            for name, table in codebook().tables.items()
        }
        for name, batch in rows:
            text, binary = files[name]
            one.put(text.write, batch)
            other.put(binary.write, batch)
    _save(folder / "codebook.md", codebook_markdown(about).encode("utf-8"))
    _save(folder / DESCRIPTOR, dumps(datapackage(folder, about)).encode("utf-8"))
    sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    _save(folder / CHECKSUMS, "".join(sums).encode("utf-8"))
    _sync(folder)


class _Worker:
    """A thread that does one thing after the other; at most one waits, so that memory stays flat."""

    def __init__(self) -> None:
        self._queue: Queue[tuple[Callable[[Any], None], Any] | None] = Queue(maxsize=1)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def put(self, do: Callable[[Any], None], what: Any) -> None:
        """Have something done; what went wrong before is raised here."""
        if self._error is not None:
            raise self._error
        self._queue.put((do, what))

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            if self._error is None:
                try:
                    task[0](task[1])
                except BaseException as error:  # noqa: BLE001 - it is raised where the thread was started
                    self._error = error

    def __enter__(self) -> _Worker:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._queue.put(None)
        self._thread.join()
        if kind is None and self._error is not None:
            raise self._error


class _File:
    """A file that is written a piece at a time, so that it outlasts a crash of the machine; errors name it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("xb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                with self.named():
                    self.end()
                    self._stream.flush()
                    os.fsync(self._stream.fileno())
        finally:
            with suppress(OSError, ValueError):
                self.end()
            with suppress(OSError):
                self._stream.close()

    def end(self) -> None:
        """Write what stands at the end of the file."""

    @contextmanager
    def named(self) -> Iterator[None]:
        """Have errors of the system name the file, as those of opening it do."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._path)) from None


class _Csv(_File):
    """A table as CSV."""

    def __init__(self, folder: Path, table: Table) -> None:
        super().__init__(folder / f"{table.name}.csv")
        self._table = table
        with self.named():
            self._stream.write(to_csv([[column.name for column in table.columns]]).encode("utf-8"))

    def write(self, batch: pa.RecordBatch) -> None:
        """Write some rows."""
        text = printed([as_text(column, batch.column(column.name)) for column in self._table.columns])
        with self.named():
            self._stream.write(text)


class _Parquet(_File):
    """A table as Parquet; each page carries a checksum."""

    def __init__(self, folder: Path, table: Table) -> None:
        super().__init__(folder / f"{table.name}.parquet")
        options = {"compression": "snappy", "write_page_checksum": True}
        self._writer = pq.ParquetWriter(self._stream, arrow_schema(table), **options)

    def write(self, batch: pa.RecordBatch) -> None:
        """Write some rows."""
        with self.named():
            self._writer.write_batch(batch)

    def end(self) -> None:
        self._writer.close()


def as_text(column: Column, values: pa.Array) -> pa.Array:
    """Values as their cells, null where empty."""
    if column.type == "list":
        return pc.binary_join(values, LIST_DELIMITER)
    if column.type != "number":
        return values.cast(pa.string())
    encoded = values.dictionary_encode()
    return pa.array(list(map(column.print, encoded.dictionary.to_pylist())), pa.string()).take(encoded.indices)


def publish(root: Path, rows: Iterable[tuple[str, pa.RecordBatch]], about: Mapping[str, Any]) -> bool:
    """Put a release in the place of the last one, whole or not at all; whether anything changed.

    The caller holds the dataset's lock. What a build left behind that was killed is cleared first.
    """
    target = root / PROCESSED
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise NotADirectoryError(errno.ENOTDIR, "is no plain folder; move it away", str(target))
    staged, aside = target.with_name(STAGED), target.with_name(ASIDE)
    if aside.is_dir() and not aside.is_symlink() and not target.exists():
        aside.rename(target)
    for left in (staged, aside):
        _remove(left)
    staged.mkdir(parents=True)
    try:
        write(staged, rows, about)
        if _contents(staged) == _contents(target):
            return False
        replace(staged, target)
        _sync(target.parent)
        return True
    finally:
        # what cannot be cleared now, the next build meets
        shutil.rmtree(staged, ignore_errors=True)


def replace(staged: Path, target: Path) -> None:
    """Exchange two folders, in one step where the system can; afterwards `staged` holds what `target` held."""
    if not target.exists():
        staged.rename(target)
        return
    if _exchange(staged, target):
        return
    aside = target.with_name(ASIDE)
    target.rename(aside)
    try:
        staged.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    aside.rename(staged)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _save(path: Path, data: bytes) -> None:
    """Write a file so that it outlasts a crash of the machine; an error names the file, as those of opening it do."""
    with path.open("wb") as stream:
        try:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None


def _sync(folder: Path) -> None:
    """Have the entries of a folder outlast a crash of the machine, where folders can be opened."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    """Delete what a build made, whatever stands there now."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _contents(folder: Path) -> dict[str, str]:
    """What a folder holds, by hash; a folder within it is something else than any file."""
    there = folder.iterdir() if folder.is_dir() else ()
    return {path.name: sha256(path) if path.is_file() else "" for path in there}


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one step, with Linux's renameat2; False where it is not to be had."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM):
        return False
    raise OSError(number, os.strerror(number), str(other))
