"""Pictures of a dataset, drawn with Altair: what is known only within bounds is drawn as an interval."""

from __future__ import annotations

import datetime
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from timeline import dates
from timeline.columns import codebook
from timeline.facts import rows

if TYPE_CHECKING:
    import altair as alt

    from timeline.dataset import Dataset

Row = Mapping[str, Any]
# each stands out from white and from black
COLOURS = {
    "confirmed": "#0e8a6b",
    "contested": "#c2591a",
    "claimed": "#3f7fd1",
    "reported": "#9a63c9",
    "presumed": "#7d858c",
}
LIGHTER = "#a9c6ec"  # of claimed attacks, those that are only possible
OTHER = "not an attack"
LIGHT, DARK = ("#1c2024", "#dfe3e6"), ("#e8eaed", "#3a4047")  # of text and of lines, on white and on black
WEEK, WIDTH = datetime.timedelta(days=7), 760
NARROW = 290  # pixels of width, on a phone
NAMES_IN_LINE = 3  # of a legend, on a phone
LETTER = 7  # pixels of width that a letter of a title takes at most
DAY = datetime.timedelta(days=1)


def weekly(dataset: Dataset, *, width: int = WIDTH) -> Any:
    """Attacks of the dataset's scope by week and status; below, those that may lie in more than one week."""
    import altair as alt

    bars, spans = _by_week(attacks(dataset), _claimed(dataset), confirmed(rows(dataset, "events")))
    scale, status = alt.Scale(domain=_domain(bars, spans), type="utc"), status_colour(title="Status")
    months = alt.Axis(format="%b %Y", tickCount="month", labelOverlap=True)
    numbers = [_tip("week"), _tip("low", "at least")]
    bounded = [*numbers, _tip("high", "at most")]
    over = alt.Chart(alt.InlineData(values=bars))
    stacked = over.mark_rect().encode(
        x=alt.X("from:T", title=None, scale=scale, axis=months),
        x2="to:T",
        y=alt.Y("below:Q", title="attacks"),
        y2="above:Q",
        color=status,
        tooltip=[_tip("status"), *numbers],
        description="week:N",
    )
    whole = (
        over.transform_aggregate(low="sum(low)", high="sum(high)", groupby=["middle", "week"])
        .transform_filter("datum.high > datum.low")
        .mark_rule(strokeWidth=1.5, color="#7d858c")
        .encode(
            x=alt.X("middle:T", title=None, scale=scale, axis=months),
            y="low:Q",
            y2="high:Q",
            tooltip=bounded,
            description="week:N",
        )
    )
    drawn = (
        alt.Chart(alt.InlineData(values=spans))
        .mark_bar(height=3, stroke=None)
        .encode(
            x=alt.X("from:T", title=None, scale=scale, axis=months),
            x2="to:T",
            y=alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[-1, len(spans)], reverse=True)),
            color=status,
            tooltip=[_tip("event_id", "event"), _tip("date"), _tip("title"), _tip("status")],
            description="title:N",
        )
    )
    return alt.vconcat(
        (stacked + whole).properties(
            width=width, height=220, title=_lines("Attacks by week, by how far they are vouched for", width)
        ),
        drawn.properties(
            width=width,
            height=max(20, 4 * len(spans)),
            title=_lines("Attacks that may lie in more than one week", width),
        ),
        description="Bars: for each week the least number of attacks by status; thin lines reach to the greatest. Of a "
        "confirmed row of several attacks one is known to be confirmed: the others are drawn as claimed or reported. Below, "
        "a line for each row that is not known to the week, from its first to its last possible day.",
    ).resolve_scale(x="shared")


