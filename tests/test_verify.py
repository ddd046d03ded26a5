"""`timeline verify`: whatever was done to a release, the file is named."""

import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from timeline import building
from timeline.cli import main
from timeline.columns import codebook
from timeline.fingerprints import sha256
from timeline.publish import CHECKSUMS


def folder_of(copy):
    return copy.root / "data" / "processed"


def seal(folder):
    """Make checksums, sizes and hashes hold again, as one would who does not want to be found out."""
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    for resource in descriptor["resources"]:
        file = folder / resource["path"]
        resource |= {"bytes": file.stat().st_size, "hash": f"sha256:{sha256(file)}"}
    path.write_text(json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    seal_sums(folder)


def seal_sums(folder):
    files = [path for path in sorted(folder.iterdir()) if path.name != CHECKSUMS]
    (folder / CHECKSUMS).write_text("".join(f"{sha256(path)}  {path.name}\n" for path in files), encoding="utf-8")


def verified(copy, capsys):
    status = main(["verify", "--root", str(copy.root)])
    printed = capsys.readouterr()
    assert printed.err == ""
    return status, printed.out.splitlines()


def test_a_release_is_whole_and_sound(copy, capsys):
    status, lines = verified(copy, capsys)
    assert status == 0
    assert "every file is that of the release" in lines[0]


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 4
    path.write_bytes(data)


def link(path):
    path.rename(path.with_name("aside"))
    path.symlink_to("aside")
    seal_sums(path.parent)


@pytest.mark.parametrize("name", sorted(f"{t}.{f}" for t in codebook().tables for f in ("csv", "parquet")))
@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (flip, "is not the file of this release"),
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "is not the file of this release"),
        (lambda path: path.unlink(), "missing"),
    ],
    ids=["flipped", "cut", "missing"],
)
def test_each_file_is_held_against_its_checksum(copy, capsys, name, tamper, message):
    tamper(folder_of(copy) / name)
    status, (line,) = verified(copy, capsys)
    assert (status, line.partition(f"{name}: ")[2][: len(message)]) == (1, message)


@pytest.mark.parametrize("name", ["codebook.md", "datapackage.json"])
def test_what_describes_the_tables_is_held_against_its_checksum(copy, capsys, name):
    flip(folder_of(copy) / name)
    # a descriptor that is no JSON ends the search before it begins
    status = main(["verify", "--root", str(copy.root)])
    assert status == 1
    assert f"{name}: is not the file of this release" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sums", "message"),
    [
        (None, "SHA256SUMS: missing"),
        (b"\xff", "SHA256SUMS: cannot be read"),
        (b"nonsense\n", "SHA256SUMS: line 1 is no checksum of one more file"),
        (b"0" * 64 + b"  ../../etc/passwd\n", "SHA256SUMS: line 1 is no checksum of one more file"),
        (2 * (b"0" * 64 + b"  events.csv\n"), "SHA256SUMS: line 2 is no checksum of one more file"),
    ],
)
def test_checksums_that_are_none(copy, capsys, sums, message):
    path = folder_of(copy) / CHECKSUMS
    path.unlink() if sums is None else path.write_bytes(sums)
    assert verified(copy, capsys) == (1, [f"{folder_of(copy)}/{message}"])


def test_a_file_that_is_not_of_the_release(copy, capsys):
    (folder_of(copy) / "notes.txt").touch()
    assert verified(copy, capsys) == (1, [f"{folder_of(copy)}/notes.txt: not in SHA256SUMS"])


def test_a_link_is_no_file_of_a_release(copy, capsys):
    link(folder_of(copy) / "events.csv")
    assert f"{folder_of(copy)}/events.csv: is no plain file" in verified(copy, capsys)[1]


# what stays to be found when the checksums were made to hold: tamper → the file named, the words that tell
def swap_tables(folder):
    shutil.copy(folder / "places.csv", folder / "actors.csv")


def from_another_release(folder):
    path = folder / "attestations.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def other_cell(folder):
    path = folder / "events.csv"
    path.write_bytes(path.read_bytes().replace(b',"confirmed",', b',"certain",', 1))


def broken_key(folder):
    for form in ("csv", "parquet"):
        path = folder / f"relations.{form}"
        if form == "csv":
            path.write_bytes(path.read_bytes().replace(b"E0001", b"E9999"))
        else:
            table = pq.read_table(path)
            ids = [key.replace("E0001", "E9999") for key in table.column("to_id").to_pylist()]
            position = table.column_names.index("to_id")
            pq.write_table(table.set_column(position, table.schema.field("to_id"), pa.array(ids)), path)


def other_parquet(folder):
    table = pq.read_table(folder / "events.parquet")
    pq.write_table(table.slice(1), folder / "events.parquet")


def other_columns(folder):
    table = pq.read_table(folder / "events.parquet")
    pq.write_table(table.drop_columns(["title"]), folder / "events.parquet")


def no_parquet(folder):
    (folder / "events.parquet").write_bytes(b"PAR1" + b"0" * 50 + b"PAR1")


