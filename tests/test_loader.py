"""What users call: the same frames from both formats, and one clear error for each mistake."""

import csv
import sys

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import timeline
from conftest import REPOSITORY
from timeline import frames
from timeline.cli import main
from timeline.columns import codebook

TABLES = tuple(codebook().tables)


def test_tables_are_those_of_the_codebook():
    assert timeline.tables() == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_csv_and_parquet_load_to_equal_frames(name):
    parquet, text = timeline.load(name), timeline.load(name, format="csv")
    pd.testing.assert_frame_equal(parquet, text, check_exact=True)
    assert parquet.dtypes.to_list() == text.dtypes.to_list()


DTYPES = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "datetime64[s]"}


@pytest.mark.parametrize("name", TABLES)
def test_dtypes_are_those_of_the_codebook(name):
    frame = timeline.load(name)
    for column in codebook().tables[name].columns:
        found = frame[column.name].dtype
        if column.type == "list":
            assert isinstance(found, pd.ArrowDtype)
        elif column.vocabulary:
            assert list(found.categories) == list(column.categories)
            assert not found.ordered
        else:
            assert found == DTYPES[column.type]
    assert list(frame.columns) == [column.name for column in codebook().tables[name].columns]
    assert isinstance(frame.index, pd.RangeIndex)


@pytest.mark.parametrize("name", [table.name for table in codebook().raw_tables()])
def test_what_was_transcribed_is_what_is_loaded(name):
    """Cell by cell, from the raw files to the frame and back to text."""
    table = codebook().tables[name]
    frame = timeline.load(name)
    if name == "alternatives":
        frame = frame[frame["speaker_id"].isna()]
    loaded = [
        {column.name: column.print(plain(value)) for column, value in zip(columns, row, strict=True)}
        for columns in [table.transcribed()]
        for row in frame[[c.name for c in columns]].itertuples(index=False)
    ]
    assert sorted(map(str, loaded)) == sorted(map(str, transcribed(table)))


def plain(value):
    """A cell of a frame as Python has it; None where it is missing."""
    if isinstance(value, pd.Timestamp):
        return value.date()
    if pd.api.types.is_scalar(value):
        return None if pd.isna(value) else getattr(value, "item", lambda: value)()
    return tuple(value)


def transcribed(table):
    for path in sorted(REPOSITORY.glob(table.source)):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                yield ({table.file_key: path.stem} if table.file_key else {}) | row


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=20)
notes = texts.map(str.strip).filter(lambda t: not t.startswith(("=", "+", "-", "@")))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    note=notes,
    weapons=st.lists(st.sampled_from(codebook().tables["events"]["weapons"].categories), unique=True),
    low=st.integers(1, 9999),
)
def test_nothing_is_lost_on_the_way(copy, note, weapons, low):
    import unicodedata

    note = unicodedata.normalize("NFC", note).strip()
    note = "" if note.startswith(("=", "+", "-", "@")) else note
    copy.edit(
        "events",
        copy.line("events", event_id="E0021"),
        note=note,
        weapons=";".join(weapons),
        attacks_low=str(low),
        attacks_high=str(low),
    )
    assert main(["build", "--root", str(copy.root)]) == 0
    for form in ("parquet", "csv"):
        row = timeline.load(root=copy.root, format=form).set_index("event_id").loc["E0021"]
        assert (row["note"] if note else pd.isna(row["note"])) == (note or True)
        assert (list(row["weapons"]) if weapons else pd.isna(row["weapons"])) == (weapons or True)
        assert row["attacks_low"] == row["attacks_high"] == low


@pytest.mark.parametrize("engine", ["pyarrow", "polars", "duckdb"])
def test_other_engines_give_their_own_object(engine):
    loaded = timeline.load("events", engine=engine)
    assert type(loaded).__module__.partition(".")[0].strip("_") == engine
    rows = len(loaded.fetchall()) if engine == "duckdb" else len(loaded)
    assert rows == len(timeline.load("events"))


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_an_engine_that_is_not_installed_is_named(monkeypatch, engine):
    monkeypatch.setitem(sys.modules, engine, None)
    with pytest.raises(ImportError, match=f"pip install {engine}"):
        timeline.load("events", engine=engine)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: timeline.load("event"), "no table 'event'; there are: events, attestations"),
        (lambda: timeline.load("../raw/events"), "no table '../raw/events'"),
        (lambda: timeline.load("events", engine="spark"), "no engine 'spark'; there are: pandas, pyarrow"),
        (lambda: timeline.load("events", format="xlsx"), "no format 'xlsx'; there are: parquet, csv"),
        (lambda: timeline.load("events", engine="polars", format="csv"), "reads parquet only"),
        (lambda: timeline.path("events", "json"), "no format 'json'"),
        (lambda: timeline.codebook("nothing"), "no table 'nothing'"),
        (lambda: timeline.codebook("events.title"), "no column of events with allowed values 'title'"),
        (lambda: timeline.codebook("events."), "no column of events with allowed values ''"),
        (lambda: timeline.cite("vancouver"), "no style 'vancouver'; there are: text, apa, bibtex"),
    ],
)
def test_a_mistake_gives_one_clear_error(call, message):
    with pytest.raises(ValueError, match=r"^no |reads") as error:
        call()
    assert message in str(error.value)


