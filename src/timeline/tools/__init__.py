"""The published tables in the files of tools that people use: a module for each format, which writes to a folder."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeline.exporting import Exported

# what each is, and the module that writes it
FORMATS = {
    "croissant": ("Croissant (JSON-LD) with the CSV files, for machine learning", "croissant"),
    "geojson": ("GeoJSON, for maps", "geojson"),
    "ical": ("iCalendar, for calendars", "ical"),
    "ro-crate": ("an RO-Crate, for repositories", "ro_crate"),
    "sqlite": ("SQLite with full-text search, for Datasette", "sqlite"),
    "timelinejs": ("JSON of TimelineJS, for a page", "timelinejs"),
    "xlsx": ("a workbook, for spreadsheets", "xlsx"),
}


def export(form: str, root: Path, out: Path) -> Exported:
    """Write a published dataset in a format to a new folder, whole or not at all."""
    from timeline.dataset import Dataset
    from timeline.exporting import readable
    from timeline.folders import whole

    _, module = FORMATS[form]
    with whole(out) as folder, readable(root):
        done: Exported = import_module(f"timeline.tools.{module}").write(Dataset(root), folder)
    return done
