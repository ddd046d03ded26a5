"""Published files beside what describes them, each the one that `datapackage.json` tells."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from timeline import descriptor
from timeline.dataset import Dataset


def copy(dataset: Dataset, resources: Iterable[dict[str, Any]], folder: Path) -> None:
    """Copy files of a dataset; ValueError if one is not whole."""
    for resource in resources:
        file = dataset.folder / resource["path"]
        descriptor.hold(file, resource, verify=True)
        shutil.copyfile(file, folder / file.name)