def reconciliation(dataset: Dataset, *, width: int = WIDTH) -> Any:
    """Claimed attacks by month: what the rows come to, and what others report."""
    import altair as alt

    months = [
        {
            "month": row["period"],
            "low": row["itemised_low"],
            "high": row["itemised_high"],
            "reported": row["reported_low"] if row["reported_low"] is not None else row["reported_high"],
            "bound": "at least" if row["reported_high"] is None else "exactly",
        }
        for row in rows(dataset, "completeness")
        if "/" not in row["period"]
    ]
    over = alt.Chart(alt.InlineData(values=months)).encode(x=alt.X("month:N", title=None, axis=alt.Axis(labelAngle=-45)))
    tips = [
        _tip("month"),
        _tip("low", "itemised, at least"),
        _tip("high", "itemised, at most"),
        _tip("reported"),
    ]
    itemised = over.mark_bar(color=COLOURS["claimed"])
    possible = over.mark_bar(color=LIGHTER)
    ticks = over.transform_filter("datum.reported !== null").mark_tick(thickness=4, color=COLOURS["contested"], opacity=1)
    return alt.layer(
        itemised.encode(y=alt.Y("low:Q", title="claimed attacks"), tooltip=tips),
        possible.encode(y="low:Q", y2="high:Q", tooltip=tips),
        ticks.encode(y="reported:Q", tooltip=tips),
        title=alt.TitleParams(
            "Claimed attacks by month",
            subtitle=_lines("bars: itemised, at least and (lighter) at most; dashes: totals of others", width),
        ),
        width=width,
        height=260,
        description="For each month a bar of the claimed attacks that are itemised, with the possible ones lighter on top; "
        "a dash where others report a total.",
    )


def actor(dataset: Dataset, actor_id: str) -> Any:
    """The events of an actor by its role, each from its first to its last possible day."""
    import altair as alt

    names = {row["actor_id"]: row["name"] for row in rows(dataset, "actors")}
    if actor_id not in names:
        raise ValueError(f"no actor {actor_id!r}; `load('actors')` lists them")
    events = {row["event_id"]: row for row in rows(dataset, "events")}
    drawn = [
        {**_drawn(events[row["event_id"]]), "role": row["role"]}
        for row in rows(dataset, "event_actors")
        if row["actor_id"] == actor_id
    ]
    return (
        alt.Chart(alt.InlineData(values=drawn), title=f"Events of {names[actor_id]}, by its role")
        .mark_bar(height=14, opacity=0.7, stroke=None)
        .encode(
            x=alt.X("from:T", title=None, scale=alt.Scale(type="utc")),
            x2="to:T",
            y=alt.Y("role:N", title=None),
            color=status_colour(title="Status", others=True),
            tooltip=[_tip("event_id", "event"), _tip("date"), _tip("title"), _tip("status")],
            description="title:N",
        )
        .properties(width=WIDTH, height=alt.Step(30), description=f"The events of {names[actor_id]} on a line for each role.")
    )


PICTURES: dict[str, Callable[..., Any]] = {"weekly": weekly, "reconciliation": reconciliation, "actor": actor}


def themed(chart: Any, *, is_dark: bool = False, is_narrow: bool = False) -> Any:
    """A picture without a ground of its own, with ink for a light or a dark one, and on a phone a legend of several lines."""
    ink, line = DARK if is_dark else LIGHT
    lines = {"columns": NAMES_IN_LINE} if is_narrow else {}
    axis = {
        "labelColor": ink,
        "titleColor": ink,
        "gridColor": line,
        "domainColor": line,
        "tickColor": line,
        "gridOpacity": 0.5,
    }
    return (
        chart.configure(background="transparent", font="system-ui, sans-serif")
        .configure_axis(**axis, labelFontSize=12, titleFontSize=12)
        .configure_legend(labelColor=ink, titleColor=ink, orient="top", labelFontSize=12, **lines)
        .configure_title(color=ink, subtitleColor=ink, anchor="start", fontSize=14, subtitleFontSize=12)
        .configure_view(stroke=None)
    )


def attacks(dataset: Dataset) -> list[Row]:
    """The attacks of the dataset's own scope, each once: where some are parts of another, the parts."""
    own = [row for row in rows(dataset, "events") if row["event_type"] == "attack" and row["scope"] == "israel"]
    summed = wholes(rows(dataset, "events"))
    return [row for row in own if row["event_id"] not in summed]


def wholes(events: Iterable[Row]) -> set[str]:
    """The ids of events of which attacks are parts; where one is an attack, it sums up its parts, and they count."""
    return {whole for event in events if event["event_type"] == "attack" for whole in event["part_of"] or ()}


def at_least(event: Row) -> int:
    """How many attacks an event adds at least: none, if it may be another."""
    return 0 if event["possibly_same_as"] else event["attacks_low"] or 0


def confirmed(events: Iterable[Row]) -> set[str]:
    """The ids of the confirmed ones of some events."""
    return {event["event_id"] for event in events if event["claim_status"] == "confirmed"}


