"""A dataset in JSON-LD: of schema.org for search engines, Croissant for machine learning, RO-Crate for repositories.

What they say alike is said once; what the tables are, the codebook and the dataset's `datapackage.json` tell.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from timeline import citation, hierarchy
from timeline.columns import LIST_DELIMITER, Column, Table, codebook
from timeline.dataset import Dataset
from timeline.describe import about_of, web_address
from timeline.facts import rows

Node = dict[str, Any]
CROISSANT = "http://mlcommons.org/croissant/1.0"
CRATE, CRATE_FILE = "https://w3id.org/ro/crate/1.1", "ro-crate-metadata.json"
_SHA256 = "https://schema.org/sha256"  # which the words of RO-Crate 1.1 lack
_TYPES = {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date"}
_CROISSANT_WORDS = (
    "citeAs",
    "column",
    "equivalentProperty",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
)
_MEDIA = {"json": "application/json", "md": "text/markdown"}  # of what `datapackage.json` does not list
_NEVER = datetime.date(1970, 1, 1)


def dataset_jsonld(dataset: Dataset, base: str = "") -> Node:
    """The schema.org Dataset of a published dataset, for the head of a page.

    Parameters
    ----------
    dataset : Dataset
        A published dataset.
    base : str
        Where its files are, seen from the page: what stands before their names, such as `data/`.

    Returns
    -------
    dict
        To be written as JSON; in a page, with every `<` in it escaped.

    Raises
    ------
    ValueError
        If the dataset is not one of this shape.

    Examples
    --------
    >>> from timeline.dataset import Dataset
    >>> dataset_jsonld(Dataset())["temporalCoverage"]
    '2023-10-17/2024-11-30'

    """
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        **_common(dataset),
        "temporalCoverage": _period(dataset),
        "spatialCoverage": [
            {"@type": "Place", "name": name, **({"identifier": f"ISO 3166-1: {code}"} if code else {})}
            for code, name in _countries(dataset)
        ],
        "variableMeasured": [
            {"@type": "PropertyValue", "name": column.name, "description": column.description}
            for column in codebook().tables["events"].columns
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": resource["path"],
                "contentUrl": f"{base}{resource['path']}",
                "encodingFormat": resource["mediatype"],
                "contentSize": f"{resource['bytes']} B",
                "sha256": _sha256(resource),
            }
            for resource in dataset.package["resources"]
        ],
    }


def croissant(dataset: Dataset) -> Node:
    """The Croissant description of the CSV files of a dataset, which are to lie beside it."""
    tables = codebook().tables
    files = [resource for resource in dataset.package["resources"] if resource["name"] in tables]
    words = {word: f"cr:{word}" for word in _CROISSANT_WORDS}
    prefixes = {
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "sc": "https://schema.org/",
    }
    typed = {"data": "@json", "dataType": "@vocab", "examples": "@json"}
    common = _common(dataset)
    creators = common.pop("creator", [])
    return {
        "@context": {
            "@language": "en",
            "@vocab": "https://schema.org/",
            **prefixes,
            **words,
            **{word: {"@id": f"cr:{word}", "@type": kind} for word, kind in typed.items()},
            "conformsTo": "dct:conformsTo",
        },
        "@type": "sc:Dataset",
        "conformsTo": CROISSANT,
        **common,
        **({"creator": [{**node, "@type": f"sc:{node['@type']}"} for node in creators]} if creators else {}),
        "citeAs": citation.cite([citation.dataset(about_of(dataset.package))], "bibtex"),
        "datePublished": published(dataset),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": resource["path"],
                "name": resource["path"],
                "contentUrl": resource["path"],
                "contentSize": f"{resource['bytes']} B",
                "encodingFormat": resource["mediatype"],
                "sha256": _sha256(resource),
            }
            for resource in files
        ],
        "recordSet": [_record_set(dataset, tables[resource["name"]], resource["path"]) for resource in files],
    }


def _record_set(dataset: Dataset, table: Table, file: str) -> Node:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": _one_or_all([{"@id": f"{table.name}/{name}"} for name in table.primary_key]),
        "field": [_field(dataset, table, column, file) for column in table.columns],
    }


def _field(dataset: Dataset, table: Table, column: Column, file: str) -> Node:
    is_list = column.type == "list"
    source = {"fileObject": {"@id": file}, "extract": {"column": column.name}}
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.description,
        "dataType": _TYPES.get(column.type, "sc:Text"),
        **({"repeated": True} if is_list else {}),
        "source": {**source, **({"transform": {"separator": LIST_DELIMITER}} if is_list else {})},
        **_key_of(dataset, table, column),
    }


def _key_of(dataset: Dataset, table: Table, column: Column) -> Node:
    """What a field refers to, as far as readers can follow: no lists, no table that refers to itself, no empty column."""
    if column.foreign_table in (None, table.name):
        return {}
    cells = _column(dataset, table.name, column.name)
    if cells.null_count == len(cells):
        return {}
    target = codebook().tables[column.foreign_table]
    return {"references": {"fileObject": {"@id": f"{target.name}.csv"}, "extract": {"column": target.primary_key[0]}}}


def ro_crate(dataset: Dataset, files: Iterable[tuple[str, int]]) -> Node:
    """The RO-Crate of a release: of files by their paths, with their sizes; what is known of each is told."""
    told = {resource["path"]: resource for resource in dataset.package["resources"]}
    listed = [_crate_file(path, size, told.get(path.rpartition("/")[2], {})) for path, size in files]
    common = _common(dataset)
    creators = [{**node, "@id": f"#creator-{number}"} for number, node in enumerate(common.pop("creator", []), start=1)]
    licences = [
        {
            "@id": web_address(licence.get("path")) or f"#{licence['name']}",
            "@type": "CreativeWork",
            "name": licence.get("title", licence["name"]),
        }
        for licence in about_of(dataset.package).get("licenses", ())
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        **common,
        **({"license": _one_or_all([{"@id": node["@id"]} for node in licences])} if licences else {}),
        **({"author": [{"@id": node["@id"]} for node in creators]} if creators else {}),
        "datePublished": published(dataset),
        "temporalCoverage": _period(dataset),
        "hasPart": [{"@id": node["@id"]} for node in listed],
    }
    about = {"@id": CRATE_FILE, "@type": "CreativeWork", "conformsTo": {"@id": CRATE}, "about": {"@id": "./"}}
    return {
        "@context": [f"{CRATE}/context", {"sha256": _SHA256}],
        "@graph": [about, root, *licences, *creators, *listed],
    }


def _crate_file(path: str, size: int, resource: Node) -> Node:
    media = resource.get("mediatype") or _MEDIA.get(path.rpartition(".")[2])
    known = {"description": resource.get("description"), "encodingFormat": media}
    return {
        "@id": path,
        "@type": "File",
        "name": path.rpartition("/")[2],
        "contentSize": str(size),
        **{name: value for name, value in known.items() if value},
        **({"sha256": _sha256(resource)} if resource else {}),
    }


def as_of(dataset: Dataset) -> datetime.date:
    """The last day on which one of its documents was read, or else the last that its events speak of: no clock's."""
    for table, column in (("sources", "accessed"), ("events", "first_reported"), ("events", "date_end")):
        last: datetime.date | None = pc.max(_column(dataset, table, column)).as_py()
        if last:
            return last
    return _NEVER