def test_a_folder_without_a_dataset_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no published dataset"):
        timeline.load("events", root=tmp_path)


def test_a_dataset_elsewhere_has_the_same_methods(copy):
    copy.edit("events", copy.line("events", event_id="E0021"), title="Another title")
    main(["build", "--root", str(copy.root)])
    for root in (copy.root, str(copy.root), copy.root / "data" / "processed"):
        other = timeline.Dataset(root)
        assert other.load().set_index("event_id").loc["E0021", "title"] == "Another title"
        assert other.path().is_relative_to(copy.root)
        assert timeline.load(root=root).equals(other.load())
    functions = {name for name in timeline.__all__ if name != "Dataset"}
    assert functions <= {name for name in dir(timeline.Dataset) if not name.startswith("_")}


def test_a_value_that_the_codebook_does_not_know_is_no_missing_value(copy):
    path = copy.root / "data/processed/events.csv"
    path.write_bytes(path.read_bytes().replace(b",series,", b",sequel,", 1))
    with pytest.raises(ValueError, match="event_type holds a value"):
        timeline.load(root=copy.root, format="csv")


def test_a_file_with_other_columns_is_refused(copy):
    (copy.root / "data/processed/events.parquet").write_bytes((copy.root / "data/processed/actors.parquet").read_bytes())
    with pytest.raises(ValueError, match=r"events\.parquet does not have the columns"):
        timeline.load(root=copy.root)


def test_a_csv_with_other_columns_is_refused(copy):
    (copy.root / "data/processed/events.csv").write_bytes((copy.root / "data/processed/actors.csv").read_bytes())
    with pytest.raises(ValueError, match=r"events\.csv does not have the columns"):
        timeline.load(root=copy.root, format="csv")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resources": [1]}', '{"resources": [{"name": "events"}]}'])
def test_a_descriptor_of_something_else_is_refused(copy, text):
    (copy.root / "data/processed/datapackage.json").write_text(text)
    with pytest.raises(ValueError, match=r"datapackage\.json does not describe a dataset of this shape"):
        timeline.load(root=copy.root)


def test_a_row_larger_than_a_usual_block_loads_from_both_formats(copy):
    copy.edit("events", copy.line("events", event_id="E0021"), note="a" * 130_000)
    copy.edit("sources", 2, note="b" * 130_000, title="c" * 130_000, authors="d" * 130_000)
    assert main(["build", "--root", str(copy.root)]) == 0
    for name in ("events", "sources"):
        pd.testing.assert_frame_equal(timeline.load(name, root=copy.root), timeline.load(name, root=copy.root, format="csv"))


def test_reconcile_is_the_published_table():
    pd.testing.assert_frame_equal(timeline.reconcile(), timeline.load("reconciliation"))


def test_the_codebook_is_a_frame():
    book = timeline.codebook("events")
    assert list(book.columns) == ["column", "type", "required", "derived", "description"]
    assert book["column"].to_list() == list(timeline.load("events").columns)
    values = timeline.codebook("attestations.stance")
    assert dict(zip(values["value"], values["description"], strict=True)) == codebook().vocabularies["stance"]


@pytest.mark.parametrize("style", ["text", "apa", "bibtex"])
def test_a_citation_names_the_version(style):
    assert "2026.1" in timeline.cite(style)


def test_an_empty_table_has_its_dtypes():
    fields = timeline.Dataset()._schemas["withdrawn"]
    empty = timeline.load("withdrawn")
    assert empty.empty
    pd.testing.assert_frame_equal(empty, frames.to_pandas(timeline.load("withdrawn", engine="pyarrow"), fields))
