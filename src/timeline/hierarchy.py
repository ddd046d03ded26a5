"""Who belongs to whom: affiliations of actors, places within places, documents derived from documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Above = dict[str, frozenset[str]]


def above(rows: Iterable[Mapping[str, Any]], key: str, parents: str) -> Above:
    """For each id of `rows` all ids that stand above it through the column `parents`; itself only on a cycle.

    >>> above([{"id": "eilat", "within": "israel"}, {"id": "israel", "within": None}], "id", "within")["eilat"]
    frozenset({'israel'})
    """
    direct = {row[key]: _as_tuple(row[parents]) for row in rows}
    found: Above = {}
    for start, parent_ids in direct.items():
        seen: set[str] = set()
        waiting = list(parent_ids)
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting += direct.get(current, ())
        found[start] = frozenset(seen)
    return found


def with_self(hierarchy: Above, item: str) -> frozenset[str]:
    """An id and all that stand above it."""
    return hierarchy.get(item, frozenset()) | {item}


def tops(hierarchy: Above, item: str) -> frozenset[str]:
    """The ids above an id that have nothing above themselves; the id itself where nothing stands above it."""
    return frozenset(other for other in with_self(hierarchy, item) if not hierarchy.get(other))


def _as_tuple(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if value else ()


def chain(rows: Mapping[str, Mapping[str, Any]], start: str, parent: str) -> list[Mapping[str, Any]]:
    """A row and those above it, from the nearest on, where each has at most one parent."""
    found: list[Mapping[str, Any]] = []
    current: str | None = start
    while current is not None and current in rows and rows[current] not in found:
        found.append(rows[current])
        current = rows[current][parent]
    return found
