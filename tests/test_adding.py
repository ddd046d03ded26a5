"""`timeline add`: what is asked, what is refused, and what stands in the files afterwards."""

import io
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from timeline import appending, dialogue, raw, schema
from timeline.adding import tables
from timeline.appending import append, check, flaws, next_id
from timeline.cli import main
from timeline.columns import codebook
from timeline.dialogue import Talk, ask_cell
from timeline.normalise import normalise
from timeline.problems import as_text
from timeline.raw import LONGEST_CELL, Line
from timeline.rules import keys
from timeline.transcription import Transcription

TABLES = codebook().tables
VISIT = {"date": "2024-03-01", "event_type": "visit", "title": "A visit, as told"}
VOICE = {
    "source_id": "iran-times-2024-06-04",
    "paragraph": "1",
    "speaker_id": "reuters",
    "stance": "reports",
    "aspect": "occurrence",
}


@pytest.fixture(scope="module")
def lines(part_lines):
    return part_lines[0]


@pytest.fixture
def add(copy, capsys, monkeypatch):
    """Run the verb on a copy, with what a pipe says: its status, what it printed, and what it complained of."""

    def run(kind, *arguments, answers=(), **cells):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        given = [part for name, value in cells.items() for part in ("--set", f"{name}={value}")]
        status = main(["add", kind, "--root", str(copy.root), *given, *arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return status, printed.out, printed.err

    return run


def files(copy):
    """All that stands in the folders of transcribed files."""
    found = [path for folder in ("data/raw", "seeds") for path in (copy.root / folder).rglob("*") if path.is_file()]
    return {path.relative_to(copy.root).as_posix(): path.read_bytes() for path in found}


def added(copy, before):
    """The lines that were added, by file; nothing else may have changed."""
    after = files(copy)
    assert after.keys() == before.keys()
    changed = {}
    for file in after:
        old, new = before[file].split(b"\n"), after[file].split(b"\n")
        extra = [line for line in new if line not in old]
        assert [line for line in new if line not in extra] == old, file
        if extra:
            changed[file] = [line.decode() for line in extra]
    assert raw.out_of_form(copy.root) == {}
    return changed


# ---------------------------------------------------------------- a cell

REFUSED = [
    ("events", "event_id", "", "must not be empty [required]"),
    ("events", "event_id", "E22", "must match E[0-9A-Z]{4,20} [pattern]"),
    ("events", "event_id", "E0001", "stands in more than one row [unique]"),
    ("attestations", "attestation_id", "T00112", "was withdrawn; an id is never used again [withdrawn]"),
    ("events", "date", "soon", "is no date of the EDTF subset: 'soon' is no year, month or day of EDTF [edtf]"),
    ("events", "outcome", "hit", "must be one of: impact, fell_short, intercepted, no_trace [enum]"),
    ("events", "attacks_low", "1.0", "must be a whole number, in plain digits [type]"),
    ("events", "attacks_low", "0", "must be at least 1 [minimum]"),
    ("events", "title", "x" * 201, "must have at most 200 characters [maxLength]"),
    ("events", "targets", "israel;israel", "must be a list separated by ; without spaces, empty items or repeats [type]"),
    ("events", "targets", "israel;isral", "'isral': no such row in actors [reference]"),
    ("attestations", "record_id", "EQED*", "'EQED*': no such row in events or figures [reference]"),
    ("actors", "wikidata_id", "Q801", "stands in more than one row [unique]"),
    ("events", "note", " a", "begins or ends with white space [text]"),
    ("events", "note", "a\nb", "holds a line break or another character that cannot be seen [text]"),
    ("events", "note", "a\u202eb", "holds a line break or another character that cannot be seen [text]"),
    ("events", "note", "e\u0301", "is not in Unicode's composed form (NFC) [text]"),
    ("events", "note", "=1+1", "would be a formula in a spreadsheet; begin it otherwise [formula]"),
    ("events", "note", "a\0b", "holds a NUL character [file]"),
    ("events", "note", "a\ud800b", "is not UTF-8: byte 0xed [file]"),
    ("events", "note", "a\udcffb", "is not UTF-8: byte 0xff [file]"),
    ("events", "note", "a\rb", "ends lines with CR, not LF; `timeline format` mends it [file]"),
    ("events", "note", "x" * (LONGEST_CELL + 1), "is no CSV: field larger than field limit (131072) [row]"),
]
TAKEN = [
    ("events", "event_id", "E9999"),
    ("events", "outcome", ""),
    ("events", "targets", "israel;united-states"),
    ("events", "note", "المقاومة الإسلامية, אילת; $(id) `id` <b> [red]"),
    ("events", "note", "x" * LONGEST_CELL),
    ("attestations", "record_id", "E00*"),
    ("figures", "value_low", "0.5"),
    ("sources", "accessed", "2024-06-05"),
]


@pytest.mark.parametrize(("table", "column", "text", "message"), REFUSED)
def test_a_cell_is_refused_in_the_words_of_the_build(lines, table, column, text, message):
    found = flaws(TABLES[table], TABLES[table][column], text, lines)
    assert [(p.file, p.line, p.column, p.value) for p in found] == [(TABLES[table].source, 0, column, text)]
    assert as_text(found[0]).endswith(f": {message}")


@pytest.mark.parametrize(("table", "column", "text"), TAKEN)
def test_a_cell_that_the_build_takes_is_taken(lines, table, column, text):
    assert flaws(TABLES[table], TABLES[table][column], text, lines) == []


ODD = ["E0001", "E00*", "E9999", "2024-03~", "israel;eilat", "T00112", "1", "-1", "https://a", "a\u200bb", "x;x", "true"]


def written(text):
    """Whether a file could hold a text and give it back."""
    return not set(text) & set("\r\0")


def told(problems):
    return {(problem.rule, problem.message) for problem in problems}


CELLS = [(table, table[name]) for table in tables().values() for name in table.raw]


@pytest.fixture(scope="module")
def judged(part_lines):
    """What `add` says of a cell, and what the build says of it in a row with nothing else but an id: rules and messages."""
    lines, sound = ({name: rows[:60] for name, rows in tables.items()} for tables in part_lines)

    def judge(table, column, text):
        key = {table.primary_key[0]: next_id(table, lines) or "a-new-one"}
        new = Line("new.csv", 2, dict.fromkeys(table.raw, "") | key | {column.name: text})
        wrong = schema.check(table, [column], [*lines[table.name], new])
        row = normalise(table, [new], wrong)
        wrong += keys.check(Transcription(sound | {table.name: [*sound[table.name], *row]}))
        told = {
            (p.rule, p.message) for p in wrong if (p.file, p.column) == ("new.csv", column.name) and p.rule != "primaryKey"
        }
        return {(p.rule, p.message) for p in flaws(table, column, text, lines)}, told

    return judge


@settings(max_examples=30)
@given(st.sampled_from(CELLS), st.one_of(st.sampled_from(ODD), st.text(max_size=12).filter(written)))
def test_what_is_taken_breaks_no_rule_of_cells_and_what_is_refused_breaks_one(judged, cell, text):
    refused, broken = judged(*cell, text)
    assert refused == broken


IDS = [
    (["E0001", "E0007"], [], "E0008"),
    (["E0001"], ["E0009", "F0020"], "E0010"),
    (["E9999"], [], "E10000"),
    (["EGED123", "E0002"], [], "E0003"),
    ([], [], "E0001"),
]


@pytest.mark.parametrize(("used", "gone", "free"), IDS)
def test_the_next_id_is_above_all_that_were_ever_used(used, gone, free):
    lines = {
        "events": [Line("", 2, {"event_id": record_id}) for record_id in used],
        "withdrawn": [Line("", 2, {"record_id": record_id}) for record_id in gone],
    }
    assert next_id(TABLES["events"], lines) == free


def test_a_slug_is_nobody_s_to_suggest(lines):
    assert [next_id(TABLES[name], lines) for name in ("sources", "actors", "relations")] == ["", "", ""]


# ---------------------------------------------------------------- a row from the command line


def test_an_event_is_appended_in_canonical_form_and_what_it_lacks_is_told(add, copy):
    before = files(copy)
    status, printed, told = add("event", "--yes", **VISIT)
    assert status == 0
    (line,) = added(copy, before)["data/raw/events.csv"]
    event_id = printed.strip()
    assert line == f'{event_id},2024-03-01,,visit,"A visit, as told"' + "," * 12
    assert f"`timeline add attestation`: data/raw/events.csv: event_id: '{event_id}': Every event needs an attestation" in told
    status, printed, told = add("attestation", "--yes", record_id=event_id, **VOICE)
    assert (status, told) == (0, "")
    assert main(["build", "--root", str(copy.root)]) == 0


def test_all_problems_are_told_at_once_and_nothing_is_written(add, copy):
    before = files(copy)
    status, printed, told = add("event", "--yes", date="soon", event_type="attac", title="=1", note="a\0", targets="isral")
    assert (status, printed, files(copy)) == (1, "", before)
    assert {line.split(": ")[1] for line in told.splitlines()[:-1]} == {"date", "event_type", "title", "note", "targets"}
    assert told.splitlines()[-1] == "5 problems in 1 file"


def test_rules_across_rows_are_held_too_at_lines_as_they_stand(add, copy):
    before = files(copy)
    status, _, told = add("event", "--yes", **VISIT | {"attacks_low": "2", "attacks_high": "1"})
    assert (
        "data/raw/events.csv: attacks_low: '2': attacks_low is not greater than attacks_high. [attacks_are_in_order]" in told
    )
    # the event is told by its line, since it breaks a rule by the new row
    event = copy.line("events", event_id="E0021")
    claims = {"speaker_id": "saddam-hussein", "stated_on": "2025", "record_id": "E0021"}
    assert (status, add("attestation", "--yes", **VOICE | claims)[0]) == (1, 1)
    old = add("source", "--yes", **SOURCE)
    assert old[0] == 0
    status, _, told = add("attestation", "--yes", **VOICE | {"record_id": "E0021", "source_id": "an-old-page"})
    assert f"data/raw/events.csv:{event}: date: " in told
    assert "[event_is_not_after_its_report]" in told
    assert list(added(copy, before)) == ["seeds/sources.csv"]


SOURCE = {
    "source_id": "an-old-page",
    "publisher": "A publisher",
    "title": "A title",
    "published": "1999-01-01",
    "url": "https://example.org/a",
    "language": "en",
    "source_type": "official",
    "accessed": "2024-06-05",
}


def test_a_row_before_others_leaves_the_lines_of_those_in_reports_as_they_are(add, copy):
    line = copy.edit("actors", copy.line("actors", actor_id="reuters"), actor_type="group")
    assert add("actor", "--yes", actor_id="aaa", name="A", actor_type="medium")[0] == 0
    copy.edit("actors", copy.line("actors", actor_id="reuters"), affiliations="nobody")
    status, printed, told = add("actor", "--yes", actor_id="aab", name="B", actor_type="medium", affiliations="aab")
    assert (status, printed) == (1, "")
    assert told == (
        "data/raw/actors.csv: affiliations: 'aab': 'aab': no such row in actors [reference]\n1 problem in 1 file\n"
    )
    assert copy.line("actors", actor_id="reuters") == line + 1


def test_what_was_wrong_before_stops_nobody(add, copy):
    copy.edit("events", copy.line("events", event_id="E0021"), attacks_low="9")
    before = files(copy)
    status, _, told = add("event", "--yes", **VISIT)
    assert (status, "attacks_low" in told) == (0, False)
    assert list(added(copy, before)) == ["data/raw/events.csv"]


def test_of_one_that_repeats_a_key_of_several_columns_it_is_said(add, copy):
    before = files(copy)
    cells = appending.read(copy.root)["relations"][0].cells
    status, _, told = add("relation", "--yes", **cells)
    assert (status, files(copy)) == (1, before)
    assert "the same from_id, relation, to_id stand in an earlier row [primaryKey]" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--set", "dat=2024"], "no transcribed column 'dat' in events; there are: event_id, date, "),
        (["--set", "claim_status=claimed"], "no transcribed column 'claim_status' in events"),
        (["--set", "date"], "--set 'date' is not COLUMN=VALUE"),
        (["--set", "date=1", "--set", "date=2"], "--set gives date twice"),
        (["--set", "\x1b[2J=1"], "no transcribed column '\\x1b[2J'"),
    ],
)
def test_a_command_that_cannot_be_meant_is_one_message_and_status_2(add, copy, arguments, told):
    before = files(copy)
    status, printed, complaint = add("event", *arguments)
    assert (status, printed, files(copy)) == (2, "", before)
    assert complaint.startswith(f"timeline add: {told}")
    assert complaint.count("\n") == 1


