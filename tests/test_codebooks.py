"""A dataset's own codebook: what it says otherwise holds for that dataset and no other, and what it may not say is refused."""

import copy
import csv
import datetime
import json
import re
import shutil
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import timeline
from timeline import columns
from timeline.cli import main
from timeline.codebooks import FREE, SHAPE, flaws, own, settled
from timeline.columns import PACKAGED, codebook, compiled, packaged
from timeline.raw import to_csv
from timeline.starting import start

OURS = tomllib.loads(PACKAGED.read_text(encoding="utf-8"))
# a value for each vocabulary that takes one, and a column of each type
ADDED = {
    "event_type": "flood",
    "outcome": "sank",
    "weapon": "mine",
    "time_of_day": "noon",
    "stance": "jokes",
    "aspect": "depth",
    "measure": "crossings",
    "unit": "nautical_miles",
    "qualifier": "nearly",
    "relation": "mirrors",
    "actor_type": "network",
    "place_type": "lake",
    "source_type": "blog",
    "disposition": "left",
    "purpose": "chance",
    "coded_field": "depth",
    "decision": "lots",
}
COLUMNS = {"hull": "string", "crew": "integer", "depth": "number", "armed": "boolean", "built": "date", "flags": "list"}


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("started") / "mine"
    start(folder)
    return folder


@pytest.fixture
def mine(started, tmp_path):
    """A new dataset, to change."""
    return shutil.copytree(started, tmp_path / "mine")


def change(root, *pairs):
    """Replace texts in a dataset's codebook, each of which stands there."""
    path = root / "codebook.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def edit(root, file, *rows, **cells):
    """Overwrite cells of the first row of a raw file, and append rows."""
    header, *lines = csv.reader((root / file).read_text(encoding="utf-8").splitlines())
    header += [name for name in cells if name not in header]
    lines = [line + [""] * (len(header) - len(line)) for line in lines]
    for name, value in cells.items():
        lines[0][header.index(name)] = value
    lines += [[row.get(name, "") for name in header] for row in rows]
    (root / file).write_text(to_csv([header, *lines]), encoding="utf-8")


def run(capsys, *arguments):
    status = main(list(map(str, arguments)))
    return status, *capsys.readouterr()


def test_a_weapon_of_ones_own_is_accepted_there_and_refused_elsewhere(mine, part, tmp_path, capsys):
    other = shutil.copytree(part, tmp_path / "other")
    change(mine, ("[vocabularies.weapon]\n", '[vocabularies.weapon]\nsea_mine = "A charge in the water."\n'))
    edit(mine, "data/raw/events.csv", weapons="sea_mine")
    events = (other / "data/raw/events.csv").read_text(encoding="utf-8")
    (other / "data/raw/events.csv").write_text(events.replace(",drone,", ",sea_mine,", 1), encoding="utf-8")
    assert run(capsys, "build", "--root", mine)[0] == 0
    status, _, complaint = run(capsys, "validate", "--root", other)
    assert status == 1
    assert "weapons: 'sea_mine': must be one of: drone, " in complaint
    assert run(capsys, "list", "--weapon", "sea_mine", "--root", mine)[1].count("E0001") == 1
    with pytest.raises(SystemExit):
        main(["list", "--weapon", "sea_mine", "--root", str(other)])
    assert "sea_mine" in set(timeline.Dataset(mine).codebook("events.weapons")["value"])
    assert "A charge in the water." in (mine / "data/processed/codebook.md").read_text(encoding="utf-8")
    cells = ["date=2024-05-01", "event_type=war", "title=War", "weapons=sea_mine"]
    asked = [word for cell in cells for word in ("--set", cell)]
    assert run(capsys, "add", "event", *asked, "--yes", "--root", mine)[:2] == (0, "E0002\n")


def test_days_and_months_are_those_of_the_scope(mine, capsys):
    change(mine, ("from = 2024-01-01", "from = 2024-02-28"), ("to = 2024-12-31", "to = 2024-03-02"))
    assert run(capsys, "build", "--root", mine)[0] == 0
    days = timeline.load("days", root=mine)
    assert days["day"].astype(str).to_list() == ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"]
    assert days["attacks_low"].to_list() == [0, 0, 1, 0]
    assert timeline.load("completeness", root=mine)["period"].to_list() == ["2024-02", "2024-02/2024-03", "2024-03"]


