"""A release is made of a clean, checked tree, the same wherever and whenever, and nothing that it published vanishes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile

import pytest

import timeline
from conftest import Copy
from timeline import changes, release
from timeline.building import build
from timeline.cli import main
from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.fingerprints import sha256

CHANGELOG = "# Changelog\n\n## {version} ({day})\n\n- What is new.\n"
FIRST, SECOND = ("2026.1", "2026-11-26"), ("2026.2", "2027-02-01")


def git(root, *arguments):
    author = ["-c", "user.name=timeline", "-c", "user.email=timeline@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *author, *arguments], check=True, capture_output=True)


def say(root, version, day):
    """Say in the files of a dataset which version it is."""
    about = root / "seeds/dataset.toml"
    lines = about.read_text(encoding="utf-8").splitlines()
    told = {"version": f'"{version}"', "created": f'"{day}T00:00:00Z"'}
    kept = [
        f"{line.split(' = ')[0]} = {told[line.split(' = ')[0]]}" if line.split(" = ")[0] in told else line for line in lines
    ]
    about.write_text("\n".join(kept) + "\n", encoding="utf-8")
    (root / "CHANGELOG.md").write_text(CHANGELOG.format(version=version, day=day), encoding="utf-8")
    (root / "CITATION.cff").write_text(f'version: "{version}"\ndate-released: "{day}"\n', encoding="utf-8")


def commit(root):
    build(root)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "A version")


@pytest.fixture(scope="module")
def first(part, tmp_path_factory):
    """A dataset under version control, ready to be released for the first time."""
    root = shutil.copytree(part, tmp_path_factory.mktemp("first"), dirs_exist_ok=True)
    git(root, "init", "--quiet")
    say(root, *FIRST)
    (root / "seeds/published.csv").write_text("record_id,published_in\n", encoding="utf-8")
    build(root)
    release.enter(root)
    commit(root)
    return root


@pytest.fixture
def ready(first, tmp_path):
    return Copy(shutil.copytree(first, tmp_path / "ready"))


@pytest.fixture(scope="module")
def written(first, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "dist"
    note = out.with_name("package.whl")
    note.write_bytes(b"a package")
    assert main(["release", "--root", str(first), "--out", str(out), "--add", str(note)]) == 0
    return out


def files(folder):
    return {path.relative_to(folder).as_posix(): sha256(path) for path in folder.rglob("*") if path.is_file()}


def test_a_release_has_every_form_and_checksums_of_all(first, written):
    there = files(written)
    told = dict(line.split("  ", 1)[::-1] for line in (written / "SHA256SUMS").read_text().splitlines())
    assert {**told, "SHA256SUMS": there["SHA256SUMS"]} == there
    for path in (first / "data/processed").iterdir():
        assert path.name == "SHA256SUMS" or there[path.name] == sha256(path)
    beside = {"timeline.sqlite", "timeline.xlsx", "croissant.json", "datacite.json", "changes.md", "changes.json", "NOTES.md"}
    assert beside | {"package.whl", "CITATION.cff", "site/index.html", "iraq-israel-timeline-2026.1.zip"} <= there.keys()
    assert len(timeline.load("events", root=written)) == len(timeline.load("events", root=first))
    database = sqlite3.connect(written / "timeline.sqlite")
    assert database.execute("SELECT count(*) FROM events").fetchone() == (len(timeline.load("events", root=first)),)
    database.close()


def test_a_release_verifies_and_what_was_changed_of_it_is_named(written, tmp_path, capsys):
    assert main(["verify", "--root", str(written)]) == 0
    changed = shutil.copytree(written, tmp_path / "changed")
    (changed / "site/index.html").write_text("another page")
    (changed / "site/assets/more.js").touch()
    (changed / "datacite.json").unlink()
    capsys.readouterr()
    assert main(["verify", "--root", str(changed)]) == 1
    told = [line.removeprefix(f"{changed}/") for line in capsys.readouterr().out.splitlines()]
    assert [line.partition(":")[0] for line in told] == ["site/assets/more.js", "datacite.json", "site/index.html"]


def test_what_is_packed_verifies(first, written, tmp_path):
    zipfile.ZipFile(written / "iraq-israel-timeline-2026.1.zip").extractall(tmp_path)
    folder = tmp_path / "iraq-israel-timeline-2026.1"
    assert main(["verify", "--root", str(folder)]) == 0
    for name in ("CITATION.cff", "CHANGELOG.md"):
        assert (folder / name).read_bytes() == (first / name).read_bytes()


def test_the_notes_say_what_it_is(written):
    text = (written / "NOTES.md").read_text(encoding="utf-8")
    assert text.startswith("# timeline: attacks from Iraq on Israel, 2023-2024, and the testimony on them, version 2026.1\n")
    assert "| `events` | " in text
    assert "- What is new." in text
    assert "The first release" in (written / "changes.md").read_text()


def test_it_is_described_for_a_doi(written):
    from datacite import schema45

    described = json.loads((written / "datacite.json").read_bytes())
    schema45.validate({**described, "prefix": "10.1234", "identifiers": []})
    assert described["version"] == "2026.1"
    assert {"date": "2026-11-26", "dateType": "Issued"} in described["dates"]


def test_elsewhere_and_at_another_time_it_is_the_same(first, written, tmp_path):
    root = shutil.copytree(first, tmp_path / "some where else", copy_function=shutil.copy)
    moved = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "0"}
    command = [
        sys.executable,
        "-m",
        "timeline",
        "release",
        "--root",
        ".",
        "--out",
        "../other",
        "--add",
        written / "package.whl",
    ]
    done = subprocess.run(command, cwd=root, env=os.environ | moved, capture_output=True, text=True, check=False, umask=0o077)
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "other") == files(written)


def unclean(copy):
    copy.edit("events", 2, note="Not committed.")


def stale(copy):
    copy.edit("events", 2, note="Not built.")
    git(copy.root, "commit", "--quiet", "--all", "--message", "Stale")


def unnamed(copy):
    say(copy.root, "1.0", "some day")


def unsaid(copy):
    (copy.root / "seeds/published.csv").write_text("record_id,published_in\n", encoding="utf-8")
    (copy.root / "CHANGELOG.md").write_text("# Changelog\n\n## 2026.1 (not yet released)\n", encoding="utf-8")
    (copy.root / "CITATION.cff").write_text('version: "2025.1"\n', encoding="utf-8")


def alone(copy):
    say(copy.root, *SECOND)


REFUSED = {
    "a dirty tree": (unclean, ["the tree is dirty, 1 files differ from the last commit: data/raw/events.csv"]),
    "a stale build": (stale, ["data/processed/events.csv: differs from a fresh build"]),
    "no calendar version, no day": (
        unnamed,
        ["version '1.0' is no calendar version", "created must be the day of the release"],
    ),
    "ids that are not entered, nothing in the changelog, another version to cite": (
        unsaid,
        [
            "ids of this version are not entered, E0001",
            "CHANGELOG.md: has no section `## 2026.1 (2026-11-26)`",
            'no line `version: "2026.1"`',
            'no line `date-released: "2026-11-26"`',
        ],
    ),
    "no difference to the last": (alone, ["the difference to 2026.1 is missing: no release is given to compare with"]),
}


@pytest.mark.parametrize(("change", "expected"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_every_reason_and_nothing_is_touched(ready, tmp_path, capsys, change, expected):
    change(ready)
    if change not in (unclean, stale):
        commit(ready.root)
    out = tmp_path / "dist"
    assert main(["release", "--root", str(ready.root), "--out", str(out)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert all(line.startswith("timeline release: ") for line in told)
    for text in expected:
        assert any(text in line for line in told), told
    assert not out.exists()


def test_another_folder_is_not_replaced(ready, tmp_path, capsys):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    assert main(["release", "--root", str(ready.root), "--out", str(out)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_an_id_that_vanishes_without_a_tombstone_fails_the_build(ready, capsys):
    header, *said = ready.rows("attestations")
    others = (dict(zip(header, row, strict=True)) for row in said)
    record_id = next(
        row["attestation_id"] for row in others if row["record_id"] == "E0022" and row["stance"] == "cannot_verify"
    )
    ready.delete("attestations", ready.line("attestations", attestation_id=record_id))
    before = ready.published()
    assert main(["build", "--root", str(ready.root)]) == 1
    entered = ready.line("published", record_id=record_id)
    told = capsys.readouterr().err
    assert f"seeds/published.csv:{entered}: record_id: {record_id!r}" in told
    assert "bring it back or give it a tombstone" in told
    assert ready.published() == before
    ready.add("withdrawn", record_id=record_id, withdrawn_in="2026.2", reason="Coded twice.")
    assert main(["build", "--root", str(ready.root)]) == 0


def test_ids_are_entered_once_with_their_version(ready):
    assert release.enter(ready.root) == 0
    before = Dataset(ready.root).load("published")
    row = dict(zip(ready.rows("attestations")[0], ready.rows("attestations")[1], strict=True))
    ready.add("attestations", **{**row, "attestation_id": "T99999", "aspect": "date"})
    say(ready.root, *SECOND)
    build(ready.root)
    assert release.enter(ready.root) == 1
    build(ready.root)
    after = Dataset(ready.root).load("published")
    assert set(after["record_id"]) - set(before["record_id"]) == {"T99999"}
    assert after.set_index("record_id")["published_in"].value_counts().to_dict() == {"2026.1": len(before), "2026.2": 1}


def test_the_next_release_tells_what_became_of_the_last(ready, written, tmp_path, monkeypatch):
    monkeypatch.setattr("timeline.site.writing.write", lambda *_: (tmp_path / "dist.site").touch())
    say(ready.root, *SECOND)
    ready.edit("events", ready.line("events", event_id="E0021"), note="Corrected.")
    build(ready.root)
    commit(ready.root)
    out = tmp_path / "dist"
    assert main(["release", "--root", str(ready.root), "--out", str(out), "--previous", str(ready.root)]) == 1
    assert main(["release", "--root", str(ready.root), "--out", str(out), "--previous", str(written)]) == 0
    told = json.loads((out / "changes.json").read_bytes())
    assert [(row["table"], row["key"], row["column"], row["new"]) for row in told] == [
        ("events", "E0021", "note", "Corrected.")
    ]
    assert "| `events` | changed | 1 |" in (out / "NOTES.md").read_text(encoding="utf-8")


def redefine(package, version, change):
    """Another schema version of a release, with the columns of `places` changed."""
    fields = next(r for r in package["resources"] if r["name"] == "places")["schema"]["fields"]
    change(fields)
    package["schemaVersion"] = version


def mark(fields):
    fields[-1]["deprecated"] = "goes in 2.0"


def drop(fields):
    fields.pop()


def retype(fields):
    fields[-1]["type"] = "integer"


def widen(fields):
    fields[1]["constraints"]["maxLength"] = 7


def extend(fields):
    fields.append({**fields[-1], "name": "colour"})


PROMISES = {
    "nothing changed": (None, "1.0", None, "1.0", []),
    "a mark needs a minor version": (None, "1.0", mark, "1.0", ["places.note: column changed, which needs a new minor"]),
    "and then it is well": (None, "1.0", mark, "1.1", []),
    "a column goes after its mark": (mark, "1.1", drop, "2.0", []),
    "and only in a major version": (mark, "1.1", drop, "1.2", ["places.note: column removed, which needs a new major"]),
    "never without a mark": (None, "1.1", drop, "2.0", ["places.note: gone, and 2026.1 did not mark it deprecated"]),
    "a type is a major matter": (None, "1.0", retype, "1.1", ["places.note: column changed, which needs a new major"]),
    "a constraint a minor one": (None, "1.0", widen, "1.1", []),
    "so is a new column": (None, "1.9", extend, "1.10", []),
    "which needs it": (None, "1.0", extend, "1.0", ["places.colour: column added, which needs a new minor"]),
}


@pytest.mark.parametrize(("was", "old", "now", "new", "expected"), PROMISES.values(), ids=PROMISES)
def test_a_schema_version_is_a_promise(part, was, old, now, new, expected):
    before, after = Dataset(part), Dataset(part)
    for dataset, version, change in ((before, old, was), (after, new, now)):
        redefine(dataset.package, version, change or (lambda _: None))
    found = list(changes.broken_promises(before, after))
    assert len(found) == len(expected)
    assert all(text in line for text, line in zip(expected, found, strict=True))


def test_a_tree_without_history_is_released_as_it_is(first, tmp_path):
    root = shutil.copytree(first, tmp_path / "plain", ignore=shutil.ignore_patterns(".git"))
    assert list(release.refusals(root, None)) == []


def test_the_ids_of_this_dataset_are_entered():
    assert not [table for table in codebook().tables.values() if table.name == "published" and table.source is None]
    dataset = Dataset()
    assert release._in_use(dataset) <= release._ids(dataset, "published")
