"""A new row: held against the codebook cell by cell, then with all others against every rule, and put in its place."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from timeline import batches, raw
from timeline.building import validate
from timeline.columns import Column, Table, codebook
from timeline.describe import ABOUT
from timeline.events import Events
from timeline.local import Local
from timeline.locks import locked
from timeline.problems import Found, InvalidData, Problem
from timeline.raw import Line
from timeline.rules import events, figures, harvests, keys, twins
from timeline.schema import UNIQUE, Checker, unresolved

Lines = dict[str, list[Line]]
# the rules that a row may break for now, since another row mends it; by the kinds of that one
MENDED_BY = {
    **{rule.__name__: ("attestation",) for rule in (*events.HEARD, figures.figure_has_a_voice)},
    harvests.coding_is_of_what_is_attested.__name__: ("attestation",),
    twins.likely_twins_are_told_apart.__name__: ("relation", "distinct"),
}
_NUMBERED = re.compile(r"([A-Z])\[0-9(?:A-Z)?\]\{(\d+)(?:,\d+)?\}")


class Checked(NamedTuple):
    """A new row, and what is wrong with it; `missing` is what other rows will mend."""

    cells: dict[str, str]
    problems: list[Problem]
    missing: list[Problem]
    text: str  # of its file with the row
    lines: Lines  # all that was there when it was checked


def read(root: Path) -> Lines:
    """The rows of all transcribed tables; InvalidData if a file cannot be read."""
    found = Found()
    lines = batches.read_lines(root, codebook().raw_tables(), found)
    if found.problems:
        raise InvalidData(found.problems, found.more)
    return lines


def next_id(table: Table, lines: Lines) -> str:
    """The next free id of a table with numbered ones: above all that are there or withdrawn; empty for other tables."""
    key = table[table.primary_key[0]]
    if len(table.primary_key) > 1 or not (numbered := _NUMBERED.fullmatch(key.pattern or "")):
        return ""
    letter, width = numbered.groups()
    used = [*_values(lines, table.name, key.name), *_values(lines, "withdrawn", "record_id")]
    numbers = [int(record_id[1:]) for record_id in used if re.fullmatch(rf"{letter}[0-9]{{1,30}}", record_id)]
    return f"{letter}{max(numbers, default=0) + 1:0{width}}"


def flaws(table: Table, column: Column, text: str, lines: Lines) -> list[Problem]:
    """What is wrong with a cell of a new row, in the words of the build."""
    line = Line(table.source or "", 0, {column.name: text})
    if unreadable := list(_unreadable(line, column.name)):
        return unreadable
    broken = list(Checker([column]).check(batches.of_lines([line], [column.name])))
    return broken or [line.problem(column.name, *found) for found in _clashes(table, column, text, lines)]


def check(root: Path, table: Table, given: Mapping[str, str]) -> Checked:
    """Hold a row of a table against all rules, among all others; without an id it gets the next one."""
    lines = read(root)
    cells = {**dict.fromkeys(table.raw, ""), **given}
    cells[table.primary_key[0]] = cells[table.primary_key[0]] or next_id(table, lines)
    if broken := [found for name in table.raw for found in flaws(table, table[name], cells[name], lines)]:
        return Checked(cells, broken, [], "", lines)
    file = str(table.source)
    before = raw.canonical(table, lines[table.name])
    if before.encode("utf-8") != (root / file).read_bytes():
        raise InvalidData([Problem(file, 0, "", "", "file", "not in canonical form; `timeline format` mends it")])
    text = raw.canonical(table, [*lines[table.name], Line(file, 0, cells)])
    row = raw.to_csv([[cells[name] for name in table.raw]])
    new = text.count("\n", 0, text.index(f"\n{row}") + 1) + 1
    found = {_as_it_stands(problem, file, new) for problem in _told_by_the_build(root, file, text)}
    missing = {problem for problem in found if problem.rule in MENDED_BY}
    problems = found - missing
    if any(problem.line for problem in problems):
        # what stands in other rows may have stood there before
        problems.difference_update(_told_by_the_build(root, file, before))
    return Checked(cells, sorted(problems), sorted(missing), text, lines)


def append(root: Path, table: Table, given: Mapping[str, str], checked: Checked, on_wait: Callable[[], None]) -> Checked:
    """Put a checked row in its place, unless it has problems. If other rows came or went since, it is checked anew."""
    with locked(root, on_wait):
        if read(root) != checked.lines:
            checked = check(root, table, given)
        if not checked.problems:
            raw.save(root / str(table.source), checked.text)
    return checked


def _unreadable(line: Line, name: str) -> Iterator[Problem]:
    """What would keep a cell, once it is written, from being read again."""
    found, text = Found(), raw.to_csv([[name], [line.cells[name]]])
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    try:
        list(raw.read_stream(io.BytesIO(data), line.file, [name], found))
    except ValueError as error:
        yield line.problem(name, "file", error.args[1])
    for problem in found.problems:
        yield line.problem(name, problem.rule, problem.message)


def _clashes(table: Table, column: Column, text: str, lines: Lines) -> Iterator[tuple[str, str]]:
    """What a cell breaks, as rule and message, that other rows decide."""
    if text and column.unique and text in _values(lines, table.name, column.name):
        yield UNIQUE
    is_id = table.primary_key == (column.name,) and table.name != "withdrawn"
    if is_id and text in _values(lines, "withdrawn", "record_id"):
        yield keys.WITHDRAWN
    known = {key for name in column.references for key in _values(lines, name, codebook().tables[name].primary_key[0])}
    items = column.items(text) if text and column.references else ()
    if unknown := [item for item in items if not keys.resolves(item, known)]:
        yield unresolved(column, unknown)


def _values(lines: Lines, table: str, column: str) -> set[str]:
    return {line.cells[column] for line in lines[table]}


def _told_by_the_build(root: Path, file: str, text: str) -> list[Problem]:
    """The problems of a dataset if one of its files had another text."""
    with _copy(root) as copy, Events(Local()) as sifted:
        (copy / file).write_bytes(text.encode("utf-8"))
        try:
            validate(copy, sifted)
        except InvalidData as invalid:
            if invalid.more:
                raise
            return invalid.problems
    return []


def _as_it_stands(problem: Problem, file: str, new: int) -> Problem:
    """A problem at the line that a row has as long as the new one is not there; the new one has none."""
    if problem.file != file or problem.line < new:
        return problem
    return replace(problem, line=0 if problem.line == new else problem.line - 1)


@contextmanager
def _copy(root: Path) -> Iterator[Path]:
    """A copy of all that a dataset is built from, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        for path in (root / ABOUT, *(file for table in codebook().raw_tables() for file in raw.files(root, table))):
            copy = Path(folder) / path.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                shutil.copyfile(path, copy)
        yield Path(folder)
