"""Our events in others' columns: what a reader of them does not find as it was is listed, and nothing else is lost."""

import datetime
import re
import shutil
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REPOSITORY
from test_importing import ACLED, GED, read, write
from timeline import dates, mapping
from timeline import facts as published
from timeline.building import build
from timeline.cli import main
from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.exporting import convert
from timeline.facts import Known, known, when
from timeline.mapping import Record
from timeline.raw import is_formula

FORMS = mapping.formats("exports")
ABOUT = {form: mapping.load(form, "exports") for form in FORMS}
WIDTHS = {"acled": 31, "ged": 49, "gtd": 135, "meltt": 9, "plover": 40}
EVENTS = codebook().tables["events"]
# columns that only say again what others say
AGAIN = {column.name for column in EVENTS.columns if column.name.startswith("date_")}
AGAIN |= {"place", "target_place", "location_basis"}


@pytest.fixture(scope="module")
def events():
    """The facts of the bundled events, by id."""
    return {event.facts["event_id"]: event for event in known(Dataset(REPOSITORY))}


@pytest.fixture(scope="module")
def facts(events):
    """Those of one attack."""
    return events["E0022"].facts


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of an export of the bundled data; each is made once."""
    folder = tmp_path_factory.mktemp("exports")

    def write(form):
        out = folder / form
        if not out.exists():
            assert main(["export", form, "--root", str(REPOSITORY), "--out", str(out)]) == 0
        return out

    return write


def rows_of(written, form):
    return read(written(form) / f"{form}.csv")


def listed(losses, *kinds):
    return {(loss["record_id"], loss["column"]) for loss in losses if not kinds or loss["kind"] in kinds}


# ---------------------------------------------------------------- the mapping files


def texts_in(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts_in(each)]
    return [text for each in value for text in texts_in(each)] if isinstance(value, list) else [value]


def words_in(value):
    return {word for text in texts_in(value) for word in re.findall(r"\{(@?\w[\w ]*)\}", str(text))}


@pytest.mark.parametrize("form", FORMS)
def test_a_mapping_accounts_for_every_column_of_ours(form):
    about = ABOUT[form]
    assert not about["reads"].keys() & about["lost"].keys()
    told = about["reads"].keys() | about["lost"].keys() | AGAIN
    names = {column.name for column in EVENTS.columns}
    assert told == names


@pytest.mark.parametrize("form", FORMS)
def test_a_mapping_uses_words_that_there_are(form, facts):
    about = ABOUT[form]
    columns = about["columns"].split(",")
    assert (len(columns), len(set(columns))) == (WIDTHS[form], WIDTHS[form])
    theirs = set(about["cells"]) | set(about.get("required", ())) | set(filter(None, about["lost"].values()))
    theirs |= {name for spec in about["reads"].values() for name in mapping.columns_of(spec) if name}
    theirs |= words_in(about["reads"]) | {name for entry in about.get("invented", ()) for name in entry["theirs"].split(",")}
    assert theirs <= set(columns)
    ours = [about["cells"], about.get("parts", {}), about["why"]]
    ours += [[entry["when"], entry["why"]] for block in ("left_out", "invented") for entry in about.get(block, ())]
    assert words_in(ours) <= facts.keys() | {f"@{name}" for name in about.get("parts", ())}
    assert {entry["column"] for block in ("left_out", "invented") for entry in about.get(block, ())} <= facts.keys()


# ---------------------------------------------------------------- the files


@pytest.mark.parametrize("form", FORMS)
def test_an_event_is_in_the_file_or_the_report_says_why_not(form, written, events):
    rows, losses = rows_of(written, form), read(written(form) / "losses.csv")
    out = [loss["record_id"] for loss in losses if loss["kind"] == "left out"]
    assert len(out) == len(set(out))
    assert len(rows) + len(out) == len(events)
    assert set(out) | {loss["record_id"] for loss in losses} <= events.keys()
    assert all(loss["reason"] for loss in losses)
    attacks = {event_id for event_id, event in events.items() if event.facts["event_type"] == "attack"}
    assert len(attacks & set(out)) < len(attacks) / 10


@pytest.mark.parametrize("form", FORMS)
def test_no_cell_is_a_formula(form, written):
    for name in (form, "losses"):
        rows = read(written(form) / f"{name}.csv")
        assert not [cell for row in rows for cell in row.values() if is_formula(cell)]


def test_what_others_say_of_an_event_is_listed(written, events):
    """Second readings, testimony and figures have no place in a row for an event: each is a row of the report."""
    losses = read(written("ged") / "losses.csv")
    found = Counter((loss["record_id"], loss["column"], loss["value"]) for loss in losses)
    kept = {loss["record_id"] for loss in losses if loss["kind"] != "left out"}
    assert all(found[event_id, table, text] for event_id in kept for table, text in events[event_id].beside)


# ---------------------------------------------------------------- import after export


# what a person transcribes, and what follows from it alone; of title and note the import makes its own
COMPARED = [name for name in EVENTS.raw if name not in ("title", "note")]
COMPARED += ["killed_low", "killed_best", "killed_high", "injured_low", "injured_best", "injured_high"]
COMPARED += ["latitude", "longitude", "where_prec", "adm_1", "country_iso3"]


def meaning(text):
    """What a date says, however it is spelled."""
    date = dates.parse(text)
    ranges = []
    for start, end in date.members or ((date.start, date.end),):
        if ranges and ranges[-1][1] and start and start - ranges[-1][1] <= datetime.timedelta(days=1):
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    return ranges, date.kind, date.uncertain, date.approximate


def same(facts, other, column):
    if column == "date" and facts["event_type"] == "series":
        return meaning(facts[column])[0] == meaning(other[column])[0]
    return meaning(facts[column]) == meaning(other[column]) if column == "date" else facts[column] == other[column]


@pytest.mark.parametrize("form", ["acled", "ged"])
def test_what_is_imported_again_is_what_was_exported_except_for_what_is_listed(form, written, events, tmp_path):
    out, losses = written(form), read(written(form) / "losses.csv")
    assert main(["import", form, str(out / f"{form}.csv"), "--out", str(tmp_path / "again")]) == 0
    assert len(read(tmp_path / "again/rejected.csv")) == 0
    build(tmp_path / "again")
    again = {event.facts["event_id"]: event.facts for event in known(Dataset(tmp_path / "again"))}
    assert again.keys() == events.keys() - {loss["record_id"] for loss in losses if loss["kind"] == "left out"}
    differing = {
        (event_id, column)
        for event_id, facts in again.items()
        for column in COMPARED
        if not same(events[event_id].facts, facts, column)
    }
    assert differing <= listed(losses)
    # and what is listed is no false alarm; days of the format's own (15 of a month) aside, which an import sees through
    assert {key for key in listed(losses, "lost", "changed") if key[0] in again and key[1] in COMPARED} <= differing


# what of others is no value of ours: their ids, the name of a conflict, the number of reports; and how they spell the rest
NOT_OURS = {"conflict_name", "number_of_sources", "side_a_new_id", "side_b_new_id"}
SPELLED = {"longitude", "date_start", "event_date", "source"}
# others' rows, and the columns that come back otherwise
THEIRS = [
    ("ged", GED, set()),
    ("ged", {**GED, "id": "7", "type_of_violence": "3", "side_b": "Civilians"}, set()),
    ("ged", {**GED, "event_clarity": "2", "date_prec": "4", "date_end": "2016-01-31", "best": "2"}, set()),
    ("acled", {**ACLED, "time_precision": "3", "event_date": "2024-03-15"}, {"inter1", "sub_event_type"}),
    ("acled", {**ACLED, "event_type": "Battles", "sub_event_type": "Armed clash", "fatalities": "4"}, {"inter1"}),
]


@pytest.mark.parametrize(("form", "row", "left"), THEIRS)
def test_what_came_from_others_goes_back_as_it_was(form, row, left, tmp_path):
    file, root = write(tmp_path / "theirs.csv", [row]), tmp_path / "data"
    assert main(["import", form, str(file), "--out", str(root)]) == 0
    build(root)
    assert main(["export", form, "--root", str(root), "--out", str(tmp_path / "out")]) == 0
    (found,) = read(tmp_path / "out" / f"{form}.csv")
    assert {column for column, cell in row.items() if found[column] != cell} - NOT_OURS - SPELLED == left


days = st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
shapes = st.sampled_from(["{}/{}", "[{}..{}]", "[{},{}]", "{}/..", "{}/", "[..{1}]", "/{1}", "{}", "{1:.7}", "{:.4}"])
marks = st.sampled_from(["", "~", "?", "%"])


@st.composite
def edtf(draw):
    """A date whose ends lie near each other, more often than not."""
    first = draw(days)
    apart = draw(st.integers(0, 12) | st.integers(0, 900))
    last = datetime.date.fromordinal(min(first.toordinal() + apart, datetime.date.max.toordinal()))
    text = draw(shapes).format(str(first), str(last))
    return text if "[" in text or "/" in text else text + draw(marks)


def dated(facts, text):
    return facts | {"date": text, "date_prec": str(dates.parse(text).precision)} | when(text)


@pytest.mark.parametrize("form", ["acled", "ged"])
@given(text=edtf().filter(dates.is_valid), event_type=st.sampled_from(["attack", "series"]))
def test_a_date_is_read_back_or_listed(form, facts, text, event_type):
    facts = dated(facts, text) | {"event_type": event_type}
    cells, losses = convert(ABOUT[form], Known(facts, []))
    if cells:
        read_back = Record(cells).cell(mapping.load(form)["event"]["date"])
        assert same(facts, {"date": read_back}, "date") or [loss for loss in losses if loss.column == "date"]
    else:
        assert [loss.kind for loss in losses] == ["left out"]


# what becomes of a date: cells of the row, and how each loss of it begins
DATES = [
    ("ged", "2024-03-05", {"date_start": "2024-03-05", "date_end": "2024-03-05", "date_prec": "1"}, []),
    ("ged", "2024-03-05~", {"date_start": "2024-03-05", "date_end": "2024-03-05"}, ["that it is approximate"]),
    ("ged", "2024-03-05%", {"date_prec": "1"}, ["that it is approximate", "that it is uncertain"]),
    ("ged", "[2024-03-05,2024-03-06]", {"date_end": "2024-03-06", "date_prec": "2"}, []),
    ("ged", "[2024-03-05,2024-03-08]", {"date_end": "2024-03-08", "date_prec": "2"}, ["the days between"]),
    ("ged", "2024-02", {"date_start": "2024-02-01", "date_end": "2024-02-29", "date_prec": "4"}, []),
    ("ged", "[..2024-06-04]", {"date_start": "2024-01-01", "date_prec": "5"}, ["its first day is open"]),
    ("ged", "[..2024-01-01]", {"date_start": "2023-01-01", "date_prec": "5"}, ["its first day is open"]),
    ("ged", "2024-05-03/2024-05-05", {"date_end": "2024-05-05"}, ["it is a span"]),
    ("acled", "2024-03-05", {"event_date": "2024-03-05", "time_precision": "1"}, []),
    ("acled", "2024-02", {"event_date": "2024-02-15", "time_precision": "3"}, ["day 15 is of the format"]),
    (
        "acled",
        "[2024-03-05,2024-03-06]",
        {"event_date": "2024-03-05", "time_precision": "2"},
        ["its first day is 2024-03-05 and not 2024-02-28", "its last day", "the day is one of several"],
    ),
    ("acled", "[..2024-06-04]", {}, ["has an open end"]),
    ("acled", "[2024-02-20..2024-03-05]", {}, ["lies in more than one month"]),
    ("gtd", "2024-03-05", {"iyear": "2024", "imonth": "3", "iday": "5", "approxdate": ""}, []),
    ("gtd", "2024-03", {"iyear": "2024", "imonth": "3", "iday": "0", "approxdate": "2024-03"}, []),
    ("gtd", "[2024-03-31,2024-04-01]", {"iyear": "2024", "imonth": "0", "iday": "0"}, []),
    ("plover", "2024-03", {"Event Date": "2024-03-16"}, ["its first day", "its last day"]),
    ("meltt", "[2024-03-05,2024-03-06]", {"date": "2024-03-05", "enddate": "2024-03-06"}, ["it is a moment"]),
]


@pytest.mark.parametrize(("form", "text", "expected", "reasons"), DATES)
def test_a_date_is_as_precise_as_the_format_allows(form, text, expected, reasons, facts):
    cells, losses = convert(ABOUT[form], Known(dated(facts, text), []))
    assert {column: cells[column] for column in expected} == expected
    found = [loss.reason for loss in losses if loss.column == "date"]
    assert len(found) == len(reasons)
    assert all(reason.startswith(begin) for reason, begin in zip(found, reasons, strict=True))


# what is known of people killed: low, best, high; the cells of the format; the columns of ours that are listed
KILLED = [
    ("ged", ("", "", ""), ("0", "0", "0"), {"killed_low", "killed_best", "killed_high"}),
    ("ged", ("0", "0", "0"), ("0", "0", "0"), set()),
    ("ged", ("3", "", ""), ("3", "3", "3"), {"killed_best", "killed_high"}),
    ("ged", ("3", "4", "9"), ("3", "4", "9"), set()),
    ("ged", ("", "", "4"), ("0", "0", "4"), {"killed_low", "killed_best"}),
    ("acled", ("", "", ""), ("0",), {"killed_low", "killed_best", "killed_high"}),
    ("acled", ("3", "4", "9"), ("4",), {"killed_low", "killed_high"}),
    ("gtd", ("", "", ""), ("",), set()),
    ("gtd", ("0", "0", "0"), ("0",), set()),
    ("gtd", ("3", "", ""), ("3",), {"killed_best", "killed_high"}),
]
DEATHS = {"ged": ("low", "best", "high"), "acled": ("fatalities",), "gtd": ("nkill",)}


@pytest.mark.parametrize(("form", "values", "expected", "columns"), KILLED)
def test_unknown_is_no_zero_unless_the_report_says_so(form, values, expected, columns, facts):
    names = ("killed_low", "killed_best", "killed_high")
    cells, losses = convert(ABOUT[form], Known(facts | dict(zip(names, values, strict=True)), []))
    assert tuple(cells[column] for column in DEATHS[form]) == expected
    assert {loss.column for loss in losses if loss.column in names} == columns


# ---------------------------------------------------------------- what each format demands


def is_whole(text, low, high):
    return re.fullmatch(r"-?\d+", text) is not None and low <= int(text) <= high


def is_number(text, limit):
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None and abs(float(text)) <= limit


def is_day(text):
    return str(datetime.date.fromisoformat(text)) == text


def test_ged_has_what_it_demands(written):
    for row in rows_of(written, "ged"):
        assert is_whole(row["id"], 1, 10**9)
        assert row["date_start"] <= row["date_end"]
        assert int(row["date_prec"]) == 1 or row["date_start"] < row["date_end"]
        assert 0 <= int(row["low"]) <= int(row["best"]) <= int(row["high"])
        assert sum(int(row[f"deaths_{of}"]) for of in ("a", "b", "civilians", "unknown")) == int(row["best"])
        assert row["type_of_violence"] in ("1", "2", "3")
        assert row["event_clarity"] in ("1", "2")
        assert is_whole(row["where_prec"], 1, 7)
        assert is_number(row["latitude"], 90)
        assert is_number(row["longitude"], 180)
        assert len(row["source_office"].split(";")) == len(row["source_date"].split(";"))


def test_acled_has_what_it_demands(written):
    forces = {"", "State forces", "External/Other forces", "Political militia", "Civilians"}
    for row in rows_of(written, "acled"):
        assert is_day(row["event_date"])
        assert row["event_date"].startswith(row["year"])
        assert row["time_precision"] in ("1", "2", "3")
        assert row["geo_precision"] in ("1", "2", "3")
        assert is_whole(row["fatalities"], 0, 10**6)
        assert row["sub_event_type"] in ("Armed clash", "Air/drone strike", "Shelling/artillery/missile attack")
        assert {row["inter1"], row["inter2"]} <= forces
        assert row["location"]
        assert is_number(row["latitude"], 90)


def test_gtd_has_what_it_demands(written):
    rows = rows_of(written, "gtd")
    assert len({row["eventid"] for row in rows}) == len(rows)
    for row in rows:
        assert re.fullmatch(r"\d{12}", row["eventid"])
        assert row["eventid"].startswith(f"{row['iyear']}{int(row['imonth']):02}{int(row['iday']):02}")
        assert is_whole(row["imonth"], 0, 12)
        assert is_whole(row["iday"], 0, 31)
        assert is_whole(row["specificity"], 1, 5)
        assert is_whole(row["attacktype1"], 1, 9)
        assert is_whole(row["targtype1"], 1, 22)
        assert is_whole(row["weaptype1"], 1, 13)
        assert row["gname"]
        assert all(
            row[column] in ("0", "1") for column in ("success", "suicide", "crit1", "doubtterr", "guncertain1", "claimed")
        )
        assert all(row[column] in ("-9", "0", "1") for column in ("vicinity", "INT_LOG", "INT_ANY", "ishostkid", "property"))
        assert (row["country"] == "") == (row["country_txt"] == "") == (row["region"] == "")
        assert all(row[column] == "" or is_whole(row[column], 0, 10**6) for column in ("nkill", "nwound"))


def test_plover_has_what_it_demands(written):
    quads = {"ASSAULT": "MATERIAL CONFLICT", "MOBILIZE": "MATERIAL CONFLICT"}
    quads |= {"RETREAT": "MATERIAL COOPERATION", "CONSULT": "VERBAL COOPERATION"}
    for row in rows_of(written, "plover"):
        assert is_day(row["Event Date"])
        assert row["Quad Code"] == quads[row["Event Type"]]
        assert -10 <= float(row["Event Intensity"]) <= 10
        assert re.fullmatch("([A-Z]{3})?", row["Country"])
        assert row["Primary Actor Sector"] in ("", "GOV", "MIL", "REB", "UNK")


def test_meltt_has_what_it_demands(written):
    for row in rows_of(written, "meltt"):
        assert is_day(row["date"])
        assert is_day(row["enddate"])
        assert row["date"] <= row["enddate"]
        assert is_number(row["latitude"], 90)
        assert is_number(row["longitude"], 180)
        assert all(row.values())


# ---------------------------------------------------------------- bad input


def test_a_formula_is_none_in_the_file(facts):
    cells, losses = convert(ABOUT["acled"], Known(facts | {"initiator": "=1+1", "initiators": "=1+1"}, []))
    assert cells["actor1"] == "'=1+1"
    assert "initiators" in {loss.column for loss in losses}


def export_of(root, out):
    return main(["export", "ged", "--root", str(root), "--out", str(out)])


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine").touch()
    assert export_of(REPOSITORY, tmp_path) == 1
    assert "is there already" in capsys.readouterr().err
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_what_is_no_dataset_is_named(tmp_path, capsys):
    assert export_of(tmp_path / "none", tmp_path / "out") == 1
    assert "no published dataset" in capsys.readouterr().err


@pytest.mark.parametrize("table", ["events", "attestations", "places"])
def test_a_table_that_was_cut_is_named_and_nothing_is_written(part, tmp_path, capsys, table):
    root = tmp_path / "data"
    shutil.copytree(part / "data/processed", root)
    file = root / f"{table}.parquet"
    file.write_bytes(file.read_bytes()[:-9])
    assert export_of(root, tmp_path / "out") == 1
    printed = capsys.readouterr().err
    assert f"{table}.parquet" in printed
    assert len(printed.splitlines()) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["data"]


def test_a_row_that_names_what_is_not_there_is_told(part, tmp_path, capsys, monkeypatch):
    rows = published.rows
    monkeypatch.setattr(published, "rows", lambda data, name, *columns: [] if name == "places" else rows(data, name, *columns))
    assert export_of(part, tmp_path / "out") == 1
    assert "which is in no table of it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_summary_counts_what_the_report_lists(written, tmp_path, capsys):
    assert main(["export", "meltt", "--root", str(REPOSITORY), "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    losses = read(tmp_path / "out/losses.csv")
    counts = [int(number) for number in re.findall(r"^ +(\d+) [a-z ]+: ", printed, flags=re.MULTILINE)]
    assert sum(counts) == len(losses)
    assert f"{len(losses)} losses" in printed
    # the same data give the same files
    for name in ("meltt.csv", "losses.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (written("meltt") / name).read_bytes()
