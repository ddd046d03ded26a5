"""Rules across columns and tables, one module for each table they speak of.

A rule takes the transcription and yields the rows that break it, each with the column to mend; a rule on events takes each of
them and yields the columns. Its docstring is its error text and its entry in the codebook. Rows with a broken cell are not
held against rules: that cell has no value yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from timeline.normalise import Row
from timeline.problems import Problem
from timeline.rules import attestations, events, figures, harvests, keys, links, registers, twins
from timeline.transcription import Transcription

# the row that breaks the rule, the column to mend, and what the rule's text does not say of this breach, if anything
Breach = tuple[Row, str] | tuple[Row, str, str]
Rule = Callable[[Transcription], Iterator[Breach]]

_RULES: tuple[Rule, ...] = (
    *twins.RULES,
    *attestations.RULES,
    *figures.RULES,
    *links.RULES,
    *registers.RULES,
    *harvests.RULES,
)
RULES: tuple[Callable[..., Any], ...] = (*events.READS, *_RULES)


def check(data: Transcription) -> list[Problem]:
    """Every broken key, and every breach of every rule."""
    breaches: list[tuple[Callable[..., Any], Breach]] = [
        (rule, (event, column)) for rule in events.READS for event in data["events"] for column in rule(data, event)
    ]
    breaches += [(rule, breach) for rule in _RULES for breach in rule(data)]
    found = [
        row.line.problem(column, rule.__name__, " ".join((*detail, text(rule))))
        for rule, (row, column, *detail) in breaches
        if row.sound
    ]
    return [*keys.check(data), *found]


def text(rule: Callable[..., Any]) -> str:
    """A rule's error text."""
    return " ".join((rule.__doc__ or "").split())
