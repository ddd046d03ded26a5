"""A part of the real dataset to break, and small datasets to try the rules on."""

import csv
import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import settings

from timeline import batches, dates, raw, rules, schema
from timeline.building import build
from timeline.cli import main
from timeline.columns import codebook
from timeline.describe import DESCRIPTOR, datapackage, dumps
from timeline.fingerprints import sha256
from timeline.normalise import Row, normalise
from timeline.parts import part_of
from timeline.problems import Found
from timeline.publish import CHECKSUMS
from timeline.transcription import Transcription

# The same examples on every machine, and no judgement by the clock.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

REPOSITORY = Path(__file__).parents[1]
SOURCE = "iran-times-2024-06-04"


# which tests are to kill the mutants of a module (`make mutants`); without this each would run all that come by it
KILLERS = {
    "dates": ("test_dates", "test_twins"),
    "derive": ("test_derive",),
    "normalise": ("test_normalise", "test_keys", "test_rules"),
    "rules": ("test_rules", "test_keys", "test_twins"),
    "schema": ("test_schema", "test_keys", "test_constraints"),
}


def pytest_collection_modifyitems(items):
    """For a mutant, the tests of its module; first those whose name tells of the mutated function."""
    mutant = re.fullmatch(r"timeline\.(\w+)\..*?x_?(\w+?)__mutmut_\d+", os.environ.get("MUTANT_UNDER_TEST", ""))
    if mutant:
        # the process that this one was forked from remembers what the code gave before it was changed
        forget()
        files = KILLERS[mutant[1]]
        items[:] = [item for item in items if item.path.stem in files]
        # of many cases for cells one in five: each kind of constraint is among them
        step = 5 if len(items) > 200 else 1
        items[:] = [item for n, item in enumerate(items) if item.path.stem != "test_constraints" or n % step == 0]
        items.sort(key=lambda item: (mutant[2] not in item.name, "sound" not in item.name, files.index(item.path.stem)))


def pytest_runtest_setup():
    """So that each test comes by all code that it needs, when it is noted which tests come by what."""
    if os.environ.get("MUTANT_UNDER_TEST") == "stats":
        forget()


def forget():
    dates.parse.cache_clear()
    dates._atom.cache_clear()
    schema.text_schema.cache_clear()


@dataclass(frozen=True)
class Copy:
    """A dataset in a folder of its own."""

    root: Path

    def file(self, table):
        return f"seeds/coverage/{SOURCE}.csv" if table == "coverage" else codebook().tables[table].source

    def rows(self, table):
        with (self.root / self.file(table)).open(encoding="utf-8", newline="") as stream:
            return list(csv.reader(stream))

    def write(self, table, rows):
        (self.root / self.file(table)).write_text(raw.to_csv(rows), encoding="utf-8")

    def line(self, table, **cells):
        """The line of the first row with these cells."""
        header, *rows = self.rows(table)
        wanted = [(header.index(name), value) for name, value in cells.items()]
        return next(n for n, row in enumerate(rows, start=2) if all(row[i] == value for i, value in wanted))

    def edit(self, table, line, **cells):
        """Overwrite cells of a line; the line."""
        rows = self.rows(table)
        for name, value in cells.items():
            rows[line - 1][rows[0].index(name)] = value
        self.write(table, rows)
        return line

    def add(self, table, **cells):
        """Append a row; its line."""
        rows = self.rows(table)
        rows.append([cells.get(name, "") for name in rows[0]])
        self.write(table, rows)
        return len(rows)

    def delete(self, table, line):
        rows = self.rows(table)
        del rows[line - 1]
        self.write(table, rows)

    def published(self):
        """What stands in data/processed, as names and hashes."""
        folder = self.root / "data" / "processed"
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


# of the other reporting, what is said of the attacks of these days, so that the tests take minutes and not hours
KEPT_DAYS = ("2023-11-12", "2024-11-11")


@pytest.fixture(scope="session")
def part(tmp_path_factory):
    """A part of the real dataset, raw and published."""
    return make_part(tmp_path_factory.mktemp("part"))


