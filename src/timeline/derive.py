"""What nobody types: the derived columns, and the tables made from others. Each rule is in the codebook."""

from __future__ import annotations

from typing import Any

from timeline import dates, hierarchy
from timeline.agreement import agreement
from timeline.columns import codebook
from timeline.completeness import completeness
from timeline.days import days
from timeline.kinds import Question, Reads
from timeline.normalise import Row
from timeline.reconciliation import reconcile, reported
from timeline.scope import scope
from timeline.status import authorship, claim_status, independent_voices
from timeline.transcription import LASTING, VOUCHING, Transcription

Values = dict[str, Any]
Answer = tuple[Any, ...]
ROLES = (("initiators", "initiator"), ("targets", "target"), ("interceptors", "interceptor"))


def derive(data: Transcription) -> dict[str, list[Values]]:
    """The rows of every published table but `events` and `event_actors`, each sorted by its key."""
    derived: dict[str, list[Values]] = {
        **{table.name: list(data[table.name]) for table in codebook().raw_tables() if table.name != "events"},
        "figures": [_figure(figure) for figure in data["figures"]],
        "alternatives": _alternatives(data),
        "reconciliation": reconcile(data),
        "completeness": completeness(data),
        "agreement": agreement(data),
        "days": days(data),
    }
    return {name: sorted(rows, key=_order(codebook().tables[name].primary_key)) for name, rows in derived.items()}


def derive_event(data: Transcription, event: Row) -> Values:
    """An event with its derived columns."""
    parts = ((names, part(data, event)) for part, (names, _) in PARTS.items())
    return {
        **event,
        "scope": scope(data, event),
        **{n: v for names, values in parts for n, v in zip(names, values, strict=True)},
    }


def _date(_: Transcription, event: Row) -> Answer:
    date = dates.parse(event["date"])
    return date.start, date.end, date.precision, date.uncertain, date.approximate


def _date_kind(_: Transcription, event: Row) -> Answer:
    """A series or a war lasts, however its date is written."""
    return ("span" if event["event_type"] in LASTING else _kind(event["date"]),)


def _kind(date: str) -> str:
    return dates.parse(date).kind


def _place(data: Transcription, event: Row) -> Answer:
    place = data.places.get(event["place_id"])
    return (place["name"] if place else None,)


def _target_place(data: Transcription, event: Row) -> Answer:
    place = data.places.get(event["target_place_id"])
    return (place["name"] if place else None,)


def _basis(_: Transcription, event: Row) -> Answer:
    return ("observed" if event["place_id"] else "claimed" if event["target_place_id"] else None,)


def _location(data: Transcription, event: Row) -> Answer:
    """The place where it was observed, else the one aimed at."""
    shown = data.places.get(event["place_id"] or event["target_place_id"])
    if shown is None:
        return (None,) * 5
    chain = hierarchy.chain(data.places, shown["place_id"], "within")
    region = next((other["name"] for other in chain if data.is_division(other["place_id"])), None)
    return shown["country_iso3"], region, shown["latitude"], shown["longitude"], shown["where_prec"]


def _status(data: Transcription, event: Row) -> Answer:
    return (claim_status(data, event),)


def _authorship(data: Transcription, event: Row) -> Answer:
    return (authorship(data, event),)


def _voices(data: Transcription, event: Row) -> Answer:
    sources = {said["source_id"] for said in data.said_of(event["event_id"])}
    first = min(filter(None, map(data.published_day, sources)), default=None)
    return first, len(sources), independent_voices(data, event)


def _links(data: Transcription, event: Row) -> Answer:
    return tuple(data.links_from(event["event_id"], relation) for relation in ("part_of", "possibly_same_as"))


def _killed(data: Transcription, event: Row) -> Answer:
    return _casualties(data, event, "killed")


def _injured(data: Transcription, event: Row) -> Answer:
    return _casualties(data, event, "injured")


def _casualties(data: Transcription, event: Row, measure: str) -> Answer:
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
    best = int(fitting[0]) if len(bests) == len(fitting) == 1 else None
    return int(min(lows)) if lows else None, best, int(max(highs)) if highs and len(highs) == len(numbered) else None


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


def derive_actors(data: Transcription, event: Row) -> list[Values]:
    """The actors of an event, each once in each role: those of its lists, and who claims it; sorted."""
    claimants = (said["speaker_id"] for said in data.said_of(event["event_id"]) if said["stance"] == "claims")
    pairs = {(actor_id, role) for column, role in ROLES for actor_id in event[column]} | {(c, "claimant") for c in claimants}
    return [{"event_id": event["event_id"], "actor_id": actor_id, "role": role} for actor_id, role in sorted(pairs)]


# what is derived of an event: the columns, and what each part reads if only voices on many speak of the event (`kinds.py`)
PARTS: dict[Question, tuple[tuple[str, ...], Reads]] = {
    _date: (("date_start", "date_end", "date_prec", "date_uncertain", "date_approximate"), ("date",)),
    _date_kind: (("date_kind",), ("event_type", ("date", _kind))),
    _place: (("place",), ("place_id",)),
    _target_place: (("target_place",), ("target_place_id",)),
    _basis: (("location_basis",), (("place_id", bool), ("target_place_id", bool))),
    _location: (("country_iso3", "adm_1", "latitude", "longitude", "where_prec"), ("place_id|target_place_id",)),
    _status: (("claim_status",), ("event_id", "event_type")),
    _authorship: (("authorship",), ("event_id", "event_type", ("initiators", bool), ("origin_place_id", bool))),
    _voices: (("first_reported", "n_sources", "n_independent_sources"), ("event_id",)),
    _killed: (("killed_low", "killed_best", "killed_high"), ("event_id",)),
    _injured: (("injured_low", "injured_best", "injured_high"), ("event_id",)),
    _links: (("part_of", "possibly_same_as"), ("event_id",)),
}


def _order(key: tuple[str, ...]) -> Any:
    return lambda row: tuple((row[column] is not None, row[column] if row[column] is not None else "") for column in key)
