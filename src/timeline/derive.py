"""What nobody types: the derived columns, and the tables made from others. Each rule is in the codebook."""

from __future__ import annotations

from typing import Any

from timeline import dates, hierarchy
from timeline.columns import codebook
from timeline.normalise import Row, date_columns
from timeline.reconciliation import reconcile
from timeline.status import authorship, claim_status, independent_voices
from timeline.transcription import Transcription

Values = dict[str, Any]
ROLES = (("initiators", "initiator"), ("targets", "target"), ("interceptors", "interceptor"))


def derive(data: Transcription) -> dict[str, list[Values]]:
    """The rows of every published table, each sorted by its key."""
    derived: dict[str, list[Values]] = {
        **{table.name: list(data[table.name]) for table in codebook().raw_tables()},
        "events": [_event(data, event) for event in data["events"]],
        "figures": [_figure(figure) for figure in data["figures"]],
        "alternatives": _alternatives(data),
        "event_actors": _event_actors(data),
        "reconciliation": reconcile(data),
    }
    return {table.name: sorted(derived[table.name], key=_order(table.primary_key)) for table in codebook().tables.values()}


def _event(data: Transcription, event: Row) -> Values:
    place, target_place = (data.places.get(event[column]) for column in ("place_id", "target_place_id"))
    sources = {said["source_id"] for said in data.voices[event["event_id"]]}
    published = [day for day in (data.sources[source_id]["published"] for source_id in sources) if day]
    return {
        **event,
        **date_columns(dates.parse(event["date"])),
        **_location(data, place, target_place),
        **_casualties(data, event, "killed"),
        **_casualties(data, event, "injured"),
        "claim_status": claim_status(data, event),
        "authorship": authorship(data, event),
        "scope": scope(data, event),
        "target_place": target_place["name"] if target_place else None,
        "place": place["name"] if place else None,
        "first_reported": min(published, default=None),
        "n_sources": len(sources),
        "n_independent_sources": independent_voices(data, event),
    }


def scope(data: Transcription, event: Row) -> str:
    """Which of the attacks of this dataset an event is, or context; the definition is in the codebook."""
    limits = codebook().scope
    initiators = [data.actors[actor_id] for actor_id in event["initiators"]]
    acts_from_there = any(
        actor["country_iso3"] == limits["initiators_country"] and not _is_of_a_state(data, actor) for actor in initiators
    )
    if event["event_type"] not in ("attack", "series") or (initiators and not acts_from_there):
        return "context"
    date = dates.parse(event["date"])
    if not any(bound and limits["from"] <= bound <= limits["to"] for bound in (date.start, date.end)):
        return "context"
    attacked = data.all_bodies(event["targets"])
    return next((name for name in ("israel", "us_forces") if limits[name] in attacked), "context")


def _is_of_a_state(data: Transcription, actor: Row) -> bool:
    bodies = (data.actors[body] for body in data.bodies(actor["actor_id"]))
    return any(body["actor_type"] in ("state", "state_body") for body in bodies)


def _location(data: Transcription, place: Row | None, target_place: Row | None) -> Values:
    """The place where it was observed, else the one aimed at."""
    basis, shown = ("observed", place) if place else ("claimed", target_place) if target_place else (None, None)
    chain = hierarchy.chain(data.places, shown["place_id"], "within") if shown else []
    regions = [other["name"] for other in chain if other["place_type"] == "region" and other["where_prec"] == 4]
    copied = ("country_iso3", "latitude", "longitude", "where_prec")
    return {
        "location_basis": basis,
        **{column: shown[column] if shown else None for column in copied},
        "adm_1": regions[0] if regions else None,
    }


def _casualties(data: Transcription, event: Row, measure: str) -> Values:
    """The bounds of an event's own figures of people killed or injured; best where all that print a number agree."""
    counts = [f for f in data.figures_of[event["event_id"]] if f["measure"] == measure and f["unit"] == "count"]
    numbered = [f for f in counts if any(f[column] is not None for column in ("value_low", "value_best", "value_high"))]
    lows = [_first(f["value_low"], f["value_best"], 0) for f in numbered]
    bests = {f["value_best"] for f in numbered}
    highs = [_first(f["value_high"], f["value_best"]) for f in numbered]
    return {
        f"{measure}_low": int(min(lows)) if lows else None,
        f"{measure}_best": int(min(bests)) if len(bests) == 1 and None not in bests else None,
        f"{measure}_high": int(max(highs)) if highs and None not in highs else None,
    }


def _figure(figure: Row) -> Values:
    period = figure.date("period")
    return {**figure, "period_start": period and period.start, "period_end": period and period.end}


def _alternatives(data: Transcription) -> list[Values]:
    """The second readings, and the attested values that differ from the record."""
    readings: list[Values] = [{**other, "speaker_id": None} for other in data["alternatives"]]
    attested: list[Values] = [
        {
            "record_id": said["record_id"],
            "column": said["aspect"],
            "value": said["value"],
            "reason": f"Attested in {said['attestation_id']} ({said['stance']}).",
            "source_id": said["source_id"],
            "paragraph": said["paragraph"],
            "speaker_id": said["speaker_id"],
        }
        for said in data["attestations"]
        if said["value"]
    ]
    return readings + attested


def _event_actors(data: Transcription) -> list[Values]:
    pairs = {
        (event["event_id"], actor_id, role) for event in data["events"] for column, role in ROLES for actor_id in event[column]
    }
    pairs |= {
        (said["record_id"], said["speaker_id"], "claimant")
        for said in data["attestations"]
        if said["stance"] == "claims" and said["record_id"] in data.events
    }
    return [{"event_id": event_id, "actor_id": actor_id, "role": role} for event_id, actor_id, role in pairs]


def _order(key: tuple[str, ...]) -> Any:
    return lambda row: tuple((row[column] is not None, row[column] if row[column] is not None else "") for column in key)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
