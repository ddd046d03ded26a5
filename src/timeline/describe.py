"""What describes a release: datapackage.json for programs and codebook.md for people, both from the codebook."""

from __future__ import annotations

import html
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from timeline.columns import Column, Table, codebook, packaged
from timeline.fingerprints import sha256
from timeline.parts import BY_YEAR, is_part, parquet_files
from timeline.problems import InvalidData, Problem
from timeline.raw import read_plain
from timeline.rules import RULES, text
from timeline.schema import table_schema

ABOUT = "seeds/dataset.toml"
LARGEST_ABOUT = 1 << 16
DESCRIPTOR, CODEBOOK = "datapackage.json", "codebook.md"
_CODEBOOK_HEAD = """\
# Codebook: {title}

Data version {version}, schema version {schema_version}. Generated from the codebook {whose}; the data
follow it, by test.

An empty cell is NULL: not said, or not applicable; it is never zero. Items of a list are separated by `;`. Columns marked
*derived* are computed by the build.

**Scope.** {scope}"""
WRITTEN = ("$schema", "schemaVersion", "resources")  # by the build; the rest a dataset says of itself
_TEXTS = ("name", "title", "version", "description")
_LISTED = {"licenses": "name", "contributors": "title"}
_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_UNTITLED = {"name": "timeline-dataset", "title": "A dataset of the shape of timeline", "version": "0"}


def read_about(root: Path) -> dict[str, Any]:
    """Name, title, version, licences and contributors of the dataset at `root`; plain defaults where it gives none."""
    path = root / ABOUT
    try:
        about = {**_UNTITLED, **tomllib.loads(read_plain(path, LARGEST_ABOUT).decode("utf-8"))}
    except FileNotFoundError:
        return dict(_UNTITLED)
    except (OSError, ValueError, RecursionError) as error:
        reason = error.args[-1] if isinstance(error, ValueError) else error
        raise InvalidData([Problem(ABOUT, 0, "", "", "file", f"cannot be read as TOML: {reason}")]) from None
    if problems := [Problem(ABOUT, 0, name, _repr(about[name]), "type", message) for name, message in mistyped(about)]:
        raise InvalidData(problems)
    return about


def about_of(package: Mapping[str, Any]) -> dict[str, Any]:
    """What a published dataset says of itself, with plain defaults; ValueError if a Data Package could not hold it."""
    about = {**_UNTITLED, "description": "", **{name: package[name] for name in package if name not in WRITTEN}}
    for name, message in mistyped(about):
        raise ValueError(f"{DESCRIPTOR}: {name} {message}")
    return about


def licences(about: Mapping[str, Any]) -> str:
    """The names of the licences of a dataset, as one text."""
    return ", ".join(licence["name"] for licence in about.get("licenses", ()))


def web_address(value: Any) -> str | None:
    """What a dataset gives as an address, if it is one on the web, and nothing that a page would run."""
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None


def mistyped(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each entry that a Data Package could not hold, with what is wrong."""
    for name, value in about.items():
        key = _LISTED.get(name)
        if name in _TEXTS and not (isinstance(value, str) and value.isprintable()):
            yield name, "must be text in quotes, on one line, without characters that cannot be seen"
        elif key and not (isinstance(value, list) and all(isinstance(e, dict) and isinstance(e.get(key), str) for e in value)):
            yield name, f"must be [[{name}]] tables, each with a {key}"
        elif name == BY_YEAR and not isinstance(value, bool):
            yield name, "must be true or false"
        elif name in WRITTEN:
            yield name, "is written by the build"
        elif not _is_json(value):
            yield name, "must be text, a number, true or false, or lists and tables of them"


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except (ValueError, RecursionError):
        return f"a {type(value).__name__} too large to print"


def datapackage(folder: Path, about: Mapping[str, Any], sums: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The Data Package (v2) of the tables written to `folder`: each as CSV with its schema, and as Parquet or parts of it.

    `sums` has the SHA-256 of each file by name, where it is known.
    """
    book, sums = codebook(), sums or {}
    resources = []
    for table in book.tables.values():
        schema = table_schema(table, book.tables, book.vocabularies)
        described = {"title": table.title, "description": table.description}
        # readers that guess take a comma in a text, or a semicolon in a list, for the delimiter
        text = {"encoding": "utf-8", "dialect": {"delimiter": ","}}
        resources.append({**_resource(folder / f"{table.name}.csv", table, sums), **described, **text, "schema": schema})
        resources += [{**_resource(file, table, sums), **described} for file in parquet_files(folder, table)]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        **about,
        "schemaVersion": book.schema_version,
        "resources": resources,
    }


