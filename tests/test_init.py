"""`timeline init`: a new dataset that builds, tests and publishes, with the package in it."""

import base64
import csv
import hashlib
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import timeline
from conftest import REPOSITORY
from timeline.cli import main
from timeline.codebooks import flaws
from timeline.columns import codebook
from timeline.starting import TEMPLATE
from timeline.starting.wheel import PACKAGE, write_wheel

WHEEL = "vendor/iraq_israel_timeline-2026.1-py3-none-any.whl"
FILES = {
    *(".github/workflows/ci.yml", ".gitignore", "CHANGELOG.md", "CITATION.cff", "LICENSE-DATA", "Makefile", "README.md"),
    *("codebook.toml", "requirements.txt", "seeds/dataset.toml", "tests/test_data.py", WHEEL),
    *(table.source for table in codebook().raw_tables() if "*" not in table.source),
}


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("started") / "mine"
    assert main(["init", str(folder), "--title", 'Attacks on "ships" & ports: a count']) == 0
    return folder


@pytest.fixture(scope="module")
def built(started, tmp_path_factory):
    """A copy of it that is built."""
    root = shutil.copytree(started, tmp_path_factory.mktemp("built") / "mine")
    assert main(["build", "--root", str(root)]) == 0
    return root


def files(root):
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_a_new_dataset_has_all_that_it_needs(tmp_path, capsys):
    assert main(["init", str(tmp_path / "new")]) == 0
    assert files(tmp_path / "new") == FILES
    assert capsys.readouterr().err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_it_builds_and_holds_by_every_check(built, capsys):
    for verb in ("validate", "check", "verify"):
        assert main([verb, "--root", str(built)]) == 0, verb
    (event,) = timeline.load("events", root=built).to_dict("records")
    assert (event["claim_status"], event["scope"], event["n_sources"]) == ("claimed", "israel", 1)


def test_its_own_tests_pass_and_fail_when_it_does_not_hold(built, tmp_path, capsys):
    root = shutil.copytree(built, tmp_path / "mine")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, "4 passed" in done.stdout) == (0, True), done.stdout
    events = (root / "data/raw/events.csv").read_text(encoding="utf-8")
    (root / "data/raw/events.csv").write_text(events.replace(",drone,", ",sword,"), encoding="utf-8")
    tests = runpy.run_path(str(root / "tests/test_data.py"))
    with pytest.raises(AssertionError, match=r"data/raw/events.csv:2: weapons: 'sword': must be one of: drone"):
        tests["test_the_dataset_holds"]("validate", capsys)


def test_nothing_in_it_is_of_a_real_dataset(started):
    texts = [path.read_text(encoding="utf-8") for path in (*started.glob("data/raw/*"), *started.glob("seeds/*"))]
    words = " ".join(texts).lower()
    assert "iraq" not in words
    assert {"example.org"} == {address.split("/")[0] for address in words.split("https://")[1:]} - {"creativecommons.org"}
    for table in ("actors", "places", "events", "attestations", "sources"):
        with (started / codebook().tables[table].source).open(encoding="utf-8") as stream:
            assert all(row["note"] == "Example, made up: replace it." for row in csv.DictReader(stream)), table


def test_its_codebook_is_the_package_s_but_for_the_scope(started):
    ours, own = (tomllib.loads(path.read_text("utf-8")) for path in (PACKAGE / "codebook.toml", started / "codebook.toml"))
    assert flaws(own) == []
    assert own["scope"].keys() == ours["scope"].keys()
    assert own["vocabularies"]["scope"].keys() == ours["vocabularies"]["scope"].keys()
    for book in (ours, own):
        del book["scope"], book["vocabularies"]["scope"]
    assert own == ours


