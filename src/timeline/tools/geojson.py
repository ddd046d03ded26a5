"""The events as GeoJSON (RFC 7946): a feature each, at the point of its place, with how near that point may be taken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from timeline.columns import LIST_DELIMITER, codebook
from timeline.dataset import Dataset
from timeline.describe import about_of, licences
from timeline.exporting import Exported, reporting, without
from timeline.facts import Known, Row, known, rows

FILE = "events.geojson"
POINT_PLACE, PRECISION = "located_place", "where_prec_meaning"


def write(dataset: Dataset, folder: Path) -> Exported:
    """Write all events; those without a point are features without a geometry."""
    about, done = about_of(dataset.package), Exported()
    head = {**{name: about[name] for name in ("name", "title", "version")}, "license": licences(about)}
    with (folder / FILE).open("w", encoding="utf-8", newline="") as stream, reporting(folder, done) as lose:
        stream.write(f'{{"type": "FeatureCollection", {_json(head)[1:-1]}, "features": [')
        # names and testimony stand in the one, numbers and truth values in the other; both are in order of the key
        for event, row in zip(known(dataset), rows(dataset, "events"), strict=True):
            stream.write(f"{',' if done.rows else ''}\n{_json(_feature(event, row))}")
            lose(without(event, event.facts))
            done.events += 1
            done.rows += 1
        stream.write("\n]}\n")
    return done


def _feature(event: Known, row: Row) -> dict[str, Any]:
    has_point = row["latitude"] is not None and row["longitude"] is not None
    geometry = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]} if has_point else None
    properties = {column.name: _value(row[column.name]) for column in codebook().tables["events"].columns}
    # the columns have only the name of the place observed; a reader of maps needs that of the point
    properties[POINT_PLACE] = event.facts["site"] or None
    properties[PRECISION] = precisions().get(row["where_prec"])
    return {"type": "Feature", "id": row["event_id"], "geometry": geometry, "properties": properties}


def precisions() -> dict[int, str]:
    """What each number of `where_prec` means, as its definition has it."""
    text = codebook().tables["events"]["where_prec"].description
    return {int(number): words for number, words in re.findall(r"(\d) (.+?)(?=, \d |\.$)", text)}


def _value(value: Any) -> Any:
    """A value as an attribute in a table of a map, which knows no lists."""
    if isinstance(value, list):
        return LIST_DELIMITER.join(value)
    return value if isinstance(value, int | float | None) else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
