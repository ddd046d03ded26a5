"""How to cite a dataset, from its descriptor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STYLES = ("text", "apa", "bibtex")


def cite(about: Mapping[str, Any], style: str) -> str:
    """A reference to the dataset that a `datapackage.json` describes."""
    authors = " and ".join(person["title"] for person in about.get("contributors", ())) or "Anonymous"
    title, version = about["title"], about["version"]
    year = version.split(".")[0]
    licences = ", ".join(licence["name"] for licence in about.get("licenses", ()))
    if style == "bibtex":
        key = about["name"].replace("-", "_")
        fields = {"author": f"{{{authors}}}", "title": title, "year": year, "version": version, "note": f"Licence: {licences}"}
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
        return "\n".join([f"@dataset{{{key},", *lines, "}"])
    if style == "apa":
        return f"{authors}. ({year}). {title} (Version {version}) [Data set]."
    return f"{authors}: {title}. Version {version}. Dataset, {licences}."
