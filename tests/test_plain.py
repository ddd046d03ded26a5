"""Events that only voices on many speak of: by kind, batch by batch, the same comes out as one by one."""

import shutil

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conftest import REPOSITORY
from timeline import batches, kinds, publish, raw, sieve, values
from timeline.building import build
from timeline.columns import codebook
from timeline.kinds import Kinds, Rows
from timeline.problems import InvalidData
from timeline.transcription import Transcription
from timeline.values import Coded, Register

SOURCE = {"source_id": "register", "publisher": "Register", "title": "A register", "source_type": "dataset"}
SOURCE |= {"url": "https://example.org/register", "published": "2024-12-31", "language": "en", "fingerprint": "0" * 64}
SAID = {"source_id": "register", "paragraph": "0", "speaker_id": "reuters", "stance": "reports", "aspect": "occurrence"}
ACTORS = ("", "islamic-resistance-in-iraq", "israel", "israel;united-states", "iraq", "united-states;israel")
PLACES = ("", "eilat", "haifa", "israel", "iraq", "syria", "dead-sea")
ROW = {
    "date": ("2023-11-02", "2024-03", "2021~", "2024-01/2024-02", "2024-05/..", "[2024-03-01,2024-03-04]", "2025-06-01"),
    "time_of_day": ("", "night"),
    "event_type": ("attack", "attack", "attack", "series", "statement", "war"),
    "title": ("An attack", 'An attack, said to be the "first"', "هجوم"),
    "initiators": ACTORS,
    "interceptors": ("", "", "israel"),
    "targets": ACTORS,
    "target_place_id": PLACES,
    "place_id": PLACES,
    "origin_place_id": ("", "", "iraq", "syria"),
    "weapons": ("", "drone", "drone;missile"),
    "outcome": ("", "", "intercepted"),
    "attacks_low": ("1", "1", "2", ""),
    "attacks_high": ("1", "2"),
    "note": ("", "Seen."),
}
rows = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in ROW.items()})


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    root = tmp_path_factory.mktemp("registers")
    write(root, {"sources": [SOURCE]})
    for table in ("actors", "places"):
        shutil.copy(REPOSITORY / codebook().tables[table].source, root / codebook().tables[table].source)
    return root


def write(root, tables):
    """Write transcribed tables, by default without a row."""
    for table in codebook().raw_tables():
        if not table.file_key:
            (root / table.source).parent.mkdir(parents=True, exist_ok=True)
            put(root, table.name, tables.get(table.name, ()))


def result(root, engine=None):
    """What a build publishes, or why it does not."""
    shutil.rmtree(root / "data/processed", ignore_errors=True)
    try:
        build(root, engine=engine)
    except InvalidData as invalid:
        return invalid.problems
    return {path.name: path.read_bytes() for path in sorted((root / "data/processed").glob("*.csv"))}


@settings(max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(rows, max_size=12),
    voices=st.lists(st.sampled_from(["E*", "EA*", "EB*", "EA0003", "EB0005"]), unique=True, max_size=4),
    origin=st.booleans(),
    block=st.sampled_from([200, 1000, 1 << 22]),
    remembered=st.sampled_from([1, 3, 1 << 17]),
    in_order=st.booleans(),
)
def test_by_kind_the_same_comes_out_as_one_by_one(registers, made, voices, origin, block, remembered, in_order):
    ids = [f"E{'AB'[n % 2]}{n:04}" for n in range(len(made))]
    listed = [{"event_id": event_id, **row} for event_id, row in zip(sorted(ids) if in_order else ids, made, strict=True)]
    spoken = [name for name in voices if name in ids or (name.endswith("*") and any(i.startswith(name[:-1]) for i in ids))]
    said = [{"attestation_id": f"T{n:05}", "record_id": name, **SAID} for n, name in enumerate(spoken)]
    said += [{**row, "attestation_id": f"T1{n:04}", "aspect": "origin_place_id"} for n, row in enumerate(said) if origin]
    put(registers, "events", listed)
    put(registers, "attestations", said)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BLOCK", block)
        patch.setattr(values, "REMEMBERED", remembered)
        by_kind = result(registers)
        patch.setattr(sieve, "_is_held", lambda _, ids, **__: pa.array([True] * len(ids), pa.bool_()))
        assert by_kind == result(registers)


def test_an_id_twice_is_told_wherever_it_stands(registers):
    row = {name: values[0] for name, values in ROW.items()}
    put(registers, "events", [{"event_id": f"EA{n:04}", **row} for n in (1, 2, 3, 2)])
    told = [problem for problem in result(registers) if problem.rule == "unique"]
    assert [(problem.line, problem.column, problem.value) for problem in told] == [(5, "event_id", "EA0002")]


def test_a_broken_cell_is_told_and_nothing_is_asked_of_it(registers):
    row = {name: values[0] for name, values in ROW.items()}
    others = ({}, {"date": "2024-13"}, {"targets": "nobody"}, {"place_id": "nowhere", "attacks_low": "-1"}, {})
    put(registers, "events", [{"event_id": f"EA{n:04}", **row, **other} for n, other in enumerate(others)])
    put(registers, "attestations", [{"attestation_id": "T00001", "record_id": "E*", **SAID}])
    told = [(problem.line, problem.column, problem.rule) for problem in result(registers)]
    lines = [(3, "date", "edtf"), (4, "targets", "reference"), (5, "attacks_low", "minimum"), (5, "place_id", "reference")]
    assert told == lines


