"""Pictures: what they draw is what the tables say, and what is not known to the week is drawn as an interval."""

import pytest

import timeline
from timeline import charts, dates
from timeline.dataset import Dataset


@pytest.fixture(scope="module")
def drawn():
    return charts._by_week(charts.attacks(Dataset()), charts._claimed(Dataset()), those_confirmed())


def those_confirmed():
    return charts.confirmed(charts.rows(Dataset(), "events"))


def test_every_attack_is_in_a_bar_or_a_line(drawn):
    bars, spans = drawn
    events = timeline.load("events")
    own = events[(events["event_type"] == "attack") & (events["scope"] == "israel")]
    counted = own[~own["event_id"].isin(own["part_of"].explode())]
    in_lines = counted["event_id"].isin([row["event_id"] for row in spans])
    assert sum(row["high"] for row in bars) == counted.loc[~in_lines, "attacks_high"].sum()
    sure = counted[~in_lines & counted["possibly_same_as"].isna()]
    assert sum(row["low"] for row in bars) == sure["attacks_low"].sum()
    assert len(spans) == in_lines.sum() > 0


def test_of_a_confirmed_row_of_several_attacks_one_is_drawn_as_confirmed():
    day = {"date": "2024-03-06", "possibly_same_as": None, "claim_status": "confirmed"}
    three = {**day, "event_id": "E0001", "attacks_low": 3, "attacks_high": 4}
    two = {**day, "event_id": "E0002", "attacks_low": 2, "attacks_high": 2}
    twin = {**two, "event_id": "E0003", "possibly_same_as": ["E0001"]}
    bars, _ = charts._by_week([three, two, twin], {"E0001"}, {"E0001", "E0002", "E0003"})
    assert [(bar["status"], bar["low"]) for bar in bars] == [("confirmed", 2), ("claimed", 2), ("reported", 1)]
    assert sum(bar["high"] for bar in bars) == 8


def test_the_confirmed_bars_have_one_attack_for_each_confirmed_row_that_is_no_other(drawn):
    in_lines = {row["event_id"] for row in drawn[1]}
    once = [row for row in charts.attacks(Dataset()) if charts.confirmed_at_least(row, those_confirmed())]
    shown = sum(bar["low"] for bar in drawn[0] if bar["status"] == "confirmed")
    assert len([row for row in once if row["event_id"] not in in_lines and not row["possibly_same_as"]]) < shown <= len(once)
    assert sum(row["attacks_low"] for row in once) > len(once)


@pytest.mark.parametrize(
    ("status", "others", "number"),
    [
        ("confirmed", None, 1),
        ("confirmed", ["E0002"], 1),
        ("confirmed", ["E0002", "E0003"], 0),
        ("claimed", None, 0),
    ],
)
def test_a_row_that_may_be_another_is_confirmed_unless_that_is_confirmed_too(status, others, number):
    row = {"claim_status": status, "possibly_same_as": others, "attacks_low": 2}
    assert charts.confirmed_at_least(row, {"E0003"}) == number


def test_a_confirmed_row_that_may_be_a_claimed_one_is_drawn_in_its_place():
    day = {"date": "2024-03-06", "attacks_low": 1, "attacks_high": 1, "possibly_same_as": None}
    claim = {**day, "event_id": "E0001", "claim_status": "claimed", "attacks_low": 2, "attacks_high": 2}
    seen = {**day, "event_id": "E0002", "claim_status": "confirmed", "possibly_same_as": ["E0001"]}
    twin = {**day, "event_id": "E0003", "claim_status": "confirmed", "possibly_same_as": ["E0002"]}
    bars, _ = charts._by_week([claim, seen, twin], {"E0001"}, {"E0002", "E0003"})
    assert [(bar["status"], bar["low"], bar["high"]) for bar in bars] == [("confirmed", 1, 2), ("claimed", 1, 2)]


def test_a_line_is_of_what_may_lie_in_more_than_one_week(drawn):
    for row in drawn[1]:
        date = dates.parse(row["date"])
        first, last = date.wide_start, date.wide_end
        assert first is None or last is None or first.isocalendar()[:2] != last.isocalendar()[:2]


def test_bars_of_a_week_stand_on_each_other(drawn):
    heights = {}
    for row in drawn[0]:
        assert row["below"] == heights.get(row["week"], 0)
        heights[row["week"]] = row["above"] = row["below"] + row["low"]


@pytest.mark.parametrize("which", [("weekly",), ("reconciliation",), ("actor", "islamic-resistance-in-iraq")])
def test_a_picture_is_saved_without_a_network(which, tmp_path):
    chart = timeline.plot(*which)
    assert chart.to_dict()["description"]
    chart.save(str(tmp_path / "picture.svg"))
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("which", "message"),
    [
        (("daily",), "no picture 'daily'; there are: weekly, reconciliation, actor"),
        (("actor",), "the picture 'actor' is of one actor"),
        (("weekly", "iraq"), "the picture 'weekly' is of the whole dataset"),
        (("actor", "nobody"), "no actor 'nobody'"),
    ],
)
def test_what_cannot_be_drawn_is_told(which, message):
    with pytest.raises(ValueError, match=message):
        timeline.plot(*which)
