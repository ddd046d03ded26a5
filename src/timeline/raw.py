"""The transcribed files: read as text with file and line, and written in their canonical form."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from timeline.columns import Table, codebook
from timeline.problems import InvalidData, Problem

FOLDERS = ("data/raw", "seeds/coverage")
STRUCTURAL = ("file", "header", "row")
_FORMULA_STARTS = ("=", "+", "-", "@")
_INVISIBLE = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # of Persian and other scripts
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One transcribed row as text: where it stands, and its cells by column ('' where empty)."""

    file: str
    number: int
    cells: dict[str, str]

    def problem(self, column: str, rule: str, message: str) -> Problem:
        """A problem at one of its cells."""
        return Problem(self.file, self.number, column, self.cells.get(column, ""), rule, message)


def read(root: Path) -> tuple[dict[str, list[Line]], list[Problem]]:
    """Read every transcribed table below `root`; a file with a problem gives the rows that could be read."""
    tables: dict[str, list[Line]] = {}
    problems = _strays(root)
    for table in codebook().raw_tables():
        tables[table.name] = []
        for path in files(root, table):
            lines, found = _read_file(path, path.relative_to(root).as_posix(), table)
            tables[table.name] += lines
            problems += found
    return tables, problems


def files(root: Path, table: Table) -> list[Path]:
    """The files that a table is transcribed in: one, or for coverage one for each document."""
    source = table.source or ""
    return sorted(root.glob(source)) if "*" in source else [root / source]


def _strays(root: Path) -> list[Problem]:
    """CSV files where transcribed ones stand that are none of the codebook's: their rows would be lost unnoticed."""
    known = {path for table in codebook().raw_tables() for path in files(root, table)}
    found = {path for folder in FOLDERS for path in (root / folder).rglob("*.csv")} - known
    message = "is no table of the codebook"
    return [Problem(path.relative_to(root).as_posix(), 0, "", "", "file", message) for path in sorted(found)]


def canonical(table: Table, lines: Iterable[Line]) -> str:
    """A raw file in its canonical form: rows sorted by key, LF, minimal quoting."""
    numbers = {column.name for column in table.transcribed() if column.type == "integer"}
    keys = [name for name in table.primary_key if name in table.raw]

    def order(line: Line) -> list[tuple[float, str]]:
        cells = [(name, line.cells[name]) for name in keys]
        return [(float(cell), "") if name in numbers and cell.isdecimal() else (0.0, cell) for name, cell in cells]

    rows = [[line.cells[name] for name in table.raw] for line in sorted(lines, key=order)]
    return to_csv([list(table.raw), *rows])


def out_of_form(root: Path) -> dict[str, str]:
    """The raw files that are not in canonical form, with the text they should have.

    A byte order mark and CRLF, which spreadsheets write, are a matter of form. InvalidData if a file cannot be read.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for table in codebook().raw_tables():
        for path in files(root, table):
            file = path.relative_to(root).as_posix()
            lines, wrong = _read_file(path, file, table, strict=False)
            problems += wrong
            if not wrong and (text := canonical(table, lines)).encode("utf-8") != path.read_bytes():
                found[file] = text
    if problems:
        raise InvalidData(problems)
    return found


def rewrite(root: Path) -> list[str]:
    """Put the raw files into canonical form; the names of those that were not."""
    found = out_of_form(root)
    for file, text in found.items():
        (root / file).write_bytes(text.encode("utf-8"))
    return list(found)


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV text: comma, LF, quotes only where needed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _read_file(path: Path, file: str, table: Table, *, strict: bool = True) -> tuple[list[Line], list[Problem]]:
    """Read one file; what cannot be read at all is one problem, what can is checked cell by cell."""
    try:
        data = path.read_bytes()
        text = _decode(data if strict else data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n"))
    except FileNotFoundError:
        message = f"is missing; where there are no rows, it is one line: {','.join(table.raw)}"
        return [], [Problem(file, 0, "", "", "file", message)]
    except OSError as error:
        return [], [Problem(file, 0, "", "", "file", f"cannot be read: {error.strerror}")]
    except ValueError as error:
        line, message = error.args
        return [], [Problem(file, line, "", "", "file", message)]
    lines: list[Line] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            number, start = start, reader.line_num + 1
            if number == 1:
                problems += _check_header(file, cells, table)
                if problems:
                    return [], problems
            elif len(cells) != len(table.raw):
                message = f"has {len(cells)} cells where the header has {len(table.raw)}"
                problems.append(Problem(file, number, "", ",".join(cells), "row", message))
            else:
                named = {table.file_key: path.stem} if table.file_key else {}
                line = Line(file, number, {**named, **dict(zip(table.raw, cells, strict=True))})
                lines.append(line)
                problems += _check_cells(line)
    except csv.Error as error:
        problems.append(Problem(file, start, "", "", "row", f"is no CSV: {error}"))
    if start == 1 and not problems:
        problems.append(Problem(file, 0, "", "", "header", "is empty; its first line must name the columns"))
    return lines, problems


def _decode(data: bytes) -> str:
    """The text of a raw file; ValueError(line, message) if it is none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(line, f"is not UTF-8: byte 0x{data[error.start]:02x}") from None
    if text.startswith("\ufeff"):
        raise ValueError(1, "begins with a byte order mark; `timeline format` mends it")
    for wrong, message in (
        ("\0", "holds a NUL character"),
        ("\r", "ends lines with CR, not LF; `timeline format` mends it"),
    ):
        if wrong in text:
            raise ValueError(text.count("\n", 0, text.index(wrong)) + 1, message)
    if text and not text.endswith("\n"):
        raise ValueError(
            text.count("\n") + 1, "does not end with a line break, so it may have been cut; end it if it is whole"
        )
    return text


def _check_header(file: str, cells: list[str], table: Table) -> list[Problem]:
    if cells == list(table.raw):
        return []
    missing = [name for name in table.raw if name not in cells]
    unknown = [name for name in cells if name not in table.raw]
    details = [f"missing {', '.join(missing)}"] * bool(missing) + [f"unknown {', '.join(unknown)}"] * bool(unknown)
    message = f"must be {','.join(table.raw)}" + (f" ({'; '.join(details)})" if details else "")
    return [Problem(file, 1, "", ",".join(cells), "header", message)]


def _check_cells(line: Line) -> list[Problem]:
    """What no cell of any column may be."""
    problems = []
    for name, cell in line.cells.items():
        if cell and cell.isascii() and cell.isprintable() and cell == cell.strip() and cell[0] not in _FORMULA_STARTS:
            continue
        if any(unicodedata.category(character) in _INVISIBLE and character not in _JOINERS for character in cell):
            problems.append(line.problem(name, "text", "holds a line break or another character that cannot be seen"))
        elif cell != cell.strip():
            problems.append(line.problem(name, "text", "begins or ends with white space"))
        elif unicodedata.normalize("NFC", cell) != cell:
            problems.append(line.problem(name, "text", "is not in Unicode's composed form (NFC)"))
        elif cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
            problems.append(line.problem(name, "formula", "would be a formula in a spreadsheet; begin it otherwise"))
    return problems
