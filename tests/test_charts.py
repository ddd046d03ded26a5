"""Pictures: what they draw is what the tables say, and what is not known to the week is drawn as an interval."""

import pytest

import timeline
from timeline import charts, dates
from timeline.dataset import Dataset


@pytest.fixture(scope="module")
def drawn():
    return charts._by_week(charts.attacks(Dataset()))


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
