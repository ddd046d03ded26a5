"""Keys across tables: they resolve, form no circle and are never used again."""

import pytest

from conftest import SOURCE

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
