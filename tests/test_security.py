"""What SECURITY.md promises of the code: nothing is run that comes with data, and no text becomes markup or a formula."""

import ast
import csv
import shutil
import subprocess
from xml.etree import ElementTree

import pytest

from conftest import REPOSITORY
from timeline.cli import main

SOURCES = sorted((REPOSITORY / "src").rglob("*.py"))
# what would run, or unpack into objects, what it is given
RUNNING = {"eval", "exec", "compile", "__import__", "system", "popen", "read_pickle", "Popen", "run_path", "run_module"}
LIBRARIES = {"pickle", "marshal", "shelve", "subprocess", "socket", "urllib", "http", "requests", "yaml", "dill", "joblib"}
# releases are fetched, each file held against its checksum; whether all is committed git is asked, by a fixed command
ALLOWED = {"archive": {"requests"}, "release": {"subprocess"}}
CSV_FILES = sorted((REPOSITORY / "data" / "processed").glob("*.csv"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_code_runs_or_fetches_what_it_is_given(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            is_pattern = name == "compile" and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "re.compile"
            assert name not in RUNNING or is_pattern, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            # urllib.parse takes addresses apart and fetches none
            used = {name.partition(".")[0] for name in names if name != "urllib.parse"}
            assert not used & LIBRARIES - ALLOWED.get(path.stem, set()), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", CSV_FILES, ids=lambda path: path.stem)
def test_no_published_cell_is_a_formula(path):
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
                assert not cell.startswith("-") or cell[1:].replace(".", "", 1).isdecimal(), cell


def test_markup_in_the_description_stays_text(copy):
    path = copy.root / "seeds" / "dataset.toml"
    text = path.read_text(encoding="utf-8")
    assert 'version = "2026.1"' in text
    path.write_text(text.replace('version = "2026.1"', 'version = "<script>alert(1)</script>"'), encoding="utf-8")
    assert main(["build", "--root", str(copy.root)]) == 0
    page = (copy.root / "data/processed/codebook.md").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_requirements_are_locked_by_hash_and_name_no_index():
    for path in REPOSITORY.glob("requirements*.txt"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        names = [line for line in lines if not line.startswith(" ")]
        assert all("==" in line for line in names)
        assert sum("--hash=sha256:" in line for line in lines) >= len(names)
        assert not [line for line in lines if "://" in line or "index" in line.split()[0]]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_every_file_without_a_formula_and_with_each_script_intact(tmp_path):
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--infilter=CSV:44,34,76,1"]
    command += ["--convert-to", "fods", "--outdir", str(tmp_path), *map(str, CSV_FILES)]
    subprocess.run(command, check=True, capture_output=True)
    table, text = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "text"))
    for path in CSV_FILES:
        opened = ElementTree.parse(tmp_path / f"{path.stem}.fods").getroot()
        assert not [cell for cell in opened.iter(f"{table}table-cell") if cell.get(f"{table}formula")]
        shown = {"".join(paragraph.itertext()) for paragraph in opened.iter(f"{text}p")}
        with path.open(encoding="utf-8", newline="") as stream:
            cells = {cell for row in csv.reader(stream) for cell in row if not cell.isascii() and "  " not in cell}
        assert cells <= shown