def confirmed_at_least(event: Row, those_confirmed: Collection[str]) -> int:
    """How many of an event's attacks are confirmed at least: one, however many it stands for.

    None, if it may be another confirmed one. One that may be an event that nobody confirms is confirmed whichever it is.
    """
    is_another = any(other in those_confirmed for other in event["possibly_same_as"] or ())
    return min(1, event["attacks_low"] or 0) if event["claim_status"] == "confirmed" and not is_another else 0


def bounds(event: Row) -> tuple[datetime.date, datetime.date]:
    """The first and the last day on which an event may lie; an open end is that of the dataset's period, or the other."""
    date, scope = dates.parse(event["date"]), codebook().scope
    start = date.wide_start or min(scope["from"], date.wide_end or scope["from"])
    return start, date.wide_end or max(scope["to"], start)


def _claimed(dataset: Dataset) -> set[str]:
    """The events that somebody claims."""
    return {row["event_id"] for row in rows(dataset, "event_actors") if row["role"] == "claimant"}


def _by_week(
    events: Collection[Row], claimed: Collection[str], those_confirmed: Collection[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What each week has of each status; and the events that are not known to the week."""
    weeks: dict[tuple[datetime.date, str], list[int]] = defaultdict(lambda: [0, 0])
    spans, borne_out = [], _borne_out(events, those_confirmed)
    for event in events:
        start, end = bounds(event)
        monday = start - datetime.timedelta(days=start.weekday())
        if end < monday + WEEK:
            low, status = at_least(event), event["claim_status"]
            weeks[monday, status][1] += event["attacks_high"]
            if event["event_id"] in borne_out:
                low -= 1
                weeks[monday, "confirmed"][0] += 1
            if low:
                told = "claimed" if event["event_id"] in claimed else "reported"
                weeks[monday, told if status == "confirmed" else status][0] += low
        else:
            spans.append(_drawn(event))
    spans.sort(key=lambda row: (row["from"], row["to"], row["event_id"]))
    ranks = list(COLOURS)
    heights: Counter[datetime.date] = Counter()
    bars = []
    for monday, status in sorted(weeks, key=lambda key: (key[0], ranks.index(key[1]))):
        low, high = weeks[monday, status]
        last = monday + WEEK - DAY
        times = {"from": str(monday), "to": str(last), "middle": str(monday + 3 * DAY), "week": f"{monday} to {last}"}
        below = heights[monday]
        heights[monday] += low
        bars.append({**times, "status": status, "low": low, "high": high, "below": below, "above": below + low})
    return bars, [{**row, "row": number} for number, row in enumerate(spans)]


def _borne_out(events: Collection[Row], those_confirmed: Collection[str]) -> set[str]:
    """The events of which one attack is drawn as confirmed: those that are, or where one that is may be another, the other."""
    there, found = {event["event_id"]: event for event in events}, set[str]()
    for event in events:
        if confirmed_at_least(event, those_confirmed):
            places = [event["event_id"], *(other for other in event["possibly_same_as"] or () if other in there)]
            found.update([place for place in places if at_least(there[place]) and place not in found][:1])
    return found


def _drawn(event: Row) -> dict[str, Any]:
    """What a picture shows of an event; a day is drawn to its end."""
    start, end = bounds(event)
    shown = {name: event[name] for name in ("event_id", "date", "title")}
    return {**shown, "from": str(start), "to": str(end + DAY), "status": event["claim_status"] or OTHER}


def _domain(*drawn: list[dict[str, Any]]) -> list[str]:
    ends = [row[name] for some in drawn for row in some for name in ("from", "to")]
    return [min(ends), max(ends)] if ends else [str(codebook().scope["from"]), str(codebook().scope["to"])]


def status_colour(title: str | None = None, *, others: bool = False) -> alt.Color:
    """The colour of each status; with `others`, also of what is no attack."""
    import altair as alt

    return alt.Color("status:N", title=title, scale=status_scale(others=others))


def status_scale(*, others: bool = False) -> alt.Scale:
    """Each status and its colour."""
    import altair as alt

    colours = COLOURS | ({OTHER: "#a0a6ab"} if others else {})
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _lines(title: str, width: int) -> str | list[str]:
    """A title in as many lines as the width of a picture asks for."""
    lines = textwrap.wrap(title, width // LETTER)
    return title if len(lines) == 1 else lines


def _tip(name: str, title: str | None = None) -> alt.Tooltip:
    import altair as alt

    return alt.Tooltip(f"{name}:N", title=title or name)
