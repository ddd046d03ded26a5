"""The site: every page holds together, tells what the tables tell, and shows no text of a source as anything but text."""

import itertools
import json
import re
import shutil
import unicodedata
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest

import walk
from conftest import REPOSITORY, Copy
from timeline import dates, hierarchy
from timeline.building import build
from timeline.charts import bounds
from timeline.cli import main
from timeline.columns import codebook
from timeline.dataset import Dataset
from timeline.phrases import in_words
from timeline.site import assets, pages, sentences, writing
from timeline.site.answers import Answers, days
from timeline.site.content import Content
from timeline.site.writing import write

HOSTILE = '<script>window.harmed = 1</script> <img src=x onerror="window.harmed = 1"> \' & \\u2028'
REVERSED = "“From” (2023-11-13) is later than “To” (2023-11-12): no row can lie between them."
NEEDS_CHROMIUM = pytest.mark.skipif(walk.CHROMIUM is None, reason="Chromium is not installed")


class Page(HTMLParser):
    """What a page names: the files that it loads, its links, its ids; and its text."""

    def __init__(self, path):
        super().__init__()
        self.loads, self.links, self.ids, self.text = [], [], set(), []
        self.heads, self.unlabelled = [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.ids |= {named["id"]} if "id" in named else set()
        if tag in ("thead", "tr", "th", "td"):
            self._table(tag, named)
        if tag == "a":
            self.links.append(named["href"])
        elif tag == "link":
            self.loads.append(named["href"])
        else:
            self.loads += [named[name] for name in ("src", "srcset") if name in named]

    def _table(self, tag, named):
        """Remember the heads of the columns, and the cells that do not name that of their own."""
        if tag == "thead":
            self.heads = []
        elif tag == "tr":
            self.cell = 0
        elif tag == "th":
            self.heads.append("")
        else:
            if named.get("data-label") != self.heads[self.cell]:
                self.unlabelled.append((self.heads[self.cell], named))
            self.cell += 1

    def handle_data(self, data):
        self.text.append(data)
        if self.lasttag == "th" and self.heads:
            self.heads[-1] += data.strip()


@pytest.fixture(scope="module")
def site(part, tmp_path_factory):
    """A site of a part of the dataset, with a title that would do harm, and a confirmed row of several attacks."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(part, root, dirs_exist_ok=True)
    copy = Copy(root)
    copy.edit("events", copy.line("events", event_id="E0021"), title=f"A {HOSTILE}", note=HOSTILE)
    copy.edit("events", copy.line("events", event_id="E0023"), attacks_low="3", attacks_high="4")
    copy.edit("actors", copy.line("actors", actor_id="iraq"), aliases=HOSTILE.replace(";", ""))
    build(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "MANY", 5)  # so that the part has long tables, too
        write(Dataset(root), root / "site", REPOSITORY / "docs")
    return root / "site"


@pytest.fixture(scope="module")
def events(site):
    return Dataset(site / "downloads").load("events", engine="pyarrow").to_pylist()


@pytest.fixture(scope="module")
def content(site):
    return Content(Dataset(site / "downloads"))


def data(site):
    """What the explorer is given, by name."""
    text = (site / "assets/data.js").read_text(encoding="utf-8")
    return {name: json.loads(value) for name, value in re.findall(r"^window\.(\w+) = (.*);$", text, flags=re.MULTILINE)}


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site):
    pages = {path.relative_to(site).as_posix(): Page(path) for path in site.rglob("*.html")}
    assert len(pages) > 500
    for name, page in pages.items():
        folder = (site / name).parent
        for address in page.loads:
            assert address == "data:," or (folder / address).is_file(), (name, address)
        for address in page.links:
            parts = urlsplit(address)
            if parts.scheme:
                assert parts.scheme in ("https", "http"), (name, address)
                continue
            target = (folder / unquote(parts.path)).resolve() if parts.path else site / name
            assert target.is_file(), (name, address)
            if parts.fragment and "=" not in parts.fragment:
                assert parts.fragment in pages[target.relative_to(site).as_posix()].ids, (name, address)


def test_there_is_a_page_for_each_event_actor_and_source(site):
    dataset = Dataset(site / "downloads")
    for table, key in (("events", "event_id"), ("actors", "actor_id"), ("sources", "source_id")):
        ids = dataset.load(table, engine="pyarrow")[key].to_pylist()
        assert {path.stem for path in (site / table).glob("*.html")} == set(ids)


def test_an_event_has_all_that_is_said_of_it(site):
    dataset = Dataset(site / "downloads")
    said = dataset.evidence("E0022")
    text = " ".join(Page(site / "events/E0022.html").text)
    assert len(said) > 1
    for row in said.itertuples():
        assert row.publisher in text
        assert row.stance in text
    page = Page(site / "events/E0022.html")
    assert set(dataset.load("sources").set_index("source_id").loc[said["source_id"], "url"]) <= set(page.links)


def test_each_cell_names_its_column_as_it_stands_alone_on_a_phone(site):
    for path in site.rglob("*.html"):
        assert not Page(path).unlabelled, path


def test_a_date_is_said_in_words_with_its_notation_beside_it(site, events):
    for event in events:
        text = " ".join("".join(Page(site / f"events/{event['event_id']}.html").text).split())
        assert f"· {in_words(event['date'])} {event['date']}" in text


def test_what_is_said_of_many_events_is_said_of_each():
    content = Content(Dataset(REPOSITORY))
    content.said = {"E0022": ["one"], "E00*": ["many"], "E1*": ["others"]}
    assert content.said_of("E0022") == ["one", "many"]
    assert content.said_of("E0100") == []


def test_texts_are_texts(site):
    for path in (site / "events/E0021.html", site / "actors/iraq.html"):
        html = path.read_text(encoding="utf-8")
        assert "<script>window" not in html
        assert "<img src=x" not in html
        assert "window.harmed" in "".join(Page(path).text)
    assert "</script" not in assets.as_script("X", "</script><!--")


def test_the_explorer_is_given_every_event_with_its_bounds(site, events):
    rows = {row["id"]: row for row in data(site)["EVENTS"]}
    assert set(rows) == {event["event_id"] for event in events}
    for event in events:
        first, last = bounds(event)
        row = rows[event["event_id"]]
        assert (row["from"], row["to"], row["date"]) == (str(first), str(last), event["date"])
        assert row["sources"] == event["n_sources"]
        assert dates.parse(event["date"]).possibly_in(first, last)


def test_no_two_events_of_a_lane_touch(site):
    lanes = {}
    for row in data(site)["EVENTS"]:
        lanes.setdefault(row["lane"], []).append((row["from"], row["to"]))
    for spans in lanes.values():
        assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))


def test_the_downloads_are_the_release(site):
    assert main(["verify", "--root", str(site / "downloads")]) == 0
    text = " ".join(Page(site / "download.html").text)
    sums = (site / "downloads/SHA256SUMS").read_text(encoding="utf-8").split()[::2]
    assert all(digest in text for digest in sums)


def test_the_head_says_what_the_dataset_is(site):
    head = re.search(r'<script type="application/ld\+json">(.*?)</script>', (site / "index.html").read_text("utf-8"))
    assert json.loads(head[1])["@type"] in ("Dataset", "sc:Dataset")


def test_each_picture_has_a_variant_for_a_dark_page(site):
    for name in ("index", "reconciliation", "tutorial"):
        html = (site / f"{name}.html").read_text(encoding="utf-8")
        pictures = re.findall(
            r'<source srcset="([^"]+)-dark\.svg" media="\(prefers-color-scheme: dark\)">\s*<img src="([^"]+)\.svg"', html
        )
        assert len(pictures) == html.count("<img ") > 0
        for dark, light in pictures:
            assert dark == light
            assert "white" not in (site / f"{dark}-dark.svg").read_text(encoding="utf-8")


def test_a_site_is_written_whole_or_not_at_all(site, tmp_path, capsys):
    (tmp_path / "there").mkdir()
    (tmp_path / "there/file").touch()
    assert main(["site", "--root", str(site / "downloads"), "--out", str(tmp_path / "there")]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["there", "file"]


def test_of_a_release_that_is_cut_there_is_no_site(part, tmp_path, capsys):
    folder = shutil.copytree(part / "data/processed", tmp_path / "cut")
    (folder / "events.parquet").write_bytes((folder / "events.parquet").read_bytes()[:5000])
    assert main(["site", "--root", str(folder), "--out", str(tmp_path / "site")]) == 1
    printed = capsys.readouterr().err
    assert "events.parquet has another size" in printed
    assert "Traceback" not in printed
    assert not (tmp_path / "site").exists()


def test_a_bundle_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="jQuery"):
        assets.table_script("var a; export{a as Table}")
    assert "window.jQuery=b" in assets.table_script("var b; export{b as jQuery}")


@NEEDS_CHROMIUM
def test_a_visitor_with_a_phone_in_the_dark_finds_no_fault(site):
    """`make walk` goes to every page of the whole dataset, with a desk in the light as well."""
    found = []
    with walk.browser() as chromium, walk.visitor(chromium, "phone", "dark") as (page, wrong):
        for path in walk.of_each_kind(site):
            found += walk.look(page, wrong, path)
            found += walk.hear(page, path) if path.stem in ("explore", "questions") or path.parent != site else []
        longest = max(
            (site / "actors").glob("*.html"), key=lambda path: path.read_text(encoding="utf-8").count('class="sorted"')
        )
        found += walk.look(page, wrong, longest) + walk.hear(page, longest)
        assert page.locator("table.dataTable").count()
        page.goto((site / "events/E0021.html").as_uri())
        assert page.evaluate("window.harmed") is None
    assert not found


@NEEDS_CHROMIUM
def test_each_filter_chooses_what_the_tables_say(site, events, content):
    roles = Dataset(site / "downloads").load("event_actors")
    actor = roles["actor_id"].mode()[0]
    of_actor = set(roles.loc[roles["actor_id"] == actor, "event_id"])
    claimed = {event["event_id"] for event in events if content.is_claimed(event["event_id"])}
    day = dates.parse("2023-11-12").start
    within = hierarchy.above(content["places"], "place_id", "within")
    publisher = content.told_by.most_common(1)[0][0]
    chosen = {
        "": lambda event: True,
        f"actor={actor}": lambda event: event["event_id"] in of_actor,
        "claim=yes": lambda event: event["event_id"] in claimed,
        "claim=no&type=attack": lambda event: event["event_id"] not in claimed and event["event_type"] == "attack",
        "place=eilat": lambda event: "eilat" in places_of(event, within),
        "place=northern-israel": lambda event: "northern-israel" in places_of(event, within),
        "place=iraq&scope=us_forces": lambda event: "iraq" in places_of(event, within) and event["scope"] == "us_forces",
        "target=israel": lambda event: "israel" in (event["targets"] or ()),
        "weapon=drone": lambda event: "drone" in (event["weapons"] or ()),
        "status=claimed": lambda event: event["claim_status"] == "claimed",
        "voices=claimant": lambda event: {s["stance"] for s in content.said_of(event["event_id"])} == {"claims"},
        "status=claimed&voices=others": lambda event: (
            event["claim_status"] == "claimed" and {s["stance"] for s in content.said_of(event["event_id"])} != {"claims"}
        ),
        "status=reported,presumed": lambda event: event["claim_status"] in ("reported", "presumed"),
        "independent=2": lambda event: event["n_independent_sources"] >= 2,
        "words=Tel-Aviv": lambda event: "tel aviv" in searched(event, content),
        "words=AL+JAZEERA": lambda event: all(word in searched(event, content) for word in ("al", "jazeera")),
        "from=2023-11-13&to=2023-11-12": lambda event: False,
        "type=attack": lambda event: event["event_type"] == "attack",
        "scope=context": lambda event: event["scope"] == "context",
        f"publisher={quote(publisher)}": lambda event: publisher in content.publishers_of(event["event_id"]),
        "sources=2": lambda event: event["n_sources"] >= 2,
        "from=2023-11-12&to=2023-11-12": lambda event: dates.parse(event["date"]).possibly_in(day, day),
        "words=eilat+drone": lambda event: all(word in searched(event, content) for word in ("eilat", "drone")),
        "status=claimed&sources=99": lambda event: False,
    }
    with walk.browser() as chromium, walk.visitor(chromium) as (page, wrong):
        for address, holds in chosen.items():
            expected = sum(map(holds, events))
            summed = sum(holds(event) for event in events if event["event_id"] in content.sums)
            page.goto("about:blank")
            page.goto(f"{(site / 'explore.html').as_uri()}#{address}")
            assert (
                page.locator("#count").inner_text().startswith(f"{expected - summed} of {len(events) - len(content.sums)} row")
            ), address
            assert page.locator("#wrong").inner_text() == ("" if "11-13" not in address else REVERSED)
            told = page.locator(".dt-info").inner_text()
            assert told.startswith(f"Lines 1 to {min(expected, 25)} of {expected}") if expected else told == "No row", address
            assert (f": {expected - summed} row" in told) == bool(summed), address
            drawn = page.locator("#timeline .mark-rect path")
            drawn.first.wait_for(state="attached") if expected else None
            assert drawn.count() == expected, address
        page.evaluate("location.hash = 'status=claimed,sure&place=nowhere&type=attack'")
        page.wait_for_function("document.querySelector('#wrong').textContent.includes('place=nowhere, status=sure')")
        assert page.locator("#count").inner_text().startswith("0 of")
        page.evaluate("location.hash = 'type=attack'")
        page.wait_for_function("!document.querySelector('#wrong').textContent")
        page.check("input[value=confirmed]")
        page.check("input[value=contested]")
        page.wait_for_function("location.hash.includes('status=confirmed,contested')")
        page.click("button[type=reset]")
        page.wait_for_function("location.hash === ''")
        assert page.locator("#count").inner_text().startswith(f"{len(events) - len(content.sums)} of")
        page.click("text=Start view")
        page.wait_for_function("document.querySelector('select[name=type]').value === 'attack'")
        page.click("p a[href='#in-a-table']")
        assert page.evaluate("document.activeElement.id") == "in-a-table"
        assert page.evaluate("location.hash") == "#type=attack&scope=israel"
    assert not wrong


@NEEDS_CHROMIUM
def test_going_back_undoes_a_choice_and_finds_the_table_as_it_was(site):
    with walk.browser() as chromium, walk.visitor(chromium) as (page, wrong):
        page.goto(f"{(site / 'explore.html').as_uri()}#from=2023-01-01")
        page.wait_for_selector("#map svg")
        page.select_option("select[name=claim]", "yes")
        page.wait_for_function("location.hash.includes('claim=yes')")
        for words in ("dro", "drone"):  # one step
            page.fill("input[name=words]", words)
            page.wait_for_function("to => location.hash.endsWith(`words=${to}`)", arg=words)
        page.go_back()
        page.wait_for_function(
            "location.hash === '#from=2023-01-01&claim=yes' && !document.querySelector('[name=words]').value"
        )
        page.go_back()
        page.wait_for_function("location.hash === '#from=2023-01-01' && !document.querySelector('[name=claim]').value")
        rows = int(page.locator("#count").inner_text().split()[0])
        page.wait_for_function("to => document.querySelector('.dt-info').textContent.includes(to)", arg=f"of {rows}")
        page.locator("#events th", has_text="event").first.click()
        page.locator("#events_wrapper nav button", has_text="2").click()
        page.wait_for_function("document.querySelector('.dt-info').textContent.startsWith('Lines 26')")
        there = page.locator("#events tbody tr").all_inner_texts()
        page.locator("#events tbody a").first.click()
        page.wait_for_selector("text=Who says what")
        page.go_back()
        page.wait_for_function("document.querySelector('.dt-info').textContent.startsWith('Lines 26')")
        assert page.locator("#events tbody tr").all_inner_texts() == there
        assert page.evaluate("location.hash") == "#from=2023-01-01"
    assert not wrong


def places_of(event, within):
    ends = [end for end in (event["place_id"], event["target_place_id"]) if end]
    return {place_id for end in ends for place_id in hierarchy.with_self(within, end)}


@NEEDS_CHROMIUM
def test_the_explorer_counts_as_the_tables_do(site, content):
    """The months with claims, and of a row of several attacks that is confirmed one at least."""
    months = [row for row in content["completeness"] if row["itemised_high"] and "/" not in row["period"]]
    answers = Answers(content)
    assert len(months) > 2
    assert any(event["attacks_low"] > 1 for event in answers.of_status("confirmed"))
    with walk.browser() as chromium, walk.visitor(chromium) as (page, wrong):
        for month in months:
            first, last = days(month["period"])
            page.goto("about:blank")
            page.goto(f"{(site / 'explore.html').as_uri()}#claim=yes&type=attack&scope=israel&from={first}&to={last}")
            low, high, sure, confirmed = numbers(page.locator("#count").inner_text())
            assert (low, high) == (month["itemised_low"], month["itemised_high"]), month["period"]
            assert (sure, confirmed) == answers.confirmed[month["period"]], month["period"]
    assert not wrong


def numbers(text):
    """The least and greatest number of attacks, and of confirmed ones."""
    found = re.search(r"stands? for (\d+)(?: to (\d+))? attacks?, (?:(\d+)(?: to (\d+))?|none) of them confirmed", text)
    low, high, sure, confirmed = (None if number is None else int(number) for number in found.groups())
    sure = sure or 0
    return low, low if high is None else high, sure, sure if confirmed is None else confirmed


@NEEDS_CHROMIUM
def test_the_axis_fits_what_is_chosen_and_goes_back(site):
    with walk.browser() as chromium, walk.visitor(chromium) as (page, wrong):
        page.goto(f"{(site / 'explore.html').as_uri()}")
        page.wait_for_selector("#map svg")
        whole = axis(page)
        page.fill("input[name=from]", "2023-11-12")
        page.fill("input[name=to]", "2023-11-14")
        page.wait_for_function("document.querySelector('#timeline').textContent.includes('Mon 13')")
        bar = page.locator("#timeline .mark-rect path").first.bounding_box()
        assert bar["width"] > page.locator("#timeline").bounding_box()["width"] / 5
        page.click("button[type=reset]")
        page.wait_for_function("!document.querySelector('#timeline').textContent.includes('Mon 13')")
        assert axis(page) == whole
    assert not wrong


def axis(page):
    return page.locator("#timeline .role-axis-label text").all_inner_texts()


@NEEDS_CHROMIUM
def test_a_country_is_an_area_of_its_outline_and_never_a_point(site):
    rows, places = data(site)["EVENTS"], data(site)["PLACES"]
    used = [places[place_id] for place_id in {row["place"] for row in rows} - {None}]
    outlined = [place for place in used if place["outline"]]
    rings = [place for place in used if place["where_prec"] > 2 and not place["outline"]]
    assert {"Iraq", "Israel"} <= {place["place"] for place in outlined}
    assert rings
    assert all(place["where_prec"] > 2 for place in outlined)
    with walk.browser() as chromium, walk.visitor(chromium) as (page, wrong):
        page.goto((site / "explore.html").as_uri())
        page.wait_for_selector("#map .mark-text text")
        areas = page.locator("#map .mark-shape").nth(1).locator("path")
        assert areas.count() == len(outlined)
        symbols = page.locator("#map .mark-symbol path")
        assert symbols.count() == len(used) - len(outlined)
        assert page.locator('#map .mark-symbol path[stroke-dasharray="4,3"]').count() == len(rings)
    assert not wrong


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"stance": "claims", "aspect": "occurrence"}, "claims it as its own act"),
        ({"stance": "no_response", "aspect": "occurrence"}, "did not respond to questions about it"),
        ({"stance": "reports", "aspect": "outcome"}, "reports the outcome as a fact: no trace"),
        ({"stance": "claims", "aspect": "date", "value": "[..2024-05-03]"}, "claims when it was: on or before 3 May 2024"),
        (
            {"stance": "cannot_verify", "aspect": "initiators"},
            "could not verify who carried it out: Islamic Resistance in Iraq",
        ),
        ({"stance": "confirms", "aspect": "initiators", "value": "iraq;iran"}, "confirms who carried it out: Iraq, Iran"),
        (
            {"stance": "assesses", "aspect": "place_id", "value": "eilat"},
            "infers, supposes or passes on where it was observed: Eilat",
        ),
        ({"stance": "declines_comment", "aspect": "place_id"}, "declined to comment on where it was observed"),
    ],
)
def test_what_a_voice_says_is_a_sentence(content, said, words):
    event = {"outcome": "no_trace", "initiators": ["islamic-resistance-in-iraq"], "place_id": None, "date": "2024-05-02"}
    assert sentences.says(content, event, {"value": None, **said}) == words


def test_there_are_words_for_whatever_can_be_said():
    vocabularies, events = codebook().vocabularies, codebook().tables["events"]
    assert set(sentences.OF_ALL) == set(sentences.OF_PART) == set(vocabularies["stance"])
    assert set(sentences.LINKS) == set(vocabularies["relation"])
    assert set(sentences.ABOUT) == set(vocabularies["aspect"]) & {column.name for column in events.columns}


@pytest.mark.parametrize(
    ("column", "recorded", "other", "is_less_exact"),
    [
        ("date", "2024-01-23", "2024-01", True),
        ("date", "2024-01-23", "[..2024-02]", True),
        ("date", "2024-01-23", "[2024-01-22,2024-01-23]", True),
        ("date", "2024-01-23", "[2024-01-22,2024-01-24]", False),
        ("date", "2024-01-23", "2024-02", False),
        ("date", "2024-01-23", "2024-01-24~", False),
        ("date", "2024-01", "2024-01-23", False),
        ("date", "2024-01-23", "2024-01/2024-02", False),
        ("date", "[..2024-01-23]", "2024-01", False),
        ("target_place_id", "eilat", "israel", True),
        ("target_place_id", "israel", "eilat", False),
        ("origin_place_id", "iraq", "syria", False),
        ("origin_place_id", None, "iraq", False),
        ("targets", ["israel"], "iraq", False),
    ],
)
def test_a_reading_that_holds_the_record_is_less_exact_and_no_rival(content, column, recorded, other, is_less_exact):
    assert sentences.is_less_exact(content, {column: recorded}, {"column": column, "value": other}) is is_less_exact


def test_each_other_reading_of_an_event_stands_once_with_all_who_give_it(content):
    event = max(content["events"], key=lambda event: len(content.alternatives.get(event["event_id"], [])))
    others, told = content.alternatives[event["event_id"]], sentences.readings_of(content, event)
    assert len(told) < len(others)
    assert {(column, value) for column, value, _, _ in told} == {(other["column"], other["value"]) for other in others}
    assert len(told) == len({(column, value) for column, value, _, _ in told})
    for column, value, reasons, voices in told:
        same = [other for other in others if (other["column"], other["value"]) == (column, value)]
        assert reasons == [other for other in same if other["speaker_id"] is None]
        assert Counter((v["speaker_id"], v["source_id"]) for v in voices) == Counter(
            {(o["speaker_id"], o["source_id"]) for o in same if o["speaker_id"] is not None}
        )


def test_a_figure_says_of_what_it_is(content):
    figure = {"initiators": ["iraq", "iran"], "targets": None, "place_id": "eilat", "origin_place_id": "iraq"}
    assert sentences.bounds_of(content, figure) == "by Iraq and Iran; in Eilat; from Iraq"
    nothing = dict.fromkeys(figure)
    assert sentences.bounds_of(content, nothing) == ""


def test_what_was_observed_where_there_is_no_point_is_drawn_where_it_was_aimed(content):
    at_sea = next(key for key, place in content.places.items() if place["latitude"] is None and not place["within"])
    assert content.point_of({"place_id": at_sea, "target_place_id": "eilat"}) == "eilat"
    assert content.point_of({"place_id": "haifa", "target_place_id": "eilat"}) == "haifa"
    assert content.point_of({"place_id": at_sea, "target_place_id": None}) is None


def test_documents_that_were_not_read_come_last(site, content):
    text = (site / "sources.html").read_text(encoding="utf-8")
    read = re.findall(r'data-label="read">(yes|no)<', text)
    assert len(read) == len(content.sources)
    assert read == sorted(read, reverse=True)
    assert {"yes", "no"} == set(read)


def test_what_an_actor_says_in_several_documents_unfolds_to_each(site, content):
    actor_id, events = max(content.spoken.items(), key=lambda item: sum(map(len, item[1].values())))
    html = (site / f"actors/{actor_id}.html").read_text(encoding="utf-8")
    several = 0
    for event_id, voices in events.items():
        for places in sentences.together(content, content.events[event_id], voices).values():
            several += len(places) > 1
            for said in places:
                where = rf'sources/{re.escape(said["source_id"])}\.html"><bdi>[^<]*</bdi>[^<]*</a>, '
                assert re.search(where + (f"paragraph {said['paragraph']}" if said["paragraph"] else "headline"), html)
    assert several == html.count("<summary>")


@NEEDS_CHROMIUM
def test_going_back_finds_a_table_as_it_was_searched(site, content):
    publisher = content.told_by.most_common(1)[0][0]
    with walk.browser() as chromium, walk.visitor(chromium) as (page, wrong):
        page.goto((site / "sources.html").as_uri())
        page.fill(".dt-search input", publisher)
        page.wait_for_function("document.querySelector('.dt-info').textContent.includes('filtered')")
        there = page.locator("tbody tr").all_inner_texts()
        page.locator("tbody td[data-label=title] a").first.click()
        page.wait_for_selector("dl.facts")
        page.go_back()
        page.wait_for_function("document.querySelector('.dt-info')?.textContent.includes('filtered')")
        assert page.locator("tbody tr").all_inner_texts() == there
        assert page.input_value(".dt-search input") == publisher
        page.goto("about:blank")
        page.goto((site / "sources.html").as_uri())
        assert "filtered" not in page.locator(".dt-info").inner_text()
        assert not page.input_value(".dt-search input")
    assert not wrong


def test_each_figure_of_an_event_names_all_who_give_it(site, content):
    event_id, figures = max(content.figures.items(), key=lambda item: len(item[1]) if item[0] in content.events else 0)
    links = Page(site / f"events/{event_id}.html").links
    for figure in figures:
        assert content.said[figure["figure_id"]]
        for said in content.said[figure["figure_id"]]:
            assert f"../sources/{said['source_id']}.html" in links
            assert f"../actors/{said['speaker_id']}.html" in links


@NEEDS_CHROMIUM
def test_an_address_names_a_row_or_the_documents_of_a_publisher(site, content):
    figures = Page(site / "reconciliation.html").ids - {"main"}
    publisher = content.told_by.most_common(1)[0][0]
    number = sum(source["publisher"] == publisher for source in content.sources.values())
    with walk.browser() as chromium, walk.visitor(chromium) as (page, wrong):
        page.goto(f"{(site / 'reconciliation.html').as_uri()}#{max(figures)}")
        assert page.locator("tr.named").get_attribute("id") == max(figures)
        page.goto(f"{(site / 'sources.html').as_uri()}#publisher={quote(publisher)}")
        assert f"of {number} entr" in page.locator(".dt-info").inner_text()
        assert page.locator("#chosen a").count()
        page.click("#chosen button")
        assert f"of {len(content.sources):,} entr" in page.locator(".dt-info").inner_text()
        assert not page.locator("#chosen").inner_text()
        page.evaluate("to => { location.hash = to; }", f"publisher={quote(publisher)}")
        page.wait_for_function("document.querySelector('#chosen').hasChildNodes()")
        page.go_back()
        page.wait_for_function("!document.querySelector('#chosen').hasChildNodes()")
        assert f"of {len(content.sources):,} entr" in page.locator(".dt-info").inner_text()
        silent = next(s["publisher"] for s in content.sources.values() if s["publisher"] not in content.told_by)
        page.evaluate("to => { location.hash = to; }", f"publisher={quote(silent)}")
        page.wait_for_function("document.querySelector('#chosen').textContent.includes('no row is told in them')")
        assert not page.locator("#chosen a").count()
    assert not wrong


def test_a_document_and_an_actor_tell_what_they_say_of_each_event(site, content):
    for folder, said_by in (("sources", content.told), ("actors", content.spoken)):
        for key in sorted(said_by)[::40]:
            page = Page(site / f"{folder}/{key}.html")
            text = " ".join("".join(page.text).split())
            for event_id, voices in said_by[key].items():
                assert f"../events/{event_id}.html" in page.links
                for said in voices:
                    assert " ".join(sentences.says(content, content.events[event_id], said).split()) in text


def searched(event, content):
    ids = {actor_id for actor_id, _ in content.roles[event["event_id"]]}
    ids |= {said["speaker_id"] for said in content.said_of(event["event_id"])}
    names = [name for key in ids for name in (content.actors[key]["name"], *(content.actors[key]["aliases"] or ()))]
    texts = [event["event_id"], event["title"], event["place"] or "", event["target_place"] or "", *names]
    text = " ".join([*texts, *content.publishers_of(event["event_id"])])
    letters = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c) and c not in "'’‘ʼʻ`")
    return "".join(" " if unicodedata.category(c) == "Pd" else c for c in letters).lower()


@NEEDS_CHROMIUM
def test_links_of_the_questions_open_as_many_rows_as_they_say(tmp_path):
    """In the whole dataset, which has a row that sums up others; of its pages the first, up to the explorer."""
    content = Content(Dataset(REPOSITORY))
    (tmp_path / "assets").mkdir()
    assets.write(tmp_path / "assets")
    (tmp_path / "assets/data.js").write_text("".join(writing._scripts(content)), encoding="utf-8")
    for path, text in itertools.islice(pages.pages(content, [], None), 3):
        (tmp_path / path).write_text(text, encoding="utf-8")
    (whole,) = content.sums
    with walk.browser() as chromium, walk.visitor(chromium) as (page, wrong):
        page.goto(f"{tmp_path.as_uri()}/explore.html")
        opened = 0
        for name in ("index", "questions"):
            html = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
            assert re.search(rf'1 row more \(<a href="events/{whole}.html">', html)
            for address, words in re.findall(r'<a href="(explore\.html[^"]*)">(.*?)</a>', html):
                said = re.match(r"([\d,]+) (?:of the [\d,]+ )?(?:claimed )?rows", re.sub("<[^>]+>", "", words))
                if said is None:  # a month, or a picture's figure
                    continue
                page.evaluate("to => { location.hash = to; }", unescape(address).partition("#")[2])
                page.wait_for_function(
                    "to => document.querySelector('#count').textContent.startsWith(to)", arg=f"{said[1]} of "
                )
                opened += 1
        assert opened > 8
        page.evaluate("to => { location.hash = to; }", f"words={whole}")
        page.wait_for_function(
            "to => document.querySelector('#count').textContent.includes(to)", arg=f"1 row more ({whole}) only"
        )
    assert not wrong


def test_the_own_scripts_ask_for_nothing():
    for path in (Path(assets.__file__).parent / "static").glob("*.js"):
        assert not re.search(r"fetch\(|XMLHttpRequest|import\(|innerHTML|https?:", path.read_text(encoding="utf-8"))
