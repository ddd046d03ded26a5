"""The results as a page: ratios beside their bars, what they come from, and which checks each contender makes."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bar:
    """What a ratio may be: at most, or at least, so much."""

    what: str
    at_most: float | None = None
    at_least: float | None = None

    def __str__(self) -> str:
        return f"at most {self.at_most:g}" if self.at_most is not None else f"at least {self.at_least:g}"

    def holds(self, value: float) -> bool:
        """Whether a value is within the bar."""
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)


BARS = {
    "build_vs_floor": Bar("our build over the floor that writes the same tables", at_most=1.5),
    "naive_pandera_vs_build": Bar("pandas and pandera over our build", at_least=8),
    "polars_pandera_vs_build": Bar("pandera on Polars over our build", at_least=1),
    "duckdb_vs_build": Bar("DuckDB SQL over our build", at_least=1),
    "great_expectations_vs_build": Bar("Great Expectations over our build", at_least=4),
    "frictionless_vs_build": Bar("frictionless over our build", at_least=25),
    "time_10m_vs_1m": Bar("our build, ten times the rows: time", at_most=10.5),
    "rss_10m_vs_1m": Bar("our build, ten times the rows: peak memory", at_most=1.25),
    "peak_rss_10m_mb": Bar("our build, ten times the rows: peak memory in MB", at_most=700),
    "import_vs_bare": Bar("`import timeline` over a bare interpreter", at_most=1.3),
    "load_vs_pandas": Bar("`timeline.load` over `pandas.read_parquet`", at_most=1.15),
    # of some 17,000 transcribed rows; with the founding article alone it was 1.7
    "build_vs_imports": Bar("`timeline build` of this dataset over the imports it needs", at_most=6),
}
# published beside them, without a bar
OTHERS = {
    "build_vs_raw_floor": "our build over the floor that writes the columns as read",
    "build_vs_unchecked": "our build over the same without any check or rule",
    "pointblank_vs_build": "Pointblank over our build",
    "naive_pandera_17_columns_vs_build": "pandas and pandera that write the 17 columns as read, over our build",
    "polars_pandera_17_columns_vs_build": "pandera on Polars that writes the 17 columns as read, over our build",
    "duckdb_17_columns_vs_build": "DuckDB SQL that writes the 17 columns as read, over our build",
}
COLUMNS = ("timeline", "pandas and pandera", "pandera on Polars", "DuckDB", "Great Expectations", "frictionless", "Pointblank")
_CELL, _EXPRESSION, _REGEX, _ROWS, _CAST = (
    "function of a cell",
    "expression",
    "regex",
    "list made into rows",
    "cast; `01` passes",
)
_OURS = ("yes", *("no",) * 6)
# how each makes each check, in the order of COLUMNS
CHECKS = {
    "must not be empty": ("yes",) * 7,
    "whole number in plain digits": ("yes", _CAST, _CAST, _REGEX, _REGEX, _CAST, _REGEX),
    "list without empty items": ("yes", _CELL, _EXPRESSION, _REGEX, _REGEX, _CELL, _EXPRESSION),
    "list without repeats": ("yes", _CELL, _EXPRESSION, "`list_unique`", _ROWS, _CELL, _EXPRESSION),
    "allowed values": ("yes", "`isin`", "`isin`", "`IN`", "in set", "`enum`", "in set"),
    "allowed values in lists": ("yes", _CELL, _EXPRESSION, "`list_has_all`", _ROWS, _CELL, _EXPRESSION),
    "pattern": ("yes",) * 7,
    "longest text": ("yes",) * 7,
    "least and greatest number": ("yes",) * 7,
    "date: shape and calendar": ("yes", _CELL, _REGEX, _REGEX, _REGEX, _CELL, _REGEX),
    "date: the ends of a span in order": ("yes", _CELL, _EXPRESSION, "SQL", "no", _CELL, _EXPRESSION),
    "date: the members of a set in order": ("yes", _CELL, "no", "no", "no", _CELL, "no"),
    "key stands once": ("yes", "`unique`", "`unique`", "`GROUP BY`", "unique", "primary key", "rows distinct"),
    "reference resolves": ("yes", "`isin`", "`isin`", "anti join", "in set", "foreign key", "in set"),
    "references in lists resolve": ("yes", _CELL, _EXPRESSION, "anti join", _ROWS, _CELL, _EXPRESSION),
    "text: composed form, nothing invisible, no formulas": _OURS,
    "rules across columns and tables": _OURS,
    "what is derived is checked again": _OURS,
    "writes Parquet and CSV": ("all tables", *("events and actors",) * 3, *("nothing",) * 3),
}
_HEAD = """\
# Measured

Made by `make bench` and `make bench-large`; every contender is one process, timed from its start to its end, once in each
round. A ratio is the median of the ratios of the rounds.

