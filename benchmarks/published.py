"""What a build published of events and their actors, as Arrow files for the floor.

python benchmarks/published.py PROCESSED FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

AS_TEXT = "{} as text"
TABLES = ("events", "event_actors")  # of which there are as many rows as anybody likes


def prepare(published: Path, file: Path) -> None:
    """Write each published column, and of lists, which no CSV can hold, their text besides."""
    table = pq.ParquetFile(published)
    schema = pa.schema([field for field in table.schema_arrow for field in _with_text(field)])
    with pa.ipc.new_file(str(file), schema) as writer:
        for batch in table.iter_batches():
            columns = {name: batch[name] for name in batch.schema.names}
            texts = {AS_TEXT.format(name): pc.binary_join(column, ";") for name, column in columns.items() if _is_list(column)}
            writer.write(pa.record_batch({**columns, **texts}).select(schema.names).cast(schema))


def _with_text(field: pa.Field) -> list[pa.Field]:
    return [field, pa.field(AS_TEXT.format(field.name), pa.string())] if pa.types.is_list(field.type) else [field]


def _is_list(column: pa.Array) -> bool:
    return bool(pa.types.is_list(column.type))


if __name__ == "__main__":
    for name in TABLES:
        prepare(Path(sys.argv[1]) / f"{name}.parquet", Path(sys.argv[2]) / f"{name}.arrow")