def other_header(folder):
    path = folder / "events.csv"
    path.write_bytes(path.read_bytes().replace(b"event_id", b"id", 1))


def no_text(folder):
    (folder / "events.csv").write_bytes(b"\xff\xfe")


def no_csv(folder):
    (folder / "events.csv").write_bytes(b'"')


SEALED = {
    "two tables swapped": (swap_tables, "actors.csv: cannot be read: does not have the codebook's columns"),
    "a table of another release": (from_another_release, "attestations.parquet: does not hold what attestations.csv holds"),
    "a value that the codebook does not know": (other_cell, "claim_status: must be one of"),
    "a key that leads nowhere": (broken_key, "E9999: no such row"),
    "a Parquet file with a row less": (other_parquet, "events.parquet: does not hold what events.csv holds"),
    "a Parquet file with a column less": (other_columns, "events.parquet: does not have the codebook's columns"),
    "a Parquet file that is none": (no_parquet, "events.parquet: cannot be read"),
    "a CSV file that is no text": (no_text, "events.csv: cannot be read"),
    "a CSV file that is none": (no_csv, "events.csv: cannot be read"),
    "another header": (other_header, "events.csv: cannot be read: does not have the codebook's columns"),
}


@pytest.mark.parametrize("name", SEALED)
def test_what_was_sealed_again_is_held_against_codebook_and_itself(copy, capsys, name):
    tamper, message = SEALED[name]
    tamper(folder_of(copy))
    seal(folder_of(copy))
    status, lines = verified(copy, capsys)
    assert status == 1
    assert any(message in line for line in lines), lines


def test_a_file_swapped_in_under_an_honest_descriptor(copy, capsys):
    path = folder_of(copy) / "events.csv"
    path.write_bytes(path.read_bytes().replace(b"Dead Sea", b"Red Sea", 1))
    seal_sums(folder_of(copy))
    expected = f"{folder_of(copy)}/events.csv: is not the file that datapackage.json describes"
    assert verified(copy, capsys) == (1, [expected])


def test_a_table_that_is_not_there(copy, capsys):
    (folder_of(copy) / "days.csv").unlink()
    seal_sums(folder_of(copy))
    assert verified(copy, capsys) == (1, [f"{folder_of(copy)}/days.csv: missing"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"event_id"', '"id"', "datapackage.json defines it otherwise than the codebook of this package"),
        ('"schemaVersion": "', '"schemaVersion": "9', "datapackage.json: is not as the build writes it"),
        ('"resources": [', '"resources": 1, "x": [', "datapackage.json"),
    ],
)
def test_a_descriptor_of_another_codebook(copy, capsys, old, new, message):
    path = folder_of(copy) / "datapackage.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    seal_sums(folder_of(copy))
    status = main(["verify", "--root", str(copy.root)])
    printed = capsys.readouterr()
    assert status == 1
    assert message in printed.out + printed.err
    assert "Traceback" not in printed.err


def test_a_page_of_another_codebook(copy, capsys):
    path = folder_of(copy) / "codebook.md"
    path.write_text(path.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
    seal_sums(folder_of(copy))
    status, (line,) = verified(copy, capsys)
    assert status == 1
    assert "codebook.md: is not the codebook of this package" in line


def test_where_nothing_is_published(tmp_path, capsys):
    assert main(["verify", "--root", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("timeline verify: no published dataset")


def test_every_release_of_the_build_verifies(copy, capsys):
    copy.edit("events", copy.line("events", event_id="E0021"), note="Changed.")
    assert building.build(copy.root)
    assert verified(copy, capsys)[0] == 0


@pytest.mark.parametrize("kind", ["link", "pipe", "sparse"])
def test_checksums_that_are_no_plain_file(copy, capsys, kind):
    path = folder_of(copy) / CHECKSUMS
    path.rename(copy.root / "sums")
    if kind == "link":
        path.symlink_to(copy.root / "sums")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        with path.open("wb") as stream:
            stream.truncate(1 << 31)
    assert verified(copy, capsys) == (1, [f"{path}: cannot be read"])


def test_a_name_that_commands_a_terminal_is_printed_as_a_number(copy, capsys):
    (folder_of(copy) / "\x1b[31mred").touch()
    assert verified(copy, capsys) == (1, [f"{folder_of(copy)}/\\x1b[31mred: not in SHA256SUMS"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": "2026.1"', '"version": "6666", "version": "2026.1"'),
        ('"version": "2026.1"', '"version": "2026.1", "x": NaN'),
        ('"name": "iraq-israel-timeline"', '"x": 1'),
        ('"contributors": [', '"contributors": null, "x": ['),
        ('"title": "timeline', '"title": "\\ud800timeline'),
    ],
)
def test_a_descriptor_that_was_altered_and_sealed(copy, capsys, old, new):
    path = folder_of(copy) / "datapackage.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    seal_sums(folder_of(copy))
    status, lines = verified(copy, capsys)
    assert status == 1
    assert "datapackage.json: " in lines[0]
