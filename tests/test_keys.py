"""Keys across tables: they resolve, form no circle and are never used again."""

import pytest

from conftest import SOURCE
from timeline.rules import keys
from timeline.rules.keys import registers_hold

KEYS = {
    "a relation to itself": (
        "relations",
        "cycle",
        "to_id",
        lambda sheet: sheet.edit("relations", sheet.line("relations", from_id="E0020"), to_id="E0020"),
    ),
    "two events that may be each other": (
        "relations",
        "cycle",
        "to_id",
        lambda sheet: (
            sheet.add("relations", from_id="E0021", relation="possibly_same_as", to_id="E0022"),
            sheet.add("relations", from_id="E0022", relation="possibly_same_as", to_id="E0021"),
        )[1],
    ),
    "twice the same relation": ("relations", "primaryKey", "from_id", lambda sheet: _repeat(sheet, "relations")),
    "twice the same alternative": ("alternatives", "primaryKey", "record_id", lambda sheet: _repeat(sheet, "alternatives")),
    "twice the same paragraph": ("coverage", "primaryKey", "source_id", lambda sheet: _repeat(sheet, "coverage")),
    "an actor above itself": (
        "actors",
        "cycle",
        "affiliations",
        lambda sheet: sheet.edit(
            "actors", sheet.line("actors", actor_id="iraq"), affiliations="hussein-al-mousawi;saddam-hussein"
        ),
    ),
    "a place within itself": (
        "places",
        "cycle",
        "within",
        lambda sheet: sheet.edit("places", sheet.line("places", place_id="middle-east"), within="south-of-baghdad"),
    ),
    "a source derived from itself": (
        "sources",
        "cycle",
        "derived_from",
        lambda sheet: sheet.edit("sources", sheet.line("sources", source_id="reuters-2024-06-04"), derived_from=SOURCE),
    ),
    "an event part of its part": (
        "relations",
        "cycle",
        "to_id",
        lambda sheet: sheet.add("relations", from_id="E0019", relation="part_of", to_id="E0021"),
    ),
    "a withdrawn id in use": (
        "events",
        "withdrawn",
        "event_id",
        lambda sheet: (
            sheet.add("withdrawn", record_id="E0021", withdrawn_in="2026.1", reason="A test."),
            sheet.line("events", event_id="E0021"),
        )[1],
    ),
    "a withdrawn attestation in use": (
        "attestations",
        "withdrawn",
        "attestation_id",
        lambda sheet: (
            sheet.add("withdrawn", record_id="T00001", withdrawn_in="2026.1", reason="A test."),
            sheet.line("attestations", attestation_id="T00001"),
        )[1],
    ),
}


def _repeat(sheet, table):
    return sheet.add(table, **sheet.lines[table][0].cells)


@pytest.mark.parametrize("name", KEYS)
def test_keys_hold_across_tables(sheet, name):
    table, rule, column, change = KEYS[name]
    line = change(sheet)
    assert (sheet.file(table), line, column, rule) in sheet.problems()


def test_what_is_wrong_with_a_key_is_said(sheet):
    """In words that name what does not exist, where it was looked for, and what leads back where."""
    sheet.edit("events", sheet.line("events", event_id="E0021"), initiators="nobody;no-one")
    sheet.edit("attestations", sheet.line("attestations", record_id="E0021"), record_id="E9999")
    sheet.edit("actors", sheet.line("actors", actor_id="iraq"), affiliations="iraq")
    sheet.edit("relations", sheet.line("relations", from_id="E0020"), to_id="E0020")
    sheet.add("withdrawn", record_id="E0022", withdrawn_in="2026.1", reason="A test.")
    said = {(problem.rule, problem.message) for problem in sheet.found()}
    assert {
        ("reference", "'nobody', 'no-one': no such row in actors"),
        ("reference", "'E9999': no such row in events or figures"),
        ("cycle", "iraq stands above itself"),
        ("cycle", "leads back to E0020 by part_of"),
        ("withdrawn", "was withdrawn; an id is never used again"),
    } <= said


def test_a_broken_key_hides_no_other(sheet):
    """Who is missing may be the one that cannot be read; a place that is missing is missing."""
    broken = sheet.edit("actors", sheet.line("actors", actor_id="hamas"), actor_id="No Slug")
    missing = sheet.edit("events", sheet.line("events", event_id="E0109"), target_place_id="atlantis")
    assert {
        (sheet.file("actors"), broken, "actor_id", "pattern"),
        (sheet.file("events"), missing, "target_place_id", "reference"),
    } <= sheet.problems()


def test_a_file_named_after_no_source_is_one_mistake(sheet):
    for line in list(sheet.lines["coverage"]):
        sheet.edit("coverage", line.number, source_id="no-such-source")
    missed = [problem for problem in sheet.found() if (problem.column, problem.rule) == ("source_id", "reference")]
    assert [problem.line for problem in missed] == [sheet.lines["coverage"][0].number]


@pytest.mark.parametrize(
    ("holds", "rows"),
    [
        (True, {}),
        (True, {"attestations": [{"attestation_id": "T00001", "record_id": "E9999", "speaker_id": "iraq"}]}),
        (False, {"attestations": [{"attestation_id": "T00001", "record_id": "E9999", "speaker_id": "nobody"}]}),
        (False, {"places": [{"place_id": "a", "within": "b"}, {"place_id": "b", "within": "a"}]}),
        (False, {"actors": [{"actor_id": "iraq", "affiliations": "nobody"}]}),
    ],
)
def test_registers_hold_whatever_is_said_of_events(small, holds, rows):
    assert registers_hold(small(**{"actors": [{"actor_id": "iraq"}], **rows})) is holds


@pytest.mark.parametrize(("record", "is_told"), [("E90001", False), ("E9000", True), ("E9000*", False), ("E8*", True)])
def test_a_voice_is_on_an_event_or_on_those_whose_ids_begin_alike(small, record, is_told):
    data = small(
        events=[{"event_id": "E90001"}], attestations=[{"attestation_id": "T00001", "record_id": record, "speaker_id": ""}]
    )
    assert [problem.column for problem in keys.check(data)] == ["record_id"] * is_told
