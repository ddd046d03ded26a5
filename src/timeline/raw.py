"""The transcribed files: read as text with file and line, and written in their canonical form."""

from __future__ import annotations

import codecs
import csv
import io
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from timeline.columns import Table, codebook
from timeline.problems import LONGEST_VALUE, InvalidData, Problem, shown

FOLDERS = ("data/raw", "seeds/coverage")
STRUCTURAL = ("file", "header", "row")
LARGEST_FILE, LONGEST_LINE = 1 << 24, 1 << 20
MOST_PROBLEMS = 1000
MOST_NAMES = 20
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # ASCII and full width
_INVISIBLE = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_JOINERS, _UNCASED = "\u200c\u200d", ("Lo", "Mn", "Mc")  # of Persian and other scripts
# letters and marks that are drawn as nothing: fillers, blanks, selectors of a variant
_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
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
    """Files where transcribed ones stand that are none of the codebook's: their rows would be lost unnoticed."""
    known = {path for table in codebook().raw_tables() for path in files(root, table)}
    below = {path for path in (root / "data/raw").rglob("*") if path.is_file() and not path.name.startswith(".")}
    below |= {path for path in (root / "seeds").glob("*") if path.suffix.lower() == ".csv"}
    below |= {path for path in (root / "seeds/coverage").rglob("*") if path.suffix.lower() == ".csv"}
    found = dict.fromkeys(sorted(below - known), "is no table of the codebook")
    found |= {root / folder: "is no folder" for folder in FOLDERS if (root / folder).exists() and not (root / folder).is_dir()}
    return [Problem(path.relative_to(root).as_posix(), 0, "", "", "file", message) for path, message in found.items()]


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
        fresh = (root / file).with_name(f".{Path(file).name}.new")
        fresh.unlink(missing_ok=True)
        with fresh.open("xb") as stream:
            stream.write(text.encode("utf-8"))
        fresh.replace(root / file)
    return list(found)


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV text: comma, LF, quotes only where needed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _read_file(path: Path, file: str, table: Table, *, strict: bool = True) -> tuple[list[Line], list[Problem]]:
    """Read one file; what cannot be read at all is one problem, what can is checked cell by cell."""
    lines: list[Line] = []
    problems: list[Problem] = []
    try:
        with plain(path).open("rb") as stream:
            problems += _read_rows(_Text(stream, strict=strict), file, table, lines)
    except FileNotFoundError:
        message = f"is missing; where there are no rows, it is one line: {','.join(table.raw)}"
        problems = [Problem(file, 0, "", "", "file", message)]
    except OSError as error:
        problems = [Problem(file, 0, "", "", "file", f"cannot be read: {error.strerror}")]
    except ValueError as error:
        line, message = error.args
        problems = [Problem(file, line, "", "", "file", message)]
    return ([], problems) if any(problem.rule in ("file", "header") for problem in problems) else (lines, problems)


def _read_rows(text: _Text, file: str, table: Table, lines: list[Line]) -> list[Problem]:
    """Read the header and append each row; the problems of both."""
    reader = csv.reader(text, strict=True)
    problems: list[Problem] = []
    named = {table.file_key: Path(file).stem} if table.file_key else {}
    try:
        header = next(reader, None)
        text.start()
        if header != list(table.raw):
            return _check_header(file, header, table)
        for cells in reader:
            number = text.start()
            if len(problems) >= MOST_PROBLEMS:
                message = f"this row and what follows were not read, after {len(problems)} problems"
                return [*problems, Problem(file, number, "", "", "row", message)]
            if len(cells) == len(table.raw):
                line = Line(file, number, {**named, **dict(zip(table.raw, cells, strict=True))})
                lines.append(line)
                problems += check_cells(line)
            else:
                found = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
                message = f"has {found} where the header has {len(table.raw)}"
                problems.append(Problem(file, number, "", ",".join(cells)[: LONGEST_VALUE + 1], "row", message))
    except csv.Error as error:
        problems.append(Problem(file, text.start(), "", "", "row", f"is no CSV: {error}"))
    return problems


def plain(path: Path) -> Path:
    """A path, if a file stands there and neither a link, a folder nor a device; else ValueError(0, message)."""
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return path
    kinds = {"a link": stat.S_ISLNK, "a folder": stat.S_ISDIR, "a pipe": stat.S_ISFIFO}
    kind = next((kind for kind, holds in kinds.items() if holds(mode)), "a device")
    raise ValueError(0, f"is {kind}, not a plain file")


