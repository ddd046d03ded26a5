"""What nobody types: the derived columns, and the tables made from others. Each rule is in the codebook."""

from __future__ import annotations

from typing import Any

from timeline import dates, hierarchy
from timeline.columns import codebook
from timeline.normalise import Row
from timeline.reconciliation import reconcile, reported
from timeline.status import authorship, claim_status, independent_voices
from timeline.transcription import STATES, VOUCHING, Transcription

Values = dict[str, Any]
LASTING = ("series", "war")
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
    sources = {said["source_id"] for said in data.said_of(event["event_id"])}
    published = [day for day in (data.sources[source_id]["published"] for source_id in sources) if day]
    return {
        **event,
        **_date(event),
        **_location(data, place, target_place),
        **_casualties(data, event, "killed"),
        **_casualties(data, event, "injured"),
        "claim_status": claim_status(data, event),
        "authorship": authorship(data, event),
        "scope": scope(data, event),
        "part_of": data.links_from(event["event_id"], "part_of"),
        "possibly_same_as": data.links_from(event["event_id"], "possibly_same_as"),
        "target_place": target_place["name"] if target_place else None,
        "place": place["name"] if place else None,
        "first_reported": min(published, default=None),
        "n_sources": len(sources),
        "n_independent_sources": independent_voices(data, event),
    }


def _date(event: Row) -> Values:
    """Bounds, precision and kind of an event's date; a series or a war lasts, however its date is written."""
    date = dates.parse(event["date"])
    return {
        "date_start": date.start,
        "date_end": date.end,
        "date_prec": date.precision,
        "date_kind": "span" if event["event_type"] in LASTING else date.kind,
        "date_uncertain": date.uncertain,
        "date_approximate": date.approximate,
    }


def scope(data: Transcription, event: Row) -> str:
    """Which of the attacks of this dataset an event is, or context; the definition is in the codebook."""
    limits = codebook().scope
    initiators = [data.actors[actor_id] for actor_id in event["initiators"]]
    acts_from_there = any(
        actor["country_iso3"] == limits["initiators_country"] and not _is_of_a_state(data, actor) for actor in initiators
    )
    origin = data.places.get(event["origin_place_id"])
    is_from_elsewhere = origin is not None and origin["country_iso3"] not in (None, limits["initiators_country"])
    if event["event_type"] not in ("attack", "series") or (not acts_from_there if initiators else is_from_elsewhere):
        return "context"
    if not _overlaps(dates.parse(event["date"]), limits["from"], limits["to"]):
        return "context"
    attacked = data.all_bodies(event["targets"])
    return next((name for name in ("israel", "us_forces") if limits[name] in attacked), "context")


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
    """The bounds of an event's own figures of people killed or injured; best where all that print a number agree.

    Figures of one measure are rival totals; one that is part of another adds nothing.
    """
    counts = [
        (figure, *reported(figure))
        for figure in data.figures_of(event["event_id"])
        if figure["measure"] == measure and figure["unit"] == "count" and not data.links_from(figure["figure_id"], "part_of")
    ]
    numbered = [(figure["value_best"], low, high) for figure, low, high in counts if (low, high) != (None, None)]
    bests = {best for best, _, _ in numbered}
    lows = [low or 0 for _, low, _ in numbered]
    highs = [high for _, _, high in numbered if high is not None]
    return {
        f"{measure}_low": int(min(lows)) if lows else None,
        f"{measure}_best": int(min(bests)) if len(bests) == 1 and None not in bests else None,
        f"{measure}_high": int(max(highs)) if highs and len(highs) == len(numbered) else None,
    }


def _figure(figure: Row) -> Values:
    period = figure.date("period")
    return {**figure, "period_start": period and period.start, "period_end": period and period.end}


def _alternatives(data: Transcription) -> list[Values]:
    """The second readings, and the attested values that differ from the record."""
    readings: list[Values] = [{**other, "speaker_id": None} for other in data["alternatives"]]
    attested: dict[tuple[str, ...], Values] = {}
    for said in data["attestations"]:
        if said["value"] and said["stance"] in VOUCHING:
            row = {"record_id": said["record_id"], "column": said["aspect"], "value": said["value"]}
            row |= {column: said[column] for column in ("source_id", "paragraph", "speaker_id")}
            where = f"{said['attestation_id']} ({said['stance']})"
            known = attested.get(tuple(row.values()))
            attested[tuple(row.values())] = row | {
                "reason": f"{known['reason']}, {where}" if known else f"Attested in {where}"
            }
    return readings + list(attested.values())


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
