"""A release: the published tables in every form, what is said of them, what became of the last release, and checksums of all.

What it holds depends on the tree alone, so that whoever makes it again has the same bytes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from timeline import batches, changes, citation
from timeline.codebooks import NAME as OWN
from timeline.columns import codebook
from timeline.compare import differences
from timeline.dataset import Dataset
from timeline.describe import ABOUT, dumps, licences, read_about
from timeline.exporting import readable
from timeline.fingerprints import sha256
from timeline.folders import whole
from timeline.linked import as_of, croissant
from timeline.locks import locked
from timeline.packing import pack
from timeline.problems import Found, InvalidData, printable
from timeline.publish import CHECKSUMS, NOTES, PROCESSED
from timeline.raw import Line, canonical, save

PUBLISHED = "published"  # the table of the ids that releases carried
RECORDS = ("events", "figures", "attestations")
CHANGELOG, CITATION = "CHANGELOG.md", "CITATION.cff"
BESIDE = (CITATION, CHANGELOG, "LICENSE-DATA", OWN)  # what goes with the tables, where there is such a file
WITH_SITE = "site"
_VERSION = re.compile(r"[0-9]{4}\.[0-9]+")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9:]{8}Z)?")
_MANY = 5


def enter(root: Path) -> int:
    """Enter the ids that are in use, and in no release yet, as those of this version; how many there are."""
    table = codebook().tables[PUBLISHED]
    with locked(root):
        found = Found()
        lines = batches.read_lines(root, [table], found)[PUBLISHED]
        if found.problems:
            raise InvalidData(found.problems, found.more)
        version = read_about(root)["version"]
        fresh = sorted(_in_use(Dataset(root)) - {line.cells["record_id"] for line in lines})
        new = [Line("", 0, {"record_id": record_id, "published_in": version}) for record_id in fresh]
        save(root / str(table.source), canonical(table, [*lines, *new]))
    return len(new)


def _in_use(dataset: Dataset) -> set[str]:
    """The ids of all records."""
    return set[str]().union(*(_ids(dataset, name) for name in RECORDS))


def _ids(dataset: Dataset, name: str) -> set[str]:
    (key,) = dataset.key(name)
    return set(dataset.load(name, columns=[key], engine="pyarrow").column(0).to_pylist())


def earlier(dataset: Dataset) -> str | None:
    """The last version before that of a dataset, if there was one."""
    versions = set(dataset.load(PUBLISHED, columns=["published_in"], engine="pyarrow").column(0).to_pylist())
    return max(versions - {dataset.package["version"]}, key=_number, default=None)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def refusals(root: Path, previous: Dataset | None) -> Iterator[str]:
    """Each reason why what is at `root` is no release; None as the one before it if there is none."""
    yield from _dirt(root)
    if found := differences(root):
        yield from found
        return
    about, dataset = read_about(root), Dataset(root)
    yield from _unsaid(root, about)
    if missing := _in_use(dataset) - _ids(dataset, PUBLISHED):
        yield f"{len(missing)} ids of this version are not entered, {_some(missing)}: `timeline enter`, then build and commit"
    before = earlier(dataset)
    if before is None:
        return
    if previous is None or previous.package["version"] != before:
        given = f"{previous.folder} is {previous.package['version']}" if previous else "no release is given to compare with"
        yield f"the difference to {before} is missing: {given}; give --previous, the folder of {before}"
        return
    yield from changes.broken_promises(previous, dataset)


def _dirt(root: Path) -> Iterator[str]:
    """What in the tree differs from its last commit, where it has any."""
    if not any((folder / ".git").exists() for folder in (root.absolute(), *root.absolute().parents)):
        return
    git = shutil.which("git")
    if git is None:
        yield "whether the tree is clean is not known: git is missing"
        return
    command = [git, "-C", str(root), "status", "--porcelain", "--", "."]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, a fixed command
    if done.returncode:
        yield f"whether the tree is clean is not known: {done.stderr.strip()}"
    elif files := [line[3:] for line in done.stdout.splitlines()]:
        yield f"the tree is dirty, {len(files)} files differ from the last commit: {_some(files)}"


def _unsaid(root: Path, about: dict[str, Any]) -> Iterator[str]:
    """What is not said of this version where it must be."""
    version, created = about["version"], str(about.get("created", ""))
    if not _VERSION.fullmatch(version):
        yield f"{ABOUT}: version {version!r} is no calendar version, such as 2026.1"
    day = _MOMENT.fullmatch(created)
    if day is None:
        yield f"{ABOUT}: created must be the day of the release, such as 2026-11-26T00:00:00Z, not {created!r}"
        return
    if section(root, version) is None or f"## {version} ({day[1]})" not in _lines(root / CHANGELOG):
        yield f"{CHANGELOG}: has no section `## {version} ({day[1]})`"
    cited = _lines(root / CITATION)
    for line in (f'version: "{version}"', f'date-released: "{day[1]}"') if cited else ():
        if line not in cited:
            yield f"{CITATION}: has no line `{line}`"


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def section(root: Path, version: str) -> str | None:
    """What the changelog says of a version."""
    lines = _lines(root / CHANGELOG)
    start = next((n for n, line in enumerate(lines) if re.match(rf"## {re.escape(version)}\b", line)), None)
    if start is None:
        return None
    end = next((n for n, line in enumerate(lines) if n > start and line.startswith("## ")), len(lines))
    return "\n".join(lines[start + 1 : end]).strip()


def _some(names: Iterable[str]) -> str:
    """Some of many names."""
    listed = sorted(names)
    return printable(", ".join(listed[:_MANY]) + (", …" if len(listed) > _MANY else ""))


def write(root: Path, out: Path, previous: Dataset | None, others: Sequence[Path] = ()) -> int:
    """Write the release of what is published at `root` to a new folder, whole or not at all; how many files it has.

    `others` are files that are released as well, such as packages.
    """
    from timeline.site.writing import write as write_site
    from timeline.tools import sqlite, xlsx

    dataset, name = Dataset(root), read_about(root)["name"]
    with whole(out, replaces=_is_release) as folder, readable(root):
        for file in (*sorted(dataset.folder.iterdir()), *(root / beside for beside in BESIDE), *others):
            if file.is_file() and file.name != CHECKSUMS:
                shutil.copyfile(file, folder / file.name)
        _pack(dataset, root, folder / f"{name}-{dataset.package['version']}.zip")
        for tool in (sqlite, xlsx):
            tool.write(dataset, folder)
        _save(folder / "croissant.json", dumps(croissant(dataset)))
        _save(folder / "datacite.json", dumps(citation.datacite(dataset.package, str(as_of(dataset)))))
        found = changes.diff(previous, dataset) if previous else None
        for suffix, form in ((".md", "markdown"), (".json", "json")):
            _save(folder / f"changes{suffix}", _told(found, form))
        _save(folder / NOTES, notes(root, dataset, found))
        docs = root / "docs"
        write_site(dataset, folder / WITH_SITE, docs if docs.is_dir() else None)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        _save(folder / CHECKSUMS, "".join(f"{sha256(file)}  {file.relative_to(folder).as_posix()}\n" for file in files))
    return len(files) + 1


def _is_release(folder: Path) -> bool:
    """Whether a folder holds nothing but a release, or a site alone."""
    there = {path.name for path in folder.iterdir()}
    return {CHECKSUMS, NOTES, WITH_SITE} <= there or there <= {WITH_SITE}


def _pack(dataset: Dataset, root: Path, target: Path) -> None:
    """The tables with what describes them and says who may use them, in one file, as a dataset's folder."""
    files = {f"{PROCESSED}/{file.name}": file for file in sorted(dataset.folder.iterdir())}
    files |= {beside: root / beside for beside in BESIDE if (root / beside).is_file()}
    pack(target, {f"{target.stem}/{name}": file.read_bytes() for name, file in files.items()})


