"""`timeline show` and `timeline list`: what a person asks, and what programs get."""

import csv
import io
import json
import re
import sys

import pytest

import timeline
from conftest import REPOSITORY
from timeline.cards import Card
from timeline.cli import main
from timeline.columns import codebook
from timeline.names import ids_of
from timeline.terminal import STYLES, draw, draw_table

HOSTILE = "[red]\x1b[2J\u202eالعراق :bomb:"


@pytest.fixture
def ask(capsys, monkeypatch):
    """Run a verb on the dataset of this repository: its status, what it printed, and what it complained of."""

    def run(*arguments, columns=80):
        monkeypatch.setenv("COLUMNS", str(columns))
        status = main([*arguments, "--root", str(REPOSITORY)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def flat(text):
    return " ".join(text.split())


def test_a_card_tells_what_is_known_of_an_event(ask):
    status, printed, complaints = ask("show", "E0022")
    assert (status, complaints) == (0, "")
    told = flat(printed)
    event = timeline.load().set_index("event_id").loc["E0022"]
    assert f"E0022 {event['title']} · event" in told
    assert "2023-11-09 · 9 November 2023" in told
    assert f"confirmed · {codebook().vocabularies['claim_status']['confirmed']}" in told
    assert f"disputed · {codebook().vocabularies['authorship']['disputed']}" in told
    assert "origin place Syria" in told
    assert "where prec 1 · exact" in told
    assert "injured 0 to 1" in told
    assert flat(event["note"]) in told
    assert "part of → E0019 Attacks by Iraqi armed groups on Israel" in told
    assert "response to ← E0104" in told
    assert "F0105 injured 1 · exact · a man in his 20s" in told


def test_a_card_has_every_attestation_by_document_in_order(ask):
    printed = ask("show", "E0022")[1]
    said = timeline.evidence("E0022")
    assert printed.count("¶") == len(said) + len(json.loads(ask("show", "E0022", "--format", "json")[1])[0]["alternatives"])
    # an address stands whole on a line
    lines = printed.splitlines()
    places = [lines.index(f"  {url}") for url in said["url"].drop_duplicates()]
    assert places == sorted(places)
    assert "Israeli military · confirms initiators: Armed group in Syria that the Israeli military did not name" in flat(
        printed
    )


def test_a_card_for_programs_has_the_row_and_what_other_tables_say(ask):
    (card,) = json.loads(ask("show", "E0022", "--format", "json")[1])
    assert (card["kind"], card["id"], card["record"]["targets"]) == ("event", "E0022", ["israel"])
    assert [row["attestation_id"] for row in card["attestations"]] == timeline.evidence("E0022")["attestation_id"].to_list()
    assert {type(row["paragraph"]) for row in card["attestations"]} == {int}


@pytest.mark.parametrize(
    ("record_id", "told"),
    [
        ("F0009", "F0009 claimed_attacks: 17 in March · figure"),
        ("f0009", "2024-03 · March 2024"),
        ("islamic-resistance-in-iraq", "aliases المقاومة الإسلامية في العراق, IRI"),
        ("eilat", "Eilat · place"),
        ("fdd-2023-11-10", "attestations 3 · on 2 events and figures"),
        ("T00111", "cannot_verify · Says that it could not check."),
    ],
)
def test_other_records_have_cards(ask, record_id, told):
    status, printed, _ = ask("show", record_id, columns=120)
    assert status == 0
    assert told in flat(printed)


def test_an_id_of_two_tables_has_two_cards(ask):
    assert [card["kind"] for card in json.loads(ask("show", "iraq", "--format", "json")[1])] == ["actor", "place"]


def test_of_many_events_a_card_shows_the_first(ask):
    told = flat(ask("show", "islamic-resistance-in-iraq")[1])
    roles = timeline.load("event_actors", filters=[("actor_id", "==", "islamic-resistance-in-iraq")])
    number = roles["event_id"].nunique()
    assert f"events ({number})" in told
    assert f"and {number - 10} more" in told


def test_a_withdrawn_record_has_a_tombstone(ask):
    status, printed, _ = ask("show", "T00112")
    assert status == 0
    assert "T00112 withdrawn in 2026.1 · tombstone" in printed
    assert "stands as T00111." in flat(printed)


def test_an_unknown_id_gives_what_comes_near(ask):
    assert ask("show", "eilatt") == (1, "", "timeline show: no record 'eilatt'; near to it: eilat, eilabun\n")
    assert "\\x1b[2J" in ask("show", "\x1b[2J")[2]


def rows(printed):
    return list(csv.DictReader(io.StringIO(printed)))


def test_a_list_for_programs_has_the_columns_and_cells_that_are_published(ask):
    status, printed, _ = ask("list")
    with (REPOSITORY / "data/processed/events.csv").open(encoding="utf-8", newline="") as stream:
        published = {row["event_id"]: row for row in csv.DictReader(stream)}
    found = rows(printed)
    assert status == 0
    assert "\r" not in printed
    assert {row["event_id"]: row for row in found} == published
    dates = [row["date_start"] or row["date_end"] for row in found]
    assert dates == sorted(dates)


@pytest.mark.parametrize(("how", "expected"), [((), "possible"), (("--certain",), "certain")])
def test_a_list_of_a_period_is_what_between_gives(ask, how, expected):
    found = rows(ask("list", "--from", "2024-01-20", "--to", "2024-01", *how)[1])
    ids = timeline.between(timeline.load(), "2024-01-20", "2024-01", how=expected)["event_id"]
    assert {row["event_id"] for row in found} == set(ids)
    assert len(found) > 5


@pytest.mark.parametrize(
    ("arguments", "holds"),
    [
        (["--status", "contested", "presumed"], lambda row: row["claim_status"] in ("contested", "presumed")),
        (["--type", "visit"], lambda row: row["event_type"] == "visit"),
        (
            ["--scope", "us_forces", "--weapon", "rocket"],
            lambda row: row["scope"] == "us_forces" and "rocket" in row["weapons"],
        ),
        (["--min-sources", "20"], lambda row: int(row["n_sources"]) >= 20),
        (["--target", "ישראל"], lambda row: "israel" in row["targets"].split(";")),
        (["--place", "southern district"], lambda row: row["adm_1"] == "Southern District" or row["target_place"]),
    ],
)
def test_a_list_has_what_is_asked_for(ask, arguments, holds):
    status, printed, _ = ask("list", *arguments)
    found = rows(printed)
    assert status == 0
    assert 0 < len(found) < len(timeline.load())
    assert all(map(holds, found))


@pytest.mark.parametrize("name", ["islamic-resistance-in-iraq", "ISLAMIC RESISTANCE IN IRAQ", "iri"])
def test_an_actor_is_found_by_id_name_or_alias(name):
    assert ids_of(timeline.Dataset(), "actors", name) == {"islamic-resistance-in-iraq"}


def test_an_actor_is_listed_in_every_role_and_its_bodies_are_not(ask):
    roles = timeline.load("event_actors", filters=[("actor_id", "==", "iraq")])
    assert {row["event_id"] for row in rows(ask("list", "--actor", "Iraq")[1])} == set(roles["event_id"])


def test_what_lies_within_a_place_is_there(ask):
    inside, wider = ({row["event_id"] for row in rows(ask("list", "--place", place)[1])} for place in ("Eilat", "israel"))
    assert "E0022" in inside < wider


def test_a_list_is_sorted_as_asked_what_is_empty_last(ask):
    found = json.loads(ask("list", "--sort", "claim_status", "--reverse", "--format", "json")[1])
    allowed = [*codebook().vocabularies["claim_status"]]
    order = [allowed.index(row["claim_status"]) if row["claim_status"] else -1 for row in found]
    assert order == sorted(order, reverse=True)
    assert order[-1] == -1
    most = json.loads(ask("list", "--sort", "n_sources", "--reverse", "--limit", "1", "--format", "json")[1])
    assert [row["n_sources"] for row in most] == [timeline.load()["n_sources"].max()]


def test_where_nothing_is_found_there_is_a_header_and_a_word(ask):
    status, printed, complaints = ask("list", "--certain", "--to", "1900")
    assert status == 0
    assert printed.startswith("event_id,date_start,")
    assert printed.count("\n") == 1
    assert complaints == "timeline list: no event is so\n"
    assert ask("list", "--certain", "--to", "1900", "--format", "json")[1] == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--status", "sure"], "no claim_status 'sure'; there are: confirmed, contested, claimed, reported, presumed"),
        (["--weapon", "sword"], "no weapons 'sword'; there are: drone, "),
        (["--sort", "weapons"], "no column to sort by 'weapons'; there are: event_id, "),
        (["--from", "2024-02-30"], "'2024-02-30' is not in the calendar"),
        (["--limit", "0"], "'0' is no whole number above zero"),
        (["--min-sources", "٣"], "'٣' is no whole number above zero"),
    ],
)
def test_a_wrong_value_gives_those_that_are_right(ask, capsys, arguments, complaint):
    with pytest.raises(SystemExit) as stopped:
        ask("list", *arguments)
    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--actor", "isreal"], "no actor 'isreal'; near to it: "),
        (["--place", "eilatt"], "no place 'eilatt'; near to it: eilat"),
        (["--from", "2025", "--to", "2024"], "--from 2025 is after --to 2024"),
    ],
)
def test_a_command_that_cannot_be_is_refused(ask, arguments, complaint):
    status, printed, complaints = ask("list", *arguments)
    assert (status, printed) == (2, "")
    assert complaints.lower().startswith(f"timeline list: {complaint}")