@pytest.mark.parametrize(
    ("old", "new", "scope"),
    [
        ("", "", "israel"),
        ('us_forces = "another-example-state"', 'us_forces = "example-state"', "israel"),
        (
            'israel = "example-state"\nus_forces = "another-example-state"',
            'israel = "nobody"\nus_forces = "example-state"',
            "us_forces",
        ),
        ('initiators_country = "XXA"', 'initiators_country = "XXC"', "context"),
        ("to = 2024-12-31", "to = 2024-02-29", "context"),
    ],
)
def test_the_scope_is_what_the_codebook_says(mine, capsys, old, new, scope):
    change(mine, (old, new))
    assert run(capsys, "build", "--root", mine)[0] == 0
    assert timeline.load("events", root=mine)["scope"].to_list() == [scope]


@pytest.fixture(scope="module")
def grown(started, tmp_path_factory):
    """A dataset with a value more in each vocabulary and a column of each type in `events`, all of them in use."""
    root = shutil.copytree(started, tmp_path_factory.mktemp("grown") / "mine")
    words = [
        (f"[vocabularies.{name}]\n", f'[vocabularies.{name}]\n{word} = "Added | to <it>."\n') for name, word in ADDED.items()
    ]
    words += [
        ("[itemise]\n", "[itemise]\ncrossings = {}\n"),
        ("[qualifier_values]\n", '[qualifier_values]\nnearly = { needs = ["value_high"], may = [] }\n'),
    ]
    fields = "".join(
        f'[[tables.events.fields]]\nname = "{name}"\ntype = "{kind}"\ndescription = "Added."\n\n'
        for name, kind in COLUMNS.items()
    )
    listed = "".join(f', "{name}"' for name in COLUMNS)
    change(
        root,
        *words,
        ("to = 2024-12-31", "to = 2024-03-31"),
        ('"attacks_high", "note"]', f'"attacks_high", "note"{listed}]'),
        ("# ---------------------------------------------------------------- attestations", f"{fields}# attestations"),
    )
    flood = {
        "event_id": "E0002",
        "date": "2024-03-01",
        "event_type": "flood",
        "title": "Flood",
        "place_id": "example-town",
        "time_of_day": "noon",
    }
    edit(
        root,
        "data/raw/events.csv",
        {**flood, "crew": "3", "armed": "false"},
        {"event_id": "E0003", "date": "2024-03", "event_type": "halt", "title": "Halt", "depth": "0.5", "note": "A note."},
        weapons="mine;drone",
        outcome="sank",
        hull="steel",
        crew="12",
        depth="-1.5",
        armed="true",
        built="1999-12-31",
        flags="a;b",
    )
    said = {
        "source_id": "example-news-2024-03-02",
        "paragraph": "3",
        "speaker_id": "example-news",
        "stance": "reports",
        "aspect": "occurrence",
    }
    edit(
        root,
        "data/raw/attestations.csv",
        {**said, "attestation_id": "T00002", "record_id": "E0001"},
        {**said, "attestation_id": "T00003", "record_id": "E0001", "aspect": "depth", "value": "-2"},
        {**said, "attestation_id": "T00004", "record_id": "E0001", "stance": "jokes"},
        {**said, "attestation_id": "T00005", "record_id": "E000*"},
        {**said, "attestation_id": "T00006", "record_id": "F0001"},
    )
    edit(
        root,
        "data/raw/figures.csv",
        {
            "figure_id": "F0001",
            "measure": "crossings",
            "unit": "nautical_miles",
            "period": "2024",
            "qualifier": "nearly",
            "value_high": "7",
            "wording": "nearly 7",
        },
    )
    edit(root, "data/raw/relations.csv", {"from_id": "E0002", "relation": "mirrors", "to_id": "E0001"})
    edit(root, "data/raw/actors.csv", {"actor_id": "example-web", "name": "Web", "actor_type": "network"})
    edit(
        root,
        "data/raw/places.csv",
        {"place_id": "lake", "name": "Lake", "place_type": "lake", "where_prec": "7"},
        latitude="1.5",
        longitude="-30",
    )
    edit(root, "seeds/sources.csv", source_type="blog")
    edit(
        root,
        "seeds/searches.csv",
        {
            "search_id": "S0001",
            "harvest": "chance",
            "searched_on": "2024-03-03",
            "query": "example",
            "language": "en",
            "date_from": "2024-03-01",
            "date_to": "2024-03-02",
            "n_results": "2",
            "n_used": "1",
        },
    )
    return root


