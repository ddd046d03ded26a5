"""What was known by a day is what a build makes of the documents published by then."""

import datetime
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import timeline
from timeline import as_of, dates, raw, rules
from timeline.building import build
from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.raw import Line
from timeline.rules.twins import likely_twins
from timeline.transcription import Transcription

LAST = datetime.date(2100, 1, 1)
OF_THE_MAKING = [table.name for table in codebook().raw_tables() if table.name not in as_of.TABLES]


def tables_of(dataset):
    names = [table.name for table in codebook().raw_tables()]
    return {name: as_of.transcribed(name, dataset.load(name, engine="pyarrow").to_pylist()) for name in names}


@pytest.fixture(scope="module")
def whole():
    return tables_of(Dataset())


@pytest.fixture(scope="module")
def of_part(part):
    return tables_of(Dataset(part))


def days(tables):
    """The days on which a document was published, and those before."""
    found = {as_of._out_by(source) for source in tables["sources"]} - {None}
    return sorted(found | {day - datetime.timedelta(days=1) for day in found})


def with_others(known):
    """What tells how the data were made, as far as it is of what was known; likely twins are told apart."""
    tables = dict(known)
    keys = {t.name: {row[t.primary_key[0]] for row in tables[t.name]} for t in codebook().raw_tables()}
    for name in OF_THE_MAKING:
        named = [column for column in codebook().tables[name].columns if column.references]
        tables[name] = [
            row
            for row in tables[name]
            if all(row[c.name] is None or any(row[c.name] in keys[other] for other in c.references) for c in named)
        ]
    tables["distinct"] = []
    data = Transcription(tables)
    linked = rules.twins._linked(data)
    for one, other in likely_twins(data):
        pair = sorted((one["event_id"], other["event_id"]))
        if frozenset(pair) not in linked:
            row = {"event_id": pair[0], "other_id": pair[1], "reason": "As in the whole.", "source_id": None}
            tables["distinct"].append(as_of.Row(row))
    return tables


def write(tables, root):
    """Write transcribed tables to a folder."""
    for table in codebook().raw_tables():
        columns = table.transcribed()
        lines = [
            Line("", 0, {column.name: column.print(row[column.name]) for column in columns}) for row in tables[table.name]
        ]
        for path in raw.files(root, table):
            path.parent.mkdir(parents=True, exist_ok=True)
            kept = [line for line in lines if table.file_key is None or line.cells[table.file_key] == path.stem]
            path.unlink(missing_ok=True)
            if kept or table.file_key is None:
                path.write_text(raw.canonical(table, kept), encoding="utf-8")


@settings(max_examples=4)
@given(data=st.data())
def test_it_is_what_a_build_makes_of_the_documents_of_then(part, of_part, tmp_path_factory, data):
    day = data.draw(st.sampled_from(days(of_part)))
    root = tmp_path_factory.mktemp("then")
    shutil.copytree(part / "seeds", root / "seeds")
    write(with_others(as_of.known_by(of_part, day)), root)
    build(root)
    for name in as_of.TABLES:
        then = Dataset(part).load(name, as_of=day, engine="pyarrow")
        assert then.equals(Dataset(root).load(name, engine="pyarrow")), name


def test_what_is_known_holds_by_every_rule(whole):
    """Of the whole dataset, on one day in forty on which a document was published."""
    for day in days(whole)[::40]:
        assert rules.check(Transcription(with_others(as_of.known_by(whole, day)))) == []


def test_in_the_end_all_is_known(whole):
    data = Transcription(as_of.known_by(whole, LAST))
    for name in set(as_of.TABLES) - {"figures", "alternatives"}:
        assert as_of.of_known(data, name).equals(timeline.load(name, engine="pyarrow")), name
    assert as_of.table(whole, "figures", LAST).equals(timeline.load("figures", engine="pyarrow"))


def test_before_the_first_document_nothing_is_known(whole):
    assert as_of.known_by(whole, days(whole)[0])["events"] == []


@settings(max_examples=4)
@given(data=st.data())
def test_nothing_rests_on_a_later_document(whole, data):
    day = data.draw(st.sampled_from(days(whole)))
    known = as_of.known_by(whole, day)
    for name in ("attestations", "alternatives", "relations", "coverage"):
        for row in known[name]:
            source = next((s for s in whole["sources"] if s["source_id"] == row["source_id"]), None)
            assert source is None or as_of._out_by(source) <= day


@settings(max_examples=4)
@given(data=st.data())
def test_what_was_known_stays_known(whole, data):
    early, late = sorted(data.draw(st.tuples(*[st.sampled_from(days(whole))] * 2)))
    for name, key in (("events", "event_id"), ("figures", "figure_id"), ("attestations", "attestation_id")):
        before, after = ({row[key] for row in as_of.known_by(whole, day)[name]} for day in (early, late))
        assert before <= after


