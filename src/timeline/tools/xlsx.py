"""The published tables as one workbook: the codebook first, then a sheet for each table, no formula and no link."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timeline.columns import LIST_DELIMITER, Column, codebook
from timeline.dataset import Dataset
from timeline.describe import about_of, licences
from timeline.exporting import Exported, Loss, reporting
from timeline.facts import rows
from timeline.tools.definitions import TABLES, definitions

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FILE = "timeline.xlsx"
LONGEST_TEXT, MOST_ROWS = 32_767, 1_048_575
MOST_PRECISE = 10**15  # a spreadsheet has fifteen digits
FIRST_DAY = datetime.date(1900, 3, 1)  # before it, not all spreadsheets mean the same day
CREATED = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - it has no zone; whoever exports when, the file is the same
WIDTH = 16
_OPTIONS = {
    "constant_memory": True,
    "default_date_format": "yyyy-mm-dd",
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write(dataset: Dataset, folder: Path) -> Exported:
    """Write the workbook; what a cell cannot hold is cut or text, and reported."""
    import xlsxwriter

    about, done = about_of(dataset.package), Exported()
    losses: list[Loss] = []
    with xlsxwriter.Workbook(str(folder / FILE), _OPTIONS) as book:
        comments = f"{about['name']}, version {about['version']}. {licences(about)}"
        book.set_properties({"title": about["title"], "comments": comments, "created": CREATED})
        head = book.add_format({"bold": True})
        for name, columns in TABLES.items():
            _fill(book.add_worksheet(name), columns, definitions(name), head)
        for table in codebook().tables.values():
            cells = (_cells(table.name, table.columns, row, losses) for row in rows(dataset, table.name))
            number = _fill(book.add_worksheet(table.name), [column.name for column in table.columns], cells, head)
            if table.name == "events":
                done.events = done.rows = number
    if losses:
        with reporting(folder, done) as lose:
            lose(losses)
    return done


def _fill(sheet: Worksheet, names: Sequence[str], found: Iterable[Sequence[Any]], head: Format) -> int:
    """Write a sheet, row by row; how many there are below the header."""
    sheet.set_column(0, len(names) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    for position, name in enumerate(names):
        sheet.write_string(0, position, name, head)
    number = 0
    for number, row in enumerate(found, start=1):
        if number > MOST_ROWS:
            raise ValueError(f"{sheet.name} has more rows than a sheet can hold")
        for position, value in enumerate(row):
            _write(sheet, number, position, value)
    sheet.autofilter(0, 0, number, len(names) - 1)
    return number


def _write(sheet: Worksheet, row: int, position: int, value: Any) -> None:
    """Write a cell as what its value is: text is never read as anything else."""
    if isinstance(value, bool):
        sheet.write_boolean(row, position, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, position, value)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, position, value)
    elif value is not None:
        sheet.write_string(row, position, value)


def _cells(table: str, columns: Sequence[Column], row: dict[str, Any], losses: list[Loss]) -> list[Any]:
    """A row as a sheet can hold it; what it cannot is added to the losses."""
    cells = []
    for column in columns:
        value = row[column.name]
        cell, reason = _held(LIST_DELIMITER.join(value) if isinstance(value, list) else value)
        if reason:
            record_id = str(row[codebook().tables[table].primary_key[0]])
            losses.append(Loss(record_id, column.name, column.name, column.print(value), str(cell), "changed", reason))
        cells.append(cell)
    return cells


def _held(value: Any) -> tuple[Any, str]:
    """A value as a cell holds it; and why that is not the same."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[:LONGEST_TEXT], f"is cut after {LONGEST_TEXT} characters"
    if isinstance(value, datetime.date) and value < FIRST_DAY:
        return str(value), "is text: the calendar of spreadsheets begins later"
    if isinstance(value, int) and abs(value) >= MOST_PRECISE:
        return str(value), "is text: a number has no more than fifteen digits"
    return value, ""
