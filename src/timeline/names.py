"""What a person may call a record: its id, its name, or another name in any script."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from timeline.columns import codebook

if TYPE_CHECKING:
    from timeline.dataset import Dataset


class Unknown(LookupError):  # noqa: N818 - it names what was asked for
    """Nothing is called so; the text says what comes near."""

    def __init__(self, what: str, text: str, names: Iterable[str]) -> None:
        super().__init__(f"no {what} {text!r}{near(text, names)}")


def near(text: str, names: Iterable[str]) -> str:
    """What comes near to a text, as the end of a complaint; empty if nothing does."""
    folded = {_folded(name): name for name in names}
    found = difflib.get_close_matches(_folded(text), folded, n=3)
    return f"; near to it: {', '.join(folded[name] for name in found)}" if found else ""


def ids_of(dataset: Dataset, table: str, text: str) -> set[str]:
    """The ids of the actors or places that are called so, in whatever case; Unknown if there are none."""
    key, wanted = codebook().tables[table].primary_key[0], _folded(text)
    rows = dataset.load(table, engine="pyarrow").to_pylist()
    called = [(name, row[key]) for row in rows for name in (row[key], row["name"], *(row.get("aliases") or ()))]
    if found := {record_id for name, record_id in called if _folded(name) == wanted}:
        return found
    raise Unknown(table.removesuffix("s"), text, (name for name, _ in called))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
