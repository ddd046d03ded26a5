"""Dates: what the text says, no more and no less."""

import calendar
import datetime
import warnings

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from timeline import dates
from timeline.dates import parse

Day = datetime.date

years = st.integers(1, 9999)
days = st.dates(Day(1, 1, 1), Day(9999, 12, 31))
marks = st.sampled_from(["", "~", "?", "%"])


def texts_of(day, precision):
    return {"year": f"{day:%Y}".zfill(4), "month": f"{day.year:04d}-{day.month:02d}", "day": day.isoformat()}[precision]


@st.composite
def plain(draw, after=Day(1, 1, 1)):
    """A year, month or day without a mark."""
    day = draw(st.dates(after, Day(9999, 12, 31)))
    return texts_of(day, draw(st.sampled_from(["year", "month", "day"])))


@st.composite
def atoms(draw, after=Day(1, 1, 1)):
    return draw(plain(after)) + draw(marks)


@st.composite
def spans(draw):
    start = draw(atoms())
    end = draw(atoms(parse(start).start))
    return draw(st.sampled_from([f"{start}/{end}", f"{start}/..", f"{start}/", f"../{end}", f"/{end}"]))


@st.composite
def sets(draw):
    first = draw(plain())
    last_of_first = parse(first).end
    if last_of_first == Day(9999, 12, 31):
        return f"[..{first}]"
    second = draw(plain(last_of_first + datetime.timedelta(days=1)).filter(lambda t: parse(t).start > last_of_first))
    return draw(st.sampled_from([f"[{first}..{second}]", f"[..{second}]", f"[{first}..]", f"[{first},{second}]"]))


anything = st.one_of(atoms(), spans(), sets())


@pytest.mark.parametrize(
    ("text", "start", "end", "kind", "precision"),
    [
        ("2024-03-17", Day(2024, 3, 17), Day(2024, 3, 17), "moment", 1),
        ("2024-02", Day(2024, 2, 1), Day(2024, 2, 29), "moment", 4),
        ("2021", Day(2021, 1, 1), Day(2021, 12, 31), "moment", 5),
        ("2024-03-17~", Day(2024, 3, 17), Day(2024, 3, 17), "moment", 1),
        ("2024-01/2024-02", Day(2024, 1, 1), Day(2024, 2, 29), "span", 5),
        ("2024-01-01/2024-01-06", Day(2024, 1, 1), Day(2024, 1, 6), "span", 2),
        ("2024-01-01/2024-01-07", Day(2024, 1, 1), Day(2024, 1, 7), "span", 3),
        ("2024-01-01/2024-01-08", Day(2024, 1, 1), Day(2024, 1, 8), "span", 4),
        ("2024-01-01/2024-01-31", Day(2024, 1, 1), Day(2024, 1, 31), "span", 4),
        ("2024-01-01/2024-02-01", Day(2024, 1, 1), Day(2024, 2, 1), "span", 5),
        ("2024-05/..", Day(2024, 5, 1), None, "span", 5),
        ("2024-01/", Day(2024, 1, 1), None, "span", 5),
        ("/2024-06-04", None, Day(2024, 6, 4), "span", 5),
        ("[2024-01..2024-02]", Day(2024, 1, 1), Day(2024, 2, 29), "moment", 5),
        ("[2024-10-03,2024-10-04]", Day(2024, 10, 3), Day(2024, 10, 4), "moment", 2),
        ("[..2024-06-04]", None, Day(2024, 6, 4), "moment", 5),
        ("[2021,2022]", Day(2021, 1, 1), Day(2022, 12, 31), "moment", 5),
        ("[2024-01-02..]", Day(2024, 1, 2), None, "moment", 5),
    ],
)
def test_bounds(text, start, end, kind, precision):
    date = parse(text)
    assert (date.start, date.end, date.kind, date.precision) == (start, end, kind, precision)


