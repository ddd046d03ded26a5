"""The same tree gives the same data, whoever builds it, wherever, with whatever Python and pandas there is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import REPOSITORY

OLDEST = REPOSITORY / ".venv" / "oldest"
VERSIONS = ("3.11", "3.12", "3.13")


def interpreters():
    """The Pythons of this machine that are supported, one of each: on the path, or among those of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in VERSIONS:
        found = [shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}*/bin/python")))]
        usable = [
            path
            for path in filter(None, found)
            if not subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode
        ]
        if usable:
            yield pytest.param(usable[0], id=version)


INTERPRETERS = list(interpreters())


def build(copy, *, python=(sys.executable,), cwd=None, umask=0o022, **environment):
    """Build anew in a process of its own; the names and hashes of what it published."""
    shutil.rmtree(copy.root / "data" / "processed")
    command = [*python, "-m", "timeline", "build", "--root", str(copy.root)]
    done = subprocess.run(
        command, capture_output=True, check=False, text=True, cwd=cwd, umask=umask, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return copy.published()


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Asia/Baghdad", "LC_ALL": "C", "PYTHONHASHSEED": "1", "PYTHONUTF8": "0", "umask": 0o077},
        {"TZ": "America/Los_Angeles", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "umask": 0o002, "cwd": "/"},
        {"LC_ALL": "ar_IQ.UTF-8", "PYTHONHASHSEED": "3", "PYTHONIOENCODING": "latin-1", "PYTHONOPTIMIZE": "1"},
    ],
    ids=str,
)
def test_the_surroundings_do_not_matter(copy, environment):
    before = copy.published()
    assert build(copy, **environment) == before


def test_the_working_folder_and_a_relative_root_do_not_matter(copy):
    before = copy.published()
    copy_in_place = type(copy)(copy.root)
    shutil.rmtree(copy.root / "data" / "processed")
    subprocess.run([sys.executable, "-m", "timeline", "build"], check=True, capture_output=True, cwd=copy.root)
    assert copy_in_place.published() == before


def test_the_order_in_which_files_lie_does_not_matter(copy, tmp_path_factory):
    """Files made in another order are listed in another order by some file systems."""
    before = copy.published()
    other = type(copy)(tmp_path_factory.mktemp("other"))
    files = sorted(path for path in copy.root.rglob("*") if path.is_file())
    for path in reversed(files):
        target = other.root / path.relative_to(copy.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    assert build(other) == before


@pytest.mark.skipif(not OLDEST.exists(), reason="`make test` puts the oldest libraries there")
def test_the_oldest_pandas_gives_the_same_data(copy):
    """pandas 2.3 and the oldest pyarrow and pandera, in place of the newest."""
    before = copy.published()
    after = build(copy, PYTHONPATH=f"{OLDEST}{os.pathsep}{REPOSITORY / 'src'}")
    assert {name: after[name] for name in before if name.endswith((".csv", ".md"))} == {
        name: sha for name, sha in before.items() if name.endswith((".csv", ".md"))
    }


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_another_python_reads_every_row_the_same(copy, interpreter):
    """Without the libraries of this one: what it reads, checks for text and dates, and would print."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from timeline import raw, dates; "
        "from timeline.columns import codebook; from timeline.problems import Found; "
        "found = Found(); root = Path(sys.argv[2]); "
        "lines = {t.name: [line for file in raw.files(root, t) for line in raw.read_rows(file, file.name, t.raw, found)] "
        "for t in codebook().raw_tables()}; assert not found.problems; "
        "[print(dates.parse(line.cells['date'])) for line in lines['events']]; "
        "print(*(raw.canonical(t, lines[t.name]) for t in codebook().raw_tables() if not t.file_key), sep='')"
    )
    done = subprocess.run(
        [interpreter, "-S", "-c", script, str(REPOSITORY / "src"), str(copy.root)],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    for table in ("events", "attestations"):
        assert (copy.root / copy.file(table)).read_text(encoding="utf-8") in done.stdout


def test_a_python_that_drops_docstrings_builds_nothing(copy):
    """They are the rules' texts, and stand in the published codebook."""
    before = copy.published()
    command = [sys.executable, "-OO", "-m", "timeline", "build", "--root", str(copy.root)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "timeline: the texts of the rules are docstrings, which this Python drops; run it without -OO\n"
    assert copy.published() == before
