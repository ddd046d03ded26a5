"""The build: one atomic step, a pure function of the tree."""

import gc
import json
import os
import shutil
import subprocess
import sys

import pytest

from conftest import REPOSITORY
from timeline import fingerprints, publish, stream
from timeline.building import build
from timeline.cli import main
from timeline.problems import InvalidData
from timeline.publish import replace


def test_a_build_of_the_same_tree_gives_the_same_bytes(copy):
    before = copy.published()
    shutil.rmtree(copy.root / "data" / "processed")
    assert main(["build", "--root", str(copy.root)]) == 0
    assert copy.published() == before


def identity(path):
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns, stat.st_mode


def test_a_build_that_changes_nothing_touches_nothing(copy, capsys):
    folder = copy.root / "data" / "processed"
    before = {path: identity(path) for path in [folder, *folder.iterdir()]}
    assert main(["build", "--root", str(copy.root)]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert {path: identity(path) for path in before} == before


def test_a_change_is_published_whole(copy):
    copy.edit("events", copy.line("events", event_id="E0021"), note="Changed.")
    before = copy.published()
    assert main(["build", "--root", str(copy.root)]) == 0
    after = copy.published()
    assert {name for name in after if after[name] != before[name]} == {
        "SHA256SUMS",
        "datapackage.json",
        "events.csv",
        "events.parquet",
    }
    assert main(["check", "--root", str(copy.root)]) == 0


def test_nothing_is_left_beside_what_is_published(copy):
    copy.edit("events", 2, note="Changed.")
    main(["build", "--root", str(copy.root)])
    assert sorted(path.name for path in (copy.root / "data").iterdir()) == ["processed", "raw"]


@pytest.mark.parametrize("at", ["codebook_markdown", "datapackage", "decoded", "replace"])
def test_a_build_that_fails_on_the_way_leaves_the_last_release(copy, capsys, monkeypatch, at):
    copy.edit("events", 2, note="Changed.")
    before = copy.published()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, at, fail)
    assert main(["build", "--root", str(copy.root)]) == 1
    assert capsys.readouterr().err == "timeline build: No space left on device\n"
    assert copy.published() == before
    assert sorted(path.name for path in (copy.root / "data").iterdir()) == ["processed", "raw"]


@pytest.mark.skipif(os.name != "posix", reason="files are bounded by POSIX limits")
def test_a_file_that_cannot_be_written_to_its_end_is_named(copy):
    import resource

    copy.edit("events", 2, note="Changed.")
    before = copy.published()
    done = subprocess.run(
        [sys.executable, "-m", "timeline", "build", "--root", str(copy.root)],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)),
    )
    staged = copy.root / "data" / ".processed.new"
    assert done.returncode == 1
    assert done.stderr.startswith(f"timeline build: {staged}{os.sep}")
    assert done.stderr.endswith(": File too large\n")
    assert copy.published() == before
    assert sorted(path.name for path in (copy.root / "data").iterdir()) == ["processed", "raw"]


@pytest.mark.parametrize("in_one_step", [True, False])
def test_two_folders_are_exchanged(tmp_path, monkeypatch, in_one_step):
    if not in_one_step:
        monkeypatch.setattr(publish, "_exchange", lambda *_: False)
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    replace(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old" / "new").exists()
    assert (tmp_path / "new" / "old").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux exchanges folders in one step")
def test_linux_exchanges_folders_in_one_step(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert publish._exchange(tmp_path / "a", tmp_path / "b")


def test_a_failed_exchange_in_two_steps_is_undone(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "_exchange", lambda *_: False)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "kept").touch()
    with pytest.raises(FileNotFoundError):
        replace(tmp_path / "gone", tmp_path / "old")
    assert (tmp_path / "old" / "kept").exists()


def test_the_order_of_rows_and_files_does_not_matter(copy):
    before = copy.published()
    for table in ("events", "attestations", "figures", "relations", "alternatives", "actors", "places", "coverage"):
        header, *rows = copy.rows(table)
        copy.write(table, [header, *reversed(rows)])
    assert main(["build", "--root", str(copy.root)]) == 0
    assert copy.published() == before


def test_a_dataset_elsewhere_needs_raw_and_seeds_only(copy):
    """Another dataset of this shape, without this one's name and coverage."""
    (copy.root / "seeds" / "dataset.toml").unlink()
    shutil.rmtree(copy.root / "seeds" / "coverage")
    shutil.rmtree(copy.root / "data" / "processed")
    assert main(["build", "--root", str(copy.root)]) == 0
    assert main(["check", "--root", str(copy.root)]) == 0
    descriptor = json.loads((copy.root / "data/processed/datapackage.json").read_bytes())
    assert descriptor["name"] == "timeline-dataset"


def test_a_broken_description_of_the_dataset_is_named(copy, refused):
    (copy.root / "seeds" / "dataset.toml").write_text("name = ", encoding="utf-8")
    assert refused() == {("seeds/dataset.toml", 0, "", "file")}


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ('version = "2026.1"', "version = 2026.1", "version"),
        ('[[contributors]]\ntitle = "The timeline contributors"', "[contributors]\ntitle = 1", "contributors"),
        ('name = "CC-BY-4.0"', 'id = "CC-BY-4.0"', "licenses"),
    ],
)
def test_a_mistyped_description_of_the_dataset_is_named(copy, refused, old, new, name):
    path = copy.root / "seeds" / "dataset.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert refused() == {("seeds/dataset.toml", 0, name, "type")}


