"""Attacks that look like one are linked, or told apart with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from timeline import dates, hierarchy
from timeline.normalise import Row
from timeline.scope import attacks_on_israel, is_readable
from timeline.transcription import Transcription


def likely_twins_are_told_apart(data: Transcription) -> Iterator[tuple[Row, str, str]]:
    """Attacks on one day in one region are possibly_same_as each other, parts of one, or in `distinct` with a reason."""
    if _has_broken_links(data):
        return
    known = _linked(data) | {frozenset((row["event_id"], row["other_id"])) for row in data["distinct"]}
    for one, other in likely_twins(data):
        if frozenset((one["event_id"], other["event_id"])) not in known:
            yield other, "event_id", f"looks like {one['event_id']}:"


def distinct_pair_looks_like_one(data: Transcription) -> Iterator[tuple[Row, str, str]]:
    """A pair in `distinct` is in the order of its ids, looks like one attack, and is not linked as one."""
    if _has_broken_links(data):
        return
    found = {frozenset((one["event_id"], other["event_id"])) for one, other in likely_twins(data)}
    linked = _linked(data)
    for row in data["distinct"]:
        pair = (row["event_id"], row["other_id"])
        if not all(event_id in data.events and is_readable(data, data.events[event_id]) for event_id in pair):
            continue
        if pair[0] >= pair[1]:
            yield row, "other_id", f"is not after {pair[0]}:"
        elif frozenset(pair) in linked:
            yield row, "other_id", f"is linked with {pair[0]} in relations:"
        elif frozenset(pair) not in found:
            yield row, "other_id", f"does not look like {pair[0]}:"


def _has_broken_links(data: Transcription) -> bool:
    """Whether a row that may settle a pair could not be read, so that what is missing is not missing indeed."""
    return any(not row.sound for table in ("distinct", "relations") for row in data[table])


def likely_twins(data: Transcription) -> Iterator[tuple[Row, Row]]:
    """The pairs of attacks that look like one, as the codebook defines it."""
    by_day: dict[dates.Day, list[Row]] = defaultdict(list)
    for event in attacks_on_israel(data):
        for day in dates.parse(event["date"]).possible_days():
            by_day[day].append(event)
    seen: set[tuple[str, str]] = set()
    for together in by_day.values():
        for one, other in combinations(sorted(together, key=lambda event: str(event["event_id"])), 2):
            pair = (one["event_id"], other["event_id"])
            if pair not in seen and _same_region(data, one, other) and _origins_agree(data, one, other):
                yield one, other
            seen.add(pair)


def _same_region(data: Transcription, one: Row, other: Row) -> bool:
    """Whether two attacks were seen in, or else aimed at, one first-order division, or a place that holds the other."""
    places = [event["place_id"] or event["target_place_id"] for event in (one, other)]
    if None in places:
        return False
    held = [hierarchy.with_self(data.within, place) for place in places]
    if places[0] in held[1] or places[1] in held[0]:
        return True
    regions = [{place for place in above if data.is_division(place)} for above in held]
    return bool(regions[0] & regions[1])


def _origins_agree(data: Transcription, one: Row, other: Row) -> bool:
    """Whether two attacks may come from one place: neither names its origin, or one holds the other, or one is vague."""
    origins = [event["origin_place_id"] for event in (one, other)]
    if None in origins or any(data.is_vague(origin) for origin in origins):
        return True
    return any(a in hierarchy.with_self(data.within, b) for a, b in (origins, origins[::-1]))


def _linked(data: Transcription) -> set[frozenset[str]]:
    """The pairs that relations join as one, or as parts of one whole; a whole itself is not looked at, its parts are."""
    parts: dict[str, list[str]] = defaultdict(list)
    pairs = set()
    for link in data["relations"]:
        if link["relation"] == "possibly_same_as":
            pairs.add(frozenset((link["from_id"], link["to_id"])))
        elif link["relation"] == "part_of" and link["to_id"] in data.attacks:
            parts[link["to_id"]].append(link["from_id"])
    return pairs | {frozenset(pair) for siblings in parts.values() for pair in combinations(siblings, 2)}


RULES = (likely_twins_are_told_apart, distinct_pair_looks_like_one)
