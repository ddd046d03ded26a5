"""Other people's event data: every row ends as an event or is rejected with a reason, and what comes out builds."""

import csv
import gzip
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timeline import mapping, rules
from timeline.cli import main
from timeline.mapping import Record, Refused

GED = {
    "id": "214797",
    "type_of_violence": "1",
    "conflict_name": "Iraq: Government",
    "side_a_new_id": "116",
    "side_a": "Government of Iraq",
    "side_b_new_id": "234",
    "side_b": "IS",
    "number_of_sources": "2",
    "source_office": "Reuters;AFP",
    "source_date": "2016-01-02;2016-01-03",
    "where_prec": "1",
    "where_coordinates": "Ramadi town",
    "adm_1": "Anbar governorate",
    "adm_2": "Ramadi district",
    "latitude": "33.4167",
    "longitude": "43.30",
    "country": "Iraq",
    "event_clarity": "1",
    "date_prec": "1",
    "date_start": "2016-01-01 00:00:00.000",
    "date_end": "2016-01-01",
    "low": "2",
    "best": "3",
    "high": "4",
}
ACLED = {
    "event_id_cnty": "ISR12345",
    "event_date": "05 March 2024",
    "time_precision": "1",
    "event_type": "Explosions/Remote violence",
    "sub_event_type": "Air/drone strike",
    "actor1": "Islamic Resistance in Iraq",
    "inter1": "Rebel group",
    "actor2": "Civilians (Israel)",
    "inter2": "Civilians",
    "country": "Israel",
    "admin1": "Haifa",
    "admin2": "",
    "location": "Haifa",
    "latitude": "32.8156",
    "longitude": "34.9892",
    "geo_precision": "1",
    "source": "Al Manar; Shafaq News",
    "fatalities": "0",
}
LAYOUT = mapping.load("gdelt")["file"]["layouts"][1]["columns"].split()
GDELT = {
    **dict.fromkeys(LAYOUT, ""),
    "GLOBALEVENTID": "564111644",
    "SQLDATE": "20240305",
    "Actor1Code": "IRQREB",
    "Actor1Name": "IRAQI",
    "Actor1Type1Code": "REB",
    "EventCode": "190",
    "EventRootCode": "19",
    "GoldsteinScale": "-10.0",
    "NumArticles": "4",
    "ActionGeo_Type": "4",
    "ActionGeo_FullName": "Haifa, Hefa, Israel",
    "ActionGeo_Lat": "32.8156",
    "ActionGeo_Long": "34.9892",
    "DATEADDED": "20240306",
    "SOURCEURL": "https://www.example.org/a",
}
ROWS = {"ged": GED, "acled": ACLED, "gdelt": GDELT}


def write(path, rows, delimiter=","):
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def run(tmp_path, form, *rows):
    """Import rows; the tables that come out, with the rejected and the changed."""
    path, out = write(tmp_path / "some.csv", list(rows)), tmp_path / "out"
    status = main(["import", form, str(path), "--out", str(out)])
    files = [*(out / "data/raw").glob("*.csv"), *(out / "seeds").glob("*.csv"), out / "rejected.csv", out / "changed.csv"]
    found = {file.stem: read(file) for file in files}
    assert status == (0 if found["events"] else 1)
    return found


def only(row, *columns):
    return tuple(row[column] for column in columns)


def test_an_event_of_ged(tmp_path):
    found = run(tmp_path, "ged", GED)
    (event,) = found["events"]
    assert only(event, "event_id", "date", "event_type", "initiators", "targets", "attacks_low") == (
        "E214797",
        "2016-01-01",
        "attack",
        "ucdp-116;ucdp-234",
        "ucdp-234;ucdp-116",
        "1",
    )
    voices = [only(said, "speaker_id", "aspect", "stated_on", "paragraph") for said in found["attestations"]]
    assert voices[:3] == [
        ("reuters", "occurrence", "2016-01-02", "2"),
        ("afp", "occurrence", "2016-01-03", "2"),
        ("uppsala-conflict-data-program", "initiators", "", "2"),
    ]
    (figure,) = found["figures"]
    assert only(figure, "measure", "qualifier", "value_low", "value_best", "value_high") == (
        "killed",
        "between",
        "2",
        "3",
        "4",
    )
    places = {place["place_id"]: place for place in found["places"]}
    site = places[event["place_id"]]
    assert only(site, "name", "latitude", "longitude", "where_prec") == ("Ramadi town", "33.4167", "43.3", "1")
    assert site["within"] == "iraq-anbar-governorate-ramadi-district"
    assert places[site["within"]]["within"] == "iraq-anbar-governorate"
    assert found["sources"][0]["source_type"] == "dataset"


