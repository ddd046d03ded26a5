"""Events sifted by two Dask workers, which are processes of their own: the same comes out as on one machine."""

import random
import shutil
import signal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import workers

from conftest import rewrite
from test_plain import ROW, SAID, put, registers, result  # noqa: F401 - a fixture
from timeline import cluster
from timeline.building import build
from timeline.cli import main
from timeline.cluster import Dask
from timeline.columns import codebook


@pytest.fixture(scope="module")
def made():
    """A cluster with two workers."""
    with workers.cluster() as made:
        made.add(2)
        yield made


@pytest.fixture
def many(registers, monkeypatch):  # noqa: F811
    """A dataset of which the events are read in several parts."""
    monkeypatch.setattr(cluster, "SIZE", 40_000)
    draw = random.Random(5)
    cells = {**ROW, "targets": ("iraq", "united-states", ""), "attacks_high": ("2", "3"), "event_type": ("attack",)}
    plain = {"outcome": "", "origin_place_id": "", "date": "2023-11-02"}
    events = [
        {"event_id": f"EA{n:04}", **{name: draw.choice(values) for name, values in cells.items()}, **plain}
        for n in range(2000)
    ]
    for n in (400, 1700):  # attacks on Israel, which are held
        events[n] |= {"initiators": "islamic-resistance-in-iraq", "targets": "israel", "date": f"2024-03-{n // 100:02}"}
    for event in events:
        event |= {"attacks_low": "1"}
    said = [{"attestation_id": "T00001", "record_id": "E*", **SAID}]
    put(registers, "attestations", said)
    put(registers, "events", events)
    return registers, events


BROKEN = {
    "a date": ({1500: {"date": "2024-13"}}, {}),
    "a rule": ({7: {"attacks_low": "3", "attacks_high": "1"}, 1999: {"event_type": "war"}}, {}),
    "ids twice": ({1990: {"event_id": "EA0003"}, 12: {"event_id": "EA1100"}}, {}),
    "a line break": ({1200: {"title": "Two\nlines"}}, {}),
    "no end": ({}, {"end": b'"'}),
    "another header": ({}, {"start": b"id"}),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_is_told_with_its_line(many, made, what):
    root, events = many
    changes, bytes_ = BROKEN[what]
    put(root, "events", [{**event, **changes.get(n, {})} for n, event in enumerate(events)])
    path = root / codebook().tables["events"].source
    path.write_bytes(bytes_.get("start", b"") + path.read_bytes() + bytes_.get("end", b""))
    told = result(root, Dask(made.address))
    assert isinstance(told, list)
    assert told == result(root)


def test_a_file_that_changes_while_it_is_read_is_named(many, made, monkeypatch):
    root, _ = many
    cut = cluster._cut

    def cut_and_change(path, *others):
        parts = cut(path, *others)
        path.write_bytes(path.read_bytes()[:100_000])
        return parts

    monkeypatch.setattr(cluster, "_cut", cut_and_change)
    with pytest.raises(OSError, match="changed while it was read"):
        build(root, engine=Dask(made.address))


def test_a_worker_that_dies_in_the_middle_changes_nothing(many, made):
    root, _ = many
    expected = result(root)
    assert isinstance(expected, dict), expected[:5]
    engine = workers.Deadly(made)
    assert result(root, engine) == expected
    assert (engine.victim.wait(), made.workers[1].poll()) == (-signal.SIGKILL, None)


def test_a_scheduler_that_is_not_there_is_named(copy, capsys, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.1)
    before = copy.published()
    assert main(["build", "--root", str(copy.root), "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"]) == 1
    assert "tcp://127.0.0.1:1: no Dask scheduler answers" in capsys.readouterr().err
    assert copy.published() == before


@pytest.mark.parametrize("options", [["--engine", "dask"], ["--scheduler", "tcp://127.0.0.1:1"]])
def test_an_engine_without_its_scheduler_is_no_command(copy, capsys, options):
    assert main(["build", "--root", str(copy.root), *options]) == 2
    assert "go together" in capsys.readouterr().err


def test_what_is_the_same_is_told_from_what_is_not(part, tmp_path):
    one, other = (shutil.copytree(part / "data/processed", tmp_path / name) for name in ("one", "other"))
    rewrite(other, rows=7)
    assert workers.same(one, other)
    with (other / "actors.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert not workers.same(one, other)
    shutil.copy(one / "actors.csv", other / "actors.csv")
    table = pq.read_table(other / "events.parquet")
    pq.write_table(table.slice(1), other / "events.parquet")
    assert not workers.same(one, other)
    pq.write_table(pa.concat_tables([table.slice(1), table.slice(0, 1)]), other / "events.parquet")
    assert not workers.same(one, other)
    pq.write_table(table, other / "events.parquet")
    assert workers.same(one, other)
    (other / "days.csv").unlink()
    assert not workers.same(one, other)
