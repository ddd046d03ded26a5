"""References to the dataset and to the documents behind rows, in each style."""

import json
import re

import pytest

import timeline
from timeline import citation

SOURCE = {"source_id": "agency-2024", "title": "50% of {all} & $1_a", "publisher": "Agency", "authors": None}
SOURCE |= {"published": "2024-06-04", "url": "https://example.org/a_b", "accessed": None, "language": "en"}


def reference(style, **cells):
    return citation.cite([citation.document(SOURCE | cells)], style)


@pytest.mark.parametrize(
    ("published", "apa", "csl"),
    [
        ("2024-06-04", "(2024, June 4)", [[2024, 6, 4]]),
        ("2024-06", "(2024)", [[2024]]),
        ("2024-06-04~", "(2024, June 4)", [[2024, 6, 4]]),
        ("2023/2024", "(n.d.)", None),
        (None, "(n.d.)", None),
    ],
)
def test_a_date_is_no_more_precise_than_it_is(published, apa, csl):
    assert f"Agency. {apa}. 50%" in reference("apa", published=published)
    (told,) = json.loads(reference("csl-json", published=published))
    assert told.get("issued", {}).get("date-parts") == csl
    assert ("PY  - 2024" in reference("ris", published=published)) == (csl is not None)


def test_tex_takes_nothing_for_a_command():
    assert r"title = {50\% of \{all\} \& \$1\_a}" in reference("bibtex")
    assert "url = {https://example.org/a_b}" in reference("bibtex")


def test_authors_stand_before_the_publisher():
    both = reference("apa", authors=["First Desk", "Second Desk"])
    assert both.startswith("First Desk and Second Desk. (2024, June 4).")
    assert both.endswith(" Agency. https://example.org/a_b")
    assert "author = {{First Desk} and {Second Desk}}" in reference("bibtex", authors=["First Desk", "Second Desk"])


@pytest.mark.parametrize("style", citation.STYLES)
def test_every_document_can_be_cited(style):
    sources = timeline.load("sources")
    text = timeline.cite(style, of=sources)
    if style == "csl-json":
        assert [entry["id"] for entry in json.loads(text)][1:] == sources["source_id"].to_list()
    elif style in ("text", "apa"):
        assert len(text.splitlines()) == 1 + len(sources)
    else:
        keys = re.findall(r"^@\w+\{(.*),$" if style == "bibtex" else r"^ID  - (.*)$", text, re.MULTILINE)
        assert keys[1:] == sources["source_id"].to_list()
    if style == "bibtex":
        bare = re.sub(r"\\\\[{}]", "", text.replace("\\{", "").replace("\\}", ""))
        assert bare.count("{") == bare.count("}")


def test_what_an_analysis_used_is_cited_and_no_more():
    events = timeline.load("events")
    used = events[events["event_id"] == "E0332"]
    cited = {entry["id"] for entry in json.loads(timeline.cite("csl-json", of=used))} - {"iraq_israel_timeline"}
    assert cited == set(timeline.evidence("E0332")["source_id"])
    with pytest.raises(ValueError, match="has no column source_id, event_id or figure_id"):
        timeline.cite(of=events[["title"]])


def test_a_version_without_a_year_has_none():
    work = citation.dataset({"name": "a-b", "title": "T", "version": "1", "licenses": [], "contributors": []})
    assert citation.cite([work], "apa") == "Anonymous. (n.d.). T (Version 1) [Data set]."
