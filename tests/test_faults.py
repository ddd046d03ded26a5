"""Whatever ends a build, its readers see one whole release. `make faults` does so a thousand times and more."""

import errno
import os
import signal
import subprocess
import sys

import pytest

import faults
import timeline
from conftest import make_part
from timeline import publish
from timeline.cli import main
from timeline.locks import locked

STEP = {False: 20, True: 40}  # of the changes to the disk; `make faults` takes each


@pytest.mark.parametrize("full", [False, True], ids=["killed", "full disk"])
def test_readers_see_one_whole_release_whatever_ends_a_build(tmp_path, full):
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; import test_faults; test_faults.run({full})"]
    done = subprocess.run([*command], cwd=tmp_path, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    counts = dict(reversed(part.split(" ", 1)) for part in done.stdout.strip().split(", "))
    assert {name: counts[name] for name in faults.BAD} == dict.fromkeys(faults.BAD, "0"), done.stdout
    assert int(counts["failures" if full else "kills"]) >= 2
    assert int(counts["reads"]) > 0


def run(full):
    """In a process of its own, since it forks."""
    from pathlib import Path

    trial = faults.Trial(make_part(Path("part")), Path())
    with faults.Readers(trial):
        faults.at_each_change(trial, full=full, step=STEP[full])
    trial.counts["left behind"] = len(trial.left())
    print(faults.report(trial.counts))


def start_build(copy):
    """Start it as a terminal does: what runs in the background ignores Ctrl-C, and hands that on."""
    heed = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heed}; from timeline.cli import main; sys.exit(main(sys.argv[1:]))"]
    arguments = ["build", "--root", str(copy.root)]
    return subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_second_build_waits_for_the_first(copy):
    copy.edit("events", copy.line("events", event_id="E0021"), note="Changed.")
    before = copy.published()
    with locked(copy.root):
        build = start_build(copy)
        assert build.stderr.readline() == "timeline: another build of this dataset is running; waiting for its end\n"
        assert build.poll() is None
        assert copy.published() == before
    printed, _ = build.communicate()
    assert (build.returncode, "published" in printed) == (0, True)
    assert copy.published() != before


def test_what_a_build_waited_for_may_change_its_input(copy):
    """The lock is taken before the first row is read: the last build has the last word."""
    with locked(copy.root):
        build = start_build(copy)
        build.stderr.readline()
        copy.edit("events", copy.line("events", event_id="E0021"), note="Changed meanwhile.")
    build.communicate()
    assert main(["check", "--root", str(copy.root)]) == 0


