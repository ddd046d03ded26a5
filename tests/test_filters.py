"""Columns and rows that are asked for: what is read is what a mask would have left, whoever reads it from whatever file."""

import datetime
import operator
import shutil

import duckdb
import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import timeline
from timeline import filters
from timeline.columns import codebook

COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FILTERED = [column for column in codebook().tables["events"].columns if column.type != "list"]
EVENTS = timeline.load("events")
LARGE = 1 << 63
RANDOM = {
    "string": st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    "integer": st.one_of(st.integers(-2, 40), st.integers(), st.floats(-2, 40), st.floats(allow_nan=False)),
    "number": st.one_of(st.integers(-2, 40), st.floats(allow_nan=False)),
    "boolean": st.booleans(),
    "date": st.dates(),
}


def test_the_operators_are_those_tried_here():
    assert set(filters.OPERATORS) == {*COMPARISONS, "in", "not in"}


@st.composite
def triples(draw):
    """A condition on any column: of values that it has, and of any."""
    column = draw(st.sampled_from(FILTERED))
    signs = ["==", "!=", "in", "not in"] if column.vocabulary else filters.OPERATORS
    known = EVENTS[column.name].dropna().unique().tolist()
    values = st.one_of(st.sampled_from(known), RANDOM[column.type]) if known else RANDOM[column.type]
    if (sign := draw(st.sampled_from(signs))) in COMPARISONS:
        return column.name, sign, draw(given_as(values, column.type))
    listed = draw(st.lists(given_as(values, column.type), max_size=4))
    return column.name, sign, draw(st.sampled_from([list, tuple, set, pd.Series]))(listed)


def given_as(values, kind):
    """Values in each of the types in which users have them."""
    if kind != "date":
        return values
    forms = [lambda day: day, str, pd.Timestamp, lambda day: datetime.datetime.combine(day, datetime.time())]
    days = values.map(lambda value: value.date() if isinstance(value, pd.Timestamp) else value)
    return st.tuples(st.sampled_from(forms), days).map(lambda drawn: drawn[0](drawn[1]))


def mask(frame, name, sign, value):
    """The rows that fulfil a condition, as pandas has it; none of NA."""
    column = frame[name]
    if sign not in COMPARISONS:
        found = np.logical_or.reduce([mask(frame, name, "==", one) for one in value], initial=False)
        return column.notna() & (found if sign == "in" else ~found)
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("string")
    found = COMPARISONS[sign](column, pd.Timestamp(value) if column.dtype.kind == "M" else value)
    return found.fillna(value=False).astype(bool) & column.notna()


columns = st.none() | st.lists(st.sampled_from(EVENTS.columns.to_list()), min_size=1, max_size=5, unique=True)
conditions = st.lists(triples(), min_size=1, max_size=3)


def asked(frame, groups):
    """The rows for which all conditions of any group hold."""
    held = [np.logical_and.reduce([mask(frame, *triple) for triple in group]) for group in groups]
    return frame[np.logical_or.reduce(held)].reset_index(drop=True)


@settings(max_examples=20)
@given(columns=columns, groups=st.lists(conditions, min_size=1, max_size=2), layout=st.sampled_from(["whole", "parts", "csv"]))
def test_what_is_read_is_what_a_mask_would_have_left(layouts, columns, groups, layout):
    root, form = layouts["whole" if layout == "csv" else layout], "csv" if layout == "csv" else "parquet"
    expected = asked(EVENTS, groups)
    expected = expected if columns is None else expected[columns]
    given = groups[0] if len(groups) == 1 else groups
    found = timeline.load(root=root, columns=columns, filters=given, format=form)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert isinstance(found.index, pd.RangeIndex)


@settings(max_examples=10)
@given(columns=columns, group=conditions, layout=st.sampled_from(["whole", "parts"]))
def test_each_engine_has_the_same_rows_in_the_same_order(layouts, columns, group, layout):
    whole = timeline.load(engine="pyarrow")
    expected = whole.filter(pa.array(np.logical_and.reduce([mask(EVENTS, *triple) for triple in group])))
    expected = expected if columns is None else expected.select(columns)
    found = {
        engine: timeline.load(root=layouts[layout], columns=columns, filters=group, engine=engine)
        for engine in ("pyarrow", "polars", "duckdb")
    }
    assert found["pyarrow"].equals(expected, check_metadata=False)
    assert found["polars"].equals(polars.from_arrow(expected))
    assert found["duckdb"].columns == expected.column_names
    assert found["duckdb"].fetchall() == duckdb.from_arrow(expected).fetchall()


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("name", timeline.tables())
def test_some_columns_of_each_table(name, form):
    names = timeline.load(name).columns.to_list()[::-2]
    pd.testing.assert_frame_equal(timeline.load(name, columns=names, format=form), timeline.load(name)[names])


