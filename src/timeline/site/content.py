"""What the pages tell, gathered from the published tables by the keys by which they find it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from timeline import hierarchy
from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.transcription import ON_MANY, is_on_many

Row = Mapping[str, Any]


class Content:
    """The rows of a dataset's tables, and what belongs to an event, an actor or a source."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._tables = {name: dataset.load(name, engine="pyarrow").to_pylist() for name in codebook().tables}

    def __getitem__(self, table: str) -> list[Row]:
        rows: list[Row] = self._tables[table]
        return rows

    def by_key(self, table: str) -> dict[str, Row]:
        """The rows of a table by their only key."""
        (key,) = codebook().tables[table].primary_key
        return {row[key]: row for row in self[table]}

    @cached_property
    def events(self) -> dict[str, Row]:
        """The events by id."""
        return self.by_key("events")

    @cached_property
    def actors(self) -> dict[str, Row]:
        """The actors by id."""
        return self.by_key("actors")

    @cached_property
    def places(self) -> dict[str, Row]:
        """The places by id."""
        return self.by_key("places")

    @cached_property
    def sources(self) -> dict[str, Row]:
        """The documents by id."""
        return self.by_key("sources")

    @cached_property
    def said(self) -> dict[str, list[Row]]:
        """What is said of each record, in order of publication."""
        found = defaultdict(list)
        for said in self["attestations"]:
            found[said["record_id"]].append(said)
        for rows in found.values():
            rows.sort(
                key=lambda said: (self.sources[said["source_id"]]["published"] or "9", said["source_id"], said["paragraph"])
            )
        return found

    def said_of(self, event_id: str) -> list[Row]:
        """What is said of an event, by itself or with many others (`EGED*`)."""
        of_many = (
            rows for record_id, rows in self._said_of_many.items() if event_id.startswith(record_id.removesuffix(ON_MANY))
        )
        return [said for rows in (self.said.get(event_id, []), *of_many) for said in rows]

    @cached_property
    def _said_of_many(self) -> dict[str, list[Row]]:
        return {record_id: rows for record_id, rows in self.said.items() if is_on_many(record_id)}

    @cached_property
    def told(self) -> dict[str, list[str]]:
        """The events of which each document tells, by its id; and those of which each actor speaks, by the actor's."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for said in self["attestations"]:
            if said["record_id"] in self.events:
                found[said["source_id"]][said["record_id"]] = None
                found[said["speaker_id"]][said["record_id"]] = None
        return {key: list(events) for key, events in found.items()}

    @cached_property
    def roles(self) -> dict[str, list[tuple[str, str]]]:
        """The actors of each event, and the role of each."""
        return self._grouped("event_actors", "event_id", lambda row: (row["actor_id"], row["role"]))

    @cached_property
    def acted(self) -> dict[str, list[tuple[str, str]]]:
        """The events of each actor, and its role in each."""
        return self._grouped("event_actors", "actor_id", lambda row: (row["event_id"], row["role"]))

    @cached_property
    def figures(self) -> dict[str, list[Row]]:
        """The figures of each event."""
        return self._grouped("figures", "event_id", lambda row: row)

    @cached_property
    def alternatives(self) -> dict[str, list[Row]]:
        """The other readings of each record."""
        return self._grouped("alternatives", "record_id", lambda row: row)

    @cached_property
    def links(self) -> dict[str, list[Row]]:
        """The relations from and to each record."""
        found = defaultdict(list)
        for link in self["relations"]:
            found[link["from_id"]].append(link)
            found[link["to_id"]].append(link)
        return found

    def point_of(self, event: Row) -> str | None:
        """The place on the map of an event: its own, or the nearest that holds it and has a point."""
        chain = hierarchy.chain(self.places, event["place_id"] or event["target_place_id"] or "", "within")
        return next((place["place_id"] for place in chain if place["latitude"] is not None), None)

    def _grouped(self, table: str, key: str, find: Any) -> dict[str, list[Any]]:
        found = defaultdict(list)
        for row in self[table]:
            found[row[key]].append(find(row))
        return found
