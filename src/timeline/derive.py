"""What nobody types: the derived columns, and the tables made from others. Each rule is in the codebook."""

from __future__ import annotations

from typing import Any

from timeline import dates, hierarchy
from timeline.agreement import agreement
from timeline.columns import codebook
from timeline.completeness import completeness
from timeline.days import days
from timeline.normalise import Row
from timeline.reconciliation import reconcile, reported
from timeline.scope import scope
from timeline.status import authorship, claim_status, independent_voices
from timeline.transcription import LASTING, VOUCHING, Transcription

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
        "completeness": completeness(data),
        "agreement": agreement(data),
        "days": days(data),
    }
    return {table.name: sorted(derived[table.name], key=_order(table.primary_key)) for table in codebook().tables.values()}


def _event(data: Transcription, event: Row) -> Values:
    place, target_place = (data.places.get(event[column]) for column in ("place_id", "target_place_id"))
    sources = {said["source_id"] for said in data.said_of(event["event_id"])}
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
        "first_reported": min(filter(None, map(data.published_day, sources)), default=None),
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


def _location(data: Transcription, place: Row | None, target_place: Row | None) -> Values:
    """The place where it was observed, else the one aimed at."""
    basis, shown = ("observed", place) if place else ("claimed", target_place) if target_place else (None, None)
    chain = hierarchy.chain(data.places, shown["place_id"], "within") if shown else []
    regions = [other["name"] for other in chain if data.is_division(other["place_id"])]
    copied = ("country_iso3", "latitude", "longitude", "where_prec")
    return {
        "location_basis": basis,
        **{column: shown[column] if shown else None for column in copied},
        "adm_1": regions[0] if regions else None,
    }


def _casualties(data: Transcription, event: Row, measure: str) -> Values:
    """The bounds of an event's own figures of people killed or injured; best where one number is printed that fits all.

    Figures of one measure are rival totals; one that is part of another adds nothing.
    """
    counts = [
        (figure, *reported(figure))
        for figure in data.figures_of(event["event_id"])
        if figure["measure"] == measure and figure["unit"] == "count" and not data.links_from(figure["figure_id"], "part_of")
    ]
    numbered = [(figure["value_best"], low, high) for figure, low, high in counts if (low, high) != (None, None)]
    bests = {best for best, _, _ in numbered if best is not None}
    fitting = [n for n in bests if all((low is None or n >= low) and (high is None or n <= high) for _, low, high in numbered)]
    lows = [low for _, low, _ in numbered if low is not None]
    highs = [high for _, _, high in numbered if high is not None]
    return {
        f"{measure}_low": int(min(lows)) if lows else None,
        f"{measure}_best": int(fitting[0]) if len(bests) == len(fitting) == 1 else None,
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
