"""What an event must satisfy beyond its cells."""

from __future__ import annotations

from collections.abc import Iterator

from timeline import dates, hierarchy
from timeline.kinds import Question, Reads
from timeline.normalise import Row
from timeline.rules.order import ascending, is_after
from timeline.transcription import VOUCHING, Transcription

FORCE = ("attack", "series", "war")


def attack_has_its_number(_: Transcription, event: Row) -> Iterator[str]:
    """An attack needs attacks_low and attacks_high: how many attacks the row stands for."""
    yield from (c for c in ("attacks_low", "attacks_high") if event["event_type"] == "attack" and event[c] is None)


def only_attacks_are_counted(_: Transcription, event: Row) -> Iterator[str]:
    """Only an attack has attacks_low and attacks_high; a series is never counted."""
    yield from (c for c in ("attacks_low", "attacks_high") if event["event_type"] != "attack" and event[c] is not None)


def attacks_are_in_order(_: Transcription, event: Row) -> Iterator[str]:
    """attacks_low is not greater than attacks_high."""
    if not ascending(event["attacks_low"], event["attacks_high"]):
        yield "attacks_low"


def only_force_has_weapons(_: Transcription, event: Row) -> Iterator[str]:
    """Only an attack, a series or a war has weapons, interceptors or an outcome."""
    yield from (c for c in ("weapons", "interceptors", "outcome") if event["event_type"] not in FORCE and event[c])


def series_lies_in_a_span(_: Transcription, event: Row) -> Iterator[str]:
    """A series has a span or a plain date; a set in brackets is one moment."""
    if event["event_type"] == "series" and _is_set(event["date"]):
        yield "date"


def event_is_not_after_its_report(data: Transcription, event: Row) -> Iterator[str]:
    """No event begins after the publication that reports it; days are local, so one day more may pass."""
    if is_after(event.date(), data.first_report(event["event_id"])):
        yield "date"


def outcome_has_a_witness(data: Transcription, event: Row) -> Iterator[str]:
    """An outcome needs a voice on occurrence or outcome that is not the initiator's."""
    if event["outcome"] and not any(
        said["aspect"] in ("occurrence", "outcome")
        and said["stance"] in (*VOUCHING, "denies")
        and not data.is_side_of(event, said["speaker_id"])
        for said in data.said_of(event["event_id"])
    ):
        yield from _if_heard(data, event, "outcome")


def origin_has_a_voice(data: Transcription, event: Row) -> Iterator[str]:
    """origin_place_id is set only if a voice says so for this event, or names a place within it or that holds it."""
    origin = event["origin_place_id"]
    if not origin:
        return
    named = {
        said["value"] or origin
        for said in data.said_of(event["event_id"])
        if said["aspect"] == "origin_place_id" and said["stance"] in VOUCHING
    }
    related = hierarchy.with_self(data.within, origin)
    if not any(place in related or origin in data.within.get(place, ()) for place in named):
        yield from _if_heard(data, event, "origin_place_id")


def attack_is_vouched_for(data: Transcription, event: Row) -> Iterator[str]:
    """An attack needs somebody who claims, confirms, reports or assesses it."""
    stances = {said["stance"] for said in data.said_of(event["event_id"])}
    if event["event_type"] == "attack" and stances and not stances & set(VOUCHING):
        yield from _if_heard(data, event, "event_id")


def claim_has_a_claimant(data: Transcription, event: Row) -> Iterator[str]:
    """A claim needs a claimant: an event that somebody claims names its initiators."""
    if not event["initiators"] and any(said["stance"] == "claims" for said in data.said_of(event["event_id"])):
        yield "initiators"


def event_has_a_voice(data: Transcription, event: Row) -> Iterator[str]:
    """Every event needs an attestation: who says so, and where."""
    if not data.said_of(event["event_id"]):
        yield from _if_heard(data, event, "event_id")


def _if_heard(data: Transcription, event: Row, column: str) -> Iterator[str]:
    """A column, unless what is said of the event could not all be read."""
    if data.is_heard(event["event_id"]):
        yield column


def _start(date: str) -> dates.Day | None:
    return dates.parse(date).start


def _is_set(date: str | None) -> bool:
    return (date or "").startswith("[")


# each is asked of every event, and reads no more of it than this (`kinds.py`)
READS: dict[Question, Reads] = {
    attack_has_its_number: ("event_type", "attacks_low", "attacks_high"),
    only_attacks_are_counted: ("event_type", "attacks_low", "attacks_high"),
    attacks_are_in_order: ("attacks_low", "attacks_high"),
    only_force_has_weapons: ("event_type", ("weapons", bool), ("interceptors", bool), ("outcome", bool)),
    series_lies_in_a_span: ("event_type", ("date", _is_set)),
    event_is_not_after_its_report: ("event_id", ("date", _start)),
    outcome_has_a_witness: ("event_id", "initiators", ("outcome", bool)),
    origin_has_a_voice: ("event_id", "origin_place_id"),
    attack_is_vouched_for: ("event_id", "event_type"),
    claim_has_a_claimant: ("event_id", ("initiators", bool)),
    event_has_a_voice: ("event_id",),
}
# those that may break no more once all that is said of the event can be read
HEARD = (outcome_has_a_witness, origin_has_a_voice, attack_is_vouched_for, event_has_a_voice)