def test_an_event_of_acled(tmp_path):
    (event,) = run(tmp_path, "acled", ACLED)["events"]
    expected = ("EISR12345", "2024-03-05", "attack", "acled-islamic-resistance-in-iraq", "acled-civilians-israel")
    assert only(event, "event_id", "date", "event_type", "initiators", "targets") == expected


def test_an_event_of_gdelt_with_and_without_a_header(tmp_path):
    (event,) = run(tmp_path, "gdelt", GDELT)["events"]
    assert only(event, "event_id", "date", "event_type", "initiators") == (
        "E564111644",
        "2024-03-05",
        "attack",
        "gdelt-irqreb-iraqi",
    )
    for width, name in ((len(LAYOUT), "new"), (len(LAYOUT) - 1, "old")):
        path = tmp_path / f"{name}.csv"
        path.write_text("\t".join(GDELT[column] for column in LAYOUT[:width]) + "\n", encoding="utf-8")
        assert main(["import", "gdelt", str(path), "--out", str(tmp_path / name)]) == 0
        assert read(tmp_path / name / "data/raw/events.csv") == [event]


# what becomes of a date: cells of the row, and the date or the rule that refuses it
DATES = [
    ("ged", {"date_start": "2016-01-01", "date_end": "2016-01-04"}, "[2016-01-01..2016-01-04]"),
    ("ged", {"date_start": "2016-02-01", "date_end": "2016-02-29"}, "2016-02"),
    ("ged", {"date_start": "2016-01-01", "date_end": "2016-12-31"}, "2016"),
    ("ged", {"date_start": "2016-01-01", "date_end": "2016-06-30"}, "[2016-01-01..2016-06-30]"),
    ("ged", {"date_start": "2016-01-01", "date_end": "2016-01-04", "event_clarity": "2"}, "2016-01-01/2016-01-04"),
    ("ged", {"date_end": "2015-12-31"}, "order"),
    ("ged", {"date_start": "2016-00-00"}, "date"),
    ("acled", {"event_date": "2024-03-05", "time_precision": "2"}, "[2024-02-28..2024-03-11]"),
    ("acled", {"time_precision": "3"}, "2024-03"),
    ("acled", {"time_precision": "9"}, "enum"),
    ("gdelt", {"SQLDATE": "20240230"}, "date"),
    ("gdelt", {"SQLDATE": "202403051"}, "date"),
    ("ged", {"date_start": "2016-0101"}, "date"),
    ("ged", {"date_start": "2016-01-019"}, "date"),
]


@pytest.mark.parametrize(("form", "cells", "expected"), DATES)
def test_a_date_is_as_precise_as_its_row(tmp_path, form, cells, expected):
    found = run(tmp_path, form, {**ROWS[form], **cells})
    assert [event["date"] for event in found["events"]] + [row["rule"] for row in found["rejected"]] == [expected]


# what is refused: cells of the row, and the column and rule that are named
REJECTED = [
    ("ged", {"low": "5"}, "low", "values_are_in_order"),
    ("ged", {"best": "many"}, "best", "type"),
    ("ged", {"best": "-9"}, "best", "minimum"),
    ("ged", {"latitude": "91"}, "latitude", "maximum"),
    ("ged", {"latitude": "north"}, "latitude", "type"),
    ("ged", {"latitude": ""}, "latitude", "point_has_two_coordinates"),
    ("ged", {"where_prec": "8"}, "where_prec", "maximum"),
    ("ged", {"type_of_violence": "4"}, "type_of_violence", "enum"),
    ("ged", {"id": ""}, "id", "required"),
    ("ged", {"id": "21-47"}, "id", "pattern"),
    ("ged", {"side_b": "=1+1", "side_b_new_id": "9"}, "side_b", "formula"),
    ("ged", {"side_b": "I" * 201, "side_b_new_id": "9"}, "side_b", "maxLength"),
    ("ged", {"source_date": "soon;later"}, "source_date", "edtf"),
    ("ged", {"side_b": "\udcff"}, "side_b", "encoding"),
    ("ged", {"date_prec": "2"}, "date_prec", "precision"),
    ("gdelt", {"ActionGeo_Lat": "1_0"}, "ActionGeo_Lat", "type"),
    ("acled", {"event_date": "9999-12-31", "time_precision": "2"}, "event_date", "date"),
    ("acled", {"event_type": "Weather"}, "event_type", "enum"),
    ("gdelt", {"EventRootCode": "99"}, "EventRootCode", "enum"),
]