def read_plain(path: Path, largest: int) -> bytes:
    """What a plain file of at most that many bytes holds; else ValueError(0, message)."""
    with plain(path).open("rb") as stream:
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise ValueError(0, f"has more than {largest} bytes")
    return data


class _Text:
    """The lines of a raw file, each held against what no line may be: ValueError(line, message).

    No more than a line is held at a time, however large the file is.
    """

    def __init__(self, stream: BinaryIO, *, strict: bool) -> None:
        self._stream, self._strict = stream, strict
        self._read = self._next = self._bytes = 0

    def start(self) -> int:
        """The line on which the row begins that was read last."""
        start, self._next = self._next + 1, self._read
        return start

    def __iter__(self) -> Iterator[str]:
        while data := self._stream.readline(LONGEST_LINE + 1):
            self._read += 1
            self._bytes += len(data)
            yield self._decode(data)

    def _decode(self, data: bytes) -> str:
        if len(data) > LONGEST_LINE:
            raise ValueError(self._read, f"has a line of more than {LONGEST_LINE} bytes")
        if self._bytes > LARGEST_FILE:
            raise ValueError(self._read, f"has more than {LARGEST_FILE} bytes")
        if not self._strict:
            data = data.removeprefix(codecs.BOM_UTF8) if self._read == 1 else data
            data = data.replace(b"\r\n", b"\n")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(self._read, f"is not UTF-8: byte 0x{data[error.start]:02x}") from None
        if self._read == 1 and text.startswith("\ufeff"):
            raise ValueError(1, "begins with a byte order mark; `timeline format` mends it")
        if "\0" in text:
            raise ValueError(self._read, "holds a NUL character")
        if "\r" in text:
            raise ValueError(self._read, "ends lines with CR, not LF; `timeline format` mends it")
        if not text.endswith("\n"):
            message = "does not end with a line break, so it may have been cut; end it if it is whole"
            raise ValueError(self._read, message)
        return text


def _check_header(file: str, cells: list[str] | None, table: Table) -> list[Problem]:
    """What is wrong with a header that is not the codebook's."""
    if cells is None:
        return [Problem(file, 0, "", "", "header", "is empty; its first line must name the columns")]
    found = {
        "missing": [name for name in table.raw if name not in cells],
        "unknown": [name for name in dict.fromkeys(cells) if name not in table.raw],
        "more than once": [name for name in table.raw if cells.count(name) > 1],
    }
    details = "; ".join(f"{what} {_some(names)}" for what, names in found.items() if names) or "in another order"
    message = f"must be {','.join(table.raw)} ({details})"
    return [Problem(file, 1, "", ",".join(cells)[: LONGEST_VALUE + 1], "header", message)]


def _some(names: list[str]) -> str:
    """Names for a person to read: of many, or long ones, the beginning."""
    some = ", ".join(map(shown, names[:MOST_NAMES]))
    return f"{some} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else some


def _is_seen(character: str, before: str) -> bool:
    """Whether a reader can tell that a character is there: it is drawn, or joins letters of a script that has no capitals."""
    if character in _JOINERS:
        return unicodedata.category(before) in _UNCASED
    category = unicodedata.category(character)
    is_space = category == "Zs" and character != " "
    return category not in _INVISIBLE and not is_space and _IGNORABLE.match(character) is None


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula; a number is none."""
    return cell[:1] in _FORMULA_STARTS and not _NUMBER.fullmatch(cell)


def check_cells(line: Line) -> list[Problem]:
    """What no cell of any column may be."""
    problems = []
    for name, cell in line.cells.items():
        if cell and cell.isascii() and cell.isprintable() and cell == cell.strip() and cell[0] not in _FORMULA_STARTS:
            continue
        if not all(_is_seen(character, before) for before, character in pairwise(" " + cell)):
            problems.append(line.problem(name, "text", "holds a line break or another character that cannot be seen"))
        elif cell != cell.strip():
            problems.append(line.problem(name, "text", "begins or ends with white space"))
        elif unicodedata.normalize("NFC", cell) != cell:
            problems.append(line.problem(name, "text", "is not in Unicode's composed form (NFC)"))
        elif is_formula(cell):
            problems.append(line.problem(name, "formula", "would be a formula in a spreadsheet; begin it otherwise"))
    return problems
