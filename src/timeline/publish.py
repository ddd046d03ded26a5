"""Publication: tables as CSV and Parquet with their descriptors, put in the place of the last ones in one step."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from timeline.columns import Table, codebook
from timeline.describe import DESCRIPTOR, codebook_markdown, datapackage, dumps
from timeline.raw import to_csv
from timeline.schema import arrow_schema

PROCESSED = "data/processed"
STAGED, ASIDE = ".processed.new", ".processed.old"
CHECKSUMS = "SHA256SUMS"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write(folder: Path, tables: Mapping[str, Iterable[Mapping[str, Any]]], about: Mapping[str, Any]) -> None:
    """Write a release into an empty folder: every table twice, and what describes and proves them."""
    for table in codebook().tables.values():
        rows = list(tables[table.name])
        _save(folder / f"{table.name}.csv", as_csv(table, rows).encode("utf-8"))
        _save(folder / f"{table.name}.parquet", as_parquet(table, rows))
    _save(folder / "codebook.md", codebook_markdown(about).encode("utf-8"))
    _save(folder / DESCRIPTOR, dumps(datapackage(folder, about)).encode("utf-8"))
    sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    _save(folder / CHECKSUMS, "".join(sums).encode("utf-8"))
    _sync(folder)


def publish(root: Path, tables: Mapping[str, Iterable[Mapping[str, Any]]], about: Mapping[str, Any]) -> bool:
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
        write(staged, tables, about)
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


def as_csv(table: Table, rows: Iterable[Mapping[str, Any]]) -> str:
    """A published table as CSV text."""
    header = [column.name for column in table.columns]
    return to_csv([header, *([column.print(row[column.name]) for column in table.columns] for row in rows)])


def as_parquet(table: Table, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A published table as Parquet; each page carries a checksum."""
    sink = pa.BufferOutputStream()
    pq.write_table(as_arrow(table, rows), sink, compression="snappy", write_page_checksum=True)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def as_arrow(table: Table, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A published table as Arrow; an empty list is null, as an empty cell is."""
    listed = list(rows)
    columns = {column.name: [_null_if_empty(row[column.name]) for row in listed] for column in table.columns}
    return pa.Table.from_pydict(columns, schema=arrow_schema(table))


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


def _null_if_empty(value: Any) -> Any:
    return None if value == () else value


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
