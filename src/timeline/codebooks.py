"""A dataset's own codebook: what it may say otherwise than the package's, and what not, since the code speaks of it.

It may add values to vocabularies and columns to transcribed tables, reword every definition and make constraints stricter; its
`[scope]` says what the dataset is about.
"""

from __future__ import annotations

import datetime
import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from timeline.columns import PACKAGED, Codebook, compiled, in_force, packaged
from timeline.problems import InvalidData, Problem

NAME = "codebook.toml"
LARGEST = 1 << 20  # bytes
FREE = ("time_of_day", "weapon")  # vocabularies of whose values no code speaks, so that they may go
_ANY = "*"
# the words of a codebook and what each holds: `?` marks those that may be absent, `*` stands for every name
SHAPE = {
    "schema_version": str,
    "scope": {
        "description": str,
        "from": datetime.date,
        "to": datetime.date,
        "initiators_country": str,
        "israel": str,
        "us_forces": str,
    },
    "reconciliation": {"description": str},
    "itemise": {_ANY: {"stance?": str, "outcome?": str, "own?": bool}},
    "qualifier_values": {_ANY: {"needs": [str], "may": [str]}},
    "completeness": {"description": str, "measure": str, "z": float},
    "twins": {"description": str},
    "vocabularies": {_ANY: {_ANY: str}},
    "tables": {
        _ANY: {
            "title": str,
            "description": str,
            "source?": str,
            "primaryKey": [str],
            "raw?": [str],
            "fields": [
                {
                    "name": str,
                    "type": str,
                    "description": str,
                    "derived?": bool,
                    "vocabulary?": str,
                    "references?": [str],
                    "format?": str,
                    "deprecated?": str,
                    "constraints?": {
                        "required?": bool,
                        "unique?": bool,
                        "pattern?": str,
                        "minimum?": float,
                        "maximum?": float,
                        "maxLength?": int,
                    },
                }
            ],
        }
    },
}
_KINDS = {
    str: "text in quotes, on one line, not empty",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    datetime.date: "a day as YYYY-MM-DD",
    dict: "a table",
    list: "a list",
}
_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TYPES = ("string", "integer", "number", "boolean", "date", "list")
_FIXED = ("type", "derived", "vocabulary", "references", "format")  # of a column of the package
# the types whose columns each constraint can be put on
_FOR = {"minimum": ("integer", "number"), "maximum": ("integer", "number"), "pattern": ("string",), "maxLength": ("string",)}
_VALUES = ("value_low", "value_best", "value_high")


class Flaw(NamedTuple):
    """What is wrong with an entry of a codebook."""

    key: str
    rule: str
    message: str
    value: object = ""


@contextmanager
def settled(root: Path | None) -> Iterator[None]:
    """Have the codebook of the dataset at `root` in force, if it has its own; InvalidData lists what is wrong with it."""
    path = None if root is None else own(root)
    with in_force(_read(path) if path is not None else packaged()):
        yield


def own(root: Path) -> Path | None:
    """Where the own codebook of a dataset is, by its folder or the one that its tables are published in; None without one."""
    folders = [root, *root.absolute().parents[1:2]] if root.absolute().parts[-2:] == ("data", "processed") else [root]
    paths = [folder / NAME for folder in folders]
    return next((path for path in paths if os.path.lexists(path) and path.resolve() != PACKAGED.resolve()), None)


