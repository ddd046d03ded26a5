"""The transcribed tables as values, with the ways in which rules and derivations look things up in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from timeline import dates, hierarchy
from timeline.columns import Column, codebook
from timeline.normalise import Row

Tables = dict[str, list[Row]]
FACTUAL = ("claims", "confirms", "reports")
VOUCHING = (*FACTUAL, "assesses")
STATES = ("state", "state_body")
LASTING = ("series", "war")
# places that neither hold nor exclude a country: what comes "from the east" may come from Iraq
VAGUE_PLACES = ("bearing", "border_area", "world_region")
ON_MANY = "*"  # behind the beginning of the ids of all records that a voice speaks of


def is_on_many(record_id: str | None) -> bool:
    """Whether it stands for all records whose ids begin alike."""
    return record_id is not None and record_id.endswith(ON_MANY)


@dataclass(frozen=True)
class Transcription:
    """Normalised tables by name; every lookup is made once, when it is first asked for."""

    tables: Tables
    # the beginnings of the ids of events that are not among the tables, since nothing but voices on many speaks of them
    begun: frozenset[str] = frozenset()
    is_open: bool = False  # whether events are still to come

    def __getitem__(self, name: str) -> list[Row]:
        return self.tables[name]

    def is_heard(self, record_id: str | None) -> bool:
        """Whether all that is said of a record could be read, so that what is missing is missing indeed."""
        return self.is_all_named and all(said.sound for said in self.said_of(record_id))

    @cached_property
    def is_all_named(self) -> bool:
        """Whether every attestation is on a record that is there, so that none is missed elsewhere."""
        return self.is_open or all(
            said["record_id"] in self.records or is_on_many(said["record_id"]) for said in self.tables["attestations"]
        )

    @cached_property
    def events(self) -> dict[str, Row]:
        return self._by_key("events")

    @cached_property
    def attacks(self) -> dict[str, Row]:
        return {event_id: event for event_id, event in self.events.items() if event["event_type"] == "attack"}

    @cached_property
    def figures(self) -> dict[str, Row]:
        return self._by_key("figures")

    @cached_property
    def records(self) -> dict[str, Row]:
        """Events and figures, by id."""
        return {**self.events, **self.figures}

    @cached_property
    def actors(self) -> dict[str, Row]:
        return self._by_key("actors")

    @cached_property
    def places(self) -> dict[str, Row]:
        return self._by_key("places")

    @cached_property
    def sources(self) -> dict[str, Row]:
        return self._by_key("sources")

    def published_day(self, source_id: str) -> dates.Day | None:
        """The day on which a document appeared, if it prints one."""
        published = self.sources[source_id].date("published")
        return published.start if published and published.is_known_day else None

    def appeared_by(self, source_id: str | None) -> dates.Day | None:
        """The last day on which a document may have appeared, if it tells one."""
        source = self.sources.get(source_id or "")
        published = source.date("published") if source is not None else None
        return published and published.wide_end

    def first_report(self, record_id: str | None) -> dates.Day | None:
        """The last day on which the first document that speaks of a record may have appeared, if one tells its day."""
        if record_id not in self._first_reports:
            days = (self.appeared_by(said["source_id"]) for said in self.said_of(record_id))
            self._first_reports[record_id] = min(filter(None, days), default=None)
        return self._first_reports[record_id]

    @cached_property
    def _first_reports(self) -> dict[str | None, dates.Day | None]:
        return {}

    def said_of(self, record_id: str | None) -> list[Row]:
        """The attestations on a record, and those on many records that it is one of."""
        said: list[Row] = self._said.get(record_id, [])
        return said + self.said_of_many(record_id) if self._on_many else said

    def said_of_many(self, record_id: str | None) -> list[Row]:
        """The attestations on all records whose ids begin as an id does."""
        return [said for start, said in self._on_many if record_id is not None and record_id.startswith(start)]

    @cached_property
    def _on_many(self) -> list[tuple[str, Row]]:
        return [(s["record_id"].removesuffix(ON_MANY), s) for s in self.tables["attestations"] if is_on_many(s["record_id"])]

    def figures_of(self, event_id: str) -> list[Row]:
        """The figures about one event."""
        return self._figures.get(event_id, [])

    def links_from(self, record_id: str, relation: str) -> tuple[str, ...]:
        """The records to which a relation leads from a record, in order."""
        return tuple(sorted(link["to_id"] for link in self._links.get((record_id, relation), [])))

    @cached_property
    def _said(self) -> dict[Any, list[Row]]:
        return _grouped([said for said in self.tables["attestations"] if not is_on_many(said["record_id"])], "record_id")

    @cached_property
    def _figures(self) -> dict[Any, list[Row]]:
        return _grouped(self.tables["figures"], "event_id")

    @cached_property
    def _links(self) -> dict[Any, list[Row]]:
        return _grouped(self.tables["relations"], "from_id", "relation")

    @cached_property
    def affiliations(self) -> hierarchy.Above:
        return hierarchy.above(self.tables["actors"], "actor_id", "affiliations")

    @cached_property
    def within(self) -> hierarchy.Above:
        return hierarchy.above(self.tables["places"], "place_id", "within")

    @cached_property
    def derived_from(self) -> hierarchy.Above:
        return hierarchy.above(self.tables["sources"], "source_id", "derived_from")

    def linked(self, relation: str) -> hierarchy.Above:
        """For each record those to which a relation leads from it, at whatever remove."""
        direct: dict[str, tuple[str, ...]] = {}
        for link in self.tables["relations"]:
            if link["relation"] == relation and link["from_id"] and link["to_id"]:
                direct[link["from_id"]] = (*direct.get(link["from_id"], ()), link["to_id"])
        return hierarchy.above([{"id": record_id, "to": to} for record_id, to in direct.items()], "id", "to")

    @cached_property
    def itemised_by_parts(self) -> frozenset[str]:
        """The records of which attacks are part, at whatever remove: those count, and the whole does not."""
        wholes = self.linked("part_of")
        return frozenset[str]().union(*(wholes.get(event_id, frozenset()) for event_id in self.attacks))

    def bodies(self, actor_id: str) -> frozenset[str]:
        """An actor and all bodies that it belongs to or speaks for."""
        return hierarchy.with_self(self.affiliations, actor_id)

    def is_side_of(self, event: Row, speaker_id: str) -> bool:
        """Whether a voice is an initiator of an event, speaks for one, or is a body of one."""
        speaks_for_one = bool(self.bodies(speaker_id) & set(event["initiators"]))
        return speaks_for_one or speaker_id in self.all_bodies(event["initiators"])

    def is_vague(self, place_id: str) -> bool:
        """Whether a place neither holds nor excludes a country."""
        return place_id in self.places and self.places[place_id]["place_type"] in VAGUE_PLACES

    def is_division(self, place_id: str) -> bool:
        """Whether a place is a first-order administrative division."""
        place = self.places.get(place_id)
        return place is not None and place["place_type"] == "region" and place["where_prec"] == 4

    def all_bodies(self, actor_ids: tuple[str, ...]) -> frozenset[str]:
        """Several actors and all bodies that they belong to or speak for."""
        return frozenset[str]().union(*map(self.bodies, actor_ids))

    def column(self, record_id: str, name: str) -> Column | None:
        """The transcribed column of that name in a record's table."""
        table = codebook().tables["events" if record_id in self.events else "figures"]
        return table[name] if name in table.raw else None

    def could_hold(self, column: Column, text: str) -> bool:
        """Whether a column could hold a value: its constraints, and the keys it must resolve to."""
        if not all(holds(text) for holds, _ in column.rules().values()):
            return False
        if not column.references:
            return True
        return all(any(item in self._keys[name] for name in column.references) for item in column.items(text))

    @cached_property
    def _keys(self) -> dict[str, set[Any]]:
        """The keys of each table."""
        return {name: {row[codebook().tables[name].primary_key[0]] for row in rows} for name, rows in self.tables.items()}

    def _by_key(self, name: str) -> dict[str, Row]:
        key = codebook().tables[name].primary_key[0]
        return {row[key]: row for row in self.tables[name] if row[key] is not None}


def _grouped(rows: list[Row], *columns: str) -> dict[Any, list[Row]]:
    """Rows by the value of a column, or by the values of several."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        groups.setdefault(key if len(columns) > 1 else key[0], []).append(row)
    return groups
