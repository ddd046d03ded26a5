"""The verb `add`: the cells of a new row are asked for (`dialogue.py`) or given, checked, and appended (`appending.py`)."""

from __future__ import annotations

import argparse
import datetime
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from timeline.locks import locked
from timeline.problems import InvalidData, as_text, printable, shown
from timeline.progress import waiting

if TYPE_CHECKING:
    from timeline.appending import Checked, Lines
    from timeline.columns import Column, Table
    from timeline.dialogue import Talk

NOT_ADDED, NOT_SO = 1, 2
MOST_MISSING = 20
INTRODUCTION = """\
A new row of {}. Enter takes what stands in brackets, or else leaves the cell empty; - leaves it empty in any case.
? tells all about a column, ?word looks for ids by id, name or title, Tab completes. Ctrl-C ends, and nothing is added."""


def add_verb(on_dataset: Callable[[str, object, str], argparse.ArgumentParser]) -> None:
    """Add it to a parser, by what adds a verb on a dataset to it."""
    adding = on_dataset("add", _add, "Add a row: ask for each cell, check it at once, and put the row in its place.")
    kinds = "source, event, attestation, figure, relation, alternative, actor, place, withdrawn, or of another table"
    adding.add_argument("table", type=_table, metavar="KIND", help=f"what the row is of: {kinds}")
    text = "a cell, any number of times; nothing is asked then, other cells are empty, and an id is the next one"
    adding.add_argument("--set", action="append", default=[], metavar="COLUMN=VALUE", help=text)
    adding.add_argument("--yes", action="store_true", help="append it without asking whether to")


def tables() -> dict[str, Table]:
    """The tables that are transcribed in one file, by what a row of them is of."""
    from timeline.columns import codebook

    return {_kind(table): table for table in codebook().raw_tables() if table.file_key is None}


def _kind(table: Table) -> str:
    return re.sub(r"(?<=ch)es$|s$", "", table.name)


def _table(text: str) -> str:
    if text not in tables():
        raise argparse.ArgumentTypeError(f"no kind of row {text!r}; there are: {', '.join(tables())}")
    return text


def _add(options: argparse.Namespace) -> int:
    from timeline.dialogue import talk_on_terminal

    added: list[str] = []
    options.table = tables()[options.table]  # of the codebook in force, which the dataset tells
    try:
        given = _given(options.table, options.set)
    except ValueError as error:
        print(printable(f"timeline add: {error}"), file=sys.stderr)
        return NOT_SO
    talk = talk_on_terminal()
    try:
        is_done = _add_rows(talk, options, given, added)
    except (KeyboardInterrupt, EOFError) as stop:
        talk.say("")  # the line of the question is not ended
        ended = isinstance(stop, EOFError)
        _tell_end(added, "no answer came; " if ended else "", "; --yes appends without asking" if ended and given else "")
        if not ended:
            raise
        return NOT_ADDED
    if not is_done:
        _tell_end(added)
    return 0 if is_done else NOT_ADDED


def _tell_end(added: Sequence[str], why: str = "", hint: str = "") -> None:
    print(f"timeline add: {why}nothing{' more' if added else ''} was added{hint}", file=sys.stderr)


def _given(table: Table, settings: Sequence[str]) -> dict[str, str]:
    """The cells that the command line gives; ValueError if it does not say of which column, or says it twice."""
    given: dict[str, str] = {}
    for text in settings:
        name, is_given, value = text.partition("=")
        if not is_given:
            raise ValueError(f"--set {shown(text)} is not COLUMN=VALUE")
        if name not in table.raw:
            raise ValueError(f"no transcribed column {shown(name)} in {table.name}; there are: {', '.join(table.raw)}")
        if name in given:
            raise ValueError(f"--set gives {name} twice")
        given[name] = value
    return given


def _add_rows(talk: Talk, options: argparse.Namespace, given: Mapping[str, str], added: list[str]) -> bool:
    """Add a row, and then such attestations on the same record as are wanted; whether none was left out."""
    table, suggested = options.table, dict[str, str]()
    while True:
        cells = dict(given) or _ask_row(talk, options.root, table, suggested)
        checked = _settle(talk, options, table, cells, may_change=talk.is_heard and not given)
        if checked is None:
            return False
        added.append(" ".join(checked.cells[name] for name in table.primary_key if name in table.raw))
        print(added[-1], flush=True)
        _tell_missing(checked)
        if given or table.name not in ("events", "figures", "attestations"):
            return True
        record_id = checked.cells["record_id" if table.name == "attestations" else table.primary_key[0]]
        try:
            answer = talk.ask(f"Go on with an attestation on {record_id}? (y or n) ", ("y", "n"))
        except EOFError:
            return True
        if answer != "y":
            return True
        # the document is that of the last attestation, as for any
        suggested = {"record_id": record_id}
        table = tables()["attestation"]


