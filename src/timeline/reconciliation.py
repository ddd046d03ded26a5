"""Counts held against the rows behind them: what is reported, what is itemised, and the gap between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from timeline import dates, hierarchy
from timeline.columns import codebook
from timeline.normalise import Row
from timeline.transcription import Transcription

CERTAIN, POSSIBLE, NO = 2, 1, 0
Bounds = tuple[dates.Day | None, dates.Day | None] | None
WITHOUT_NUMBER = ("vague", "none_reported", "not_determinable")


@dataclass(frozen=True, slots=True)
class Items:
    """What the rows add up to: at least `low`, at most `high` (None: open), from `rows` rows, `twins` maybe others."""

    low: float
    high: float | None
    rows: int
    twins: int


def reconcile(data: Transcription) -> list[dict[str, Any]]:
    """One row for every figure of a countable measure."""
    return [_compare(data, figure) for figure in data["figures"] if figure["measure"] in codebook().itemise]


def is_total(figure: Row) -> bool:
    """Whether a figure counts over events, so that they are added up against it."""
    return figure["measure"] in codebook().itemise and figure["unit"] == "count" and figure["event_id"] is None


def _compare(data: Transcription, figure: Row) -> dict[str, Any]:
    low, high = reported(figure)
    is_mismatch = figure["unit"] != "count" or figure["qualifier"] == "vague"
    items = itemise(data, figure) if is_total(figure) else None
    gap = items is not None and not is_mismatch
    return {
        "figure_id": figure["figure_id"],
        "measure": figure["measure"],
        "period": figure["period"],
        "itemised_low": items.low if items else None,
        "itemised_high": items.high if items else None,
        "reported_low": low,
        "reported_high": high,
        "gap_low": low - items.high if gap and items and low is not None and items.high is not None else None,
        "gap_high": high - items.low if gap and items and high is not None else None,
        "unit_mismatch": is_mismatch,
        "note": _note(figure, items),
    }


def reported(figure: Row) -> tuple[float | None, float | None]:
    """The bounds of a figure. More than n is at least n + 1 of things that are counted, and n of anything else."""
    low, best, high = (figure[column] for column in ("value_low", "value_best", "value_high"))
    step = 1 if figure["unit"] == "count" else 0
    if figure["qualifier"] == "more_than":
        return low + step, None
    if figure["qualifier"] == "fewer_than":
        return None, max(high - step, 0)
    if figure["qualifier"] in ("exact", "about"):
        return (best if low is None else low), (best if high is None else high)
    return low, high


def itemise(data: Transcription, figure: Row, events: Iterable[Row] | None = None) -> Items:
    """Add up the attacks, all or those of `events`, that are certainly, and possibly, among those that a figure counts."""
    rule = codebook().itemise[figure["measure"]]
    bounds = _bounds(figure)
    low, high, rows, twins = 0.0, 0.0, 0, 0
    is_open = False
    for event in data["events"] if events is None else events:
        match = _belongs(data, event, figure, rule, bounds)
        if match == NO:
            continue
        least, most = _weight(data, event, figure, rule)
        is_twin = bool(data.links_from(event["event_id"], "possibly_same_as"))
        rows += 1
        twins += is_twin
        low += least if match == CERTAIN and not is_twin else 0
        high += most or 0
        is_open = is_open or most is None
    return Items(low, None if is_open else high, rows, twins)


def _belongs(data: Transcription, event: Row, figure: Row, rule: Any, bounds: Bounds) -> int:
    """Whether an attack is certainly, possibly or not among those that a figure counts."""
    in_period = NO if event["event_type"] != "attack" else _in_period(event, bounds)
    if in_period == NO or event["event_id"] in data.itemised_by_parts:
        return NO
    if "outcome" in rule and event["outcome"] != rule["outcome"] and not _own(data, event, figure):
        return NO
    if "stance" in rule and not any(said["stance"] == rule["stance"] for said in data.said_of(event["event_id"])):
        return NO
    if rule.get("own") and not _own(data, event, figure):
        return NO
    return min(
        in_period,
        _all_match(event["initiators"], figure["initiators"], data.affiliations),
        _any_matches(event["targets"], figure["targets"], data.affiliations),
        max(_in_place(data, place_id, figure["place_id"]) for place_id in _places(event, rule)),
        _in_place(data, event["origin_place_id"], figure["origin_place_id"]),
    )


def _bounds(figure: Row) -> Bounds:
    """The first and last day that a figure covers, which ends no later than the tally; None: nothing is said of its period."""
    period, as_of = figure.date("period"), figure.date("as_of")
    if period is None:
        return None
    return period.start, as_of.end if as_of is not None and period.end is None else period.end


def _in_period(event: Row, bounds: Bounds) -> int:
    """Whether an attack lies in the period of a figure."""
    if bounds is None:
        return POSSIBLE
    date = dates.parse(event["date"])
    if date.certainly_in(*bounds):
        return CERTAIN
    return POSSIBLE if date.possibly_in(*bounds) else NO


def _all_match(theirs: tuple[str, ...], wanted: tuple[str, ...], affiliations: hierarchy.Above) -> int:
    """Whether every actor that a figure names is, or holds, one of the event's.

    Possible where the event names none, or one that holds the figure's: groups together may be one of them.
    """
    if wanted and not theirs:
        return POSSIBLE
    bodies = frozenset[str]().union(*(hierarchy.with_self(affiliations, actor) for actor in theirs))
    matches = (
        CERTAIN if actor in bodies else POSSIBLE if affiliations.get(actor, frozenset()) & set(theirs) else NO
        for actor in wanted
    )
    return min(matches, default=CERTAIN)


def _any_matches(theirs: tuple[str, ...], wanted: tuple[str, ...], affiliations: hierarchy.Above) -> int:
    """Whether one of the targets that a figure names, a total over all of them, is, or holds, one of the event's."""
    return max((_all_match(theirs, (actor,), affiliations) for actor in wanted), default=CERTAIN)