@pytest.mark.parametrize("verb", ["check", "format"])
def test_other_verbs_wait_as_well(copy, verb):
    with locked(copy.root):
        command = [sys.executable, "-m", "timeline", verb, "--root", str(copy.root)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert "waiting for its end" in process.stderr.readline()
    process.communicate()
    assert process.returncode == 0


def test_readers_of_a_lock_do_not_wait_for_each_other(copy):
    with locked(copy.root, pytest.fail, shared=True), locked(copy.root, pytest.fail, shared=True):
        pass


def test_a_killed_holder_leaves_no_lock(copy):
    with locked(copy.root):
        build = start_build(copy)
        build.stderr.readline()
        build.send_signal(signal.SIGKILL)
        build.communicate()
    with locked(copy.root, pytest.fail):
        pass


def test_a_build_that_is_stopped_says_so(copy):
    before = copy.published()
    with locked(copy.root):
        build = start_build(copy)
        build.stderr.readline()
        build.send_signal(signal.SIGINT)
        _, printed = build.communicate()
    assert (build.returncode, printed) == (130, "timeline build: stopped\n")
    assert copy.published() == before


def leave_folder(path):
    path.mkdir()
    (path / "events.csv").touch()


@pytest.mark.parametrize("name", [publish.STAGED, publish.ASIDE])
@pytest.mark.parametrize("leave", [leave_folder, lambda path: path.touch(), lambda path: path.symlink_to("raw")])
def test_what_a_killed_build_left_is_cleared(copy, name, leave):
    leave(copy.root / "data" / name)
    raw = sorted((copy.root / "data" / "raw").iterdir())
    assert main(["build", "--root", str(copy.root)]) == 0
    assert sorted(path.name for path in (copy.root / "data").iterdir()) == ["processed", "raw"]
    assert sorted((copy.root / "data" / "raw").iterdir()) == raw


def test_a_release_set_aside_by_a_build_that_was_killed_comes_back(copy, capsys):
    """Where folders cannot be exchanged in one step."""
    before = copy.published()
    (copy.root / "data" / "processed").rename(copy.root / "data" / publish.ASIDE)
    copy.edit("events", 2, event_type="bogus")
    assert main(["build", "--root", str(copy.root)]) == 1
    copy.edit("events", 2, event_type="war")
    assert main(["build", "--root", str(copy.root)]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert copy.published() == before


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_target_that_cannot_be_written_is_named(copy, capsys, monkeypatch, number):
    copy.edit("events", 2, note="Changed.")
    before = copy.published()

    def refuse(path, *_, **__):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    assert main(["build", "--root", str(copy.root)]) == 1
    staged = copy.root / "data" / publish.STAGED
    assert capsys.readouterr().err == f"timeline build: {staged}: {os.strerror(number)}\n"
    assert copy.published() == before


def test_an_input_that_vanishes_is_named(copy, refused, monkeypatch):
    """Between the moment when the folder is listed and the one when the file is read."""
    from timeline import raw

    plain = raw.plain

    def look(path):
        if path.parent.name == "coverage":
            path.unlink()
        return plain(path)

    monkeypatch.setattr(raw, "plain", look)
    assert refused() == {(copy.file("coverage"), 0, "", "file")}


def test_a_root_that_is_not_there_is_named(tmp_path, capsys):
    assert main(["build", "--root", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err == f"timeline build: {tmp_path / 'nowhere'}: No such file or directory\n"


def test_a_dataset_that_is_open_never_mixes_two_releases(copy):
    """A build between two loads: the second is told apart, and a dataset opened anew reads the new release."""
    dataset = timeline.Dataset(copy.root)
    dataset.load("events")
    copy.edit("actors", copy.line("actors", actor_id="reuters"), note="A note that makes the file longer.")
    assert main(["build", "--root", str(copy.root)]) == 0
    with pytest.raises(ValueError, match="comes from another release"):
        dataset.load("actors", verify=True)
    assert "longer" in timeline.Dataset(copy.root).load("actors", verify=True).set_index("actor_id").loc["reuters", "note"]


@pytest.mark.parametrize("lead", [lambda path, victim: path.symlink_to(victim), lambda path, _: os.mkfifo(path)])
def test_a_file_put_into_form_overwrites_nothing_else(copy, lead):
    """Even if something stands where its text is written first."""
    victim = copy.root / "victim"
    victim.write_text("kept")
    path = copy.root / "data/raw/actors.csv"
    text = path.read_bytes()
    path.write_bytes(text.replace(b"\n", b"\r\n"))
    lead(path.with_name(".actors.csv.new"), victim)
    assert main(["format", "--root", str(copy.root)]) == 0
    assert (victim.read_text(), path.read_bytes(), path.is_symlink()) == ("kept", text, False)


def test_a_linked_folder_is_no_release(copy, capsys):
    folder = copy.root / "data" / "processed"
    folder.rename(copy.root / "elsewhere")
    folder.symlink_to(copy.root / "elsewhere")
    assert main(["check", "--root", str(copy.root)]) == 1
    assert "is a link, not a folder" in capsys.readouterr().out
    folder.rename(copy.root / "data" / publish.ASIDE)
    assert main(["build", "--root", str(copy.root)]) == 0
    assert not folder.is_symlink()


@pytest.mark.parametrize("verb", ["build", "validate", "check", "format"])
def test_a_root_that_is_no_folder_is_named(tmp_path, capsys, verb):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "nowhere"):
        assert main([verb, "--root", str(tmp_path / name)]) == 1
        assert str(tmp_path / name) in capsys.readouterr().err


def test_a_closed_output_is_no_error(copy):
    command = f"{sys.executable} -m timeline validate --root {copy.root} >&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