def test_an_unknown_kind_is_told_with_those_that_there_are(add, capsys):
    with pytest.raises(SystemExit) as stopped:
        add("coverage")
    assert stopped.value.code == 2
    assert f"no kind of row 'coverage'; there are: {', '.join(tables())}" in capsys.readouterr().err
    assert {"source", "event", "attestation", "figure", "relation", "alternative", "actor", "place", "withdrawn"} <= set(
        tables()
    )


def test_without_yes_it_is_asked_whether_to(add, copy):
    before = files(copy)
    assert add("event", **VISIT) == (1, "", "timeline add: no answer came; nothing was added; --yes appends without asking\n")
    assert add("event", answers=["n"], **VISIT) == (1, "", "timeline add: nothing was added\n")
    assert files(copy) == before
    assert add("event", answers=["y"], **VISIT)[0] == 0


FORM = {
    "a byte order mark": (lambda data: b"\xef\xbb\xbf" + data, "1: begins with a byte order mark"),
    "CRLF": (lambda data: data.replace(b"\n", b"\r\n"), "1: ends lines with CR, not LF"),
    "quotes without need": (lambda data: data.replace(b"\nE0001,", b'\n"E0001",'), " not in canonical form"),
}


@pytest.mark.parametrize("name", FORM)
def test_a_file_out_of_form_is_left_to_format(add, copy, name):
    change, told = FORM[name]
    path = copy.root / TABLES["events"].source
    path.write_bytes(change(path.read_bytes()))
    before = files(copy)
    status, printed, complaint = add("event", "--yes", **VISIT)
    assert (status, printed, files(copy)) == (1, "", before)
    assert complaint.startswith(f"data/raw/events.csv:{told}; `timeline format` mends it [file]\n")