@pytest.mark.parametrize(
    ("text", "wide_start", "wide_end", "uncertain", "approximate"),
    [
        ("2024-03-01~", Day(2024, 2, 29), Day(2024, 3, 2), False, True),
        ("2024-03?", Day(2024, 2, 1), Day(2024, 4, 30), True, False),
        ("2024-01%", Day(2023, 12, 1), Day(2024, 2, 29), True, True),
        ("2024~", Day(2023, 1, 1), Day(2025, 12, 31), False, True),
        ("2024-03", Day(2024, 3, 1), Day(2024, 3, 31), False, False),
        ("2024-03~/2024-05", Day(2024, 2, 1), Day(2024, 5, 31), False, True),
        ("2024-03/2024-05?", Day(2024, 3, 1), Day(2024, 6, 30), True, False),
        ("0001~", Day(1, 1, 1), Day(2, 12, 31), False, True),
        ("9999-12-31?", Day(9999, 12, 30), Day(9999, 12, 31), True, False),
    ],
)
def test_a_mark_widens_by_one_unit_of_precision(text, wide_start, wide_end, uncertain, approximate):
    date = parse(text)
    assert (date.wide_start, date.wide_end) == (wide_start, wide_end)
    assert (date.uncertain, date.approximate) == (uncertain, approximate)


REFUSED = """
2024-13 2024-00 2024-02-30 2023-02-29 2024-3 24-03 20240317 2024-03-17T10:00:00 0000 -0044 Y12024 2024-21 202X
2024-XX 2024~-03 ~2024 2024-03~? 2024/2023 2024-02/2024-01-31 ../.. / /.. 2024/2025/2026 2024-01/2024-1 [2021]
[] [..] [2024 2024] [2022,2021] [2021,2021] [2021,2021-05] [2024-02..2024-01] [2021~,2022] [2021..,2023]
[2021~..2022] [2021..2022?] [2021..2021]
[2020,..2021] [2021,,2022] [2021..2022..2023] [2021,] {2021,2022} [[2021]] ２０２４ 2024– unknown
"""


@pytest.mark.parametrize(
    "text",
    [*REFUSED.split(), "", " 2024", "2024 ", "[2021, 2022]", "2024-01/ 2024-02", "2024\n"],
)
def test_all_else_is_refused(text):
    assert not dates.is_valid(text)
    with pytest.raises(ValueError, match=".+"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-03-17", ""),
        ("soon", "'soon' is no year, month or day of EDTF"),
        ("2024-02-30", "'2024-02-30' is not in the calendar"),
        ("2024-02/2024-01", "'2024-02/2024-01' ends before it starts"),
        ("../..", "'../..' has neither a start nor an end"),
        ("[2022,2021]", "'[2022,2021]' is not in ascending order"),
        ("[2021~,2022]", "'2021~': the members of a set carry no ?, ~ or %"),
    ],
)
def test_a_complaint_tells_why(text, reason):
    assert dates.complaint(text) == reason


@given(anything)
def test_printing_gives_back_the_text(text):
    assert str(parse(text)) == text


@given(anything)
def test_bounds_are_in_order_and_the_wide_ones_enclose_them(text):
    date = parse(text)
    if date.start and date.end:
        assert date.start <= date.end
    for bound, wide, sign in ((date.start, date.wide_start, 1), (date.end, date.wide_end, -1)):
        assert (bound is None) == (wide is None)
        if bound is not None:
            assert (bound - wide).days * sign >= 0


@given(days)
def test_bounds_nest_with_precision(day):
    year, month, exact = (parse(texts_of(day, precision)) for precision in ("year", "month", "day"))
    assert exact.start == exact.end == day
    assert year.start <= month.start <= day <= month.end <= year.end
    assert (year.precision, month.precision, exact.precision) == (5, 4, 1)
    assert month.end.day == calendar.monthrange(day.year, day.month)[1]


@given(anything, days, days)
def test_certain_implies_possible_and_excludes_possibly_outside(text, one, other):
    first, last = sorted((one, other))
    date = parse(text)
    if date.certainly_in(first, last):
        assert date.possibly_in(first, last)
        if first > Day.min:
            assert not date.possibly_in(None, first - datetime.timedelta(days=1))
        if last < Day.max:
            assert not date.possibly_in(last + datetime.timedelta(days=1), None)
    else:
        before = first > Day.min and date.possibly_in(None, first - datetime.timedelta(days=1))
        after = last < Day.max and date.possibly_in(last + datetime.timedelta(days=1), None)
        assert before or after or date.start is None or date.end is None


