"""Publication: tables as CSV and Parquet with their descriptors, put in the place of the last ones in one step."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any, Self, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from timeline.columns import LIST_DELIMITER, Column, Table, codebook
from timeline.describe import CODEBOOK, DESCRIPTOR, codebook_markdown, datapackage, dumps
from timeline.fingerprints import sha256
from timeline.parts import BY, BY_YEAR, can_be_parted, part_of
from timeline.raw import to_csv
from timeline.schema import arrow_schema

PROCESSED = "data/processed"
STAGED, ASIDE = ".processed.new", ".processed.old"
CHECKSUMS = "SHA256SUMS"
NOTES = "NOTES.md"  # of a release: beside its tables stands all that is made of them
MOST_WAITING = 1 << 25  # bytes of a file that are not on the disk while more of it is made
GROUP = 1 << 14  # rows of a part that are written together
# the rows that Arrow makes are handed over together, for each time it must wait for the interpreter
_ROWS_ONLY = csv.WriteOptions(include_header=False, batch_size=1 << 12)
T = TypeVar("T", pa.RecordBatch, pa.Table)
Part = tuple[str, pa.RecordBatch]
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write(folder: Path, rows: Iterable[Iterable[Part]], about: Mapping[str, Any]) -> dict[str, str]:
    """Write a release into an empty folder: every table twice, and what describes and proves them; its files by SHA-256.

    `rows` are those of the published tables, some at a time with the table's name, in groups that a thread goes through.
    """
    with ExitStack() as stack, _Worker() as other, _Worker() as one:
        files: dict[str, tuple[_Csv, _Parquet | _Parts]] = {}
        for name, table in codebook().tables.items():
            is_parted = about.get(BY_YEAR) and can_be_parted(table)
            binary: _Parquet | _Parts = _Parts(folder, table) if is_parted else _Parquet(folder / f"{name}.parquet", table)
            stack.enter_context(binary)
            files[name] = (stack.enter_context(_Csv(folder, table)), binary)

        def put(parts: Iterable[Part]) -> None:
            for name, some in parts:
                text, binary = files[name]
                batch = decoded(some, binary.schema)
                other.put(binary.put, batch)
                text.put(batch)

        for parts in rows:
            one.put(put, parts)
    sums = {name: digest for both in files.values() for file in both for name, digest in file.sums().items()}
    sums |= _save(folder / CODEBOOK, codebook_markdown(about).encode("utf-8"))
    sums |= _save(folder / DESCRIPTOR, dumps(datapackage(folder, about, sums)).encode("utf-8"))
    lines = [f"{digest}  {name}\n" for name, digest in sorted(sums.items())]
    sums |= _save(folder / CHECKSUMS, "".join(lines).encode("utf-8"))
    _sync(folder)
    return sums


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
    """A file that is written a piece at a time, and hashed, so that it outlasts a crash of the machine; errors name it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream = path.open("xb")
        self._digest = hashlib.sha256()
        self._waiting = 0  # bytes that may not be on the disk yet
        self._writer: Any = None  # Arrow's, which writes to this
        self.closed = False

    def write(self, data: bytes | memoryview) -> int:
        """Add some bytes."""
        self._digest.update(data)
        written = self._stream.write(data)
        self._waiting += written
        if self._waiting > MOST_WAITING:
            self._sync()
        return written

    def _sync(self) -> None:
        """Have what was written outlast a crash of the machine."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._waiting = 0

    def sums(self) -> dict[str, str]:
        """The SHA-256 of what was written, in hexadecimal, by the file's name."""
        return {self.path.name: self._digest.hexdigest()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                with self.named():
                    self.end()
                    self._sync()
        finally:
            with suppress(OSError, ValueError):
                self.end()
            with suppress(OSError):
                self._stream.close()

    def end(self) -> None:
        """Write what stands at the end of the file."""
        # Arrow holds what it writes to, and would for ever if that held it
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    @contextmanager
    def named(self) -> Iterator[None]:
        """Have errors of the system name the file, as those of opening it do."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from None


class _Csv(_File):
    """A table as CSV."""

    def __init__(self, folder: Path, table: Table) -> None:
        super().__init__(folder / f"{table.name}.csv")
        self._writer = csv.CSVWriter(self, flat(arrow_schema(table).empty_table()).schema, write_options=_ROWS_ONLY)
        with self.named():
            self.write(_header(table))

    def put(self, batch: pa.RecordBatch) -> None:
        """Write some rows."""
        with self.named():
            self._writer.write(flat(batch))


class _Parquet(_File):
    """A table as Parquet; each page carries a checksum."""

    def __init__(self, path: Path, table: Table) -> None:
        super().__init__(path)
        self.schema = arrow_schema(table)
        self._writer = pq.ParquetWriter(self, self.schema, compression="snappy", write_page_checksum=True)

    def put(self, batch: pa.RecordBatch) -> None:
        """Write some rows."""
        with self.named():
            self._writer.write_batch(batch)

    def put_group(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Write some rows as a group of their own, which is not held in memory until it is large."""
        with self.named():
            self._writer.write_table(pa.Table.from_batches(batches, self.schema))


class _Parts:
    """A table as Parquet, in a part for each year; one file where it has no row."""

    def __init__(self, folder: Path, table: Table) -> None:
        self._folder, self._table, self.schema = folder, table, arrow_schema(table)
        self._open = ExitStack()
        self._parts: dict[str, _Parquet] = {}
        self._waiting: dict[str, list[pa.RecordBatch]] = {}

    def __enter__(self) -> Self:
        return self

    def put(self, batch: pa.RecordBatch) -> None:
        """Write some rows, each year's when they are enough."""
        years = pc.year(batch.column(BY))
        for year in years.unique().to_pylist():
            name = part_of(self._table.name, f"{year:04}" if year else None)
            there = pc.is_null(years) if year is None else pc.equal(years, year)
            waiting = self._waiting.setdefault(name, [])
            waiting.append(batch.filter(there))
            if sum(map(len, waiting)) >= GROUP:
                self._write(name)

    def _write(self, name: str) -> None:
        if name not in self._parts:
            self._parts[name] = self._open.enter_context(_Parquet(self._folder / name, self._table))
        self._parts[name].put_group(self._waiting.pop(name, []))

    def sums(self) -> dict[str, str]:
        """The SHA-256 of each part by its name."""
        return {name: digest for part in self._parts.values() for name, digest in part.sums().items()}

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._open:
            if error is not None:
                raise error
            for name in sorted(self._waiting or ({} if self._parts else {f"{self._table.name}.parquet"})):
                self._write(name)


def _header(table: Table) -> bytes:
    return to_csv([[column.name for column in table.columns]]).encode("utf-8")


def as_text(column: Column, values: pa.Array) -> pa.Array:
    """Values as their cells, null where empty."""
    if column.type == "list":
        return pc.binary_join(values, LIST_DELIMITER)
    if column.type != "number":
        return values.cast(pa.string())
    encoded = values.dictionary_encode()
    return pa.array(list(map(column.print, encoded.dictionary.to_pylist())), pa.string()).take(encoded.indices)


def decoded(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Rows of which some columns are distinct values, as the rows of a table."""
    columns = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def flat(rows: T) -> T:
    """Rows as they stand in CSV, which has no lists: an empty cell is nothing, and text is quoted."""
    for position, field in enumerate(rows.schema):
        if pa.types.is_list(field.type):
            rows = rows.set_column(position, field.name, pc.binary_join(rows.column(position), LIST_DELIMITER))
    return rows


def to_bytes(table: Table, rows: pa.Table) -> bytes:
    """The CSV file of a published table."""
    stream = io.BytesIO()
    stream.write(_header(table))
    csv.write_csv(flat(rows), stream, _ROWS_ONLY)
    return stream.getvalue()


def publish(root: Path, rows: Iterable[Iterable[Part]], about: Mapping[str, Any]) -> bool:
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
        if write(staged, rows, about) == _contents(target):
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


def _save(path: Path, data: bytes) -> dict[str, str]:
    """Write a file so that it outlasts a crash of the machine; its SHA-256 by name.

    An error names the file, as those of opening it do.
    """
    with path.open("wb") as stream:
        try:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None
    return {path.name: hashlib.sha256(data).hexdigest()}


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
