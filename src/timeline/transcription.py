"""The transcribed tables as values, with the ways in which rules and derivations look things up in them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from timeline import hierarchy
from timeline.columns import Column, codebook
from timeline.normalise import Row

Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Transcription:
    """Normalised tables by name; every lookup is made once, when it is first asked for."""

    tables: Tables

    def __getitem__(self, name: str) -> list[Row]:
        return self.tables[name]

    def is_sound(self, name: str) -> bool:
        """Whether no cell of a table is broken, so that what is missing from it is missing indeed."""
        return all(row.sound for row in self.tables[name])

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

    @cached_property
    def voices(self) -> dict[str, list[Row]]:
        """The attestations on each record, by its id."""
        voices: dict[str, list[Row]] = defaultdict(list)
        for said in self.tables["attestations"]:
            voices[said["record_id"]].append(said)
        return voices

    @cached_property
    def figures_of(self) -> dict[str, list[Row]]:
        """The figures about each event, by its id."""
        figures: dict[str, list[Row]] = defaultdict(list)
        for figure in self.tables["figures"]:
            if figure["event_id"]:
                figures[figure["event_id"]].append(figure)
        return figures

    @cached_property
    def affiliations(self) -> hierarchy.Above:
        return hierarchy.above(self.tables["actors"], "actor_id", "affiliations")

    @cached_property
    def within(self) -> hierarchy.Above:
        return hierarchy.above(self.tables["places"], "place_id", "within")

    @cached_property
    def derived_from(self) -> hierarchy.Above:
        return hierarchy.above(self.tables["sources"], "source_id", "derived_from")

    @cached_property
    def maybe_another(self) -> set[str]:
        """The records that are, or are one of, another: possibly_same_as leads from them."""
        return {link["from_id"] for link in self.tables["relations"] if link["relation"] == "possibly_same_as"}

    @cached_property
    def itemised_by_parts(self) -> set[str]:
        """The records of which attacks are part: those count, and the whole does not."""
        return {
            link["to_id"]
            for link in self.tables["relations"]
            if link["relation"] == "part_of" and link["from_id"] in self.attacks
        }

    def bodies(self, actor_id: str) -> frozenset[str]:
        """An actor and all bodies that it belongs to or speaks for."""
        return hierarchy.with_self(self.affiliations, actor_id)

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
        keys = {row[codebook().tables[name].primary_key[0]] for name in column.references for row in self.tables[name]}
        return keys.issuperset(column.items(text))

    def _by_key(self, name: str) -> dict[str, Row]:
        key = codebook().tables[name].primary_key[0]
        return {row[key]: row for row in self.tables[name] if row[key] is not None}
