"""Any text as a date, any bytes as a file, any text in any cell: an answer each time, never an exception, nothing guessed."""

import csv
import io

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import REPOSITORY
from timeline import batches, dates, raw
from timeline.columns import codebook
from timeline.problems import FORMATS, Found, render

PIECES = ["2024", "0000", "9999", "-", "02", "30", "/", "..", "[", "]", ",", "~", "?", "%", " ", "\n", "٢", "-0001", "Y", "X"]
near_dates = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
PLACES = codebook().tables["places"]
SOUND = b"".join((REPOSITORY / PLACES.source).read_bytes().splitlines(keepends=True)[:6])


@settings(max_examples=1200)
@given(st.one_of(near_dates, st.text(max_size=30)))
@example("[" * 10_000)
@example("/" * 10_000)
@example("[" + "2024," * 10_000 + "2025]")
@example("0001~")
@example("9999-12-31~")
@example("[..0001]")
def test_any_text_is_a_date_of_the_subset_or_is_told_why_not(text):
    if dates.complaint(text):
        return
    date = dates.parse(text)
    assert str(date) == text
    assert date.start is not None or date.end is not None
    assert date.start is None or date.end is None or date.start <= date.end
    assert date.wide_start is None or date.start is None or date.wide_start <= date.start
    assert date.wide_end is None or date.end is None or date.wide_end >= date.end


@st.composite
def damaged(draw):
    """A sound file with some bytes deleted, doubled, changed or put in."""
    data = bytearray(SOUND)
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        new = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([b'"', b",", b"\n", b"\r\n", b'""', b"", b"\xef\xbb\xbf", bytes(data[start:end]) * 2]),
            )
        )
        data[start:end] = new
    return bytes(data)


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(damaged(), st.binary(max_size=200)))
@example(SOUND)
@example(SOUND + b'"' * 1001 + b"\n")
@example(SOUND.replace(b"\n", b"\n\xef\xbb\xbf", 1))
def test_any_bytes_are_read_as_they_stand_or_refused(tmp_path, data):
    path = tmp_path / "places.csv"
    path.write_bytes(data)
    found = Found()
    lines = [line for batch in batches.read_file(path, "places.csv", PLACES.raw, found) for line in batch.lines()]
    assert (lines, found) == row_by_row(path)
    problems = found.problems + [problem for line in lines for problem in raw.check_cells(line)]
    assert all(problem.line <= data.count(b"\n") + 1 for problem in problems)
    for form in FORMATS:
        assert not problems or render(problems, form)
    if not problems:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
        assert [list(line.cells.values()) for line in lines] == rows[1:]
        assert all(cell == cell.strip() for line in lines for cell in line.cells.values())


def row_by_row(path):
    """What is read without Arrow."""
    found = Found()
    return list(raw.read_rows(path, path.name, PLACES.raw, found)), found


CELLS = [(table.name, column.name) for table in codebook().raw_tables() for column in table.transcribed()]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_text_in_any_cell_is_taken_or_refused_there_or_where_it_is_missed(sheet, data):
    table, column = data.draw(st.sampled_from([(table, column) for table, column in CELLS if sheet.lines[table]]))
    number = data.draw(st.integers(0, len(sheet.lines[table]) - 1))
    before = sheet.lines[table][number]
    others = [line.cells[column] for line in sheet.lines[table]]
    value = data.draw(st.one_of(st.sampled_from(others), near_dates, st.text(max_size=20)))
    sheet.edit(table, before.number, **{column: value})
    problems = sheet.problems()
    sheet.lines[table][number] = before
    assert value != before.cells[column] or not problems
    declared = next(c for c in codebook().tables[table].transcribed() if c.name == column)
    is_wrong = value and not all(holds(value) for holds, _ in declared.rules().values())
    assert not is_wrong or any(problem[:3] == (before.file, before.number, column) for problem in problems)
