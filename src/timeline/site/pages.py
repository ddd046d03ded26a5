"""The pages: each from a template, which escapes every text, and what it tells."""

from __future__ import annotations

import html
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timeline.citation import STYLES
from timeline.columns import codebook
from timeline.linked import dataset_jsonld
from timeline.phrases import in_words
from timeline.site import sentences
from timeline.site.answers import Answers, days, total
from timeline.site.content import Content, Row

if TYPE_CHECKING:
    import jinja2
    from markdown_it.token import Token

# the words for each page in the list of pages; between them those in Markdown
PAGES = {
    "index.html": "Overview",
    "questions.html": "Questions",
    "explore.html#type=attack&scope=israel": "Explore",
    "reconciliation.html": "Totals of others",
    "actors.html": "Actors",
    "sources.html": "Sources",
}
LAST = {"download.html": "Download"}
# of an event, what its page lists, in this order: the words, and the column
ABOUT_EVENT = {
    "Type": "event_type",
    "Scope": "scope",
    "Authorship": "authorship",
    "Time of day": "time_of_day",
    "Weapons": "weapons",
    "Target, as worded": "target_described",
    "Outcome": "outcome",
    "First reported": "first_reported",
    "Documents": "n_sources",
    "Independent voices": "n_independent_sources",
}
DARK = "-dark"  # at the end of the name of a picture for a dark page
MANY = 50  # rows from which on a table can be sorted and searched, and is shown page by page
CASUALTIES = ("killed", "injured")
# the kinds of places, as the explorer groups them
KINDS_OF_PLACES = {
    "Countries and what is larger": ("country", "world_region"),
    "Regions, seas and borders": ("region", "sea", "border_area", "bearing"),
    "Towns and sites": ("city", "site"),
}
# one of each way to write a date
DATES = (
    "2024-03-17",
    "2024-03",
    "2024-03-17~",
    "2024-03-17?",
    "2024-03-17%",
    "[..2024-05-01]",
    "[2024-03-17,2024-03-18]",
    "[2024-01..2024-02]",
    "2024-01/2024-02",
    "2024-05/..",
    "2024-05/",
)


def pages(content: Content, files: list[Row], docs: Path | None) -> Iterator[tuple[str, str]]:
    """Every page with its path; `files` are those to download, `docs` has pages in Markdown."""
    texts = list(_texts(content, docs))
    named = {path: Path(path).stem.replace("-", " ").capitalize() for path, _, _ in texts}
    environment = _environment(content)
    environment.globals["contents"] = {**PAGES, **named, **LAST}

    def page(path: str, template: str, title: str, **told: Any) -> tuple[str, str]:
        up = "../" * path.count("/")
        return path, environment.get_template(template).render(title=title, up=up, path=path, **told)

    linked = dataset_jsonld(content.dataset, base="downloads/")
    answers, compared = Answers(content), _compared(content)
    yield page("index.html", "index.html", "", numbers=_numbers(content, answers), dates=DATES, linked=linked)
    figures = {row["figure_id"] for row in compared}
    told = {"figures": content.by_key("figures"), "compared": figures, "widest": _widest(compared)}
    yield page("questions.html", "questions.html", "Questions", answers=answers, days=days, **told)
    yield page("explore.html", "explore.html", "Explore", choices=_choices(content), places=_places(content))
    yield page("reconciliation.html", "reconciliation.html", "Totals of others, beside the rows", rows=compared)
    yield page("actors.html", "actors.html", "Actors")
    yield page("sources.html", "sources.html", "Sources")
    for path, title, text in texts:
        yield page(path, "text.html", title, text=text)
    yield page("download.html", "download.html", "Download and cite", files=files, references=_references(content))
    ids = list(content.events)
    for number, event_id in enumerate(ids):
        beside = (ids[number - 1] if number else None, ids[number + 1] if number + 1 < len(ids) else None)
        event = content.events[event_id]
        yield page(f"events/{event_id}.html", "event.html", event["title"], event=event, beside=beside)
    for actor_id, actor in content.actors.items():
        yield page(f"actors/{actor_id}.html", "actor.html", actor["name"], actor=actor)
    for source_id, source in content.sources.items():
        yield page(f"sources/{source_id}.html", "source.html", source["title"], source=source)


