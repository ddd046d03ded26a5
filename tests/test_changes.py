"""What became of a release in a later one: each difference is named, and nothing besides."""

import json
import shutil

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import timeline
from conftest import Copy
from timeline import changes
from timeline.building import build
from timeline.cli import main
from timeline.columns import codebook

TRANSCRIBED = [table.name for table in codebook().raw_tables()]


@pytest.fixture(scope="module")
def later(part, tmp_path_factory):
    """A release with a correction, an addition, a withdrawal; and what was done, by kind."""
    copy = Copy(shutil.copytree(part, tmp_path_factory.mktemp("later"), dirs_exist_ok=True))
    copy.edit("events", copy.line("events", event_id="E0021"), note="Corrected.", time_of_day="night")
    said = next(row for row in copy.rows("attestations")[1:] if row[1] == "E0022")
    names = copy.rows("attestations")[0]
    copy.add("attestations", **{**dict(zip(names, said, strict=True)), "attestation_id": "T99999", "aspect": "date"})
    copy.delete("attestations", copy.line("attestations", attestation_id=said[0]))
    row = {"record_id": said[0], "withdrawn_in": "2026.2", "reason": "Coded | twice.", "replaced_by": "T99999"}
    copy.add("withdrawn", **row)
    assert main(["format", "--root", str(copy.root)]) == 0
    build(copy.root)
    return copy.root, said[0]


def test_each_difference_is_named_and_nothing_besides(part, later):
    root, gone = later
    found = timeline.diff(part, root)
    told = found[found["table"].isin(TRANSCRIBED) & ~found["column"].isin(derived())]
    rows = {(row.table, row.kind, row.key, row.column, row.new, row.reason) for row in told.itertuples()}
    assert rows == {
        ("events", "changed", "E0021", "note", "Corrected.", ""),
        ("events", "changed", "E0021", "time_of_day", "night", ""),
        ("attestations", "added", "T99999", "", "", ""),
        ("attestations", "withdrawn", gone, "", "", "Coded | twice. (instead: T99999)"),
        ("withdrawn", "added", gone, "", "", ""),
    }


def derived():
    return {column.name for name in TRANSCRIBED for column in codebook().tables[name].columns if column.derived}


def test_backwards_additions_are_removals(part, later):
    found = timeline.diff(later[0], part)
    assert ("attestations", "removed", "T99999") in set(found[["table", "kind", "key"]].itertuples(index=False, name=None))
    assert ("attestations", "added", later[1]) in set(found[["table", "kind", "key"]].itertuples(index=False, name=None))


def test_tables_and_columns_are_told_as_well(part, tmp_path):
    other = shutil.copytree(part / "data/processed", tmp_path / "other")
    about = json.loads((other / "datapackage.json").read_bytes())
    resources = {resource["name"]: resource for resource in about["resources"]}
    about["resources"] = [r for r in about["resources"] if r["name"] not in ("days", "days-parquet")]
    fields = resources["codings"]["schema"]["fields"]
    fields[0]["constraints"] = {}
    fields[-1]["name"] = "renamed"
    header, _, rest = (other / "codings.csv").read_text("utf-8").partition("\n")
    names = [*header.split(",")[:-1], "renamed"]
    (other / "codings.csv").write_text(",".join(names) + "\n" + rest, "utf-8")
    (other / "datapackage.json").write_text(json.dumps(about), "utf-8")
    kinds = set(timeline.diff(part, other)[["table", "kind", "column"]].itertuples(index=False, name=None))
    was = header.split(",")
    assert kinds == {
        ("days", "table removed", ""),
        ("codings", "column changed", was[0]),
        ("codings", "column added", "renamed"),
        ("codings", "column removed", was[-1]),
    }
    assert ("days", "table added", "") in set(
        timeline.diff(other, part)[["table", "kind", "column"]].itertuples(index=False, name=None)
    )


cells = st.fixed_dictionaries({name: st.sampled_from(["", "a", "b;c", "1"]) for name in ("one", "two")})
tables = st.dictionaries(st.tuples(st.sampled_from("ABCD"), st.sampled_from("123")), cells)


def framed(rows):
    listed = [{"id": key[0], "number": key[1], **row} for key, row in rows.items()]
    return pd.DataFrame(listed, columns=["id", "number", "one", "two"], dtype="string")


@given(old=tables, new=tables)
def test_with_the_differences_the_old_becomes_the_new(old, new):
    found = list(changes._of_rows("t", ["id", "number"], framed(old), framed(new), {}))
    made = {";".join(key): dict(row) for key, row in old.items()}
    later = {";".join(key): row for key, row in new.items()}
    for change in found:
        if change.kind == "removed":
            del made[change.key]
        elif change.kind == "added":
            made[change.key] = later[change.key]
        else:
            assert made[change.key][change.column] == change.old != change.new
            made[change.key][change.column] = change.new
    assert made == later
    assert len(found) == len({(change.key, change.column) for change in found})


def test_among_a_hundred_thousand_rows_each_difference_is_found():
    ids = [f"E{n:06}" for n in range(100_000)]
    old = pd.DataFrame({"id": ids, "title": ["A title"] * len(ids), "note": ids}, dtype="string")
    new = old.drop(index=[5, 99_999]).reset_index(drop=True)
    new.loc[new["id"] == "E050000", "title"] = "Another"
    new = pd.concat([new, pd.DataFrame([{"id": "E200000", "title": "New", "note": ""}], dtype="string")], ignore_index=True)
    reasons = {"E000005": {"reason": "Twice.", "replaced_by": ""}}
    found = list(changes._of_rows("events", ["id"], old, new, reasons))
    assert [(change.kind, change.key, change.column) for change in found] == [
        ("withdrawn", "E000005", ""),
        ("changed", "E050000", "title"),
        ("removed", "E099999", ""),
        ("added", "E200000", ""),
    ]


def test_it_is_printed_for_people_for_notes_and_for_programs(part, later, capsys):
    old, new = str(part), str(later[0])
    assert main(["diff", old, new]) == 0
    text = capsys.readouterr().out
    assert "-> Corrected.\n" in text
    assert f"  withdrawn {later[1]}: Coded | twice. (instead: T99999)\n" in text
    assert main(["diff", old, new, "--format", "markdown"]) == 0
    assert "Coded \\| twice." in capsys.readouterr().out
    assert main(["diff", old, new, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == timeline.diff(old, new).to_dict("records")
    assert main(["diff", old, old]) == 0
    assert capsys.readouterr().out == "no difference\n"


def test_what_is_no_release_is_named(part, tmp_path, capsys):
    assert main(["diff", str(part), str(tmp_path)]) == 1
    assert "no published dataset" in capsys.readouterr().err
    broken = shutil.copytree(part / "data/processed", tmp_path / "broken")
    (broken / "days.csv").write_text("day\n", "utf-8")
    assert main(["diff", str(part), str(broken)]) == 1
    printed = capsys.readouterr().err
    assert "days.csv" in printed
    assert "Traceback" not in printed
