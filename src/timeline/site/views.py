"""The views of the explorer: a timeline and a map, as Vega-Lite over rows that the page hands them, and those rows."""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from timeline import dates
from timeline.charts import OTHER, at_least, bounds, status_colour, status_scale
from timeline.phrases import in_words
from timeline.site.content import Content

Row = Mapping[str, Any]
MARGIN = 3  # days between two events of one lane
DOERS = ("initiator", "claimant")
# how the name of a ring is aligned, and how many pixels it stands from the middle
BESIDE: Mapping[Literal["left", "right"], int] = {"left": 26, "right": -26}
NEUTRAL = "#7a5ea8"  # which is no status
# no hours; a month by three letters, as on a phone there is no room for more
LABEL = "utchours(datum.value) ? '' : test(/^[A-Z][a-z]+$/, datum.label) ? slice(datum.label, 0, 3) : datum.label"
FLUSH = 22  # pixels from an end of the axis within which a label is moved, so that it is not cut
EXACT = 2  # where_prec up to which a place is a point
# of what a map shows: where its middle lies, and how large a degree is
FOCUS = {"Israel and neighbours": (35.4, 31.7, 4200), "Iraq to the Mediterranean": (41.5, 31.5, 1150)}


def timeline(lanes: int) -> dict[str, Any]:
    """Each event as a line from its first to its last possible day; it can be drawn along and enlarged.

    The page says from when to when the axis goes (`first`, `last`), until somebody moves it (`zoom`).
    """
    import altair as alt

    ends = [alt.param(name=name, value=0) for name in ("first", "last")]
    zoom = alt.selection_interval(name="zoom", bind="scales", encodings=["x"], zoom="wheel![event.ctrlKey]")
    scale = alt.Scale(domainMin=alt.ExprRef("first"), domainMax=alt.ExprRef("last"), type="utc")
    chart = (
        alt.Chart(alt.NamedData("events"), width="container", height=max(240, 7 * lanes))
        .mark_bar(height=4, strokeWidth=2, clip=True)
        .encode(
            x=alt.X(
                "from:T",
                title=None,
                scale=scale,
                axis=alt.Axis(orient="top", labelExpr=LABEL, labelFlush=FLUSH),
            ),
            x2="to:T",
            y=alt.Y("lane:Q", axis=None, scale=alt.Scale(domain=[-1, lanes], reverse=True)),
            color=status_colour(others=True),
            # a rim of the same colour, so that a day can be hit
            stroke=alt.Stroke("status:N", scale=status_scale(others=True), legend=None),
            href="href:N",
            tooltip=[alt.Tooltip(f"{name}:N") for name in ("id", "when", "title", "status")],
        )
        .add_params(*ends, zoom)
        .properties(description="The chosen events, each a line from its first to its last possible day, coloured by status.")
    )
    return _spec(chart)


def map_() -> dict[str, Any]:
    """The places of events: a disc for a site or a town, an area for a country, a ring for what has no outline here."""
    import altair as alt

    focus = alt.param(name="focus", value=next(iter(FOCUS)), bind=alt.binding_select(options=list(FOCUS), name="Show "))
    centre = " : ".join([*(f"focus == '{name}' ? [{x}, {y}]" for name, (x, y, _) in FOCUS.items()), "[0, 0]"])
    scale = " : ".join([*(f"focus == '{name}' ? {size}" for name, (_, _, size) in FOCUS.items()), "1"])
    shown = {"type": "mercator", "center": {"expr": centre}, "scale": {"expr": scale}}
    told = ["place", "precision", "attacks", "rows"]
    tips = [alt.Tooltip(f"{name}:N") for name in told]
    land = alt.Chart(alt.InlineData(values=_outlines())).mark_geoshape(
        aria=False, fill="#9aa3ab", fillOpacity=0.25, stroke="#7d858c", strokeWidth=0.7
    )
    areas = (
        alt.Chart(alt.InlineData(values=_outlines()))
        .transform_lookup("properties.name", alt.LookupData(alt.NamedData("places"), "outline", told))
        .transform_filter("isValid(datum.rows)")
        .mark_geoshape(fill=NEUTRAL, fillOpacity=0.3, stroke=NEUTRAL, strokeWidth=1.5)
        .encode(tooltip=tips)
    )
    places = alt.Chart(alt.NamedData("places")).encode(longitude="longitude:Q", latitude="latitude:Q", tooltip=tips)
    size = alt.Size("rows:Q", scale=alt.Scale(range=[30, 900], type="sqrt"), legend=None)
    points = places.transform_filter(f"datum.where_prec <= {EXACT}").mark_circle(color=NEUTRAL, opacity=0.75)
    rings = places.transform_filter(f"datum.where_prec > {EXACT} && !datum.outline").mark_point(
        color=NEUTRAL, strokeWidth=2, strokeDash=[4, 3], filled=False, opacity=1
    )
    named = places.transform_calculate(label="datum.place + ': ' + datum.rows").encode(text="label:N")
    # each name twice, first as a rim in the colour of the ground, so that it can be read on a disc
    # beside a ring, away from the others; from afar the rings lie too close for names
    near = alt.condition(f"focus == '{next(iter(FOCUS))}'", alt.value(1), alt.value(0))
    names = [
        named.transform_filter(f"datum.where_prec > {EXACT} && !datum.outline && datum.side == '{side}'")
        .mark_text(fontSize=12, align=side, dx=dx, style=style)
        .encode(opacity=near)
        for side, dx in BESIDE.items()
        for style in ("rim", "name")
    ] + [named.transform_filter("datum.outline").mark_text(fontSize=12, style=style) for style in ("rim", "name")]
    chart = alt.layer(
        land,
        areas,
        rings.encode(size=alt.value(1600)),
        points.encode(size=size),
        *names,
        width="container",
        height=520,
        description="Map of the places of the chosen events. The table of places beside it says the same in words.",
    ).add_params(focus)
    spec = _spec(chart)
    # Altair knows the projection of a layer only as that of its parts
    return {**spec, "layer": [{**layer, "projection": shown} for layer in spec["layer"]]}


