"""What an event must satisfy beyond its cells."""

from __future__ import annotations

from collections.abc import Iterator

from timeline import hierarchy
from timeline.normalise import Row
from timeline.rules.order import ascending, begins_after
from timeline.transcription import VOUCHING, Transcription

FORCE = ("attack", "series", "war")


def attack_has_its_number(data: Transcription) -> Iterator[tuple[Row, str]]:
    """An attack needs attacks_low and attacks_high: how many attacks the row stands for."""
    for event in data["events"]:
        for column in ("attacks_low", "attacks_high"):
            if event["event_type"] == "attack" and event[column] is None:
                yield event, column


def only_attacks_are_counted(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Only an attack has attacks_low and attacks_high; a series is never counted."""
    for event in data["events"]:
        for column in ("attacks_low", "attacks_high"):
            if event["event_type"] != "attack" and event[column] is not None:
                yield event, column


def attacks_are_in_order(data: Transcription) -> Iterator[tuple[Row, str]]:
    """attacks_low is not greater than attacks_high."""
    for event in data["events"]:
        if not ascending(event["attacks_low"], event["attacks_high"]):
            yield event, "attacks_low"


def only_force_has_weapons(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Only an attack, a series or a war has weapons, interceptors or an outcome."""
    for event in data["events"]:
        for column in ("weapons", "interceptors", "outcome"):
            if event["event_type"] not in FORCE and event[column]:
                yield event, column


def series_lies_in_a_span(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A series has a span or a plain date; a set in brackets is one moment."""
    for event in data["events"]:
        if event["event_type"] == "series" and (event["date"] or "").startswith("["):
            yield event, "date"


def event_is_not_after_its_report(data: Transcription) -> Iterator[tuple[Row, str]]:
    """No event begins after the publication that reports it; days are local, so one day more may pass."""
    for event_id, event in data.events.items():
        reports = [data.sources.get(said["source_id"]) for said in data.said_of(event_id)]
        if any(begins_after(event, "date", source) for source in reports):
            yield event, "date"


def outcome_has_a_witness(data: Transcription) -> Iterator[tuple[Row, str]]:
    """An outcome needs a voice on occurrence or outcome that is not the initiator's."""
    for event in _heard(data):
        if event["outcome"] and not any(
            said["aspect"] in ("occurrence", "outcome")
            and said["stance"] in (*VOUCHING, "denies")
            and not data.is_side_of(event, said["speaker_id"])
            for said in data.said_of(event["event_id"])
        ):
            yield event, "outcome"


def origin_has_a_voice(data: Transcription) -> Iterator[tuple[Row, str]]:
    """origin_place_id is set only if a voice says so for this event, or names a place within it or that holds it."""
    for event in _heard(data):
        origin = event["origin_place_id"]
        named = {
            said["value"] or origin
            for said in data.said_of(event["event_id"])
            if said["aspect"] == "origin_place_id" and said["stance"] in VOUCHING
        }
        related = hierarchy.with_self(data.within, origin) if origin else frozenset()
        if origin and not any(place in related or origin in data.within.get(place, ()) for place in named):
            yield event, "origin_place_id"


def attack_is_vouched_for(data: Transcription) -> Iterator[tuple[Row, str]]:
    """An attack needs somebody who claims, confirms, reports or assesses it."""
    for event in _heard(data):
        stances = {said["stance"] for said in data.said_of(event["event_id"])}
        if event["event_type"] == "attack" and stances and not stances & set(VOUCHING):
            yield event, "event_id"


def claim_has_a_claimant(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A claim needs a claimant: an event that somebody claims names its initiators."""
    for event_id, event in data.events.items():
        if not event["initiators"] and any(said["stance"] == "claims" for said in data.said_of(event_id)):
            yield event, "initiators"


def event_has_a_voice(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Every event needs an attestation: who says so, and where."""
    for event in _heard(data):
        if not data.said_of(event["event_id"]):
            yield event, "event_id"


def _heard(data: Transcription) -> list[Row]:
    """The events of which all that is said could be read."""
    return [event for event in data["events"] if data.is_heard(event["event_id"])]


RULES = (
    attack_has_its_number,
    only_attacks_are_counted,
    attacks_are_in_order,
    only_force_has_weapons,
    series_lies_in_a_span,
    event_is_not_after_its_report,
    outcome_has_a_witness,
    origin_has_a_voice,
    attack_is_vouched_for,
    claim_has_a_claimant,
    event_has_a_voice,
)
