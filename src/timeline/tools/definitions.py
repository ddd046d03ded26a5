"""The codebook as two tables to go with the others: one of columns, one of allowed values."""

from __future__ import annotations

from collections.abc import Iterator

from timeline.columns import LIST_DELIMITER, codebook

TABLES = {
    "codebook": ("table_name", "column_name", "type", "required", "derived", "vocabulary", "key_of", "definition"),
    "codebook_values": ("vocabulary", "value", "definition"),
}
Definition = tuple[str | bool | None, ...]


def definitions(name: str) -> Iterator[Definition]:
    """The rows of one of the two."""
    return _columns() if name == "codebook" else _values()


def _columns() -> Iterator[Definition]:
    """A row for each table, in which no column is named, followed by its columns."""
    for table in codebook().tables.values():
        yield (table.name, *[None] * 6, table.description)
        for column in table.columns:
            key_of = LIST_DELIMITER.join(column.references) or None
            kind = (column.format or column.type, column.required, column.derived, column.vocabulary, key_of)
            yield (table.name, column.name, *kind, column.description)


def _values() -> Iterator[Definition]:
    for vocabulary, values in codebook().vocabularies.items():
        for value, definition in values.items():
            yield vocabulary, value, definition
