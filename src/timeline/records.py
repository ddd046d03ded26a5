"""The rows of others' files: CSV with a header, or tab-separated text of a known layout without one; packed or not."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, TextIO, cast

from timeline.problems import InvalidData, Problem
from timeline.raw import LONGEST_LINE

_DELIMITERS = (",", "\t", ";", "|")
Cells = dict[str, str]
_UNPACKING = (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError)


def records(path: Path, layout: dict[str, Any]) -> Iterator[tuple[int, Cells | list[str]]]:
    """The rows of a file with the line on which each begins: its cells by column, or a list where no layout fits."""
    with _opened(path) as stream:
        first = stream.readline(LONGEST_LINE)
        names, delimiter = _header(first.rstrip("\r\n"), layout["key"])
        for old, new in layout.get("renamed", {}).items():
            names = [new if name == old and new not in names else name for name in names]
        layouts = _layouts(layout.get("layouts", ()), len(first.rstrip("\r\n").split(delimiter)))
        if not names and not layouts:
            shown = first[:80].strip()
            raise InvalidData([Problem(str(path), 1, "", shown, "header", f"must name the column {layout['key']}")])
        if not names:
            stream.seek(0)
        csv.field_size_limit(LONGEST_LINE)
        if delimiter == "\t" and '"' not in first:
            reader = csv.reader(stream, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        else:
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
        before = start = 1 if names else 0
        try:
            for row in reader:
                here = names or layouts.get(len(row), [])
                if row:
                    yield start + 1, dict(zip(here, row, strict=True)) if len(here) == len(row) else row
                start = before + reader.line_num
        except csv.Error as error:
            raise InvalidData([Problem(str(path), start + 1, "", "", "row", f"is no CSV: {error}")]) from None


def _layouts(entries: Sequence[dict[str, str]], width: int) -> dict[int, list[str]]:
    """The columns of a file without a header by their number: those of the version that its first row has."""
    versions = {entry["version"] for entry in entries if len(entry["columns"].split()) == width}
    return {len(names): names for names in (e["columns"].split() for e in entries if e["version"] in versions)}


def _header(line: str, key: str) -> tuple[list[str], str]:
    """The columns that a first line names, if the key is among them, and what stands between them."""
    for delimiter in _DELIMITERS:
        try:
            names = next(csv.reader([line.removeprefix("\ufeff")], delimiter=delimiter), [])
        except csv.Error:
            continue
        if key in names and len(names) > 1 and len(set(names)) == len(names):
            return names, delimiter
    return [], "\t"


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """A file as text, unpacked where it is packed; bytes that are no UTF-8 stay as marks that no cell may hold."""
    with path.open("rb") as stream, ExitStack() as stack:
        start = stream.read(2)
        stream.seek(0)
        try:
            binary: IO[bytes] = stream
            if start == b"\x1f\x8b":
                binary = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=stream)))
            elif start == b"PK":
                archive = stack.enter_context(zipfile.ZipFile(stream))
                names = archive.namelist()
                if len(names) != 1:
                    raise zipfile.BadZipFile(f"holds {len(names)} files, not one")
                binary = stack.enter_context(archive.open(names[0]))
            yield stack.enter_context(io.TextIOWrapper(binary, encoding="utf-8", errors="surrogateescape", newline=""))
        except _UNPACKING as error:
            raise InvalidData([Problem(str(path), 0, "", "", "file", f"cannot be unpacked: {error}")]) from None


def clean(text: str) -> str:
    """A text in composed form, on one line, without characters that cannot be seen."""
    if text.isascii() and text.isprintable() and text == text.strip() and "  " not in text:
        return text
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(" " if c.isspace() or unicodedata.category(c) in ("Cc", "Zs") else c for c in composed)
    return " ".join("".join(c for c in seen if unicodedata.category(c) not in ("Cf", "Cn", "Co")).split())
