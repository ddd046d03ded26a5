"""The verbs by which a person asks a published dataset: `show` and `list`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timeline.problems import InvalidData, Problem, printable

if TYPE_CHECKING:
    from timeline.dataset import Dataset

NOT_FOUND, NOT_SO = 1, 2


def add_verbs(verb: Callable[[str, object, str], argparse.ArgumentParser]) -> None:
    """Add them to a parser, by what adds a verb to it."""
    showing = verb("show", _show, "Print what is known of a record, and who vouches for it.")
    showing.add_argument(
        "id", metavar="ID", help="of an event, figure, attestation, actor, place or source; also a withdrawn one"
    )
    showing.add_argument("--format", choices=("text", "json"), default="text", help="json: an array of cards (default: text)")
    listing = verb("list", _list, "Print the events asked for: a table for a person, CSV where no terminal is.")
    add = listing.add_argument
    add("--actor", metavar="A", help="an actor in any role, by id, name or alias; bodies of it are others")
    add("--target", metavar="T", help="an actor that is a target")
    add("--place", metavar="P", help="where it was observed or aimed at: a place, by id or name, and all within it")
    add("--from", dest="start", type=_date, metavar="DATE", help="first day, EDTF such as 2024-10: what may be on it or later")
    add("--to", dest="end", type=_date, metavar="DATE", help="last day")
    add("--certain", action="store_true", help="only what is certainly from the first day to the last")
    add("--status", nargs="+", metavar="S", help="any of these claim_status")
    add("--type", metavar="T", help="an event_type")
    add("--scope", metavar="S", help="a scope")
    add("--weapon", metavar="W", help="a weapon among those used")
    add("--min-sources", type=_number, metavar="N", help="at least so many sources (n_sources)")
    add("--sort", default="date", metavar="COLUMN", help="a column of events without lists (default: date)")
    add("--reverse", action="store_true", help="sort the other way round")
    add("--limit", type=_number, metavar="N", help="the first N only")
    add("--format", choices=("text", "csv", "json"), help="json: one array (default: text on a terminal, else csv)")
    listing.set_defaults(error=listing.error)
    for asking in (showing, listing):
        text = "the dataset's folder (default: this one, if it is one, else the data of this package)"
        asking.add_argument("--root", type=Path, metavar="DIR", help=text)


def _date(text: str) -> str:
    from timeline import dates

    if complaint := dates.complaint(text):
        raise argparse.ArgumentTypeError(complaint)
    return text


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above zero")
    return int(text)


def _hold_words(options: argparse.Namespace) -> None:
    """Hold the words asked for against the codebook in force, which only the dataset tells; else end as argparse does."""
    from timeline.columns import codebook

    columns = codebook().tables["events"].columns
    allowed = {column.name: column.categories for column in columns if column.vocabulary}
    named = tuple(column.name for column in columns if column.type != "list")
    asked = {
        "status": ("claim_status", options.status or [], allowed["claim_status"]),
        "type": ("event_type", [options.type], allowed["event_type"]),
        "scope": ("scope", [options.scope], allowed["scope"]),
        "weapon": ("weapons", [options.weapon], allowed["weapons"]),
        "sort": ("column to sort by", [options.sort], named),
    }
    for option, (what, words, known) in asked.items():
        for word in words:
            if word is not None and word not in known:
                options.error(f"argument --{option}: no {what} {word!r}; there are: {', '.join(known)}")


def _show(options: argparse.Namespace) -> int:
    from timeline.cards import Cards
    from timeline.names import Unknown

    with _opened(options.root) as dataset:
        try:
            cards = Cards(dataset).of(options.id)
        except Unknown as unknown:
            return _refuse("show", unknown, NOT_FOUND)
        if options.format == "json":
            print(_as_json([card.as_data() for card in cards]))
            return 0
        from timeline.terminal import draw

        for number, card in enumerate(cards):
            print(end="\n" if number else "")
            draw(card)
    return 0


def _list(options: argparse.Namespace) -> int:
    from timeline import dates
    from timeline.listing import Asked, choose
    from timeline.names import Unknown

    _hold_words(options)
    first, last = (dates.parse(text) if text else None for text in (options.start, options.end))
    if first and last and first.start and last.end and first.start > last.end:
        return _refuse("list", f"--from {options.start} is after --to {options.end}", NOT_SO)
    form = options.format or ("text" if sys.stdout.isatty() else "csv")
    with _opened(options.root) as dataset:
        try:
            found = choose(dataset, Asked(**{field.name: getattr(options, field.name) for field in fields(Asked)}))
        except Unknown as unknown:
            return _refuse("list", unknown, NOT_SO)
        _print_events(dataset, found[: options.limit], len(found), form)
    if not found:
        print("timeline list: no event is so", file=sys.stderr)
    return 0


def _print_events(dataset: Dataset, rows: list[dict[str, Any]], number: int, form: str) -> None:
    if form == "csv":
        from timeline.columns import codebook
        from timeline.raw import to_csv

        columns = codebook().tables["events"].columns
        cells = [[_shown(column.print(row[column.name])) for column in columns] for row in rows]
        print(to_csv([[column.name for column in columns], *cells]), end="")
    elif form == "json":
        print(_as_json(rows))
    elif rows:
        from timeline.terminal import draw_table

        actors = dataset.load("actors", columns=["actor_id", "name"], engine="pyarrow").to_pylist()
        draw_table(rows, number, {row["actor_id"]: row["name"] for row in actors})


def _shown(cell: str) -> str:
    """A cell as it is, but where a terminal would obey it."""
    return printable(cell) if sys.stdout.isatty() else cell


def _as_json(found: object) -> str:
    """JSON in which every character that a terminal would obey is escaped."""
    text = json.dumps(found, ensure_ascii=False, indent=2, default=str)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def _refuse(verb: str, why: object, status: int) -> int:
    print(printable(f"timeline {verb}: {why}"), file=sys.stderr)
    return status


@contextmanager
def _opened(root: Path | None) -> Iterator[Dataset]:
    """A dataset; InvalidData if it cannot be read, or is not whole."""
    from timeline.codebooks import own
    from timeline.dataset import Dataset

    here = Path() if root is None else root
    try:
        try:
            dataset = Dataset(here)
        except FileNotFoundError:
            if root is not None or own(here) is not None:
                raise
            dataset = Dataset()
        yield dataset
    except (ValueError, KeyError) as error:
        message = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise InvalidData([Problem(str(here), 0, "", "", "file", message)]) from None
