"""What a page or a calendar says of an event besides its title and its date: some of its columns, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

# in this order; actors and places by their names
COLUMNS = (
    "event_type",
    "claim_status",
    "authorship",
    "initiators",
    "interceptors",
    "targets",
    "target_place",
    "target_described",
    "place",
    "weapons",
    "outcome",
    "attacks_low",
    "attacks_high",
    "note",
)
# what other words say as well: the title, the date, and the names of places
SAID = {"event_id", "title", "date", "date_start", "date_end", "date_prec", "date_kind", "date_uncertain", "date_approximate"}
SAID |= {*COLUMNS, "place_id", "target_place_id", "location_basis"}


def lines(facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is known of it, each with its label; and the documents that tell of it."""
    for column in COLUMNS:
        if facts[column]:
            yield column.replace("_", " ").capitalize(), facts[column]
    if facts["citations"]:
        yield "Sources", facts["citations"]