def _told(found: pd.DataFrame | None, form: str) -> str:
    """What became of the last release."""
    if found is not None:
        return changes.render(found, form) + "\n"
    return "[]\n" if form == "json" else "The first release: there is none before it to compare with.\n"


def notes(root: Path, dataset: Dataset, found: pd.DataFrame | None) -> str:
    """The notes of a release, as a page to read."""
    about = dataset.package
    counts = [(name, len(dataset.load(name, engine="pyarrow"))) for name in dataset.tables()]
    parts = [
        f"# {about['title']}, version {about['version']}",
        f"{about.get('description', '')}\n\n{str(about.get('created', ''))[:10]}. {licences(about)}.".strip(),
        f"Cite as: {dataset.cite()}",
        f"`sha256sum --check {CHECKSUMS}` proves each file; `changes.md` has every difference to the last release.",
        "\n".join(["| table | rows |", "| --- | --- |", *(f"| `{name}` | {number} |" for name, number in counts)]),
        *([_summary(found)] if found is not None else []),
        section(root, about["version"]) or "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _summary(found: pd.DataFrame) -> str:
    """How much has changed since the last release."""
    kinds = Counter(zip(found["table"], found["kind"], strict=True))
    lines = [f"| `{table}` | {kind} | {number} |" for (table, kind), number in kinds.items()]
    return "\n".join(["| table | since the last release | number |", "| --- | --- | --- |", *lines])


def _save(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8"))
