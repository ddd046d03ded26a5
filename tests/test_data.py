"""The dataset's own integrity: what the founding article says, and what became of it once other reporting was read."""

import csv
import re

import pandas as pd
import pytest

import timeline
from conftest import REPOSITORY, SOURCE

SAID = timeline.load("attestations")
SAID = SAID[SAID["source_id"] == SOURCE]
VOICED = set(SAID["record_id"])
EVENTS = timeline.load("events").set_index("event_id").loc[lambda frame: frame.index.isin(VOICED)]
FIGURES = timeline.load("figures").set_index("figure_id").loc[lambda f: f.index.isin(VOICED) | f["derivation"].notna()]
SECOND = REPOSITORY / "seeds" / "second_coding"
SECOND_CODINGS = sorted(path.name for path in SECOND.iterdir())
COMPARED = {
    "events": (
        *("date", "time_of_day", "event_type", "initiators", "interceptors", "targets", "target_place_id"),
        *("place_id", "origin_place_id", "weapons", "outcome", "attacks_low", "attacks_high"),
    ),
    "figures": (
        *("event_id", "measure", "unit", "period", "as_of", "initiators", "targets", "place_id", "origin_place_id"),
        *("value_low", "value_best", "value_high", "qualifier"),
    ),
}
KEYS = {"events": "event_id", "figures": "figure_id"}


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_all_46_paragraphs_are_accounted_for():
    coverage = timeline.load("coverage")
    coverage = coverage[coverage["source_id"] == SOURCE]
    assert coverage["paragraph"].to_list() == list(range(1, 47))
    coded = set(coverage.loc[coverage["disposition"] == "coded", "paragraph"])
    assert set(SAID.loc[SAID["source_id"] == SOURCE, "paragraph"]) == coded
    assert coverage.loc[coverage["disposition"] == "out_of_scope", "reason"].notna().all()
    assert coverage["fingerprint"].is_unique


def test_every_event_and_printed_figure_has_a_voice():
    printed = FIGURES.index[FIGURES["derivation"].isna()]
    assert set(EVENTS.index) | set(printed) <= set(SAID["record_id"])


@pytest.mark.parametrize(
    ("event_id", "date", "claim_status", "authorship", "scope"),
    [
        ("E0015", "2023-10-07", "reported", "attributed", "context"),
        # what the article dates to a month has its day from other sources
        ("E0021", "2023-11-02", "claimed", "claimed", "israel"),
        ("E0022", "2023-11-09", "confirmed", "disputed", "israel"),
        ("E0023", "2024-04-01", "confirmed", "disputed", "israel"),
        ("E0024", "2024-01-28", "confirmed", "disputed", "us_forces"),
    ],
)
def test_the_attacks_that_the_article_individuates(event_id, date, claim_status, authorship, scope):
    found = EVENTS.loc[event_id, ["date", "claim_status", "authorship", "scope"]].to_list()
    assert found == [date, claim_status, authorship, scope]


@pytest.mark.parametrize(
    ("event_id", "column", "value"),
    [
        ("E0022", "date", "2023-11"),
        ("E0022", "origin_place_id", "iraq"),
        ("E0023", "date", "2024-04"),
        ("E0024", "date", "2024-01"),
        ("E0026", "date", "[2024-01..2024-02]"),
    ],
)
def test_what_the_article_says_of_them_is_kept(event_id, column, value):
    attested = SAID[(SAID["record_id"] == event_id) & (SAID["aspect"] == column)]
    assert value in set(attested["value"])


ALL = timeline.load("events").set_index("event_id")


def readings(event_id, column):
    other = timeline.load("alternatives")
    return set(other.loc[(other["record_id"] == event_id) & (other["column"] == column), "value"])


def test_the_fatal_drone_on_the_golan_heights_has_one_row_and_all_its_days():
    (event_id,) = ALL[ALL["target_place"] == "Golan Heights"].query("killed_best == 2").index
    event = ALL.loc[event_id]
    days = {event["date"], *readings(event_id, "date")}
    assert {"2024-10-02", "2024-10-03", "2024-10-04"} <= days
    assert event["claim_status"] == "confirmed"
    # one of the three claims of the 2nd, or of the three of the 4th
    candidates = ALL.loc[list(event["possibly_same_as"])]
    assert candidates[["date", "attacks_low"]].values.tolist() == [["2024-10-02", 3], ["2024-10-04", 3]]


def test_the_school_in_eilat_keeps_both_origins():
    assert {ALL.loc["E0022", "origin_place_id"], *readings("E0022", "origin_place_id")} >= {"syria", "iraq"}
    assert ALL.loc["E0022", ["claim_status", "authorship", "scope"]].to_list() == ["confirmed", "disputed", "israel"]