def make_part(root):
    """Make it in a folder, raw and published."""
    write_part(root)
    build(root)
    return root


def write_part(root):
    """Write it to a folder, raw only: the founding article, and two days with all that is said of them."""
    shutil.copytree(REPOSITORY / "seeds", root / "seeds", dirs_exist_ok=True)
    lines = read_lines(REPOSITORY)
    rows = {name: [line.cells for line in read] for name, read in lines.items()}
    voiced = {row["record_id"] for row in rows["attestations"] if row["source_id"] == SOURCE}
    events = {row["event_id"] for row in rows["events"] if any(day in row["date"] for day in KEPT_DAYS)} | voiced
    figures = {row["figure_id"] for row in rows["figures"] if row["event_id"] in events or row["derivation"]} | voiced
    kept = events | figures
    said = {row["attestation_id"] for row in rows["attestations"] if row["record_id"] in kept}
    keeps = {
        "events": lambda row: row["event_id"] in events,
        "figures": lambda row: row["figure_id"] in figures,
        "attestations": lambda row: row["record_id"] in kept,
        "alternatives": lambda row: row["record_id"] in kept,
        "relations": lambda row: {row["from_id"], row["to_id"]} <= kept,
        "distinct": lambda row: {row["event_id"], row["other_id"]} <= kept,
        "captures": lambda row: row["event_id"] in kept,
        "codings": lambda row: row["event_id"] in kept,
        "searches": lambda row: row["search_id"] < "S0020",
        "published": lambda row: row["record_id"] in kept | said,
    }
    cited = {row["source_id"] for name, keep in keeps.items() for row in filter(keep, rows[name]) if row.get("source_id")}
    derived = {s for row in rows["sources"] if row["source_id"] in cited for s in row["derived_from"].split(";")}
    keeps["sources"] = lambda row: row["source_id"] in cited | derived
    for name, keep in keeps.items():
        table = codebook().tables[name]
        (root / table.source).parent.mkdir(parents=True, exist_ok=True)
        (root / table.source).write_text(raw.canonical(table, [line for line in lines[name] if keep(line.cells)]), "utf-8")
    for name in ("actors", "places", "withdrawn"):
        shutil.copy(REPOSITORY / codebook().tables[name].source, root / codebook().tables[name].source)
    return root


@pytest.fixture
def copy(part, tmp_path):
    """A copy of that part, to break."""
    shutil.copytree(part, tmp_path, dirs_exist_ok=True)
    return Copy(tmp_path)


def rewrite(folder, rows=20):
    """Have the events of a release in Parquet of row groups of so many rows."""
    table = pq.read_table(folder / "events.parquet")
    pq.write_table(table, folder / "events.parquet", row_group_size=rows, write_page_checksum=True)
    describe(folder)


def partition(folder, rows=20):
    """Have the events of a release in parts, as those of a large one are."""
    table = pq.read_table(folder / "events.parquet")
    files = pa.array([part_of("events", day) for day in table["date_start"].to_pylist()])
    for file in files.unique().to_pylist():
        part = table.filter(pc.equal(files, file))
        pq.write_table(part, folder / file, row_group_size=rows, write_page_checksum=True)
    (folder / "events.parquet").unlink()
    describe(folder)


def describe(folder):
    """Make descriptor and checksums hold again."""
    about = json.loads((folder / DESCRIPTOR).read_bytes())
    del about["$schema"], about["schemaVersion"], about["resources"]
    (folder / DESCRIPTOR).write_text(dumps(datapackage(folder, about)), encoding="utf-8")
    files = [path for path in sorted(folder.iterdir()) if path.name != CHECKSUMS]
    (folder / CHECKSUMS).write_text("".join(f"{sha256(path)}  {path.name}\n" for path in files), encoding="utf-8")


@pytest.fixture(scope="session")
def layouts(tmp_path_factory):
    """The release of this repository with the events whole, and with the events in parts."""
    folder = tmp_path_factory.mktemp("layouts")
    whole, parts = (shutil.copytree(REPOSITORY / "data" / "processed", folder / name) for name in ("whole", "parts"))
    rewrite(whole)
    partition(parts)
    return {"whole": whole, "parts": parts}


