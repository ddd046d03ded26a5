"""The benchmarks measure what they say: the made-up dataset is sound, and every peer sees each kind of error in it."""

import csv
import importlib
import importlib.util
import json
import re
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from conftest import REPOSITORY
from timeline import dates, raw
from timeline.building import build, validate
from timeline.columns import codebook
from timeline.events import Events
from timeline.local import Local

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path[:0] = [str(BENCHMARKS), str(BENCHMARKS / "peers")]

# each peer, and the library without which it cannot be tried; those of the development environment are
PEERS = {
    "naive_pandera": "pandera",
    "polars_pandera": "polars",
    "duckdb_sql": "duckdb",
    "frictionless_": "frictionless",
    "great_expectations_": "great_expectations",
    "pointblank_": "pointblank",
}
WRITERS = ("naive_pandera", "polars_pandera", "duckdb_sql")
ROWS, FIRST_BROKEN = 200, 100
EVENTS = codebook().tables["events"]
BROKEN = {
    "integer": ["x", "1.5"],
    "edtf": ["soon", "2023-02-29", "2024-13", "2024-04-31~", "[2024-05-01]", "2024-05-02/2024-02-30"],
    "pattern": {"event_id": "e1", "target_described": "one two three four five six seven"},
}
# out of order, which a regular expression alone does not see
DISORDER = ["2024-05-02/2024-05-01", "[2024-05-02..2024-04]"]


def breaches(column):
    """Cells that break each constraint of a column; of a list, `{}` is a sound item."""
    items = "{};" if column.type == "list" else ""
    return [
        *([""] if column.required else []),
        *(BROKEN["integer"] if column.type == "integer" else []),
        *(["{};", "{};{}"] if column.type == "list" else []),
        *(BROKEN["edtf"] if column.format == "edtf" else []),
        *([BROKEN["pattern"][column.name]] if column.pattern else []),
        *(["x" * (column.max_length + 1)] if column.max_length else []),
        *([f"{column.minimum - 1:g}"] if column.minimum is not None else []),
        *([f"{column.maximum + 1:g}"] if column.maximum is not None else []),
        *([f"{items}nobody"] if column.categories or column.references else []),
        *(["EBENA00000001"] if column.unique else []),
    ]


def rounds():
    """The breaches of all columns, one of each column at a time, so that a peer runs a few times and not a hundred."""
    each = {column.name: breaches(column) for column in EVENTS.transcribed()}
    most = max(map(len, each.values()))
    return [{name: cells[n] for name, cells in each.items() if n < len(cells)} for n in range(most)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small made-up dataset, its registers cut to what the events name."""
    generate = importlib.import_module("generate")
    root = tmp_path_factory.mktemp("made")
    generate.generate(ROWS, root)
    used = set(re.split("[,;\n]", (root / "data/raw/events.csv").read_text("utf-8")))
    for name in ("actors", "places"):
        header, *rows = (root / codebook().tables[name].source).read_text("utf-8").splitlines(keepends=True)
        kept = [row for row in rows if row.split(",")[0] in used]
        (root / codebook().tables[name].source).write_text("".join([header, *kept]), "utf-8")
    return root


@pytest.fixture
def broken(made):
    """Overwrite cells of the events, each in a row of its own; the events are as they were after the test."""
    path = made / "data/raw/events.csv"
    before = path.read_text("utf-8")

    def overwrite(cells):
        header, *rows = csv.reader(before.splitlines())
        for line, (name, cell) in enumerate(cells.items(), start=FIRST_BROKEN):
            place = header.index(name)
            sound = next(row[place] for row in rows if row[place])
            rows[line][place] = cell.replace("{}", sound.split(";")[0])
        path.write_text(raw.to_csv([header, *rows]), "utf-8")

    yield overwrite
    path.write_text(before, "utf-8")


@pytest.fixture
def run(made, tmp_path, monkeypatch):
    """Run a peer as its command does; its status."""

    def command(peer):
        pytest.importorskip(PEERS[peer])
        monkeypatch.setattr(sys, "argv", [peer, str(made), str(tmp_path)])
        return importlib.import_module("checks").main(importlib.import_module(peer).check)

    return command


@pytest.mark.parametrize("peer", PEERS)
def test_a_sound_dataset_passes(peer, run, tmp_path):
    assert run(peer) == 0
    if peer in WRITERS:
        assert len((tmp_path / "events.csv").read_text("utf-8").splitlines()) == ROWS + 1
        assert (tmp_path / "events.parquet").stat().st_size > 0


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A made-up dataset with what is published of it, and that as the floor and peers are given it."""
    root, ready = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("ready")
    importlib.import_module("generate").generate(ROWS, root)
    assert build(root)
    for name in ("events", "event_actors"):
        importlib.import_module("published").prepare(root / f"data/processed/{name}.parquet", ready / f"{name}.arrow")
    return root, ready


@pytest.mark.parametrize("peer", WRITERS)
def test_peers_write_what_the_build_publishes(peer, built, tmp_path):
    pytest.importorskip(PEERS[peer])
    root, ready = built
    assert importlib.import_module(peer).check(root, tmp_path, ready) == []
    for name in ("events", "event_actors"):
        ours, theirs = (pd.read_csv(folder / f"{name}.csv") for folder in (root / "data/processed", tmp_path))
        pd.testing.assert_frame_equal(ours, theirs)
        assert pq.read_metadata(tmp_path / f"{name}.parquet").num_rows == len(ours)


def test_the_build_without_checks_publishes_the_same(built, tmp_path):
    root, _ = built
    importlib.import_module("unchecked").run(root, tmp_path)
    for name in ("events.csv", "events.parquet", "event_actors.csv", "event_actors.parquet"):
        assert (tmp_path / "data/processed" / name).read_bytes() == (root / "data/processed" / name).read_bytes()


@pytest.mark.parametrize("cells", rounds())
@pytest.mark.parametrize("peer", PEERS)
def test_broken_cells_are_seen(peer, cells, run, broken, capsys):
    broken(cells)
    assert run(peer) == 1
    printed = capsys.readouterr().out
    assert [name for name in cells if not re.search(rf"\b{name}\b", printed)] == []


@pytest.mark.parametrize("cell", DISORDER)
@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer != "great_expectations_"])
def test_a_date_out_of_order_is_seen(peer, cell, run, broken):
    broken({"date": cell})
    assert run(peer) == 1


