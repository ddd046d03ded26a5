"""The transcribed files: read as text with file and line, and written in their canonical form."""

from __future__ import annotations

import codecs
import csv
import io
import math
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

from timeline.columns import Table, codebook
from timeline.problems import LONGEST_VALUE, Found, InvalidData, Problem, shown

FOLDERS = ("data/raw", "seeds/coverage")
STRUCTURAL = ("file", "header", "row")
LARGEST_TEXT, LONGEST_LINE = 1 << 24, 1 << 20
LONGEST_CELL = 1 << 17
LARGEST_FILE = 1 << 28  # of rows that are held all at once
MOST_NAMES = 20
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # ASCII and full width
_INVISIBLE = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_JOINERS, _UNCASED = "\u200c\u200d", ("Lo", "Mn", "Mc")  # of Persian and other scripts
# letters and marks that are drawn as nothing: fillers, blanks, selectors of a variant
_DRAWN_AS_NOTHING = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_IGNORABLE = re.compile(f"[{_DRAWN_AS_NOTHING}]")
# what needs a closer look: a formula's beginning, or what is drawn as nothing
SUSPICIOUS = f"^[{''.join(map(re.escape, _FORMULA_STARTS))}]|[{_DRAWN_AS_NOTHING}]"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Reading(NamedTuple):
    """How a file is read: after what was read already, of how many bytes at most, and whether in strict form."""

    lines: int = 0
    offset: int = 0
    most: float = math.inf
    strict: bool = True

    def after(self, lines: int, size: int) -> Reading:
        """The same after some more lines, of so many bytes."""
        return self._replace(lines=self.lines + lines, offset=self.offset + size)


AS_IT_STANDS = Reading()


@dataclass(frozen=True, slots=True)
class Line:
    """One transcribed row as text: where it stands, and its cells by column ('' where empty)."""

    file: str
    number: int
    cells: dict[str, str]

    def problem(self, column: str, rule: str, message: str) -> Problem:
        """A problem at one of its cells."""
        return Problem(self.file, self.number, column, self.cells.get(column, ""), rule, message)


def files(root: Path, table: Table) -> list[Path]:
    """The files that a table is transcribed in: one, or for coverage one for each document."""
    source = table.source or ""
    return sorted(root.glob(source)) if "*" in source else [root / source]


def strays(root: Path) -> list[Problem]:
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
    problems = Found()
    for table in codebook().raw_tables():
        for path in files(root, table):
            file = path.relative_to(root).as_posix()
            before = len(problems.problems)
            lines = list(read_rows(path, file, table.raw, problems, Reading(strict=False)))
            problems.add(problem for line in lines for problem in check_cells(line))
            if len(problems.problems) == before and (text := canonical(table, lines)).encode("utf-8") != path.read_bytes():
                found[file] = text
    if problems.problems:
        raise InvalidData(problems.problems, problems.more)
    return found


def rewrite(root: Path) -> list[str]:
    """Put the raw files into canonical form; the names of those that were not."""
    found = out_of_form(root)
    for file, text in found.items():
        save(root / file, text)
    return list(found)


def save(path: Path, text: str) -> None:
    """Put a text in the place of a raw file in one step."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with fresh.open("xb") as stream:
        stream.write(text.encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV text: comma, LF, quotes only where needed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def read_rows(path: Path, file: str, names: Sequence[str], found: Found, how: Reading = AS_IT_STANDS) -> Iterator[Line]:
    """The rows of a file with columns of these names, one by one; what is wrong with it goes to `found`."""
    try:
        with plain(path).open("rb") as stream:
            stream.seek(how.offset)
            yield from read_stream(stream, file, names, found, how)
    except FileNotFoundError:
        message = f"is missing; where there are no rows, it is one line: {','.join(names)}"
        found.add([Problem(file, 0, "", "", "file", message)])
    except OSError as error:
        found.add([Problem(file, 0, "", "", "file", f"cannot be read: {error.strerror}")])
    except ValueError as error:
        line, message = error.args
        found.add([Problem(file, line, "", "", "file", message)])


def read_stream(
    stream: BinaryIO, file: str, names: Sequence[str], found: Found, how: Reading = AS_IT_STANDS
) -> Iterator[Line]:
    """The rows of an open file, after its header if that was not read; ValueError(line, message) where it is no text."""
    text = _Text(stream, how)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text, strict=True)
    try:
        if text.is_at_start:
            header = next(reader, None)
            text.start()
            if header != list(names):
                found.add(_check_header(file, header, names))
                return
        for cells in reader:
            number = text.start()
            if len(cells) == len(names):
                yield Line(file, number, dict(zip(names, cells, strict=True)))
            else:
                there = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
                message = f"has {there} where the header has {len(names)}"
                found.add([Problem(file, number, "", ",".join(cells)[: LONGEST_VALUE + 1], "row", message)])
    except csv.Error as error:
        found.add([Problem(file, text.start(), "", "", "row", f"is no CSV: {error}")])


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

    def __init__(self, stream: BinaryIO, how: Reading) -> None:
        self._stream, self._how = stream, how
        self._read = self._next = how.lines
        self._bytes = how.offset

    @property
    def is_at_start(self) -> bool:
        """Whether no line has been read."""
        return self._read == 0

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
        if self._bytes > self._how.most:
            raise ValueError(self._read, f"has more than {self._how.most} bytes")
        if not self._how.strict:
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


def _check_header(file: str, cells: list[str] | None, names: Sequence[str]) -> list[Problem]:
    """What is wrong with a header that is not the codebook's."""
    if cells is None:
        return [Problem(file, 0, "", "", "header", "is empty; its first line must name the columns")]
    found = {
        "missing": [name for name in names if name not in cells],
        "unknown": [name for name in dict.fromkeys(cells) if name not in names],
        "more than once": [name for name in names if cells.count(name) > 1],
    }
    details = "; ".join(f"{what} {_some(some)}" for what, some in found.items() if some) or "in another order"
    message = f"must be {','.join(names)} ({details})"
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


def flaw(cell: str) -> tuple[str, str] | None:
    """What no cell of any column may be, as rule and message; None where it is nothing of this."""
    if cell.isascii() and cell.isprintable() and cell == cell.strip() and not cell.startswith(_FORMULA_STARTS):
        return None
    if not all(_is_seen(character, before) for before, character in pairwise(" " + cell)):
        return "text", "holds a line break or another character that cannot be seen"
    if cell != cell.strip():
        return "text", "begins or ends with white space"
    if unicodedata.normalize("NFC", cell) != cell:
        return "text", "is not in Unicode's composed form (NFC)"
    if is_formula(cell):
        return "formula", "would be a formula in a spreadsheet; begin it otherwise"
    return None


def check_cells(line: Line) -> list[Problem]:
    """The cells of a row that no column may hold."""
    return [line.problem(name, *found) for name, cell in line.cells.items() if (found := flaw(cell))]
