"""How cards and lists are drawn for a person. No text of the data is obeyed, by the terminal or as markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from timeline.cards import Card, label
from timeline.phrases import in_words
from timeline.problems import printable

Row = Mapping[str, Any]
Line = tuple[Text, Text]
FEW = 10  # of what stands around an actor, a place or a source
NARROW = 110
STYLES = {"confirmed": "green", "confirms": "green", "contested": "red", "doubts": "red", "denies": "red"}


def draw(card: Card, console: Console | None = None) -> None:
    """Print a card."""
    console = console or new_console()
    console.print(_joined(_text((card.record_id, "bold cyan"), (card.title, "bold")), _text((card.kind, "dim"))))
    _draw_address(console, card.row.get("url"))
    told = [(_text((name, "dim")), _worded(*cell)) for name, cell in card.facts.items() if name != "url"]
    _draw_lines(console, told)
    for name, rows in card.sections.items():
        console.print()
        console.print(_text((f"{name} ({len(rows)})", "bold")))
        if name == "attestations":
            _draw_testimony(console, rows)
            continue
        shown = rows if card.kind in ("event", "figure") else rows[:FEW]
        _draw_lines(console, [_LINES[name](row) for row in shown])
        if len(shown) < len(rows):
            console.print(_text((f"  and {len(rows) - len(shown)} more", "dim")))


def draw_table(rows: Sequence[Row], number: int, names: Mapping[str, str]) -> None:
    """Print the first of a number of events; where there is little room, who and where stand below the title."""
    console = new_console()
    is_narrow = console.width < NARROW
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("id", "date", "status"):
        table.add_column(heading, no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    for heading, ratio in [("title", 1)] if is_narrow else [("who", 2), ("target place", 2), ("title", 5)]:
        table.add_column(heading, ratio=ratio, overflow="fold")
    for row in rows:
        table.add_row(*_short(row), *_told(row, names, is_narrow=is_narrow))
    console.print(table)
    count = f"{number} events" if len(rows) == number else f"the first {len(rows)} of {number} events"
    console.print(_text((f"{count}; n: number of sources", "dim")))


def _short(row: Row) -> tuple[Text, ...]:
    """The cells that are never broken, but for a date between its days."""
    date = re.sub(r"(,|/|\.\.)(?=[0-9])", r"\1\n", printable(row["date"]))
    return _text((row["event_id"], "cyan")), Text(date), _styled(row["claim_status"] or ""), Text(str(row["n_sources"]))


def _told(row: Row, names: Mapping[str, str], *, is_narrow: bool) -> list[Text]:
    who = _text((", ".join(names.get(actor, actor) for actor in row["initiators"] or ()), ""))
    place, title = _text((row["target_place"] or "", "")), _text((row["title"], ""))
    if not is_narrow:
        return [who, place, title]
    below = Text(" → ").join(filter(None, (who, place)))
    below.stylize("dim")
    return [Text("\n").join(filter(None, (title, below)))]


def _draw_testimony(console: Console, rows: Sequence[Row]) -> None:
    """What each voice says, document by document."""
    for _, said in groupby(rows, lambda row: row["source_id"]):
        voices = list(said)
        source = voices[0]
        when, title = _text((source["published"] or "undated", "cyan")), _text((source["source_title"], "italic"))
        head = _joined(when, _text((source["publisher"], "bold")), title)
        console.print(Padding(head, (1, 0, 0, 2)))
        _draw_address(console, source["url"])
        _draw_lines(console, [(_text((f"¶ {row['paragraph']}", "dim")), _voice(row)) for row in voices])


def _draw_address(console: Console, url: str | None) -> None:
    if url:
        # on one line, however long, so that it stays an address
        console.print(_text((f"  {url}", "dim")), soft_wrap=True)


def _voice(row: Row) -> Text:
    stance = (row["stance"].replace("_", " "), STYLES.get(row["stance"], "bold"))
    value = f"{label(row['aspect'])}: {row['value_name']}" if row["value_name"] else label(row["aspect"])
    stated = f"stated {in_words(row['stated_on'])}" if row["stated_on"] else ""
    said = _text(stance, (value, ""))
    return _joined(_text((row["speaker_name"], "")), said, _text((stated, "dim")), _text((row["note"] or "", "dim")))


def _alternative(row: Row) -> Line:
    whose = f"{row['speaker_name'] or 'a second reading'}, {row['publisher']} ¶ {row['paragraph']}"
    told = _joined(_text((row["value_name"], "bold")), _text((row["reason"], "")), _text((whose, "dim")))
    return _text((label(row["column"]), "dim")), told


def _figure(row: Row) -> Line:
    wording = _text((row["wording"] or row["derivation"] or "", ""))
    told = _joined(
        _text((label(row["measure"]), ""), (row["number"], "bold")),
        _text((label(row["qualifier"]), "")),
        wording,
        _text((row["note"] or "", "dim")),
    )
    return _text((row["figure_id"], "cyan")), told


def _relation(row: Row) -> Line:
    arrow = "→" if row["other_id"] == row["to_id"] else "←"
    words = f"{label(row['relation'])} {arrow}"
    return _text((words, "dim")), _text((row["other_id"], "cyan"), (row["other_title"], ""))


def _event(row: Row) -> Line:
    told = ", ".join(filter(None, (row["claim_status"], *row["roles"])))
    return _text((row["event_id"], "cyan")), _joined(_text((row["date"], "")), _text((row["title"], "")), _text((told, "dim")))


def _named(row: Row) -> Line:
    return _text((row.get("actor_id") or row["place_id"], "cyan")), _text((row["name"], ""))


_LINES = {
    "alternatives": _alternative,
    "figures": _figure,
    "relations": _relation,
    "events": _event,
    "members": _named,
    "places": _named,
}


def _worded(text: str, means: str) -> Text:
    return _joined(_styled(text), _text((means if means != text else "", "dim")))


def _styled(text: str) -> Text:
    return _text((text, STYLES.get(text, "")))


def _text(*parts: tuple[str, str]) -> Text:
    """Some texts, each in its style, with blanks between; what a terminal would obey is told by its number."""
    return Text(" ").join(Text(printable(text), style) for text, style in parts if text)


def _joined(*texts: Text) -> Text:
    return Text(" · ").join(filter(None, texts))


def _draw_lines(console: Console, lines: Sequence[Line]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(*line)
    console.print(Padding(grid, (0, 0, 0, 2), expand=False))


def new_console(*, stderr: bool = False) -> Console:
    """What prints a text as it is, markup and all."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)
