"""Publication: tables as CSV and Parquet with their descriptors, put in the place of the last ones in one step."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import sys
import uuid
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
CHECKSUMS = "SHA256SUMS"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write(folder: Path, tables: Mapping[str, Iterable[Mapping[str, Any]]], about: Mapping[str, Any]) -> None:
    """Write a release into an empty folder: every table twice, and what describes and proves them."""
    for table in codebook().tables.values():
        rows = list(tables[table.name])
        (folder / f"{table.name}.csv").write_bytes(as_csv(table, rows).encode("utf-8"))
        with (folder / f"{table.name}.parquet").open("wb") as stream:
            pq.write_table(as_arrow(table, rows), stream, compression="snappy")
    (folder / "codebook.md").write_bytes(codebook_markdown(about).encode("utf-8"))
    (folder / DESCRIPTOR).write_bytes(dumps(datapackage(folder, about)).encode("utf-8"))
    sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / CHECKSUMS).write_bytes("".join(sums).encode("utf-8"))


def publish(root: Path, tables: Mapping[str, Iterable[Mapping[str, Any]]], about: Mapping[str, Any]) -> bool:
    """Put a release in the place of the last one, whole or not at all; whether anything changed."""
    target = root / PROCESSED
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise NotADirectoryError(errno.ENOTDIR, "is no plain folder; move it away", str(target))
    staged = target.with_name(f".{target.name}-{uuid.uuid4().hex}")
    staged.mkdir(parents=True)
    try:
        write(staged, tables, about)
        if _contents(staged) == _contents(target):
            return False
        replace(staged, target)
        return True
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def replace(staged: Path, target: Path) -> None:
    """Exchange two folders, in one step where the system can; afterwards `staged` holds what `target` held."""
    if not target.exists():
        staged.rename(target)
        return
    if _exchange(staged, target):
        return
    aside = staged.with_name(f"{staged.name}-old")
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


def as_arrow(table: Table, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A published table as Arrow; an empty list is null, as an empty cell is."""
    listed = list(rows)
    columns = {column.name: [_null_if_empty(row[column.name]) for row in listed] for column in table.columns}
    return pa.Table.from_pydict(columns, schema=arrow_schema(table))


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _contents(folder: Path) -> dict[str, bytes]:
    """What a folder holds; a folder within it is something else than any file."""
    there = folder.iterdir() if folder.is_dir() else ()
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in there}


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
