"""What is compiled from the codebook is what was published."""

import json
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import REPOSITORY
from timeline import batches, frames, schema
from timeline.columns import Column, codebook
from timeline.problems import Found, render
from timeline.values import Register

PROCESSED = REPOSITORY / "data" / "processed"
SCHEMAS = {
    r["name"]: r["schema"] for r in json.loads((PROCESSED / "datapackage.json").read_bytes())["resources"] if "schema" in r
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_table_schema(name):
    book = codebook()
    assert schema.table_schema(book.tables[name], book.tables, book.vocabularies) == SCHEMAS[name]


@pytest.mark.parametrize("name", SCHEMAS)
def test_arrow_schema(name):
    compiled, published = schema.arrow_schema(codebook().tables[name]), pq.read_schema(PROCESSED / f"{name}.parquet")
    assert compiled.metadata == {key: published.metadata[key] for key in (b"title", b"description")}
    for field in compiled:
        other = published.field(field.name)
        assert (field.type, field.nullable) == (other.type, other.nullable)
        assert field.metadata[b"description"] == other.metadata[b"description"]


def lines(table, *rows):
    names = [column.name for column in table.columns]
    return [schema.Line(f"{n // 20}.csv", n, {**dict.fromkeys(names, ""), **cells}) for n, cells in enumerate(rows, start=2)]


def test_the_first_thousand_problems_are_kept_and_all_are_counted():
    table = codebook().tables["captures"]
    rows = [{"event_id": f"E{n}", "harvest": "third"} for n in range(1500)]
    found = Found()
    found.add(schema.check(table, table.columns, lines(table, *rows)))
    assert [problem.line for problem in found.problems] == [*range(2, 1002)]
    assert (found.more, found.is_full) == (500, True)
    assert render(found.problems, more=found.more).endswith("1500 problems in 51 files; the first 1000 are listed")


def test_a_repeated_key_is_told_once_for_each_row_that_repeats_it():
    table = codebook().tables["captures"]
    row = {"event_id": "E0001", "harvest": "first"}
    problems = schema.check(table, table.columns, lines(table, row, row, {**row, "harvest": "second"}, row))
    assert [(p.line, p.column, p.rule, p.message) for p in problems] == [
        (line, "event_id", "primaryKey", "the same event_id, harvest stand in an earlier row") for line in (3, 5)
    ]


def test_a_repeated_id_is_told_as_such():
    table = codebook().tables["actors"]
    row = {"actor_id": "a", "name": "A", "actor_type": "medium"}
    (problem,) = schema.check(table, table.columns, lines(table, row, row))
    assert (problem.line, problem.column, problem.rule) == (3, "actor_id", "unique")
    assert problem.message == "stands in more than one row"


def test_empty_cells_repeat_nothing():
    table = codebook().tables["actors"]
    rows = [{"actor_id": "", "name": "A", "actor_type": "medium"}] * 2
    problems = schema.check(table, table.columns, lines(table, *rows))
    assert {(p.line, p.column, p.rule) for p in problems} == {(2, "actor_id", "required"), (3, "actor_id", "required")}
    assert schema.check(table, table.columns, []) == []


def test_a_date_that_is_none_says_why():
    table = codebook().tables["events"]
    (problem,) = (p for p in schema.check(table, table.columns, lines(table, {"date": "2024-13"})) if p.rule == "edtf")
    assert (problem.value, problem.message) == (
        "2024-13",
        "is no date of the EDTF subset: '2024-13' is not in the calendar",
    )


def test_of_other_cells_the_rule_is_said_and_no_more():
    table = codebook().tables["captures"]
    (problem,) = schema.check(table, table.columns, lines(table, {"event_id": "E0001", "harvest": "third"}))
    assert (problem.rule, problem.message) == ("enum", table["harvest"].rules()["enum"][1])


def a_batch(*cells):
    return batches.of_cells("a.csv", {"actor_type": pa.array(cells, pa.string())})


@pytest.mark.parametrize(("forgets", "asked"), [(False, [None, "medium", "nobody"]), (True, [None, "medium", "nobody"] * 3)])
def test_each_distinct_cell_is_asked_once_as_long_as_it_is_remembered(monkeypatch, forgets, asked):
    """And told wherever it stands, whatever was forgotten."""
    columns = [codebook().tables["actors"]["actor_type"]]
    checker = schema.Checker(columns)
    ask, seen = checker._ask, []
    monkeypatch.setattr(checker, "_ask", lambda column, cells: seen.extend(cells.to_pylist()) or ask(column, cells))
    for _ in range(3):
        told = [(p.line, p.value, p.rule) for p in checker.check(a_batch("medium", "nobody", None, *["medium"] * 9, "nobody"))]
        assert sorted(told) == [(3, "nobody", "enum"), (4, "", "required"), (14, "nobody", "enum")]
        if forgets:
            checker.forget(Register(columns))
    assert sorted(seen, key=str) == sorted(asked, key=str)


def test_what_is_broken_is_told_in_every_batch_and_what_is_new_is_asked_alone(monkeypatch):
    checker = schema.Checker([codebook().tables["actors"]["actor_type"]])
    ask, seen = checker._ask, []
    monkeypatch.setattr(checker, "_ask", lambda column, cells: seen.append(cells.to_pylist()) or ask(column, cells))
    for new in ("nobody", "nothing", "nowhere"):
        some = sorted({"medium", new, *(cell for cells in seen for cell in cells if cell)})
        told = {p.value for p in checker.check(a_batch(*some, *["medium"] * 9))}
        assert told == {*some} - {"medium"}
    assert seen == [[None, "medium", "nobody"], ["nothing"], ["nowhere"]]


def test_aside_the_same_is_told_in_the_same_order():
    columns = [codebook().tables["events"][name] for name in ("title", "event_type", "note")]
    cells = {"title": ["A", " B", None, "C"], "event_type": ["attack", "raid", "raid", None], "note": ["=1", None, None, "x"]}
    batch = batches.of_cells("a.csv", {name: pa.array(some, pa.string()) for name, some in cells.items()})
    told = list(schema.Checker(columns).check(batch))
    with ThreadPoolExecutor(1) as aside:
        assert list(schema.Checker(columns).check(batch, aside)) == told
    assert [(p.line, p.column) for p in told] == [
        (3, "title"), (4, "title"), (3, "event_type"), (4, "event_type"), (5, "event_type"), (2, "note"),
    ]  # fmt: skip


def test_of_cells_that_nearly_all_differ_none_is_remembered(monkeypatch):
    checker = schema.Checker([codebook().tables["actors"]["name"]])
    ask, seen = checker._ask, []
    monkeypatch.setattr(checker, "_ask", lambda column, cells: seen.extend(cells.to_pylist()) or ask(column, cells))
    batch = batches.of_cells("a.csv", {"name": pa.array(["A", "B", " C", None])})
    for _ in range(2):
        assert sorted((p.line, p.value) for p in checker.check(batch)) == [(4, " C"), (5, "")]
    assert seen == ["A", "B", " C", None] * 2


@pytest.mark.parametrize(
    ("rule", "cells", "asked"),
    [
        ("pattern", ["abc", "ABC", "é"], ["ABC", "é"]),
        ("pattern", ["abc"], []),
        ("maxLength", ["abc", "abcdef"], ["abcdef"]),
        ("maxLength", ["éééé"], []),
        ("enum", ["abc", "x"], ["abc", "x"]),
    ],
)
def test_a_rule_is_asked_of_cells_that_arrow_does_not_let_pass(rule, cells, asked):
    column = Column("name", "string", "A name.", pattern="[a-z]+", max_length=4)
    seen = []
    check = schema._on_text(rule, column, lambda cell: seen.append(cell) or cell != "é")
    assert list(check(pd.Series(frames.TEXT.__from_arrow__(pa.array(cells))))) == [cell != "é" for cell in cells]
    assert seen == asked


FLAWED = ("=SUM(1)", "+a", "-a", "@a", " a", "a ", "a\tb", "a\u200bb", "e\u0301", "a\x7f", "\u202ea", "\uff1da", "\x01a")


@pytest.mark.parametrize("flawed", FLAWED)
@pytest.mark.parametrize("others", [(), ("plain", "élève", "مسيّرة", "東京", "x-y", "a=b", "")])
def test_what_no_cell_may_hold_is_found_wherever_it_stands(flawed, others):
    for place in range(len(others) + 1):
        cells = [*others[:place], flawed, *others[place:]]
        for first, last in ((0, 0), (1, 0), (0, 1), (2, 2)):
            some = pa.array([*["=é"] * first, *cells, *["é "] * last]).slice(first, len(cells))
            assert schema._suspects(some).to_pylist() == [flawed]
    assert schema._suspects(pa.array(list(others), pa.string())).to_pylist() == []


def test_names_of_rows_elsewhere_are_looked_up_where_those_are_known():
    columns = [codebook().tables["events"][name] for name in ("targets", "place_id")]
    cells = {"targets": ["israel;nobody;nowhere", "israel", None], "place_id": ["eilat", "eilat", "nowhere"]}
    batch = batches.of_cells("a.csv", {name: pa.array(values, pa.string()) for name, values in cells.items()})
    told = [(p.line, p.column, p.rule, p.message) for p in schema.Checker(columns, {"actors": {"israel"}}).check(batch)]
    assert told == [(2, "targets", "reference", "'nobody', 'nowhere': no such row in actors")]
    both = schema.Checker(columns, {"actors": {"israel"}, "places": {"eilat"}}).check(batch)
    assert [(p.line, p.column) for p in both] == [(2, "targets"), (4, "place_id")]
    assert list(schema.Checker(columns).check(batch)) == []


def test_of_equal_cells_each_is_told_once_however_they_are_read():
    checker = schema.Checker([codebook().tables["events"]["title"]])
    cells = batches.as_they_stand(pa.array(["An attack "] * 5 + ["Sound"]))
    batch = batches.Batch("a.csv", range(2, 8), pa.RecordBatch.from_pydict({"title": cells}))
    assert [problem.line for problem in checker.check(batch)] == [2, 3, 4, 5, 6]