@pytest.mark.parametrize(("form", "cells", "column", "rule"), REJECTED)
def test_a_row_that_breaks_a_rule_is_rejected_where_it_breaks_it(tmp_path, form, cells, column, rule):
    key = next(iter(ROWS[form]))
    found = run(tmp_path, form, ROWS[form], {**ROWS[form], key: ROWS[form][key] + "9", **cells})
    assert [only(row, "file", "line", "column", "rule") for row in found["rejected"]] == [("some.csv", "3", column, rule)]
    assert len(found["events"]) == 1


def test_an_id_that_stands_twice_is_rejected_the_second_time(tmp_path, monkeypatch):
    """Also where the two are far apart."""
    monkeypatch.setattr("timeline.importing.CHUNK", 2)
    found = run(tmp_path, "ged", *({**GED, "id": str(100000 + n % 3)} for n in range(6)))
    assert [(row["line"], row["rule"]) for row in found["rejected"]] == [("5", "unique"), ("6", "unique"), ("7", "unique")]
    assert len(found["events"]) == 3


def test_a_row_that_was_rejected_keeps_no_other_out(tmp_path):
    found = run(tmp_path, "ged", {**GED, "low": "9"}, GED)
    assert [row["line"] for row in found["rejected"]] == ["2"]
    assert len(found["events"]) == 1


def test_all_who_need_a_broken_actor_are_rejected_at_once(tmp_path, monkeypatch):
    passes = []
    check = rules.check
    monkeypatch.setattr(rules, "check", lambda data: passes.append(1) or check(data))
    rows = [{**GED, "id": str(100000 + n), "side_b": "I" * 201, "side_b_new_id": "9"} for n in range(20)]
    found = run(tmp_path, "ged", GED, *rows)
    assert len(found["rejected"]) == 20
    assert len(passes) == 2


def test_names_that_ascii_does_not_tell_apart_are_told_apart(tmp_path):
    names = [
        "حزب الله",
        "الحوثي",
        "Forces of the Democratic Republic of the Congo, until the year 2019",
        "Forces of the Democratic Republic of the Congo, until the year 2018",
    ]
    rows = [{**ACLED, "event_id_cnty": f"IRQ{n}0000", "actor1": name, "source": "شفق نيوز"} for n, name in enumerate(names)]
    found = run(tmp_path, "acled", *rows)
    assert len({event["initiators"] for event in found["events"]}) == 4
    assert {*names, "شفق نيوز"} <= {actor["name"] for actor in found["actors"]}


def test_quotes_in_tab_separated_text_are_letters(tmp_path):
    path = tmp_path / "some.csv"
    rows = [{**GDELT, "GLOBALEVENTID": f"1000{n}", "Actor1Name": name} for n, name in enumerate(['"A', "B", 'C"'])]
    text = "\n".join("\t".join(row.values()) for row in [dict(zip(GDELT, GDELT, strict=True)), *rows])
    path.write_text(text + "\n", encoding="utf-8")
    assert main(["import", "gdelt", str(path), "--out", str(tmp_path / "out")]) == 0
    assert len(read(tmp_path / "out/data/raw/events.csv")) == 3


def test_an_address_that_is_none_is_no_reason_to_stop(tmp_path):
    assert len(run(tmp_path, "gdelt", {**GDELT, "SOURCEURL": "http://[bad/x"})["events"]) == 1


