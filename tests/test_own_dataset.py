"""The page on a dataset of one's own holds: its commands run, and print what it says."""

import contextlib
import io
import re
import shlex
from pathlib import Path

from conftest import REPOSITORY
from timeline.cli import main

PAGE = (REPOSITORY / "docs" / "own-dataset.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = (("make", "test"), ("make", "site"))  # which other tests look at


def commands(block):
    """(command, what it is said to print) of a console block."""
    joined = block.replace("\\\n", "")
    return [tuple(part.partition("\n")[::2]) for part in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]]


def timeline_prints(arguments):
    """What `timeline` prints; of what went well, without the hints at what is to be done next."""
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        status = main(arguments)
    return trimmed(out.getvalue() + (errors.getvalue() if status else ""))


def trimmed(text):
    """A text without blanks at the ends of its lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def make_prints(target):
    """What `make` prints of a target all of whose commands are of `timeline`."""
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1]
    lines = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe.splitlines()]
    assert all(line.startswith(".venv/bin/timeline ") for line in lines)
    return "".join(f"{line}\n{timeline_prints(shlex.split(line)[1:])}" for line in lines)


def run(command, said, monkeypatch):
    """Run a command of the page, and hold what it prints against what the page says."""
    program, *arguments = shlex.split(command)
    if program == "cd":
        monkeypatch.chdir(arguments[0])
    elif (program, *arguments) in ELSEWHERE:
        assert not said
    else:
        prints = timeline_prints(arguments) if program == "timeline" else make_prints(*arguments)
        beginning = said.partition("...\n")[0]
        assert prints == said or (beginning != said and prints.startswith(beginning)), command


def change_codebook(change):
    path = Path("codebook.toml")
    text = path.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    return text


def take_over(toml):
    """Put lines of the page into the codebook: in place of those of the same words in [scope], or as a weapon."""
    if "initiators_country" not in toml:
        change_codebook(lambda text: text.replace("[vocabularies.weapon]\n", f"[vocabularies.weapon]\n{toml}"))
        return
    words = "".join(rf"{line.split(' = ')[0]} = .*\n" for line in toml.splitlines())
    change_codebook(lambda text: re.sub(words, toml, text, count=1))


def test_the_page_does_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    printed = None
    for kind, block in BLOCK.findall(PAGE):
        if kind == "console":
            for command, said in commands(block):
                run(command, said, monkeypatch)
        elif kind == "csv":
            raw = "".join(path.read_text(encoding="utf-8") for path in Path("seeds").glob("*.csv"))
            assert all(line in raw.splitlines() for line in block.splitlines())
        elif kind == "toml":
            take_over(block)
        elif kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(block, "own-dataset.md", "exec"), {})
            printed = trimmed(out.getvalue())
        elif printed is not None:
            assert printed == block
            printed = None
        else:
            before = change_codebook(lambda text: text.replace("attack = ", "raid = ", 1))
            assert timeline_prints(["validate"]) == block
            Path("codebook.toml").write_text(before, encoding="utf-8")


def test_nothing_on_the_page_is_real():
    assert set(re.findall(r"https?://([^/\s)]+)", PAGE)) == {"example.org"}
