"""What is published of each event, flat: one text for each word that the mapping of an export may use.

The words are the columns of `events`, where actors and places are named and not given by id, and besides

    initiator, initiator2, initiator3, initiators_rest    the first three, and those after the first; targets likewise
    initiator_type, initiator_side, initiator_iso3        of the first: its actor_type; state, group or civilians; its country
    initiators_iso3                                       the countries of all; targets likewise
    initiator_abroad                                      yes, if the event is in another country than that of the first
    mutual                                                yes, if those who carried it out are those who were attacked
    claimants, reporters, reported                        who claims it; who reports it, and when
    citation1, citation2, citation3, citations            the documents: the first three, and all
    weapon1, weapon2, weapon3                             the first three
    site, site_type, site_prec, country, adm_2            the place of the event: where it was observed, else aimed at
    point_latitude, point_longitude, point_prec, point_of the point of that place, else of the next that holds it, by its name
    first_day, last_day, middle_day                       where an end is open, the year is taken up to its own end
    open, plain_day, month, in_year, in_month, on_day     how far the date is known: its parts as numbers, 0 where not
    number, day_number                                    the id without letter and zeros; the day with a number of four digits
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from timeline import dates, hierarchy
from timeline.columns import LIST_DELIMITER, codebook
from timeline.dataset import Dataset
from timeline.transcription import STATES

BATCH = 5_000
Row = Mapping[str, Any]
Facts = dict[str, str]
# the lists of actors of an event, and the word for one of each
PARTIES = (("initiators", "initiator"), ("targets", "target"), ("interceptors", "interceptor"))
PLACES = ("place_id", "target_place_id", "origin_place_id")


class Known(NamedTuple):
    """An event's facts; and what other tables say of it, each with its text, that no row of one event has room for."""

    facts: Facts
    beside: list[tuple[str, str]]


@dataclass
class _Around:
    """What stands around the events, by the key by which they find it."""

    actors: dict[str, Row]
    places: dict[str, Row]
    sources: dict[str, Row]
    documents: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    reporters: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    claimants: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))


def known(dataset: Dataset) -> Iterator[Known]:
    """All events of a dataset, in order of their ids; ValueError if its tables are not those of the codebook."""
    around = _around(dataset)
    columns = codebook().tables["events"].columns
    days: Counter[str] = Counter()
    for event in rows(dataset, "events"):
        event_id = event["event_id"]
        facts = {column.name: column.print(event[column.name]) for column in columns}
        facts |= _who(event, around) | _how(event) | _where(event, around.places) | when(event["date"])
        facts |= _said(event_id, around)
        day = "".join(facts[part].rjust(2, "0") for part in ("in_year", "in_month", "on_day"))
        days[day] += 1
        facts |= {"number": event_id[1:].lstrip("0") or "0", "day_number": f"{day}{days[day]:04}"}
        said = around.documents.get(event_id)
        voices = [("attestations", str(said.total()))] if said else []
        yield Known(facts, voices + around.beside.get(event_id, []))


def rows(dataset: Dataset, name: str, *columns: str) -> Iterator[dict[str, Any]]:
    """The rows of a table, some at a time."""
    table = dataset.load(name, engine="pyarrow")
    wanted = columns or tuple(column.name for column in codebook().tables[name].columns)
    if missing := [column for column in wanted if column not in table.column_names]:
        raise ValueError(f"{dataset.path(name)} lacks columns of the codebook: {', '.join(missing)}")
    for batch in table.select(list(wanted)).to_batches(max_chunksize=BATCH):
        yield from batch.to_pylist()


def _around(dataset: Dataset) -> _Around:
    def register(name: str) -> dict[str, Row]:
        return {row[codebook().tables[name].primary_key[0]]: row for row in rows(dataset, name)}

    around = _Around(register("actors"), register("places"), register("sources"))
    for said in rows(dataset, "attestations", "record_id", "source_id", "speaker_id", "stated_on"):
        around.documents[said["record_id"]][said["source_id"]] += 1
        if reporter := _reporter(said, around):
            around.reporters[said["record_id"]].append(reporter)
    for actor in rows(dataset, "event_actors"):
        if actor["role"] == "claimant":
            around.claimants[actor["event_id"]].append(around.actors[actor["actor_id"]]["name"])
    for record_id, table, text in _beside(dataset):
        around.beside[record_id].append((table, text))
    return around