def dumps(descriptor: Mapping[str, Any]) -> str:
    """A descriptor as JSON text."""
    return json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n"


def _escaped(text: str) -> str:
    """A text that is no markup, in Markdown or HTML."""
    return html.escape(text).replace("[", "&#91;").replace("`", "&#96;")


def codebook_markdown(about: Mapping[str, Any]) -> str:
    """The codebook as a page to read."""
    book = codebook()
    scope = f"{book.scope['description']} From {book.scope['from']} to {book.scope['to']}; {book.scope['initiators_country']}."
    lines = [
        _CODEBOOK_HEAD.format(
            title=_escaped(about["title"]),
            version=_escaped(about["version"]),
            schema_version=book.schema_version,
            scope=scope,
            whose="of the package `timeline`" if book is packaged() else "of this dataset",
        ),
        *(line for table in book.tables.values() for line in _table_lines(table)),
        "",
        "## Vocabularies",
        *(line for name, values in book.vocabularies.items() for line in _vocabulary_lines(name, values)),
        "",
        "## Reconciliation",
        "",
        book.reconciliation,
        "",
        "| measure | counts |",
        "| --- | --- |",
        *(f"| `{measure}` | {_itemise_words(rule)} |" for measure, rule in book.itemise.items()),
        "",
        "## Estimates of completeness",
        "",
        book.completeness["description"],
        "",
        "## Likely twins",
        "",
        book.twins["description"],
        "",
        "## Rules",
        "",
        "Every transcribed row is held against these, besides the constraints of its cells and the resolution of its keys.",
        "",
        *(f"- `{rule.__name__}`: {text(rule)}" for rule in RULES),
        "",
    ]
    return "\n".join(lines)


def _resource(file: Path, table: Table, sums: Mapping[str, str]) -> dict[str, Any]:
    form = file.suffix[1:]
    return {
        "name": table.name if form == "csv" else f"{file.stem}-{form}",
        "path": file.name,
        **({"partOf": table.name} if is_part(file.name, table.name) else {}),
        "type": "table" if form == "csv" else "file",
        "format": form,
        "mediatype": _MEDIA[form],
        "bytes": file.stat().st_size,
        "hash": f"sha256:{sums.get(file.name) or sha256(file)}",
    }


def _table_lines(table: Table) -> Iterator[str]:
    keys = ", ".join(f"`{name}`" for name in table.primary_key)
    yield from ("", f"## `{table.name}`", "", f"{table.description} Key: {keys}.")
    yield f"Transcribed in `{table.source}`." if table.source else "Derived: nobody types it."
    yield from ("", "| column | type | definition |", "| --- | --- | --- |")
    for column in table.columns:
        derived = "*derived.* " if column.derived and table.source else ""
        yield f"| `{column.name}` | {_type_words(column)} | {derived}{column.description}{_constraint_words(column)} |"


def _type_words(column: Column) -> str:
    words = "EDTF date" if column.format == "edtf" else column.type
    return f"{words}, required" if column.required else words


def _constraint_words(column: Column) -> str:
    words = []
    if column.vocabulary:
        words.append(f"One of [{column.vocabulary}](#{column.vocabulary}).")
    if column.references:
        words.append(f"Key of {' or '.join(f'`{name}`' for name in column.references)}.")
    if column.unique:
        words.append("Unique.")
    if column.pattern:
        words.append(f"Pattern `{column.pattern.replace('|', chr(92) + '|')}`.")
    if column.minimum is not None or column.maximum is not None:
        low, high = (f"{bound:g}" if bound is not None else "" for bound in (column.minimum, column.maximum))
        words.append(f"From {low} to {high}." if low and high else f"At least {low}." if low else f"At most {high}.")
    if column.max_length is not None:
        words.append(f"At most {column.max_length} characters.")
    if column.deprecated:
        words.append(f"**Deprecated**: {column.deprecated}")
    return "".join(f" {word}" for word in words)


def _itemise_words(rule: Mapping[str, Any]) -> str:
    if rule.get("own"):
        return "the events' own figures of it"
    narrowed = [f"with an attestation that {rule['stance']}"] if "stance" in rule else []
    narrowed += [f"with outcome {rule['outcome']}, or an own figure of it"] if "outcome" in rule else []
    return " ".join(["attacks", *narrowed])


def _vocabulary_lines(name: str, values: Mapping[str, str]) -> Iterator[str]:
    yield from ("", f"### {name}", "", "| value | definition |", "| --- | --- |")
    yield from (f"| `{value}` | {definition} |" for value, definition in values.items())
