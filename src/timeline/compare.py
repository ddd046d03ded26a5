"""What is committed, held against a fresh build of the same tree."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from timeline import raw
from timeline.building import with_rows
from timeline.describe import DESCRIPTOR, read_about
from timeline.local import Local
from timeline.publish import CHECKSUMS, PROCESSED, Part, write
from timeline.verify import wrong_checksums


def differences(root: Path) -> list[str]:
    """Each way in which `data/processed` differs from a fresh build, or a raw file from its canonical form.

    Text is compared to the byte, Parquet as tables: another release of pyarrow may write the same table otherwise.
    """
    with tempfile.TemporaryDirectory() as name:
        fresh = with_rows(root, lambda rows: _written(Path(tempfile.mkdtemp(dir=name)), rows, read_about(root)), Local())
        found = [*_not_canonical(root), *_not_fresh(root / PROCESSED, fresh)]
        return found or [f"{PROCESSED}/{message}" for message in wrong_checksums(root / PROCESSED)]


def _written(folder: Path, rows: Iterable[Iterable[Part]], about: Mapping[str, Any]) -> Path:
    write(folder, rows, about)
    return folder


def _not_canonical(root: Path) -> list[str]:
    return [f"{file}: not in canonical form; `timeline format` mends it" for file in raw.out_of_form(root)]


def _not_fresh(committed: Path, fresh: Path) -> list[str]:
    names = {path.name for path in fresh.iterdir()}
    if committed.is_symlink():
        return [f"{PROCESSED}: is a link, not a folder"]
    there = {path.name for path in committed.iterdir()} if committed.is_dir() else set()
    found = [f"{PROCESSED}/{name}: missing; `make build` makes it" for name in sorted(names - there)]
    found += [f"{PROCESSED}/{name}: not part of a release; delete it" for name in sorted(there - names)]
    for name in sorted(names & there - {CHECKSUMS}):
        if not _equal(committed / name, fresh / name):
            found.append(f"{PROCESSED}/{name}: differs from a fresh build; `make build` makes it anew")
    return found


def _equal(one: Path, other: Path) -> bool:
    if not one.is_file():
        return False
    if one.read_bytes() == other.read_bytes():
        return True
    if one.suffix == ".parquet":
        try:
            return bool(pq.read_table(one).equals(pq.read_table(other), check_metadata=True))
        except (OSError, ValueError):
            return False
    return one.name == DESCRIPTOR and _without_parquet(one) == _without_parquet(other)


def _without_parquet(path: Path) -> Any:
    """A descriptor without the sizes and hashes of the Parquet files."""
    try:
        descriptor = json.loads(path.read_bytes())
        for resource in descriptor["resources"]:
            if resource["format"] == "parquet":
                del resource["bytes"], resource["hash"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return descriptor
