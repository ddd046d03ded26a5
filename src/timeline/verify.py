"""A published release held against what proves it: its checksums, its descriptor, the codebook, and itself."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from timeline import schema
from timeline.columns import Column, Table, codebook
from timeline.describe import CODEBOOK, DESCRIPTOR, WRITTEN, codebook_markdown, datapackage, dumps, mistyped
from timeline.fingerprints import sha256
from timeline.parts import BY, is_part, parquet_files, part_of
from timeline.publish import CHECKSUMS, NOTES, to_bytes
from timeline.raw import LARGEST_TEXT, Line, read_plain
from timeline.transcription import ON_MANY, is_on_many

_LINE = re.compile(r"([0-9a-f]{64})  ((?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*)")
LARGEST_SUMS = 1 << 20


def verify(folder: Path) -> list[str]:
    """Everything that is wrong with the release in a folder, a file named in each; empty if it is whole and sound."""
    found = wrong_checksums(folder) or _wrong_descriptor(folder)
    if found:
        return found
    lines: dict[str, list[Line]] = {}
    for table in codebook().tables.values():
        try:
            lines[table.name] = _read_csv(folder, table)
        except (ValueError, csv.Error) as error:
            found.append(f"{table.name}.csv: cannot be read: {error}")
    return found or [message for table in codebook().tables.values() for message in _wrong_table(folder, table, lines)]


def wrong_checksums(folder: Path) -> list[str]:
    """Each file that is missing, not in the list of checksums, or not what that list says."""
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if _is_end(path)}
    if CHECKSUMS not in there:
        return [f"{CHECKSUMS}: missing"]
    try:
        lines = read_plain(there.pop(CHECKSUMS), LARGEST_SUMS).decode("ascii").splitlines()
    except (OSError, ValueError):
        return [f"{CHECKSUMS}: cannot be read"]
    listed = {}
    for number, line in enumerate(lines, start=1):
        if (parts := _LINE.fullmatch(line)) is None or parts[2] in listed:
            return [f"{CHECKSUMS}: line {number} is no checksum of one more file"]
        listed[parts[2]] = parts[1]
    found = [f"{name}: not in {CHECKSUMS}" for name in there if name not in listed]
    for name, expected in listed.items():
        if name not in there:
            found.append(f"{name}: missing")
        elif not there[name].is_file() or there[name].is_symlink():
            found.append(f"{name}: is no plain file")
        elif sha256(there[name]) != expected:
            found.append(f"{name}: is not the file of this release; its SHA-256 is another")
    return found


def _is_end(path: Path) -> bool:
    """Whether nothing lies below a path; what a link leads to is not looked at."""
    return path.is_symlink() or not path.is_dir() or not any(path.iterdir())


def _wrong_descriptor(folder: Path) -> list[str]:
    """Where descriptor and codebook page are not what the build writes beside these files, by this package's codebook."""
    there, names = {path.name for path in folder.iterdir()}, {DESCRIPTOR, CODEBOOK}
    for table in codebook().tables.values():
        names |= {f"{table.name}.csv", *(path.name for path in parquet_files(folder, table))}
    if missing := sorted(names - there):
        return [f"{name}: missing" for name in missing]
    # a release holds more besides, which its checksums prove
    if others := sorted(there - names - {CHECKSUMS}) if NOTES not in there else []:
        return [f"{name}: is no file of such a release" for name in others]
    try:
        written = read_plain(folder / DESCRIPTOR, LARGEST_TEXT)
        descriptor = json.loads(written)
        about = {key: value for key, value in descriptor.items() if key not in WRITTEN}
        expected = datapackage(folder, about, {name: sha256(folder / name) for name in names})
        page = codebook_markdown(about).encode("utf-8")
        described = dumps(expected).encode("utf-8")
        found = _differing(descriptor, expected)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return [f"{DESCRIPTOR}: does not describe a dataset of this shape"]
    if not found and (written != described or not {"name", "title", "version"} <= about.keys() or any(mistyped(about))):
        found = [f"{DESCRIPTOR}: is not as the build writes it"]
    if (folder / CODEBOOK).read_bytes() != page:
        found.append("codebook.md: is not the codebook of this package; another release of it may have made these files")
    return found


