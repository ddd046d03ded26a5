"""Every rule across columns and tables: the real data, changed to break it, name the row, the column and the rule."""

import pytest

from conftest import SOURCE
from timeline import rules
from timeline.cli import main
from timeline.rules import events, registers

STUB = "reuters-2024-06-04"
TWINS = "Second and third statement of the morning, both on the north."
MANY = {"record_id": "E0021", "stance": "reports", "aspect": "occurrence"}
# rule → cases of (table, key of the row, changes, column named); a list of changes is made in order
EDITS = {
    "attack_has_its_number": [
        ("events", {"event_id": "E0021"}, {"attacks_low": ""}, "attacks_low"),
        ("events", {"event_id": "E0021"}, {"attacks_high": ""}, "attacks_high"),
    ],
    "only_attacks_are_counted": [
        ("events", {"event_id": "E0019"}, {"attacks_low": "3"}, "attacks_low"),
        ("events", {"event_id": "E0026"}, {"attacks_high": "3"}, "attacks_high"),
    ],
    "attacks_are_in_order": [("events", {"event_id": "E0021"}, {"attacks_low": "2"}, "attacks_low")],
    "only_force_has_weapons": [
        ("events", {"event_id": "E0026"}, {"weapons": "drone"}, "weapons"),
        ("events", {"event_id": "E0014"}, {"interceptors": "us-forces"}, "interceptors"),
        ("events", {"event_id": "E0014"}, {"outcome": "impact"}, "outcome"),
    ],
    "series_lies_in_a_span": [("events", {"event_id": "E0009"}, {"date": "[2021,2022]"}, "date")],
    "event_is_not_after_its_report": [
        ("events", {"event_id": "E0023"}, {"date": "2024-07"}, "date"),
        ("events", {"event_id": "E0015"}, {"date": "2024-06-06"}, "date"),
        ("events", {"event_id": "E0020"}, {"date": "2024-07/.."}, "date"),
    ],
    "outcome_has_a_witness": [("events", {"event_id": "E0109"}, {"outcome": "impact"}, "outcome")],
    "origin_has_a_voice": [
        ("events", {"event_id": "E0024"}, {"origin_place_id": "iraq"}, "origin_place_id"),
        ("events", {"event_id": "E0109"}, {"origin_place_id": "yemen"}, "origin_place_id"),
        (
            "attestations",
            {"record_id": "E0030", "aspect": "origin_place_id"},
            {"stance": "denies"},
            ("events", {"event_id": "E0030"}, "origin_place_id"),
        ),
    ],
    "attack_is_vouched_for": [
        ("attestations", {"record_id": "E0109"}, {"stance": "doubts"}, ("events", {"event_id": "E0109"}, "event_id"))
    ],
    "likely_twins_are_told_apart": [
        ("events", {"event_id": "E0109"}, {"date": "2023-11-08/2023-11-10"}, "event_id"),
        ("events", {"event_id": "E0109"}, {"date": "2023-11-09"}, "event_id"),
    ],
    "distinct_pair_looks_like_one": [
        ("distinct", {"reason": TWINS}, {"event_id": "E0574", "other_id": "E0573"}, "other_id"),
        (
            "relations",
            {"from_id": "E0572"},
            {"from_id": "E0573", "to_id": "E0574"},
            ("distinct", {"reason": TWINS}, "other_id"),
        ),
    ],
    "claim_has_a_claimant": [("events", {"event_id": "E0021"}, {"initiators": ""}, "initiators")],
    "event_has_a_voice": [
        ("attestations", {"record_id": "E0014"}, {"record_id": "E0015"}, ("events", {"event_id": "E0014"}, "event_id"))
    ],
    "medium_claims_nothing": [("attestations", {"record_id": "E0021"}, {"speaker_id": "reuters"}, "speaker_id")],
    "aspect_is_of_the_record": [
        ("attestations", {"record_id": "E0021"}, {"aspect": "value_low"}, "aspect"),
        ("attestations", {"record_id": "F0009"}, {"aspect": "weapons"}, "aspect"),
    ],
    "value_fits_the_aspect": [
        ("attestations", {"record_id": "E0021"}, {"value": "yes"}, "value"),
        ("attestations", {"record_id": "F0009"}, {"value": "many"}, "value"),
        ("attestations", {"record_id": "E0030", "value": "iraq"}, {"value": "atlantis"}, "value"),
        ("attestations", {"record_id": "E0022"}, {"aspect": "outcome", "value": "landed"}, "value"),
    ],
    "value_differs_from_the_record": [
        ("attestations", {"record_id": "E0022", "aspect": "origin_place_id"}, {"value": "syria"}, "value"),
        ("attestations", {"record_id": "F0009"}, {"value": "17"}, "value"),
        ("attestations", {"record_id": "E0109"}, {"aspect": "target_described", "value": "site"}, "value"),
    ],
    "voice_on_an_empty_cell_says_what": [
        ("attestations", {"record_id": "E0109"}, {"aspect": "weapons"}, "value"),
        ("attestations", {"record_id": "E0021"}, {"aspect": "origin_place_id"}, "value"),
    ],
    "statement_is_not_after_its_report": [("attestations", {"record_id": "E0021"}, {"stated_on": "2024-06-06"}, "stated_on")],
    "voice_on_many_is_plain": [
        ("attestations", MANY, {"record_id": "E0021*", "stance": "doubts"}, "stance"),
        ("attestations", MANY, {"record_id": "E0021*", "aspect": "date", "value": "2023-11"}, "value"),
        ("attestations", MANY, {"record_id": "E0021*", "aspect": "value_low"}, "aspect"),
    ],
    "cited_source_was_read": [
        ("sources", {"source_id": SOURCE}, {"accessed": ""}, "accessed"),
        ("distinct", {"reason": TWINS}, {"source_id": STUB}, ("sources", {"source_id": STUB}, "accessed")),
    ],
    "values_are_in_order": [
        ("figures", {"figure_id": "F0002"}, {"qualifier": "between", "value_low": "5", "value_high": "4"}, "value_low"),
    ],
    "values_fit_the_qualifier": [
        ("figures", {"figure_id": "F0009"}, {"value_low": "16"}, "qualifier"),
        ("figures", {"figure_id": "F0009"}, {"qualifier": "at_least"}, "qualifier"),
        ("figures", {"figure_id": "F0001"}, {"value_high": "5"}, "qualifier"),
        ("figures", {"figure_id": "F0018"}, {"value_best": "0"}, "qualifier"),
        ("figures", {"figure_id": "F0002"}, {"qualifier": "about"}, "qualifier"),
        ("figures", {"figure_id": "F0002"}, {"qualifier": "between", "value_low": "2"}, "qualifier"),
        ("figures", {"figure_id": "F0002"}, {"qualifier": "at_most"}, "qualifier"),
        ("figures", {"figure_id": "F0002"}, {"qualifier": "fewer_than", "value_low": "2"}, "qualifier"),
        ("figures", {"figure_id": "F0014"}, {"value_low": "1"}, "qualifier"),
    ],
    "share_is_a_part": [
        ("figures", {"figure_id": "F0004"}, {"qualifier": "at_least", "value_low": "1.5"}, "value_low"),
    ],
    "count_is_whole": [
        ("figures", {"figure_id": "F0001"}, {"value_low": "2.5"}, "value_low"),
        ("figures", {"figure_id": "F0002"}, {"qualifier": "fewer_than", "value_high": "0"}, "value_high"),
    ],
    "figure_is_not_after_its_report": [("figures", {"figure_id": "F0009"}, {"period": "2024-07"}, "period")],
    "figure_has_a_voice": [
        ("attestations", {"record_id": "F0009"}, {"record_id": "F0008"}, ("figures", {"figure_id": "F0009"}, "figure_id"))
    ],
    "derivation_holds": [
        ("figures", {"figure_id": "F0012"}, {"value_best": "35"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F0010 * F0099"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F00101 * F0009"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F0010F0009"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F + F0010"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F0010 * 1" + 100 * "0"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F0010 " + 190 * "-" + "1"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "17 + 17"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F0012"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F0010 * F0009)"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F0010 / 0"}, "derivation"),
        ("figures", {"figure_id": "F0012"}, {"derivation": "F0010 ** F0009"}, "derivation"),
        ("figures", {"figure_id": "F0013"}, {"derivation": "F0011 * 30"}, "derivation"),
    ],
    "relation_joins_like_to_like": [
        ("relations", {"from_id": "E0020"}, {"to_id": "F0001"}, "to_id"),
        ("relations", {"from_id": "E0020"}, {"relation": "copied_from"}, "to_id"),
    ],
    "inference_has_no_paragraph": [
        ("relations", {"from_id": "E0020"}, {"paragraph": ""}, "paragraph"),
        ("relations", {"from_id": "E0022", "relation": "part_of"}, {"paragraph": "39"}, "paragraph"),
    ],
    "alternative_is_of_a_column": [
        ("alternatives", {"record_id": "E0021", "column": "date"}, {"column": "value_best"}, "column"),
        ("alternatives", {"record_id": "E0021", "column": "date"}, {"column": "claim_status"}, "column"),
        ("alternatives", {"record_id": "F0007"}, {"column": "weapons"}, "column"),
    ],
    "alternative_differs": [
        ("alternatives", {"record_id": "E0021", "column": "date"}, {"value": "2023-11-02"}, "value"),
        ("alternatives", {"record_id": "E0021", "column": "date"}, {"value": "November"}, "value"),
        ("alternatives", {"record_id": "E0022", "column": "initiators"}, {"value": "nobody-known"}, "value"),
    ],
    "point_has_two_coordinates": [
        ("places", {"place_id": "eilat"}, {"latitude": ""}, "latitude"),
        ("places", {"place_id": "eilat"}, {"longitude": ""}, "latitude"),
    ],
    "place_is_in_its_country": [
        ("places", {"place_id": "tel-aviv"}, {"country_iso3": "JOR"}, "country_iso3"),
        ("places", {"place_id": "tel-aviv"}, {"country_iso3": ""}, "country_iso3"),
    ],
    "read_source_can_be_found": [
        ("sources", {"source_id": SOURCE}, {"url": ""}, "url"),
        ("sources", {"source_id": SOURCE}, {"published": ""}, "published"),
    ],
    "publication_is_a_moment": [
        ("sources", {"source_id": SOURCE}, {"published": "/2024-06-04"}, "published"),
        ("sources", {"source_id": SOURCE}, {"published": "[..2024-06-04]"}, "published"),
        ("sources", {"source_id": SOURCE}, {"published": "2024-05/2024-06"}, "published"),
    ],
    "source_is_read_after_publication": [("sources", {"source_id": SOURCE}, {"accessed": "2024-06-03"}, "accessed")],
    "paragraphs_have_no_gap": [("coverage", {"paragraph": "46"}, {"paragraph": "47"}, "paragraph")],
    "coded_paragraph_has_an_attestation": [
        ("coverage", {"paragraph": "19"}, {"disposition": "coded"}, "disposition"),
        ("coverage", {"paragraph": "32"}, {"disposition": "out_of_scope", "reason": "None."}, "disposition"),
    ],
    "cited_paragraph_exists": [
        ("attestations", {"record_id": "E0019"}, {"paragraph": "47"}, "paragraph"),
        ("relations", {"from_id": "E0020"}, {"paragraph": "99"}, "paragraph"),
        ("alternatives", {"record_id": "E0022", "column": "initiators"}, {"paragraph": "47"}, "paragraph"),
    ],
    "search_covers_days": [("searches", {"search_id": "S0001"}, {"date_from": "2025-01-01"}, "date_from")],
    "search_uses_its_results": [("searches", {"search_id": "S0001"}, {"n_used": "9"}, "n_used")],
    "capture_is_of_an_attack": [("captures", {"event_id": "E0021", "harvest": "first"}, {"event_id": "E0014"}, "event_id")],
    "coding_is_of_what_is_attested": [
        ("codings", {"event_id": "E0021", "decision": "agree"}, {"source_id": "ahram-online-2023-11-09"}, "source_id")
    ],
    "coding_could_be": [
        ("codings", {"event_id": "E0021", "field": "outcome", "first": "no_trace"}, {"first": "landed"}, "first"),
        ("codings", {"event_id": "E0021", "field": "outcome", "first": "no_trace"}, {"second": "landed"}, "second"),
    ],
    "difference_is_adjudicated": [
        ("codings", {"event_id": "E0021", "decision": "agree"}, {"decision": "first"}, "decision"),
        ("codings", {"event_id": "E0021", "field": "outcome", "first": "no_trace"}, {"decision": "agree"}, "decision"),
        ("codings", {"event_id": "E0021", "field": "outcome", "first": "no_trace"}, {"reason": ""}, "reason"),
    ],
    "passed_over_paragraph_says_why": [("coverage", {"paragraph": "46"}, {"reason": ""}, "reason")],
}


@pytest.mark.parametrize(
    ("rule", "table", "key", "cells", "expected"),
    [pytest.param(rule, *case, id=f"{rule}-{n}") for rule, cases in EDITS.items() for n, case in enumerate(cases)],
)
def test_a_broken_rule_is_named(sheet, rule, table, key, cells, expected):
    line = sheet.edit(table, sheet.line(table, **key), **cells)
    if isinstance(expected, str):
        place = (sheet.file(table), line, expected)
    else:
        other, other_key, column = expected
        place = (sheet.file(other), sheet.line(other, **other_key), column)
    assert sheet.problems() == {(*place, rule)}


def test_sound_rows_break_no_rule(sheet):
    assert sheet.problems() == set()


def test_a_derivation_may_give_bounds(sheet):
    """10 to 20, less 3 to 5, is 5 to 17 and neither 7 to 15 nor at least 5."""
    shared = {"measure": "attacks", "unit": "count"}
    sheet.add(
        "figures", figure_id="F0901", **shared, qualifier="between", value_low="10", value_high="20", derivation="5 * F0010"
    )
    sheet.add("figures", figure_id="F0902", **shared, qualifier="between", value_low="3", value_high="5", derivation="F0001")
    line = sheet.add("figures", figure_id="F0903", **shared, qualifier="between", derivation="F0901 - F0902")
    for low, high, holds in (("5", "17", True), ("7", "15", False), ("5", "15", False)):
        sheet.edit("figures", line, value_low=low, value_high=high)
        problems = {line for _, line, _, rule in sheet.problems() if rule == "derivation_holds"}
        assert (line in problems) is not holds


def test_a_circle_of_derivations_is_named(sheet):
    shared = {"measure": "attacks", "unit": "count", "qualifier": "about", "value_best": "777"}
    one = sheet.add("figures", figure_id="F0901", **shared, derivation="F0902 * 1")
    two = sheet.add("figures", figure_id="F0902", **shared, derivation="F0901 * 1")
    file = sheet.file("figures")
    assert sheet.problems() == {(file, one, "derivation", "derivation_holds"), (file, two, "derivation", "derivation_holds")}


def test_a_twin_is_named(copy, capsys):
    copy.edit("events", copy.line("events", event_id="E0109"), date="2023-11-09")
    assert main(["validate", "--root", str(copy.root)]) == 1
    assert "'E0109': looks like E0022: Attacks on one day in one region" in capsys.readouterr().err


@pytest.mark.parametrize("cells", [{"initiators": "nobody-known"}, {"weapons": "slingshot"}])
def test_an_attack_that_cannot_be_read_is_no_twin_and_breaks_no_pair(copy, refused, cells):
    line = copy.edit("events", copy.line("events", event_id="E0574"), **cells)
    ((column, rule),) = zip(cells, ["reference" if "initiators" in cells else "enum"], strict=True)
    assert refused() == {("data/raw/events.csv", line, column, rule)}


def test_an_affiliation_that_does_not_exist_is_named(copy, refused):
    line = copy.edit("actors", copy.line("actors", actor_id="islamic-resistance-in-iraq"), affiliations="nobody-known")
    assert refused() == {("data/raw/actors.csv", line, "affiliations", "reference")}


def test_every_rule_has_a_case():
    assert set(EDITS) == {rule.__name__ for rule in rules.RULES}


def test_every_rule_has_an_error_text_of_one_sentence_or_two():
    assert all(rules.text(rule).endswith(".") and len(rules.text(rule)) < 200 for rule in rules.RULES)


def test_all_problems_are_told_at_once(copy, refused):
    """Broken cells hide neither each other nor the rules broken elsewhere."""
    events, figures = copy.file("events"), copy.file("figures")
    a = copy.edit("events", copy.line("events", event_id="E0019"), attacks_low="1")
    b = copy.edit("events", copy.line("events", event_id="E0021"), date="soon", weapons="slingshot")
    c = copy.edit("figures", copy.line("figures", figure_id="F0009"), value_low="few", measure="sheep")
    d = copy.edit("attestations", copy.line("attestations", record_id="E0014"), speaker_id="nobody-known")
    assert refused() == {
        (events, a, "attacks_low", "only_attacks_are_counted"),
        (events, b, "date", "edtf"),
        (events, b, "weapons", "enum"),
        (figures, c, "value_low", "type"),
        (figures, c, "measure", "enum"),
        (copy.file("attestations"), d, "speaker_id", "reference"),
    }


def test_a_sound_copy_passes(copy, capsys):
    assert main(["validate", "--root", str(copy.root)]) == 0
    assert "no problem" in capsys.readouterr().out


def test_what_a_rule_says_of_a_breach_stands_before_its_text():
    """And a rule without a text would say nothing, not something else."""
    assert rules.text(lambda data: iter(())) == ""


def test_a_source_may_be_read_on_the_day_of_its_publication(sheet):
    line = sheet.edit("sources", sheet.line("sources", source_id=SOURCE), published="2024-06-04", accessed="2024-06-04")
    assert (sheet.file("sources"), line, "accessed", "source_is_read_after_publication") not in sheet.problems()


def test_each_document_with_a_gap_is_named(sheet):
    """Also behind one with a paragraph that cannot be read, and behind one with a gap."""
    coverage = {"fingerprint": "0" * 64, "disposition": "out_of_scope", "reason": "A test."}
    for source, paragraph in (("a", "x"), ("b", "2"), ("c", "2")):
        sheet.add("coverage", source_id=source, paragraph=paragraph, **coverage)
    gaps = [line for _, line, _, rule in sorted(sheet.problems()) if rule == "paragraphs_have_no_gap"]
    assert gaps == [line.number for line in sheet.lines["coverage"][-2:]]


# what is wrong in one place is told there, and is missed nowhere else: (table, key, changes) and the column and rule named
ALONE = {
    "a source that does not exist": ("attestations", {"record_id": "E0014"}, {"source_id": "no-such-source"}, "reference"),
    "a coding of a source that does not exist": (
        "codings",
        {"event_id": "E0021"},
        {"source_id": "no-such-source"},
        "reference",
    ),
    "a coding of an event that does not exist": (
        "codings",
        {"event_id": "E0021", "field": "targets"},
        {"event_id": "E9999", "first": "nobody-known", "second": "nobody-known"},
        "reference",
    ),
    "a second reading of a record that does not exist": (
        "alternatives",
        {"record_id": "E0021", "column": "date"},
        {"record_id": "E9999"},
        "reference",
    ),
    "a second reading without a value": ("alternatives", {"record_id": "E0021", "column": "date"}, {"value": ""}, "required"),
    "a second reading of no column": ("alternatives", {"record_id": "E0021", "column": "date"}, {"column": ""}, "required"),
    "no source where another voice was coded": (
        "attestations",
        {"record_id": "E0021", "source_id": "shafaq-news-2023-11-02"},
        {"source_id": ""},
        "required",
    ),
    "the only witness with a broken stance": ("attestations", {"attestation_id": "T00049"}, {"stance": "shouts"}, "enum"),
    "the only attestation of a paragraph": (
        "attestations",
        {"source_id": SOURCE, "paragraph": "4"},
        {"paragraph": "fourth"},
        "type",
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_is_wrong_in_one_place_is_told_there_only(sheet, name):
    table, key, cells, rule = ALONE[name]
    line = sheet.edit(table, sheet.line(table, **key), **cells)
    assert sheet.problems() == {(sheet.file(table), line, next(iter(cells)), rule)}


# at the edge of what is allowed
ALLOWED = [
    ("events", {"event_id": "E0015"}, {"date": "2024-06-05"}),
    ("figures", {"figure_id": "F0004"}, {"qualifier": "at_least", "value_low": "1"}),
    ("figures", {"figure_id": "F0002"}, {"qualifier": "fewer_than", "value_high": "1"}),
    ("relations", {"from_id": "E0020"}, {"paragraph": "0"}),
    # on a column that figures have not
    ("attestations", {"record_id": "E0109"}, {"aspect": "target_described", "value": "port"}),
    ("attestations", MANY, {"record_id": "E0021*", "stance": "assesses"}),
]


@pytest.mark.parametrize(("table", "key", "cells"), ALLOWED)
def test_the_edge_of_what_is_allowed(sheet, table, key, cells):
    sheet.edit(table, sheet.line(table, **key), **cells)
    file = sheet.file(table)
    assert {problem for problem in sheet.problems() if problem[0] == file} == set()


@pytest.mark.parametrize(("date", "start"), [("2024-03", "2024-03-01"), ("[2024-03-05,2024-03-07]", "2024-03-05")])
def test_of_a_date_a_rule_may_read_its_start_alone(date, start):
    """So that it is asked once of all events that begin on a day."""
    ((_, finds),) = [read for read in events.READS[events.event_is_not_after_its_report] if read[0] == "date"]
    assert (str(finds(date)), finds("/2024-03")) == (start, None)


def test_who_denies_is_a_witness_that_nothing_was_found(sheet):
    line = sheet.edit("events", sheet.line("events", event_id="E0109"), outcome="no_trace")
    said = {"record_id": "E0109", "source_id": "al-manar-2023-11-12", "paragraph": "2", "speaker_id": "israel-military"}
    problem = (sheet.file("events"), line, "outcome", "outcome_has_a_witness")
    assert problem in sheet.problems()
    sheet.add("attestations", attestation_id="T99999", **said, stance="denies", aspect="occurrence")
    assert problem not in sheet.problems()


def test_a_place_that_does_not_exist_is_no_origin(sheet):
    line = sheet.edit("events", sheet.line("events", event_id="E0109"), origin_place_id="iraq")
    said = sheet.edit(
        "attestations", sheet.line("attestations", record_id="E0109"), aspect="origin_place_id", value="atlantis"
    )
    assert {
        (sheet.file("events"), line, "origin_place_id", "origin_has_a_voice"),
        (sheet.file("attestations"), said, "value", "value_fits_the_aspect"),
    } <= sheet.problems()


def test_what_comes_behind_a_row_that_cannot_be_read_is_read(sheet):
    """Rule by rule: the first row is skipped, the second is not."""
    sheet.edit("figures", sheet.line("figures", figure_id="F0001"), qualifier="roughly")
    later = sheet.edit("figures", sheet.line("figures", figure_id="F0009"), qualifier="at_least")
    sheet.edit("alternatives", sheet.lines["alternatives"][0].number, record_id="E9999")
    other = sheet.edit(
        "alternatives", sheet.line("alternatives", record_id="E0022", column="initiators"), value="nobody-known"
    )
    assert {
        (sheet.file("figures"), later, "qualifier", "values_fit_the_qualifier"),
        (sheet.file("alternatives"), other, "value", "alternative_differs"),
    } <= sheet.problems()


NINE = " + ".join(f"F09{n:02}" for n in range(1, 10))


@pytest.mark.parametrize(
    ("holds", "figures"),
    [
        (True, [{"value_best": "8", "derivation": NINE[: -len(" + F0909")]}]),
        # more inputs than are tried out
        (False, [{"value_best": "9", "derivation": NINE}]),
        (False, [{"derivation": "F0901 * 1"}]),
        # an input without a best number gives its least
        (
            True,
            [{"value_low": "2", "value_high": "4", "qualifier": "between"}, {"value_best": "4", "derivation": "F0910 * 2"}],
        ),
        # binary fractions add up to nearly nothing
        (True, [{"value_best": "0.3"}, {"value_best": "0", "derivation": "F0910 - 0.1 - 0.2"}]),
        (False, [{"value_best": "0.3"}, {"value_best": "0.001", "derivation": "F0910 - 0.1 - 0.2"}]),
    ],
)
def test_what_a_derivation_gives(sheet, holds, figures):
    shared = {"measure": "attacks", "unit": "factor", "qualifier": "about"}
    for number in range(1, 10):
        sheet.add("figures", figure_id=f"F09{number:02}", **shared, value_best="1")
    lines = [sheet.add("figures", figure_id=f"F09{n}", **{**shared, **cells}) for n, cells in enumerate(figures, start=10)]
    assert ((sheet.file("figures"), lines[-1], "derivation", "derivation_holds") not in sheet.problems()) is holds


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ({"source_type": "dataset", "fingerprint": "0" * 64}, False),
        ({"source_type": "dataset"}, True),
        ({"source_type": "wire", "fingerprint": "0" * 64}, True),
        ({"source_type": "wire", "accessed": "2024-06-05"}, False),
    ],
)
def test_a_dataset_was_read_where_its_fingerprint_is_known(small, source, is_told):
    data = small(sources=[{"source_id": "register", **source}], distinct=[{"source_id": "register"}])
    told = [column for _, column in registers.cited_source_was_read(data)]
    assert told == (["accessed"] if is_told else [])
