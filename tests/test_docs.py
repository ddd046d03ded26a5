"""What is written about the package holds: examples run, tables agree, commands exist."""

import doctest
import inspect
import re
import subprocess
import tomllib

import pandas as pd
import pytest
import yaml

import timeline
from conftest import REPOSITORY
from timeline import changes, dataset, dates, fingerprints, hierarchy, linked, loader, periods, phrases
from timeline.cli import main
from timeline.columns import codebook
from timeline.tools import FORMATS, timelinejs

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ABOUT = tomllib.loads((REPOSITORY / "seeds" / "dataset.toml").read_text(encoding="utf-8"))
STARTING = "src/timeline/starting/template/requirements.txt"
VERBS = (
    "init",
    "build",
    "validate",
    "check",
    "format",
    "verify",
    "import",
    "export",
    "fingerprint",
    "show",
    "list",
    "site",
    "diff",
    "fetch",
    "enter",
    "release",
    "add",
)


def test_the_examples_of_the_readme_give_what_they_print():
    blocks = "\n".join(re.findall(r"```pycon\n(.*?)```", README, flags=re.DOTALL))
    test = doctest.DocTestParser().get_doctest(blocks, {}, "README.md", "README.md", 0)
    assert len(test.examples) > 8
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test)
    assert runner.failures == 0


MODULES = [timeline, changes, dataset, dates, fingerprints, hierarchy, linked, loader, periods, phrases, timelinejs]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_docstrings_give_what_they_print(module):
    result = doctest.testmod(module, optionflags=FLAGS)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("name", [name for name in timeline.__all__ if name != "Dataset"])
def test_public_functions_tell_what_they_give(name):
    function = getattr(timeline, name)
    text = inspect.getdoc(function)
    assert "Examples\n--------" in text
    assert "Returns\n-------" in text
    parameters = set(inspect.signature(function).parameters) - {"self"}
    assert all(re.search(rf"^{parameter}\b|, {parameter}\b", text, flags=re.MULTILINE) for parameter in parameters)


def test_the_readme_lists_the_tables_of_the_codebook():
    rows = ["| table | one row is | transcribed in |", "| --- | --- | --- |"]
    for table in codebook().tables.values():
        what = table.description.removeprefix("One row is ")
        source = f"`{table.source}`" if table.source else "derived"
        rows.append(f"| [`{table.name}`](data/processed/{table.name}.csv) | {what} | {source} |")
    found = re.search(r"<!-- tables -->\n(.*?)\n<!-- end of tables -->", README, flags=re.DOTALL)[1]
    assert found == "\n".join(rows)


def test_the_readme_counts_the_pages():
    sources = timeline.load("sources").dropna(subset="accessed")
    pages, languages = re.search(r"([\d,]+) pages of other reporting in (\d+)\s", README).groups()
    assert (int(pages.replace(",", "")), int(languages)) == (len(sources) - 1, sources["language"].nunique())


def test_the_readme_counts_what_was_coded_twice():
    twice, read = re.search(r"(\d+) of the ([\d,]+) documents", README).groups()
    sources = timeline.load("sources")
    assert (int(twice), int(read.replace(",", ""))) == (
        timeline.load("codings")["source_id"].nunique(),
        sources["accessed"].notna().sum(),
    )


def between_marks(name):
    return re.search(rf"<!-- {name} -->\n(.*?)<!-- end of {name} -->", README, flags=re.DOTALL)[1]


def span(low, high):
    low, high = (None if pd.isna(value) else f"{value:g}" for value in (low, high))
    return "" if low is None else f"at least {low}" if high is None else low if low == high else f"{low}–{high}"


def test_the_readme_shows_how_complete_the_rows_are():
    rows = [
        "| month | itemised | reported | rows | found by first, second, both | estimate |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in timeline.load("completeness").sort_values("period", key=lambda p: p.str.len(), kind="stable").itertuples():
        found = f"{row.n_first}, {row.n_second}, {row.n_both}"
        interval = "" if pd.isna(row.estimate_low) else f" ({row.estimate_low:g}–{row.estimate_high:g})"
        estimate = "" if pd.isna(row.estimate) else f"{row.estimate:g}{interval}"
        itemised, totals = span(row.itemised_low, row.itemised_high), span(row.reported_low, row.reported_high)
        rows.append(f"| {row.period} | {itemised} | {totals} | {row.n_rows} | {found} | {estimate} |")
    assert between_marks("completeness").splitlines() == rows


def test_the_readme_shows_how_far_two_coders_agree():
    rows = ["| field | units | equal | alpha | before |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| `{r.field}` | {r.n_units} | {r.n_equal} | {r.alpha:g} | {r.alpha_before:g} |"
        for r in timeline.load("agreement").itertuples()
    ]
    assert between_marks("agreement").splitlines() == rows


def test_the_readme_lists_what_the_tables_are_exported_to():
    found = re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", between_marks("tools"), re.MULTILINE)
    assert dict(found) == {form: what for form, (what, _) in FORMATS.items()}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_lead_somewhere(page):
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert link.startswith("https://") or (REPOSITORY / link).exists(), link


def test_anchors_lead_to_a_heading():
    page = (REPOSITORY / "data/processed/codebook.md").read_text(encoding="utf-8")
    headings = [heading.strip("`").lower().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", page, re.MULTILINE)]
    linked = set(re.findall(r"codebook\.md#([\w-]+)", README))
    assert linked
    assert all(headings.count(anchor) == 1 for anchor in linked)


def test_commands_that_the_pages_name_exist():
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in (README, CONTRIBUTING):
        assert set(re.findall(r"(?:\$ |`|&& )make ([a-z]+)", page)) <= targets
        assert set(re.findall(r"(?:\$ |`)timeline ([a-z]+)", page)) <= set(VERBS)


def test_make_help_lists_the_targets():
    printed = subprocess.run(
        ["make", "--no-print-directory"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    assert {"build", "test", "check"} <= set(re.findall(r"make ([a-z]+) ", printed))


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_an_example_that_is_a_command(verb, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([verb, "--help"])
    printed = capsys.readouterr().out
    assert stopped.value.code == 0
    assert f"example: timeline {verb}" in printed


def test_help_lists_the_verbs(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    assert all(re.search(rf"^    {verb}\b", printed, re.MULTILINE) for verb in VERBS)


@pytest.mark.parametrize("arguments", [[], ["publish"], ["build", "--rot", "x"], ["validate", "--format", "xml"]])
def test_a_wrong_command_ends_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: timeline" in capsys.readouterr().err


def test_name_version_and_licence_are_the_same_everywhere():
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["name"] == ABOUT["name"] == "iraq-israel-timeline"
    assert PROJECT["version"] == ABOUT["version"] == citation["version"] == timeline.__version__
    assert citation["title"] == ABOUT["title"]
    assert citation["license"] == ABOUT["licenses"][0]["name"]
    assert [author["name"] for author in citation["authors"]] == [person["title"] for person in ABOUT["contributors"]]
    assert f"## {ABOUT['version']}" in (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-oldest.txt", STARTING])
def test_requirements_are_locked_by_hash_and_name_no_index(name):
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9-]+==", text, re.MULTILINE)
    assert len(re.findall(r"^[a-z0-9-]+==.*\\\n    --hash=sha256:", text, re.MULTILINE)) == len(pinned) > 5
    assert not re.search(r"https?:|index-url|find-links", text)