def _environment(content: Content) -> jinja2.Environment:
    import jinja2

    target = codebook().scope["israel"]  # whoever is the first of those that the dataset is about
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("timeline.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "content": content,
        "about": content.dataset.package,
        "about_event": ABOUT_EVENT,
        "casualties": CASUALTIES,
        "means": _meaning,
        "values": _values,
        "described": _described,
        "in_words": in_words,
        "says": partial(sentences.says, content),
        "together": partial(sentences.together, content),
        "read_as": partial(sentences.value_in_words, content),
        "less_exact": partial(sentences.is_less_exact, content),
        "readings_of": partial(sentences.readings_of, content),
        "bounds_of": partial(sentences.bounds_of, content),
        "period": tuple(codebook().scope[end] for end in ("from", "to")),
        "change_in_words": sentences.change_in_words,
        "counted_as": sentences.counted_as,
        "total": total,
        "confirmed_of": partial(total, least=content.confirmed_at_least),
        "words_of": sentences.ABOUT,
        "links": sentences.LINKS,
        "many": MANY,
        "attacked": content.actors.get(target, {"name": "those that this dataset is about"})["name"],
    }
    environment.filters |= {"cell": _cell, "number": _number}
    return environment


def _meaning(vocabulary: str, value: str | None) -> str:
    """What the codebook says of a value."""
    return codebook().vocabularies[vocabulary].get(value, "") if value else ""


def _values(vocabulary: str) -> list[str]:
    """The values of a vocabulary, in the order of the codebook."""
    return list(codebook().vocabularies[vocabulary])


def _described(table: str, name: str) -> str:
    """What the codebook says of a column."""
    return next(column.description for column in codebook().tables[table].columns if column.name == name)


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else "" if value is None else str(value)


def _number(value: float | None) -> str:
    """A number as it is written: a whole one without a point."""
    return "" if value is None else f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def _numbers(content: Content, answers: Answers) -> dict[str, Any]:
    """How many there are of what the overview speaks of; what sums up others is left out, as in the explorer."""
    own = answers.attacks
    status = {value: sum(event["claim_status"] == value for event in own) for value in codebook().vocabularies["claim_status"]}
    read = sum(source["accessed"] is not None for source in content["sources"])
    low, high = total(own)
    sums = [content.events[event_id] for event_id in content.in_order(content.sums)]
    return {
        "rows": len(content.counted_events),
        "own": len(own),
        "low": low,
        "high": high,
        "read": read,
        "sums": sums,
        **status,
    }


def _choices(content: Content) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, as values and the words for them; actors and targets by how often they occur."""
    targets = Counter(actor_id for event in content.counted_events for actor_id in event["targets"] or ())
    roles = (content.roles[event["event_id"]] for event in content.counted_events)
    often = Counter(actor_id for of_event in roles for actor_id in dict(of_event))

    def named(numbers: Mapping[str, int]) -> list[tuple[str, str]]:
        ordered = sorted(numbers, key=lambda actor_id: (-numbers[actor_id], content.actors[actor_id]["name"]))
        return [(actor_id, f"{content.actors[actor_id]['name']} ({numbers[actor_id]})") for actor_id in ordered]

    def listed(vocabulary: str) -> list[tuple[str, str]]:
        return [(value, value.replace("_", " ")) for value in codebook().vocabularies[vocabulary]]

    return {
        "actor": named(often),
        "target": named(targets),
        "weapon": listed("weapon"),
        "claim": [("yes", "yes"), ("no", "no")],
        "voices": [("claimant", "nobody but the claimant"), ("others", "others, too")],
        "status": listed("claim_status"),
        "type": listed("event_type"),
        "scope": listed("scope"),
        "publisher": [(name, f"{name} ({number})") for name, number in sorted(content.told_by.items(), key=_by_name)],
    }


def _by_name(item: tuple[str, int]) -> str:
    return item[0].casefold()


def _places(content: Content) -> dict[str, list[tuple[str, str]]]:
    """The places in which there are events, by their kind and name, as values and the words for them."""
    often = Counter(place_id for event in content.counted_events for place_id in content.places_of(event))
    ordered = sorted(often, key=lambda place_id: content.places[place_id]["name"])
    named = [(content.places[key]["place_type"], (key, f"{content.places[key]['name']} ({often[key]})")) for key in ordered]
    return {kind: [words for of_type, words in named if of_type in types] for kind, types in KINDS_OF_PLACES.items()}


def _compared(content: Content) -> list[dict[str, Any]]:
    """The figures that can be held against rows, with who says so; of a computed one, who says the first that it is of."""
    figures = content.by_key("figures")
    found = []
    for row in content["reconciliation"]:
        of = figures[row["figure_id"]]
        inputs = {word: figures[word] for word in re.findall(r"\w+", of["derivation"] or "") if word in figures}
        said = [said for figure_id in (row["figure_id"], *inputs) for said in content.said.get(figure_id, [])]
        if row["gap_low"] is not None and said:
            found.append({**row, "of": of, "inputs": inputs, "source_id": said[0]["source_id"]})
    return found


def _widest(compared: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Of the figures of claimed attacks on those that the dataset is about, the one that most exceeds the rows."""
    on_them = [row for row in compared if list(row["of"]["targets"] or ()) == [codebook().scope["israel"]]]
    more = [row for row in on_them if row["measure"] == "claimed_attacks" and row["gap_low"] > 0]
    return max(more, key=lambda row: row["gap_low"], default=None)