def test_a_byte_order_mark_is_told_wherever_a_block_begins(registers):
    row = {name: values[0] for name, values in ROW.items()}
    put(registers, "events", [{"event_id": f"{mark}EA000{n}", **row} for n, mark in enumerate(["\ufeff", ""])])
    put(registers, "attestations", [{"attestation_id": "T00001", "record_id": "E*", **SAID}])
    assert {(problem.line, problem.rule) for problem in result(registers)} == {(2, "text"), (2, "pattern")}


def test_a_voice_on_many_is_on_those_that_are_broken_too(registers):
    put(registers, "events", [{"event_id": "EA0001", **{name: values[0] for name, values in ROW.items()}, "date": "2024-13"}])
    put(registers, "attestations", [{"attestation_id": "T00001", "record_id": "E*", **SAID}])
    assert [(problem.file, problem.rule) for problem in result(registers)] == [("data/raw/events.csv", "edtf")]


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 1, 2]])
def test_what_is_out_of_order_from_the_beginning_is_written_once(registers, monkeypatch, order):
    write, written = publish.write, []
    monkeypatch.setattr(publish, "write", lambda *arguments: written.append(1) or write(*arguments))
    row = {name: values[0] for name, values in ROW.items()}
    put(registers, "events", [{"event_id": f"EA000{n}", **row} for n in order])
    put(registers, "attestations", [{"attestation_id": "T00001", "record_id": "E*", **SAID}])
    assert b"EA0003" in result(registers)["events.csv"]
    assert len(written) == 1


def put(root, table, rows):
    names = codebook().tables[table].raw
    text = raw.to_csv([list(names), *([row.get(name, "") for name in names] for row in rows)])
    (root / codebook().tables[table].source).write_text(text, encoding="utf-8")


def test_of_voices_on_many_each_may_be_on_some_of_the_others(registers):
    put(registers, "events", [{"event_id": "EA0001", **{name: values[0] for name, values in ROW.items()}}])
    said = [{"attestation_id": f"T{n:05}", "record_id": start, **SAID} for n, start in enumerate(("E*", "EA*", "EA00*"))]
    put(registers, "attestations", said)
    assert b"EA0001" in result(registers)["events.csv"]


def test_an_event_without_a_voice_is_told_though_others_were_withdrawn(registers):
    put(registers, "events", [{"event_id": "EA0001", **{name: values[0] for name, values in ROW.items()}}])
    put(registers, "attestations", [])
    put(registers, "withdrawn", [{"record_id": "EA0002", "withdrawn_in": "2026.1", "reason": "Twice."}])
    told = result(registers)
    put(registers, "withdrawn", [])
    assert [(problem.line, problem.rule) for problem in told] == [(2, "event_has_a_voice")]


def test_of_many_breaches_all_are_counted(registers):
    cells = {name: values[0] for name, values in ROW.items()}
    put(registers, "events", [{"event_id": f"EA{n:04}", **cells} for n in range(1200)])
    put(registers, "attestations", [])
    with pytest.raises(InvalidData) as error:
        build(registers)
    assert (len(error.value.problems), error.value.more) == (1000, 200)


def kinds_of_events():
    table = codebook().tables["events"]
    return Kinds(table, Transcription({}), Register(table.columns))


def test_a_question_is_asked_once_of_each_kind():
    asked = []

    def question(_, row):
        asked.append((row["event_type"], row["weapons"]))
        return len(asked)

    kinds = kinds_of_events()
    for types, weapons in (
        (["attack", "war", "attack"], ["drone", None, "drone"]),
        (["war", "attack"], [None, "rocket;drone"]),
    ):
        batch = batches.of_cells("", {"event_type": pa.array(types), "weapons": pa.array(weapons, pa.string())})
        found = Rows(kinds, batch, pa.nulls(len(types), pa.string())).ask(question, ("event_type", "weapons"))
    assert asked == [("attack", ("drone",)), ("war", ()), ("attack", ("rocket", "drone"))]
    assert [found.at(row) for row in range(2)] == [2, 3]


def test_of_a_column_no_more_is_read_than_is_found_in_it():
    asked = []

    def question(_, row):
        asked.append(row["weapons"])
        return bool(row["weapons"])

    kinds = kinds_of_events()
    batch = batches.of_cells("", {"weapons": pa.array(["drone", "rocket", None, "mine"])})
    found = Rows(kinds, batch, pa.nulls(4, pa.string())).ask(question, (("weapons", bool),))
    assert (len(asked), found.rows_where(bool)) == (2, [0, 1, 3])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30), st.sampled_from([1, 1 << 22]))
def test_answers_are_those_of_the_kind_however_they_are_looked_up(pairs, most):

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds, "MOST", most)
        answers = kinds._Answers()
        for part in (pairs[: len(pairs) // 2], pairs):
            columns = [Coded(kinds.np.array([pair[n] for pair in part], kinds.np.int64), range(10)) for n in (0, 1)]
            found = answers.give(columns, lambda one, other: one * 10 + other)
            assert [found.at(row) for row in range(len(part))] == [one * 10 + other for one, other in part]