@pytest.mark.parametrize("verb", [["show", "E0022"], ["list"]])
def test_what_is_no_dataset_is_named(verb, tmp_path, capsys):
    assert main([*verb, "--root", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"timeline {verb[0]}: no published dataset")
    (tmp_path / "datapackage.json").write_text("{}")
    assert main([*verb, "--root", str(tmp_path)]) == 1
    assert "does not describe a dataset of this shape" in capsys.readouterr().err


def test_without_a_folder_it_is_this_one_or_the_data_of_the_package(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["list", "--limit", "1"]) == 0
    assert len(rows(capsys.readouterr().out)) == 1
    (tmp_path / "datapackage.json").write_text("{}")
    assert main(["list"]) == 1


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_gets_a_table_that_fits(ask, monkeypatch, columns):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    printed = ask("list", "--from", "2024-11", "--to", "2024-11", "--limit", "20", columns=columns)[1]
    lines = [line.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "") for line in printed.splitlines()]
    assert max(map(len, lines)) <= columns
    assert lines[0].split()[:4] == ["id", "date", "status", "n"]
    assert len([line for line in lines if line.startswith("E0")]) == 20
    assert lines[-1].startswith("the first 20 of ")
    assert "\x1b[3" not in printed


def test_no_text_of_the_data_is_obeyed(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    row = {
        "event_id": "E1",
        "date": "2024",
        "claim_status": None,
        "n_sources": 1,
        "initiators": ["a"],
        "target_place": HOSTILE,
    }
    draw_table([{**row, "title": HOSTILE}], 1, {"a": HOSTILE})
    draw(
        Card(
            "actor",
            "a",
            HOSTILE,
            {"url": HOSTILE},
            {"note": (HOSTILE, f"means {HOSTILE}")},
            {"members": [{"actor_id": "a", "name": HOSTILE}]},
        )
    )
    printed = capsys.readouterr().out
    assert printed.count("[red]\\x1b[2J\\u202eالعراق :bomb:") == 8
    assert not [character for character in printed if not character.isprintable() and character != "\n"]


def test_json_has_no_character_that_a_terminal_would_obey():
    from timeline.asking import _as_json

    assert json.loads(_as_json([HOSTILE + "\x9b"])) == [HOSTILE + "\x9b"]
    assert "العراق" in _as_json(HOSTILE)
    assert not [character for character in _as_json([HOSTILE + "\x9b"]) if not character.isprintable() and character != "\n"]


def test_words_that_have_a_colour_are_in_the_codebook():
    assert set(STYLES) <= {*codebook().vocabularies["claim_status"], *codebook().vocabularies["stance"]}


def test_every_precision_of_a_place_has_its_meaning(ask):
    for precision, group in timeline.load("places").groupby("where_prec"):
        assert f"where prec {precision} · " in flat(ask("show", group["place_id"].iloc[0])[1])


def test_the_table_of_the_readme_is_what_is_printed(ask):
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    command, table = re.search(r"\$ timeline (list .*)\n((?:.+\n)+)\.\.\.\n", readme).groups()
    printed = ask(*command.split(), "--format", "text")[1]
    lines = [line.rstrip() for line in printed.splitlines()]
    assert lines[: table.count("\n")] == table.splitlines()