def test_what_is_added_is_built_and_carried_by_every_verb(grown, tmp_path, capsys):
    for arguments in [
        ["build"],
        ["format"],
        ["check"],
        ["verify"],
        ["show", "E0001"],
        ["show", "F0001"],
        ["list"],
        ["list", "--sort", "depth"],
    ]:
        status, printed, complaint = run(capsys, *arguments, "--root", grown)
        assert status == 0, (arguments, printed, complaint)
    for form in ("gtd", "geojson", "sqlite"):
        status, _, complaint = run(capsys, "export", form, "--root", grown, "--out", tmp_path / form)
        assert (status, complaint) == (0, ""), form
    status, _, complaint = run(capsys, "site", "--root", grown, "--out", tmp_path / "site")
    assert status == 0, complaint
    events = timeline.load("events", root=grown).set_index("event_id")
    assert events.loc["E0001", list(COLUMNS)].astype(str).to_list() == [
        "steel",
        "12",
        "-1.5",
        "True",
        "1999-12-31 00:00:00",
        "['a', 'b']",
    ]
    assert events["event_type"].to_list() == ["attack", "flood", "halt"]
    assert timeline.load("reconciliation", root=grown)["measure"].to_list() == ["crossings"]


DROP = object()


def changed(*path, value=DROP):
    """The package's codebook with an entry set, or dropped; of a list of columns the one of a name."""
    toml = copy.deepcopy(OURS)
    at = toml
    for step in path[:-1]:
        at = next(item for item in at if item["name"] == step) if isinstance(at, list) else at.setdefault(step, {})
    if isinstance(at, list):
        at[:] = [item for item in at if item["name"] != path[-1]] + ([] if value is DROP else [value])
    elif value is DROP:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return toml


FIELDS = ("tables", "events", "fields")
PLAIN = {"name": "hull", "type": "string", "description": "Added."}
WRONG = [
    ("twins", DROP, "missing"),
    ("twins.description", DROP, "missing"),
    ("twins", "text", "type"),
    ("taxonomy", {}, "unknown"),
    ("scope.from", "2024-01-01", "type"),
    ("scope.from", datetime.datetime(2024, 1, 1, 0, 0), "type"),  # noqa: DTZ001
    ("scope.from", datetime.date(2025, 1, 1), "scope"),
    ("scope.initiators_country", "Iraq", "scope"),
    ("scope.israel", "Example State", "scope"),
    ("scope.egypt", "egypt", "unknown"),
    ("vocabularies.event_type.attack", DROP, "missing"),
    ("vocabularies.stance.claims", DROP, "missing"),
    ("vocabularies.stance", DROP, "missing"),
    ("vocabularies.weapon", {}, "vocabulary"),
    ("vocabularies.weapon.sling", "", "type"),
    ("vocabularies.weapon.sling", 1, "type"),
    ("vocabularies.weapon.sling", "two\nlines", "type"),
    ("vocabularies.weapon.a;b", "Two.", "name"),
    ("vocabularies.claim_status.proven", "New.", "vocabulary"),
    ("vocabularies.harvest.third", "New.", "vocabulary"),
    ("vocabularies.colour.red", "New.", "vocabulary", "vocabularies.colour"),
    ("vocabularies.qualifier.nearly", "New.", "missing", "qualifier_values.nearly"),
    ("qualifier_values.nearly", {"needs": [], "may": []}, "vocabulary"),
    ("qualifier_values.about.may", ["value"], "vocabulary", "qualifier_values.about"),
    ("itemise.visits", {}, "vocabulary"),
    ("itemise.hits.outcome", "sank", "vocabulary", "itemise.hits"),
    ("completeness.measure", "visits", "vocabulary"),
    ("completeness.z", float("nan"), "type"),
    ("tables.figures", DROP, "missing"),
    ("tables.ships", OURS["tables"]["distinct"], "unknown"),
    ("tables.events.source", "raw/events.csv", "fixed"),
    ("tables.events.primaryKey", ["date"], "fixed"),
    ("tables.events.raw", ["event_id"], "fixed"),
    ("tables.actors.raw", ["actor_id"], "fixed"),
    ("tables.events.fields.outcome", DROP, "missing"),
    ("tables.events.fields.outcome.type", "list", "fixed"),
    ("tables.events.fields.outcome.vocabulary", "weapon", "fixed"),
    ("tables.events.fields.outcome.description", " ", "type"),
    ("tables.events.fields.outcome.colour", "red", "unknown"),
    ("tables.events.fields.outcome.constraints", {"enum": []}, "unknown", "tables.events.fields.outcome.constraints.enum"),
    (
        "tables.events.fields.outcome.constraints",
        {"minimum": 1},
        "constraint",
        "tables.events.fields.outcome.constraints.minimum",
    ),
    ("tables.events.fields.title.constraints.required", False, "constraint"),
    ("tables.events.fields.title.constraints.maxLength", 201, "constraint"),
    ("tables.events.fields.title.constraints.maxLength", True, "type"),
    (
        "tables.events.fields.title.constraints",
        {},
        "constraint",
        "tables.events.fields.title.constraints.maxLength",
        "tables.events.fields.title.constraints.required",
    ),
    ("tables.events.fields.title.constraints.pattern", "(", "constraint"),
    ("tables.events.fields.title.constraints.pattern", "(?=x)", "constraint"),
    ("tables.events.fields.event_id.constraints.pattern", "E[0-9]+", "constraint"),
    ("tables.events.fields.attacks_low.constraints.minimum", 0, "constraint"),
    ("tables.events.fields.hull", PLAIN, "fixed", "tables.events.raw"),
    ("tables.days.fields.hull", PLAIN, "unknown"),
    ("tables.actors.fields.Hull", {**PLAIN, "name": "Hull"}, "name"),
    ("tables.actors.fields.hull", {**PLAIN, "type": "text"}, "type", "tables.actors.fields.hull.type"),
    ("tables.actors.fields.hull", {**PLAIN, "derived": True}, "unknown", "tables.actors.fields.hull.derived"),
    ("tables.actors.fields.hull", {**PLAIN, "references": ["actors"]}, "unknown", "tables.actors.fields.hull.references"),
    ("tables.actors.fields.hull", {**PLAIN, "format": "uri"}, "unknown", "tables.actors.fields.hull.format"),
    ("tables.actors.fields.hull", {**PLAIN, "vocabulary": "hulls"}, "vocabulary", "tables.actors.fields.hull.vocabulary"),
    (
        "tables.actors.fields.hull",
        {**PLAIN, "type": "integer", "vocabulary": "weapon"},
        "vocabulary",
        "tables.actors.fields.hull.vocabulary",
    ),
]