@lru_cache
def _outlines() -> list[dict[str, Any]]:
    """The outlines of countries, after Natural Earth."""
    text = (files("timeline.site") / "static" / "outlines.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["features"]
    return found


def rows(content: Content) -> list[dict[str, Any]]:
    """What the explorer knows of each event, in order of their first possible days."""
    drawn = sorted(content["events"], key=lambda event: (*bounds(event), event["event_id"]))
    lanes = _lanes([bounds(event) for event in drawn])
    return [
        {
            "id": event["event_id"],
            "title": event["title"],
            "date": event["date"],
            "when": in_words(event["date"]),
            "from": str(bounds(event)[0]),
            "to": str(bounds(event)[1]),
            "parts": _parts(event),
            "status": event["claim_status"] or OTHER,
            "claim": "yes" if content.is_claimed(event["event_id"]) else "no",
            "heard": "claimant" if content.is_only_claimed(event["event_id"]) else "others",
            "type": event["event_type"],
            "scope": event["scope"],
            "who": sorted({actor_id for actor_id, role in content.roles[event["event_id"]] if role in DOERS}),
            "actors": sorted({actor_id for actor_id, _ in content.roles[event["event_id"]]}),
            "targets": list(event["targets"] or ()),
            "weapons": list(event["weapons"] or ()),
            "voices": sorted({said["speaker_id"] for said in content.said_of(event["event_id"])}),
            "publishers": content.publishers_of(event["event_id"]),
            "sources": event["n_sources"],
            "independent": event["n_independent_sources"],
            "sums": event["event_id"] in content.sums,
            **_numbers(content, event),
            "place": content.point_of(event),
            "within": content.places_of(event),
            "aimed": event["target_place"] or "",
            "observed": event["place"] or "",
            "lane": lane,
        }
        for event, lane in zip(drawn, lanes, strict=True)
    ]


def _numbers(content: Content, event: Row) -> dict[str, int]:
    """How many attacks an event adds, and how many of them are confirmed at least; a whole adds nothing to its parts."""
    numbers = {"low": at_least(event), "high": event["attacks_high"] or 0, "confirmed": content.confirmed_at_least(event)}
    return dict.fromkeys(numbers, 0) if event["event_id"] in content.sums else numbers


def _parts(event: Row) -> list[tuple[str, str]]:
    """Of a date that has holes, the spans between them; of others nothing, as they are from first to last."""
    members = dates.parse(event["date"]).members
    first, last = bounds(event)
    return [(str(start or first), str(end or last)) for start, end in members] if len(members) > 1 else []


def places(content: Content) -> dict[str, dict[str, Any]]:
    """The places that a map can show, by id; of a country the name of its outline, if there is one."""
    used = {content.point_of(event) for event in content["events"]} - {None}
    outlined = {outline["properties"]["name"] for outline in _outlines()}
    sides = _sides([place for key, place in content.places.items() if key in used and place["where_prec"] > EXACT])
    return {
        key: {
            **{name: place[name] for name in ("latitude", "longitude", "where_prec")},
            "side": sides.get(key),
            "place": place["name"],
            "type": place["place_type"],
            "outline": place["name"] if place["place_type"] == "country" and place["name"] in outlined else None,
        }
        for key, place in content.places.items()
        if key in used
    }


def _sides(places: list[Row]) -> dict[str, str]:
    """How the name of each place is aligned: to the left of a place that has its nearest neighbour to the east, else right."""
    found = {}
    for place in places:
        others = [other for other in places if other is not place]
        nearest = min(others, key=lambda other: _apart(place, other), default=place)
        found[place["place_id"]] = "right" if nearest["longitude"] > place["longitude"] else "left"
    return found


def _apart(one: Row, other: Row) -> float:
    """How far two names are from being in each other's way: they are wide and low."""
    return math.hypot(one["longitude"] - other["longitude"], 4 * (one["latitude"] - other["latitude"]))


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
