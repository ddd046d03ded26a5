"""What a voice says of an event, as a sentence without its subject: `claims where it was aimed: Haifa`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from timeline import dates, hierarchy
from timeline.columns import Column, codebook
from timeline.phrases import in_words
from timeline.site.content import Content, Row

HAPPENED = "occurrence"
# of the event as a whole, by stance
OF_ALL = {
    "claims": "claims it as its own act",
    "confirms": "confirms that it happened",
    "reports": "reports as a fact that it happened",
    "assesses": "infers, supposes or passes on that it happened",
    "doubts": "doubts that it happened",
    "denies": "denies that it happened",
    "cannot_verify": "could not verify that it happened",
    "declines_comment": "declined to comment on it",
    "no_response": "did not respond to questions about it",
}
# of one column, by stance
OF_PART = {
    "claims": "claims {}",
    "confirms": "confirms {}",
    "reports": "reports {} as a fact",
    "assesses": "infers, supposes or passes on {}",
    "doubts": "doubts {}",
    "denies": "denies {}",
    "cannot_verify": "could not verify {}",
    "declines_comment": "declined to comment on {}",
    "no_response": "did not respond to questions about {}",
}
ABOUT = {
    "date": "when it was",
    "time_of_day": "the time of day",
    "initiators": "who carried it out",
    "interceptors": "who intercepted it",
    "targets": "who was attacked",
    "target_place_id": "where it was aimed",
    "target_described": "what it was aimed at",
    "place_id": "where it was observed",
    "origin_place_id": "where it came from",
    "weapons": "the weapons",
    "outcome": "the outcome",
    "attacks_low": "the least number of attacks",
    "attacks_high": "the greatest number of attacks",
    "event_type": "what kind of event it was",
}
# how two events are linked, seen from the first and from the second
LINKS = {
    "part_of": ("is part of", "has as a part"),
    "response_to": ("answers", "is answered by"),
    "follows": ("follows", "is followed by"),
    "possibly_same_as": ("may be the same as", "may be the same as"),
    "copied_from": ("is copied from", "is copied by"),
}


def says(content: Content, event: Row, said: Row) -> str:
    """What an attestation says of an event: the value that it gives, else that of the record."""
    # of values that a dataset adds to the vocabularies there is no sentence
    stance = said["stance"].replace("_", " ")
    if said["aspect"] == HAPPENED:
        return OF_ALL.get(said["stance"], f"{stance} it")
    told = value_in_words(content, said["aspect"], event[said["aspect"]] if said["value"] is None else said["value"])
    about = ABOUT.get(said["aspect"], said["aspect"].replace("_", " "))
    return OF_PART.get(said["stance"], f"{stance} {{}}").format(about) + (f": {told}" if told else "")


def value_in_words(content: Content, name: str, value: Any) -> str:
    """The value of a column of events in words, with names for ids; what is of no such column as it stands."""
    columns = {column.name: column for column in codebook().tables["events"].columns}
    if name not in columns or value is None:
        return str(value or "")
    column = columns[name]
    items = column.items(value) if isinstance(value, str) else value if isinstance(value, (list, tuple)) else [value]
    names = content.actors if "actors" in column.references else content.places if column.references else {}
    return ", ".join(_item(names, column, item) for item in items)


def _item(names: Mapping[str, Row], column: Column, item: Any) -> str:
    text = str(item)
    if text in names:
        return str(names[text]["name"])
    if column.format == "edtf" and dates.is_valid(text):
        return in_words(text)
    return text.replace("_", " ") if column.vocabulary else text


def is_less_exact(content: Content, event: Row, other: Row) -> bool:
    """Whether another reading of a date or a place only holds that of the record within it, and so is no rival."""
    name, value = other["column"], other["value"]
    recorded = event.get(name)
    if not recorded or not value or recorded == value:
        return False
    if name == "date":
        return _holds(dates.parse(value), dates.parse(recorded))
    if isinstance(recorded, str) and value in content.places:
        return value in {place["place_id"] for place in hierarchy.chain(content.places, recorded, "within")}
    return False


def _holds(wide: dates.Date, narrow: dates.Date) -> bool:
    """Whether a date, as it is written, has all days of another one of its kind and more."""
    begins = wide.start is None or (narrow.start is not None and wide.start <= narrow.start)
    ends = wide.end is None or (narrow.end is not None and wide.end >= narrow.end)
    is_wider = (wide.start, wide.end) != (narrow.start, narrow.end) and wide.kind == narrow.kind
    return begins and ends and is_wider and wide.possibly_in(narrow.start, narrow.end)


def change_in_words(low: int, high: int) -> str:
    """By how much the least and the greatest number of a month change.

    >>> change_in_words(1, 1), change_in_words(0, 5)
    ('both numbers grow by 1', 'the least number stays, the greatest grows by 5')
    """
    if low == high:
        return f"both numbers {_moved(low, 'grow', 'fall', 'stay')}"
    return ", ".join(
        f"the {end} {_moved(number, 'grows', 'falls', 'stays')}" for end, number in (("least number", low), ("greatest", high))
    )


def _moved(number: int, up: str, down: str, stays: str) -> str:
    return f"{up if number > 0 else down} by {abs(number)}" if number else stays


def counted_as(event: Row, columns: Iterable[str]) -> str:
    """What an event has, as far as it bears on a count, in one or more of its columns: its date, its number of attacks."""
    names, least, most = set(columns), event["attacks_low"], event["attacks_high"]
    number = f"{least}" if least == most else f"{least} to {most}"
    told = {"date": in_words(event["date"]), "attacks": f"{number} attack{'s' if most != 1 else ''}"}
    wanted = [*(["date"] if "date" in names else []), *(["attacks"] if names - {"date"} else [])]
    return ", ".join(told[name] for name in wanted)


def together(content: Content, event: Row, voices: Iterable[Row]) -> dict[str, list[Row]]:
    """What is said of an event, each sentence once, with the attestations that say so."""
    found: dict[str, list[Row]] = {}
    for said in voices:
        found.setdefault(says(content, event, said), []).append(said)
    return found


def readings_of(content: Content, event: Row) -> list[tuple[str, str, list[Row], list[Row]]]:
    """The other readings of an event, each column and value once: with its reasons on the record, and the voices that give it.

    Of a voice that gives it in several paragraphs of a document, there is the first.
    """
    reasons: dict[tuple[str, str], list[Row]] = {}
    voices: dict[tuple[str, str], dict[tuple[str, str], Row]] = {}
    for other in content.alternatives.get(event["event_id"], []):
        reading = (other["column"], other["value"])
        reasons.setdefault(reading, [])
        said = voices.setdefault(reading, {})
        if other["speaker_id"] is None:
            reasons[reading].append(other)
        else:
            said.setdefault((other["speaker_id"], other["source_id"]), other)
    return [(*reading, rows, list(voices[reading].values())) for reading, rows in reasons.items()]


def bounds_of(content: Content, figure: Row) -> str:
    """What a figure counts: by whom, against whom, where and from where."""
    named = {
        "by": [content.actors[actor_id]["name"] for actor_id in figure["initiators"] or ()],
        "against": [content.actors[actor_id]["name"] for actor_id in figure["targets"] or ()],
        "in": [content.places[figure["place_id"]]["name"]] if figure["place_id"] else [],
        "from": [content.places[figure["origin_place_id"]]["name"]] if figure["origin_place_id"] else [],
    }
    return "; ".join(f"{word} {' and '.join(names)}" for word, names in named.items() if names)
