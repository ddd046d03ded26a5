"""What was known by a day: the tables as a build would make them from the documents that had been published by then.

A register of actors or places has no time. Titles, notes and numbers of attacks are the coder's, figures as they are printed:
these stand as they are today. Of the other cells of an event only those stand that somebody had vouched for; one that nobody
vouches for to this day is the coder's inference, and stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from timeline.columns import Column, codebook
from timeline.dates import Day
from timeline.derive import derive, derive_actors, derive_event
from timeline.normalise import Row
from timeline.rules.figures import inputs
from timeline.schema import arrow_schema
from timeline.transcription import LASTING, VOUCHING, Tables, Transcription, is_on_many

TABLES = (
    "events",
    "attestations",
    "figures",
    "relations",
    "alternatives",
    "actors",
    "places",
    "sources",
    "coverage",
    "event_actors",
    "reconciliation",
)
AS_TRANSCRIBED = ("attestations", "relations", "actors", "places", "sources", "coverage")
# the cells of an event that somebody must have vouched for
CELLS = (
    "date",
    "time_of_day",
    "initiators",
    "interceptors",
    "targets",
    "target_place_id",
    "target_described",
    "place_id",
    "origin_place_id",
    "weapons",
    "outcome",
)
OBSERVED = ("interceptors", "place_id", "outcome")  # which an initiator's word that it acted does not cover


def table(tables: Tables, name: str, day: Day) -> pa.Table:
    """A published table as of a day, from all that is transcribed today."""
    return of_known(Transcription(known_by(tables, day)), name)


def of_known(data: Transcription, name: str) -> pa.Table:
    """A published table of what is known."""
    if name == "events":
        rows = [derive_event(data, event) for event in data["events"]]
    elif name == "event_actors":
        rows = [row for event in data["events"] for row in derive_actors(data, event)]
    elif name in AS_TRANSCRIBED:
        rows = [*data[name]]
    else:
        rows = derive(data)[name]
    columns = {c.name: [None if row[c.name] == () else row[c.name] for row in rows] for c in codebook().tables[name].columns}
    return pa.Table.from_pydict(columns, schema=arrow_schema(codebook().tables[name]))


def transcribed(name: str, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The transcribed rows of a table, out of the published ones."""
    columns = codebook().tables[name].transcribed()
    # what voices attest stands among the second readings, too, with its speaker
    typed = (row for row in rows if name != "alternatives" or row["speaker_id"] is None)
    return [Row({c.name: tuple(row[c.name] or ()) if c.type == "list" else row[c.name] for c in columns}) for row in typed]


def known_by(tables: Tables, day: Day) -> Tables:
    """The transcribed rows that rest on documents certainly published by a day."""
    whole = Transcription(tables)
    out = {source_id for source_id, source in whole.sources.items() if (last := _out_by(source)) and last <= day}
    # what they retell had been published before them
    sources = out.union(*(whole.derived_from[source_id] for source_id in out))
    said = [voice for voice in tables["attestations"] if voice["source_id"] in out]
    heard = Transcription({**tables, "attestations": said})
    events = [event for event in tables["events"] if _is_told(heard, whole, event["event_id"])]
    figures = _figures(heard, whole, {event["event_id"] for event in events})
    records = {event["event_id"] for event in events} | {figure["figure_id"] for figure in figures}
    known = [voice for voice in said if voice["record_id"] in records or is_on_many(voice["record_id"])]
    return _as_known(
        heard,
        whole,
        {
            **tables,
            "events": events,
            "figures": figures,
            "attestations": known,
            "sources": [source for source in tables["sources"] if source["source_id"] in sources],
            # paragraphs are accounted for by what is said in them, which must all be there
            "coverage": [row for row in tables["coverage"] if row["source_id"] in out] if len(known) == len(said) else [],
            "relations": [
                link
                for link in tables["relations"]
                if {link["from_id"], link["to_id"]} <= records and link["source_id"] in {None, *out}
            ],
            "alternatives": [
                other for other in tables["alternatives"] if other["record_id"] in records and other["source_id"] in out
            ],
        },
    )


def _out_by(source: Row) -> Day | None:
    """The day by which a document was certainly published: the last that it may be of, and no later than when it was read."""
    published = source.date("published")
    last = published.end if published else None
    return min((day for day in (last, source["accessed"]) if day is not None), default=None)


