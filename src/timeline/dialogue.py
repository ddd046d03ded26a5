"""How a person at a terminal is asked for a cell, told what it may hold, and asked again; or a pipe, once."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from timeline.appending import Lines, flaws
from timeline.columns import LIST_DELIMITER, Column, Table, codebook
from timeline.names import near
from timeline.problems import InvalidData, printable, shown
from timeline.raw import LONGEST_CELL
from timeline.terminal import new_console

TELL, EMPTY = "?", "-"
MOST_FOUND = 20
NAMES = ("name", "publisher", "published", "title", "wording")
DATES = "2024-03-17, 2024-03, 2024-03-17~, [2024-10-03,2024-10-04], 2024-05/.."


@dataclass(frozen=True, slots=True)
class Talk:
    """How an answer is got, given words that may be meant; and whether anybody is there to be told, and asked again."""

    ask: Callable[[str, Sequence[str]], str]
    console: Console
    is_heard: bool

    def say(self, text: str, style: str = "", indent: int = 0) -> None:
        """Print a text for a person."""
        if self.is_heard:
            line = Padding(Text(printable(text), style), (0, 0, 0, indent), expand=False)
            self.console.print(line if text else "")  # an empty text within a padding would be no line


def talk_on_terminal() -> Talk:
    """With a person, if answers come from a terminal; else with what writes to the pipe."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
    is_heard = sys.stdin is not None and sys.stdin.isatty()
    is_edited = is_heard and sys.stdout is not None and sys.stdout.isatty()
    return Talk(_read_edited if is_edited else _read_line, new_console(stderr=True), is_heard)


def ask_cell(talk: Talk, table: Table, column: Column, suggested: str, lines: Lines) -> str:
    """Ask for a cell until it is sound; InvalidData if it is not, and nobody is there to be asked again."""
    talk.say("")
    talk.say(column.name, "bold cyan")
    talk.say(column.description.partition(". ")[0].removesuffix(".") + ".", indent=2)
    talk.say(_demands(column), "dim", 2)
    named = names(column, lines)
    words = column.categories or sorted(named)
    while True:
        answer = talk.ask(f"[{printable(suggested)}] > " if suggested else "> ", words)
        if talk.is_heard and answer.startswith(TELL):
            _tell(talk, column, answer.removeprefix(TELL).strip().casefold(), named)
            continue
        text = "" if answer == EMPTY else answer or suggested
        problems = flaws(table, column, text, lines)
        if not problems:
            return text
        if not talk.is_heard:
            # the answers that follow would be taken for those to other questions
            raise InvalidData(problems)
        for problem in problems:
            value = shown(problem.value)
            is_told = not problem.value or value in problem.message
            hint = near(text, words) if problem.rule in ("enum", "reference") else ""
            talk.say(f"{'' if is_told else f'{value}: '}{problem.message} [{problem.rule}]{hint}", "red")


def names(column: Column, lines: Lines) -> dict[str, str]:
    """What a cell may name, by its id."""
    return {
        line.cells[codebook().tables[table].primary_key[0]]: " · ".join(filter(None, map(line.cells.get, NAMES)))
        for table in column.references
        for line in lines[table]
    }


def _demands(column: Column) -> str:
    """What a cell must satisfy, in the words of the build."""
    demands = ["must not be empty" if column.required else "may be empty"]
    demands += [f"a date, such as {DATES}"] if column.format == "edtf" else []
    demands += [f"must be in {' or '.join(column.references)}"] if column.references else []
    return "; ".join(demands + [message for rule, (_, message) in column.rules().items() if rule != "edtf"])


def _tell(talk: Talk, column: Column, wanted: str, named: dict[str, str]) -> None:
    """All about a column; or the ids that a word leads to."""
    if not wanted:
        talk.say(column.description, indent=2)
        for value, means in codebook().vocabularies.get(column.vocabulary or "", {}).items():
            talk.say(f"{value}: {means}", indent=4)
        return
    found = [f"{key}  {name}" for key, name in named.items() if wanted in f"{key} {name}".casefold()]
    for text in found[:MOST_FOUND]:
        talk.say(text, indent=2)
    if len(found) > MOST_FOUND or not found:
        talk.say(f"{len(found) or 'none'} found", "dim", 2)


def _read_line(prompt: str, _: Sequence[str]) -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline(LONGEST_CELL + 2) if sys.stdin is not None else ""
    if not line:
        raise EOFError
    return line.removesuffix("\n")


def _read_edited(prompt: str, words: Sequence[str]) -> str:
    """A line that can be edited as in a shell, and completed by Tab, where that is to be had."""
    with suppress(ImportError):
        import readline

        readline.set_completer_delims(LIST_DELIMITER)
        readline.set_completer(lambda start, n: next(islice((w for w in words if w.startswith(start)), n, None), None))
        readline.parse_and_bind("tab: complete")
    return input(prompt)
