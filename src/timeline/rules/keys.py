"""Keys across tables: they resolve, they form no circle, and a withdrawn one stays withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from timeline import hierarchy
from timeline.columns import codebook
from timeline.normalise import Row
from timeline.problems import Problem
from timeline.schema import unresolved
from timeline.transcription import ON_MANY, Transcription, is_on_many

HIERARCHIES = (
    ("actors", "actor_id", "affiliations"),
    ("places", "place_id", "within"),
    ("sources", "source_id", "derived_from"),
)
VANISHED = "it was published: ids are for ever, so bring it back or give it a tombstone"


WITHDRAWN = ("withdrawn", "was withdrawn; an id is never used again")
ONE_WAY = ("part_of", "response_to", "follows", "possibly_same_as", "copied_from")


def check(data: Transcription) -> list[Problem]:
    """Every problem with the keys of the transcribed tables."""
    return [*_references(data), *_cycles(data), *_reused(data)]


def registers_hold(data: Transcription) -> bool:
    """Whether all is there that tables other than `events` name, events aside, and nothing stands above itself."""
    return not any(True for _ in (*_references(data, aside="events"), *_cycles(data)))


def _references(data: Transcription, aside: str = "") -> Iterator[Problem]:
    """A value that must be a key of another table is one. A key that is broken itself is told there, not here."""
    keys = {table.name: {row[table.primary_key[0]] for row in data[table.name]} for table in codebook().raw_tables()}
    for table in codebook().raw_tables():
        for column in table.columns:
            if not column.references or aside in (table.name, *column.references):
                continue
            known = set[str]().union(*(keys[name] for name in column.references))
            if None in known:
                # what is missed may be the key that is broken
                continue
            # the name of a file is one mistake, not one for each of its rows
            rows = _one_a_file(data[table.name]) if column.name == table.file_key else data[table.name]
            for row in rows:
                items = _items(row.get(column.name))
                if unknown := [item for item in items if not resolves(item, known, data.begun)]:
                    broken = unresolved(column, unknown)
                    broken = (broken[0], f"{broken[1]}, and {VANISHED}") if table.name == "published" else broken
                    yield row.line.problem(column.name, *broken)


def resolves(item: str, known: Collection[str], begun: Iterable[str] = ()) -> bool:
    """Whether it is one of the keys that are known, or stands for all whose ids begin alike, and there are such."""
    start = item.removesuffix(ON_MANY)
    return item in known or (is_on_many(item) and any(key.startswith(start) for key in (*begun, *known)))


def _cycles(data: Transcription) -> Iterator[Problem]:
    """No actor, place or source stands above itself, and no record is part of itself."""
    for name, key, parents in HIERARCHIES:
        above = hierarchy.above(data[name], key, parents)
        for row in data[name]:
            if row[key] in above[row[key]]:
                yield row.line.problem(parents, "cycle", f"{row[key]} stands above itself")
    for relation in ONE_WAY:
        linked = data.linked(relation)
        for row in data["relations"]:
            start, end = row["from_id"], row["to_id"]
            if row["relation"] == relation and start and (start == end or start in linked.get(end, ())):
                yield row.line.problem("to_id", "cycle", f"leads back to {start} by {relation}")


def _reused(data: Transcription) -> Iterator[Problem]:
    """An id with a tombstone is not in use."""
    gone = {row["record_id"] for row in data["withdrawn"]}
    for name, key in (("events", "event_id"), ("figures", "figure_id"), ("attestations", "attestation_id")):
        for row in data[name]:
            if row[key] in gone:
                yield row.line.problem(key, *WITHDRAWN)


def _items(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return () if value is None else (str(value),)


def _one_a_file(rows: list[Row]) -> list[Row]:
    return list({row.line.file: row for row in reversed(rows)}.values())
