"""The five questions of the tutorial, answered from the published tables when the site is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from timeline import dates
from timeline.charts import at_least
from timeline.columns import codebook
from timeline.site.content import Content, Row

AUTHORSHIP = ("initiators", "origin_place_id")  # who confirms only these confirms no attack
COUNTED = ("date", "attacks_low", "attacks_high")  # columns that bear on a count by month
OPPOSING = ("denies", "doubts")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """Another reading of a claimed attack, and by how much it would change the least and greatest number of a month.

    `others` are the values that go together, as one place of a document gives them; `otherwise` is the event with them;
    `given` is all that gives the first of these values, that one first.
    """

    others: tuple[Row, ...]
    given: tuple[Row, ...]
    event: Row
    otherwise: Row
    changes: Mapping[str, Range]

    @property
    def columns(self) -> list[str]:
        """The columns that it has otherwise."""
        return [other["column"] for other in self.others]


class Answers:
    """What the tables answer to the five questions, about the claimed attacks of the dataset's own scope."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.months = [row for row in content["completeness"] if "/" not in row["period"]]

    @cached_property
    def _own(self) -> list[Row]:
        """The attacks of the dataset's scope, by date."""
        ordered = (self.content.events[event_id] for event_id in self.content.in_order(self.content.events))
        return [event for event in ordered if (event["event_type"], event["scope"]) == ("attack", "israel")]

    @cached_property
    def attacks(self) -> list[Row]:
        """The attacks of the dataset's scope, each once: where some are parts of another, the parts."""
        return [event for event in self._own if event["event_id"] not in self.content.sums]

    @cached_property
    def sums(self) -> list[Row]:
        """The attacks of that scope that sum up others, and are left out."""
        return [event for event in self._own if event["event_id"] in self.content.sums]

    @cached_property
    def claims(self) -> list[Row]:
        """Those that somebody claims."""
        return [event for event in self.attacks if self.content.is_claimed(event["event_id"])]

    def of_status(self, status: str) -> list[Row]:
        """The claimed ones of a status."""
        return [event for event in self.claims if event["claim_status"] == status]

    @cached_property
    def confirmed(self) -> dict[str, Range]:
        """For each month the claimed attacks that are confirmed: one of each row at least, all of it at most."""
        least = self.content.confirmed_at_least
        rows = [{**event, "attacks_low": least(event), "possibly_same_as": None} for event in self.of_status("confirmed")]
        return {row["period"]: _added(rows, row["period"]) for row in self.months}

    @property
    def attacked(self) -> str | None:
        """The country of those that the dataset is about."""
        actor = self.content.actors.get(codebook().scope["israel"])
        return actor["country_iso3"] if actor else None

    @cached_property
    def acknowledged_by_attacked(self) -> list[Row]:
        """The claimed and confirmed attacks that a voice of that country confirms."""
        voices = {speaker_id for speaker_id in self._confirming if self._country(speaker_id) == self.attacked}
        heard = {event_id for speaker_id in voices for event_id in self._confirming[speaker_id]}
        return [event for event in self.of_status("confirmed") if self.attacked and event["event_id"] in heard]

    def _country(self, actor_id: str) -> str | None:
        country: str | None = self.content.actors[actor_id]["country_iso3"]
        return country

    @cached_property
    def confirming(self) -> list[tuple[str, int]]:
        """Who confirms any of the claimed and confirmed attacks, and how many rows each."""
        return _by_number({actor_id: len(events) for actor_id, events in self._confirming.items()})

    @cached_property
    def _confirming(self) -> dict[str, set[str]]:
        heard: dict[str, set[str]] = defaultdict(set)
        for event in self.of_status("confirmed"):
            for said in self.content.said_of(event["event_id"]):
                if said["stance"] == "confirms" and said["aspect"] not in AUTHORSHIP:
                    heard[said["speaker_id"]].add(event["event_id"])
        return heard

    @cached_property
    def countries(self) -> list[tuple[str, int]]:
        """The countries whose voices confirm them, and how many rows each."""
        heard: dict[str, set[str]] = defaultdict(set)
        for actor_id, events in self._confirming.items():
            if country := self._country(actor_id):
                heard[self._names_of_countries.get(country, country)] |= events
        return _by_number({country: len(events) for country, events in heard.items()})

    @cached_property
    def _names_of_countries(self) -> Mapping[str | None, str]:
        countries = (place for place in self.content["places"] if place["place_type"] == "country" and place["country_iso3"])
        return {place["country_iso3"]: place["name"] for place in countries}

    @cached_property
    def unclaimed(self) -> list[Row]:
        """The attacks that are confirmed, and that nobody claims under this row."""
        claimed = {event["event_id"] for event in self.claims}
        return [e for e in self.attacks if e["claim_status"] == "confirmed" and e["event_id"] not in claimed]

    def may_be(self, events: Iterable[Row], others: Iterable[Row]) -> list[Row]:
        """Those of some events that may be the same as any of others."""
        ids = {event["event_id"] for event in others}
        return [event for event in events if self._twins[event["event_id"]] & ids]

    @cached_property
    def _twins(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for link in self.content["relations"]:
            if link["relation"] == "possibly_same_as":
                found[link["from_id"]].add(link["to_id"])
                found[link["to_id"]].add(link["from_id"])
        return found

    @cached_property
    def acknowledged(self) -> list[Row]:
        """All attacks that are confirmed, of whatever scope."""
        return [event for event in self.content["events"] if event["claim_status"] == "confirmed"]

    @cached_property
    def besides(self) -> list[tuple[str, list[Row]]]:
        """What voices other than the claimant's do about attacks only claimed: each stance, and the attacks."""
        heard: dict[str, list[Row]] = defaultdict(list)
        for event in self.of_status("claimed"):
            for stance in {said["stance"] for said in self.content.said_of(event["event_id"])} - {"claims"}:
                heard[stance].append(event)
        return sorted(heard.items(), key=lambda item: (-len(item[1]), item[0]))

    @cached_property
    def doubted(self) -> tuple[int, list[tuple[str, int]]]:
        """Of how many attacks only claimed something is denied or doubted; and what, as columns with the number of each."""
        doubted = [
            {said["aspect"] for said in self.content.said_of(event["event_id"]) if said["stance"] in OPPOSING}
            for event in self.of_status("claimed")
        ]
        return sum(map(bool, doubted)), _by_number(Counter(aspect for aspects in doubted for aspect in aspects))

    @cached_property
    def alone(self) -> list[Row]:
        """The attacks that are only claimed, and of which nobody but claimants speaks."""
        return [event for event in self.of_status("claimed") if self.content.is_only_claimed(event["event_id"])]

    @cached_property
    def example(self) -> tuple[Row, str, list[Row]] | None:
        """Of the contested claims one, and the document that has the most to tell of it: event, document, what it says."""
        found = [
            (len({(said["speaker_id"], said["stance"]) for said in voices}), event["event_id"], source_id)
            for event in self.of_status("contested") or self.claims
            for source_id, told in self.content.told.items()
            if (voices := told.get(event["event_id"]))
        ]
        if not found:
            return None
        _, event_id, source_id = min(found, key=lambda item: (-item[0], item[1:]))
        return self.content.events[event_id], source_id, self.content.told[source_id][event_id]

    @cached_property
    def readings(self) -> list[Reading]:
        """The other readings of claimed attacks that would change the number of a month, each taken alone."""
        given: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        claims = {event["event_id"]: event for event in self.claims}
        for other in sorted(self.content["alternatives"], key=lambda other: other["speaker_id"] or ""):
            if other["record_id"] in claims and other["column"] in COUNTED:
                given[other["record_id"], other["column"], other["value"]].append(other)
        together: dict[tuple[str, ...], list[list[Row]]] = defaultdict(list)
        for _, same in sorted(given.items()):
            first = same[0]
            together[first["record_id"], first["source_id"], str(first["paragraph"]), first["reason"]].append(same)
        read = (self._read(claims[event_id], group) for (event_id, *_), group in together.items())
        return [reading for reading in read if reading.changes]

    def _read(self, event: Row, group: list[list[Row]]) -> Reading:
        # a date that leaves room for the recorded one changes nothing
        rivals = [same for same in group if same[0]["column"] != "date" or is_rival(event, same[0])]
        others = tuple(same[0] for same in rivals)
        values = {other["column"]: other["value"] for other in others}
        otherwise = {**event, **{name: value if name == "date" else int(value) for name, value in values.items()}}
        otherwise["attacks_low"] = min(otherwise["attacks_low"], otherwise["attacks_high"])
        changes = {}
        for month in (row["period"] for row in self.months):
            before, after = _added([event], month), _added([otherwise], month)
            if before != after:
                changes[month] = (after[0] - before[0], after[1] - before[1])
        return Reading(others, tuple(rivals[0]) if rivals else (), event, otherwise, changes)


def days(month: str) -> tuple[str, str]:
    """The first and the last day of a month, as the address of the explorer has them."""
    date = dates.parse(month)
    return str(date.start), str(date.end)


def is_rival(event: Row, other: Row) -> bool:
    """Whether another date of an event leaves no room for the recorded one."""
    recorded = dates.parse(event["date"])
    return not dates.parse(other["value"]).possibly_in(recorded.start, recorded.end)


def total(events: Iterable[Row], least: Callable[[Row], int] = at_least) -> Range:
    """How many attacks some rows stand for at least and at most; by `least`, of each how many count as the least."""
    rows = list(events)
    return sum(map(least, rows)), sum(event["attacks_high"] for event in rows)


def _added(events: Iterable[Row], month: str) -> Range:
    """How many attacks certainly, and possibly, lie in a month; a row that may be another adds nothing to the least number."""
    period, low, high = dates.parse(month), 0, 0
    for event in events:
        date = dates.parse(event["date"])
        if date.certainly_in(period.start, period.end) and not event["possibly_same_as"]:
            low += event["attacks_low"]
        if date.possibly_in(period.start, period.end):
            high += event["attacks_high"]
    return low, high


def _by_number(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
