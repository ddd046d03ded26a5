"""What is published, read by tools that know nothing of this package."""

import csv
import hashlib
import json
import shutil
import warnings

import duckdb
import pyarrow.parquet as pq
import pytest

from conftest import REPOSITORY
from timeline.columns import codebook
from timeline.schema import ARROW_TYPES, arrow_schema

PROCESSED = REPOSITORY / "data" / "processed"
TABLES = list(codebook().tables)
DESCRIPTOR = json.loads((PROCESSED / "datapackage.json").read_bytes())
RESOURCES = {resource["name"]: resource for resource in DESCRIPTOR["resources"]}


def invalid(folder):
    """The resources of a package with which frictionless finds something wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import frictionless

        report = frictionless.validate(str(folder / "datapackage.json"))
    assert not report.errors
    return {task.name for task in report.tasks if not task.valid}


def test_frictionless_finds_the_package_valid():
    assert invalid(PROCESSED) == set()


def test_frictionless_finds_one_flipped_byte_in_each_file(tmp_path):
    folder = shutil.copytree(PROCESSED, tmp_path / "processed")
    for resource in RESOURCES.values():
        file = folder / resource["path"]
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    assert invalid(folder) == set(RESOURCES)


@pytest.mark.parametrize("table", TABLES)
def test_duckdb_reads_equal_cells_from_csv_and_parquet(table):
    lists = [c.name for c in codebook().tables[table].columns if c.type == "list"]
    types = {
        c.name: {"integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}.get(c.type, "VARCHAR")
        for c in codebook().tables[table].columns
    }
    split = ", ".join(f"string_split({name}, ';') AS {name}" for name in lists)
    replaced = f"REPLACE ({split})" if lists else ""
    text = f"SELECT * {replaced} FROM read_csv('{PROCESSED}/{table}.csv', header=true, columns={types})"
    binary = f"SELECT * FROM read_parquet('{PROCESSED}/{table}.parquet')"
    assert duckdb.sql(text).fetchall() == duckdb.sql(binary).fetchall()
    assert duckdb.sql(text).columns == duckdb.sql(binary).columns
    assert duckdb.sql(text).types == duckdb.sql(binary).types


@pytest.mark.parametrize("table", TABLES)
def test_parquet_has_the_codebooks_types_and_definitions(table):
    schema = pq.read_schema(PROCESSED / f"{table}.parquet")
    assert schema.equals(arrow_schema(codebook().tables[table]), check_metadata=False)
    assert b"pandas" not in schema.metadata
    for column in codebook().tables[table].columns:
        field = schema.field(column.name)
        assert field.type == ARROW_TYPES[column.type]
        assert field.nullable is not column.required
        assert field.metadata[b"description"].decode() == column.description
    metadata = pq.read_metadata(PROCESSED / f"{table}.parquet")
    columns = [metadata.row_group(g).column(n) for g in range(metadata.num_row_groups) for n in range(metadata.num_columns)]
    assert {column.compression for column in columns} <= {"SNAPPY"}


@pytest.mark.parametrize("table", TABLES)
def test_the_descriptor_says_what_the_codebook_says(table):
    schema = RESOURCES[table]["schema"]
    columns = codebook().tables[table].columns
    assert [field["name"] for field in schema["fields"]] == [column.name for column in columns]
    assert tuple(schema["primaryKey"]) == codebook().tables[table].primary_key
    for field, column in zip(schema["fields"], columns, strict=True):
        constraints = field["constraints"]
        assert (field["type"], field["description"]) == (column.type, column.description)
        assert constraints.get("required", False) is column.required
        assert constraints.get("pattern") == column.pattern
        if column.vocabulary:
            definitions = {category["value"]: category["description"] for category in field["categories"]}
            assert definitions == codebook().vocabularies[column.vocabulary]
            assert column.type == "list" or tuple(constraints["enum"]) == column.categories
    keys = {(key["fields"][0], key["reference"]["resource"] or table) for key in schema.get("foreignKeys", [])}
    assert keys == {(c.name, c.references[0]) for c in columns if len(c.references) == 1 and c.type != "list"}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_descriptor_has_size_and_hash_of_each_file(table, form):
    resource = RESOURCES[table if form == "csv" else f"{table}-{form}"]
    data = (PROCESSED / resource["path"]).read_bytes()
    assert resource["path"] == f"{table}.{form}"
    assert resource["bytes"] == len(data)
    assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_checksums_cover_every_other_file():
    lines = (PROCESSED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    files = {path.name for path in PROCESSED.iterdir()} - {"SHA256SUMS"}
    assert set(sums) == files
    assert all(hashlib.sha256((PROCESSED / name).read_bytes()).hexdigest() == sums[name] for name in files)


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_in_the_order_of_their_key(table):
    key = codebook().tables[table].primary_key
    with (PROCESSED / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    integers = {c.name for c in codebook().tables[table].columns if c.type == "integer"}
    keys = [tuple(int(row[name]) if name in integers else row[name] for name in key) for row in rows]
    assert keys == sorted(set(keys))


def test_events_begin_with_what_a_spreadsheet_must_not_misread():
    header = (PROCESSED / "events.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header[:11] == [
        *("event_id", "date_start", "date_end", "date", "attacks_low", "attacks_high"),
        *("event_type", "claim_status", "authorship", "scope", "title"),
    ]


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_is_a_formula_in_a_spreadsheet(table):
    with (PROCESSED / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@")) or (cell.startswith("-") and not is_number(cell))]


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_the_codebook_page_defines_every_column_and_value():
    page = (PROCESSED / "codebook.md").read_text(encoding="utf-8")
    for table in codebook().tables.values():
        assert f"# `{table.name}`" in page
        for column in table.columns:
            assert f"| `{column.name}` |" in page
            assert column.description in page
    for values in codebook().vocabularies.values():
        assert all(f"| `{value}` | {definition} |" in page for value, definition in values.items())