@pytest.mark.parametrize(
    ("text", "first", "last", "certain", "possible"),
    [
        ("2024-03-17", "2024-03", "2024-03", True, True),
        ("2024-03-31~", "2024-03", "2024-03", False, True),
        ("2024-03-31~", "2024-04", "2024-04", False, True),
        ("2024-03-30~", "2024-03", "2024-03", True, True),
        ("2024-03-30~", "2024-04", "2024-04", False, False),
        ("2024-03?", "2024-03", "2024-03", False, True),
        ("2024-03?", "2024-02", "2024-04", True, True),
        ("2024", "2024-03", "2024-03", False, True),
        ("[2024-01..2024-02]", "2024-02", "2024-02", False, True),
        ("2024-01/", "2024-03", "2024-03", False, True),
        ("[2021,2023]", "2022", "2022", False, False),
        ("[2021,2023]", "2023", "2023", False, True),
        ("[..2024-06-04]", "2024-06", "2024-12", False, True),
        ("[..2024-06-04]", "2024-07", "2024-12", False, False),
    ],
)
def test_certainly_and_possibly_in_a_period(text, first, last, certain, possible):
    bounds = parse(first).start, parse(last).end
    assert (parse(text).certainly_in(*bounds), parse(text).possibly_in(*bounds)) == (certain, possible)


def test_everything_lies_in_open_time():
    assert all(parse(text).certainly_in(None, None) for text in ("2024", "[..2024]", "2024/.."))


def bounds_by_edtf(text):
    from edtf import parse_edtf

    date = parse_edtf(text)
    return tuple(Day(*bound[:3]) for bound in (date.lower_strict(), date.upper_strict()))


def bounds_by_undate(text):
    """Its bounds, or None where it does not read the text (a span within one unit, say)."""
    from lark.exceptions import LarkError
    from undate import Undate, UndateInterval

    try:
        date = Undate.parse(text, "EDTF")
    except (ValueError, LarkError):
        return None
    first, last = (date.earliest, date.latest) if isinstance(date, UndateInterval) else (date, date)
    return tuple(Day(int(b.year), int(b.month), int(b.day)) for b in (first.earliest, last.latest))


@st.composite
def known_to_both(draw):
    """What both libraries read: atoms, and spans with two ends."""
    start = draw(atoms(Day(1000, 1, 1)))
    return draw(st.sampled_from([start, f"{start}/{draw(atoms(parse(start).start))}"]))


@settings(max_examples=40)
@given(known_to_both())
def test_bounds_agree_with_edtf_and_undate_where_those_agree(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = bounds_by_edtf(text)
        if theirs == bounds_by_undate(text):
            assert (parse(text).start, parse(text).end) == theirs


@pytest.mark.parametrize("text", ["2024-02", "2024-01/2024-02", "2021~", "2024-03-17%"])
def test_the_two_libraries_do_agree_on_the_common_forms(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert bounds_by_edtf(text) == bounds_by_undate(text) == (parse(text).start, parse(text).end)


@settings(max_examples=40)
@given(sets())
def test_bounds_of_sets_agree_with_edtf(text):
    from edtf import parse_edtf

    ours = parse(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = parse_edtf(text, fail_silently=True)
        assume(theirs is not None)  # it does not read sets of mixed precision
        for bound, their in ((ours.start, theirs.lower_strict()), (ours.end, theirs.upper_strict())):
            assert bound is None if isinstance(their, float) else bound == Day(*their[:3])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("2024/2025/2026", "'2024/2025/2026' has more than one slash"),
        ("/", "'/' has neither a start nor an end"),
        ("2025/2024", "'2025/2024' ends before it starts"),
        ("[2024]", "'[2024]' is a set of one"),
        ("[,2024]", "'' is no member of a set"),
        ("[2025..2024,2026]", "'2025..2024' ends before it starts"),
        ("[2024~,2025]", "'2024~': the members of a set carry no ?, ~ or %"),
        ("[2024-01-01,2024-01-01]", "'[2024-01-01,2024-01-01]' is not in ascending order"),
        ("[2024-01,2024-01-31]", "'[2024-01,2024-01-31]' is not in ascending order"),
        ("[2024..,2025]", "'[2024..,2025]' is not in ascending order"),
        ("2024-13", "'2024-13' is not in the calendar"),
        ("soon", "'soon' is no year, month or day of EDTF"),
    ],
)
def test_a_date_that_is_none_says_why(text, complaint):
    assert dates.complaint(text) == complaint


def test_a_set_carries_no_mark():
    date = parse("[2024-01-01,2024-01-02]")
    assert (date.uncertain, date.approximate) == (False, False)