"""


def markdown(results: Mapping[str, Any]) -> str:
    """The page."""
    return _HEAD + "\n".join([_ratios(results), *_times(results), *_growth(results), _checks()])


def _ratios(results: Mapping[str, Any]) -> str:
    rows = [
        (f"`{name}`", bar.what, f"{results[name]:g}", str(bar), "yes" if bar.holds(results[name]) else "**no**")
        for name, bar in BARS.items()
        if name in results
    ]
    rows += [(f"`{name}`", what, f"{results[name]:g}", "", "") for name, what in OTHERS.items() if name in results]
    return _table(("ratio", "of what", "measured", "bar", "holds"), rows)


def _times(results: Mapping[str, Any]) -> list[str]:
    """Seconds and memory of each contender."""
    if "contenders" not in results:
        return []
    whole = results["rows"]
    rows = [
        (one["label"], _seconds(one, whole), f"{one['peak_mb']:,}", f"{one['rows']:,}")
        for one in sorted(results["contenders"].values(), key=lambda one: float(one["seconds"]))
    ]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    text = (
        f"## {whole:,} events\n\nMedians of {results['rounds']} interleaved rounds on {results['cores']} cores, "
        f"Python {results['python']}; peers: {versions}. A time with * is that of the rows it was given, multiplied. "
        "The memory of the floor of published tables counts the file that it maps.\n"
    )
    return [text, _table(("contender", "seconds", "peak MB", "rows given"), rows)]


def _seconds(one: Mapping[str, Any], whole: int) -> str:
    return f"{one['seconds']:.1f}{'' if one['rows'] == whole else ' *'}"


def _growth(results: Mapping[str, Any]) -> list[str]:
    """The build at both sizes."""
    if "large" not in results:
        return []
    seen = results["large"]
    rows = [
        (
            f"{seen['rows'] // factor:,}",
            *(", ".join(f"{pair[place]:g}" for pair in seen[what]) for what in ("seconds", "peak_mb")),
        )
        for place, factor in enumerate((10, 1))
    ]
    text = "## Ten times the rows\n\nOur build alone, both sizes in turn.\n"
    return [text, _table(("events", "seconds", "peak MB"), rows), *_by_workers(seen["workers"], seen["rows"]), *_costs(seen)]


def _by_workers(seen: Mapping[str, Any], rows: int) -> list[str]:
    """The same by a cluster."""
    alone, both, killed = seen["seconds"]
    same = (
        "The three published the same rows, and the same CSV to the byte."
        if seen["equal"]
        else "**They did not publish the same.**"
    )
    times = f"{both:g} s, with one of them killed in the middle {killed:g} s; without them {alone:g} s"
    return [f"\n{rows:,} events by two Dask workers on the same machine: {times}. {same}\n"]


def _costs(seen: Mapping[str, Any]) -> list[str]:
    """What more rows cost: those measured, and others on the line through both."""
    less, more = (statistics.median(pair[place] for pair in seen["seconds"]) for place in (0, 1))
    rows, factor = seen["rows"], 10
    each = (more - less) / (rows - rows // factor)
    peak = max(pair[1] for pair in seen["peak_mb"])
    lines = [
        (
            f"{number:,}",
            "measured" if number <= rows else "extrapolated",
            _span(more + each * (number - rows)),
            _span(seen["workers"]["seconds"][1] * number / rows),
            f"{seen['gb'][0] * number / rows:,.1f}",
            f"{seen['gb'][1] * number / rows:,.1f}",
            f"{peak:,}",
        )
        for number in (rows, 10 * rows, 100 * rows)
    ]
    text = (
        "\n## What more of them cost\n\nTime and disk grow with the number of rows, memory does not, as long as ids rise and "
        "voices speak of\nmany events at once. Workers take the checks off the machine that publishes, which writes what they "
        "send. Disk is\nneeded for what is transcribed, for what is published, and for what was published before.\n"
    )
    header = ("events", "", "one machine", "two workers on it", "raw GB", "published GB", "peak MB")
    return [text, _table(header, lines)]


def _span(seconds: float) -> str:
    minutes = seconds / 60
    return f"{seconds:.0f} s" if minutes < 10 else f"{minutes:.0f} min" if minutes < 600 else f"{minutes / 60:.1f} h"


def _checks() -> str:
    text = (
        "## The same checks\n\nEvery constraint of the codebook on the 17 transcribed columns of events, compiled from it for "
        "each peer.\nWhat a peer does not do makes it faster; tests break a cell for each check and see each peer report it. "
        "Those that\nwrite publish events and their actors as our build does, and are given ready what they do not derive, as "
        "the floor\nis; beside them stand their times with the 17 columns alone.\n"
    )
    return text + "\n" + _table(("check", *COLUMNS), [(check, *by) for check, by in CHECKS.items()])


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
