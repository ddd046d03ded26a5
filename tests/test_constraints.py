"""Every constraint of every transcribed column: the real data, broken in one cell, name that cell and that rule."""

import pytest

from timeline.columns import codebook

WORDED = ("target_described", "wording")


def broken_values(column):
    """(rule, a value that breaks it)."""
    if column.required:
        yield "required", ""
    if column.unique:
        yield "unique", None  # another row's value
    if column.type in ("integer", "number"):
        for text in ("many", "1e5", "007", "1,5", " 7", "٣", "0x1F", "NaN", "7.0", "-0", "0.12345678901234567", "0.0000001"):
            yield ("text" if text == " 7" else "type"), text
    if column.type == "date":
        for text in ("2024-06", "04.06.2024", "2024-02-30"):
            yield "type", text
    if column.type == "list":
        for text in ("iraq;;israel", "iraq; israel", "iraq;iraq", ";iraq"):
            yield "type", text
    if column.format == "edtf":
        for text in ("2024-13", "June 2024", "2024-02/2024-01"):
            yield "edtf", text
    if column.categories:
        yield "enum", "nonsense"
    if column.pattern:
        yield "pattern", "!" if column.name not in WORDED else "one two three four five six seven"
    if column.minimum is not None:
        yield "minimum", str(int(column.minimum) - 1)
    if column.maximum is not None:
        yield "maximum", str(int(column.maximum) + 1)
    if column.max_length is not None:
        yield "maxLength", "x" * (column.max_length + 1)
    if column.references:
        yield "reference", "no-such" if column.references[0] in ("actors", "places", "sources") else "E9999"


CASES = [
    pytest.param(table.name, column.name, rule, value, id=f"{table.name}.{column.name}-{rule}-{value or ''}"[:60])
    for table in codebook().raw_tables()
    for column in table.transcribed()
    if column.name != table.file_key
    for rule, value in broken_values(column)
]


def _repeat(sheet, table, column):
    """Give a row the value of another; a table with one row repeats it whole."""
    filled = [line for line in sheet.lines[table] if line.cells[column]]
    if len(filled) > 1:
        return sheet.edit(table, filled[1].number, **{column: filled[0].cells[column]})
    return sheet.add(table, **filled[0].cells)


@pytest.mark.parametrize(("table", "column", "rule", "value"), CASES)
def test_a_broken_cell_is_named(sheet, table, column, rule, value):
    line = _repeat(sheet, table, column) if rule == "unique" else sheet.edit(table, 2, **{column: value})
    problems = sheet.problems()
    assert (sheet.file(table), line, column, rule) in problems
    # nothing but this cell is wrong, unless other rows point to it
    if column not in codebook().tables[table].primary_key:
        assert {problem[:3] for problem in problems} == {(sheet.file(table), line, column)}


def test_the_cases_reach_every_kind_of_constraint():
    rules = {case.values[2] for case in CASES}
    assert rules == {
        "required",
        "unique",
        "type",
        "edtf",
        "enum",
        "pattern",
        "minimum",
        "maximum",
        "maxLength",
        "reference",
        "text",
    }