@pytest.mark.parametrize(("path", "value", "rule", "keys"), [(p, v, r, keys or [p]) for p, v, r, *keys in WRONG])
def test_what_cannot_be_is_named_by_its_key_and_the_rule(path, value, rule, keys):
    assert {(flaw.key, flaw.rule) for flaw in flaws(changed(*path.split("."), value=value))} == {(key, rule) for key in keys}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("twins", "description"), "Other words."),
        (("scope", "to"), datetime.date(2030, 12, 31)),
        *((("vocabularies", name), {"any": "Another."}) for name in FREE),
        *((("vocabularies", name, "another"), "Another.") for name in ADDED if name != "qualifier"),
        ((*FIELDS, "title", "description"), "Other words."),
        ((*FIELDS, "title", "constraints", "maxLength"), 80),
        ((*FIELDS, "note", "constraints"), {"required": True, "maxLength": 500, "pattern": "[^!]*"}),
        ((*FIELDS, "attacks_low", "constraints", "maximum"), 10),
        (("tables", "actors", "fields", "hull"), {**PLAIN, "constraints": {"unique": True}}),
        (("tables", "actors", "fields", "seen"), {**PLAIN, "name": "seen", "format": "edtf"}),
        (("tables", "actors", "fields", "arms"), {**PLAIN, "name": "arms", "type": "list", "vocabulary": "weapon"}),
    ],
)
def test_what_may_differ_is_taken(path, value):
    toml = changed(*path, value=value)
    assert flaws(toml) == []
    assert compiled(toml).tables.keys() == packaged().tables.keys()


def test_the_order_of_columns_is_the_package_s():
    toml = copy.deepcopy(OURS)
    toml["tables"]["actors"]["fields"].reverse()
    assert {(flaw.key, flaw.rule) for flaw in flaws(toml)} == {("tables.actors.fields", "fixed")}
    toml["tables"]["actors"]["fields"] = [*OURS["tables"]["actors"]["fields"], OURS["tables"]["actors"]["fields"][-1]]
    assert ("tables.actors.fields.note", "fixed") in {(flaw.key, flaw.rule) for flaw in flaws(toml)}


def paths(entry, at=()):
    """The way to every entry of a codebook."""
    if isinstance(entry, dict):
        for word, inner in entry.items():
            yield (*at, word)
            yield from paths(inner, (*at, word))
    elif isinstance(entry, list) and entry and isinstance(entry[0], dict):
        for inner in entry:
            yield from paths(inner, (*at, inner["name"]))