def test_name_and_title_stand_where_they_are_read(started):
    about = tomllib.loads((started / "seeds/dataset.toml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((started / "CITATION.cff").read_text(encoding="utf-8"))
    assert about["name"] == "mine"
    assert about["title"] == citation["title"] == 'Attacks on "ships" & ports: a count'
    assert about["version"] == citation["version"]
    assert f"## {about['version']}" in (started / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (started / "README.md").read_text(encoding="utf-8").startswith('# Attacks on "ships" & ports: a count\n')
    for path in files(started) - {WHEEL}:
        assert "@name@" not in (started / path).read_text(encoding="utf-8"), path
    assert yaml.safe_load((started / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]


def test_its_targets_are_those_that_the_readme_names(started):
    printed = subprocess.run(["make", "--no-print-directory"], cwd=started, capture_output=True, text=True, check=True).stdout
    targets = {line.split()[1] for line in printed.splitlines()}
    assert {"build", "test", "check", "site", "release", "help"} <= targets
    readme = (started / "README.md").read_text(encoding="utf-8")
    assert {word.split("`")[0].split()[0] for word in readme.replace("$ make", "`make").split("`make ")[1:]} <= targets


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["My Data"], "name: 'My Data': must be small letters and digits, joined by - or _; give another by --name [name]"),
        (["mine", "--name", "../up"], "name: '../up': must be"),
        (["mine", "--name=-x"], "name: '-x': must be"),
        (["mine", "--name", "x" * 201], "name: 'xxx"),
        (["mine", "--title", ""], "title: must be text on one line"),
        (["mine", "--title", "two\nlines"], "title: 'two"),
        (["mine", "--title", "\u202eevil"], "title: '"),
    ],
)
def test_what_cannot_be_a_name_or_a_title_is_refused(tmp_path, monkeypatch, capsys, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    assert main(["init", *arguments]) == 1
    assert complaint in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_refused_and_stays_as_it_was(tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("notes")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("mine", "link", "mine/notes.txt"):
        assert main(["init", str(tmp_path / name), "--name", "mine"]) == 1
        assert "is there already; give a new or an empty folder [file]" in capsys.readouterr().err
    assert files(tmp_path) == {"mine/notes.txt"}


def test_an_empty_folder_in_which_a_shell_stands_stays_that_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    assert main(["init", ".", "--name", "mine"]) == 0
    assert tmp_path.stat().st_ino == before
    assert files(Path()) == FILES


def test_nothing_is_half_written(tmp_path, monkeypatch, capsys):
    def full(folder):
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr("timeline.starting.write_wheel", full)
    assert main(["init", str(tmp_path / "mine")]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_the_wheel_has_the_package_without_data_and_a_true_record(started):
    with zipfile.ZipFile(started / WHEEL) as wheel:
        entries = {info.filename: wheel.read(info) for info in wheel.infolist()}
        assert [info.filename for info in wheel.infolist()] == sorted(entries)
        assert {info.date_time for info in wheel.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in wheel.infolist()} == {0o100644}
    about = "iraq_israel_timeline-2026.1.dist-info"
    rows = list(csv.reader(entries[f"{about}/RECORD"].decode().splitlines()))
    assert {name for name, *_ in rows} == entries.keys()
    for name, digest, size in rows:
        if name != f"{about}/RECORD":
            found = base64.urlsafe_b64encode(hashlib.sha256(entries[name]).digest()).rstrip(b"=").decode()
            assert (digest, int(size)) == (f"sha256={found}", len(entries[name]))
    modules = {f"timeline/{name}" for name in files(PACKAGE) if "__pycache__" not in name and not name.startswith("data/")}
    assert modules <= entries.keys()
    assert {name for name in entries if not name.startswith(f"{about}/")} == modules
    assert "timeline = timeline.cli:main" in entries[f"{about}/entry_points.txt"].decode()
    assert f"{about}/licenses/LICENSE" in entries


def test_the_installed_wheel_starts_the_same_dataset_and_says_that_it_has_no_data(started, tmp_path):
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", target, started / WHEEL]
    subprocess.run(pip, check=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}

    def run(*command):
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    done = run(sys.executable, "-m", "timeline", "init", "mine", "--title", 'Attacks on "ships" & ports: a count')
    assert done.returncode == 0, done.stderr
    for name in files(tmp_path / "mine"):
        assert (tmp_path / "mine" / name).read_bytes() == (started / name).read_bytes(), name
    loaded = run(sys.executable, "-c", "import timeline; print(timeline.__file__); timeline.load('events')")
    assert str(target) in loaded.stdout
    said = 'timeline is installed here without data: give a dataset\'s folder, as in load("events", root=".")'
    assert loaded.stderr.endswith(f"FileNotFoundError: {said}\n")
    assert run(sys.executable, "-m", "timeline", "show", "E0022").stderr == f"timeline show: {said}\n"


def test_the_wheel_is_the_same_whenever_it_is_made(started, tmp_path):
    assert write_wheel(tmp_path / "again").read_bytes() == (started / WHEEL).read_bytes()


def test_its_requirements_hold_what_the_package_needs_there(started):
    locked = set(re.findall(r"^([a-z0-9-]+)==", (started / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["build"], *extras["plot"], *extras["site"], *extras["tools"], "pytest"]
    names = {re.match(r"[a-z0-9-]+", line)[0] for line in needed} - {project["name"]}
    assert names <= locked, "run `make lock`"


def test_no_text_of_the_template_is_left_out(started):
    written = {path.removeprefix(".") for path in files(started)}
    assert {name.removeprefix("dot-") for name in files(TEMPLATE) if "__pycache__" not in name} <= written


def test_a_release_of_it_is_read_by_the_loader(built):
    dataset = timeline.Dataset(built)
    assert dataset.cite().startswith("The contributors of mine: ")
    assert set(dataset.tables()) == set(timeline.tables())
