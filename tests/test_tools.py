"""The published tables in other tools: each tool's own reader finds every row, and nothing that is text becomes more."""

import asyncio
import datetime
import html
import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import describe
from test_importing import GED, read, write
from timeline import dates
from timeline.building import build
from timeline.cli import main
from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.facts import known
from timeline.fingerprints import sha256
from timeline.linked import as_of, dataset_jsonld, published
from timeline.tools import FORMATS
from timeline.tools.geojson import precisions
from timeline.tools.sqlite import SEARCHED, links
from timeline.tools.timelinejs import _bounds, in_words
from timeline.tools.xlsx import LONGEST_TEXT, _held

TABLES = codebook().tables
# what no reader may take for anything but text
ODD = [
    '<script>alert("1")</script> & more',
    "=1+1",
    "007",
    "https://example.org/a",
    'ضربة على "حيفا"; إيلات',
    "תקיפה, בחיפה",
    "Šahed over Élat",
]


@pytest.fixture(scope="module")
def odd(part, tmp_path_factory):
    """That part of the real dataset, with odd titles."""
    folder = shutil.copytree(part / "data/processed", tmp_path_factory.mktemp("odd") / "data/processed")
    events = pq.read_table(folder / "events.parquet")
    titles = ODD + events["title"].to_pylist()[len(ODD) :]
    events = events.set_column(events.column_names.index("title"), events.schema.field("title"), pa.array(titles))
    pq.write_table(events, folder / "events.parquet", write_page_checksum=True)
    describe(folder)
    return folder.parents[1]


@pytest.fixture(scope="module")
def written(odd, tmp_path_factory):
    """The folder of an export of it; each is made once."""
    folder = tmp_path_factory.mktemp("tools")

    def write(form):
        out = folder / form
        if not out.exists():
            assert main(["export", form, "--root", str(odd), "--out", str(out)]) == 0
        return out

    return write


@pytest.fixture(scope="module")
def events(odd):
    """The rows of its events, by id."""
    return {row["event_id"]: row for row in Dataset(odd).load(engine="pyarrow").to_pylist()}