def _beside(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """What other tables say of events that no row of one event has room for: of which event, which table, and what."""
    for other in rows(dataset, "alternatives", "record_id", "column", "value"):
        yield other["record_id"], "alternatives", f"{other['column']}: {other['value']}"
    for figure in rows(dataset, "figures", "figure_id", "event_id", "measure", "qualifier"):
        # of those of killed and injured the events have what they come to
        if figure["event_id"] and figure["measure"] not in ("killed", "injured"):
            yield figure["event_id"], "figures", f"{figure['figure_id']}: {figure['measure']}, {figure['qualifier']}"
    for link in rows(dataset, "relations", "from_id", "relation", "to_id"):
        # of those two the events have columns
        if link["relation"] not in ("part_of", "possibly_same_as"):
            yield link["from_id"], "relations", f"{link['relation']} {link['to_id']}"


def _who(event: Row, around: _Around) -> Facts:
    found: Facts = {}
    for column, one in PARTIES:
        rows = [around.actors[actor_id] for actor_id in event[column] or ()]
        names = [row["name"] for row in rows]
        first: Row = rows[0] if rows else {"name": "", "actor_type": "", "country_iso3": None}
        is_abroad = first["country_iso3"] and event["country_iso3"] and first["country_iso3"] != event["country_iso3"]
        found |= dict(zip((one, f"{one}2", f"{one}3"), _first(names, 3), strict=True))
        found |= {
            column: _listed(names),
            f"{column}_rest": _listed(names[1:]),
            f"{column}_iso3": _listed(dict.fromkeys(row["country_iso3"] for row in rows if row["country_iso3"])),
            f"{one}_type": first["actor_type"],
            f"{one}_side": _side(first),
            f"{one}_iso3": first["country_iso3"] or "",
            f"{one}_abroad": "yes" if is_abroad else "",
        }
    return found


def _how(event: Row) -> Facts:
    weapons = dict(zip(("weapon1", "weapon2", "weapon3"), _first(event["weapons"] or (), 3), strict=True))
    initiators, targets = (set(event[column] or ()) for column in ("initiators", "targets"))
    return {**weapons, "mutual": "yes" if len(targets) > 1 and initiators == targets else ""}


def _side(actor: Row) -> str:
    """What sort of party an actor is to those who count sides."""
    if actor["name"].startswith("Civilians"):
        return "civilians"
    return "state" if actor["actor_type"] in STATES else "group" if actor["actor_type"] else ""


def _where(event: Row, places: Mapping[str, Row]) -> Facts:
    chain = hierarchy.chain(places, event["place_id"] or event["target_place_id"] or "", "within")
    site: Row = chain[0] if chain else {"name": "", "place_type": "", "where_prec": ""}
    point = next((place for place in chain if place["latitude"] is not None), None)
    number = codebook().tables["places"]["latitude"].print
    return {
        **{column: places[event[column]]["name"] if event[column] else "" for column in PLACES},
        "site": site["name"],
        "site_type": site["place_type"],
        "site_prec": str(site["where_prec"]),
        "country": next((place["name"] for place in chain if place["place_type"] == "country"), ""),
        "adm_2": next((p["name"] for p in chain[1:] if p["place_type"] == "region" and p["where_prec"] == 3), ""),
        "point_latitude": number(point["latitude"]) if point else "",
        "point_longitude": number(point["longitude"]) if point else "",
        "point_prec": str(max(site["where_prec"], point["where_prec"])) if point else "",
        "point_of": point["name"] if point and point is not site else "",
    }


def when(text: str) -> Facts:
    """The words for a date in EDTF."""
    date = dates.parse(text)
    end = date.end or _year_of(date.start, 1, datetime.date.max)
    start = date.start or _year_of(date.end, -1, datetime.date.min)
    is_one_month = not _open(date) and (start.year, start.month) == (end.year, end.month)
    return {
        "first_day": str(start),
        "last_day": str(end),
        "middle_day": str(start + (end - start) // 2),
        "open": _open(date),
        "plain_day": "yes" if date.is_known_day else "",
        "month": str(start)[:7] if is_one_month else "",
        "in_year": str(start.year if start.year == end.year else (start + (end - start) // 2).year),
        "in_month": str(start.month if is_one_month else 0),
        "on_day": str(start.day if start == end else 0),
    }


def _open(date: dates.Date) -> str:
    return "start" if date.start is None else "end" if date.end is None else ""


def _year_of(known_end: datetime.date | None, step: int, edge: datetime.date) -> datetime.date:
    """The other end of the year that holds the day next to a known end of a date."""
    try:
        beside = (known_end or edge) + datetime.timedelta(days=step)
    except OverflowError:
        return edge
    return beside.replace(month=edge.month, day=edge.day)


def _reporter(said: Row, around: _Around) -> tuple[str, str] | None:
    """Who reports in a document, and when: its publisher, or whom a dataset names; nobody where a dataset names no medium."""
    source, speaker = around.sources[said["source_id"]], around.actors[said["speaker_id"]]
    if source["source_type"] != "dataset":
        return source["published"] or "", source["publisher"]
    return (said["stated_on"] or "", speaker["name"]) if speaker["actor_type"] == "medium" else None


def _said(event_id: str, around: _Around) -> Facts:
    """Where an event was reported: each who did once, with the day of the first report."""
    rows = [around.sources[source_id] for source_id in around.documents.get(event_id, ())]
    rows.sort(key=lambda row: (row["published"] or "9", row["source_id"]))
    first: dict[str, str] = {}
    for day, name in sorted(around.reporters.get(event_id, ()), key=lambda found: (found[0] or "9", found[1])):
        first.setdefault(name, day)
    citations = [", ".join(filter(None, (row["publisher"], row["published"], row["title"]))) for row in rows]
    return {
        **{f"citation{n}": citation for n, citation in enumerate(_first(citations, 3), start=1)},
        "citations": _listed(citations),
        "reporters": _listed(first),
        "reported": LIST_DELIMITER.join(first.values()),
        "claimants": _listed(around.claimants.get(event_id, ())),
    }


def _listed(texts: Iterable[str]) -> str:
    """A list as one text; what would part it within an item is a comma there."""
    return LIST_DELIMITER.join(text.replace(LIST_DELIMITER, ",") for text in texts)


def _first(items: Iterable[str], number: int) -> list[str]:
    """So many items, of which some may be empty."""
    return ([*items] + [""] * number)[:number]