def read_lines(root):
    """The rows of every transcribed table."""
    found = Found()
    lines = batches.read_lines(root, codebook().raw_tables(), found)
    assert not found.problems
    return lines


class Sheet:
    """The transcribed lines of a sound dataset, to change in memory and to check as the build does."""

    def __init__(self, lines, sound):
        self.lines = {table: list(rows) for table, rows in lines.items()}
        self.changed = set()
        self.sound = sound  # the lines as rows of values, as they were

    def file(self, table):
        return self.lines[table][0].file if self.lines[table] else codebook().tables[table].source

    def line(self, table, **cells):
        """The line of the first row with these cells."""
        return next(line.number for line in self.lines[table] if cells.items() <= line.cells.items())

    def row(self, table, number):
        """The cells of a line."""
        return next(line.cells for line in self.lines[table] if line.number == number)

    def edit(self, table, number, **cells):
        """Overwrite cells of a line; the line."""
        rows = self.lines[table]
        position = next(n for n, line in enumerate(rows) if line.number == number)
        rows[position] = raw.Line(rows[position].file, number, {**rows[position].cells, **cells})
        self.changed.add(table)
        return number

    def add(self, table, **cells):
        """Append a row; its line."""
        rows = self.lines[table]
        number = rows[-1].number + 1 if rows else 2
        names = [column.name for column in codebook().tables[table].transcribed()]
        rows.append(raw.Line(self.file(table), number, {**dict.fromkeys(names, ""), **cells}))
        self.changed.add(table)
        return number

    def problems(self):
        """(file, line, column, rule) of everything that is wrong."""
        return {(p.file, p.line, p.column, p.rule) for p in self.found()}

    def found(self):
        """Everything that is wrong."""
        found = []
        for name in sorted(self.changed):
            table = codebook().tables[name]
            found += schema.check(table, table.transcribed(), self.lines[name])
        changed = {name: normalise(codebook().tables[name], self.lines[name], found) for name in self.changed}
        return found + rules.check(Transcription(self.sound | changed))


@pytest.fixture(scope="session")
def part_lines(tmp_path_factory):
    lines = read_lines(write_part(tmp_path_factory.mktemp("lines")))
    return lines, {name: normalise(codebook().tables[name], rows, []) for name, rows in lines.items()}


@pytest.fixture
def sheet(part_lines):
    """That part in memory, to break."""
    return Sheet(*part_lines)


@pytest.fixture
def refused(copy, capsys):
    """Build a broken copy: it must end with status 1, list problems, and leave what is published alone."""

    def build():
        before = copy.published()
        status = main(["build", "--root", str(copy.root)])
        printed = capsys.readouterr()
        assert status == 1, printed
        assert copy.published() == before
        assert "Traceback" not in printed.err
        return problems_in(printed.err)

    return build


def problems_in(text):
    """(file, line, column, rule) of every problem in a printed report."""
    found = re.findall(r"^(\S+?\.(?:csv|toml))(?::(\d+))?: (?:([a-z_0-9]+): )?.* \[(\w+)\]$", text, flags=re.MULTILINE)
    return {(file, int(line or 0), column, rule) for file, line, column, rule in found}


@pytest.fixture(scope="session")
def small():
    """Make a transcription of a few rows: `small(events=[{...}], ...)`; columns not given are empty."""

    def make(**tables):
        made = {}
        for table in codebook().raw_tables():
            names = [column.name for column in table.transcribed()]
            lines = [
                raw.Line(f"{table.name}.csv", n, {**dict.fromkeys(names, ""), **{k: str(v) for k, v in row.items()}})
                for n, row in enumerate(tables.get(table.name, []), start=2)
            ]
            allowed = {column.name: column.rules().get("enum") for column in table.transcribed()}
            for line in lines:
                assert not [c for c, enum in allowed.items() if enum and line.cells[c] and not enum[0](line.cells[c])], line
            made[table.name] = normalise(table, lines, [])
        assert all(isinstance(row, Row) for rows in made.values() for row in rows)
        return Transcription(made)

    return make
