"""What a figure must satisfy beyond its cells."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping

from timeline.normalise import Row, ascending, begins_after
from timeline.transcription import Transcription

VALUES = ("value_low", "value_best", "value_high")
# qualifier → the values that it needs; the others stay empty
QUALIFIED = {
    "exact": VALUES,
    "at_least": ("value_low",),
    "more_than": ("value_low",),
    "at_most": ("value_high",),
    "fewer_than": ("value_high",),
    "about": ("value_best",),
    "between": ("value_low", "value_high"),
    "vague": (),
    "none_reported": (),
    "not_determinable": (),
}
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
    """The values given are those that the qualifier calls for: exact three equal ones, a bound its own, a word none."""
    for figure in data["figures"]:
        given = tuple(column for column in VALUES if figure[column] is not None)
        alike = len({figure[column] for column in VALUES}) == 1
        if figure.sound and (given != QUALIFIED[figure["qualifier"]] or (figure["qualifier"] == "exact" and not alike)):
            yield figure, "qualifier"


def share_is_a_part(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A share lies from 0 to 1."""
    for figure in data["figures"]:
        for column in VALUES:
            if figure["unit"] == "share" and (figure[column] or 0) > 1:
                yield figure, column


def figure_is_not_after_its_report(data: Transcription) -> Iterator[tuple[Row, str]]:
    """No figure's period begins after the publication that prints it."""
    for figure_id, figure in data.figures.items():
        reports = [data.sources.get(said["source_id"]) for said in data.voices[figure_id]]
        if any(begins_after(figure, "period", source) for source in reports):
            yield figure, "period"


def figure_has_a_voice(data: Transcription) -> Iterator[tuple[Row, str]]:
    """Every printed figure needs an attestation: who counted, and where it stands."""
    for figure in data["figures"] if data.is_sound("attestations") else ():
        if not data.voices[figure["figure_id"]] and not figure["derivation"]:
            yield figure, "figure_id"


def derivation_holds(data: Transcription) -> Iterator[tuple[Row, str]]:
    """A derivation is arithmetic on other figures that exist, and gives the values that stand in the row."""
    for figure in data["figures"]:
        if figure["derivation"] and data.is_sound("figures") and not _gives(figure, data.figures):
            yield figure, "derivation"


def _gives(figure: Row, figures: Mapping[str, Row]) -> bool:
    """Whether a derivation gives each value of its row, from the same value of the others or else their value_best."""
    names = re.findall(r"F[0-9]{4}", figure["derivation"])
    given = [column for column in VALUES if figure[column] is not None]
    if not given or figure["figure_id"] in names or not figures.keys() >= set(names):
        return False
    try:
        tree = ast.parse(figure["derivation"], mode="eval").body
        for column in given:
            inputs = {
                name: figures[name][column] if figures[name][column] is not None else figures[name]["value_best"]
                for name in names
            }
            if abs(_evaluate(tree, inputs) - figure[column]) > 1e-9 * max(1, abs(figure[column])):
                return False
    except (SyntaxError, TypeError, ZeroDivisionError, RecursionError):
        return False
    return True


def _evaluate(node: ast.expr, inputs: Mapping[str, float]) -> float:
    """The value of an expression of numbers, figures and the four operations; TypeError if it is anything else."""
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.left, inputs), _evaluate(node.right, inputs))
    if isinstance(node, ast.Name):
        return float(inputs[node.id])
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    raise TypeError(ast.dump(node))


RULES = (
    values_are_in_order,
    values_fit_the_qualifier,
    share_is_a_part,
    figure_is_not_after_its_report,
    figure_has_a_voice,
    derivation_holds,
)