def test_the_expression_for_dates_reads_what_the_package_reads():
    expression = re.compile(importlib.import_module("checks").EDTF)
    with (BENCHMARKS.parent / "data/raw/events.csv").open(encoding="utf-8", newline="") as stream:
        written = {row["date"] for row in csv.DictReader(stream)}
    sound = [*written, "2000-02-29", "2024/..", "../2024", "/2024", "[..2021,2022]", "[2021..2022,2024..]", "2024-05%"]
    unsound = [
        *BROKEN["edtf"],
        "1900-02-29",
        "2023-00",
        "2023-01-00",
        "",
        "..",
        "/",
        "[2021..,2022]",
        "[2021~,2022]",
        "2024-1",
    ]
    for cell in (*sound, *unsound):
        assert bool(expression.fullmatch(cell)) == dates.is_valid(cell) == (cell in sound), cell


def test_the_same_dataset_is_made_each_time(made, tmp_path):
    importlib.import_module("generate").generate(ROWS, tmp_path)
    assert (tmp_path / "data/raw/events.csv").read_bytes() == (made / "data/raw/events.csv").read_bytes()


def test_the_made_up_dataset_is_sound(tmp_path):
    importlib.import_module("generate").generate(ROWS, tmp_path)
    with Events(Local()) as events:
        validate(tmp_path, events)
        assert events.number == ROWS
    assert raw.out_of_form(tmp_path) == {}


def test_each_contender_runs_once_a_round_and_each_begins_one(monkeypatch):
    contenders = importlib.import_module("contenders")
    order = []
    monkeypatch.setattr(contenders, "measured", lambda one, *_: order.append(one.name) or contenders.Run(1, 1))
    some = list(contenders.CONTENDERS[:3])
    runs = contenders.interleaved(some, {1: None}, None, rounds=3)
    assert [len(seen) for seen in runs.values()] == [3, 3, 3]
    assert order[::3] == [one.name for one in some]


def test_ratios_are_medians_of_rounds_and_a_part_counts_as_the_whole():
    bench, contenders = importlib.import_module("bench"), importlib.import_module("contenders")
    chosen = [contenders.BUILD, contenders.FLOOR, contenders.Contender("peer", "", "", "x", part=10)]
    seconds = {"build": [2, 4, 2], "floor": [1, 1, 2], "peer": [1, 1, 1]}
    runs = {name: [contenders.Run(one, 1) for one in ones] for name, ones in seconds.items()}
    assert bench._ratios(chosen, runs) == {"build_vs_floor": 2, "peer_vs_build": 5}


def test_what_was_measured_before_stays_where_it_is_of_the_same_size():
    merge = importlib.import_module("bench").merge
    before = {"rows": 10, "contenders": {"a": 1, "b": 2}, "versions": {}, "a_vs_build": 3, "load_vs_pandas": 1}
    now = {"contenders": {"b": 4}, "versions": {"b": "5"}}
    assert merge(before, {"rows": 10, **now}) == {**before, "contenders": {"a": 1, "b": 4}, "versions": {"b": "5"}}
    assert merge(before, {"rows": 20, **now}) == {"rows": 20, **now, "load_vs_pandas": 1}
    assert merge(before, {"time_10m_vs_1m": 9}) == {**before, "time_10m_vs_1m": 9}


def test_the_page_has_every_ratio_and_every_check_of_every_contender():
    report = importlib.import_module("report")
    results = dict.fromkeys((*report.BARS, *report.OTHERS), 1.0)
    page = report.markdown(results)
    assert all(f"`{name}`" in page for name in results)
    assert {len(by) for by in report.CHECKS.values()} == {len(report.COLUMNS)}


def test_the_page_tells_what_more_events_cost_on_the_line_through_what_was_measured():
    report = importlib.import_module("report")
    seen = {"rows": 10_000_000, "pairs": 1, "seconds": [[20, 200]], "peak_mb": [[500, 520]], "gb": [2.0, 5.0]}
    workers = {"seconds": [200, 150, 190], "equal": True, "killed": True}
    page = report.markdown({"large": {**seen, "workers": workers}})
    assert "| 10,000,000 | measured | 200 s | 150 s | 2.0 | 5.0 | 520 |" in page
    assert "| 1,000,000,000 | extrapolated | 333 min | 250 min | 200.0 | 500.0 | 520 |" in page
    assert "**They did not publish the same.**" in report.markdown({"large": {**seen, "workers": {**workers, "equal": False}}})


def test_the_page_of_results_is_made_of_the_results():
    report = importlib.import_module("report")
    folder = REPOSITORY / "benchmarks"
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert (folder / "results.md").read_text(encoding="utf-8") == report.markdown(results)
    assert set(report.BARS) <= set(results)
