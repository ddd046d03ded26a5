"""What the pages tell, gathered from the published tables by the keys by which they find it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from timeline import charts, hierarchy
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
    def sums(self) -> set[str]:
        """The attacks that sum up others, which count in their stead."""
        return {event_id for event_id in charts.wholes(self["events"]) if self.events[event_id]["event_type"] == "attack"}

    @cached_property
    def counted_events(self) -> list[Row]:
        """The events but for those that sum up others."""
        return [event for event in self["events"] if event["event_id"] not in self.sums]

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

    def publishers_of(self, event_id: str) -> list[str]:
        """Who published the documents that speak of an event."""
        return sorted({self.sources[said["source_id"]]["publisher"] for said in self.said_of(event_id)})

    @cached_property
    def sources_in_order(self) -> list[tuple[str, Row]]:
        """The documents with their ids, those that were read before those that were not."""
        return sorted(self.sources.items(), key=lambda item: item[1]["accessed"] is None)

    def confirmed_at_least(self, event: Row) -> int:
        """How many of an event's attacks are confirmed at least."""
        return charts.confirmed_at_least(event, self._confirmed)

    @cached_property
    def _confirmed(self) -> set[str]:
        return charts.confirmed(self["events"])

    @cached_property
    def retold(self) -> dict[str, list[str]]:
        """The documents that retell each document."""
        found = defaultdict(list)
        for source_id, source in self.sources_in_order:
            for other in source["derived_from"] or ():
                found[other].append(source_id)
        return found

    @cached_property
    def told_by(self) -> Counter[str]:
        """Of how many rows each publisher's documents tell; those that sum up others are not counted."""
        rows = (event_id for event_id in self.events if event_id not in self.sums)
        return Counter(publisher for event_id in rows for publisher in self.publishers_of(event_id))

    def in_order(self, event_ids: Iterable[str]) -> list[str]:
        """Events by their first possible days; those that have none, by their last."""
        return sorted(event_ids, key=lambda event_id: (self._day_of(event_id), event_id))

    def _day_of(self, event_id: str) -> str:
        event = self.events[event_id]
        return str(event["date_start"] or event["date_end"])

    def is_claimed(self, event_id: str) -> bool:
        """Whether somebody claims an event."""
        return any(said["stance"] == "claims" for said in self.said_of(event_id))

    def is_only_claimed(self, event_id: str) -> bool:
        """Whether nobody but claimants speaks of an event."""
        return {said["stance"] for said in self.said_of(event_id)} == {"claims"}

    @cached_property
    def told(self) -> dict[str, dict[str, list[Row]]]:
        """What each document tells of each event, by the ids of the two."""
        return self._said_by("source_id")

    @cached_property
    def spoken(self) -> dict[str, dict[str, list[Row]]]:
        """What each actor says of each event, by the ids of the two."""
        return self._said_by("speaker_id")

    def _said_by(self, key: str) -> dict[str, dict[str, list[Row]]]:
        found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for event_id in self.in_order(self.events):
            for said in self.said.get(event_id, []):
                found[said[key]][event_id].append(said)
        return {key: dict(events) for key, events in found.items()}

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
    def counted(self) -> dict[str, dict[str, Row]]:
        """The figures that each document gives, by the ids of the two."""
        figures, found = self.by_key("figures"), defaultdict[str, dict[str, Row]](dict)
        for said in self["attestations"]:
            if said["record_id"] in figures:
                found[said["source_id"]][said["record_id"]] = figures[said["record_id"]]
        return found

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
        """The place on the map of an event: where it was observed, else aimed, or the nearest around that has a point."""
        ends = (event["place_id"], event["target_place_id"])
        chain = (place for end in ends if end for place in hierarchy.chain(self.places, end, "within"))
        return next((place["place_id"] for place in chain if place["latitude"] is not None), None)

    def places_of(self, event: Row) -> list[str]:
        """The places where an event was observed or aimed at, and all that hold them."""
        ends = (event["place_id"], event["target_place_id"])
        chains = (hierarchy.chain(self.places, end, "within") for end in ends if end)
        return sorted({place["place_id"] for chain in chains for place in chain})

    def _grouped(self, table: str, key: str, find: Any) -> dict[str, list[Any]]:
        found = defaultdict(list)
        for row in self[table]:
            found[row[key]].append(find(row))
        return found