def _ask_row(talk: Talk, root: Path, table: Table, suggested: Mapping[str, str]) -> dict[str, str]:
    """Ask for all cells of a row; an id that was suggested is left open, since somebody else may take it meanwhile."""
    from timeline.appending import next_id, read
    from timeline.dialogue import ask_cell

    with waiting("reading"), locked(root, _say_waiting, shared=True):
        lines = read(root)
    suggested = {**_suggestions(table, lines), **suggested}
    talk.say("")
    for text in INTRODUCTION.format(table.name).splitlines():
        talk.say(text, "dim")
    cells = {name: ask_cell(talk, table, table[name], suggested.get(name, ""), lines) for name in table.raw}
    key = table.primary_key[0]
    return {**cells, key: ""} if cells[key] == next_id(table, lines) else cells


def _suggestions(table: Table, lines: Lines) -> dict[str, str]:
    """What a new row may have: the next id, today as the day of reading or searching, the document of the last attestation."""
    from timeline.appending import next_id

    today = datetime.datetime.now().astimezone().date().isoformat()
    last = lines["attestations"][-1].cells["source_id"] if lines["attestations"] else ""
    must_cite = any(column.name == "source_id" and column.required for column in table.columns)
    return {
        "accessed": today,
        "searched_on": today,
        **({"source_id": last} if must_cite else {}),
        table.primary_key[0]: next_id(table, lines),
    }


def _settle(
    talk: Talk, options: argparse.Namespace, table: Table, cells: dict[str, str], *, may_change: bool
) -> Checked | None:
    """Check a row, show it, and append it if that is wanted, else None; InvalidData if it is wrong and may not change."""
    from timeline.appending import append, check
    from timeline.dialogue import ask_cell

    while True:
        with waiting("checking"), locked(options.root, _say_waiting, shared=True):
            checked = check(options.root, table, cells)
        if checked.problems and not may_change:
            raise InvalidData(checked.problems)
        if talk.is_heard:
            _show(talk, table, checked)
        is_sure = options.yes and not checked.problems
        again = [] if is_sure else _ask_whether(talk, table, checked, may_change=may_change)
        if again is None:
            return None
        for name in again:
            cells[name] = ask_cell(talk, table, table[name], checked.cells[name], checked.lines)
        if not again:
            checked = append(options.root, table, cells, checked, _say_waiting)
            if not checked.problems:
                return checked


def _ask_whether(talk: Talk, table: Table, checked: Checked, *, may_change: bool) -> list[str] | None:
    """Which columns are to be answered again; none if the row is to be appended as it is, None if it is not to be."""
    broken = [name for name in table.raw if any(p.column == name and not p.line for p in checked.problems)]
    words = ("n" if checked.problems else "y, n", "or a column to answer again") if may_change else ("y or n",)
    asked = "It cannot be appended so." if checked.problems else "Append it?"
    default = f" [{', '.join(broken)}]" if broken else ""
    while True:
        answer = talk.ask(f"{asked} ({', '.join(words)}){default} ", table.raw)
        if answer == "y" and not checked.problems:
            return []
        if answer in table.raw and may_change:
            return [answer]
        if not answer and broken:
            return broken
        if answer == "n" or not talk.is_heard:
            return None


def _show(talk: Talk, table: Table, checked: Checked) -> None:
    """A row as a card, with what is wrong with it."""
    from timeline.cards import Card
    from timeline.terminal import draw

    cells = {name: cell for name, cell in checked.cells.items() if cell}
    key = " ".join(cells.pop(name, "") for name in table.primary_key if name in table.raw)
    talk.say("")
    facts = {name: (cell, _means(table[name], cell, checked.lines)) for name, cell in cells.items()}
    draw(Card(_kind(table), key, "", cells, facts, {}), talk.console)
    talk.say("")
    for problem in checked.problems:
        talk.say(as_text(problem), "red")


def _means(column: Column, cell: str, lines: Lines) -> str:
    """What a cell says in words: the names of ids, a date, the definition of a value."""
    from timeline import dates
    from timeline.columns import codebook
    from timeline.dialogue import names
    from timeline.phrases import in_words

    if column.references:
        named = names(column, lines)
        return ", ".join(named.get(item, "") for item in column.items(cell))
    if column.format == "edtf" and dates.is_valid(cell):
        return in_words(cell)
    return codebook().vocabularies[column.vocabulary].get(cell, "") if column.vocabulary else ""


def _tell_missing(checked: Checked) -> None:
    """The rows that are to be added next, before the dataset can be built."""
    from timeline.appending import MENDED_BY

    for problem in checked.missing[:MOST_MISSING]:
        verbs = " or ".join(f"`timeline add {kind}`" for kind in MENDED_BY[problem.rule])
        print(f"to be mended by {verbs}: {as_text(problem)}", file=sys.stderr)
    if more := len(checked.missing[MOST_MISSING:]):
        print(f"and {more} more", file=sys.stderr)


def _say_waiting() -> None:
    print("timeline add: somebody else writes to this dataset; waiting for the end of it", file=sys.stderr, flush=True)