def test_an_expression_can_ask_for_what_is_not_known(layouts):
    unknown = pc.field("outcome").is_null() & ~pc.field("date_uncertain")
    expected = EVENTS[EVENTS["outcome"].isna() & ~EVENTS["date_uncertain"]].reset_index(drop=True)
    for root, form in ((layouts["whole"], "parquet"), (layouts["parts"], "parquet"), (layouts["whole"], "csv")):
        pd.testing.assert_frame_equal(timeline.load(root=root, filters=unknown, format=form), expected)


@pytest.mark.parametrize(
    ("name", "sign", "value"),
    [
        ("n_sources", "<", 1 << 70),
        ("n_sources", ">", -(1 << 70)),
        ("n_sources", "in", {1.0, 2.5, 1 << 70}),
        ("n_sources", "==", np.int64(1)),
        ("latitude", ">", np.float32(30)),
        ("latitude", "not in", [-0.0]),
        ("date_uncertain", "==", np.True_),
        ("date_start", "==", np.datetime64("2024-11-11")),
        ("event_id", "in", []),
        ("event_id", "not in", ()),
        ("event_id", "in", dict.fromkeys(["E0021"])),
        ("event_id", "in", EVENTS["event_id"].to_numpy()[:3]),
        ("claim_status", "==", "a value that the codebook does not know"),
    ],
)
def test_values_of_many_types(name, sign, value):
    expected = EVENTS[mask(EVENTS, name, sign, value)].reset_index(drop=True)
    pd.testing.assert_frame_equal(timeline.load(filters=[(name, sign, value)]), expected)


def test_zero_is_one_number_whatever_its_sign():
    fields = [{"name": "latitude", "type": "number"}]
    zeros = pa.table({"latitude": [0.0, 1.0]})
    for value in (("in", [-0.0]), ("==", -0.0)):
        found = ds.dataset(zeros).to_table(filter=filters.condition([("latitude", *value)], "places", fields))
        assert found.to_pydict() == {"latitude": [0.0]}