ODD = st.sampled_from([[], [1], {}, [{}], None, True])
ANYTHING = st.one_of(ODD, st.integers(), st.floats(), st.text(), st.dates())


@given(st.sampled_from(sorted(paths(OURS))), ANYTHING)
def test_whatever_stands_there_is_refused_or_compiles(path, value):
    toml = changed(*path, value=value)
    if not flaws(toml):
        assert compiled(toml).tables


def test_the_words_of_a_codebook_are_those_that_are_compiled():
    (table,) = SHAPE["tables"].values()
    (field,) = table["fields"]
    assert {word.removesuffix("?") for word in field} == columns._FIELD_WORDS
    assert {word.removesuffix("?") for word in field["constraints?"]} == columns._CONSTRAINT_WORDS
    assert flaws(OURS) == []


@pytest.mark.parametrize(
    ("pairs", "complaint"),
    [
        ([("[twins]", "[twins")], r"codebook\.toml: cannot be read as TOML: .*\(at line \d+, column \d+\) \[file\]"),
        ([("attack = ", "raid = ")], r"codebook\.toml: vocabularies\.event_type\.attack: is missing; .* \[missing\]"),
        (
            [("from = 2024", "from = 2026")],
            r"codebook\.toml: scope\.from: '2026-01-01': is after scope\.to, 2024-12-31 \[scope\]",
        ),
    ],
)
@pytest.mark.parametrize("verb", ["build", "validate", "check", "format", "verify", "show", "list", "export", "site"])
def test_a_broken_codebook_stops_every_verb_on_the_dataset(mine, capsys, tmp_path, verb, pairs, complaint):
    change(mine, *pairs)
    more = {"show": ["E0001"], "export": ["geojson", "--out", tmp_path / "out"], "site": ["--out", tmp_path / "out"]}
    status, printed, errors = run(capsys, verb, *more.get(verb, []), "--root", mine)
    assert (status, printed) == (1, "")
    assert re.fullmatch(complaint + r"\n1 problem in 1 file\n", errors)
    assert not (tmp_path / "out").exists()


def test_problems_of_a_codebook_are_also_for_programs(mine, capsys):
    change(mine, ("attack = ", "raid = "), ("claims = ", "owns = "))
    status, printed, errors = run(capsys, "validate", "--format", "json", "--root", mine)
    assert (status, errors) == (1, "")
    assert [problem["column"] for problem in json.loads(printed)] == [
        "vocabularies.event_type.attack",
        "vocabularies.stance.claims",
    ]


def test_a_codebook_that_is_a_link_is_not_followed(mine, tmp_path, capsys):
    (mine / "codebook.toml").rename(tmp_path / "elsewhere.toml")
    (mine / "codebook.toml").symlink_to(tmp_path / "elsewhere.toml")
    status, _, errors = run(capsys, "validate", "--root", mine)
    assert status == 1
    assert "codebook.toml: cannot be read as TOML: is a link, not a plain file [file]" in errors


def test_help_and_wrong_commands_do_not_need_the_codebook(mine, monkeypatch, capsys):
    change(mine, ("[twins]", "[twins"))
    monkeypatch.chdir(mine)
    with pytest.raises(SystemExit) as stopped:
        main(["build", "--help"])
    assert stopped.value.code == 0


def test_the_own_codebook_is_in_force_only_while_its_dataset_is_in_hand(mine, part):
    change(mine, ('drone = "', 'drone = "Own: '))
    assert own(part) is None
    assert own(PACKAGED.parent) is None
    assert own(mine / "data" / "processed") == mine / "codebook.toml"
    with settled(mine):
        assert codebook().vocabularies["weapon"]["drone"].startswith("Own: ")
        with settled(part):
            assert codebook() is packaged()
        assert codebook() is not packaged()
    assert codebook() is packaged()


def test_a_dataset_that_is_not_built_is_not_taken_for_the_package_s_data(mine, monkeypatch, capsys):
    monkeypatch.chdir(mine)
    status, printed, errors = run(capsys, "show", "E0001")
    assert (status, printed) == (1, "")
    assert "no published dataset" in errors


def test_dask_workers_do_not_build_by_an_own_codebook(mine, capsys):
    status, _, errors = run(capsys, "build", "--root", mine, "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1")
    assert status == 2
    assert errors == "timeline build: this dataset has its own codebook, of which Dask workers know nothing: build it here\n"
