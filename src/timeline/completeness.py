"""How many of the claims the rows hold: against reported totals, and estimated from two harvests."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from timeline import dates
from timeline.columns import codebook
from timeline.days import sought
from timeline.normalise import Row
from timeline.reconciliation import WITHOUT_NUMBER, itemise, reported
from timeline.scope import attacks_on_israel
from timeline.transcription import Transcription


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many there are in all, by capture and recapture: the estimate and its interval of 95 %, if there is one."""

    value: float
    variance: float
    low: float | None
    high: float | None


def completeness(data: Transcription) -> list[dict[str, Any]]:
    """One row for every month of this dataset, and one for the whole."""
    claims = [
        event
        for event in attacks_on_israel(data)
        if any(said["stance"] == "claims" for said in data.said_of(event["event_id"]))
    ]
    captured = {(row["event_id"], row["harvest"]) for row in data["captures"]}
    periods = list(months(codebook().scope["from"], codebook().scope["to"]))
    rows = [_row(data, month, claims, captured) for month in periods]
    estimates = [estimate for _, estimate in rows if estimate is not None]
    whole = f"{periods[0]}/{periods[-1]}"
    counts = {name: sum(row[name] for row, _ in rows) for name in ("n_rows", "n_first", "n_second", "n_both", "n_either")}
    total = _summed(estimates, counts["n_either"]) if estimates else None
    printed = [{**row, **_printed(estimate)} for row, estimate in rows]
    return [*printed, {**_held(data, whole, claims), **counts, **_printed(total)}]


def months(first: dates.Day, last: dates.Day) -> Iterator[str]:
    """The months from one day to another."""
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04}-{number % 12 + 1:02}"


def chapman(first: int, second: int, both: int) -> Estimate:
    """How many there are, given how many one harvest found, how many the other, and how many both.

    >>> round(chapman(20, 18, 15).value, 1)
    23.9

    """
    value = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return _with_interval(value, variance, first + second - both)


def _summed(estimates: list[Estimate], found: int) -> Estimate:
    """The sum of estimates that are independent of each other."""
    return _with_interval(sum(e.value for e in estimates), sum(e.variance for e in estimates), found)


def _with_interval(value: float, variance: float, found: int) -> Estimate:
    """An estimate with the log-normal interval of what was not found (Chao 1987)."""
    missing = value - found
    if missing <= 0 or variance <= 0:
        return Estimate(value, variance, None, None)
    spread = math.exp(codebook().completeness["z"] * math.sqrt(math.log(1 + variance / missing**2)))
    return Estimate(value, variance, found + missing / spread, found + missing * spread)


def _row(
    data: Transcription, month: str, claims: list[Row], captured: set[tuple[str, str]]
) -> tuple[dict[str, Any], Estimate | None]:
    """A month's counts, and its estimate; a claim counts in the month in which its date begins."""
    here = [claim["event_id"] for claim in claims if _month_of(claim) == month]
    first, second = (
        {event_id for event_id in here if (event_id, harvest) in captured} for harvest in codebook().vocabularies["harvest"]
    )
    counts = {
        "n_rows": len(here),
        "n_first": len(first),
        "n_second": len(second),
        "n_both": len(first & second),
        "n_either": len(first | second),
    }
    estimate = chapman(len(first), len(second), len(first & second)) if first | second else None
    return {**_held(data, month, claims), **counts}, estimate


def _month_of(event: Row) -> str:
    date = dates.parse(event["date"])
    day = max(date.start or date.end or codebook().scope["from"], codebook().scope["from"])
    return f"{day.year:04}-{day.month:02}"


def _held(data: Transcription, period: str, claims: list[Row]) -> dict[str, Any]:
    """What the rows hold of a period, against the totals that are reported for it."""
    wanted = dates.parse(period)
    items = itemise(data, _wanted(period), claims)
    totals = [figure for figure in data["figures"] if _is_total_for(data, figure, period)]
    bounds = [reported(figure) for figure in totals]
    lows = [low for low, _ in bounds if low is not None]
    highs = [high for _, high in bounds if high is not None]
    numbers = [number for number in (*lows, *highs) if number]
    return {
        "period": period,
        "itemised_low": items.low,
        "itemised_high": items.high,
        "figures": tuple(sorted(figure["figure_id"] for figure in totals)),
        "reported_low": min(lows, default=None),
        "reported_high": max(highs) if highs and len(highs) == len(totals) else None,
        "share_low": round(items.low / max(numbers), 3) if numbers else None,
        "share_high": round(items.high / min(numbers), 3) if numbers and items.high is not None else None,
        "n_searches": sum(wanted.possibly_in(begin, end) for begin, end in sought(data)),
        "note": _note(totals, items.twins),
    }


def _wanted(period: str) -> Row:
    """A figure that counts the claimed attacks of a period, whoever claims them."""
    empty = {column.name: () if column.type == "list" else None for column in codebook().tables["figures"].columns}
    return Row({**empty, "measure": codebook().completeness["measure"], "unit": "count", "period": period})


def _is_total_for(data: Transcription, figure: Row, period: str) -> bool:
    """Whether a figure gives a number of all claims on Israel in just this period, and is no copy of another."""
    wanted, date, as_of = dates.parse(period), figure.date("period"), figure.date("as_of")
    is_partial = as_of is not None and as_of.end is not None and wanted.end is not None and as_of.end < wanted.end
    return (
        not is_partial
        and (figure["measure"], figure["unit"]) == (codebook().completeness["measure"], "count")
        and figure["qualifier"] not in WITHOUT_NUMBER
        and figure["event_id"] is None
        and figure["place_id"] is None
        and figure["origin_place_id"] is None
        and set(figure["targets"]) == {codebook().scope["israel"]}
        and all(_is_all_groups(data.actors[actor]) for actor in figure["initiators"])
        and date is not None
        and (date.wide_start, date.wide_end) == (wanted.start, wanted.end)
        and not data.links_from(figure["figure_id"], "copied_from")
    )


def _is_all_groups(actor: Row) -> bool:
    """Whether an actor is a grouping of the country of this dataset, under which its groups act together."""
    is_grouping = actor["actor_type"] in ("brand", "coalition")
    return is_grouping and actor["country_iso3"] == codebook().scope["initiators_country"]


def _note(totals: list[Row], twins: int) -> str | None:
    reasons = [
        (not totals, "No total of claims is reported for this period."),
        (len(totals) > 1, "The totals are rivals: others counted otherwise."),
        (any(figure["qualifier"] == "about" for figure in totals), "A total is approximate."),
        (any(figure["derivation"] for figure in totals), "A total is derived from other figures."),
        (twins > 0, "Rows that may be another add nothing to the least number."),
    ]
    return " ".join(text for holds, text in reasons if holds) or None


def _printed(estimate: Estimate | None) -> dict[str, float | None]:
    """An estimate to one decimal; its variance is not published."""
    names = {"estimate": "value", "estimate_low": "low", "estimate_high": "high"}
    values = {name: getattr(estimate, attribute, None) for name, attribute in names.items()}
    return {name: None if value is None else round(value, 1) for name, value in values.items()}
