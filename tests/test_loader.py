"""What users call: the same frames from both formats, and one clear error for each mistake."""

import csv
import json
import shutil
import sys
import unicodedata

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import timeline
from conftest import REPOSITORY
from timeline import engines, frames, raw
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
notes = texts.map(lambda t: unicodedata.normalize("NFC", t).strip()).filter(lambda t: not refused(t))


def refused(note):
    """Whether no build would take it: a formula, or what cannot be seen."""
    return list(raw.check_cells(raw.Line("events.csv", 2, {"note": note})))


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    note=notes,
    weapons=st.lists(st.sampled_from(codebook().tables["events"]["weapons"].categories), unique=True),
    low=st.integers(1, 9999),
)
def test_nothing_is_lost_on_the_way(copy, note, weapons, low):
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
        (lambda: timeline.cite("vancouver"), "no style 'vancouver'; there are: text, apa, bibtex, ris, csl-json"),
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
    functions = set(timeline.__all__) - {"Dataset", "diff", "fetch", "versions"}  # which are of several
    assert functions <= {name for name in dir(timeline.Dataset) if not name.startswith("_")}


def test_a_value_that_the_codebook_does_not_know_is_no_missing_value(copy):
    path = copy.root / "data/processed/events.csv"
    path.write_bytes(path.read_bytes().replace(b',"series",', b',"sequel",', 1))
    with pytest.raises(ValueError, match="event_type holds a value"):
        timeline.load(root=copy.root, format="csv")


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_file_with_other_columns_is_refused(copy, form):
    """Even if the descriptor tells its size."""
    folder = copy.root / "data/processed"
    text = (folder / "datapackage.json").read_text()
    sizes = {name: f'"bytes": {(folder / f"{name}.{form}").stat().st_size}' for name in ("events", "actors")}
    (folder / "datapackage.json").write_text(text.replace(sizes["events"], sizes["actors"]))
    shutil.copy(folder / f"actors.{form}", folder / f"events.{form}")
    with pytest.raises(ValueError, match=rf"events\.{form} does not have the columns"):
        timeline.load(root=copy.root, format=form)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2].rpartition(b"\n")[0] + b"\n")


def swap(path):
    shutil.copy(path.with_name("sources" + path.suffix), path)


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("engine", engines.ENGINES)
@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("tamper", [cut, swap])
def test_no_part_of_a_table_passes_for_the_whole(copy, tamper, form, engine):
    tamper(copy.root / "data/processed" / f"attestations.{form}")
    with pytest.raises(ValueError, match=f"attestations.{form} has another size than"):
        timeline.load("attestations", root=copy.root, format=form, engine=engine)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_flipped_byte_is_found_on_demand(copy, form):
    flip(copy.root / "data/processed" / f"attestations.{form}")
    with pytest.raises(ValueError, match=f"attestations.{form} has another SHA-256 than"):
        timeline.load("attestations", root=copy.root, format=form, verify=True)


