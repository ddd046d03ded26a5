"""How far an attack is vouched for, and by how many voices: the published rules of claim_status and authorship."""

from __future__ import annotations

from collections.abc import Iterator

from timeline import hierarchy
from timeline.columns import LIST_DELIMITER
from timeline.normalise import Row
from timeline.transcription import FACTUAL, STATES, VOUCHING, Transcription

AUTHORSHIP = ("initiators", "origin_place_id")
OFFICIALS = (*STATES, "person", "unnamed_voice")


def claim_status(data: Transcription, event: Row) -> str | None:
    """The first that holds of confirmed, contested, claimed, reported, presumed; None for all that is no attack."""
    if event["event_type"] != "attack":
        return None
    voices = data.said_of(event["event_id"])
    stances = {said["stance"] for said in voices}
    is_claimed = any(_is_own_claim(data, event, said) for said in voices)
    is_opposed = any(said["stance"] in ("denies", "doubts") and said["aspect"] == "occurrence" for said in voices)
    if any(_confirms_officially(data, event, said) for said in voices):
        return "confirmed"
    if is_claimed:
        return "contested" if is_opposed else "claimed"
    return "reported" if stances & set(FACTUAL) else "presumed"


def authorship(data: Transcription, event: Row) -> str | None:
    """How it is known who did it: disputed, claimed, attributed, presumed or unattributed; None for all that is no attack."""
    if event["event_type"] != "attack":
        return None
    voices = data.said_of(event["event_id"])
    named = [said for said in voices if said["aspect"] in AUTHORSHIP]
    is_named = bool(event["initiators"] or event["origin_place_id"])
    whole = {said["stance"] for said in voices if said["aspect"] == "occurrence" and is_named}
    if _is_disputed(data, event):
        return "disputed"
    if any(_is_own_claim(data, event, said) for said in voices):
        return "claimed"
    if "reports" in whole or any(said["stance"] in FACTUAL for said in named):
        return "attributed"
    if "assesses" in whole or any(said["stance"] == "assesses" for said in named):
        return "presumed"
    return "unattributed"


def independent_voices(data: Transcription, event: Row) -> int:
    """Number of distinct voices that claim, confirm or report a record, as the codebook counts them.

    Voices that share a mark are one. Those with the fewest are taken first, so that one who draws on two others does
    not make one of them.
    """
    voices = {_voice_marks(data, said) for said in data.said_of(event["event_id"]) if said["stance"] in FACTUAL}
    taken: set[str] = set()
    count = 0
    for marks in sorted(voices, key=lambda marks: (len(marks), sorted(marks))):
        count += not marks & taken
        taken |= marks if not marks & taken else set()
    return count


def _voice_marks(data: Transcription, said: Row) -> frozenset[str]:
    """What makes two voices one: a body that both belong to, or a document that both come from.

    A medium is known by the documents that its own derives from, and by who speaks there, so that neither a reprint nor a
    retelling is a second witness. A party whose own document others retell is known by that document too.
    """
    speaker = data.actors[said["speaker_id"]]
    source = data.sources[said["source_id"]]
    marks = {f"actor {top}" for top in hierarchy.tops(data.affiliations, said["speaker_id"])}
    if speaker["actor_type"] == "medium" or source["source_type"] in ("group_statement", "official"):
        marks |= {f"source {top}" for top in hierarchy.tops(data.derived_from, said["source_id"])}
    if speaker["actor_type"] == "medium":
        retold = data.derived_from.get(said["source_id"], frozenset())
        heard = [
            other for other in data.said_of(said["record_id"]) if other["stance"] in FACTUAL and other["source_id"] in retold
        ]
        marks |= {f"actor {top}" for other in heard for top in hierarchy.tops(data.affiliations, other["speaker_id"])}
    return frozenset(marks)


def _is_own_claim(data: Transcription, event: Row, said: Row) -> bool:
    return said["stance"] == "claims" and data.is_side_of(event, said["speaker_id"])


def _confirms_officially(data: Transcription, event: Row, said: Row) -> bool:
    """Whether a voice is official, not the initiator's, of a state concerned, and bears the event out."""
    if said["stance"] != "confirms" or said["aspect"] in AUTHORSHIP:
        return False
    bodies = [data.actors[body] for body in data.bodies(said["speaker_id"])]
    if data.actors[said["speaker_id"]]["actor_type"] not in OFFICIALS or any(b["actor_type"] == "medium" for b in bodies):
        return False
    states = _states(data, (said["speaker_id"],))
    concerned = _states(data, event["targets"]) | _states(data, event["interceptors"]) | _states_of_place(data, event)
    return bool(states & concerned - _states(data, event["initiators"]))


def _states(data: Transcription, actor_ids: tuple[str, ...]) -> set[str]:
    """The states that actors are, belong to or speak for; a state body without a state stands for itself."""
    bodies = data.all_bodies(actor_ids)
    return {body for body in bodies if body in data.actors and data.actors[body]["actor_type"] in STATES}


def _states_of_place(data: Transcription, event: Row) -> set[str]:
    """The states in whose country the event was observed, or else was aimed at."""
    place = data.places.get(event["place_id"] or event["target_place_id"])
    country = place["country_iso3"] if place else None
    return {
        actor_id
        for actor_id, actor in data.actors.items()
        if country and actor["actor_type"] == "state" and actor["country_iso3"] == country
    }


def _is_disputed(data: Transcription, event: Row) -> bool:
    """Whether voices name different initiators or origins, or one denies those of the record."""
    voices = data.said_of(event["event_id"])
    for aspect in AUTHORSHIP:
        recorded = _as_set(event[aspect])
        named = set(_named(data, event, aspect))
        denied = [_value(said, recorded) for said in voices if said["aspect"] == aspect and said["stance"] == "denies"]
        if any(recorded and _agree(data, aspect, recorded, other) for other in denied):
            return True
        if any(not _agree(data, aspect, one, other) for one in named for other in named):
            return True
    strangers = [said for said in voices if said["stance"] == "claims" and not _is_own_claim(data, event, said)]
    return bool(event["initiators"] and strangers)


def _named(data: Transcription, event: Row, aspect: str) -> Iterator[frozenset[str]]:
    """The initiators, or origins, that each voice names, be it as fact or as judgement."""
    recorded = _as_set(event[aspect])
    for said in data.said_of(event["event_id"]):
        if said["aspect"] == aspect and said["stance"] in VOUCHING:
            yield _value(said, recorded)
        elif said["aspect"] == "occurrence" and said["stance"] in ("reports", "assesses"):
            yield recorded
        elif said["stance"] == "claims" and aspect == "initiators":
            # who claims a joint attack as one of its initiators does not name the others away
            yield recorded if _is_own_claim(data, event, said) else frozenset({said["speaker_id"]})


def _value(said: Row, recorded: frozenset[str]) -> frozenset[str]:
    """What a voice says of a column: its own value, else that of the record."""
    return frozenset(said["value"].split(LIST_DELIMITER)) if said["value"] else recorded


def _agree(data: Transcription, aspect: str, one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one of these is, belongs to or holds one of those, or either names nothing that could contradict."""
    is_place = aspect == "origin_place_id"
    if not one or not other or (is_place and any(data.is_vague(place_id) for place_id in one | other)):
        return True
    above = data.within if is_place else data.affiliations
    return any(a in hierarchy.with_self(above, b) or b in hierarchy.with_self(above, a) for a in one for b in other)


def _as_set(value: tuple[str, ...] | str | None) -> frozenset[str]:
    return frozenset(value) if isinstance(value, tuple) else frozenset({value} if value else ())
