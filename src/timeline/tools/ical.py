"""The events as iCalendar (RFC 5545): an all-day entry for each whose day is known; the others are reported."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timeline import dates
from timeline.dataset import Dataset
from timeline.describe import about_of, licences
from timeline.exporting import Exported, Loss, reporting, without
from timeline.facts import Facts, known
from timeline.linked import as_of
from timeline.tools.telling import SAID, lines

if TYPE_CHECKING:
    from icalendar import Event

FILE = "events.ics"
NEAR = ("1", "2")  # where_prec of a point that an entry may be shown at
_POINT = {"latitude", "longitude", "where_prec"}


def write(dataset: Dataset, folder: Path) -> Exported:
    """Write a calendar."""
    from icalendar import Calendar

    about, done = about_of(dataset.package), Exported()
    calendar = Calendar()
    head = {
        "prodid": f"-//{about['name']}//{about['version']}//EN",
        "version": "2.0",
        "x-wr-calname": about["title"],
        "x-wr-caldesc": f"Version {about['version']}. {licences(about)}",
    }
    for name, value in head.items():
        calendar.add(name, value)
    stamp = datetime.datetime.combine(as_of(dataset), datetime.time(), datetime.UTC)
    with reporting(folder, done) as lose:
        for event in known(dataset):
            done.events += 1
            facts = event.facts
            if not facts["plain_day"]:
                lose([_left_out(facts)])
                continue
            done.rows += 1
            calendar.add_component(_entry(facts, about["name"], stamp))
            lose(without(event, {*SAID, "scope"} | (_POINT if _is_near(facts) else set())))
    (folder / FILE).write_bytes(calendar.to_ical())
    return done


def _entry(facts: Facts, name: str, stamp: datetime.datetime) -> Event:
    import icalendar

    entry = icalendar.Event()
    values: dict[str, Any] = {
        "uid": f"{facts['event_id']}@{name}",
        "dtstamp": stamp,
        "dtstart": dates.parse(facts["date"]).start,
        "summary": facts["title"],
        "description": "\n".join(f"{label}: {text}" for label, text in lines(facts)),
        "categories": [facts["event_type"], facts["scope"]],
        "location": facts["site"],
        "geo": (float(facts["latitude"]), float(facts["longitude"])) if _is_near(facts) else None,
        "transp": "TRANSPARENT",  # nobody is busy by it
    }
    for key, value in values.items():
        if value:
            entry.add(key, value)
    return entry


def _is_near(facts: Facts) -> bool:
    return bool(facts["latitude"] and facts["longitude"]) and facts["where_prec"] in NEAR


def _left_out(facts: Facts) -> Loss:
    reason = "is no known day, and a calendar has nothing else"
    return Loss(facts["event_id"], "date", "DTSTART", facts["date"], "", "left out", reason)