@pytest.mark.parametrize("engine", ["pandas", "pyarrow"])
def test_a_flipped_byte_in_a_page_is_found_without_demand(copy, engine):
    path = copy.root / "data/processed/attestations.parquet"
    column = pq.read_metadata(path).row_group(0).column(0)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"attestations\.parquet cannot be read"):
        timeline.load("attestations", root=copy.root, engine=engine)


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_a_file_that_is_no_parquet_is_told_by_each_engine(copy, engine):
    """Even if it has the right size."""
    path = copy.root / "data/processed/actors.parquet"
    path.write_bytes(b"0" * path.stat().st_size)
    with pytest.raises(ValueError, match=r"actors\.parquet cannot be read"):
        timeline.load("actors", root=copy.root, engine=engine)


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_each_engine_is_given_what_was_checked(copy, tmp_path_factory, engine):
    """Not what a library would make of the path, or of a page that does not hold."""
    folder = tmp_path_factory.mktemp("globs")
    root, other = (shutil.copytree(copy.root, folder / name) for name in ("g[ab]", "ga"))
    shutil.copy(other / "data/processed/days.parquet", other / "data/processed/events.parquet")
    rows = timeline.load("events", root=root, engine=engine)
    assert (len(rows.fetchall()) if engine == "duckdb" else len(rows)) == len(timeline.load("events", root=copy.root))
    path = root / "data/processed/events.parquet"
    column = pq.read_metadata(path).row_group(0).column(0)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"events\.parquet cannot be read"):
        timeline.load("events", root=root, engine=engine)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"type": "string"', '"type": "weird"'),
        ('"type": "string"', '"type": ["x"]'),
        ('"fields": [', '"fields": "abc", "x": ['),
        ('"schema": {', '"schema": null, "x": {'),
        ('"constraints": {', '"constraints": [], "x": {'),
        ('"categories": [', '"categories": 5, "x": ['),
        ('"required": true', '"required": "yes"'),
    ],
)
def test_a_descriptor_with_a_broken_definition_is_refused(copy, old, new):
    path = copy.root / "data/processed/datapackage.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"does not describe a dataset of this shape"):
        timeline.Dataset(copy.root).tables()


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("kind", ["integer", "date", "boolean", "list"])
def test_a_column_that_is_not_what_the_descriptor_says_is_refused(copy, form, kind):
    path = copy.root / "data/processed/datapackage.json"
    descriptor = json.loads(path.read_bytes())
    field = next(r for r in descriptor["resources"] if r["name"] == "actors")["schema"]["fields"][1]
    field |= {"type": kind, "delimiter": ";"}
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    if (form, kind) == ("csv", "list"):
        pytest.skip("any text is a list of one")
    with pytest.raises(ValueError, match="actors"):
        timeline.load("actors", root=copy.root, format=form)


@pytest.mark.parametrize("entry", ['"version": 5', '"contributors": null', '"licenses": "CC"'])
def test_a_citation_of_a_broken_description_is_refused(copy, entry):
    path = copy.root / "data/processed/datapackage.json"
    descriptor = json.loads(path.read_bytes()) | json.loads(f"{{{entry}}}")
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    for style in ("text", "apa", "bibtex"):
        try:
            assert isinstance(timeline.Dataset(copy.root).cite(style), str)
        except ValueError as error:
            assert "does not say who made this dataset" in str(error)  # noqa: PT017


def test_a_file_that_the_descriptor_does_not_describe_is_refused(copy):
    path = copy.root / "data/processed/datapackage.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"path": "actors.parquet"', '"path": "others.parquet"'))
    with pytest.raises(ValueError, match=r"does not describe actors\.parquet"):
        timeline.load("actors", root=copy.root)


def test_a_sound_file_is_loaded_when_held_against_its_hash(copy):
    for name in timeline.tables():
        timeline.load(name, root=copy.root, verify=True)
        timeline.load(name, root=copy.root, format="csv", verify=True)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/b", "..", "events\0"])
def test_a_name_does_not_lead_out_of_the_folder(copy, name):
    """Neither as an argument nor in a descriptor from elsewhere."""
    with pytest.raises(ValueError, match="^no table"):
        timeline.load(name, root=copy.root)
    path = copy.root / "data/processed/datapackage.json"
    for old in ('"name": "events"', '"path": "events.csv"'):
        text = path.read_text()
        path.write_text(text.replace(old, f"{old.partition(':')[0]}: {json.dumps(name)}"))
        with pytest.raises(ValueError, match=r"does not describe a dataset of this shape"):
            timeline.Dataset(copy.root).tables()
        path.write_text(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, '{"resources": [1]}', '{"resources": [{"name": "events"}]}'])
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


def test_an_empty_table_has_its_dtypes(copy):
    copy.write("withdrawn", copy.rows("withdrawn")[:1])
    assert main(["build", "--root", str(copy.root)]) == 0
    fields = timeline.Dataset(copy.root)._schemas["withdrawn"]
    empty = timeline.load("withdrawn", root=copy.root)
    assert empty.empty
    table = timeline.load("withdrawn", root=copy.root, engine="pyarrow")
    pd.testing.assert_frame_equal(empty, frames.to_pandas(table, fields))
