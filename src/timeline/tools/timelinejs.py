"""The events as JSON of TimelineJS: a slide each, on dates no more precise than they are known. Its texts are HTML."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from timeline import dates
from timeline.dataset import Dataset
from timeline.describe import about_of, dumps, licences
from timeline.exporting import Exported, Loss, reporting, without
from timeline.facts import Facts, known
from timeline.tools.telling import SAID, lines

FILE = "timeline.json"
_ATOM = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_PARTS = ("year", "month", "day")


def write(dataset: Dataset, folder: Path) -> Exported:
    """Write a title and the events that have a start; the others are reported."""
    title, done, slides = _title(dataset), Exported(), []
    with reporting(folder, done) as lose:
        for event in known(dataset):
            done.events += 1
            date = dates.parse(event.facts["date"])
            if date.start is None:
                lose([_on_date(event.facts, "left out", "its start is not known, and the format demands one")])
                continue
            done.rows += 1
            slides.append(_slide(event.facts, date))
            lose([*_of_date(event.facts, date), *without(event, {*SAID, "scope"})])
    page = {"title": {"text": title}, "events": slides}
    (folder / FILE).write_text(dumps(page), encoding="utf-8")
    return done


def _title(dataset: Dataset) -> dict[str, str]:
    about = about_of(dataset.package)
    texts = (about["description"], f"Version {about['version']}. {licences(about)}")
    return {"headline": html.escape(about["title"]), "text": "".join(f"<p>{html.escape(text)}</p>" for text in texts)}


def _slide(facts: Facts, date: dates.Date) -> dict[str, Any]:
    told = [f"<p><b>{html.escape(label)}</b>: {html.escape(text)}</p>" for label, text in lines(facts)]
    words = in_words(date)
    return {
        **_bounds(date),
        **({"display_date": html.escape(words)} if words else {}),
        "text": {"headline": html.escape(facts["title"]), "text": "".join(told)},
        "group": html.escape(facts["scope"]),
        "unique_id": html.escape(facts["event_id"]),
    }


def _bounds(date: dates.Date) -> dict[str, dict[str, int]]:
    """The first and the last date that it names, each with the parts that it has."""
    named = _ATOM.findall(date.text)
    first, last = ({part: int(n) for part, n in zip(_PARTS, atom.split("-"), strict=False)} for atom in (named[0], named[-1]))
    return {"start_date": first, **({"end_date": last} if len(named) > 1 and date.end else {})}


def in_words(date: dates.Date) -> str:
    """What a date says that its bounds do not; nothing if they say all.

    >>> in_words(dates.parse("2024-03-05~"))
    'about 2024-03-05'
    >>> in_words(dates.parse("[2024-03-05,2024-03-06]"))
    'one of: 2024-03-05, 2024-03-06'
    """
    marks = {"~": "about ", "?": "perhaps ", "%": "perhaps about "}
    text = re.sub(r"([0-9-]+)([~?%])", lambda match: marks[match[2]] + match[1], date.text)
    if text.startswith("["):
        members = text[1:-1].split(",")
        return ("one of: " if len(members) > 1 else "within ") + ", ".join(map(_member, members))
    first, slash, last = text.partition("/")
    if slash and not _ATOM.search(last):
        return f"{first}, still going on" if date.is_ongoing else f"{first}, end not known"
    return "" if text == date.text else text.replace("/", " to ")


def _member(text: str) -> str:
    low, dots, high = text.partition("..")
    return f"{low} to {high}" if high else f"{low} or later" if dots else low


def _of_date(facts: Facts, date: dates.Date) -> list[Loss]:
    """What its place on the line says otherwise, whatever the words beside it say."""
    if date.end is None:
        return [_on_date(facts, "changed", "its end is open: it is shown at its start")]
    if date.kind == "moment" and len(_ATOM.findall(date.text)) > 1:
        return [_on_date(facts, "changed", "it is one moment somewhere within: it is shown as a span")]
    return []


def _on_date(facts: Facts, kind: str, reason: str) -> Loss:
    return Loss(facts["event_id"], "date", "start_date", facts["date"], "", kind, reason)
