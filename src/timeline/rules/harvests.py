"""What the records of searching and of coding twice must satisfy beyond their cells."""

from __future__ import annotations

from collections.abc import Iterator

from timeline.normalise import Row
from timeline.transcription import Transcription


def search_covers_days(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A search is meant to cover days in order: date_from is not after date_to."""
    for search in data["searches"]:
        if search["date_from"] and search["date_to"] and search["date_from"] > search["date_to"]:
            yield search, "date_from"


def search_uses_its_results(data: Transcription) -> Iterator[tuple[Row, str]]:
    """No search has more pages used than results."""
    for search in data["searches"]:
        if None not in (search["n_results"], search["n_used"]) and search["n_used"] > search["n_results"]:
            yield search, "n_used"


def capture_is_of_an_attack(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Captures are of attacks: other happenings were not looked for throughout."""
    for capture in data["captures"]:
        if (
            capture["event_id"] in data.events
            and data.events[capture["event_id"]].sound
            and capture["event_id"] not in data.attacks
        ):
            yield capture, "event_id"


def coding_is_of_what_is_attested(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A document that was coded for an event has an attestation on it."""
    for coding in data["codings"]:
        exist = coding["event_id"] in data.events and coding["source_id"] in data.sources
        said = data.said_of(coding["event_id"])
        if exist and data.is_heard(coding["event_id"]) and not any(row["source_id"] == coding["source_id"] for row in said):
            yield coding, "source_id"


def coding_could_be(data: Transcription) -> Iterator[tuple[Row, str]]:
    """What a coder put is a value that the event's column could hold."""
    for coding in data["codings"]:
        column = data.column(coding["event_id"], coding["field"]) if coding["event_id"] in data.events else None
        for coder in ("first", "second"):
            if column is not None and coding[coder] and not data.could_hold(column, coding[coder]):
                yield coding, coder


def difference_is_adjudicated(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Where two coders differ, a decision says which stands, and why; where they do not, it is `agree`."""
    for coding in data["codings"]:
        differs = coding["first"] != coding["second"]
        if differs == (coding["decision"] == "agree"):
            yield coding, "decision"
        elif differs and coding["reason"] is None:
            yield coding, "reason"


RULES = (
    search_covers_days,
    search_uses_its_results,
    capture_is_of_an_attack,
    coding_is_of_what_is_attested,
    coding_could_be,
    difference_is_adjudicated,
)
