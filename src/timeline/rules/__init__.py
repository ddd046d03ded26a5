"""Rules across columns and tables, one module for each table they speak of.

A rule takes the transcription and yields the rows that break it, each with the column to mend. Its docstring is its
error text and its entry in the codebook. Rows with a broken cell are not held against rules: that cell has no value yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from timeline.normalise import Row
from timeline.problems import Problem
from timeline.rules import attestations, events, figures, harvests, keys, links, registers, twins
from timeline.transcription import Transcription

# the row that breaks the rule, the column to mend, and what the rule's text does not say of this breach, if anything
Breach = tuple[Row, str] | tuple[Row, str, str]
Rule = Callable[[Transcription], Iterator[Breach]]

RULES: tuple[Rule, ...] = (
    *events.RULES,
    *twins.RULES,
    *attestations.RULES,
    *figures.RULES,
    *links.RULES,
    *registers.RULES,
    *harvests.RULES,
)


def check(data: Transcription) -> list[Problem]:
    """Every broken key, and every breach of every rule."""
    breaches = [
        row.line.problem(column, rule.__name__, " ".join((*detail, text(rule))))
        for rule in RULES
        for row, column, *detail in rule(data)
        if row.sound
    ]
    return [*keys.check(data), *breaches]


def text(rule: Rule) -> str:
    """A rule's error text."""
    return " ".join((rule.__doc__ or "").split())
