"""A table in several Parquet files, a part for each year: read and verified as the one file that it could be."""

import json
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import timeline
from conftest import describe, partition
from test_filters import spoil
from test_published import invalid
from test_verify import flip, folder_of, seal_sums
from timeline import engines, publish, raw
from timeline.cli import main
from timeline.columns import codebook
from timeline.parts import is_part, part_of
from timeline.schema import arrow_schema

EVENTS = timeline.load("events")
YEARS = EVENTS["date_start"].dt.year.dropna().astype(int)
PARTS = [*(f"events_{year}.parquet" for year in sorted(set(YEARS))), "events_undated.parquet"]


@pytest.fixture(params=["whole", "parts"])
def either(request, layouts):
    """A dataset in each layout."""
    return timeline.Dataset(layouts[request.param])


@pytest.fixture
def release(layouts, tmp_path):
    """The folder of a release with parts, to break."""
    return shutil.copytree(layouts["parts"], tmp_path / "release")


def test_the_parts_are_those_of_the_years(layouts):
    descriptor = json.loads((layouts["parts"] / "datapackage.json").read_bytes())
    parts = {r["path"]: r for r in descriptor["resources"] if r.get("partOf") == "events"}
    assert list(parts) == PARTS == sorted(path.name for path in layouts["parts"].glob("events_*.parquet"))
    assert all({"bytes", "hash"} <= part.keys() and "schema" not in part for part in parts.values())
    assert next(r for r in descriptor["resources"] if r["name"] == "events")["path"] == "events.csv"


def by_year(copy, value="true"):
    """Have a dataset published in parts."""
    path = copy.root / "seeds/dataset.toml"
    path.write_text(f"partition_by_year = {value}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")


@pytest.mark.parametrize("group", [10, publish.GROUP])
def test_a_dataset_can_be_published_in_parts(copy, monkeypatch, group):
    monkeypatch.setattr(publish, "GROUP", group)
    folder = copy.root / "data/processed"
    before, text = timeline.load("events", root=copy.root), (folder / "events.csv").read_bytes()
    parts = {part_of("events", None if pd.isna(day) else day.date()) for day in before["date_start"]}
    by_year(copy)
    assert [main([verb, "--root", str(copy.root)]) for verb in ("build", "check", "verify")] == [0, 0, 0]
    assert sorted(path.name for path in folder.glob("events*.parquet")) == sorted(parts)
    assert timeline.load("events", root=copy.root).equals(before)
    assert (folder / "events.csv").read_bytes() == text


def test_without_a_row_there_is_one_file(copy):
    by_year(copy)
    for table in codebook().raw_tables():
        if table.name not in ("actors", "places", "sources"):
            for path in raw.files(copy.root, table):
                path.write_text(",".join(table.raw) + "\n") if table.file_key is None else path.unlink()
    assert main(["build", "--root", str(copy.root)]) == 0
    assert [path.name for path in (copy.root / "data/processed").glob("events*.parquet")] == ["events.parquet"]
    assert main(["verify", "--root", str(copy.root)]) == 0


def test_whether_there_are_parts_is_true_or_false(copy, refused):
    by_year(copy, '"yes"')
    assert refused() == {("seeds/dataset.toml", 0, "partition_by_year", "type")}


def test_frictionless_finds_parts_valid(layouts):
    assert invalid(layouts["parts"]) == set()


def test_the_name_of_a_part():
    assert [part_of("events", day) for day in (pd.Timestamp("0987-06-05").date(), "1989-01-01", None, "")] == [
        *("events_0987.parquet", "events_1989.parquet", "events_undated.parquet", "events_undated.parquet")
    ]
    assert is_part("events_1989.parquet", "events")
    others = ["events.parquet", "events_89.parquet", "events_1989.csv", "event_actors.parquet", "../events_1989.parquet"]
    assert not any(is_part(other, "events") for other in others)


@pytest.mark.parametrize("name", timeline.tables())
def test_every_table_loads_as_from_one_file(layouts, name):
    dataset = timeline.Dataset(layouts["parts"])
    assert dataset.tables() == timeline.tables()
    for form in ("parquet", "csv"):
        pd.testing.assert_frame_equal(dataset.load(name, format=form, verify=True), timeline.load(name), check_exact=True)
    pd.testing.assert_frame_equal(dataset.codebook(name), timeline.codebook(name))


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_every_engine_has_the_rows_in_their_order(layouts, engine):
    table = timeline.load("events", root=layouts["parts"], engine=engine, columns=["event_id"])
    ids = [key for (key,) in table.fetchall()] if engine == "duckdb" else map(str, table["event_id"])
    assert list(ids) == EVENTS["event_id"].to_list()


def test_columns_without_the_key_are_in_its_order(layouts):
    found = timeline.load("events", root=layouts["parts"], columns=["title", "date"])
    pd.testing.assert_frame_equal(found, EVENTS[["title", "date"]])


def test_evidence_reconciliation_and_citation_do_not_see_the_layout(either):
    for record in ("E0014", "E0332", "F0009", "F0012"):
        pd.testing.assert_frame_equal(either.evidence(record), timeline.evidence(record))
    pd.testing.assert_frame_equal(either.reconcile(), timeline.reconcile())
    assert either.cite() == timeline.cite()


