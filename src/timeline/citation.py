"""How to cite a dataset, from its descriptor, and the documents behind it, from their rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from timeline import dates

_TEX = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Work:
    """What is cited: `published` is a date in EDTF, `authors` are names as they stand."""

    key: str
    kind: str  # dataset or webpage
    authors: tuple[str, ...]
    title: str
    published: str = ""
    version: str = ""
    publisher: str = ""
    url: str = ""
    accessed: str = ""
    language: str = ""
    note: str = ""

    @property
    def year(self) -> str:
        """The year, if it is one."""
        start, end = self.bounds
        return str(start.year) if start and end and start.year == end.year else "n.d."

    @property
    def bounds(self) -> tuple[dates.Day | None, dates.Day | None]:
        """The first and the last day on which it may have been published."""
        date = dates.parse(self.published) if self.published else None
        return (date.start, date.end) if date else (None, None)


def dataset(about: Mapping[str, Any]) -> Work:
    """The dataset that a `datapackage.json` describes."""
    licences = ", ".join(licence["name"] for licence in about.get("licenses", ()))
    year = about["version"].split(".")[0]
    return Work(
        about["name"].replace("-", "_"),
        "dataset",
        tuple(person["title"] for person in about.get("contributors", ())) or ("Anonymous",),
        about["title"],
        published=year if dates.is_valid(year) else "",
        version=about["version"],
        note=licences,
    )


def datacite(about: Mapping[str, Any], as_of: str) -> dict[str, Any]:
    """What DataCite asks of a dataset, to be registered with a DOI; `as_of` is the last day on which documents were read."""
    work = dataset(about)
    licence = [
        {
            "rights": licence.get("title", licence["name"]),
            "rightsIdentifier": licence["name"],
            "rightsIdentifierScheme": "SPDX",
            "rightsUri": licence.get("path", ""),
        }
        for licence in about.get("licenses", ())
    ]
    people = [{"name": name, "nameType": "Organizational"} for name in work.authors]
    created = str(about.get("created", ""))[:10]
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Event data"},
        "titles": [{"title": work.title}],
        "creators": people,
        "publisher": {"name": work.authors[0]},
        "publicationYear": created[:4] or work.year,
        "version": work.version,
        "language": "en",
        "descriptions": [{"description": about.get("description", ""), "descriptionType": "Abstract"}],
        "subjects": [{"subject": word} for word in about.get("keywords", ())],
        "dates": [
            *([{"date": created, "dateType": "Issued"}] if created else []),
            {"date": as_of, "dateType": "Other", "dateInformation": "Documents read up to this day"},
        ],
        "rightsList": [{name: value for name, value in one.items() if value} for one in licence],
        "formats": ["text/csv", "application/vnd.apache.parquet"],
    }


def document(source: Mapping[str, Any]) -> Work:
    """A document, as its row in `sources` has it."""
    told = {
        name: "" if source[name] is None else str(source[name])
        for name in ("title", "published", "url", "accessed", "language")
    }
    authors = tuple(source["authors"] or ()) or (source["publisher"],)
    return Work(source["source_id"], "webpage", authors, publisher=source["publisher"], **told)


def cite(works: Iterable[Work], style: str) -> str:
    """References in a style, one after the other."""
    if style == "csl-json":
        return json.dumps([_csl(work) for work in works], indent=1, ensure_ascii=False)
    return ("\n" if style in ("text", "apa") else "\n\n").join(map(_STYLES[style], works))


def _text(work: Work) -> str:
    if work.kind == "dataset":
        return f"{_and(work)}: {work.title}. Version {work.version}. Dataset, {work.note}."
    return ". ".join(filter(None, (f"{_and(work)}: {work.title}", work.published, work.url))) + "."


def _apa(work: Work) -> str:
    if work.kind == "dataset":
        return f"{_and(work)}. ({work.year}). {work.title} (Version {work.version}) [Data set]."
    start, end = work.bounds
    when = f"{work.year}, {start:%B} {start.day}" if start and start == end else work.year
    publisher = f" {work.publisher}." if (work.publisher,) != work.authors else ""
    return f"{_and(work)}. ({when}). {work.title}.{publisher} {work.url}".rstrip()


def _bibtex(work: Work) -> str:
    kind = "dataset" if work.kind == "dataset" else "online"
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in work.authors),
        "title": _tex(work.title),
        "year": work.year if kind == "dataset" else "",
        "date": _tex(work.published) if kind == "online" else "",
        "version": work.version,
        "organization": _tex(work.publisher),
        "url": work.url,
        "urldate": work.accessed,
        "note": _tex(f"Licence: {work.note}") if work.note else "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{work.key},", *lines, "}"])


def _csl(work: Work) -> dict[str, Any]:
    start, end = work.bounds
    is_day = start is not None and start == end
    issued = (
        {"date-parts": [[start.year, start.month, start.day] if is_day else [start.year]]}
        if start and work.year != "n.d."
        else None
    )
    told = {
        "id": work.key,
        "type": work.kind,
        "author": [{"literal": name} for name in work.authors],
        "title": work.title,
        "issued": issued,
        "version": work.version,
        "container-title": work.publisher,
        "URL": work.url,
        "accessed": {"raw": work.accessed} if work.accessed else None,
        "language": work.language,
        "note": f"Licence: {work.note}" if work.note else "",
    }
    return {name: value for name, value in told.items() if value}


def _ris(work: Work) -> str:
    start, end = work.bounds
    tags = [
        ("TY", "DATA" if work.kind == "dataset" else "ELEC"),
        *(("AU", name) for name in work.authors),
        ("TI", work.title),
        ("PY", work.year if work.year != "n.d." else ""),
        ("DA", f"{start:%Y/%m/%d}" if start and start == end else ""),
        ("ET", work.version),
        ("PB", work.publisher),
        ("UR", work.url),
        ("LA", work.language),
        ("N1", f"Licence: {work.note}" if work.note else ""),
        ("ID", work.key),
    ]
    return "\n".join([*(f"{tag}  - {value}" for tag, value in tags if value), "ER  - "])


_STYLES = {"text": _text, "apa": _apa, "bibtex": _bibtex, "ris": _ris}
STYLES = (*_STYLES, "csl-json")


def _and(work: Work) -> str:
    return " and ".join(work.authors)


def _tex(text: str) -> str:
    """Text of which TeX takes nothing for a command."""
    return "".join(_TEX.get(character, character) for character in text)
