"""How far two coders, neither with sight of the other, agreed: Krippendorff's alpha for each field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from timeline.columns import codebook
from timeline.normalise import Row
from timeline.transcription import Transcription


def agreement(data: Transcription) -> list[dict[str, Any]]:
    """One row for every field that was coded twice."""
    fields = codebook().vocabularies["coded_field"]
    coded = {field: [row for row in data["codings"] if row["field"] == field] for field in fields}
    return [_row(field, rows) for field, rows in coded.items() if rows]


def _row(field: str, rows: Sequence[Row]) -> dict[str, Any]:
    by_round = sorted(rows, key=lambda row: int(row["round"]))
    last = {_unit(row): row for row in by_round}
    first = {_unit(row): row for row in reversed(by_round)}
    again = [unit for unit, row in first.items() if last[unit] is not row]
    agreed = alpha([_pair(row) for row in last.values()])
    return {
        "field": field,
        "n_sources": len({row["source_id"] for row in rows}),
        "n_units": len(last),
        "n_equal": sum(row["first"] == row["second"] for row in last.values()),
        "alpha": agreed,
        "n_again": len(again),
        "alpha_before": alpha([_pair(row) for row in first.values()]) if again else agreed,
    }


def _unit(row: Row) -> tuple[str, str]:
    return row["source_id"], row["event_id"]


def _pair(row: Row) -> tuple[str, str]:
    return row["first"] or "", row["second"] or ""


def alpha(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Krippendorff's alpha of two coders' values, nominal, to three decimals; None where all values are one.

    One minus the share of pairs that differ, over the share that would if values were paired at random.
    """
    values = Counter(value for pair in pairs for value in pair)
    n = values.total()
    if len(values) < 2:
        return None
    observed = sum(first != second for first, second in pairs) / len(pairs)
    expected = 1 - sum(count * (count - 1) for count in values.values()) / (n * (n - 1))
    return round(1 - observed / expected, 3)