WRONG = {
    "no list of columns": ({"columns": "title"}, "columns must be a list of names, not 'title'"),
    "a set of columns": ({"columns": {"title"}}, "columns must be a list of names, not {'title'}"),
    "no columns": ({"columns": []}, "columns must be a list of names, not []"),
    "no names": ({"columns": [1]}, "columns must be a list of names, not [1]"),
    "an unknown column": ({"columns": ["titel"]}, "no column of events 'titel'; there are: event_id, date_start"),
    "a column twice": ({"columns": ["title", "title"]}, "columns has 'title' twice"),
    "no filters": ({"filters": []}, "filters must be a list of (column, operator, value)"),
    "an empty list of filters": ({"filters": [[]]}, "filters must be a list of (column, operator, value)"),
    "text": ({"filters": "title"}, "filters must be a list of (column, operator, value)"),
    "a bare condition": ({"filters": ("title", "==", "a")}, "filters must be a list of (column, operator, value)"),
    "a mask": ({"filters": EVENTS["title"] == "a"}, "filters must be a list of (column, operator, value)"),
    "half a condition": ({"filters": [("title", "==")]}, "filters must be a list of (column, operator, value)"),
    "lists and conditions": (
        {"filters": [("title", "==", "a"), [("title", "==", "a")]]},
        "filters must be a list of (column, operator, value)",
    ),
    "an unknown filter": ({"filters": [("titel", "==", "a")]}, "no column of events 'titel'; there are: event_id"),
    "an unknown operator": ({"filters": [("title", "=", "a")]}, "no operator '='; there are: ==, !=, <, <="),
    "a number for a text": ({"filters": [("title", "==", 1)]}, "filters: title: 1 is not text"),
    "a text for a number": ({"filters": [("latitude", "<", "31")]}, "filters: latitude: '31' is not a number"),
    "a truth for a number": ({"filters": [("n_sources", "==", True)]}, "filters: n_sources: True is not a number"),
    "a number for a truth": ({"filters": [("date_uncertain", "==", 1)]}, "date_uncertain: 1 is not True or False"),
    "none": ({"filters": [("outcome", "==", None)]}, "filters: outcome: None is not text"),
    "NA": ({"filters": [("n_sources", "in", [1, pd.NA])]}, "filters: n_sources: <NA> is not a number"),
    "NaN": ({"filters": [("latitude", "<", float("nan"))]}, "filters: latitude: nan is not a number"),
    "NaT": ({"filters": [("date_start", "<", pd.NaT)]}, "filters: date_start: NaT is not a day"),
    "a month": ({"filters": [("date_start", "<", "2024-03")]}, "filters: date_start: '2024-03' is not a day"),
    "an hour": ({"filters": [("date_start", "<", pd.Timestamp("2024-03-01 12:00"))]}, "00') is not a day"),
    "a zone": ({"filters": [("date_start", "<", pd.Timestamp("2024-03-01", tz="UTC"))]}, "is not a day"),
    "a number for a day": ({"filters": [("date_start", "<", 20240301)]}, "date_start: 20240301 is not a day"),
    "a list for a value": ({"filters": [("title", "==", ["a"])]}, "filters: title: ['a'] is not text"),
    "a value for a list": ({"filters": [("title", "in", "abc")]}, "filters: title in 'abc': needs a list or set"),
    "a list in each row": ({"filters": [("weapons", "==", "drone")]}, "filters: weapons has a list in each row"),
    "an order of values": ({"filters": [("scope", "<", "israel")]}, "filters: the values of scope have no order"),
    "an expression of no column": ({"filters": pc.field("titel") == "a"}, "No match for FieldRef.Name(titel)"),
    "an expression of another type": ({"filters": pc.field("title") > 1}, "filters cannot be asked of the columns event_id,"),
    "an expression that is no condition": ({"filters": pc.field("title")}, "filters cannot be asked of the columns event_id,"),
}


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_gives_one_clear_error(what, form):
    wrong, message = WRONG[what]
    with pytest.raises(ValueError, match=r"^(columns|filters|no )") as error:
        timeline.load("events", format=form, **wrong)
    assert message in str(error.value)
    assert "\n" not in str(error.value) or what == "a mask"


def spoil(path, column, group):
    """Change a byte in a page of a column, which then does not hold by its checksum."""
    chunk = pq.read_metadata(path).row_group(group).column(column)
    first = chunk.dictionary_page_offset if chunk.has_dictionary_page else chunk.data_page_offset
    data = bytearray(path.read_bytes())
    data[first + chunk.total_compressed_size - 1] ^= 1
    path.write_bytes(data)


def test_a_column_that_is_not_asked_for_is_not_read(layouts, tmp_path):
    folder = shutil.copytree(layouts["whole"], tmp_path / "release")
    title = EVENTS.columns.get_loc("title")
    spoil(folder / "events.parquet", title, 3)
    for asked in ({}, {"columns": ["title"]}, {"filters": [("title", "!=", "")], "columns": ["event_id"]}):
        with pytest.raises(ValueError, match=r"events\.parquet cannot be read"):
            timeline.load(root=folder, **asked)
    names = EVENTS.columns.drop("title").to_list()
    pd.testing.assert_frame_equal(timeline.load(root=folder, columns=names), EVENTS[names])
    few = timeline.load(root=folder, columns=names, filters=[("scope", "==", "israel")])
    pd.testing.assert_frame_equal(few, EVENTS.loc[EVENTS["scope"] == "israel", names].reset_index(drop=True))


def test_rows_that_cannot_match_are_not_read(layouts, tmp_path):
    """By the bounds that Parquet has of each row group."""
    folder = shutil.copytree(layouts["whole"], tmp_path / "release")
    for column in range(len(EVENTS.columns)):
        spoil(folder / "events.parquet", column, 0)
    late = [("event_id", ">", EVENTS["event_id"][19])]
    pd.testing.assert_frame_equal(timeline.load(root=folder, filters=late), EVENTS[20:].reset_index(drop=True))
    with pytest.raises(ValueError, match=r"events\.parquet cannot be read"):
        timeline.load(root=folder, filters=[("event_id", ">=", EVENTS["event_id"][19])])
