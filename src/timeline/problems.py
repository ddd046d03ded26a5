"""What is wrong with a dataset: one problem a line, with file, line, column, value and rule."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

FORMATS = ("text", "json", "github")
LONGEST_VALUE = 80
MOST_LISTED = 1000
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One broken rule at one cell. `line` counts from 1, the header's line; 0: the file as a whole."""

    file: str
    line: int
    column: str
    value: str
    rule: str
    message: str


@dataclass(slots=True)
class Found:
    """Problems as they are found: the first thousand are kept, all are counted."""

    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(self, problems: Iterable[Problem]) -> None:
        """Keep some more, or count them."""
        for problem in problems:
            if self.is_full:
                self.more += 1
            else:
                self.problems.append(problem)

    def merge(self, other: Found) -> None:
        """Add what was found elsewhere."""
        self.add(other.problems)
        self.more += other.more

    @property
    def is_full(self) -> bool:
        """Whether there are more than anybody would read."""
        return len(self.problems) >= MOST_LISTED


class InvalidData(Exception):  # noqa: N818 - it names what was found, as ValueError does
    """A dataset breaks rules; `problems` lists them, and there are `more` that are counted only."""

    def __init__(self, problems: Iterable[Problem], more: int = 0) -> None:
        self.problems, self.more = sorted(set(problems)), more
        super().__init__(render(self.problems, more=more))


def render(problems: Sequence[Problem], form: str = "text", *, more: int = 0) -> str:
    """Print problems for a person (`text`), a program (`json`) or a pull request (`github`)."""
    if form == "json":
        return json.dumps([asdict(problem) for problem in problems], indent=2)
    line = _as_github if form == "github" else as_text
    files = len({problem.file for problem in problems})
    summary = f"{_counted(len(problems) + more, 'problem')} in {_counted(files, 'file')}"
    if len(problems) + more > MOST_LISTED:
        summary += f"; the first {MOST_LISTED} are listed"
    return "\n".join([*map(line, problems[:MOST_LISTED]), *([summary] if form == "text" else [])])


def as_text(problem: Problem) -> str:
    """A problem on one line, for a person."""
    file = printable(problem.file)
    place = f"{file}:{problem.line}" if problem.line else file
    column = f": {printable(problem.column)}" if problem.column else ""
    value = f": {shown(problem.value)}" if problem.value else ""
    return f"{place}{column}{value}: {problem.message} [{problem.rule}]"


def _as_github(problem: Problem) -> str:
    line = f",line={problem.line}" if problem.line else ""
    column = f"{problem.column}: " if problem.column else ""
    value = f"{shown(problem.value)} " if problem.value else ""
    text = printable(f"{column}{value}{problem.message}").replace("%", "%25")
    file = printable(problem.file).replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    return f"::error file={file}{line},title={problem.rule}::{text}"


def printable(text: str) -> str:
    """A text with a number for each character that a terminal would obey rather than show."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def shown(value: str) -> str:
    """A value as a person must see it: cut if it is long, and with a number for a letter that passes for another."""
    cut = value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"
    return "".join(ascii(part)[1:-1] if _deceives(part) else part for part in re.split(r"(\w+|\W)", repr(cut)))


def _deceives(word: str) -> bool:
    """Whether a word mixes ASCII with letters or digits of another script, or is a mark that is drawn as nothing."""
    others = [character for character in word if not character.isascii()]
    is_mixed = len(others) < len(word) and any("LATIN" not in unicodedata.name(character, "") for character in others)
    return is_mixed or (word != "…" and any(unicodedata.category(c)[0] == "M" or c in _BLANK for c in others))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