def test_a_path_is_that_of_one_file(layouts):
    parts = timeline.Dataset(layouts["parts"])
    with pytest.raises(ValueError, match=r"^events is in several Parquet files, events_\d{4}\.parquet and others: .* scan"):
        parts.path("events")
    assert parts.path("events", "csv").is_file()
    assert parts.path("places").is_file()
    with pytest.raises(ValueError, match=r"^no table 'events_1991'"):
        parts.path("events_1991")


def test_scanning_gives_the_published_table(either):
    events = either.scan("events")
    assert isinstance(events, ds.Dataset)
    assert events.schema.equals(arrow_schema(codebook().tables["events"]))
    assert events.schema.equals(pq.read_schema(timeline.path("events")), check_metadata=True)
    assert events.count_rows() == len(EVENTS)
    assert events.to_table().sort_by("event_id").equals(timeline.load("events", engine="pyarrow"))
    israel = pc.field("scope") == "israel"
    assert events.count_rows(filter=israel) == (EVENTS["scope"] == "israel").sum()
    rows = sum(batch.num_rows for batch in events.to_batches(columns=["title"], filter=israel, batch_size=10))
    assert rows == (EVENTS["scope"] == "israel").sum()


@pytest.mark.parametrize("name", timeline.tables())
def test_every_table_can_be_scanned(name):
    assert timeline.scan(name).to_table().equals(timeline.load(name, engine="pyarrow"), check_metadata=True)


def test_scanning_reads_nothing_but_footers(layouts, tmp_path):
    for name in ("whole", "parts"):
        folder = shutil.copytree(layouts[name], tmp_path / name)
        for path in folder.glob("events*.parquet"):
            spoil(path, 0, 0)
        events = timeline.scan("events", root=folder)
        assert len(events.to_table(columns=["title"])) == events.count_rows() == len(EVENTS)
        with pytest.raises(OSError, match="CRC"):
            events.to_table()
        with pytest.raises(ValueError, match="SHA-256"):
            timeline.scan("events", root=folder, verify=True)


def test_parts_that_cannot_match_are_not_read(release):
    for path in release.glob("events_*.parquet"):
        if path.name != "events_2023.parquet":
            for column in range(len(EVENTS.columns)):
                spoil(path, column, 0)
    in_2023 = [("date_start", ">=", "2023-01-01"), ("date_start", "<", "2024-01-01")]
    expected = EVENTS[EVENTS["date_start"].dt.year == 2023].reset_index(drop=True)
    pd.testing.assert_frame_equal(timeline.load(root=release, filters=in_2023), expected)
    with pytest.raises(ValueError, match=r"events_\*\.parquet cannot be read"):
        timeline.load(root=release)


def cut(path):
    path.write_bytes(path.read_bytes()[:-9])


def no_parquet(path):
    path.write_bytes(b"0" * path.stat().st_size)


@pytest.mark.parametrize("part", PARTS[::3])
@pytest.mark.parametrize(
    ("tamper", "verify", "message"),
    [
        (cut, False, "has another size than"),
        (flip, True, "has another SHA-256 than"),
        (no_parquet, False, "cannot be read"),
        (lambda path: path.unlink(), False, "No such file"),
    ],
    ids=["cut", "flipped", "no Parquet", "missing"],
)
def test_a_part_that_is_not_of_the_release_is_named(release, part, tamper, verify, message):
    tamper(release / part)
    for read in (timeline.load, timeline.scan):
        with pytest.raises((ValueError, FileNotFoundError), match=rf"{part}.* {message}|{message}.*{part}"):
            read("events", root=release, verify=verify)


def change(path, change_table):
    pq.write_table(change_table(pq.read_table(path)), path)
    describe(path.parent)