def _places(event: Row, rule: Any) -> tuple[str | None, ...]:
    """The places of an attack: where it came to its outcome; of the attack as such, where it was aimed at, too."""
    observed, aimed_at = event["place_id"], event["target_place_id"]
    if "outcome" in rule or observed is None or aimed_at is None:
        return (observed or aimed_at,)
    return observed, aimed_at


def _in_place(data: Transcription, place_id: str | None, wanted: str | None) -> int:
    """Whether a place lies in the one that a figure names; possible where it is not known, vague, or holds that one."""
    if wanted is None or (place_id is not None and wanted in hierarchy.with_self(data.within, place_id)):
        return CERTAIN
    is_open = place_id is None or place_id in data.within.get(wanted, ()) or data.is_vague(place_id) or data.is_vague(wanted)
    return POSSIBLE if is_open else NO


def _weight(data: Transcription, event: Row, figure: Row, rule: Any) -> tuple[float, float | None]:
    """How much a row adds: its own figure of the measure, else its number of attacks."""
    own = _own(data, event, figure)
    if own:
        bounds = [reported(other) for other in own]
        highs = [high for _, high in bounds]
        return min(low or 0 for low, _ in bounds), None if None in highs else max(high or 0 for high in highs)
    # of a row of several attacks, an outcome is established for at least one
    least = 1 if "outcome" in rule else event["attacks_low"]
    return least, event["attacks_high"]


def _own(data: Transcription, event: Row, figure: Row) -> list[Row]:
    """The event's own figures of the same measure that give a number."""
    return [
        other
        for other in data.figures_of(event["event_id"])
        if other["measure"] == figure["measure"] and other["unit"] == "count" and other["qualifier"] not in WITHOUT_NUMBER
    ]


def _note(figure: Row, items: Items | None) -> str | None:
    """Why reported and itemised differ, as far as the rule can tell."""
    if figure["event_id"] is not None:
        return f"About one event, {figure['event_id']}: it is itself an item, and adds to no total of its own."
    if figure["unit"] != "count":
        return f"The unit is {figure['unit']}, not a count of rows."
    without_number = {
        "vague": "The source gives no number.",
        "none_reported": "The source says that none is reported; that is no zero.",
        "not_determinable": "The source says that it cannot be determined.",
    }
    if figure["qualifier"] in without_number:
        return without_number[figure["qualifier"]]
    is_own = bool(codebook().itemise[figure["measure"]].get("own"))
    reasons = [
        (items is not None and is_own, "Only attacks with a figure of their own of this measure are added up."),
        (items is not None and items.rows == 0 and not is_own, "No attack of this dataset falls within the figure's bounds."),
        (
            items is not None and items.low != items.high,
            "Some rows are only possibly within its bounds, or of an open number.",
        ),
        (figure["qualifier"] == "about", "The number, and so the gap, is approximate."),
        (items is not None and items.twins > 0, "Rows that may be another add nothing to the least number."),
    ]
    return " ".join(text for holds, text in reasons if holds) or None