def test_the_hit_claimed_on_haifa_in_april_is_contested_and_has_both_days():
    haifa = ALL[ALL["date"] == "2024-04-26"].query("target_place == 'Haifa'")
    assert haifa["claim_status"].to_list() == ["contested"]
    assert "2024-04-24" in readings(haifa.index[0], "date")


def test_two_tallies_of_11_november_are_two_figures_and_six_attacks():
    day = ALL[ALL["date"].str.startswith("2024-11-11") & (ALL["claim_status"] == "claimed")]
    assert day["attacks_low"].sum() == day["attacks_high"].sum() == 6
    figures = timeline.load("figures")
    tallies = figures[(figures["period"] == "2024-11-11") & (figures["measure"] == "claimed_attacks")]
    assert set(tallies["value_best"]) == {4, 6}


def test_a_month_of_the_article_is_itemised_as_far_as_its_own_count():
    table = timeline.load("completeness").set_index("period")
    assert (table.loc[["2024-03", "2024-05", "2024-08"], "share_low"] >= 0.85).all()


def test_half_of_the_attacks_have_two_pages_or_more():
    attacks = ALL[(ALL["event_type"] == "attack") & (ALL["scope"] != "context")]
    assert (attacks["n_sources"] >= 2).mean() >= 0.5


def test_there_are_no_other_attacks():
    assert set(EVENTS.index[EVENTS["event_type"] == "attack"]) == {"E0015", "E0021", "E0022", "E0023", "E0024"}


@pytest.mark.parametrize(
    ("period", "unit", "low", "best", "high", "qualifier"),
    [
        ("2024-02", "count", 4, 4, 4, "exact"),
        ("2024-03", "count", 17, 17, 17, "exact"),
        ("2024-05", "factor", None, 2, None, "about"),
        ("2024-05", "per_day", 1, None, None, "more_than"),
        ("2024-05", "count", None, 34, None, "about"),
        ("2023-11-02/2024-02", "count", None, None, None, "vague"),
    ],
)
def test_the_counts_of_claimed_attacks(period, unit, low, best, high, qualifier):
    claimed = FIGURES[FIGURES["measure"] == "claimed_attacks"]
    found = claimed[(claimed["period"] == period) & (claimed["unit"] == unit) & (claimed["qualifier"] == qualifier)]
    assert len(found) == 1
    values = found[["value_low", "value_best", "value_high"]].iloc[0].to_list()
    assert [None if pd.isna(value) else value for value in values] == [low, best, high]


def test_the_doubling_is_marked_as_derived_and_its_other_reading_kept():
    derived = FIGURES[FIGURES["derivation"].notna()]
    assert set(derived.index) == {"F0012", "F0013"}
    assert "F0012" in set(timeline.load("alternatives")["record_id"])


def test_three_dead_are_known_and_none_reported_is_no_zero():
    killed = ["killed_low", "killed_best", "killed_high"]
    assert EVENTS.loc["E0024", killed[:2]].to_list() == [3, 3]
    assert EVENTS.loc["E0019", killed].isna().all()
    assert FIGURES.loc["F0018", "qualifier"] == "none_reported"


@pytest.mark.parametrize(
    ("speaker", "stance"),
    [
        ("us-officials", "doubts"),
        ("axis-senior-figure", "doubts"),
        ("reuters", "cannot_verify"),
        ("israel-military", "declines_comment"),
        ("us-state-department", "declines_comment"),
        ("israel-government", "no_response"),
        ("iraq-government", "no_response"),
        ("amos-yadlin", "assesses"),
        ("mike-knights", "reports"),
        ("israeli-media", "reports"),
        ("israel-authorities", "confirms"),
        ("hussein-al-mousawi", "claims"),
    ],
)
def test_those_who_doubt_decline_or_are_silent_are_voices_too(speaker, stance):
    assert ((SAID["speaker_id"] == speaker) & (SAID["stance"] == stance)).any()


def test_nothing_is_dated_after_the_article():
    ends = EVENTS["date_end"].dropna()
    assert (ends <= pd.Timestamp("2024-06-04")).all()
    assert (EVENTS["first_reported"] <= pd.Timestamp("2024-06-04")).all()


def test_wordings_are_no_longer_than_six_words():
    words = [*FIGURES["wording"].dropna(), *EVENTS["target_described"].dropna()]
    assert all(len(re.findall(r"\S+", text)) <= 6 for text in words)


@pytest.mark.parametrize(("name", "key"), [("actors", "actor_id"), ("places", "place_id")])
def test_nobody_is_registered_twice(name, key):
    table = timeline.load(name)
    assert not table["name"].str.casefold().duplicated().any(), table[key]


