"""What an attestation must satisfy beyond its cells."""

from __future__ import annotations

from collections.abc import Iterator

from timeline.columns import codebook
from timeline.normalise import Row
from timeline.rules.order import is_after
from timeline.transcription import VOUCHING, Transcription, is_on_many


def medium_claims_nothing(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A medium does not claim; it carries what others claim, and they are the speakers."""
    for said in data["attestations"]:
        speaker = data.actors.get(said["speaker_id"])
        if said["stance"] == "claims" and speaker is not None and speaker["actor_type"] == "medium":
            yield said, "speaker_id"


def aspect_is_of_the_record(data: Transcription) -> Iterator[tuple[Row, str]]:
    """An aspect is `occurrence` or a transcribed column of the record's table."""
    for said in _on_columns(data):
        if data.column(said["record_id"], said["aspect"]) is None:
            yield said, "aspect"


def value_fits_the_aspect(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A value is one that the column it speaks of could hold; `occurrence` has none."""
    for said in data["attestations"]:
        if said["value"] and said["aspect"] == "occurrence":
            yield said, "value"
    for said in _on_columns(data):
        column = data.column(said["record_id"], said["aspect"])
        if column is not None and said["value"] and not data.could_hold(column, said["value"]):
            yield said, "value"


def value_differs_from_the_record(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A value is given only where it differs from the record, or is finer or coarser."""
    for said in _on_columns(data):
        column = data.column(said["record_id"], said["aspect"])
        if column is not None and said["value"] and column.same(said["value"], data.records[said["record_id"]][column.name]):
            yield said, "value"


def voice_on_an_empty_cell_says_what(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Who vouches for a column that is empty in the record gives a value: nothing else says what is vouched for."""
    for said in _on_columns(data):
        column, record = data.column(said["record_id"], said["aspect"]), data.records[said["record_id"]]
        is_empty = column is not None and record.sound and record[column.name] in (None, ())
        if is_empty and said["value"] is None and said["stance"] in VOUCHING:
            yield said, "value"


def statement_is_not_after_its_report(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Nothing is stated after the publication that carries it; days are local, so one day more may pass."""
    for said in data["attestations"]:
        if is_after(said.date("stated_on"), data.appeared_by(said["source_id"])):
            yield said, "stated_on"


def voice_on_many_is_plain(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A voice on all records whose ids begin alike (`EGED*`) reports or assesses them as they stand, and gives no value."""
    columns = codebook().tables["events"].raw
    for said in data["attestations"]:
        if not is_on_many(said["record_id"]):
            continue
        if said["stance"] not in (None, "reports", "assesses"):
            yield said, "stance"
        if said["value"]:
            yield said, "value"
        if said["aspect"] not in (None, "occurrence", *columns):
            yield said, "aspect"


def _on_columns(data: Transcription) -> list[Row]:
    """The attestations on one column of a record that exists."""
    return [
        said
        for said in data["attestations"]
        if said["aspect"] not in (None, "occurrence") and said["record_id"] in data.records
    ]


RULES = (
    medium_claims_nothing,
    aspect_is_of_the_record,
    value_fits_the_aspect,
    value_differs_from_the_record,
    voice_on_an_empty_cell_says_what,
    statement_is_not_after_its_report,
    voice_on_many_is_plain,
)