def test_what_fails_while_it_is_written_changes_nothing(add, copy, monkeypatch):
    before = files(copy)

    def fail(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        status, printed, told = add("event", "--yes", **VISIT)
    assert (status, printed, told) == (1, "", "timeline add: No space left on device\n")
    left = copy.root / "data/raw/.events.csv.new"
    assert left.exists()
    left_alone = files(copy)
    left_alone.pop("data/raw/.events.csv.new")
    assert left_alone == before
    # what was left is in nobody's way
    assert add("event", "--yes", **VISIT)[0] == 0
    assert list(added(copy, before)) == ["data/raw/events.csv"]


def test_of_rows_added_at_once_none_is_lost(copy):
    before = files(copy)
    table = TABLES["places"]

    def add_place(name):
        cells = {"place_id": name, "name": name, "place_type": "sea", "where_prec": "7"}
        return append(copy.root, table, cells, check(copy.root, table, cells), lambda: None)

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(add_place, ["sea-one", "sea-two", "sea-three"]))
    assert not any(checked.problems for checked in done)
    found = added(copy, before)["data/raw/places.csv"]
    assert sorted(line.split(",")[0] for line in found) == ["sea-one", "sea-three", "sea-two"]


def test_an_id_that_somebody_took_meanwhile_is_not_taken_again(add, copy):
    ours = check(copy.root, TABLES["events"], VISIT)
    theirs = add("event", "--yes", **VISIT)[1].strip()
    assert ours.cells["event_id"] == theirs
    done = append(copy.root, TABLES["events"], VISIT, ours, lambda: None)
    assert done.cells["event_id"] == f"E{int(theirs[1:]) + 1:04}"
    named = check(copy.root, TABLES["events"], VISIT | {"event_id": theirs})
    assert [(p.column, p.rule) for p in named.problems] == [("event_id", "unique")]


