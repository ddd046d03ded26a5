"""What a figure must satisfy beyond its cells."""

from __future__ import annotations

import ast
import itertools
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping

from timeline import hierarchy
from timeline.columns import codebook
from timeline.normalise import Row
from timeline.rules.order import ascending, is_after
from timeline.transcription import Transcription

VALUES = ("value_low", "value_best", "value_high")
MOST_INPUTS = 8
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def values_are_in_order(data: Transcription) -> Iterator[tuple[Row, str]]:
    """value_low, value_best and value_high do not decrease."""
    for figure in data["figures"]:
        if not ascending(*(figure[column] for column in VALUES)):
            yield figure, "value_low"


def values_fit_the_qualifier(data: Transcription) -> Iterator[tuple[Row, str]]:
    """The values given are those that the qualifier calls for: an exact number alike, a bound on its own side, a word none."""
    for figure in data["figures"]:
        if figure["qualifier"] is None:
            continue
        wanted = codebook().qualifier_values[figure["qualifier"]]
        given = {column: figure[column] for column in VALUES if figure[column] is not None}
        fits = set(wanted["needs"]) <= given.keys() <= {*wanted["needs"], *wanted["may"]}
        if not fits or (figure["qualifier"] == "exact" and len(set(given.values())) > 1):
            yield figure, "qualifier"


def share_is_a_part(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A share lies from 0 to 1."""
    for figure in data["figures"]:
        for column in VALUES:
            if figure["unit"] == "share" and (figure[column] or 0) > 1:
                yield figure, column


def count_is_whole(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A count is a whole number, and fewer than something is fewer than one at least."""
    for figure in data["figures"]:
        for column in VALUES:
            value = figure[column]
            is_empty_bound = figure["qualifier"] == "fewer_than" and value is not None and value < 1
            if figure["unit"] == "count" and value is not None and (not float(value).is_integer() or is_empty_bound):
                yield figure, column


def figure_is_not_after_its_report(data: Transcription) -> Iterator[tuple[Row, str]]:
    """No figure's period begins after the publication that prints it; days are local, so one day more may pass."""
    for figure_id, figure in data.figures.items():
        if is_after(figure.date("period"), data.first_report(figure_id)):
            yield figure, "period"


def figure_has_a_voice(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Every printed figure needs an attestation: who counted, and where it stands."""
    for figure in data["figures"]:
        voices = data.said_of(figure["figure_id"])
        if not voices and not figure["derivation"] and data.is_heard(figure["figure_id"]):
            yield figure, "figure_id"


def derivation_holds(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A derivation is arithmetic (+ - * /) on other figures that exist, leads to no circle, and gives the row's values."""
    needed = {figure_id: inputs(figure) for figure_id, figure in data.figures.items()}
    above = hierarchy.above([{"id": figure_id, "from": names} for figure_id, names in needed.items()], "id", "from")
    for figure_id, figure in data.figures.items():
        figures = [data.figures.get(name) for name in needed[figure_id]]
        if not figure["derivation"] or any(other is not None and not other.sound for other in figures):
            continue
        if figure_id in above[figure_id] or None in figures or not _gives(figure, data.figures):
            yield figure, "derivation"


def inputs(figure: Row) -> tuple[str, ...]:
    """The figures that a derivation names."""
    return tuple(sorted(set(re.findall(r"\bF[0-9]{4}\b", figure["derivation"] or ""))))


def _gives(figure: Row, figures: Mapping[str, Row]) -> bool:
    """Whether a derivation gives the values of its row: the best from the best, the bounds as far as its inputs reach."""
    names = inputs(figure)
    low, best, high = (figure[column] for column in VALUES)
    if not names or len(names) > MOST_INPUTS or (low, best, high) == (None, None, None):
        return False
    corners = [_known(figures[name], ("value_low", "value_high")) for name in names]
    try:
        tree = ast.parse(figure["derivation"], mode="eval").body
        reached = [_evaluate(tree, dict(zip(names, corner, strict=True))) for corner in itertools.product(*corners)]
        middle = [_known(figures[name], ("value_best",)) for name in names] if best is not None else []
        given = [(low, min(reached)), (high, max(reached))]
        if best is not None:
            given.append((best, _evaluate(tree, {name: value for name, (value,) in zip(names, middle, strict=True)})))
        return all(value is None or math.isclose(value, found, abs_tol=1e-9) for value, found in given)
    except (SyntaxError, TypeError, KeyError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return False


def _known(figure: Row, columns: tuple[str, ...]) -> list[float]:
    """Those of some values of a figure that it has, else its value_best, else its bounds."""
    there = [figure[column] for column in columns if figure[column] is not None]
    return there or [figure[column] for column in ("value_best", "value_low", "value_high") if figure[column] is not None][:1]


def _evaluate(node: ast.expr, inputs: Mapping[str, float]) -> float:
    """The value of an expression of numbers, figures and the four operations; TypeError if it is anything else."""
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.left, inputs), _evaluate(node.right, inputs))
    if isinstance(node, ast.Name):
        return float(inputs[node.id])
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    raise TypeError


RULES = (
    values_are_in_order,
    values_fit_the_qualifier,
    share_is_a_part,
    count_is_whole,
    figure_is_not_after_its_report,
    figure_has_a_voice,
    derivation_holds,
)
