"""Bad input, as a catalogue (`hostile.toml`): each is refused with its message and status 1, and nothing published changes."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from conftest import Copy
from timeline.cli import main
from timeline.columns import codebook

CATALOGUE = tomllib.loads((Path(__file__).parent / "hostile.toml").read_text(encoding="utf-8"))["input"]
LARGE = [entry for entry in CATALOGUE if "big" in entry]
MEGABYTES = 400  # as much as a build of sound data needs, and half again


def spell(value):
    """A text, or one described as start, unit, times and end."""
    return value if isinstance(value, str) else value["start"] + value["unit"] * value["times"] + value["end"]


def harm(copy, entry):
    """Do to a dataset what an entry of the catalogue says; the line that it changed, and the first after the file's end."""
    if "cell" in entry:
        table, column, key, name, value = (*entry["cell"][:4], spell(entry["cell"][4]))
        return {"row": copy.edit(table, copy.line(table, **{column: key}), **{name: value})}
    if "add" in entry:
        table, rows = entry["add"]
        added = [copy.add(table, **dict(zip(codebook().tables[table].raw, row, strict=True))) for row in rows]
        return {"end": added[0]}
    path = copy.root / entry["file"]
    data = path.read_bytes() if path.is_file() else b""
    for name in BYTES.keys() & entry.keys():
        path.write_bytes(BYTES[name](data, entry[name]))
    if "kind" in entry:
        stand_in(path, entry["kind"])
    at = data.find(entry["replace"][0].encode("utf-8")) if "replace" in entry else 0
    end = data.count(b"\n") + 1
    return {"row": end - 1 if "strip_end" in entry else data.count(b"\n", 0, max(at, 0) + 1) + 1, "end": end}


def expected(entry, lines):
    """The messages of an entry with their line numbers: `{row}`, `{end}` and so many after it."""
    number = lambda found: str(lines[found[1]] + int(found[2] or 0))  # noqa: E731
    return [re.sub(r"\{(row|end)(\+\d)?\}", number, message) for message in entry["expect"]]


def stand_in(path, kind):
    """Put something else in place of a file."""
    if path.is_dir():
        path.rename(path.with_name("aside"))
    elif kind == "link":
        path.rename(path.with_name(f".{path.name}"))
    else:
        path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "file":
        path.touch()
    elif kind != "missing":
        path.symlink_to({"link": f".{path.name}", "dangling": "nowhere", "loop": path.name}[kind])


def lines(data, number):
    split = data.splitlines(keepends=True)
    return split[: number - 1], split[number - 1], split[number:]


def upper(data, number):
    before, line, after = lines(data, number)
    return b"".join([*before, line.upper(), *after])


def drop(data, number):
    before, _, after = lines(data, number)
    return b"".join([*before, *after])


def repeat(data, number):
    before, line, after = lines(data, number)
    return b"".join([*before, line, line, *after])


def replace(data, pair, count=1):
    old, new = (text.encode("utf-8") for text in pair)
    assert old in data
    return data.replace(old, new, count)


def big(data, how):
    """A text many times over: in place of the file, or after it."""
    text = spell(how).encode()
    return data + text if how["after"] else text


BYTES = {
    "encode": lambda data, encoding: data.decode("utf-8").encode(encoding, "replace"),
    "hex": lambda _, digits: bytes.fromhex(digits),
    "prepend_hex": lambda data, digits: bytes.fromhex(digits) + data,
    "append_hex": lambda data, digits: data + bytes.fromhex(digits),
    "append": lambda data, text: data + text.encode("utf-8"),
    "text": lambda _, text: spell(text).encode("utf-8"),
    "replace": replace,
    "replace_all": lambda data, pair: replace(data, pair, -1),
    "strip_end": lambda data, _: data.rstrip(b"\n"),
    "drop_line": drop,
    "repeat_line": repeat,
    "upper_line": upper,
    "big": big,
}


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry["name"])
def test_each_hostile_input_gives_its_message(copy, capsys, entry):
    messages = expected(entry, harm(copy, entry))
    before = copy.published()
    assert main(["build", "--root", str(copy.root)]) == 1
    printed = capsys.readouterr()
    *problems, summary = printed.err.splitlines()
    assert problems[: len(messages)] == messages
    if not entry.get("more"):
        count = entry.get("problems", len(messages))
        assert summary.startswith(f"{count} problem{'' if count == 1 else 's'} in 1 file"), summary
    assert printed.out == ""
    assert copy.published() == before
    assert sorted(path.name for path in (copy.root / "data").iterdir()) == ["processed", "raw"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells how much memory a process had at most")
def test_memory_stays_bounded(part, tmp_path):
    """One process validates all large inputs, one after the other."""
    roots = [shutil.copytree(part, tmp_path / str(number)) for number, _ in enumerate(LARGE)]
    for root, entry in zip(roots, LARGE, strict=True):
        harm(Copy(root), entry)
    script = (
        "import re, sys; from timeline.cli import main; "
        "print(*(main(['validate', '--root', root]) for root in sys.argv[1:])); "
        "print(re.search(r'VmHWM:\\s+([0-9]+) kB', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run([sys.executable, "-c", script, *map(str, roots)], capture_output=True, check=True, text=True)
    statuses, kilobytes = done.stdout.splitlines()
    assert statuses.split() == ["1"] * len(LARGE)
    assert int(kilobytes) / 1024 < MEGABYTES


def test_the_catalogue_is_large_and_has_no_entry_twice():
    assert len(CATALOGUE) >= 80
    assert len({entry["name"] for entry in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("form", ["json", "github"])
def test_what_is_hostile_stays_in_its_place_in_every_report(copy, capsys, form):
    """A value cannot end the line, or the command, that reports it."""
    copy.edit("actors", copy.line("actors", actor_id="reuters"), note="\x1b[31m%0A::error::\u202e\u2028x")
    assert main(["validate", "--root", str(copy.root), "--format", form]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.count("::error file=") == (form == "github")


def test_canonical_form_is_not_given_to_what_cannot_be_read(copy, capsys):
    path = copy.root / "data/raw/actors.csv"
    path.write_bytes(path.read_bytes().replace(b"reuters,", b"reu\xffters,", 1))
    before = path.read_bytes()
    assert main(["format", "--root", str(copy.root)]) == 1
    assert "is not UTF-8: byte 0xff" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_terminal_is_not_told_what_to_do(copy, capsys):
    """No value reaches the report with an escape sequence, in whatever column it stands."""
    for table, key, name, column in (
        ("events", "event_id", "E0021", "target_place_id"),
        ("events", "event_id", "E0021", "date"),
        ("figures", "figure_id", "F0009", "measure"),
    ):
        copy.edit(table, copy.line(table, **{key: name}), **{column: "\x1b[2J\u202e"})
    path = copy.root / "data/raw/places.csv"
    path.write_bytes(b"\x1b[2J," + path.read_bytes())
    assert main(["validate", "--root", str(copy.root)]) == 1
    printed = capsys.readouterr().err
    assert not [character for character in printed if not character.isprintable() and character != "\n"]
