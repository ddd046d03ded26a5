"""Draws the pictures of the tutorial by its own code: `python docs/draw.py`."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from timeline.charts import themed

DOCS = Path(__file__).parent
_PART = re.compile(r"^```python\n(.*?)^```$|^!\[[^\]]+\]\((pictures/[a-z-]+\.svg)\)$", re.MULTILINE | re.DOTALL)


def pictures(page: str = "tutorial.md") -> Iterator[tuple[Path, Any]]:
    """The file of each picture of a page, and the chart that the code above it makes."""
    names: dict[str, Any] = {}
    for code, picture in _PART.findall((DOCS / page).read_text(encoding="utf-8")):
        if picture:
            yield DOCS / picture, names.pop("chart")
        else:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(code, page, "exec"), names)  # noqa: S102 - it is our own page


def save(chart: Any, file: Path) -> None:
    """Save a chart as the page shows it, on white, and beside it as a dark page does."""
    themed(chart).properties(background="white").save(str(file))
    themed(chart, is_dark=True).save(str(dark(file)))


def dark(file: Path) -> Path:
    """The file of a picture for a dark page."""
    return file.with_stem(f"{file.stem}-dark")


if __name__ == "__main__":
    for file, chart in pictures():
        file.parent.mkdir(exist_ok=True)
        save(chart, file)
