"""The times of all contenders as a picture: `python benchmarks/plot.py results.json results.svg`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

OURS, FLOORS, PEERS, QUIET = "#1b6ca8", "#b8bfc6", "#e0a458", "#5a6270"


def plot(results: dict[str, Any], file: Path) -> None:
    """Write it; the same results give the same bytes."""
    mpl.rcParams.update({"svg.hashsalt": "timeline", "svg.fonttype": "path", "font.size": 10, "font.family": "DejaVu Sans"})
    contenders = sorted(results["contenders"].items(), key=lambda item: -item[1]["seconds"])
    figure = Figure(figsize=(9, 0.48 * len(contenders) + 1.2), layout="constrained", facecolor="white")
    axes = figure.subplots()
    seconds = [one["seconds"] for _, one in contenders]
    axes.barh(range(len(contenders)), seconds, color=[_colour(name) for name, _ in contenders], height=0.66)
    axes.set_xscale("log")
    axes.set_xlim(min(seconds) / 2, max(seconds) * 10)
    for place, (name, one) in enumerate(contenders):
        ratio = results.get(f"{name}_vs_build")
        part = "" if one["rows"] == results["rows"] else f", from {one['rows']:,} rows"
        against = "" if ratio is None else f"  ({ratio:.2g} × ours{part})"
        axes.text(one["seconds"] * 1.06, place, f"{one['seconds']:.3g} s{against}", va="center", fontsize=9, color="#22272e")
    axes.set_yticks(range(len(contenders)), [one["label"] for _, one in contenders])
    axes.set_title(f"Check and publish {results['rows']:,} events, seconds (log scale)", loc="left", fontsize=11, pad=10)
    axes.tick_params(axis="both", which="both", length=0, labelcolor=QUIET)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.grid(axis="x", color="#e8ebee")
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    figure.savefig(file, metadata={"Date": None})


def _colour(name: str) -> str:
    return OURS if name == "build" else FLOORS if "floor" in name or name == "unchecked" else PEERS


if __name__ == "__main__":
    plot(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]))
