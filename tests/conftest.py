"""A copy of the real dataset to break, and small datasets to try the rules on."""

import csv
import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from timeline import raw
from timeline.cli import main
from timeline.columns import codebook
from timeline.normalise import Row, normalise
from timeline.transcription import Transcription

# The same examples on every machine, and no judgement by the clock.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

REPOSITORY = Path(__file__).parents[1]
SOURCE = "iran-times-2024-06-04"


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


@pytest.fixture
def copy(tmp_path):
    """A copy of the real dataset, raw and published."""
    for name in ("data", "seeds"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    return Copy(tmp_path)


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