def test_what_stands_beside_is_left_alone(tmp_path):
    """Also by an import that fails."""
    beside = tmp_path / ".out.new"
    beside.mkdir()
    assert main(["import", "ged", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out")]) == 1
    assert list(tmp_path.iterdir()) == [beside]


def test_what_is_repaired_is_told(tmp_path):
    """A line break within a cell is no reason to reject a row, nor is it dropped in silence; unused columns are left alone."""
    found = run(tmp_path, "ged", {**GED, "where_coordinates": "Ramadi\n town ", "region": "Middle  East"})
    assert [only(row, "line", "column", "value", "became") for row in found["changed"]] == [
        ("2", "where_coordinates", "Ramadi\\n town ", "Ramadi town")
    ]


def test_an_actor_has_the_name_that_its_id_had_first(tmp_path):
    found = run(tmp_path, "ged", GED, {**GED, "id": "214798", "side_b": "Islamic State"})
    assert [only(row, "line", "column", "value", "became") for row in found["changed"]] == [
        ("3", "side_b", "Islamic State", "IS")
    ]
    assert "IS" in {actor["name"] for actor in found["actors"]}


def test_days_that_are_fewer_than_voices_are_nobodys(tmp_path):
    said = run(tmp_path, "ged", {**GED, "source_date": "2016-01-02"})["attestations"]
    assert {only(row, "stated_on") for row in said} == {("",)}


def test_what_comes_out_builds(tmp_path, capsys):
    for form, row in ROWS.items():
        folder = tmp_path / form
        folder.mkdir()
        run(folder, form, row)
        assert main(["build", "--root", str(folder / "out")]) == 0, capsys.readouterr().err
        assert main(["check", "--root", str(folder / "out")]) == 0
    assert "published" in capsys.readouterr().out


def test_a_packed_file_is_the_file(tmp_path):
    path = write(tmp_path / "some.csv", [GED])
    (tmp_path / "some.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.write(path, "some.csv")
    for name in ("some.csv", "some.csv.gz", "some.zip"):
        assert main(["import", "ged", str(tmp_path / name), "--out", str(tmp_path / "out" / name)]) == 0
        assert len(read(tmp_path / "out" / name / "data/raw/events.csv")) == 1


@pytest.mark.parametrize(
    "data",
    [b"\x1f\x8b\x08broken", gzip.compress(b"id,side_a\n" * 99, mtime=0)[:20], b"PK broken", "two"],
    ids=["broken", "cut", "no archive", "two files"],
)
def test_a_file_that_cannot_be_unpacked_is_named(tmp_path, capsys, data):
    path = tmp_path / "some.csv"
    if data == "two":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.csv", "")
            archive.writestr("b.csv", "")
    else:
        path.write_bytes(data)
    assert main(["import", "ged", str(path), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith(f"{path}: ")
    assert [entry.name for entry in tmp_path.iterdir()] == ["some.csv"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("a,b\n1,2\n", "header"), ("", "header"), ('id,side_a\n1,"open\n', "row"), ("id\n1\n", "header")],
)
def test_a_file_that_is_none_of_the_format_is_named_and_nothing_is_written(tmp_path, capsys, text, rule):
    path = tmp_path / "some.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["import", "ged", str(path), "--out", str(tmp_path / "out")]) == 1
    assert f"[{rule}]" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["some.csv"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").touch()
    assert main(["import", "ged", str(write(tmp_path / "some.csv", [GED])), "--out", str(tmp_path / "out")]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["mine"]


TEXT = st.text(max_size=12) | st.sampled_from(
    ["-1", "-9", "0", "=A1", "\udc80", "1e400", "nan", "2016-01-01", "a;b", ";", "9" * 30]
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_row_it_is_an_event_or_rejected(tmp_path_factory, data):
    form = data.draw(st.sampled_from(list(ROWS)))
    rows = [ROWS[form]]
    for _ in range(3):
        cells = data.draw(st.dictionaries(st.sampled_from(list(ROWS[form])), TEXT, max_size=4))
        rows.append({**ROWS[form], **cells})
    folder = tmp_path_factory.mktemp("import")
    found = run(folder, form, *rows)
    assert len(found["events"]) + len(found["rejected"]) == len(rows)
    assert main(["validate", "--root", str(folder / "out")]) == 0


def test_parts_in_brackets_go_where_a_column_is_empty():
    record = Record({"a": "A", "b": ""}, {"x": "X"})
    assert record.cell("{a}[ and {b}][ of {@x}]") == "A of X"
    with pytest.raises(Refused):
        record.cell({"text": "{a}", "map": {"B": "b"}})
