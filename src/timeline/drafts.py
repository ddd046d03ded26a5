"""One record of another format as rows of ours, by table: an event, what it speaks of, who says so, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from timeline import mapping
from timeline.columns import codebook
from timeline.mapping import Record, Refused
from timeline.records import Cells

BOUNDS = ("low", "best", "high")


class Voice(NamedTuple):
    """Somebody who speaks in a record, and when."""

    actor_id: str
    name: str
    actor_type: str
    stated_on: str = ""
    note: str = ""


def draft(about: Mapping[str, Any], cells: Cells, source_id: str, line: int) -> dict[str, list[Cells]]:
    """The rows that one record makes, by the mapping of its format; Refused if it makes none."""
    record = Record(cells)
    record.ids.update({name: record.cell(spec) for name, spec in about["ids"].items()})
    event = {column: record.cell(spec) for column, spec in about["event"].items()}
    event |= {name: _listed(event[name]) for name in ("initiators", "targets")}
    event["title"] = _cut(event["title"])
    figures = list(_figures(record, about, event))
    *heard, own = _heard(record, about)
    attestations = [_said(voice, event["event_id"], "occurrence") for voice in heard or [own]]
    if event["initiators"]:
        attestations.append(_said(own, event["event_id"], "initiators"))
    attestations += [_said(own, figure["figure_id"], "occurrence") for figure in figures]
    for number, said in enumerate(attestations, start=1):
        said |= {"attestation_id": f"T{event['event_id'][1:]}N{number:02}", "source_id": source_id, "paragraph": str(line)}
    actors = [{"actor_id": v.actor_id, "name": v.name, "actor_type": v.actor_type} for v in (*heard, own)]
    return {
        "events": [event],
        "figures": figures,
        "attestations": attestations,
        "actors": _made(record, about["actors"], "actor_id") + actors,
        "places": _made(record, about["places"], "place_id"),
    }


def origins(about: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """For each column of ours that a mapping fills, the columns of the other format behind it."""
    ids = {f"{{@{name}}}": mapping.columns_of(spec) for name, spec in about["ids"].items()}
    found: dict[tuple[str, str], list[str]] = {}

    def behind(table: str, block: Mapping[str, Any]) -> None:
        for column, spec in block.items():
            through = [c for name, columns in ids.items() if name in str(spec) for c in columns]
            found.setdefault((table, column), []).extend([*mapping.columns_of(spec), *through])

    behind("events", about["event"])
    behind(
        "figures", {**dict.fromkeys(("figure_id", "event_id"), about["event"]["event_id"]), "period": about["event"]["date"]}
    )
    behind("attestations", dict.fromkeys(("attestation_id", "record_id"), about["event"]["event_id"]))
    for table in ("actors", "places"):
        for block in about[table]:
            behind(table, block)
    for block in about.get("figures", ()):
        bounds = {f"value_{bound}": f"{{{block[bound]}}}" for bound in BOUNDS if bound in block}
        behind("figures", {**bounds, "qualifier": "".join(bounds.values())})
    for voice in about["voices"]:
        columns = {name: f"{{{spec['column']}}}" for name, spec in voice.items() if "column" in spec}
        behind("attestations", {"speaker_id": columns["speaker"], "note": voice.get("note", "")})
        behind("attestations", {"stated_on": columns.get("stated_on", "")})
        behind("actors", dict.fromkeys(("name", "actor_id"), columns["speaker"]))
    return found


def _made(record: Record, blocks: list[dict[str, Any]], key: str) -> list[Cells]:
    """The actors or places that a record names, each once."""
    made = [{name: record.cell(spec) for name, spec in block.items()} for block in blocks if record.cell(block[key])]
    return list({cells[key]: cells for cells in made}.values())


def _said(voice: Voice, record_id: str, aspect: str) -> Cells:
    when = {"stated_on": voice.stated_on, "note": voice.note}
    return {"record_id": record_id, "speaker_id": voice.actor_id, "stance": "reports", "aspect": aspect, **when}


def _heard(record: Record, about: Mapping[str, Any]) -> list[Voice]:
    """Who speaks in a record, each once; last the dataset's own voice, for what it codes."""
    own = Voice(mapping.slug(about["publisher"]), about["publisher"], "organisation")
    found: dict[str, Voice] = {}
    for block in about["voices"]:
        for name, stated_on in _speakers(record, block):
            actor_id = mapping.slug(name)
            # the name of an account would be a formula in a spreadsheet
            shown = f"account {name}" if name.startswith("@") else name
            voice = Voice(actor_id, shown, block["actor_type"], stated_on, record.cell(block.get("note", "")))
            found.setdefault(actor_id, voice)
    return [*(voice for actor_id, voice in found.items() if actor_id not in ("", own.actor_id)), own]


def _speakers(record: Record, block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names in a column, with the days in another, if there are as many: else they are nobody's."""
    names = _items(record, block["speaker"])
    if block["speaker"].get("host"):
        names = [_host(name) for name in names]
    days = _items(record, block["stated_on"]) if "stated_on" in block else []
    for position, name in enumerate(names):
        day = days[position] if len(days) == len(names) else ""
        yield name, str(mapping.day_of(day) or day)


def _host(address: str) -> str:
    """The host of an address; what is no address stands for itself."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def _items(record: Record, spec: Mapping[str, str]) -> list[str]:
    cell = record.get(spec["column"])
    return [item.strip() for item in cell.split(spec["split"])] if "split" in spec else [cell]


def _figures(record: Record, about: Mapping[str, Any], event: Cells) -> Iterator[Cells]:
    """What a record counts."""
    for number, block in enumerate(about.get("figures", ()), start=1):
        values = {f"value_{bound}": _count(record, block.get(bound)) for bound in BOUNDS}
        if any(values.values()):
            of = {"figure_id": f"F{event['event_id'][1:]}N{number}", "event_id": event["event_id"], "period": event["date"]}
            yield {**of, "measure": block["measure"], "unit": "count", "qualifier": _qualifier(values), **values}


def _count(record: Record, column: str | None) -> str:
    """A whole number that a column holds; Refused if it holds something else."""
    text = record.get(column) if column else ""
    if column and text and not (text.isascii() and text.removeprefix("-").isdigit()):
        raise Refused(column, text, "type", "must be a whole number, in plain digits")
    return text.lstrip("0") or "0" if text else ""


def _qualifier(values: Cells) -> str:
    given = {value for value in values.values() if value}
    if len(given) == 1 and values["value_best"]:
        return "exact"
    if values["value_low"] and values["value_high"]:
        return "between"
    return "about" if values["value_best"] else "at_least" if values["value_low"] else "at_most"


def _listed(cell: str) -> str:
    """The items of a list that are there, each once."""
    return ";".join(dict.fromkeys(filter(None, cell.split(";"))))


def _cut(title: str) -> str:
    longest = codebook().tables["events"]["title"].max_length or len(title)
    return title if len(title) <= longest else title[: longest - 1].rsplit(" ", 1)[0] + "…"
