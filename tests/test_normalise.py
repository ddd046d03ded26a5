"""Checked text to values: what failed its check has no value, and the row says so."""

import datetime

from timeline import dates
from timeline.columns import codebook
from timeline.normalise import Row, normalise
from timeline.raw import Line


def lines(table, *rows):
    names = [column.name for column in table.transcribed()]
    return [Line("events.csv", number, {**dict.fromkeys(names, ""), **cells}) for number, cells in enumerate(rows, start=2)]


def test_each_type_has_its_value():
    table = codebook().tables["events"]
    (row,) = normalise(table, lines(table, {"date": "2024-03", "attacks_low": "2", "weapons": "drone;rocket"}), [])
    assert (row["date"], row["attacks_low"], row["weapons"]) == ("2024-03", 2, ("drone", "rocket"))
    assert (row["note"], row["initiators"]) == (None, ())
    assert row.date() == dates.parse("2024-03")
    (source,) = normalise(codebook().tables["sources"], lines(codebook().tables["sources"], {"accessed": "2024-06-05"}), [])
    assert source["accessed"] == datetime.date(2024, 6, 5)
    assert source.date("published") is None


def test_a_broken_cell_has_no_value_and_its_row_is_not_sound():
    table = codebook().tables["events"]
    given = lines(table, {"date": "soon", "title": "A", "weapons": "x;x"}, {"title": "B"})
    broken = [given[0].problem("date", "edtf", ""), given[0].problem("weapons", "type", "")]
    first, second = normalise(table, given, broken)
    assert (first["date"], first["weapons"], first["title"], first.sound) == (None, (), "A", False)
    assert (second["title"], second.sound) == ("B", True)
    assert (first.line, second.line) == tuple(given)


def test_a_derived_row_stands_nowhere_and_is_sound():
    row = Row({"title": "A"})
    assert (row.line, row.sound) == (Line("", 0, {}), True)
