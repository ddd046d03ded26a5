"""Past releases: fetched from where they are kept, and held against the checksums that come with this package.

`releases/<version>.sha256` has the checksums of a release, as its own `SHA256SUMS` has them. What is fetched is kept in a
folder for each version; nothing stands there that does not hold, and it is only ever read as data.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from timeline.dataset import Dataset
from timeline.describe import DESCRIPTOR
from timeline.engines import one_of
from timeline.fingerprints import sha256
from timeline.problems import printable
from timeline.progress import waiting
from timeline.publish import CHECKSUMS

CACHE, MIRRORS = "TIMELINE_CACHE", "TIMELINE_MIRRORS"
KNOWN_MIRRORS: tuple[str, ...] = ()  # addresses below which each version has a folder
TRIES = 3  # of each mirror: what was cut is gone on with
PATIENCE, SLOWEST = 30.0, 1024  # seconds without a byte; bytes a second, once that time is over
LONGEST_REASON = 200  # of what a server may have written itself
LARGEST, PIECE = 1 << 26, 1 << 16  # bytes of a file of which nothing tells the size; bytes that are read at once
_LISTED = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_][A-Za-z0-9_.-]*)")


def versions() -> list[str]:
    """The releases whose checksums come with this package.

    Returns
    -------
    list of str
        Calendar versions, the latest last.

    Examples
    --------
    >>> import timeline
    >>> timeline.versions()[0]
    '2026.1'

    """
    return sorted((path.stem for path in _registry().glob("*.sha256")), key=_order)


def fetch(version: str) -> Path:
    """Fetch a release, unless it is there already, and hold each of its files against its checksum.

    Parameters
    ----------
    version : str
        One of `versions()`.

    Returns
    -------
    pathlib.Path
        The folder of the release, for `Dataset`, `diff` or `timeline verify`. It lies in the folder that the environment
        variable `TIMELINE_CACHE` names, else in that of the system for caches; the release that comes with this package
        stays where it is.

    Raises
    ------
    ValueError
        If there is no such version.
    OSError
        If a file can be had neither from the cache nor from any mirror, with what each of these said. Mirrors are
        addresses in the environment variable `TIMELINE_MIRRORS`, with spaces between, and those that the package knows.

    Examples
    --------
    >>> import timeline
    >>> timeline.Dataset(timeline.fetch("2026.1")).package["version"]
    '2026.1'

    """
    folder = of_version(version).folder
    if folder != _bundled():
        for name in _sums(version):
            _fetch(version, name)
        listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(_sums(version).items()))
        # what it lists is there before
        (folder / CHECKSUMS).write_text(listed, encoding="ascii", newline="\n")
    return folder


def of_version(version: str, tables: Iterable[str] = (), format: str = "parquet") -> Dataset:
    """The dataset of a release, of which the files of some tables are there."""
    one_of(version, versions(), "version")
    bundled = _bundled()
    if bundled and sha256(bundled / DESCRIPTOR) == _sums(version)[DESCRIPTOR]:
        return Dataset(bundled)
    dataset = Dataset(_fetch(version, DESCRIPTOR).parent)
    sizes = {resource["path"]: resource["bytes"] for resource in dataset.package["resources"]}
    for file in (file for name in tables for file in dataset.files(name, format)):
        _fetch(version, file.name, sizes[file.name])
    return dataset


def _registry() -> Path:
    return Path(__file__).parent / "releases"


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))


@cache
def _sums(version: str) -> Mapping[str, str]:
    """The SHA-256 of each file of a release by its name."""
    lines = (_registry() / f"{version}.sha256").read_text(encoding="ascii").splitlines()
    return {found[2]: found[1] for found in map(_LISTED.fullmatch, lines) if found}


def _bundled() -> Path | None:
    """The folder of the release that comes with this package."""
    with suppress(FileNotFoundError):
        return Dataset().folder
    return None


def _fetch(version: str, name: str, size: int = LARGEST) -> Path:
    """A file of a release, which is in the cache then and holds by its checksum."""
    import pooch

    # it would tell of each file
    pooch.get_logger().setLevel(logging.WARNING)
    store = pooch.create(
        path=pooch.os_cache("iraq-israel-timeline"), base_url="", version=version, env=CACHE, registry=dict(_sums(version))
    )

    def download(_: str, target: str, __: Any) -> None:
        with waiting(f"fetching {version}/{name}"):
            _download(f"{version}/{name}", Path(target), size, _sums(version)[name])

    return Path(store.fetch(name, downloader=download))


def _download(path: str, target: Path, size: int, expected: str) -> None:
    """Write a file from the first mirror that has it whole; OSError with what each of them gave instead."""
    mirrors = [*os.environ.get(MIRRORS, "").split(), *KNOWN_MIRRORS]
    if not mirrors:
        raise OSError(f"{path} is not in the cache, and no mirror is known: name the addresses in {MIRRORS}")
    found = []
    for mirror in mirrors:
        address = f"{mirror.rstrip('/')}/{path}"
        if (wrong := _take(address, target, size, expected)) is None:
            return
        found.append(f"{address}: {wrong}")
    raise OSError("; ".join(found))


def _take(address: str, target: Path, size: int, expected: str) -> str | None:
    """Write what is at an address; what is wrong with it. What is cut is gone on with."""
    import requests
    import urllib3

    wrong = ""
    target.write_bytes(b"")
    for _ in range(TRIES):
        has_begun = target.stat().st_size > 0
        try:
            _receive(address, target, size)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            wrong = _reason(error)
            continue
        except ValueError as error:
            return str(error)
        if sha256(target) == expected:
            return None
        wrong = "is not the file of this release: its SHA-256 is another"
        if not has_begun:
            return wrong
        # two halves may be of two files
        target.write_bytes(b"")
    return wrong


def _receive(address: str, target: Path, size: int) -> None:
    """Add to a file what it lacks of that at an address; ValueError if it is not to be had there."""
    import requests

    have = target.stat().st_size
    asked = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    with requests.get(address, stream=True, timeout=PATIENCE, headers=asked) as response, target.open("ab") as stream:
        if not response.ok:
            raise ValueError(f"answers {response.status_code} {response.reason}".strip())
        if response.status_code != requests.codes.partial_content:
            stream.truncate(have := 0)
        elif not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            raise ValueError("gives another part of it than was asked for")
        started, first = time.monotonic(), have
        # of older releases of the library only whole pieces are to be had
        read = getattr(response.raw, "read1", response.raw.read)
        while piece := read(PIECE):
            have += stream.write(piece)
            waited = time.monotonic() - started
            if have > size:
                raise ValueError(f"is larger than {size} bytes")
            if waited > PATIENCE and have - first < waited * SLOWEST:
                raise requests.Timeout(f"gives less than {SLOWEST} bytes a second")


def _reason(error: BaseException) -> str:
    """Why a transfer ended: the innermost of the errors that the libraries put around each other."""
    inner = getattr(error, "reason", None) or (error.args[-1] if error.args else None)
    if isinstance(inner, BaseException):
        return _reason(inner)
    text = re.sub(r"<?\S+\(host=[^)]*\)( at 0x[0-9a-f]+>)?: ", "", str(error)) or type(error).__name__
    return printable(text[:LONGEST_REASON])
