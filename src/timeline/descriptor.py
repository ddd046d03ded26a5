"""What the `datapackage.json` of a release tells, looked at before it is believed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from timeline import frames
from timeline.fingerprints import sha256
from timeline.parts import BY, is_part


def read(file: Path) -> dict[str, Any]:
    """A descriptor; ValueError if it is not that of a dataset of this shape, all files of which lie beside it."""
    try:
        descriptor: dict[str, Any] = json.loads(file.read_bytes())
        is_known = all(map(_is_plain, descriptor["resources"])) and _are_parts(descriptor["resources"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        is_known = False
    if not is_known:
        raise ValueError(f"{file} does not describe a dataset of this shape")
    return descriptor


def hold(file: Path, told: dict[str, Any] | None, *, verify: bool) -> None:
    """ValueError unless a file is the one that is described: by its size, or by its hash as well."""
    if told is None:
        raise ValueError(f"datapackage.json does not describe {file.name}")
    if file.stat().st_size != told["bytes"]:
        found = "has another size than"
    elif verify and f"sha256:{sha256(file)}" != told["hash"]:
        found = "has another SHA-256 than"
    else:
        return
    raise ValueError(f"{file} {found} datapackage.json tells: it was cut, changed, or comes from another release")


def _is_plain(resource: dict[str, Any]) -> bool:
    """Whether a resource is a file beside its descriptor, with a size and a hash."""
    path, is_name = resource["path"], re.compile(r"[a-z0-9_]+").fullmatch
    names = (resource["name"], Path(path).stem) if "schema" in resource else (Path(path).stem,)
    is_here = path == Path(path).name and all(map(is_name, names)) and {"bytes", "hash"} <= resource.keys()
    return is_here and all(map(_is_field, resource["schema"]["fields"] if "schema" in resource else ()))


def _is_field(field: dict[str, Any]) -> bool:
    """Whether a column is defined as `codebook` and `load` need it."""
    texts = (field["name"], field["type"], field["description"])
    categories = field.get("categories", [])
    values = [value for category in categories for value in (category["value"], category["description"])]
    is_known = field["type"] in frames.TYPES and isinstance(field["derived"], bool)
    is_required = field["constraints"].get("required", False)
    return is_known and isinstance(is_required, bool) and all(isinstance(text, str) for text in (*texts, *values))


def _are_parts(resources: list[dict[str, Any]]) -> bool:
    """Whether each part is that of a table with days to part it by, a key to order it by, and no file with all its rows."""
    parts = [resource for resource in resources if "partOf" in resource]
    schemas = {resource["name"]: resource["schema"] for resource in resources if "schema" in resource}
    paths = {resource["path"] for resource in resources}
    for table in {part["partOf"] for part in parts}:
        key, names = schemas[table]["primaryKey"], {field["name"] for field in schemas[table]["fields"]}
        if not isinstance(key, list) or not key or not names.issuperset([BY, *key]) or f"{table}.parquet" in paths:
            return False
    return all("schema" not in part and is_part(part["path"], part["partOf"]) for part in parts)
