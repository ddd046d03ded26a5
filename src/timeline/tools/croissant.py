"""The CSV files of a dataset with their description in Croissant, which readers for machine learning load."""

from __future__ import annotations

from pathlib import Path

from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.describe import dumps
from timeline.exporting import Exported
from timeline.linked import croissant
from timeline.tools.copies import copy

FILE = "croissant.json"


def write(dataset: Dataset, folder: Path) -> Exported:
    """Write the description, and the files beside it."""
    tables = codebook().tables
    copy(dataset, (resource for resource in dataset.package["resources"] if resource["name"] in tables), folder)
    (folder / FILE).write_text(dumps(croissant(dataset)), encoding="utf-8")
    number = len(dataset.load("events", columns=["event_id"], engine="pyarrow"))
    return Exported(number, number)