CHANGES = {
    "a column less": (lambda t: t.drop_columns(["note"]), r"does not have the columns that"),
    "another order of columns": (lambda t: t.select(t.column_names[::-1]), r"does not have the columns that"),
    "another type": (
        lambda t: t.set_column(4, pa.field("attacks_low", "int32"), t["attacks_low"].cast("int32")),
        r"does not have the columns of events_",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_part_with_other_columns_is_refused(release, what):
    """Arrow would fill them, or turn one type into another."""
    tamper, message = CHANGES[what]
    change(release / PARTS[-2], tamper)
    for read in (timeline.load, timeline.scan):
        with pytest.raises(ValueError, match=rf"^{PARTS[-2]} {message}"):
            read("events", root=release)


def put(resource, **changes):
    return lambda found: found.append({**next(r for r in found if r["path"] == resource), **changes})


DESCRIPTORS = {
    "a part beside the whole": put("places.parquet", path="events.parquet"),
    "a part that leads elsewhere": put(PARTS[0], path=f"../{PARTS[0]}"),
    "a part that leads to the root": put(PARTS[0], path=f"/{PARTS[0]}"),
    "a part of a table elsewhere": put(PARTS[0], partOf="../events", path="../events_1900.parquet"),
    "a part of nothing": put(PARTS[0], partOf="happenings", path="happenings_1900.parquet"),
    "a part of a number": put(PARTS[0], partOf=5, path="5_1900.parquet"),
    "a part of a list": put(PARTS[0], partOf=["events"]),
    "a part of a pattern": put(PARTS[0], partOf=".*"),
    "a part with the name of another table": put("places.parquet", partOf="events"),
    "a part that is a CSV file": put(PARTS[0], path="events_1900.csv"),
    "a part of no year": put(PARTS[0], path="events_later.parquet"),
    "a part of a table without days": put(PARTS[0], partOf="places", path="places_1900.parquet"),
    "a part with a schema": lambda found: found.append({**found[0], "partOf": "events", "path": "events_1900.parquet"}),
    "a part without a size": lambda found: next(r for r in found if "partOf" in r).pop("bytes"),
    "a table without a key": lambda found: found[0]["schema"].pop("primaryKey"),
    "a table with a key of no column": lambda found: found[0]["schema"].update(primaryKey=["id"]),
    "a table with an empty key": lambda found: found[0]["schema"].update(primaryKey=[]),
    "a table with a key that is text": lambda found: found[0]["schema"].update(primaryKey="event_id"),
}


@pytest.mark.parametrize("what", DESCRIPTORS)
def test_a_descriptor_with_such_a_part_is_refused(release, what):
    path = release / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    assert descriptor["resources"][0]["name"] == "events"
    DESCRIPTORS[what](descriptor["resources"])
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    with pytest.raises(ValueError, match=r"does not describe a dataset of this shape"):
        timeline.Dataset(release).tables()


def verified(folder, capsys):
    status = main(["verify", "--root", str(folder)])
    printed = capsys.readouterr()
    assert printed.err == ""
    return status, [line.removeprefix(f"{folder}/") for line in printed.out.splitlines()]


def test_a_release_with_parts_is_whole_and_sound(layouts, capsys):
    status, (line,) = verified(layouts["parts"], capsys)
    assert status == 0
    assert "every file is that of the release" in line


@pytest.fixture
def small(copy):
    """The folder of a small release with parts, to break."""
    partition(folder_of(copy))
    return folder_of(copy)


def move(folder):
    """A row to the part of another year."""
    one, other = (pq.read_table(folder / f"events_{year}.parquet") for year in (2023, 2024))
    pq.write_table(one.slice(1), folder / "events_2023.parquet")
    pq.write_table(pa.concat_tables([other, one.slice(0, 1)]).sort_by("event_id"), folder / "events_2024.parquet")


def turn(table):
    return table.sort_by([("event_id", "descending")])


def both(folder):
    shutil.copy(folder / "events_2024.parquet", folder / "events.parquet")


def of_places(folder):
    shutil.copy(folder / "places.parquet", folder / "places_2024.parquet")


def bad_day(folder):
    path = folder / "events.csv"
    path.write_bytes(path.read_bytes().replace(b"2023-11-09,2023-11-09", b"../x,2023-11-09", 1))


VERIFIED = {
    "flipped": (flip, "events_2023.parquet: is not the file of this release", False),
    "cut": (cut, "events_2023.parquet: is not the file of this release", False),
    "deleted": (lambda path: path.unlink(), "events_2023.parquet: missing", False),
    "deleted and sealed": (lambda path: path.unlink(), "events_2023.parquet: missing; events.csv has rows of", True),
    "a row in the part of another year": (lambda path: move(path.parent), "events_2024.parquet: has rows of another", True),
    "a row less": (lambda path: change(path, lambda t: t.slice(1)), "events_2023.parquet: does not hold what", True),
    "another order": (lambda path: change(path, turn), "events_2023.parquet: does not hold what events.csv holds", True),
    "a part that is none": (lambda path: path.write_bytes(b"PAR1"), "events_2023.parquet: cannot be read", True),
    "a part beside the whole": (lambda path: both(path.parent), "events.parquet: is no file of such a release", True),
    "a part of another table": (lambda path: of_places(path.parent), "places_2024.parquet: is no file of such", True),
    "a day that is none": (lambda path: bad_day(path.parent), "date_start: must be a day", True),
    "a column less": (lambda path: change(path, lambda t: t.drop_columns(["note"])), "does not have the codebook's", True),
}


@pytest.mark.parametrize("what", VERIFIED)
def test_whatever_was_done_to_a_part_it_is_named(small, capsys, what):
    tamper, message, is_sealed = VERIFIED[what]
    tamper(small / "events_2023.parquet")
    if is_sealed:
        describe(small)
    status, lines = verified(small, capsys)
    assert status == 1
    assert any(message in line for line in lines), lines


def test_a_part_that_the_descriptor_leaves_out_is_found(small, capsys):
    path = small / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    descriptor["resources"] = [r for r in descriptor["resources"] if r["path"] != "events_2023.parquet"]
    path.write_text(json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    seal_sums(small)
    status, lines = verified(small, capsys)
    assert (status, lines[0]) == (1, "events_2023.parquet: is not the file that datapackage.json describes")
