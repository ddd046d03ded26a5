"""The tutorial and the recipes hold: their code runs and prints what stands below it, and the prose has no other numbers."""

import contextlib
import io
import re
import shutil
import subprocess

import altair
import pytest

import draw
from conftest import REPOSITORY

TUTORIAL, RECIPES = ((REPOSITORY / "docs" / name).read_text(encoding="utf-8") for name in ("tutorial.md", "recipes.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUESTIONS = re.split(r"^## ", TUTORIAL, flags=re.MULTILINE)[1:]


def blocks(text):
    """(language, content) of every fenced block."""
    return BLOCK.findall(text)


def python_blocks(text):
    """(code, what it is said to print) of every Python block."""
    found = blocks(text)
    following = [*found[1:], ("", "")]
    return [
        (code, printed if kind == "text" else "")
        for (language, code), (kind, printed) in zip(found, following, strict=True)
        if language == "python"
    ]


def run(code, names):
    """What a block prints, without blanks at the ends of its lines."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "docs", "exec"), names)
    return "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


@pytest.fixture
def in_the_repository(monkeypatch):
    monkeypatch.chdir(REPOSITORY)


def test_the_tutorial_prints_what_it_says_and_draws_a_picture_for_each_question(in_the_repository):
    names = {}
    for question in QUESTIONS:
        names.pop("chart", None)
        found = python_blocks(question)
        assert len(found) > 1
        for code, printed in found:
            assert run(code, names) == printed, code
        assert isinstance(names["chart"], altair.TopLevelMixin), question.splitlines()[0]
        assert names["chart"].to_dict(validate=True)["title"]


def test_the_last_block_of_each_question_makes_its_picture_and_no_other_does():
    assert len(QUESTIONS) == 5
    marks = []
    for question in QUESTIONS:
        *others, (last, printed) = python_blocks(question)
        assert re.search(r"^chart = ", last, re.MULTILINE)
        assert not printed
        assert not any("alt." in code for code, _ in others)
        marks += re.findall(r"```\n\n!\[[^\]]+\]\((pictures/[a-z-]+\.svg)\)\n", question)
    assert len(set(marks)) == len(QUESTIONS)


def test_the_pictures_are_those_of_the_code(in_the_repository, tmp_path):
    drawn = dict(draw.pictures())
    assert {*drawn, *map(draw.dark, drawn)} == set((REPOSITORY / "docs" / "pictures").iterdir())
    for file, chart in drawn.items():
        draw.save(chart, tmp_path / file.name)
        for each in (file, draw.dark(file)):
            assert (tmp_path / each.name).read_text(encoding="utf-8") == each.read_text(encoding="utf-8"), each.name


def test_the_recipes_print_what_they_say(in_the_repository):
    names = {}
    found = python_blocks(RECIPES)
    assert sum("duckdb.sql" in code for code, _ in found) > 2
    assert sum("pl." in code for code, _ in found) > 2
    for code, printed in found:
        assert printed
        assert run(code, names) == printed, code


@pytest.mark.parametrize("text", [TUTORIAL, RECIPES], ids=["tutorial", "recipes"])
def test_every_printed_text_stands_below_its_code(text):
    languages = [language for language, _ in blocks(text)]
    assert set(languages) <= {"python", "text", "r", "console"}
    assert all(languages[n - 1] == "python" for n, language in enumerate(languages) if language == "text")
    assert text.count("```") == 2 * len(languages)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.splitlines()[0])
def test_numbers_in_the_prose_are_printed(question):
    printed = " ".join(content for language, content in blocks(question) if language == "text")
    prose = re.sub(r"`[^`\n]*`", "", BLOCK.sub("", question))
    assert set(re.findall(r"\d+", prose)) <= set(re.findall(r"\d+", printed))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_recipes_for_r_run(in_the_repository):
    for language, code in blocks(RECIPES):
        packages = re.findall(r"library\((\w+)\)|(\w+)::", code)
        if language == "r" and all(r_has(first or second) for first, second in packages):
            subprocess.run(["Rscript", "-e", code], check=True, capture_output=True)


def r_has(package):
    asked = f"quit(status = !requireNamespace('{package}', quietly = TRUE))"
    return subprocess.run(["Rscript", "-e", asked], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("name", ["tutorial.md", "recipes.md"])
def test_links_lead_somewhere(name):
    text = BLOCK.sub("", (REPOSITORY / "docs" / name).read_text(encoding="utf-8"))
    links = re.findall(r"\]\(([^)#]+)", text)
    assert links
    for link in links:
        assert link.startswith("https://") or (REPOSITORY / "docs" / link).exists(), link