@pytest.fixture(scope="module")
def counts(odd):
    """The number of rows of each table."""
    return {name: len(Dataset(odd).load(name, engine="pyarrow")) for name in TABLES}


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_data_give_the_same_files_whenever_and_wherever(form, odd, written, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert main(["export", form, "--root", str(odd), "--out", str(tmp_path / "again")]) == 0
    assert files_of(tmp_path / "again") == files_of(written(form))


def test_help_says_what_each_is(capsys):
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    printed = " ".join(capsys.readouterr().out.split())
    assert all(f"{form}: {what}" in printed for form, (what, _) in FORMATS.items())


@pytest.mark.parametrize("form", ["geojson", "ical", "timelinejs"])
def test_an_event_is_in_the_file_or_the_report_says_why_not(form, written, events, capsys):
    losses = read(written(form) / "losses.csv")
    left_out = [loss["record_id"] for loss in losses if loss["kind"] == "left out"]
    assert len(left_out) == len(set(left_out))
    there = {
        "geojson": lambda folder: [f["id"] for f in json.loads((folder / "events.geojson").read_bytes())["features"]],
        "ical": lambda folder: [str(entry["uid"]).partition("@")[0] for entry in calendar_of(folder)],
        "timelinejs": lambda folder: [slide["unique_id"] for slide in slides_of(folder)],
    }[form](written(form))
    assert sorted([*there, *left_out]) == sorted(events)
    assert all(loss["reason"] for loss in losses)


@pytest.mark.parametrize("form", ["ical", "timelinejs"])
def test_every_column_is_said_or_lost(form, written, odd):
    """What is not in the file is in the report, and what is in the report is not in the file."""
    losses = read(written(form) / "losses.csv")
    lost = {(loss["record_id"], loss["column"]) for loss in losses if loss["kind"] == "lost"}
    event = next(event for event in known(Dataset(odd)) if event.facts["outcome"] and event.facts["plain_day"])
    event_id, facts = event.facts["event_id"], event.facts
    assert {table for table, _ in event.beside} <= {column for found, column in lost if found == event_id}
    told = {
        "ical": lambda folder: next(str(e["description"]) for e in calendar_of(folder) if e["uid"].startswith(event_id)),
        "timelinejs": lambda folder: next(s["text"]["text"] for s in slides_of(folder) if s["unique_id"] == event_id),
    }[form](written(form))
    for column in ("claim_status", "initiators", "targets", "target_place", "place", "outcome", "note"):
        assert (event_id, column) not in lost
        assert facts[column] in html.unescape(told)
    assert {(event_id, "adm_1"), (event_id, "first_reported")} <= lost


@pytest.mark.parametrize("form", ["croissant", "ro-crate", "sqlite", "xlsx"])
def test_what_loses_nothing_has_no_report(form, written):
    assert not (written(form) / "losses.csv").exists()


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_no_dataset_is_named(form, tmp_path, capsys):
    assert main(["export", form, "--root", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 1
    assert "no published dataset" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", FORMATS)
def test_a_table_that_was_cut_is_named_and_nothing_is_written(form, odd, tmp_path, capsys):
    root = shutil.copytree(odd / "data/processed", tmp_path / "data")
    for name in ("sources.csv", "sources.parquet"):
        (root / name).write_bytes((root / name).read_bytes()[:-9])
    assert main(["export", form, "--root", str(root), "--out", str(tmp_path / "out")]) == 1
    printed = capsys.readouterr().err
    assert "sources." in printed
    assert len(printed.splitlines()) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["data"]


UNTRUE = [*((form, "title", 7) for form in FORMATS), ("sqlite", "licenses", "free"), ("xlsx", "version", "1\n2")]


@pytest.mark.parametrize(("form", "entry", "value"), UNTRUE)
def test_a_description_that_is_none_is_refused(form, entry, value, odd, tmp_path, capsys):
    root = shutil.copytree(odd / "data/processed", tmp_path / "data")
    about = json.loads((root / "datapackage.json").read_bytes())
    (root / "datapackage.json").write_text(json.dumps({**about, entry: value}), encoding="utf-8")
    assert main(["export", form, "--root", str(root), "--out", str(tmp_path / "out")]) == 1
    assert f"datapackage.json: {entry} must be" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("form", "library"), [("ical", "icalendar"), ("xlsx", "xlsxwriter")])
def test_a_library_that_is_missing_is_named_with_what_brings_it(form, library, odd, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    assert main(["export", form, "--root", str(odd), "--out", str(tmp_path / "out")]) == 1
    assert f"needs {library}: pip install 'iraq-israel-timeline[tools]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- others' events


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A dataset that says nothing of itself, with two events and little around them."""
    folder = tmp_path_factory.mktemp("imported")
    month = {"id": "7", "date_prec": "4", "date_end": "2016-01-31"}
    theirs = write(folder / "theirs.csv", [GED, GED | month])
    assert main(["import", "ged", str(theirs), "--out", str(folder / "data")]) == 0
    build(folder / "data")
    return folder / "data"


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_imported_is_exported(form, imported, tmp_path, capsys):
    assert main(["export", form, "--root", str(imported), "--out", str(tmp_path / "out")]) == 0
    assert f"{1 if form == 'ical' else 2} of 2 events" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore")
def test_columns_and_tables_without_a_row_do_not_stop_a_reader(imported, tmp_path):
    import mlcroissant

    assert main(["export", "croissant", "--root", str(imported), "--out", str(tmp_path / "out")]) == 0
    opened = mlcroissant.Dataset(jsonld=str(tmp_path / "out/croissant.json"))
    for name in ("events", "attestations", "figures"):
        assert len(list(opened.records(name))) == len(Dataset(imported).load(name))


def test_what_a_dataset_does_not_say_is_not_there(imported):
    about = dataset_jsonld(Dataset(imported))
    assert not {"license", "creator", "description", "keywords"} & about.keys()
    assert about["temporalCoverage"] == "2016-01-01/2016-01-31"


# ---------------------------------------------------------------- SQLite


@pytest.fixture
def database(written):
    with closing(sqlite3.connect(f"file:{written('sqlite')}/timeline.sqlite?mode=ro", uri=True)) as opened:
        yield opened


def test_the_database_has_every_row_and_its_keys_hold(database, counts):
    assert {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in TABLES} == counts
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("name", TABLES)
def test_the_database_has_the_keys_of_the_codebook(name, database):
    table = TABLES[name]
    columns = {row[1]: row for row in database.execute(f'PRAGMA table_info("{name}")')}
    assert [*columns] == [column.name for column in table.columns]
    key = sorted((row[5], row[1]) for row in columns.values() if row[5])
    assert tuple(column for _, column in key) == table.primary_key
    assert {column for column, row in columns.items() if row[3]} == {c.name for c in table.columns if c.required}
    found = {(row[3], row[2], row[4]) for row in database.execute(f'PRAGMA foreign_key_list("{name}")')}
    keys = [(c.name, c.foreign_table) for c in table.columns if c.foreign_table]
    assert found == {(column, other, TABLES[other].primary_key[0]) for column, other in keys}


def test_a_cell_of_the_database_is_what_the_codebook_says(database, events):
    cursor = database.execute("SELECT * FROM events")
    names = [column[0] for column in cursor.description]
    for cells in cursor:
        found = dict(zip(names, cells, strict=True))
        row = events[found["event_id"]]
        for column in TABLES["events"].columns:
            value = row[column.name]
            if column.type in ("date", "list") and value is not None:
                value = column.print(value)
            assert found[column.name] == value
            assert type(found[column.name]) in (type(value), int)


def test_an_item_of_a_list_is_a_row_besides(database, odd):
    for table in TABLES.values():
        for column in links(table):
            key = table.primary_key[0]
            rows = Dataset(odd).load(table.name, engine="pyarrow").to_pylist()
            expected = [(row[key], n, item) for row in rows for n, item in enumerate(row[column.name] or (), start=1)]
            found = database.execute(f'SELECT * FROM "{table.name}_{column.name}"').fetchall()
            assert sorted(found) == sorted(expected)


def test_the_database_defines_every_column_and_value(database):
    found = dict(database.execute("SELECT table_name || '.' || column_name, definition FROM codebook WHERE column_name <> ''"))
    assert found == {f"{t.name}.{c.name}": c.description for t in TABLES.values() for c in t.columns}
    values = set(database.execute("SELECT * FROM codebook_values"))
    assert values == {(name, *item) for name, all_of_it in codebook().vocabularies.items() for item in all_of_it.items()}


WORDS = [("sahed", ODD[6]), ("elat", ODD[6]), ("إيلات", ODD[4]), ("בחיפה", ODD[5]), ("script", ODD[0])]


@pytest.mark.filterwarnings("ignore")
def test_datasette_opens_the_database_and_finds_words(written, counts):
    from datasette.app import Datasette

    folder = written("sqlite")
    metadata = json.loads((folder / "metadata.json").read_bytes())

    async def ask():
        opened = Datasette([str(folder / "timeline.sqlite")], metadata=metadata)
        await opened.invoke_startup()
        found = await opened.client.get("/timeline.json")
        titles = [
            await opened.client.get("/timeline/events.json", params={"_search": word, "_shape": "array"}) for word, _ in WORDS
        ]
        return found, titles, await opened.client.get("/timeline/events?_size=1")

    tables, found, page = asyncio.run(ask())
    found_counts = {table["name"]: table["count"] for table in tables.json()["tables"]}
    assert counts.items() <= found_counts.items()
    for (_, title), answer in zip(WORDS, found, strict=True):
        assert title in [row["title"] for row in answer.json()]
    assert html.escape(TABLES["events"]["claim_status"].description) in page.text
    assert "<script>alert" not in page.text
    assert set(SEARCHED) <= set(metadata["databases"]["timeline"]["tables"])


def test_a_key_that_does_not_hold_is_told(odd, tmp_path, capsys):
    root = shutil.copytree(odd / "data/processed", tmp_path / "data")
    places = pq.read_table(root / "places.parquet")
    pq.write_table(places.slice(1), root / "places.parquet", write_page_checksum=True)
    gone = places["place_id"][0].as_py()
    events = pq.read_table(root / "events.parquet")
    column = events.column_names.index("place_id")
    events = events.set_column(column, "place_id", pa.array([gone] * len(events)))
    pq.write_table(events, root / "events.parquet", write_page_checksum=True)
    describe(root)
    assert main(["export", "sqlite", "--root", str(root), "--out", str(tmp_path / "out")]) == 1
    assert "events names a row that places does not have" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- a workbook


@pytest.fixture(scope="module")
def book(written):
    import openpyxl

    return openpyxl.load_workbook(written("xlsx") / "timeline.xlsx")


def test_the_workbook_has_the_codebook_and_every_row(book, counts):
    assert book.sheetnames == ["codebook", "codebook_values", *TABLES]
    assert {name: book[name].max_row - 1 for name in TABLES} == counts
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
    for name, table in TABLES.items():
        assert [cell.value for cell in book[name][1]] == [column.name for column in table.columns]


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(book, written):
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type in ("f", "e") or cell.hyperlink]
    with zipfile.ZipFile(written("xlsx") / "timeline.xlsx") as packed:
        assert len({info.date_time for info in packed.infolist()}) == 1
        assert not [name for name in packed.namelist() if "external" in name.lower() or "vba" in name.lower()]


def test_a_cell_of_the_workbook_is_what_the_codebook_says(book, odd):
    kinds = {"string": "s", "list": "s", "integer": "n", "number": "n", "boolean": "b", "date": "d"}
    for name, table in TABLES.items():
        rows = Dataset(odd).load(name, engine="pyarrow").to_pylist()
        for cells, row in zip(book[name].iter_rows(min_row=2), rows, strict=True):
            for cell, column in zip(cells, table.columns, strict=True):
                value = row[column.name]
                if value is None:
                    assert cell.value is None
                    continue
                assert cell.data_type == kinds[column.type], (name, column.name, value)
                found = cell.value.date() if column.type == "date" else cell.value
                assert found == (column.print(value) if column.type == "list" else value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
        ("x" * (LONGEST_TEXT + 1), "x" * LONGEST_TEXT),
        (datetime.date(1899, 12, 31), "1899-12-31"),
        (datetime.date(1900, 3, 1), datetime.date(1900, 3, 1)),
        (10**15, "1000000000000000"),
        (10**15 - 1, 10**15 - 1),
        (True, True),
        (None, None),
    ],
)
def test_what_a_cell_cannot_hold_is_text_or_cut_with_a_reason(value, expected):
    cell, reason = _held(value)
    assert (cell, type(cell)) == (expected, type(expected))
    assert bool(reason) == (cell != value)


def test_what_the_workbook_cuts_is_reported(odd, tmp_path):
    root = shutil.copytree(odd / "data/processed", tmp_path / "data")
    events = pq.read_table(root / "events.parquet")
    notes = pa.array(["x" * (LONGEST_TEXT + 1), *events["note"].to_pylist()[1:]])
    pq.write_table(events.set_column(events.column_names.index("note"), "note", notes), root / "events.parquet")
    describe(root)
    assert main(["export", "xlsx", "--root", str(root), "--out", str(tmp_path / "out")]) == 0
    (loss,) = read(tmp_path / "out/losses.csv")
    assert (loss["record_id"], loss["column"], loss["kind"]) == (events["event_id"][0].as_py(), "note", "changed")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_workbook(written, counts, tmp_path):
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "fods"]
    command += ["--outdir", str(tmp_path), str(written("xlsx") / "timeline.xlsx")]
    subprocess.run(command, check=True, capture_output=True)
    table, office = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "office"))
    text = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
    opened = ElementTree.parse(tmp_path / "timeline.fods").getroot()
    sheets = {sheet.get(f"{table}name"): sheet for sheet in opened.iter(f"{table}table")}
    filled = {
        name: [row for row in sheets[name].iter(f"{table}table-row") if row.find(f".//{text}p") is not None] for name in counts
    }
    assert {name: len(rows) - 1 for name, rows in filled.items()} == counts
    cells = list(opened.iter(f"{table}table-cell"))
    # it takes a truth value for a formula that gives one
    assert {cell.get(f"{table}formula") for cell in cells} <= {None, "of:=TRUE()", "of:=FALSE()"}
    assert {"string", "float", "date", "boolean"} >= {cell.get(f"{office}value-type") for cell in cells} - {None}
    assert not list(opened.iter(f"{text}a"))
    shown = {"".join(paragraph.itertext()) for paragraph in opened.iter(f"{text}p")}
    assert set(ODD) <= shown


# ---------------------------------------------------------------- maps


def test_gdal_reads_every_event_at_its_point(written, events):
    import pyogrio.raw

    about, _, geometries, fields = pyogrio.raw.read(written("geojson") / "events.geojson")
    assert about["crs"] == "EPSG:4326"
    assert {*about["fields"]} == {
        "id",
        *(column.name for column in TABLES["events"].columns),
        "located_place",
        "where_prec_meaning",
    }
    found = dict(zip(about["fields"], fields, strict=True))
    assert list(found["event_id"]) == list(events)
    assert [geometry is not None for geometry in geometries] == [row["latitude"] is not None for row in events.values()]
    assert list(found["title"]) == [row["title"] for row in events.values()]


def test_a_point_is_told_from_a_region(written, events):
    features = json.loads((written("geojson") / "events.geojson").read_bytes())["features"]
    for feature in features:
        row, properties = events[feature["id"]], feature["properties"]
        if row["latitude"] is None:
            assert feature["geometry"] is None
        else:
            assert feature["geometry"] == {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
        assert properties["where_prec_meaning"] == precisions().get(row["where_prec"])
        assert properties["located_place"] == (row["place"] or row["target_place"])
        assert properties["date_start"] == (None if row["date_start"] is None else str(row["date_start"]))


def test_every_precision_has_a_meaning():
    assert precisions()[1] == "exact"
    assert precisions()[7] == "sea, air or several countries"
    assert [*precisions()] == [1, 2, 3, 4, 5, 6, 7]


# ---------------------------------------------------------------- TimelineJS


def slides_of(folder):
    return json.loads((folder / "timeline.json").read_bytes())["events"]


def test_the_page_has_a_title_and_a_slide_for_each_event_with_a_start(written, events):
    page = json.loads((written("timelinejs") / "timeline.json").read_bytes())
    assert page["title"]["text"]["headline"]
    assert len(page["events"]) == len([row for row in events.values() if row["date_start"]])
    assert all(slide["start_date"]["year"] for slide in page["events"])


def test_no_text_of_a_slide_is_markup(written, events):
    allowed = {"<p>", "</p>", "<b>", "</b>"}
    for slide in slides_of(written("timelinejs")):
        assert html.unescape(slide["text"]["headline"]) == events[slide["unique_id"]]["title"]
        assert "<" not in slide["text"]["headline"] + slide["group"] + slide.get("display_date", "")
        text = slide["text"]["text"]
        for mark in allowed:
            text = text.replace(mark, "")
        assert not {"<", ">", '"'} & set(text)


PLACED = [
    ("2021", {"start_date": {"year": 2021}}, ""),
    ("2024-03", {"start_date": {"year": 2024, "month": 3}}, ""),
    ("2024-03-05", {"start_date": {"year": 2024, "month": 3, "day": 5}}, ""),
    ("2024-03-05~", {"start_date": {"year": 2024, "month": 3, "day": 5}}, "about 2024-03-05"),
    ("2024-03?", {"start_date": {"year": 2024, "month": 3}}, "perhaps 2024-03"),
    ("2024-03%", {"start_date": {"year": 2024, "month": 3}}, "perhaps about 2024-03"),
    ("2024-01/2024-02-07", {"start_date": {"year": 2024, "month": 1}, "end_date": {"year": 2024, "month": 2, "day": 7}}, ""),
    ("2024~/2025", {"start_date": {"year": 2024}, "end_date": {"year": 2025}}, "about 2024 to 2025"),
    ("2024-05/..", {"start_date": {"year": 2024, "month": 5}}, "2024-05, still going on"),
    ("2024-05/", {"start_date": {"year": 2024, "month": 5}}, "2024-05, end not known"),
    ("[2021,2023]", {"start_date": {"year": 2021}, "end_date": {"year": 2023}}, "one of: 2021, 2023"),
    ("[2021..2022]", {"start_date": {"year": 2021}, "end_date": {"year": 2022}}, "within 2021 to 2022"),
    ("[2021,2023..]", {"start_date": {"year": 2021}}, "one of: 2021, 2023 or later"),
]


@pytest.mark.parametrize(("text", "expected", "words"), PLACED)
def test_a_slide_is_no_more_precise_than_its_date(text, expected, words):
    assert _bounds(dates.parse(text)) == expected
    assert in_words(dates.parse(text)) == words


# ---------------------------------------------------------------- iCalendar


def calendar_of(folder):
    import icalendar

    return list(icalendar.Calendar.from_ical((folder / "events.ics").read_bytes()).walk("VEVENT"))


def test_the_calendar_has_every_event_whose_day_is_known(written, events, odd):
    entries = {str(entry["uid"]).partition("@")[0]: entry for entry in calendar_of(written("ical"))}
    assert entries.keys() == {event_id for event_id, row in events.items() if dates.parse(row["date"]).is_known_day}
    for event_id, entry in entries.items():
        row = events[event_id]
        assert entry["dtstart"].dt == row["date_start"]
        assert type(entry["dtstart"].dt) is datetime.date
        assert str(entry["summary"]) == row["title"]
        assert entry["dtstamp"].dt.date() == as_of(Dataset(odd))
        if "geo" in entry:
            assert row["where_prec"] <= 2
            assert (entry["geo"].latitude, entry["geo"].longitude) == (row["latitude"], row["longitude"])


def test_lines_of_the_calendar_are_as_long_as_they_may_be(written):
    data = (written("ical") / "events.ics").read_bytes()
    assert data.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


# ---------------------------------------------------------------- JSON-LD


@pytest.mark.filterwarnings("ignore")
def test_mlcroissant_reads_every_record(written, counts):
    import mlcroissant

    opened = mlcroissant.Dataset(jsonld=str(written("croissant") / "croissant.json"))
    assert not opened.metadata.issues.errors
    records = {record_set.name: list(opened.records(record_set.id)) for record_set in opened.metadata.record_sets}
    assert {name: len(found) for name, found in records.items()} == counts
    first = records["events"][0]
    assert first["events/date_uncertain"] in (True, False)
    assert isinstance(first["events/n_sources"], int)


def test_croissant_tells_what_the_codebook_does(written):
    about = json.loads((written("croissant") / "croissant.json").read_bytes())
    for record_set, table in zip(about["recordSet"], TABLES.values(), strict=True):
        assert record_set["description"] == table.description
        assert [field["description"] for field in record_set["field"]] == [column.description for column in table.columns]
    for file in about["distribution"]:
        assert sha256(written("croissant") / file["contentUrl"]) == file["sha256"]


@pytest.mark.filterwarnings("ignore")
def test_rocrate_finds_every_file(written, odd):
    from rocrate.rocrate import ROCrate

    folder = written("ro-crate")
    crate = ROCrate(str(folder))
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"ro-crate-metadata.json"}
    assert {entity.id for entity in crate.data_entities} == files
    assert crate.name == Dataset(odd).package["title"]
    assert crate.root_dataset["license"]["@type"] == "CreativeWork"
    for entity in crate.data_entities:
        assert int(entity["contentSize"]) == (folder / entity.id).stat().st_size
        assert entity.get("sha256", sha256(folder / entity.id)) == sha256(folder / entity.id)


def test_a_crate_holds_a_whole_release(part, tmp_path, capsys):
    assert main(["export", "ro-crate", "--root", str(part), "--out", str(tmp_path / "crate")]) == 0
    assert main(["verify", "--root", str(tmp_path / "crate")]) == 0


def test_a_page_can_tell_search_engines_what_the_dataset_is(odd):
    dataset = Dataset(odd)
    about = dataset_jsonld(dataset, "data/")
    json.dumps(about, allow_nan=False)
    assert {node["contentUrl"] for node in about["distribution"]} == {
        f"data/{r['path']}" for r in dataset.package["resources"]
    }
    for node in about["distribution"]:
        assert node["sha256"] == sha256(dataset.folder / node["name"])
    assert about["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert about["creator"] == [{"@type": "Organization", "name": "The timeline contributors"}]
    assert about["temporalCoverage"] == "2023-10-17/2024-11-30"
    assert "Israel" in [place["name"] for place in about["spatialCoverage"]]
    assert [each["name"] for each in about["variableMeasured"]] == [column.name for column in TABLES["events"].columns]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"created": "2026-05-01T00:00:00Z"}, "2026-05-01"),
        ({"created": "2026-05"}, "2026-05"),
        ({"version": "2025.3"}, "2025"),
        ({}, None),
    ],
)
def test_when_it_was_published_is_no_clocks(said, expected, odd, tmp_path):
    root = shutil.copytree(odd / "data/processed", tmp_path / "data")
    about = json.loads((root / "datapackage.json").read_bytes()) | {"version": "0", "created": ""} | said
    (root / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    assert published(Dataset(root)) == (expected or str(as_of(Dataset(root))))


def test_an_address_that_a_page_would_run_is_none(odd, tmp_path):
    root = shutil.copytree(odd / "data/processed", tmp_path / "data")
    about = json.loads((root / "datapackage.json").read_bytes())
    about["licenses"] = [{"name": "free", "path": "javascript:alert(1)"}]
    (root / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    assert dataset_jsonld(Dataset(root))["license"] == "free"
    assert main(["export", "sqlite", "--root", str(root), "--out", str(tmp_path / "out")]) == 0
    assert "javascript" not in (tmp_path / "out/metadata.json").read_text(encoding="utf-8")
