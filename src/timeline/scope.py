"""Which events are the attacks that this dataset is about; the definition is in the codebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from timeline import dates
from timeline.columns import codebook
from timeline.normalise import Row
from timeline.transcription import STATES, VOUCHING, Transcription


def scope(data: Transcription, event: Row) -> str:
    """Which of the attacks of this dataset an event is, or context; the definition is in the codebook."""
    return decide(event["event_type"], event["initiators"], *(ask(data, event) for ask in READS))


def decide(event_type: str, initiators: Sequence[str], *answers: Any) -> str:
    """The scope of an event, by the answers to what it depends on; of the initiators, only whether there are any."""
    acts, elsewhere, in_period, found = answers
    if event_type not in ("attack", "series") or not in_period or (not acts if initiators else elsewhere):
        return "context"
    return str(found)


def acts_from_there(data: Transcription, event: Row) -> bool:
    """Whether one of the initiators is of the country of this dataset, and not of its state."""
    initiators = [data.actors[actor_id] for actor_id in event["initiators"]]
    country = codebook().scope["initiators_country"]
    return any(actor["country_iso3"] == country and not _is_of_a_state(data, actor) for actor in initiators)


def is_from_elsewhere(data: Transcription, event: Row) -> bool:
    """Whether an attack is said to come from another country, and nobody says that it came from the one of this dataset."""
    said = data.said_of(event["event_id"])
    named = {voice["value"] for voice in said if voice["aspect"] == "origin_place_id" and voice["stance"] in VOUCHING}
    origins = [data.places[place] for place in {event["origin_place_id"], *named} if place in data.places]
    countries = {place["country_iso3"] for place in origins} - {None}
    return bool(countries) and codebook().scope["initiators_country"] not in countries


def is_in_period(_: Transcription, event: Row) -> bool:
    """Whether its date reaches into the period of this dataset."""
    return _reaches_in(event["date"])


def _reaches_in(date: str) -> bool:
    return _overlaps(dates.parse(date), codebook().scope["from"], codebook().scope["to"])


def attacked(data: Transcription, event: Row) -> str:
    """Which of those that this dataset is about were attacked; context if none of them."""
    bodies = data.all_bodies(event["targets"])
    return next((name for name in ("israel", "us_forces") if codebook().scope[name] in bodies), "context")


# what the scope depends on, and the columns of an event that each reads
READS = {
    acts_from_there: ("initiators",),
    is_from_elsewhere: ("event_id", "origin_place_id"),
    is_in_period: (("date", _reaches_in),),
    attacked: ("targets",),
}


def _overlaps(date: dates.Date, first: dates.Day, last: dates.Day) -> bool:
    """Whether a date reaches into a period; where one end is unknown, rather than still open, the other decides."""
    start = date.start or date.end
    end = date.end or (last if date.is_ongoing else date.start)
    return start is not None and end is not None and start <= last and end >= first


def _is_of_a_state(data: Transcription, actor: Row) -> bool:
    """Whether an actor is a state or a body of one, or a person or voice of one; an armed group never is."""
    if actor["actor_type"] in ("armed_group", "brand", "coalition"):
        return False
    bodies = (data.actors[body] for body in data.bodies(actor["actor_id"]))
    return any(body["actor_type"] in STATES for body in bodies)


def attacks_on_israel(data: Transcription) -> list[Row]:
    """The attacks of scope `israel`, each counted once: where some are parts of another, the parts; no broken rows."""
    return [
        event
        for event_id, event in data.attacks.items()
        if is_readable(data, event) and event_id not in data.itemised_by_parts and scope(data, event) == "israel"
    ]


def is_readable(data: Transcription, event: Row) -> bool:
    """Whether an event has no broken cell, and all whom it names are registered: only then is its scope known."""
    return event.sound and data.all_bodies((*event["initiators"], *event["targets"])) <= data.actors.keys()
