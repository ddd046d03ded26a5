"""What relations and alternatives must satisfy beyond their cells."""

from __future__ import annotations

from collections.abc import Iterator

from timeline.normalise import Row
from timeline.transcription import Transcription


def relation_joins_like_to_like(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A relation joins two events or two figures, never one to itself; copied_from joins figures only."""
    for link in data["relations"]:
        ends = (link["from_id"], link["to_id"])
        both = [table for table in (data.events, data.figures) if all(end in table for end in ends)]
        exist = all(end in data.records for end in ends)
        if exist and (not both or ends[0] == ends[1] or (link["relation"] == "copied_from" and both[0] is data.events)):
            yield link, "to_id"


def inference_has_no_paragraph(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A relation gives source and paragraph, or neither: then it is the coder's inference."""
    for link in data["relations"]:
        if (link["source_id"] is None) != (link["paragraph"] is None):
            yield link, "paragraph"


def alternative_is_of_a_column(data: Transcription) -> Iterator[tuple[Row, str]]:
    """An alternative is of `occurrence` or a transcribed column of the record's table."""
    for other in data["alternatives"]:
        known = other["record_id"] in data.records and other["column"] is not None
        if known and other["column"] != "occurrence" and data.column(other["record_id"], other["column"]) is None:
            yield other, "column"


def alternative_differs(data: Transcription) -> Iterator[tuple[Row, str]]:
    """An alternative value is one that the column could hold, and not the one that stands in the record."""
    for other in data["alternatives"]:
        if other["record_id"] not in data.records or other["column"] is None or other["value"] is None:
            continue
        column = data.column(other["record_id"], other["column"])
        if column is not None:
            preferred = data.records[other["record_id"]][column.name]
            if column.same(other["value"], preferred) or not data.could_hold(column, other["value"]):
                yield other, "value"


RULES = (relation_joins_like_to_like, inference_has_no_paragraph, alternative_is_of_a_column, alternative_differs)
