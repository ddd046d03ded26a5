"""The way of a row, from transcribed text to a published release. No step looks back."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timeline import raw, rules, schema
from timeline.columns import codebook
from timeline.derive import derive
from timeline.describe import ABOUT, read_about
from timeline.locks import locked
from timeline.normalise import normalise
from timeline.problems import InvalidData
from timeline.publish import PROCESSED, publish
from timeline.transcription import Transcription


def build(root: Path, on_wait: Callable[[], None] = lambda: None) -> bool:
    """Build and publish the dataset at `root`; whether anything changed. InvalidData leaves all as it was.

    Of two builds at once, one waits for the other, after it called `on_wait`.
    """
    with locked(root, on_wait):
        return publish(root, derived(root), read_about(root))


def derived(root: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of every published table, checked on both ends; InvalidData lists every problem."""
    tables = derive(validate(root))
    for table in codebook().tables.values():
        file = f"{PROCESSED}/{table.name}.csv"
        printed = [
            raw.Line(file, number, {column.name: column.print(row[column.name]) for column in table.columns})
            for number, row in enumerate(tables[table.name], start=2)
        ]
        if problems := schema.check(table, table.columns, printed):
            raise InvalidData(problems)
    return tables


def validate(root: Path) -> Transcription:
    """The transcribed tables as values; InvalidData lists every problem in them.

    Where a file cannot be read as rows, keys and rules are not looked at: what they would miss may stand there. Nor are
    they where there are more problems already than anybody would read.
    """
    if not root.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "is no folder", str(root))
    lines, problems = raw.read(root)
    try:
        read_about(root)
    except InvalidData as invalid:
        problems += invalid.problems
    is_readable = not any(problem.rule in raw.STRUCTURAL and problem.file != ABOUT for problem in problems)
    for table in codebook().raw_tables():
        problems += schema.check(table, table.transcribed(), lines[table.name])
    if is_readable and len(problems) < raw.MOST_PROBLEMS:
        normalised = {table.name: normalise(table, lines[table.name], problems) for table in codebook().raw_tables()}
        data = Transcription(normalised)
        problems += rules.check(data)
    if problems:
        raise InvalidData(problems)
    return data