# ---------------------------------------------------------------- a row from a pipe

EVENT = ["", "2024-03-01", "", "visit", "A visit", *[""] * 12]


def test_a_pipe_answers_line_by_line_and_goes_on_with_an_attestation(add, copy):
    before = files(copy)
    voice = ["", "", VOICE["source_id"], "1", "reuters", "reports", "occurrence", "", "", ""]
    status, printed, told = add("event", answers=[*EVENT, "y", "y", *voice, "y"])
    assert status == 0
    event_id, attestation_id = printed.splitlines()
    changed = added(copy, before)
    assert changed["data/raw/attestations.csv"] == [
        f"{attestation_id},{event_id},{VOICE['source_id']},1,reuters,reports,occurrence,,,"
    ]
    assert changed["data/raw/events.csv"][0].startswith(f"{event_id},2024-03-01,,visit,A visit,")
    assert "\x1b" not in printed + told
    assert "> " not in told


def test_a_pipe_that_answers_wrongly_or_too_little_adds_nothing(add, copy):
    before = files(copy)
    wrong = add("event", answers=["", "soon", *EVENT[1:], "y"])
    assert wrong[:2] == (1, "")
    assert wrong[2].startswith("data/raw/events.csv: date: 'soon': is no date of the EDTF subset")
    assert add("event", answers=EVENT[:5]) == (1, "", "timeline add: no answer came; nothing was added\n")
    assert add("event", answers=[*EVENT, "what"]) == (1, "", "timeline add: nothing was added\n")
    assert files(copy) == before
    # what was added before stays
    status, _, told = add("event", answers=[*EVENT, "y", "y", ""])
    assert (status, told.splitlines()[-1]) == (1, "timeline add: no answer came; nothing more was added")
    assert list(added(copy, before)) == ["data/raw/events.csv"]


