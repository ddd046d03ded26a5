"""What is told of one record, as data: its row, the same in words, and what other tables say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from timeline.columns import Column, Table, codebook
from timeline.dataset import Dataset
from timeline.names import Unknown
from timeline.phrases import in_words

Row = Mapping[str, Any]
Sections = dict[str, list[dict[str, Any]]]
KINDS = ("events", "figures", "attestations", "actors", "places", "sources", "withdrawn")
# what the other columns, the head or a section tells as well
_TOLD = {
    "events": {"title", "target_place", "place", "latitude", "longitude", "part_of", "possibly_same_as", "location_basis"},
    "figures": {"period_start", "period_end"},
    "actors": {"name"},
    "places": {"name"},
    "sources": {"title", "fingerprint"},
    "withdrawn": {"withdrawn_in"},
}
_OF_DATE = re.compile(r"date_.+")
_PLAIN = ("event_type", "scope", "time_of_day", "weapons")  # words that speak for themselves
_BOUNDED = re.compile(r"(.+)_(low|best|high)")


@dataclass(frozen=True, slots=True)
class Card:
    """A record: of which table, its row, its cells in words with what they mean, and the rows of others on it."""

    kind: str
    record_id: str
    title: str
    row: Row
    facts: dict[str, tuple[str, str]]
    sections: Sections

    def as_data(self) -> dict[str, Any]:
        """What of it is for programs."""
        return {"kind": self.kind, "id": self.record_id, "title": self.title, "record": self.row, **self.sections}


class Cards:
    """The cards of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def of(self, record_id: str) -> list[Card]:
        """The cards of an id, which may be that of an actor and of a place; Unknown, with the nearest ids, if of none."""
        wanted = {record_id, record_id.upper(), record_id.lower()}
        tables = [codebook().tables[kind] for kind in KINDS]
        if found := [self._card(table, row) for table in tables for row in self._rows(table.name, _key(table), wanted)]:
            return found
        ids = [self.dataset.load(t.name, columns=[_key(t)], engine="pyarrow").column(0).to_pylist() for t in tables]
        raise Unknown("record", record_id, (record for some in ids for record in some))

    def _card(self, table: Table, row: Row) -> Card:
        record_id = row[_key(table)]
        facts, sections = self._facts(table, row), {}
        if table.name in ("events", "figures"):
            sections = self._beside_record(record_id)
        elif table.name == "actors":
            said = self._rows("attestations", "speaker_id", [record_id])
            roles = self._rows("event_actors", "actor_id", [record_id])
            members = [other for other in self._rows("actors") if record_id in (other["affiliations"] or ())]
            facts["attestations"] = _counted(said)
            sections = {"events": self._events(roles), "members": members}
        elif table.name == "places":
            columns = ("place_id", "target_place_id", "origin_place_id")
            there = [event for column in columns for event in self._rows("events", column, [record_id])]
            sections = {"events": self._events(there), "places": self._rows("places", "within", [record_id])}
        elif table.name == "sources":
            said = self._rows("attestations", "source_id", [record_id])
            facts["attestations"] = _counted(said)
            about = {one["record_id"] for one in said}
            sections = {
                "events": self._events({"event_id": event_id} for event_id in about),
                "figures": self._figures("figure_id", about),
            }
        kind = "tombstone" if table.name == "withdrawn" else table.name.removesuffix("s")
        return Card(kind, record_id, self._title(table.name, row), row, facts, _filled(sections))

    def _rows(self, table: str, column: str = "", values: Iterable[str] = ()) -> list[dict[str, Any]]:
        """The rows of a table that have one of some values in a column, or all."""
        filters = [(column, "in", list(values))] if column else None
        rows: list[dict[str, Any]] = self.dataset.load(table, engine="pyarrow", filters=filters).to_pylist()
        return rows

    def _events(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Events in the order of their dates, each once, with the roles that the rows give."""
        roles: dict[str, list[str]] = {}
        for row in rows:
            roles.setdefault(row["event_id"], []).extend([row["role"]] if "role" in row else [])
        events = self._rows("events", "event_id", roles)
        events.sort(key=lambda event: str(event["date_start"] or event["date_end"]))
        kept = ("event_id", "date", "claim_status", "title")
        return [{**{name: event[name] for name in kept}, "roles": roles[event["event_id"]]} for event in events]

    def _figures(self, column: str, values: Iterable[str]) -> list[dict[str, Any]]:
        table = codebook().tables["figures"]
        return [{**row, "number": _number(table, row, "value")} for row in self._rows("figures", column, values)]

    def _beside_record(self, record_id: str) -> Sections:
        said = self.dataset.evidence(record_id).astype(object)
        attestations: list[Any] = said.where(said.notna(), None).to_dict("records")
        alternatives = self._rows("alternatives", "record_id", [record_id])
        for row in (*attestations, *alternatives):
            row["speaker_name"] = self._name(("actors",), row["speaker_id"]) if row["speaker_id"] else None
            row["value_name"] = self._value(row.get("aspect") or row["column"], row["value"])
        for row in alternatives:
            row["publisher"] = self._names["sources"].get(row["source_id"], row["source_id"])
        return {
            "attestations": attestations,
            "alternatives": alternatives,
            "figures": self._figures("event_id", [record_id]),
            "relations": [*self._relations("from_id", "to_id", record_id), *self._relations("to_id", "from_id", record_id)],
        }

    def _relations(self, ours: str, theirs: str, record_id: str) -> list[dict[str, Any]]:
        links = self._rows("relations", ours, [record_id])
        ids = [link[theirs] for link in links]
        titles = {
            row[key]: self._title(table, row)
            for table, key in (("events", "event_id"), ("figures", "figure_id"))
            for row in self._rows(table, key, ids)
        }
        return [{**link, "other_id": link[theirs], "other_title": titles.get(link[theirs], "")} for link in links]

    def _facts(self, table: Table, row: Row) -> dict[str, tuple[str, str]]:
        """The cells of a row that are not empty, by what a person calls the column, each with what it means."""
        told = {_key(table)} | _TOLD.get(table.name, set())
        facts = {}
        for column in table.columns:
            if column.name in told or _OF_DATE.match(column.name) or row.get(column.name) is None:
                continue
            if bounded := _BOUNDED.fullmatch(column.name):
                facts[label(bounded[1])] = (_number(table, row, bounded[1]), "")
            else:
                facts[label(column.name)] = self._cell(column, row[column.name])
        return facts

    def _cell(self, column: Column, value: Any) -> tuple[str, str]:
        items = value if isinstance(value, list) else [value]
        if column.references:
            return ", ".join(self._name(column.references, item) for item in items), ""
        text = ", ".join(items) if column.type == "list" else column.print(value)
        if column.format == "edtf":
            return text, in_words(text)
        if column.name == "where_prec":
            return text, dict(re.findall(r"(\d) (.+?)(?=, \d |\.$)", column.description)).get(text, "")
        defined = codebook().vocabularies[column.vocabulary] if column.vocabulary and column.name not in _PLAIN else {}
        return text, defined.get(text, "")

    def _value(self, aspect: str, value: str | None) -> str | None:
        """What a voice says of a column, with names for ids."""
        tables = [codebook().tables[name] for name in ("events", "figures")]
        column = next((column for table in tables for column in table.columns if column.name == aspect), None)
        if value is None or column is None or not column.references:
            return value
        return ", ".join(self._name(column.references, item) for item in column.items(value))

    def _name(self, tables: Sequence[str], record_id: str) -> str:
        return next((names[record_id] for table in tables if record_id in (names := self._names.get(table, {}))), record_id)

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """What the registers call those that are in them."""
        named = (("actors", "actor_id", "name"), ("places", "place_id", "name"), ("sources", "source_id", "publisher"))
        return {table: {row[key]: row[name] for row in self._rows(table)} for table, key, name in named}

    def _title(self, table: str, row: Row) -> str:
        if table == "figures":
            return f"{row['measure']}: {row['wording'] or row['derivation'] or row['qualifier']}"
        if table == "attestations":
            return f"{self._name(('actors',), row['speaker_id'])} {row['stance']} {row['aspect']} of {row['record_id']}"
        return str(row.get("title") or row.get("name") or f"withdrawn in {row.get('withdrawn_in')}")


def label(column: str) -> str:
    """What a person calls a column."""
    return column.removeprefix("n_").removesuffix("_id").replace("_", " ")


def _key(table: Table) -> str:
    return table.primary_key[0]


def _counted(said: Sequence[Row]) -> tuple[str, str]:
    return str(len(said)), f"on {len({one['record_id'] for one in said})} events and figures"


def _filled(sections: Sections) -> Sections:
    return {name: rows for name, rows in sections.items() if rows}


def _number(table: Table, row: Row, stem: str) -> str:
    """A number and its bounds, as far as they are known."""
    print_ = table[f"{stem}_low"].print
    low, best, high = (print_(row.get(f"{stem}_{end}")) for end in ("low", "best", "high"))
    if low and high:
        bounds = low if low == high else f"{low} to {high}"
    else:
        bounds = f"at least {low}" if low else f"at most {high}" if high else ""
    return f"{best} ({bounds})" if best and bounds not in ("", best) else best or bounds
