"""A new dataset: what `timeline init` writes, from the files in `template/`, the package's codebook and the package itself."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from pathlib import Path

from timeline.codebooks import NAME
from timeline.columns import PACKAGED, codebook
from timeline.folders import whole
from timeline.problems import InvalidData, Problem
from timeline.raw import to_csv
from timeline.starting.wheel import write_wheel

TEMPLATE = Path(__file__).parent / "template"
_IS_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*").fullmatch
LONGEST = 200
_DOT = re.compile(r"(?m)(?:^|(?<=/))dot-")  # how the template names what is hidden
_HEAD = """\
# The codebook of this dataset, which `timeline` reads in place of its own. It may add values to vocabularies and columns to
# transcribed tables, reword definitions and make constraints stricter; what code speaks of must stay, and `timeline` says so.
#
"""


def start(out: Path, name: str | None = None, title: str | None = None) -> None:
    """Write a new dataset to a new or empty folder, whole or not at all; InvalidData if name or title could be none."""
    name = out.absolute().name if name is None else name
    title = name if title is None else title
    if problems := [*_of_name(name), *_of_title(title)]:
        raise InvalidData(problems)
    year = str(datetime.datetime.now().astimezone().year)
    words = {"name": name, "title": title, "year": year, "quoted-title": json.dumps(title, ensure_ascii=False)}
    with whole(out) as folder:
        for path in sorted(path for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            text = filled(path.read_text(encoding="utf-8"), words)
            _write(folder / _DOT.sub(".", path.relative_to(TEMPLATE).as_posix()), text)
        for table in codebook().raw_tables():
            file = folder / (table.source or "")
            if table.file_key is None and not file.exists():
                _write(file, to_csv([table.raw]))
        _write(folder / NAME, own_codebook())
        write_wheel(folder / "vendor")


def _of_name(name: str) -> list[Problem]:
    if len(name) <= LONGEST and _IS_NAME(name):
        return []
    message = "must be small letters and digits, joined by - or _; give another by --name"
    return [Problem("seeds/dataset.toml", 0, "name", name, "name", message)]


def _of_title(title: str) -> list[Problem]:
    if title.isprintable() and title == title.strip() and 0 < len(title) <= LONGEST:
        return []
    message = f"must be text on one line, of at most {LONGEST} characters; give another by --title"
    return [Problem("seeds/dataset.toml", 0, "title", title, "name", message)]


def filled(text: str, words: Mapping[str, str]) -> str:
    """A text of the template with the words that differ from dataset to dataset."""
    return re.sub(f"@({'|'.join(words)})@", lambda found: words[found[1]], text)


def own_codebook() -> str:
    """The package's codebook, with a scope that is the example's."""
    text = PACKAGED.read_text(encoding="utf-8")
    scope = (Path(__file__).parent / "scope.toml").read_text(encoding="utf-8")
    for header, section in _sections(scope).items():
        text = text.replace(_sections(text)[header], section)
    return _HEAD + text


def _sections(text: str) -> dict[str, str]:
    """The tables of a TOML file as they stand there, by their headers; a ruled comment is in none."""
    found = re.finditer(r"^(\[[a-z_.]+\])\n(?:(?!\[|# -).*\n?)*", text, re.MULTILINE)
    return {section[1]: section[0].rstrip() + "\n" for section in found}


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
