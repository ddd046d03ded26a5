"""DuckDB: every check as SQL."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import checks
import duckdb

from timeline.columns import LIST_DELIMITER, Column, codebook


def check(dataset: Path, out: Path, published: Path | None = None) -> list[str]:
    """Check the events and write them, with what else is published of them if it is there; what fails, as `column: check`."""
    database = duckdb.connect()
    for name in sorted({"events"}.union(*(column.references for column in checks.COLUMNS))):
        columns = dict.fromkeys(codebook().tables[name].raw, "VARCHAR")
        options = f"header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {columns}"
        database.execute(f"CREATE TABLE {name} AS FROM read_csv({_text(str(checks.raw(dataset, name)))}, {options})")
    tests = {f"{c.name}: {rule}": holds for c in checks.COLUMNS for rule, holds in _cells(c)}
    counts = [f'count(*) FILTER (NOT ({holds})) AS "{name}"' for name, holds in tests.items()]
    (found,) = database.execute(f"SELECT {', '.join(counts)} FROM events").fetchall()
    failures = [name for name, count in zip(tests, found, strict=True) if count]
    for name, query in {f"{c.name}: {rule}": query for c in checks.COLUMNS for rule, query in _tables(c)}.items():
        failures += [name] if database.execute(f"SELECT EXISTS ({query})").fetchall() == [(True,)] else []
    if failures:
        return failures
    typed = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in checks.NUMBERS)
    queries = {"events": f"SELECT * REPLACE ({typed}) FROM events"}
    if published:
        database.register("derived", checks.published(published, "events", but=(c.name for c in checks.COLUMNS)))
        database.register("actors_of_events", checks.published(published, "event_actors"))
        order = ", ".join(column.name for column in checks.EVENTS.columns)
        queries = {
            "events": f"SELECT {order} FROM ({queries['events']}) POSITIONAL JOIN derived",
            "event_actors": "FROM actors_of_events",
        }
    for name, query in queries.items():
        for ending, options in {"parquet": "FORMAT parquet, COMPRESSION snappy", "csv": "FORMAT csv, HEADER"}.items():
            database.execute(f"COPY ({query}) TO {_text(str(out / f'{name}.{ending}'))} ({options})")
    return []


def _cells(column: Column) -> Iterator[tuple[str, str]]:
    """What must hold for each cell that is not empty: name and SQL."""
    name, items = column.name, f"string_split({column.name}, {_text(LIST_DELIMITER)})"
    if column.required:
        yield "required", f"{name} IS NOT NULL"
    for rule, pattern in checks.patterns(column).items():
        yield rule, f"regexp_full_match({name}, {_text(pattern)})"
    if column.type == "list":
        yield "repeats", f"list_unique({items}) = len({items})"
    if column.format == "edtf":
        ends = [f"regexp_extract({name}, {_text(checks.TWO_ENDS)}, {group})" for group in (1, 2)]
        shared = f"least(length({ends[0]}), length({ends[1]}))"
        yield "year", f"NOT contains({name}, '0000')"
        yield "order", f"left({ends[0]}, {shared}) <= left({ends[1]}, {shared})"
    if column.max_length is not None:
        yield "maxLength", f"length({name}) <= {column.max_length}"
    if column.minimum is not None:
        yield "minimum", f"TRY_CAST({name} AS BIGINT) >= {column.minimum}"
    if column.maximum is not None:
        yield "maximum", f"TRY_CAST({name} AS BIGINT) <= {column.maximum}"
    if column.categories:
        allowed = ", ".join(map(_text, column.categories))
        yield "enum", f"list_has_all([{allowed}], {items})" if column.type == "list" else f"{name} IN ({allowed})"


def _tables(column: Column) -> Iterator[tuple[str, str]]:
    """What must give no row: name and SQL."""
    name = column.name
    if column.unique:
        yield "unique", f"SELECT {name} FROM events WHERE {name} IS NOT NULL GROUP BY {name} HAVING count(*) > 1"
    for table in column.references:
        item = f"unnest(string_split({name}, {_text(LIST_DELIMITER)}))" if column.type == "list" else name
        (key,) = codebook().tables[table].primary_key
        items = f"SELECT {item} AS item FROM events WHERE {name} IS NOT NULL"
        yield "reference", f"SELECT item FROM ({items}) ANTI JOIN {table} ON item = {key}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


if __name__ == "__main__":
    sys.exit(checks.main(check))