def published(dataset: Dataset) -> str:
    """When it was published: as it says, or the year that its version begins with, or the day that it stands as of."""
    about = about_of(dataset.package)
    year = str(about["version"]).partition(".")[0]
    is_year = len(year) == 4 and year.isascii() and year.isdecimal()
    created = str(about.get("created") or "").partition("T")[0]
    return created or (year if is_year else str(as_of(dataset)))


def _common(dataset: Dataset) -> Node:
    """What every description says of a dataset."""
    about = about_of(dataset.package)
    licences = [web_address(licence.get("path")) or licence["name"] for licence in about.get("licenses", ())]
    creators = [{"@type": "Organization", "name": person["title"]} for person in about.get("contributors", ())]
    found = {
        "name": about["title"],
        "alternateName": about["name"],
        "description": about["description"],
        "license": _one_or_all(licences),
        "version": about["version"],
        "creator": creators,
        "keywords": about.get("keywords"),
        "url": web_address(about.get("homepage")),
    }
    return {name: value for name, value in found.items() if value}


def _period(dataset: Dataset) -> str:
    """The period of the scope, if it has any event of it; else from the first to the last day of its events."""
    if pc.any(pc.not_equal(_column(dataset, "events", "scope"), "context")).as_py():
        first, last = codebook().scope["from"], codebook().scope["to"]
    else:
        first, last = (
            how(_column(dataset, "events", column)).as_py() for how, column in ((pc.min, "date_start"), (pc.max, "date_end"))
        )
    return f"{first or '..'}/{last or '..'}"


def _countries(dataset: Dataset) -> list[tuple[str, str]]:
    """The countries in which its events lie: code and name."""
    places = {place["place_id"]: place for place in rows(dataset, "places")}
    sites = {event["place_id"] or event["target_place_id"] for event in rows(dataset, "events", "place_id", "target_place_id")}
    chains = [hierarchy.chain(places, site, "within") for site in sites - {None}]
    countries = [place for chain in chains for place in chain if place["place_type"] == "country"]
    return sorted({(place["country_iso3"] or "", place["name"]) for place in countries})


def _column(dataset: Dataset, table: str, name: str) -> pa.ChunkedArray:
    return dataset.load(table, columns=[name], engine="pyarrow").column(0)


def _sha256(resource: Node) -> str:
    return str(resource["hash"]).removeprefix("sha256:")


def _one_or_all(nodes: list[Any]) -> Any:
    return nodes[0] if len(nodes) == 1 else nodes
