"""How far an attack is vouched for, and by how many voices: the published rules of claim_status and authorship."""

from __future__ import annotations

from collections.abc import Iterator

from timeline import hierarchy
from timeline.columns import LIST_DELIMITER
from timeline.normalise import Row
from timeline.transcription import Transcription

AUTHORSHIP = ("initiators", "origin_place_id")
FACTUAL = ("claims", "confirms", "reports")
STATES = ("state", "state_body")


def claim_status(data: Transcription, event: Row) -> str | None:
    """The first that holds of confirmed, contested, claimed, reported, presumed; None for all that is no attack."""
    if event["event_type"] != "attack":
        return None
    voices = data.voices[event["event_id"]]
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
    voices = data.voices[event["event_id"]]
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
    """Number of distinct voices that claim, confirm or report a record, as the codebook counts them."""
    groups: list[set[str]] = []
    for said in data.voices[event["event_id"]]:
        if said["stance"] in FACTUAL:
            marks = _voice_marks(data, said)
            merged = [group for group in groups if group & marks]
            groups = [group for group in groups if not group & marks] + [marks.union(*merged)]
    return len(groups)


def _voice_marks(data: Transcription, said: Row) -> set[str]:
    """What makes two voices one: a body that both belong to, or a document that both come from.

    A medium is known by the documents that its own derives from, so that a reprint is no second witness. A party whose
    own document others retell is known by that document too.
    """
    speaker = data.actors[said["speaker_id"]]
    source = data.sources[said["source_id"]]
    marks = {f"actor {top}" for top in hierarchy.tops(data.affiliations, said["speaker_id"])}
    if speaker["actor_type"] == "medium" or source["source_type"] in ("group_statement", "official"):
        marks |= {f"source {top}" for top in hierarchy.tops(data.derived_from, said["source_id"])}
    return marks


def _is_own_claim(data: Transcription, event: Row, said: Row) -> bool:
    """Whether a voice claims the event as an initiator, for a body that is one, or as the body of one."""
    speaks_for_one = bool(data.bodies(said["speaker_id"]) & set(event["initiators"]))
    holds_one = said["speaker_id"] in data.all_bodies(event["initiators"])
    return said["stance"] == "claims" and (speaks_for_one or holds_one)


def _confirms_officially(data: Transcription, event: Row, said: Row) -> bool:
    """Whether a voice is official, not the initiator's, of a state concerned, and bears the event out."""
    if said["stance"] != "confirms" or said["aspect"] in AUTHORSHIP:
        return False
    if data.actors[said["speaker_id"]]["actor_type"] == "medium":
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
    """Whether voices name different initiators or origins, or one denies those named."""
    voices = data.voices[event["event_id"]]
    if any(said["aspect"] in AUTHORSHIP and said["stance"] == "denies" for said in voices):
        return True
    for aspect, above in (("initiators", data.affiliations), ("origin_place_id", data.within)):
        named = list(_named(data, event, aspect))
        if any(not _agree(one, other, above) for one in named for other in named):
            return True
    return False


def _named(data: Transcription, event: Row, aspect: str) -> Iterator[set[str]]:
    """The initiators, or origins, that each voice names, be it as fact or as judgement."""
    for said in data.voices[event["event_id"]]:
        if said["stance"] not in (*FACTUAL, "assesses"):
            continue
        if said["aspect"] == aspect:
            yield set(said["value"].split(LIST_DELIMITER)) if said["value"] else _as_set(event[aspect])
        elif aspect == "initiators" and said["stance"] == "claims":
            # who claims a joint attack as one of its initiators does not name the others away
            yield _as_set(event[aspect]) if _is_own_claim(data, event, said) else {said["speaker_id"]}


def _agree(one: set[str], other: set[str], above: hierarchy.Above) -> bool:
    """Whether one of these belongs to, or holds, one of those, or either is empty."""
    return (
        not one
        or not other
        or any(a in hierarchy.with_self(above, b) or b in hierarchy.with_self(above, a) for a in one for b in other)
    )


def _as_set(value: tuple[str, ...] | str | None) -> set[str]:
    return set(value) if isinstance(value, tuple) else {value} if value else set()
