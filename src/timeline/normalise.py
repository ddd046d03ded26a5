"""Checked text to values: numbers, days, lists. A cell that failed its check has no value, and the row says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from timeline import dates
from timeline.columns import Table
from timeline.problems import Problem
from timeline.raw import Line

NOWHERE = Line("", 0, {})


class Row(dict[str, Any]):
    """One row's values by column: `str`, `int`, `float`, `bool`, `date`, a tuple of `str`, or None.

    `line` is where it was transcribed; `sound` is False where one of its cells failed a check.
    """

    __slots__ = ("line", "sound")

    def __init__(self, values: dict[str, Any], line: Line | None = None, *, sound: bool = True) -> None:
        super().__init__(values)
        self.line = line or NOWHERE
        self.sound = sound

    def date(self, column: str = "date") -> dates.Date | None:
        """The date that a cell holds."""
        return None if self[column] is None else dates.parse(self[column])


def normalise(table: Table, lines: Iterable[Line], problems: Collection[Problem]) -> list[Row]:
    """Turn a table's checked lines into rows of values."""
    broken = {(problem.file, problem.line, problem.column) for problem in problems}
    broken_lines = {(file, number) for file, number, _ in broken}
    columns = table.transcribed()
    rows = []
    for line in lines:
        values: dict[str, Any] = {}
        for column in columns:
            text = line.cells[column.name]
            if text and (line.file, line.number, column.name) not in broken:
                values[column.name] = column.parse(text)
            else:
                values[column.name] = () if column.type == "list" else None
        rows.append(Row(values, line, sound=(line.file, line.number) not in broken_lines))
    return rows
