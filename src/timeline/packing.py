"""Zip files that are the same to the byte whoever makes them, wherever and whenever."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

_FIRST = (1980, 1, 1, 0, 0, 0)  # the date that a zip file has for none
_MODE, _UNIX = 0o100644, 3


def pack(path: Path, entries: Mapping[str, bytes]) -> None:
    """Write a new zip file of entries by their names, in their order."""
    with zipfile.ZipFile(path, "x") as packed:
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name, _FIRST)
            entry.external_attr, entry.create_system = _MODE << 16, _UNIX
            packed.writestr(entry, data, zipfile.ZIP_DEFLATED)
