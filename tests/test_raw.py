"""Reading the transcribed files: what cannot be read is named, and nothing is repaired."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import raw
from timeline.cli import main
from timeline.columns import Column, codebook
from timeline.problems import InvalidData, Problem, render

EVENTS = "data/raw/events.csv"


def replaced(old, new, count=1):
    return lambda data: data.replace(old, new, count)


BYTES = {
    "a byte order mark": (lambda data: b"\xef\xbb\xbf" + data, 1, "file"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), 1, "file"),
    "Latin-1": (replaced(b"Gulf War", b"Gulf W\xe4r"), 2, "file"),
    "NUL": (replaced(b"Gulf War", b"Gulf\x00War"), 2, "file"),
    "CRLF": (lambda data: data.replace(b"\n", b"\r\n"), 1, "file"),
    "nothing": (lambda data: b"", 0, "header"),
    "a header in another order": (replaced(b"event_id,date,", b"date,event_id,"), 1, "header"),
    "a header with a column less": (replaced(b",note\n", b"\n"), 1, "header"),
    "a header with a column twice": (replaced(b"event_id,date,", b"date,date,"), 1, "header"),
    "semicolons": (lambda data: data.replace(b",", b";"), 1, "header"),
    "a short row": (lambda data: data + b"E9999,2024\n", None, "row"),
    "a blank line": (lambda data: data + b"\n", None, "row"),
    "an open quote": (lambda data: data + b'E9999,"2024\n', None, "row"),
    "a file cut in its last cell": (lambda data: data[:-3], -1, "file"),
    "text behind a quote": (lambda data: data + b'"E9999"x,2024\n', None, "row"),
}


@pytest.mark.parametrize("name", BYTES)
def test_a_file_that_is_no_table_is_named(copy, refused, name):
    change, line, rule = BYTES[name]
    path = copy.root / EVENTS
    data = path.read_bytes()
    path.write_bytes(change(data))
    lines = data.count(b"\n")
    assert refused() == {(EVENTS, {None: lines + 1, -1: lines}.get(line, line), "", rule)}


def test_a_missing_file_is_named(copy, refused):
    (copy.root / EVENTS).unlink()
    assert refused() == {(EVENTS, 0, "", "file")}


def test_a_folder_in_place_of_a_file_is_named(copy, refused):
    (copy.root / EVENTS).unlink()
    (copy.root / EVENTS).mkdir()
    assert refused() == {(EVENTS, 0, "", "file")}


CELLS = {
    "a line break": ("a\nb", "text"),
    "a tab": ("a\tb", "text"),
    "white space before": (" a", "text"),
    "white space behind": ("a ", "text"),
    "a no-break space behind": ("a\u00a0", "text"),
    "a zero-width space": ("a\u200bb", "text"),
    "a direction override": ("a\u202eb", "text"),
    "a byte order mark within": ("a\ufeffb", "text"),
    "letters not composed": ("e\u0301", "text"),
    "a formula": ("=1+1", "formula"),
    "a formula with plus": ("+SUM(A1)", "formula"),
    "a formula with minus": ("-a", "formula"),
    "a formula with at": ("@SUM(A1)", "formula"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_no_column_may_hold_is_named(copy, refused, name):
    value, rule = CELLS[name]
    line = copy.edit("events", copy.line("events", event_id="E0021"), note=value)
    assert refused() == {(EVENTS, line, "note", rule)}


def test_arabic_and_hebrew_are_text_like_any_other(copy):
    copy.edit("events", copy.line("events", event_id="E0021"), note="المقاومة الإسلامية, אילת")
    assert main(["build", "--root", str(copy.root)]) == 0
    assert "المقاومة الإسلامية, אילת" in (copy.root / "data/processed/events.csv").read_text(encoding="utf-8")


def test_lines_after_a_quoted_line_break_keep_their_numbers(copy, refused):
    copy.edit("events", 3, note="a\nb")
    line = copy.edit("events", 5, date="soon")
    assert (EVENTS, line + 1, "date", "edtf") in refused()


def test_format_restores_the_canonical_form_and_nothing_else(copy, capsys):
    before = (copy.root / EVENTS).read_bytes()
    header, *rows = copy.rows("events")
    shuffled = [header, *reversed(rows)]
    (copy.root / EVENTS).write_text(
        "\n".join(",".join(f'"{cell}"' for cell in row) for row in shuffled) + "\n", encoding="utf-8"
    )
    assert main(["check", "--root", str(copy.root)]) == 1
    assert f"{EVENTS}: not in canonical form; `timeline format` mends it" in capsys.readouterr().out
    assert main(["format", "--root", str(copy.root)]) == 0
    assert capsys.readouterr().out == f"{EVENTS}: rewritten\n"
    assert (copy.root / EVENTS).read_bytes() == before
    assert main(["check", "--root", str(copy.root)]) == 0


def test_format_takes_what_a_spreadsheet_saves(copy, capsys):
    before = (copy.root / EVENTS).read_bytes()
    (copy.root / EVENTS).write_bytes(b"\xef\xbb\xbf" + before.replace(b"\n", b"\r\n"))
    assert main(["format", "--root", str(copy.root)]) == 0
    assert (copy.root / EVENTS).read_bytes() == before


def test_format_tells_a_cell_that_it_will_not_mend(copy, capsys):
    line = copy.edit("events", 2, note="a ")
    assert main(["format", "--root", str(copy.root)]) == 1
    assert f"{EVENTS}:{line}: note: 'a '" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["data/raw/event.csv", "data/raw/more/events.csv", "seeds/coverage/2024/a.csv"])
def test_a_stray_file_is_named(copy, refused, name):
    (copy.root / name).parent.mkdir(exist_ok=True)
    (copy.root / name).touch()
    assert refused() == {(name, 0, "", "file")}


def test_format_leaves_what_it_cannot_read(copy, capsys):
    broken = (copy.root / EVENTS).read_bytes() + b"E9999\n"
    (copy.root / EVENTS).write_bytes(broken)
    assert main(["format", "--root", str(copy.root)]) == 1
    assert "[row]" in capsys.readouterr().err
    assert (copy.root / EVENTS).read_bytes() == broken


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5))
def test_csv_text_reads_back(rows):
    import csv
    import io

    text = raw.to_csv(rows)
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == rows
    assert "\r" not in text


values = {
    "string": st.text(min_size=1),
    "integer": st.integers(-(10**17), 10**17),
    "number": st.decimals(-1000, 1000, places=6).map(float),
    "boolean": st.booleans(),
    "date": st.dates(),
    "list": st.lists(st.text("abcdef-1", min_size=1), min_size=1, unique=True).map(tuple),
}


@pytest.mark.parametrize("kind", values)
def test_a_value_prints_as_the_cell_that_it_is_read_from(kind):
    column = Column("x", kind, "")

    @given(values[kind])
    def round_trip(value):
        assert column.parse(column.print(value)) == value

    round_trip()
    assert column.print(None) == ""


def test_every_type_of_the_codebook_has_its_round_trip():
    assert {column.type for table in codebook().tables.values() for column in table.columns} == set(values)


PROBLEM = Problem("data/raw/events.csv", 17, "date", "soon\n%", "edtf", "is no date")


def test_a_report_for_a_person():
    assert render([PROBLEM]) == ("data/raw/events.csv:17: date: 'soon\\n%': is no date [edtf]\n1 problem in 1 file")


def test_a_report_for_a_pull_request():
    expected = "::error file=data/raw/events.csv,line=17,title=edtf::date: 'soon\\n%25' is no date"
    assert render([PROBLEM], "github") == expected


def test_a_report_shows_the_beginning_of_a_long_value():
    long = Problem("a.csv", 2, "note", "x" * 5000, "maxLength", "too long")
    assert len(render([long])) < 200


def test_problems_are_told_once_and_in_order():
    other = Problem("data/raw/events.csv", 3, "date", "", "required", "must not be empty")
    assert InvalidData([PROBLEM, other, PROBLEM]).problems == [other, PROBLEM]
