"""Other people's event data in the tables of the codebook: each row becomes an event, or is rejected with a reason.

A row is drafted as its format's mapping says (`drafts.py`) and held against the same constraints and rules as rows that were
transcribed by hand. The result is a dataset in its transcribed form, to be built as any other, with two lists beside it:
`rejected.csv`, the rows that it does not hold, and `changed.csv`, the cells that it holds otherwise: without characters that
cannot be seen and doubled blanks, or under the name that an actor's id had first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from timeline import drafts, mapping, raw, rules, schema
from timeline.columns import codebook
from timeline.fingerprints import sha256
from timeline.folders import whole
from timeline.mapping import Refused
from timeline.normalise import normalise
from timeline.problems import InvalidData, Problem, printable
from timeline.raw import Line
from timeline.records import Cells, clean, records
from timeline.transcription import Transcription

CHUNK = 5_000
REJECTED, CHANGED = "rejected.csv", "changed.csv"
REGISTERS = (("actors", "actor_id"), ("places", "place_id"))
# what an event is made of before the event, so that a problem is told where it arises
_SUFFIXES = re.compile(r"(\.(csv|txt|tsv|gz|zip))+$", flags=re.IGNORECASE)
_ORDER = ("actors", "places", "figures", "attestations", "events")


@dataclass
class Imported:
    """What became of the rows that were read."""

    rows: int = 0
    events: int = 0
    rejected: list[list[str]] = field(default_factory=list)
    changed: list[list[str]] = field(default_factory=list)


@dataclass(eq=False)
class _Draft:
    """One row of the other format as rows of ours, by table; or why it is none."""

    file: str
    line: int
    cells: Cells = field(default_factory=dict)
    tables: dict[str, list[Cells]] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def event_id(self) -> str:
        return self.tables["events"][0]["event_id"]


def import_files(form: str, paths: Sequence[Path], out: Path) -> Imported:
    """Carry files of a format over into a new dataset at `out`, whole or not at all; InvalidData if one cannot be read."""
    with whole(out) as folder:
        return _Import(form).run(paths, folder)


class _Import:
    """One import: its mapping, and what has been carried over so far."""

    def __init__(self, form: str) -> None:
        self.form, self.mapping = form, mapping.load(form)
        self.origins = drafts.origins(self.mapping)
        self.used = {column for columns in self.origins.values() for column in columns}
        self.done = Imported()
        self.kept: dict[str, list[Line]] = {table.name: [] for table in codebook().raw_tables()}
        self.names: dict[str, dict[str, str]] = {table: {} for table, _ in REGISTERS}
        self.events: set[str] = set()

    def run(self, paths: Sequence[Path], folder: Path) -> Imported:
        """Read, check and write everything below a folder."""
        for path in paths:
            source_id = self._source(path)
            chunk: list[_Draft] = []
            for draft in self._drafts(path, source_id):
                chunk.append(draft)
                if len(chunk) == CHUNK:
                    self._keep(chunk)
                    chunk = []
            self._keep(chunk)
        self._write(folder)
        return self.done

    def _source(self, path: Path) -> str:
        """Register a file as a document, known by its fingerprint; its id."""
        about, file = self.mapping, path.name.encode("utf-8", "backslashreplace").decode()
        source_id = mapping.slug(f"{self.form} {_SUFFIXES.sub('', file)}")
        if any(line.cells["source_id"] == source_id for line in self.kept["sources"]):
            raise InvalidData([Problem(str(path), 0, "", "", "file", "has the same name as another of the files")])
        try:
            fingerprint = sha256(raw.plain(path))
        except ValueError as error:
            raise InvalidData([Problem(str(path), 0, "", "", "file", error.args[-1])]) from None
        cells = {"source_id": source_id, "publisher": about["publisher"], "title": f"{about['title']}: {clean(file)}"}
        cells |= {"url": about["url"], "language": about["language"], "source_type": "dataset", "fingerprint": fingerprint}
        line = _line("sources", file, 0, cells)
        if raw.check_cells(line):  # by a file name that no cell may hold
            line = _line("sources", file, 0, {**cells, "title": about["title"]})
        self.kept["sources"].append(line)
        return source_id

    def _drafts(self, path: Path, source_id: str) -> Iterator[_Draft]:
        for line, cells in records(path, self.mapping["file"]):
            self.done.rows += 1
            draft = _Draft(path.name, line)
            if isinstance(cells, dict):
                draft.cells = self._cleaned(path.name, line, cells)
                try:
                    self._refuse_undecoded(draft.cells)
                    draft.tables = drafts.draft(self.mapping, draft.cells, source_id, line)
                except Refused as refused:
                    draft.problem = Problem(path.name, line, refused.column, refused.value, refused.rule, refused.message)
            else:
                message = f"has {len(cells)} cells, where its file has another number or no layout of {self.form} has as many"
                draft.problem = Problem(path.name, line, "", ",".join(cells)[:80], "row", message)
            yield draft

    def _refuse_undecoded(self, cells: Cells) -> None:
        for column in self.used & cells.keys():
            if any("\udc80" <= character <= "\udcff" for character in cells[column]):
                raise Refused(column, cells[column], "encoding", "is not UTF-8")

    def _cleaned(self, file: str, line: int, cells: Cells) -> Cells:
        """The cells without sentinels, and with white space as single blanks; what else changed is noted."""
        missing = self.mapping["file"].get("missing", {})
        found = {}
        for column, cell in cells.items():
            cleaned = clean(cell)
            if cleaned != cell and cell.strip() and column in self.used:
                self.done.changed.append([file, str(line), column, cell, cleaned])
            found[column] = "" if cleaned in missing.get(column, ()) else cleaned
        return found

    def _keep(self, chunk: list[_Draft]) -> None:
        """Keep those of some drafts that break no constraint and no rule, alone and together; reject the others."""
        twice: list[_Draft] = []
        seen: set[str] = set()
        for draft in chunk:
            if draft.problem is None and draft.event_id in self.events:
                column = self.origins["events", "event_id"][0]
                message = "stands in an earlier row"
                draft.problem = Problem(draft.file, draft.line, column, draft.cells[column], "unique", message)
            elif draft.problem is None and draft.event_id in seen:
                twice.append(draft)
            elif draft.problem is None:
                seen.add(draft.event_id)
        candidates = [draft for draft in chunk if draft not in twice] if twice else chunk
        while True:  # until those that are left hold without the rejected ones
            sound = [draft for draft in candidates if draft.problem is None]
            lines = self._lines(sound)
            if not self._find_problems(lines, sound):
                break
        self.events |= {draft.event_id for draft in sound}
        for table, rows in lines.items():
            self.kept[table] += rows
        for table, key in REGISTERS:
            self.names[table] |= {line.cells[key]: line.cells["name"] for line in lines[table]}
        self.done.events += len(sound)
        self.done.changed += [row for draft in sound for row in self._renamed(draft)]
        found = [draft.problem for draft in candidates if draft.problem is not None]
        self.done.rejected += [[p.file, str(p.line), p.column, p.value, p.rule, p.message] for p in found]
        if twice:  # of which the first may have been rejected
            self._keep(twice)

    def _renamed(self, draft: _Draft) -> Iterator[list[str]]:
        """The names in a draft of actors whose ids had others before."""
        for cells in draft.tables["actors"]:
            first = self.names["actors"][cells["actor_id"]]
            if first != cells["name"]:
                column = self._column(draft, "actors", Problem("", 0, "name", cells["name"], "", ""))
                yield [draft.file, str(draft.line), column, cells["name"], first]

    def _lines(self, sound: list[_Draft]) -> dict[str, list[Line]]:
        """The rows of some drafts, by table; an actor or a place is made by the first that needs it."""
        lines: dict[str, list[Line]] = {table: [] for table in _ORDER}
        made = {table: set(names) for table, names in self.names.items()}
        for draft in sound:
            for table, rows in draft.tables.items():
                key = codebook().tables[table].primary_key[0]
                for cells in rows:
                    if table not in made or cells[key] not in made[table]:
                        lines[table].append(_line(table, draft.file, draft.line, cells))
                        made.get(table, set()).add(cells[key])
        return lines

    def _find_problems(self, lines: dict[str, list[Line]], sound: list[_Draft]) -> bool:
        """Put what is wrong with some rows into the drafts that they come from; whether anything is."""
        found: list[tuple[str, Problem]] = []
        book = codebook()
        for name, rows in lines.items():
            broken = schema.check(book.tables[name], book.tables[name].transcribed(), rows)
            found += [(name, problem) for problem in broken]
        together = {**{table.name: [] for table in book.raw_tables()}, **lines, "sources": self.kept["sources"]}
        together |= {table: [*self.kept[table], *lines[table]] for table, _ in REGISTERS}
        problems = [problem for _, problem in found]
        data = Transcription({table.name: normalise(table, together[table.name], problems) for table in book.raw_tables()})
        found += [("", problem) for problem in rules.check(data)]
        for name, problem in found:
            for draft in self._concerned(name, problem, lines, sound):
                if draft.problem is None:
                    column = self._column(draft, name, problem)
                    value = draft.cells.get(column, problem.value)
                    message = f"as {problem.column}: {problem.message}"
                    draft.problem = Problem(draft.file, draft.line, column, value, problem.rule, message)
        return any(draft.problem for draft in sound)

    def _concerned(self, name: str, problem: Problem, lines: dict[str, list[Line]], sound: list[_Draft]) -> list[_Draft]:
        """The drafts that a problem is one of: all that need an actor or a place, or the one that makes a row."""
        place = (problem.file, problem.line)
        for table, key in REGISTERS:
            if name in ("", table):
                made = [line.cells for line in lines[table] if (line.file, line.number) == place]
                ids = {cells[key] for cells in made if cells.get(problem.column) == problem.value}
                if ids:
                    return [draft for draft in sound if any(cells[key] in ids for cells in draft.tables[table])]
        return [draft for draft in sound if (draft.file, draft.line) == place]

    def _column(self, draft: _Draft, table: str, problem: Problem) -> str:
        """The column of the other format that a problem is about: of those behind ours, the one that holds the value."""
        ours = [key for key in self.origins if key[1] == problem.column and table in ("", key[0])]
        behind = [column for key in ours for column in self.origins[key]]
        holding = [column for column in behind if problem.value and problem.value in draft.cells.get(column, "")]
        return next(iter(holding or behind), "")

    def _write(self, folder: Path) -> None:
        """Write the transcribed form, canonical, and the two lists."""
        for table in codebook().raw_tables():
            if table.source and table.file_key is None:
                file = folder / table.source
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(raw.canonical(table, self.kept[table.name]), encoding="utf-8")
        about = {"name": self.form, "title": self.mapping["title"]}
        (folder / "seeds/dataset.toml").write_text("".join(f"{k} = {json.dumps(v)}\n" for k, v in about.items()), "utf-8")
        rejected = [["file", "line", "column", "value", "rule", "message"], *self.done.rejected]
        changed = [["file", "line", "column", "value", "became"], *self.done.changed]
        for name, rows in ((REJECTED, rejected), (CHANGED, changed)):
            (folder / name).write_text(raw.to_csv([list(map(_safe, row)) for row in rows]), encoding="utf-8")


def _safe(cell: str) -> str:
    """A cell of another's file as a spreadsheet may show it: no formula, and a number for what cannot be seen."""
    return printable("'" + cell if cell.startswith(("=", "+", "-", "@")) else cell)


def _line(table: str, file: str, number: int, cells: Cells) -> Line:
    return Line(file, number, {**_empty(table), **cells})


@cache
def _empty(table: str) -> Cells:
    return dict.fromkeys((column.name for column in codebook().tables[table].transcribed()), "")
