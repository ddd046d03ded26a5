"""A whole release as an RO-Crate: its files where a dataset has them, and what each is."""

from __future__ import annotations

import shutil
from pathlib import Path

from timeline.dataset import Dataset
from timeline.describe import CODEBOOK, DESCRIPTOR, dumps
from timeline.exporting import Exported
from timeline.linked import CRATE_FILE, ro_crate
from timeline.publish import CHECKSUMS, PROCESSED
from timeline.tools.copies import copy


def write(dataset: Dataset, folder: Path) -> Exported:
    """Write the crate, which is read as a dataset as well."""
    inside = folder / PROCESSED
    inside.mkdir(parents=True)
    copy(dataset, dataset.package["resources"], inside)
    for name in (DESCRIPTOR, CODEBOOK, CHECKSUMS):
        shutil.copyfile(dataset.folder / name, inside / name)
    files = [(path.relative_to(folder).as_posix(), path.stat().st_size) for path in sorted(inside.iterdir())]
    (folder / CRATE_FILE).write_text(dumps(ro_crate(dataset, files)), encoding="utf-8")
    number = len(dataset.load("events", columns=["event_id"], engine="pyarrow"))
    return Exported(number, number)
