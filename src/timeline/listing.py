"""Which events a person asks for, and in what order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from timeline import hierarchy
from timeline.columns import codebook
from timeline.names import ids_of
from timeline.periods import between

if TYPE_CHECKING:
    from timeline.dataset import Dataset
    from timeline.filters import Condition

Row = dict[str, Any]
PLACES = ("place_id", "target_place_id")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of events; None: anything will do."""

    actor: str | None = None
    target: str | None = None
    place: str | None = None
    start: str | None = None
    end: str | None = None
    certain: bool = False
    status: Sequence[str] | None = None
    type: str | None = None
    scope: str | None = None
    weapon: str | None = None
    min_sources: int | None = None
    sort: str = "date"
    reverse: bool = False


def choose(dataset: Dataset, asked: Asked) -> list[Row]:
    """The rows of the events asked for; Unknown if no actor or place is called so."""
    conditions: list[Condition] = [
        ("claim_status", "in", asked.status),
        ("event_type", "==", asked.type),
        ("scope", "==", asked.scope),
        ("n_sources", ">=", asked.min_sources),
    ]
    known = [condition for condition in conditions if condition[2] is not None]
    rows: list[Row] = dataset.load("events", engine="pyarrow", filters=known or None).to_pylist()
    if asked.weapon is not None:
        rows = [row for row in rows if asked.weapon in (row["weapons"] or ())]
    for name, roles in ((asked.actor, None), (asked.target, ["target"])):
        if name is not None:
            theirs = _events_of(dataset, name, roles)
            rows = [row for row in rows if row["event_id"] in theirs]
    if asked.place is not None:
        there = _within(dataset, asked.place)
        rows = [row for row in rows if there.intersection(row[column] for column in PLACES)]
    dated = pd.DataFrame({"date": [row["date"] for row in rows]})
    dated = between(dated, asked.start, asked.end, how="certain" if asked.certain else "possible")
    return _ordered([rows[position] for position in dated.index], asked)


def _events_of(dataset: Dataset, name: str, roles: Sequence[str] | None) -> set[str]:
    """The events in which those who are called so have one of these roles, or any."""
    conditions: list[Condition] = [("actor_id", "in", ids_of(dataset, "actors", name))]
    if roles is not None:
        conditions.append(("role", "in", roles))
    found = dataset.load("event_actors", columns=["event_id"], engine="pyarrow", filters=conditions)
    return set(found.column("event_id").to_pylist())


def _within(dataset: Dataset, name: str) -> set[str]:
    """The places that are called so, and those within them."""
    wanted = ids_of(dataset, "places", name)
    above = hierarchy.above(dataset.load("places", engine="pyarrow").to_pylist(), "place_id", "within")
    return wanted | {place for place, holders in above.items() if holders & wanted}


def _ordered(rows: list[Row], asked: Asked) -> list[Row]:
    """The rows sorted by a column, those where it is empty last; allowed values as the codebook has them."""
    column = codebook().tables["events"][asked.sort]

    def rank(row: Row) -> Any:
        if asked.sort == "date":
            return row["date_start"] or row["date_end"]
        value = row[asked.sort]
        return column.categories.index(value) if column.categories and value is not None else value

    known = sorted((row for row in rows if rank(row) is not None), key=rank, reverse=asked.reverse)
    return known + [row for row in rows if rank(row) is None]
