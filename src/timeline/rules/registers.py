"""What the registers of places, sources and their paragraphs must satisfy beyond their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from timeline.normalise import Row
from timeline.transcription import Transcription

CITING = ("attestations", "relations", "alternatives", "coverage", "distinct", "codings")


def point_has_two_coordinates(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A place has latitude and longitude, or neither."""
    for place in data["places"]:
        if (place["latitude"] is None) != (place["longitude"] is None):
            yield place, "latitude"


def place_is_in_its_country(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A place within another has that one's country, where it has one."""
    for place in data["places"]:
        larger = data.places.get(place["within"])
        if larger is not None and larger["country_iso3"] and larger["country_iso3"] != place["country_iso3"]:
            yield place, "country_iso3"


def read_source_can_be_found(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A source that was read (accessed) has its day of publication and its URL."""
    for source in data["sources"]:
        for column in ("published", "url"):
            if source["accessed"] is not None and source[column] is None:
                yield source, column


def cited_source_was_read(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Rows come from documents that were read: a source that is cited has `accessed`, or is a dataset with its fingerprint."""
    cited = {row["source_id"] for name in CITING for row in data[name]}
    for source in data["sources"]:
        is_known = source["accessed"] or (source["source_type"] == "dataset" and source["fingerprint"])
        if not is_known and source["source_id"] in cited:
            yield source, "accessed"


def publication_is_a_moment(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A document is published at one moment: a day, a month or a set of them, with neither end open."""
    for source in data["sources"]:
        published = source.date("published")
        if published and (published.kind == "span" or published.start is None or published.end is None):
            yield source, "published"


def source_is_read_after_publication(data: Transcription) -> Iterator[tuple[Row, str]]:
    """No source is accessed before it is published."""
    for source in data["sources"]:
        published = source.date("published")
        if source["accessed"] and published and published.wide_start and source["accessed"] < published.wide_start:
            yield source, "accessed"


def paragraphs_have_no_gap(data: Transcription) -> Iterator[tuple[Row, str]]:
    """The paragraphs of a document count from 1 without a gap."""
    for rows in _documents(data).values():
        if any(row["paragraph"] is None for row in rows):
            continue
        for expected, row in enumerate(sorted(rows, key=lambda row: int(row["paragraph"])), start=1):
            if row["paragraph"] != expected:
                yield row, "paragraph"
                break


def coded_paragraph_has_an_attestation(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A paragraph is `coded` if and only if an attestation cites it."""
    cited = {(said["source_id"], said["paragraph"]) for said in data["attestations"]}
    if any(said["source_id"] not in data.sources or said["paragraph"] is None for said in data["attestations"]):
        return
    for row in data["coverage"]:
        if row["source_id"] in data.sources and (row["disposition"] == "coded") != (
            (row["source_id"], row["paragraph"]) in cited
        ):
            yield row, "disposition"


def cited_paragraph_exists(data: Transcription) -> Iterator[tuple[Row, str]]:
    """In a document coded in full, only its paragraphs, or 0 for headline, standfirst and caption, are cited."""
    documents = _documents(data)
    for name in ("attestations", "relations", "alternatives"):
        for row in data[name]:
            known = {line["paragraph"] for line in documents.get(row["source_id"], ())}
            if known and None not in known and row["paragraph"] is not None and row["paragraph"] not in known | {0}:
                yield row, "paragraph"


def passed_over_paragraph_says_why(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A paragraph that is out_of_scope gives its reason."""
    for row in data["coverage"]:
        if row["disposition"] == "out_of_scope" and row["reason"] is None:
            yield row, "reason"


def _documents(data: Transcription) -> dict[str, list[Row]]:
    """The coverage rows of each document coded in full."""
    documents: dict[str, list[Row]] = defaultdict(list)
    for row in data["coverage"]:
        documents[row["source_id"]].append(row)
    return documents


RULES = (
    point_has_two_coordinates,
    place_is_in_its_country,
    read_source_can_be_found,
    cited_source_was_read,
    publication_is_a_moment,
    source_is_read_after_publication,
    paragraphs_have_no_gap,
    coded_paragraph_has_an_attestation,
    cited_paragraph_exists,
    passed_over_paragraph_says_why,
)
