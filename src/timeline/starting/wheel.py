"""The package as a wheel, made of what is installed: without its data, and the same to the byte wherever it is made."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

from timeline.packing import pack
from timeline.raw import to_csv

DISTRIBUTION = "iraq-israel-timeline"
PACKAGE = Path(__file__).parents[1]
_WHEEL = "Wheel-Version: 1.0\nGenerator: timeline\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path) -> Path:
    """Write the wheel to a folder; its path."""
    about = distribution(DISTRIBUTION)
    name = f"{re.sub(r'[-_.]+', '_', about.name).lower()}-{about.version}"
    entries = dict(sorted({**_modules(), **_metadata(about, f"{name}.dist-info")}.items()))
    record = f"{name}.dist-info/RECORD"
    rows = [[entry, f"sha256={_digest(data)}", str(len(data))] for entry, data in entries.items()]
    entries[record] = to_csv([*rows, [record, "", ""]]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-py3-none-any.whl"
    pack(path, dict(sorted(entries.items())))
    return path


def _modules() -> dict[str, bytes]:
    """Every file of the package but its data and what Python compiles."""
    paths = (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if path.is_file())
    kept = (path for path in paths if path.parts[0] != "data" and "__pycache__" not in path.parts)
    return {f"timeline/{path.as_posix()}": (PACKAGE / path).read_bytes() for path in kept}


def _metadata(about: Distribution, folder: str) -> dict[str, bytes]:
    """What an installer reads: the metadata as they are installed here, with the command and the licences."""
    texts = {name: about.read_text(name) or "" for name in ("METADATA", "entry_points.txt")}
    licences = {
        f"{folder}/licenses/{file.name}": file.read_binary()
        for file in about.files or ()
        if file.parent.name == "licenses" and file.parent.parent.suffix == ".dist-info"
    }
    return {f"{folder}/{name}": text.encode() for name, text in {**texts, "WHEEL": _WHEEL}.items()} | licences


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