def test_bytes_that_are_no_text_are_refused(add, copy, monkeypatch, capsys):
    stream = io.TextIOWrapper(io.BytesIO(b"\n2024\n\nvisit\na\xff\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stream)
    assert main(["add", "event", "--root", str(copy.root)]) == 1
    assert capsys.readouterr().err.startswith("data/raw/events.csv: title: 'a\\udcff': is not UTF-8: byte 0xff [file]")


# ---------------------------------------------------------------- a row from a person


def talk(*answers):
    """A person who gives these answers, and what is said to it."""
    left, said = list(answers), io.StringIO()
    prompts = []

    def ask(prompt, words):
        prompts.append(prompt)
        return left.pop(0)

    return Talk(ask, Console(file=said, width=500), is_heard=True), said, prompts


@pytest.mark.parametrize(
    ("answers", "suggested", "cell"),
    [
        (["eilat"], "", "eilat"),
        ([""], "haifa", "haifa"),
        (["-"], "haifa", ""),
        (["eilt", "eilat "], "", None),
        (["?", "?eil", "eilat"], "haifa", "eilat"),
    ],
)
def test_a_cell_is_asked_for_until_it_is_sound(lines, answers, suggested, cell):
    person, said, prompts = talk(*answers)
    if cell is None:
        with pytest.raises(IndexError):
            ask_cell(person, TABLES["events"], TABLES["events"]["target_place_id"], suggested, lines)
        assert "'eilt': no such row in places [reference]; near to it: eilat" in said.getvalue()
        assert "'eilat ': begins or ends with white space [text]" in said.getvalue()
        assert len(prompts) == 3
        return
    assert ask_cell(person, TABLES["events"], TABLES["events"]["target_place_id"], suggested, lines) == cell
    assert prompts == [f"[{suggested}] > " if suggested else "> "] * len(answers)


def test_a_person_is_told_what_a_column_is_and_may_hold(lines):
    person, said, _ = talk("?", "intercepted")
    column = TABLES["events"]["outcome"]
    assert ask_cell(person, TABLES["events"], column, "", lines) == "intercepted"
    told = said.getvalue()
    assert "outcome\n  What came of it as established by anyone but the initiator, the gravest first.\n" in told
    assert "may be empty; must be one of: impact, fell_short, intercepted, no_trace" in told
    assert f"  {column.description}\n" in told
    assert all(f"{value}: {means}" in told for value, means in codebook().vocabularies["outcome"].items())


def test_a_word_leads_to_ids_by_the_names_of_what_they_are_of(lines):
    person, said, _ = talk("?REUTERS", "?nobody at all", "?a", "reuters")
    assert ask_cell(person, TABLES["attestations"], TABLES["attestations"]["speaker_id"], "", lines) == "reuters"
    assert "  reuters  Reuters\n" in said.getvalue()
    assert "none found" in said.getvalue()
    number = sum("a" in f"{line.cells['actor_id']} {line.cells['name']}".lower() for line in lines["actors"])
    assert number > dialogue.MOST_FOUND
    assert f"{number} found" in said.getvalue()


def test_what_a_person_types_is_only_text(lines):
    hostile = "[red]\x1b[2J\u202e:bomb: $(touch x)"
    person, said, _ = talk(hostile, "soon")
    with pytest.raises(IndexError):
        ask_cell(person, TABLES["events"], TABLES["events"]["date"], hostile, lines)
    assert "\x1b" not in said.getvalue()
    assert "'[red]\\x1b[2J\\u202e:bomb: $(touch x)'" in said.getvalue()


@pytest.fixture
def at_terminal(copy, monkeypatch):
    """Run the verb where a person types these lines: its status, and what the terminal shows."""

    def run(kind, *answers):
        ours, theirs = os.openpty()
        shown = []

        def watch():
            with suppress(OSError):  # the end of it on Linux
                while piece := os.read(ours, 1 << 16):
                    shown.append(piece)

        watching = Thread(target=watch)
        watching.start()
        with monkeypatch.context() as patch:
            for name in ("stdin", "stdout", "stderr"):
                patch.setattr(sys, name, io.TextIOWrapper(os.fdopen(os.dup(theirs), "rb" if name == "stdin" else "wb", 0)))
            terminal_input = "".join(f"{answer}\n" if answer != END else answer for answer in answers)
            os.write(ours, terminal_input.encode())
            status = main(["add", kind, "--root", str(copy.root)])
            for stream in (sys.stdin, sys.stdout, sys.stderr):
                stream.close()
        os.close(theirs)
        watching.join()
        os.close(ours)
        return status, re.sub(r"\x1b\[[0-9;]*m| +(?=\r)|\r", "", b"".join(shown).decode())

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("COLUMNS", "500")
    return run


END = "\x04"  # Ctrl-D


def test_at_a_terminal_what_is_wrong_is_asked_again_and_what_breaks_a_rule_can_be_mended(at_terminal, copy):
    before = files(copy)
    wrong = ["aaa-sea", "A sea", "lake", "sea", "eilat", "", "30", "", "7", "", ""]
    status, shown = at_terminal("place", *wrong, "y", "longitude", "40", "", "ISR", "name", "Aaa Sea", "y")
    assert status == 0
    assert "'lake': must be one of: site, " in shown
    assert "A place has latitude and longitude, or neither. [point_has_two_coordinates]" in shown
    assert "It cannot be appended so. (n, or a column to answer again) [country_iso3, latitude] " in shown
    assert "[A sea] >" in shown
    assert shown.endswith("aaa-sea\n")
    assert added(copy, before) == {"data/raw/places.csv": ["aaa-sea,Aaa Sea,sea,eilat,ISR,30,40,7,,"]}


@pytest.mark.parametrize("answers", [[END], ["aaa", "A", END], ["aaa", "A", "medium", "", "", "", "", "", "n"]])
def test_at_a_terminal_one_can_leave(at_terminal, copy, answers):
    before = files(copy)
    status, shown = at_terminal("actor", *answers)
    assert (status, files(copy)) == (1, before)
    # where a question was left open, on a line of its own
    assert shown.endswith("\ntimeline add: no answer came; nothing was added\n" if END in answers else " nothing was added\n")


def test_ctrl_c_leaves_all_as_it_was(add, copy, monkeypatch, capsys):
    class Stopped(io.StringIO):
        def readline(self, _):
            raise KeyboardInterrupt

    before = files(copy)
    monkeypatch.setattr(sys, "stdin", Stopped())
    assert main(["add", "event", "--root", str(copy.root)]) == 130
    assert capsys.readouterr().err == "timeline add: nothing was added\ntimeline add: stopped\n"
    assert files(copy) == before
