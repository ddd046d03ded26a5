"""What is installed: a wheel and an sdist with the data inside, that work with the oldest libraries and nothing else."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import timeline
from conftest import REPOSITORY

STARTING = REPOSITORY / "src" / "timeline" / "starting"
OLDEST = Path(sys.prefix) / "oldest"

# run in an environment of its own, so that it imports nothing of this one
DUMP = """
import importlib.util, json, sys
import pandas, timeline
assert importlib.util.find_spec("pandera") is None
def cells(frame):
    return json.loads(frame.to_json(orient="split", date_format="iso", date_unit="s", default_handler=list))["data"]
tables = {
    form: {
        name: [frame.columns.to_list(), [str(dtype) for dtype in frame.dtypes], frame.shape, cells(frame)]
        for name in timeline.tables()
        for frame in [timeline.load(name, format=form)]
    }
    for form in ("parquet", "csv")
}
late = [("date_start", ">=", "2024-11-01"), ("latitude", "<", 32.5), ("outcome", "not in", ["impact"])]
tables["asked"] = [
    cells(timeline.load(columns=["title", "date_start", "scope"], filters=late, format=form)) for form in ("parquet", "csv")
]
scanned = timeline.scan().count_rows()
print(json.dumps([pandas.__version__, timeline.__file__, tables, len(timeline.evidence("E0014")), timeline.cite(), scanned]))
"""


def run(*command, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, capture_output=True, text=True, env=kept | environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", folder]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """The interpreter of an environment with the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("env")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", wheel]
    subprocess.run(pip, check=True)
    return python


def test_the_wheel_loads_every_table_with_the_oldest_libraries(installed):
    """pandas 2.3 there, pandas 3 here: the same frames, from Parquet and from CSV."""
    assert OLDEST.is_dir(), "run `make test`, which installs the oldest libraries"
    version, file, tables, evidence, citation, scanned = json.loads(run(str(installed), "-c", DUMP, PYTHONPATH=str(OLDEST)))
    here = json.loads(run(sys.executable, "-c", DUMP.replace('assert importlib.util.find_spec("pandera") is None', "")))
    assert version.startswith("2.3.")
    assert here[0].startswith("3.")
    assert Path(file).is_relative_to(installed.parents[1])
    assert tables["parquet"] == tables["csv"]
    assert tables == here[2]
    assert set(tables["csv"]) == set(timeline.tables())
    assert tables["asked"][0] == tables["asked"][1] != []
    assert (evidence, citation, scanned) == (1, timeline.cite(), len(timeline.load("events")))


def test_the_command_is_installed_and_says_what_a_build_needs(installed, tmp_path):
    command = installed.parent / "timeline"
    assert "build" in run(str(command), "--help")
    assert "elementary school in Eilat" in run(str(command), "show", "E0022", PYTHONPATH=str(OLDEST))
    done = subprocess.run(
        [command, "build", "--root", REPOSITORY],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(OLDEST)},
    )
    assert done.returncode == 1
    assert done.stderr == "timeline build: needs pandera: pip install 'iraq-israel-timeline[build]'\n"


def test_the_wheel_has_the_data_the_types_and_nothing_besides(built):
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    published = {f"timeline/data/{path.name}" for path in (REPOSITORY / "data" / "processed").iterdir()}
    starting = {
        path.relative_to(REPOSITORY / "src").as_posix() for path in (STARTING / "template").rglob("*") if path.is_file()
    }
    starting = {name for name in starting if "__pycache__" not in name} | {"timeline/starting/scope.toml"}
    assert published | starting | {"timeline/py.typed", "timeline/codebook.toml"} <= names
    assert not [name for name in names if not name.startswith(("timeline/", "iraq_israel_timeline-"))]


def test_a_wheel_from_the_sdist_is_the_same(built, tmp_path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    assert (source / "data" / "raw" / "events.csv").is_file()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "again"],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (wheel,), (again,) = built.glob("*.whl"), (tmp_path / "again").glob("*.whl")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {n: one.read(n) for n in one.namelist()} == {n: other.read(n) for n in other.namelist()}


def test_importing_the_package_imports_nothing_heavy():
    script = "import sys; before = set(sys.modules); import timeline; print(*sorted(set(sys.modules) - before))"
    assert run(sys.executable, "-c", script).split() == ["timeline"]


def test_the_command_line_imports_nothing_heavy_for_its_help():
    script = "import sys, timeline.cli; print('pandas' in sys.modules, 'pandera' in sys.modules, 'pyarrow' in sys.modules)"
    assert run(sys.executable, "-c", script).split() == ["False"] * 3
