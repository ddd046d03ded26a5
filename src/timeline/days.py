"""What was searched and read, day by day: no attack and not looked are different."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from typing import Any

from timeline import dates
from timeline.columns import codebook
from timeline.scope import attacks_on_israel
from timeline.transcription import Transcription

LONGEST = 31  # days: a search for more than a month was not meant for any one of them


def days(data: Transcription) -> list[dict[str, Any]]:
    """One row for every day of the period of this dataset."""
    first, last = codebook().scope["from"], codebook().scope["to"]
    searched = Counter(day for begin, end in sought(data) for day in _from_to(begin, end))
    publishers, n_sources = _read(data)
    certain, possible = _attacks(data)
    return [
        {
            "day": day,
            "state": "attacks" if possible[day] else "none_found" if searched[day] else "not_searched",
            "attacks_low": certain[day],
            "attacks_high": possible[day],
            "n_searches": searched[day],
            "n_sources": n_sources[day],
            "publishers": tuple(sorted(publishers[day])),
        }
        for day in _from_to(first, last)
    ]


def sought(data: Transcription) -> list[tuple[dates.Day, dates.Day]]:
    """The first and last day that each search was meant to cover, where it was meant for a month or less."""
    spans = [(row["date_from"], row["date_to"]) for row in data["searches"]]
    return [(begin, end) for begin, end in spans if (end - begin).days < LONGEST]


def _from_to(first: dates.Day, last: dates.Day) -> list[dates.Day]:
    return [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]


def _read(data: Transcription) -> tuple[dict[dates.Day, set[str]], Counter[dates.Day]]:
    """The publishers, and the number, of the documents of each day that rows were transcribed from."""
    cited = {said["source_id"] for said in data["attestations"]}
    publishers: dict[dates.Day, set[str]] = defaultdict(set)
    numbers: Counter[dates.Day] = Counter()
    for source_id, source in data.sources.items():
        published = data.published_day(source_id)
        if source_id in cited and published is not None:
            publishers[published].add(source["publisher"])
            numbers[published] += 1
    return publishers, numbers


def _attacks(data: Transcription) -> tuple[Counter[dates.Day], Counter[dates.Day]]:
    """How many attacks are certainly, and possibly, on each day; dates of more than six days are on none."""
    certain: Counter[dates.Day] = Counter()
    possible: Counter[dates.Day] = Counter()
    for event in attacks_on_israel(data):
        date = dates.parse(event["date"])
        is_twin = bool(data.links_from(event["event_id"], "possibly_same_as"))
        for day in date.possible_days():
            possible[day] += event["attacks_high"]
            certain[day] += event["attacks_low"] if date.is_known_day and not is_twin else 0
    return certain, possible