# what a document of 10 January, and one of 20 January, say of an attack that the record has as in `KNOWN`
KNOWN = {"date": "2024-01-05", "outcome": "intercepted", "origin_place_id": "iraq", "place_id": "eilat"}
FIRST, LATER = "first-2024-01-10", "later-2024-01-20"
CASES = {
    "who says that it happened vouches for its cells": (
        [("group", FIRST, "claims", "occurrence", "")],
        {"date": "2024-01-05", "initiators": ("group",)},
    ),
    "an initiator's word does not say what was observed": (
        [("group", FIRST, "claims", "occurrence", ""), ("army", LATER, "confirms", "occurrence", "")],
        {"outcome": None, "place_id": None, "date": "2024-01-05"},
    ),
    "another's word does": (
        [("army", FIRST, "confirms", "occurrence", "")],
        {"outcome": "intercepted", "place_id": "eilat"},
    ),
    "an origin needs a voice of its own": (
        [("army", FIRST, "confirms", "occurrence", ""), ("army", LATER, "confirms", "origin_place_id", "")],
        {"origin_place_id": None},
    ),
    "a cell is what was said, where nobody had said what stands there now": (
        [
            ("army", FIRST, "confirms", "occurrence", ""),
            ("army", FIRST, "confirms", "date", "2024-01"),
            ("group", LATER, "claims", "occurrence", ""),
        ],
        {"date": "2024-01", "initiators": ("group",)},
    ),
    "an event of which nobody says when is of the time before its report": (
        [("army", FIRST, "confirms", "outcome", ""), ("group", LATER, "claims", "occurrence", "")],
        {"date": "[..2024-01-10]", "outcome": "intercepted"},
    ),
    "what nobody vouches for to this day is the coder's, and stands": (
        [("army", FIRST, "confirms", "outcome", "")],
        {"date": "2024-01-05"},
    ),
}


@pytest.mark.parametrize(("voices", "expected"), CASES.values(), ids=CASES)
def test_a_cell_is_known_once_it_is_vouched_for(whole, voices, expected):
    event = dict.fromkeys(codebook().tables["events"].raw) | {"event_id": "E9001", "event_type": "attack"} | KNOWN
    event |= {column.name: () for column in codebook().tables["events"].transcribed() if column.type == "list"}
    event |= {"initiators": ("group",), "attacks_low": 1, "attacks_high": 1}
    said = [
        {"attestation_id": f"T{n:05}", "record_id": "E9001", "speaker_id": who, "source_id": source, "stance": stance}
        | {"aspect": aspect, "value": value or None, "paragraph": 1, "stated_on": None, "note": None}
        for n, (who, source, stance, aspect, value) in enumerate(voices)
    ]
    actors = [
        {"actor_id": name, "name": name, "actor_type": kind, "affiliations": (), "country_iso3": None}
        for name, kind in (("group", "armed_group"), ("army", "state_body"))
    ]
    sources = [
        {"source_id": source, "published": source[-10:], "accessed": LAST, "derived_from": ()} for source in (FIRST, LATER)
    ]
    given_rows = {"events": [event], "attestations": said, "actors": actors, "sources": sources, "places": whole["places"]}
    tables = {table.name: [as_of.Row(row) for row in given_rows.get(table.name, ())] for table in codebook().raw_tables()}
    (known,) = as_of.known_by(tables, datetime.date(2024, 1, 15))["events"]
    assert {name: known[name] for name in expected} == expected


PUBLISHED = {
    "a day": ("2024-01-10", LAST, "2024-01-10"),
    "a month is out when it is over": ("2024-01", LAST, "2024-01-31"),
    "or when it was read": ("2024-01", datetime.date(2024, 1, 12), "2024-01-12"),
    "nothing tells": (None, None, None),
}


@pytest.mark.parametrize(("published", "accessed", "expected"), PUBLISHED.values(), ids=PUBLISHED)
def test_a_document_is_out_when_it_certainly_was(published, accessed, expected):
    found = as_of._out_by(as_of.Row({"published": published, "accessed": accessed}))
    assert found == (expected and dates.parse(expected).start)


@pytest.mark.parametrize("day", ["2024-06", "yesterday", 20240604, "2024-06-04T12:00", ""])
def test_it_is_asked_by_the_day(day):
    with pytest.raises(ValueError, match="as_of must be a day"):
        timeline.load(as_of=day)


def test_how_the_data_were_made_has_no_such_state():
    with pytest.raises(ValueError, match="no table of what was reported 'searches'"):
        timeline.load("searches", as_of="2024-06-04")


def test_rows_and_columns_are_chosen_of_it():
    asked = {"columns": ["title", "event_id"], "filters": [("claim_status", "==", "contested"), ("n_sources", ">", 1)]}
    frame = timeline.load(as_of="2024-06-04", **asked)
    every = timeline.load(as_of="2024-06-04")
    wanted = every[(every["claim_status"] == "contested") & (every["n_sources"] > 1)]
    assert frame.equals(wanted[["title", "event_id"]].reset_index(drop=True))
    assert len(frame)
    assert frame.dtypes.equals(timeline.load(columns=["title", "event_id"]).dtypes)