@pytest.mark.parametrize(
    ("line", "name"), [("resources = []", "resources"), ("issued = 2026-01-01", "issued"), ("x = nan", "x")]
)
def test_an_entry_that_no_descriptor_could_hold_is_named(copy, refused, line, name):
    path = copy.root / "seeds" / "dataset.toml"
    path.write_text(f"{line}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert refused() == {("seeds/dataset.toml", 0, name, "type")}


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_plain_folder_is_not_replaced(copy, capsys, kind):
    folder = copy.root / "data" / "processed"
    elsewhere = folder.rename(copy.root / "elsewhere")
    folder.touch() if kind == "file" else folder.symlink_to(elsewhere)
    assert main(["build", "--root", str(copy.root)]) == 1
    assert "is no plain folder; move it away" in capsys.readouterr().err
    assert folder.is_file() if kind == "file" else folder.is_symlink()
    assert sorted(path.name for path in (copy.root / "data").iterdir()) == ["processed", "raw"]


def run(copy, *arguments, **environment):
    command = [sys.executable, "-m", "timeline", *arguments, "--root", str(copy.root)]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment})


def test_a_terminal_that_cannot_show_a_letter_shows_its_number(copy):
    copy.edit("places", copy.line("places", place_id="haifa"), within="חיפה")
    done = run(copy, "validate", "--format", "json", PYTHONIOENCODING="cp1252")
    assert done.returncode == 1
    assert not done.stderr
    assert "\\u05d7" in done.stdout.decode("cp1252")


def test_a_reader_that_has_seen_enough_is_no_error(copy):
    for line in range(2, 90):
        copy.edit("attestations", line, stance="bogus" * 500)
    command = f"{sys.executable} -m timeline validate --format json --root {copy.root} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


TAMPERED = {
    "a changed cell": lambda folder: _swap(folder / "events.csv", b"E0021", b"E0031"),
    "a flipped byte in Parquet": lambda folder: _flip(folder / "events.parquet"),
    "a missing table": lambda folder: (folder / "events.csv").unlink(),
    "a file that is not of the release": lambda folder: (folder / "notes.txt").touch(),
    "another codebook": lambda folder: _swap(folder / "codebook.md", b"permanent", b"temporary"),
    "another descriptor": lambda folder: _swap(folder / "datapackage.json", b"CC-BY-4.0", b"CC-BY-3.0"),
    "a folder": lambda folder: (folder / ".checkpoints").mkdir(),
    "other checksums": lambda folder: _swap(folder / "SHA256SUMS", b"events.csv", b"evants.csv"),
}


def _swap(path, old, new):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def _flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", TAMPERED)
def test_check_tells_published_data_from_a_fresh_build(copy, capsys, name):
    TAMPERED[name](copy.root / "data" / "processed")
    assert main(["check", "--root", str(copy.root)]) == 1
    assert capsys.readouterr().out.startswith("data/processed/")


def test_check_of_a_sound_copy(copy, capsys):
    assert main(["check", "--root", str(copy.root)]) == 0
    assert "equals a fresh build" in capsys.readouterr().out


def test_parquet_is_compared_as_a_table(copy):
    """Another release of pyarrow may write the same table otherwise."""
    import pyarrow.parquet as pq

    path = copy.root / "data/processed/events.parquet"
    pq.write_table(pq.read_table(path), path, compression="none")
    sums = copy.root / "data/processed/SHA256SUMS"
    lines = [line for line in sums.read_text().splitlines() if not line.endswith("events.parquet")]
    lines.append(f"{fingerprints.sha256(path)}  events.parquet")
    sums.write_text("\n".join(lines) + "\n")
    assert main(["check", "--root", str(copy.root)]) == 0


def test_the_committed_data_equal_a_fresh_build(capsys):
    assert main(["check", "--root", str(REPOSITORY)]) == 0, capsys.readouterr().out


def test_what_is_derived_is_checked_again(copy, monkeypatch):
    """A derived column that breaks its constraint is not published, and every row is named."""
    before = copy.published()
    derive_event = stream.derive_event
    monkeypatch.setattr(stream, "derive_event", lambda data, event: derive_event(data, event) | {"n_sources": 0})
    with pytest.raises(InvalidData) as invalid:
        build(copy.root)
    assert copy.published() == before
    told = {(p.file, p.line, p.column, p.value, p.rule): p.message for p in invalid.value.problems}
    assert list(told) == [("data/processed/events.csv", 0, "n_sources", "0", "minimum")]
    ids = [row[0] for row in copy.rows("events")[1:]]
    messages = [problem.message for problem in invalid.value.problems]
    assert sorted(messages) == sorted(f"must be at least 1, in the row {event_id}" for event_id in ids)


def test_of_more_than_a_thousand_broken_cells_none_is_taken_for_sound(copy, capsys):
    header, *rows = copy.rows("places")
    place = dict(zip(header, rows[0], strict=True))
    made = [[*{**place, "place_id": f"place-{n}", "latitude": "bad"}.values()] for n in range(1500)]
    copy.write("places", [header, *rows, *made])
    assert main(["build", "--root", str(copy.root)]) == 1
    assert "the first 1000 are listed" in capsys.readouterr().err.splitlines()[-1]


def test_no_writer_outlives_its_build(copy):
    for _ in range(2):
        assert main(["build", "--root", str(copy.root)]) == 0
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, (publish._Csv, publish._Parquet))]
