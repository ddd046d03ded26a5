"""What the pages need besides themselves: libraries, as the packages carry them that keep them, and our own few lines."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

OWN = ("style.css", "explore.js", "tables.js")


def write(folder: Path) -> None:
    """Write the libraries and our own scripts and styles into a folder."""
    import vl_convert

    vega: str = vl_convert.javascript_bundle(None)  # type: ignore[arg-type]
    (folder / "vega.js").write_text(_alone(vega), encoding="utf-8")
    tables = files("itables") / "html"
    (folder / "datatables.js").write_text(
        table_script((tables / "dt_bundle.js").read_text(encoding="utf-8")), encoding="utf-8"
    )
    (folder / "datatables.css").write_text((tables / "dt_bundle.css").read_text(encoding="utf-8"), encoding="utf-8")
    for name in OWN:
        text = (files("timeline.site") / "static" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")


def as_script(name: str, value: Any) -> str:
    """Data as a script, since a page that was opened from a disk may not fetch: `window.NAME = ...`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"window.{name} = {text};\n"


def table_script(module: str) -> str:
    """A module as a script, which a page from a disk may load; jQuery, and with it DataTables, is what others see of it."""
    exported = re.findall(r"\bexport\{([^{}]*)\}", module)
    names = dict(pair.split(" as ")[::-1] for pair in exported[0].split(",")) if len(exported) == 1 else {}
    if "jQuery" not in names:
        raise ValueError("itables: its bundle does not export jQuery as it used to")
    return _alone('"use strict";\n' + module.replace(f"export{{{exported[0]}}}", f"window.jQuery={names['jQuery']}"))


def _alone(script: str) -> str:
    """A script of which nothing but what it puts on the window is seen by others."""
    return f"(function () {{\n{script}\n}})();\n"
