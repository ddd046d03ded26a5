"""The published tables as one SQLite file with keys, definitions and full-text search; beside it what Datasette shows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from timeline.columns import LIST_DELIMITER, Column, Table, codebook
from timeline.dataset import Dataset
from timeline.describe import about_of, dumps, web_address
from timeline.exporting import Exported
from timeline.facts import rows
from timeline.tools.definitions import TABLES, definitions

FILE, METADATA = "timeline.sqlite", "metadata.json"
SEARCHED = {"events": ("title", "note"), "sources": ("title",)}
_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
# nothing reads the file before it is whole; the size of a page is no matter of this machine
_SETTINGS = ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF")


def write(dataset: Dataset, folder: Path) -> Exported:
    """Write the database, whose foreign keys hold; ValueError if they do not."""
    (folder / METADATA).write_text(dumps(_metadata(dataset)), encoding="utf-8")
    tables = codebook().tables
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as database:
        for setting in _SETTINGS:
            database.execute(f"PRAGMA {setting}")
        try:
            database.execute("BEGIN")
            counts = {name: _fill(database, table, dataset) for name, table in tables.items()}
            for name, columns in TABLES.items():
                database.execute(_sql("CREATE TABLE", name, _listed(columns)))
                _insert(database, name, len(columns), definitions(name))
            _index(database)
            database.execute("COMMIT")
        except sqlite3.Error as error:
            raise ValueError(f"the tables do not hold by their keys: {error}") from error
        broken = database.execute("PRAGMA foreign_key_check").fetchone()
    if broken:
        raise ValueError(f"{broken[0]} names a row that {broken[2]} does not have")
    return Exported(counts["events"], counts["events"])


def links(table: Table) -> list[Column]:
    """The columns whose lists name rows of one table: each has a table of its own besides, with an item to a row."""
    return [column for column in table.columns if column.type == "list" and len(column.references) == 1]


def _fill(database: sqlite3.Connection, table: Table, dataset: Dataset) -> int:
    """Make a table and those of its lists; how many rows it has."""
    parts = [*map(_definition, table.columns), f"PRIMARY KEY {_listed(table.primary_key)}"]
    database.execute(_sql("CREATE TABLE", table.name, f"({', '.join(parts)})"))
    cells = ([_cell(row[column.name]) for column in table.columns] for row in rows(dataset, table.name))
    number = _insert(database, table.name, len(table.columns), cells)
    for column in links(table):
        _link(database, table, column, dataset)
    return number


def _link(database: sqlite3.Connection, table: Table, column: Column, dataset: Dataset) -> None:
    """Make the table of a list, whose items keep their places."""
    (key,) = table.primary_key
    name = f"{table.name}_{column.name}"
    parts = [
        f'"{key}" TEXT NOT NULL {_reference(table.name)}',
        '"position" INTEGER NOT NULL',
        f'"{column.name}" TEXT NOT NULL {_reference(column.references[0])}',
        f'PRIMARY KEY ("{key}", "position")',
    ]
    database.execute(_sql("CREATE TABLE", name, f"({', '.join(parts)})"))
    found = (
        (row[key], position, item)
        for row in rows(dataset, table.name, key, column.name)
        for position, item in enumerate(row[column.name] or (), start=1)
    )
    _insert(database, name, 3, found)
    database.execute(_sql("CREATE INDEX", f"{name}_of", f'ON "{name}" ("{column.name}")'))


def _index(database: sqlite3.Connection) -> None:
    """Make what finds rows: by their foreign keys, and by words, whatever their marks."""
    for table in codebook().tables.values():
        for column in table.columns:
            if column.foreign_table and (column.name,) != table.primary_key:
                database.execute(
                    _sql("CREATE INDEX", f"{table.name}_by_{column.name}", f'ON "{table.name}" ("{column.name}")')
                )
    for name, columns in SEARCHED.items():
        options = f"content=\"{name}\", tokenize='unicode61 remove_diacritics 2'"
        database.execute(_sql("CREATE VIRTUAL TABLE", f"{name}_fts", f"USING fts5({', '.join(columns)}, {options})"))
        database.execute(_sql("INSERT INTO", f"{name}_fts", f"({name}_fts) VALUES ('rebuild')"))


def _insert(database: sqlite3.Connection, name: str, width: int, found: Iterator[Sequence[Any]]) -> int:
    marks = ", ".join("?" * width)
    return database.executemany(_sql("INSERT INTO", name, f"VALUES ({marks})"), found).rowcount


def _sql(verb: str, name: str, rest: str) -> str:
    """A statement on a table; names are those of the codebook."""
    return " ".join((verb, f'"{name}"', rest))


def _definition(column: Column) -> str:
    parts = [f'"{column.name}"', _TYPES.get(column.type, "TEXT")]
    parts += ["NOT NULL"] if column.required else []
    parts += ["UNIQUE"] if column.unique else []
    parts += [_reference(column.foreign_table)] if column.foreign_table else []
    return " ".join(parts)


def _reference(name: str) -> str:
    return f'REFERENCES "{name}" {_listed(codebook().tables[name].primary_key)}'


def _listed(names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"({quoted})"


def _cell(value: Any) -> Any:
    """A value as SQLite holds it: a day and a list as text."""
    if isinstance(value, list):
        return LIST_DELIMITER.join(value)
    return value if isinstance(value, int | float | None) else str(value)


def _metadata(dataset: Dataset) -> dict[str, Any]:
    """What Datasette shows of the dataset, its tables and columns."""
    about = about_of(dataset.package)
    licence = next(iter(about.get("licenses", ())), {"name": None})
    tables = {
        table.name: {
            "description": table.description,
            "columns": {column.name: column.description for column in table.columns},
        }
        for table in codebook().tables.values()
    }
    return {
        "title": about["title"],
        "description": about["description"],
        "license": licence.get("title", licence["name"]),
        "license_url": web_address(licence.get("path")),
        "databases": {Path(FILE).stem: {"tables": tables}},
    }