def _read(path: Path) -> Codebook:
    from timeline.raw import read_plain

    try:
        toml = tomllib.loads(read_plain(path, LARGEST).decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.args[-1] if isinstance(error, ValueError) else error
        raise InvalidData([Problem(NAME, 0, "", "", "file", f"cannot be read as TOML: {reason}")]) from None
    if found := flaws(toml):
        raise InvalidData(Problem(NAME, 0, flaw.key, _text(flaw.value), flaw.rule, flaw.message) for flaw in found)
    return compiled(toml)


@cache
def _packaged() -> dict[str, Any]:
    return tomllib.loads(PACKAGED.read_text(encoding="utf-8"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else f"a {type(value).__name__}" if isinstance(value, dict | list) else str(value)


def flaws(toml: dict[str, Any]) -> list[Flaw]:
    """Everything that is wrong with a codebook: if it has the words of one, what they say."""
    ours = _packaged()
    return list(_misshapen(toml, SHAPE, "")) or [
        *_of_scope(toml["scope"]),
        *_of_vocabularies(toml, ours),
        *_of_measures(toml, ours),
        *_of_tables(toml, ours),
    ]


def _misshapen(value: Any, shape: Any, key: str) -> Iterator[Flaw]:
    """Where a value is not of a shape."""
    kind = shape if isinstance(shape, type) else type(shape)
    if not _is_a(value, kind):
        yield Flaw(key, "type", f"must be {_KINDS[kind]}", value)
    elif kind is list:
        for number, item in enumerate(value, start=1):
            name = item.get("name") if isinstance(item, dict) else None
            yield from _misshapen(item, shape[0], f"{key}.{name if _is_a(name, str) else number}")
    elif kind is dict:
        words = {word.removesuffix("?"): inner for word, inner in shape.items()}
        for word in shape:
            if word not in value and word != _ANY and not word.endswith("?"):
                yield Flaw(_below(key, word), "missing", f"is missing; it must be {_KINDS[_kind(words[word])]}")
        for word, item in value.items():
            if _ANY in shape and not _WORD.fullmatch(word):
                yield Flaw(_below(key, word), "name", "must be named by small letters, digits and _")
            elif _ANY not in shape and word not in words:
                yield Flaw(_below(key, word), "unknown", f"is no word of a codebook; here it may have: {', '.join(words)}")
            else:
                yield from _misshapen(item, words.get(word, shape.get(_ANY)), _below(key, word))


def _kind(shape: Any) -> type:
    return shape if isinstance(shape, type) else type(shape)


def _below(key: str, word: str) -> str:
    return f"{key}.{word}" if key else word


def _is_a(value: Any, kind: type) -> bool:
    """Whether a value of TOML is of a kind; text says something, and a number is one that JSON can hold."""
    if kind is float:
        return type(value) in (int, float) and math.isfinite(value)
    if kind is str:
        return isinstance(value, str) and value.isprintable() and bool(value.strip())
    return type(value) is kind


def _of_scope(scope: Mapping[str, Any]) -> Iterator[Flaw]:
    if scope["from"] > scope["to"]:
        yield Flaw("scope.from", "scope", f"is after scope.to, {scope['to']}", scope["from"])
    if not re.fullmatch("[A-Z]{3}", scope["initiators_country"]):
        yield Flaw("scope.initiators_country", "scope", "must be a country_iso3: three capitals", scope["initiators_country"])
    for target in ("israel", "us_forces"):
        if not _SLUG.fullmatch(scope[target]):
            yield Flaw(f"scope.{target}", "scope", "must be an actor_id: small letters and digits, joined by -", scope[target])


def _of_vocabularies(toml: dict[str, Any], ours: dict[str, Any]) -> Iterator[Flaw]:
    used = {field["vocabulary"] for book in (ours, toml) for _, field in _fields(book) if "vocabulary" in field}
    typed = {field["vocabulary"] for table, field in _fields(ours) if "vocabulary" in field and _is_typed(table, field)}
    for name, values in toml["vocabularies"].items():
        if name not in used:
            yield Flaw(f"vocabularies.{name}", "vocabulary", "is of no column")
        elif not values:
            yield Flaw(f"vocabularies.{name}", "vocabulary", "has no value")
        for value in set(values) - set(ours["vocabularies"].get(name, values)):
            # two harvests are compared, and what the build derives it has no other words for
            if name == "harvest" or name not in typed:
                yield Flaw(f"vocabularies.{name}.{value}", "vocabulary", "cannot be added: the build knows no more of them")
    for name, values in ours["vocabularies"].items():
        if name not in toml["vocabularies"]:
            yield Flaw(f"vocabularies.{name}", "missing", "is missing; columns of the package have it")
            continue
        for value in values.keys() - toml["vocabularies"][name].keys() if name not in FREE else ():
            yield Flaw(f"vocabularies.{name}.{value}", "missing", "is missing; rules, derivations or exports speak of it")


def _fields(toml: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every column with its table."""
    return ((table, field) for table in toml["tables"].values() for field in table["fields"])


def _is_typed(table: dict[str, Any], field: dict[str, Any]) -> bool:
    """Whether somebody types a column, rather than that the build derives it."""
    return "source" in table and not field.get("derived", False)


def _of_measures(toml: dict[str, Any], ours: dict[str, Any]) -> Iterator[Flaw]:
    """What speaks of values must speak of those that are there, or are told to be missing."""
    words = {name: {*values, *toml["vocabularies"].get(name, ())} for name, values in ours["vocabularies"].items()}
    for measure, rule in toml["itemise"].items():
        told = [("measure", measure), *((name, rule[name]) for name in ("stance", "outcome") if name in rule)]
        for name, value in told:
            if value not in words[name]:
                yield Flaw(f"itemise.{measure}", "vocabulary", f"is not in vocabularies.{name}", value)
    if toml["completeness"]["measure"] not in toml["itemise"]:
        yield Flaw("completeness.measure", "vocabulary", "is not in itemise", toml["completeness"]["measure"])
    for name in words["qualifier"] - toml["qualifier_values"].keys():
        yield Flaw(f"qualifier_values.{name}", "missing", "is missing; it says which values a figure of this qualifier has")
    for name, rule in toml["qualifier_values"].items():
        if name not in words["qualifier"]:
            yield Flaw(f"qualifier_values.{name}", "vocabulary", "is not in vocabularies.qualifier")
        for column in {*rule["needs"], *rule["may"]} - {*_VALUES}:
            yield Flaw(f"qualifier_values.{name}", "vocabulary", f"must be of: {', '.join(_VALUES)}", column)


def _of_tables(toml: dict[str, Any], ours: dict[str, Any]) -> Iterator[Flaw]:
    for name in toml["tables"].keys() - ours["tables"].keys():
        yield Flaw(f"tables.{name}", "unknown", "is no table of the package, which would neither read nor write it")
    for name, ours_of in ours["tables"].items():
        if name not in toml["tables"]:
            yield Flaw(f"tables.{name}", "missing", "is missing; the build reads or writes it")
            continue
        table, key = toml["tables"][name], f"tables.{name}"
        for word in ("source", "primaryKey"):
            if table.get(word) != ours_of.get(word):
                yield Flaw(
                    f"{key}.{word}", "fixed", f"must be {ours_of.get(word)!r}, as the package has it", table.get(word, "")
                )
        yield from _of_columns(table, ours_of, key, toml["vocabularies"])


def _of_columns(table: dict[str, Any], ours: dict[str, Any], key: str, vocabularies: Mapping[str, Any]) -> Iterator[Flaw]:
    names = [field["name"] for field in table["fields"]]
    known = {field["name"]: field for field in ours["fields"]}
    yield from (
        Flaw(f"{key}.fields.{name}", "missing", "is missing; rules, derivations or exports read it")
        for name in known.keys() - {*names}
    )
    yield from (Flaw(f"{key}.fields.{name}", "fixed", "stands there twice") for name in {*names} if names.count(name) > 1)
    if _in_order(names, ours_order := list(known)) != [name for name in ours_order if name in names]:
        yield Flaw(f"{key}.fields", "fixed", f"must have the package's columns in its order: {', '.join(ours_order)}")
    added = [name for name in names if name not in known]
    if "raw" not in ours and "raw" in table:
        yield Flaw(f"{key}.raw", "fixed", "must be absent, as in the package")
    elif "raw" in ours:
        raw = table.get("raw", [])
        if _in_order(raw, ours["raw"]) != ours["raw"] or sorted({*raw} - {*ours["raw"]}) != sorted(added):
            yield Flaw(f"{key}.raw", "fixed", f"must be, in this order, and with each added column: {', '.join(ours['raw'])}")
    for field in table["fields"]:
        at = f"{key}.fields.{field['name']}"
        if field["name"] in known:
            yield from _of_known(field, known[field["name"]], at)
        else:
            yield from _of_added(field, "source" in ours, at, vocabularies)
        yield from _of_constraints(field, at)


def _in_order(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    return [name for name in names if name in wanted]


def _of_known(field: dict[str, Any], ours: dict[str, Any], at: str) -> Iterator[Flaw]:
    """A column of the package is as it is there; its constraints may be stricter."""
    for word in _FIXED:
        if field.get(word) != ours.get(word):
            there = f"must be {ours[word]!r}, as the package has it" if word in ours else "must be absent, as in the package"
            yield Flaw(f"{at}.{word}", "fixed", there, field.get(word, ""))
    given, wanted = field.get("constraints", {}), ours.get("constraints", {})
    for word, bound in wanted.items():
        value = given.get(word)
        is_looser = (
            value is None
            or (word == "pattern" and value != bound)
            or (word == "minimum" and value < bound)
            or (word in ("maximum", "maxLength") and value > bound)
            or (word in ("required", "unique") and value < bound)
        )
        if is_looser:
            least = "must be the package's" if word == "pattern" else "must be as strict as the package's"
            yield Flaw(f"{at}.constraints.{word}", "constraint", f"{least}: {bound}", "" if value is None else value)


def _of_added(field: dict[str, Any], is_transcribed: bool, at: str, vocabularies: Mapping[str, Any]) -> Iterator[Flaw]:
    """A column that the package does not have is plain: typed, and read by nothing."""
    if not is_transcribed:
        yield Flaw(at, "unknown", "cannot be added to a table that the build derives")
    if not _WORD.fullmatch(field["name"]):
        yield Flaw(at, "name", "must be named by small letters, digits and _")
    if field["type"] not in _TYPES:
        yield Flaw(f"{at}.type", "type", f"must be one of: {', '.join(_TYPES)}", field["type"])
    for word in ("derived", "references"):
        if field.get(word):
            yield Flaw(f"{at}.{word}", "unknown", "cannot be said of an added column")
    if field.get("format", "edtf") != "edtf" or ("format" in field and field["type"] != "string"):
        yield Flaw(f"{at}.format", "unknown", "must be edtf, of a string", field["format"])
    if (vocabulary := field.get("vocabulary")) is not None:
        if vocabulary not in vocabularies:
            yield Flaw(f"{at}.vocabulary", "vocabulary", "is not among the vocabularies", vocabulary)
        if field["type"] not in ("string", "list"):
            yield Flaw(f"{at}.vocabulary", "vocabulary", "is only for a string or a list", vocabulary)


def _of_constraints(field: dict[str, Any], at: str) -> Iterator[Flaw]:
    """Constraints that could not be held against a cell."""
    for word, value in field.get("constraints", {}).items():
        if word in _FOR and field["type"] not in _FOR[word]:
            types = " or ".join(_FOR[word])
            yield Flaw(f"{at}.constraints.{word}", "constraint", f"is only for columns of type {types}", value)
        elif word == "pattern" and not _is_pattern(value):
            yield Flaw(
                f"{at}.constraints.{word}", "constraint", "is no regular expression that both Python and RE2 know", value
            )


def _is_pattern(text: str) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        re.compile(text)
        pc.match_substring_regex(pa.array([""]), f"^({text})$")
    except (re.error, pa.ArrowInvalid):
        return False
    return True