def _is_told(heard: Transcription, whole: Transcription, record_id: str) -> bool:
    """Whether somebody had vouched for a record; or had spoken of it, where nobody vouches for it to this day."""
    known, all_of_them = ([voice["stance"] for voice in data.said_of(record_id)] for data in (heard, whole))
    return bool(known) and (not set(known).isdisjoint(VOUCHING) or set(all_of_them).isdisjoint(VOUCHING))


def _figures(heard: Transcription, whole: Transcription, events: set[str]) -> list[Row]:
    """The figures that somebody had told, about events that are known; and what is derived of them alone."""
    about = {figure["figure_id"]: figure for figure in heard["figures"] if figure["event_id"] in {None, *events}}
    told = {figure_id for figure_id in about if _is_told(heard, whole, figure_id)}
    while more := {n for n, f in about.items() if n not in told and f["derivation"] and told.issuperset(inputs(f))}:
        told |= more
    return [figure for figure_id, figure in about.items() if figure_id in told]


def _as_known(heard: Transcription, whole: Transcription, known: Tables) -> Tables:
    """The same with the cells of events as they were known, and with voices and second readings held against these."""
    columns = codebook().tables["events"]
    events = [_event(heard, whole, event) for event in known["events"]]
    changed = {
        (event["event_id"], name): (columns[name], before[name], event[name])
        for before, event in zip(known["events"], events, strict=True)
        for name in CELLS
        if event[name] != before[name]
    }

    def is_other(reading: Row) -> bool:
        column, _, now = changed.get((reading["record_id"], reading["column"]), (None, None, None))
        return column is None or not column.same(reading["value"], now)

    voices = [_voice(voice, *changed.get((voice["record_id"], voice["aspect"]), ())) for voice in known["attestations"]]
    readings = [reading for reading in known["alternatives"] if is_other(reading)]
    return {**known, "events": events, "attestations": voices, "alternatives": readings}


def _voice(voice: Row, column: Column | None = None, before: Any = None, now: Any = None) -> Row:
    """A voice whose value stands only where it differs from the record, of which a cell has changed."""
    if column is None:
        return voice
    value = voice["value"] or column.print(before)
    return Row({**voice, "value": None if column.same(value, now) else value})


def _event(heard: Transcription, whole: Transcription, event: Row) -> Row:
    """An event with the cells that somebody had vouched for, or else what most of those who spoke of them had said."""
    columns = codebook().tables["events"]
    cells = {name: _cell(heard, whole, event, columns[name]) for name in CELLS}
    if cells["date"] is None:
        cells["date"] = event["date"] if event["event_type"] in LASTING else f"[..{_first_told(heard, event)}]"
    return Row({**event, **cells})


def _cell(heard: Transcription, whole: Transcription, event: Row, column: Column) -> Any:
    """A cell as it was known."""
    nothing = () if column.type == "list" else None
    agree, given = _witnesses(heard, event, column.name)
    if event[column.name] == nothing or agree or not _witnesses(whole, event, column.name)[0]:
        return event[column.name]
    said = Counter(given)
    return column.parse(min(said, key=lambda text: (-said[text], text))) if said else nothing


def _witnesses(data: Transcription, event: Row, name: str) -> tuple[bool, list[str]]:
    """Whether somebody vouches for a cell of an event as it stands, and the other values that are given.

    Who says that the event happened vouches for its cells as well, unless the same voice gives another value.
    """
    # that nothing was found is told by who denies that it happened
    stances = (*VOUCHING, "denies") if name == "outcome" else VOUCHING
    voices = [voice for voice in data.said_of(event["event_id"]) if voice["stance"] in stances]
    if name in OBSERVED:
        witnesses = [voice for voice in voices if not data.is_side_of(event, voice["speaker_id"])]
    else:
        witnesses = voices if name != "origin_place_id" else []
    spoken = [voice for voice in (witnesses if name == "outcome" else voices) if voice["aspect"] == name]
    given = [voice for voice in spoken if voice["value"] is not None]
    differ = {(voice["source_id"], voice["speaker_id"]) for voice in given}
    at_large = [v for v in witnesses if v["aspect"] == "occurrence" and (v["source_id"], v["speaker_id"]) not in differ]
    names_itself = name == "initiators" and any(voice["stance"] == "claims" for voice in voices)
    return len(given) < len(spoken) or bool(at_large) or names_itself, [voice["value"] for voice in given]


def _first_told(heard: Transcription, event: Row) -> Day:
    """The day by which the first document on an event was certainly published."""
    documents = (heard.sources[voice["source_id"]] for voice in heard.said_of(event["event_id"]))
    return min(filter(None, map(_out_by, documents)))