def _differing(descriptor: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """The files that a descriptor describes otherwise than they are."""
    told = {str(r.get("path")): r for r in descriptor["resources"] if isinstance(r, dict)}
    found = []
    for resource in expected["resources"]:
        name, given = resource["path"], told.get(resource["path"], {})
        if any(given.get(key) != resource[key] for key in ("bytes", "hash")):
            found.append(f"{name}: is not the file that {DESCRIPTOR} describes")
        elif given != resource:
            found.append(f"{name}: {DESCRIPTOR} defines it otherwise than the codebook of this package")
    return found


def _read_csv(folder: Path, table: Table) -> list[Line]:
    """The rows of a published CSV file; ValueError or csv.Error if it has other columns, or is none."""
    name = f"{table.name}.csv"
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream, strict=True)) or [[]]
    if header != [column.name for column in table.columns]:
        raise ValueError("does not have the codebook's columns")
    if ragged := [number for number, row in enumerate(rows, start=2) if len(row) != len(header)]:
        raise ValueError(f"row {ragged[0]} does not have as many cells as the header")
    return [Line(name, n, dict(zip(header, row, strict=True))) for n, row in enumerate(rows, start=2)]


def _wrong_table(folder: Path, table: Table, lines: dict[str, list[Line]]) -> Iterator[str]:
    """Where a table breaks the codebook, or its files are not equal."""
    broken = schema.check(table, table.columns, lines[table.name])
    yield from (f"{problem.file}:{problem.line}: {problem.column}: {problem.message}" for problem in broken)
    for column in table.columns if not broken else ():
        yield from _unresolved(table, column, lines)
    rows = None if broken else _typed(table, lines[table.name])
    if rows is not None and to_bytes(table, rows) != (folder / f"{table.name}.csv").read_bytes():
        yield f"{table.name}.csv: is not as the build writes it"
    for file in parquet_files(folder, table):
        yield from _wrong_parquet(file, table, rows)
    if rows is not None:
        yield from _missing_parts(folder, table, rows)


def _typed(table: Table, lines: Sequence[Line]) -> pa.Table:
    """The values of cells that hold by the codebook."""
    columns = {
        column.name: [column.parse(line.cells[column.name]) if line.cells[column.name] else None for line in lines]
        for column in table.columns
    }
    return pa.Table.from_pydict(columns, schema=schema.arrow_schema(table))


def _missing_parts(folder: Path, table: Table, rows: pa.Table) -> Iterator[str]:
    """The years of which there are rows, but no file among those of the other years."""
    there = {path.name for path in parquet_files(folder, table)}
    if any(is_part(name, table.name) for name in there):
        needed = {part_of(table.name, day) for day in rows[BY].unique().to_pylist()}
        yield from (f"{name}: missing; {table.name}.csv has rows of that year" for name in sorted(needed - there))


def _wrong_parquet(file: Path, table: Table, rows: pa.Table | None) -> Iterator[str]:
    """Where a Parquet file does not hold these rows, or those of them of its year."""
    try:
        binary = pq.read_table(file, page_checksum_verification=True)
    except (OSError, ValueError) as error:
        yield f"{file.name}: cannot be read: {error}"
        return
    if not binary.schema.equals(schema.arrow_schema(table)):
        yield f"{file.name}: does not have the codebook's columns"
        return
    if rows is not None and is_part(file.name, table.name):
        if any(part_of(table.name, day) != file.name for day in binary[BY].unique().to_pylist()):
            yield f"{file.name}: has rows of another year"
            return
        rows = rows.filter(pa.array([part_of(table.name, day) == file.name for day in rows[BY].to_pylist()], pa.bool_()))
    if rows is not None and not binary.equals(rows):
        yield f"{file.name}: does not hold what {table.name}.csv holds"


def _unresolved(table: Table, column: Column, lines: dict[str, list[Line]]) -> Iterator[str]:
    """Cells that name a row which no table has."""
    keys = [(name, codebook().tables[name].primary_key[0]) for name in column.references]
    known = {line.cells[key] for name, key in keys for line in lines[name]}
    for line in lines[table.name] if keys else ():
        items = column.items(line.cells[column.name]) if line.cells[column.name] else []
        if unknown := [item for item in items if item not in known and not _begins_some(item, known)]:
            yield f"{table.name}.csv:{line.number}: {column.name}: {', '.join(unknown)}: no such row"


def _begins_some(item: str, known: set[str]) -> bool:
    """Whether it stands for all records whose ids begin alike, and there are such."""
    return is_on_many(item) and any(key.startswith(item.removesuffix(ON_MANY)) for key in known)
