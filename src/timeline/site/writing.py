"""The folder of a site: its pages, what they need, and the published files to download."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from timeline import charts
from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.fingerprints import sha256
from timeline.folders import whole
from timeline.site import assets, views
from timeline.site.content import Content
from timeline.site.pages import pages

DOWNLOADS = "downloads"
PICTURES = ("weekly", "reconciliation")


def write(dataset: Dataset, out: Path, docs: Path | None = None) -> int:
    """Write the site of a dataset, with pages in Markdown, to a new folder, whole or not at all; how many pages it has."""
    content, number = Content(dataset), 0
    with whole(out) as folder:
        shutil.copytree(dataset.folder, folder / DOWNLOADS)
        for name in ("assets", "events", "actors", "sources"):
            (folder / name).mkdir()
        assets.write(folder / "assets")
        _pictures(dataset, folder / "assets")
        (folder / "assets/data.js").write_text("".join(_scripts(content)), encoding="utf-8")
        if docs is not None and (docs / "pictures").is_dir():
            shutil.copytree(
                docs / "pictures", folder / "pictures", ignore=lambda _, names: [n for n in names if not n.endswith(".svg")]
            )
        for path, text in pages(content, list(_files(folder / DOWNLOADS)), docs):
            (folder / path).write_text(text, encoding="utf-8")
            number += 1
    return number


def _scripts(content: Content) -> Iterator[str]:
    """What the explorer draws, and how."""
    rows = views.rows(content)
    yield assets.as_script("EVENTS", rows)
    yield assets.as_script("PLACES", views.places(content))
    named = content.acted.keys() | content.spoken.keys() | {key for row in rows for key in row["voices"]}
    yield assets.as_script(
        "NAMES",
        {key: [actor["name"], *(actor["aliases"] or ())] for key, actor in content.actors.items() if key in named},
    )
    yield assets.as_script("PERIOD", [str(codebook().scope[end]) for end in ("from", "to")])
    yield assets.as_script("TIMELINE", views.timeline(1 + max((row["lane"] for row in rows), default=0)))
    yield assets.as_script("MAP", views.map_())


def _pictures(dataset: Dataset, folder: Path) -> None:
    """The pictures that need no script, for a light and for a dark page."""
    for name in PICTURES:
        for size, width in (("", charts.WIDTH), ("-narrow", charts.NARROW)):
            chart = charts.PICTURES[name](dataset, width=width)
            for shade in ("", "-dark"):
                drawn = charts.themed(chart, is_dark=bool(shade), is_narrow=bool(size))
                drawn.save(str(folder / f"{name}{size}{shade}.svg"))


def _files(folder: Path) -> Iterator[dict[str, Any]]:
    """The published files with their sizes and hashes."""
    titles = {r["path"]: r.get("title", "") for r in json.loads((folder / "datapackage.json").read_bytes())["resources"]}
    for path in sorted(folder.iterdir()):
        yield {"name": path.name, "title": titles.get(path.name, ""), "bytes": path.stat().st_size, "sha256": sha256(path)}