def _references(content: Content) -> dict[str, str]:
    return {style: content.dataset.cite(style) for style in STYLES}


def _texts(content: Content, docs: Path | None) -> Iterator[tuple[str, str, str]]:
    """The pages that are written in Markdown: path, title and HTML."""
    written = {path.stem: path for path in sorted(docs.glob("*.md"))} if docs else {}
    dark = {path.relative_to(docs).as_posix() for path in docs.glob(f"pictures/*{DARK}.svg")} if docs else set[str]()
    for name, path in {"codebook": content.dataset.folder / "codebook.md", **written}.items():
        title, text = _markdown(path.read_text(encoding="utf-8"), {"codebook", *written}, dark)
        yield f"{name}.html", title, text


def _markdown(text: str, names: Collection[str], dark: Collection[str]) -> tuple[str, str]:
    """A page in Markdown: its first heading, and the rest as HTML, of which no tag is taken over.

    Headings have the anchors that links name. A link to another page leads there; one to a file that has no page is none.
    A picture that has a variant for a dark page is shown so on one.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    _, first, _, *tokens = parser.parse(text)
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", re.sub(r"[^\w\- ]", "", inline.content.lower()).replace(" ", "-"))
    _label(tokens)
    for token in tokens:
        token.children = _with_dark(_relinked(token.children, names), dark) if token.children else token.children
    rendered = str(parser.renderer.render(tokens, parser.options, {}))
    return first.content, rendered.replace("<pre>", '<pre tabindex="0">')  # which may be wider than a phone, for a keyboard


def _label(tokens: Iterable[Token]) -> None:
    """Give each cell of a table the words at the head of its column, which stand before it on a phone."""
    heads: list[str] = []
    number = 0
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "thead_open":
            heads = []
        elif opening.type == "th_open":
            heads.append(inline.content)
        elif opening.type == "tr_open":
            number = 0
        elif opening.type == "td_open":
            opening.attrSet("data-label", heads[number])
            number += 1


def _with_dark(tokens: Iterable[Token], dark: Collection[str]) -> list[Token]:
    """Inline tokens with both variants of each picture that has two."""
    from markdown_it.token import Token

    kept: list[Token] = []
    for token in tokens:
        path = str(token.attrGet("src") or "").replace(".svg", f"{DARK}.svg")
        if token.type == "image" and path in dark:
            source = f'<picture><source srcset="{html.escape(path)}" media="(prefers-color-scheme: dark)">'
            kept += [Token("html_inline", "", 0, content=source), token, Token("html_inline", "", 0, content="</picture>")]
        else:
            kept.append(token)
    return kept


def _relinked(tokens: Iterable[Token], names: Collection[str]) -> list[Token]:
    """Inline tokens with their links as the site has them."""
    kept: list[Token] = []
    is_link = True
    for token in tokens:
        if token.type == "link_open":
            target, mark, anchor = str(token.attrGet("href")).partition("#")
            page = Path(target).stem
            is_link = not target or "://" in target or (target.endswith(".md") and page in names)
            if is_link and target.endswith(".md") and "://" not in target:
                token.attrSet("href", f"{page}.html{mark}{anchor}")
        if is_link or token.type not in ("link_open", "link_close"):
            kept.append(token)
        is_link |= token.type == "link_close"
    return kept
