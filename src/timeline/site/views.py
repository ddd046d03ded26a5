"""The views of the explorer: a timeline and a map, as Vega-Lite over rows that the page hands them, and those rows."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from timeline.charts import OTHER, at_least, bounds, status_colour
from timeline.columns import codebook
from timeline.site.content import Content

Row = Mapping[str, Any]
MARGIN = 3  # days between two events of one lane
DOERS = ("initiator", "claimant")
NEUTRAL = "#7a5ea8"  # which is no status
COUNTRY = 6  # where_prec of one
EXACT = 2  # where_prec up to which a place is a point
# of what a map shows: where its middle lies, and how large a degree is
FOCUS = {"Israel and neighbours": (35.4, 31.7, 4200), "Iraq to the Mediterranean": (41.5, 31.5, 1150)}


def timeline(lanes: int) -> dict[str, Any]:
    """Each event as a line from its first to its last possible day; it can be drawn along and enlarged."""
    import altair as alt

    ends = [codebook().scope[end] for end in ("from", "to")]
    period = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in ends]
    zoom = alt.selection_interval(bind="scales", encodings=["x"], value={"x": period}, zoom="wheel![event.ctrlKey]")
    chart = (
        alt.Chart(alt.NamedData("events"), width="container", height=max(240, 7 * lanes))
        .mark_bar(height=5, stroke=None)
        .encode(
            x=alt.X("from:T", title=None, axis=alt.Axis(orient="top")),
            x2="to:T",
            y=alt.Y("lane:Q", axis=None, scale=alt.Scale(domain=[-1, lanes], reverse=True)),
            color=status_colour(others=True),
            href="href:N",
            tooltip=[alt.Tooltip(f"{name}:N") for name in ("id", "date", "title", "status")],
        )
        .add_params(zoom)
        .properties(description="The chosen events, each a line from its first to its last possible day, coloured by status.")
    )
    return _spec(chart)


def map_() -> dict[str, Any]:
    """The places of events: a disc for a site or a town, a ring for what is no point, which says: somewhere here."""
    import altair as alt

    outlines = json.loads((files("timeline.site") / "static" / "outlines.json").read_text(encoding="utf-8"))
    focus = alt.param(name="focus", value=next(iter(FOCUS)), bind=alt.binding_select(options=list(FOCUS), name="Show "))
    centre = " : ".join([*(f"focus == '{name}' ? [{x}, {y}]" for name, (x, y, _) in FOCUS.items()), "[0, 0]"])
    scale = " : ".join([*(f"focus == '{name}' ? {size}" for name, (_, _, size) in FOCUS.items()), "1"])
    shown = {"type": "mercator", "center": {"expr": centre}, "scale": {"expr": scale}}
    land = alt.Chart(alt.InlineData(values=outlines["features"])).mark_geoshape(
        aria=False, fill="#9aa3ab", fillOpacity=0.25, stroke="#7d858c", strokeWidth=0.7
    )
    tips = [alt.Tooltip(f"{name}:N") for name in ("place", "precision", "attacks", "events")]
    places = alt.Chart(alt.NamedData("places")).encode(longitude="longitude:Q", latitude="latitude:Q", tooltip=tips)
    size = alt.Size("events:Q", scale=alt.Scale(range=[30, 900], type="sqrt"), legend=None)
    points = places.transform_filter(f"datum.where_prec <= {EXACT}").mark_circle(color=NEUTRAL, opacity=0.75)
    areas = places.transform_filter(f"datum.where_prec > {EXACT}").mark_point(
        color=NEUTRAL, strokeWidth=2, strokeDash=[4, 3], filled=False, opacity=1
    )
    named = places.transform_calculate(label="datum.place + ': ' + datum.events").encode(text="label:N")
    regions = named.transform_filter(f"datum.where_prec > {EXACT} && datum.where_prec !== {COUNTRY}").mark_text(
        fontSize=11, dy=-26
    )
    countries = named.transform_filter(f"datum.where_prec === {COUNTRY}").mark_text(fontSize=11, dy=28)
    chart = alt.layer(
        land,
        areas.encode(size=alt.value(1600)),
        points.encode(size=size),
        regions,
        countries,
        width="container",
        height=520,
        description="Map of the places of the chosen events. The table of places beside it says the same in words.",
    ).add_params(focus)
    spec = _spec(chart)
    # Altair knows the projection of a layer only as that of its parts
    return {**spec, "layer": [{**layer, "projection": shown} for layer in spec["layer"]]}


def rows(content: Content) -> list[dict[str, Any]]:
    """What the explorer knows of each event, in order of their first possible days."""
    drawn = sorted(content["events"], key=lambda event: (*bounds(event), event["event_id"]))
    wholes = {whole for event in drawn if event["event_type"] == "attack" for whole in event["part_of"] or ()}
    lanes = _lanes([bounds(event) for event in drawn])
    return [
        {
            "id": event["event_id"],
            "title": event["title"],
            "date": event["date"],
            "from": str(bounds(event)[0]),
            "to": str(bounds(event)[1]),
            "status": event["claim_status"] or OTHER,
            "type": event["event_type"],
            "scope": event["scope"],
            "who": sorted({actor_id for actor_id, role in content.roles[event["event_id"]] if role in DOERS}),
            "actors": sorted({actor_id for actor_id, _ in content.roles[event["event_id"]]}),
            "targets": list(event["targets"] or ()),
            "weapons": list(event["weapons"] or ()),
            "sources": event["n_sources"],
            "low": 0 if event["event_id"] in wholes else at_least(event),
            "high": 0 if event["event_id"] in wholes else event["attacks_high"] or 0,
            "place": content.point_of(event),
            "aimed": event["target_place"] or "",
            "observed": event["place"] or "",
            "lane": lane,
        }
        for event, lane in zip(drawn, lanes, strict=True)
    ]


def places(content: Content) -> dict[str, dict[str, Any]]:
    """The places that a map can show, by id."""
    used = {content.point_of(event) for event in content["events"]} - {None}
    return {
        key: {
            **{name: place[name] for name in ("latitude", "longitude", "where_prec")},
            "place": place["name"],
            "type": place["place_type"],
        }
        for key, place in content.places.items()
        if key in used
    }


def _lanes(spans: Iterable[tuple[Any, Any]]) -> list[int]:
    """For each span, in order of their starts, the first line on which it does not touch another."""
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    found = []
    for start, end in spans:
        while busy and busy[0][0] < start.toordinal():
            heapq.heappush(free, heapq.heappop(busy)[1])
        lane = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (end.toordinal() + MARGIN, lane))
        found.append(lane)
    return found


def _spec(chart: Any) -> dict[str, Any]:
    spec: dict[str, Any] = chart.to_dict()
    del spec["$schema"]  # an address that nothing is fetched from
    return spec