# ---------------------------------------------------------------- second codings
class Coding:
    """A second coding, in the names that the first gives to records, actors and places."""

    def __init__(self, source):
        self.folder = SECOND / source
        self.matches = {}
        for row in rows(self.folder / "matches.csv"):
            self.matches.setdefault(row["table"], {})[row["first"]] = row["second"]
        self.slugs = {two: one for table in ("actors", "places") for one, two in self.matches[table].items()}
        self.records = {two: one for table in ("events", "figures") for one, two in self.matches[table].items()}
        self.adjudicated = rows(self.folder / "adjudicated.csv")
        self.source = source

    def cells(self):
        """(record, column) → (first, second) where two matched rows differ."""
        found = {}
        for table, columns in COMPARED.items():
            ours = {row[KEYS[table]]: row for row in raw(table)}
            theirs = {row[KEYS[table]]: row for row in rows(self.folder / f"{table}.csv")}
            names = self.slugs | (self.records if table == "figures" else {})
            for mine, other in self.matches[table].items():
                for column in columns:
                    one = ";".join(sorted(ours[mine][column].split(";")))
                    two = ";".join(sorted(names.get(item, item) for item in theirs[other][column].split(";")))
                    if one != two:
                        found[mine, column] = (one, two)
        return found

    def voices(self):
        """(record, paragraph and speaker) → (first, second) where the stances or aspects of one voice differ."""
        ours, theirs = {}, {}
        for row in raw("attestations"):
            if row["source_id"] == self.source:
                add(ours, row["record_id"], row["paragraph"], row["speaker_id"], row)
        for row in rows(self.folder / "attestations.csv"):
            record = self.records.get(row["record_id"], f"second {row['record_id']}")
            add(theirs, record, row["paragraph"], self.slugs.get(row["speaker_id"], row["speaker_id"]), row)
        return different(ours, theirs)

    def relations(self):
        """(record, relation and other record) → (yes, no) where only one of the codings has a link."""
        ours = {(row["from_id"], f"relation {row['relation']} {row['to_id']}"): {"yes"} for row in raw("relations")}
        theirs = {}
        for row in rows(self.folder / "relations.csv"):
            one, other = (self.records.get(row[end], f"second {row[end]}") for end in ("from_id", "to_id"))
            theirs[one, f"relation {row['relation']} {other}"] = {"yes"}
        mine = set(self.matches["events"]) | set(self.matches["figures"]) | ONLY_IN_THE_FIRST
        return different({key: value for key, value in ours.items() if key[0] in mine}, theirs)


def add(found, record, paragraph, speaker, row):
    found.setdefault((record, f"paragraph {paragraph} {speaker}"), set()).add(f"{row['stance']} {row['aspect']}")


def different(ours, theirs):
    keys = {key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)}
    return {key: tuple(";".join(sorted(found.get(key, ()))) for found in (ours, theirs)) for key in keys}


def raw(table):
    return rows(REPOSITORY / "data" / "raw" / f"{table}.csv")


ONLY_IN_THE_FIRST = {"E0029", "E0030", "E0031", "E0036", "F0020"}


@pytest.fixture(params=SECOND_CODINGS)
def coding(request):
    return Coding(request.param)


def test_every_difference_between_two_codings_is_adjudicated(coding):
    adjudicated = {
        (row["record_id"], row["column"]): (row["first"], row["second"])
        for row in coding.adjudicated
        if row["decision"] != "second"
    }
    assert adjudicated == coding.cells() | coding.voices() | coding.relations()


def test_what_was_taken_over_from_the_second_coding_stands_in_the_record(coding):
    taken = {(row["record_id"], row["column"]) for row in coding.adjudicated if row["decision"] == "second"}
    assert taken
    assert not taken & coding.cells().keys()


def test_a_reading_that_both_have_stands_in_alternatives(coding):
    kept = {(row["record_id"], row["column"]) for row in coding.adjudicated if row["decision"] == "both"}
    assert kept <= {(row["record_id"], row["column"]) for row in raw("alternatives")}


def test_every_decision_has_a_reason(coding):
    assert {row["decision"] for row in coding.adjudicated} <= {"first", "second", "both", "equivalent"}
    assert all(row["reason"] for row in coding.adjudicated)


def test_the_second_coding_is_matched_but_for_what_only_one_coder_set_apart():
    coding = Coding(SOURCE)
    events, figures = coding.matches["events"], coding.matches["figures"]
    assert (set(EVENTS.index) | set(FIGURES.index)) - set(events) - set(figures) == ONLY_IN_THE_FIRST
    assert {row["event_id"] for row in rows(coding.folder / "events.csv")} - set(events.values()) == {"E0029"}
    assert {row["figure_id"] for row in rows(coding.folder / "figures.csv")} == set(figures.values())
