"""The `timeline` command."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from timeline.adding import add_verb
from timeline.asking import add_verbs
from timeline.codebooks import own, settled
from timeline.locks import locked
from timeline.mapping import formats
from timeline.problems import FORMATS, InvalidData, Problem, printable, render
from timeline.progress import waiting
from timeline.tools import FORMATS as FOR_TOOLS

if TYPE_CHECKING:
    from timeline.events import Engine

DIFF_FORMS = ("text", "markdown", "json")
STOPPED = 130  # as shells have it for Ctrl-C
# by the library that is missing; all others come with `build`
_EXTRAS = {
    **dict.fromkeys(("dask", "distributed"), "dask"),
    **dict.fromkeys(("icalendar", "xlsxwriter"), "tools"),
    **dict.fromkeys(("altair", "vl_convert", "itables", "jinja2", "markdown_it"), "site"),
}
_EXAMPLES = {
    "init": "timeline init mine --title 'Attacks on ships'",
    "build": "timeline build --root path/to/dataset",
    "validate": "timeline validate --format github",
    "check": "timeline check",
    "format": "timeline format",
    "add": 'timeline add event --set date=2024-03-01 --set event_type=visit --set title="..."',
    "diff": "timeline diff 2026.1 2026.2 --format markdown",
    "enter": "timeline enter && timeline build",
    "release": "timeline release --out dist --previous 2026.1",
    "fetch": "timeline fetch 2026.1",
    "verify": "timeline verify --root path/to/download",
    "import": "timeline import ged GEDEvent_v23_1.csv --out ged",
    "export": "timeline export acled --out acled",
    "site": "timeline site --out site",
    "fingerprint": "timeline fingerprint article.txt > seeds/coverage/agency-2024-06-04.csv",
    "show": "timeline show E0022",
    "list": "timeline list --place eilat --from 2024-10 --to 2024-10 --status confirmed contested",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb: 0 if all is well, 1 if the data are not, 2 if the command is not."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.flags.optimize > 1:
        print("timeline: the texts of the rules are docstrings, which this Python drops; run it without -OO", file=sys.stderr)
        return 2
    try:
        status = _run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # whoever read what is printed has seen enough; Python would complain when it closes the stream
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _run(options: argparse.Namespace) -> int:
    try:
        with settled(_root(options)):
            status: int = options.run(options)
    except InvalidData as invalid:
        form = getattr(options, "format", "text")
        form = form if form in FORMATS else "text"
        # reports for programs go where programs read; those for people are errors
        print(render(invalid.problems, form, more=invalid.more), file=sys.stderr if form == "text" else sys.stdout)
        return 1
    except KeyboardInterrupt:
        print(f"timeline {options.verb}: stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(printable(f"timeline {options.verb}: {where}{error.strerror or error}"), file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get(error.name or "", "build")
        print(f"timeline {options.verb}: needs {error.name}: pip install 'iraq-israel-timeline[{extra}]'", file=sys.stderr)
        return 1
    return status


def _root(options: argparse.Namespace) -> Path | None:
    """The folder of the dataset that a verb is about; None where it is about none."""
    return (options.root or Path()) if hasattr(options, "root") else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="timeline",
        description="Event data with testimony kept apart from happenings: check, build and compare a dataset.",
        epilog="example: timeline build && timeline check",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text, epilog=f"example: {_EXAMPLES[name]}")
        added.set_defaults(run=run)
        return added

    def on_dataset(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = verb(name, run, text)
        added.add_argument("--root", type=Path, default=Path(), metavar="DIR", help="the dataset's folder (default: this one)")
        return added

    starting = verb(
        "init",
        _init,
        "Write a new dataset of this shape, with one example, that builds and tests without this package's repository.",
    )
    starting.add_argument("folder", type=Path, metavar="DIR", help="a new or an empty folder")
    starting.add_argument("--name", help="small letters, digits, - and _ (default: that of the folder)")
    starting.add_argument("--title", help="what people call the dataset (default: its name)")
    building = on_dataset("build", _build, "Check the transcribed rows, derive, and publish data/processed in one step.")
    building.add_argument("--engine", choices=("local", "dask"), default="local", help="who sifts the events (default: local)")
    building.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask scheduler, whose workers see the same folders")
    validate = on_dataset("validate", _validate, "Check the transcribed rows only, and report every problem at once.")
    validate.add_argument("--format", choices=FORMATS, default="text", help="how problems are printed (default: text)")
    on_dataset("check", _check, "Check that data/processed equals a fresh build and the raw files are in canonical form.")
    on_dataset("format", _format, "Put the raw files into canonical form: sorted, LF, minimal quoting.")
    on_dataset("verify", _verify, "Check published files against their checksums, their descriptor and the codebook.")
    add_verb(on_dataset)
    diff = verb("diff", _diff, "Print what became of each row and column of a release in another one.")
    for name, which in (("old", "the earlier"), ("new", "the later")):
        diff.add_argument(name, metavar=name.upper(), help=f"the folder of {which} release, or its version")
    diff.add_argument("--format", dest="form", choices=DIFF_FORMS, default="text", help="how it is printed (default: text)")
    on_dataset("enter", _enter, "Enter the ids in use as those of this version, so that none of them can vanish.")
    releasing = on_dataset(
        "release", _release, "Write the release of this version: tables, exports, site, differences, checksums."
    )
    releasing.add_argument("--out", type=Path, default=Path("dist"), metavar="DIR", help="a new folder, or that of a release")
    releasing.add_argument("--previous", metavar="OLD", help="the folder of the release before this one, or its version")
    releasing.add_argument("--add", type=Path, nargs="+", default=[], metavar="FILE", help="what is released as well")
    fetching = verb("fetch", _fetch, "Fetch a release of the dataset that comes with this package, and print its folder.")
    fetching.add_argument("version", metavar="VERSION", help="such as 2026.1")
    importing = verb("import", _import, "Carry others' event data over into a new dataset; what cannot be is in rejected.csv.")
    forms = formats("mappings")
    importing.add_argument("form", choices=forms, metavar="FORMAT", help=f"the format: {', '.join(forms)}")
    importing.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="CSV or tab-separated text, or such a file packed by gzip or zip"
    )
    importing.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new dataset's folder")
    text = "Write a published dataset for others: its events in the columns of others' event data, or its tables for a tool."
    exporting = on_dataset("export", _export, text)
    forms = formats("exports")
    tools = "; ".join(f"{form}: {what}" for form, (what, _) in FOR_TOOLS.items())
    help_text = f"the columns of others' event data ({', '.join(forms)}); or, for a tool: {tools}"
    exporting.add_argument("form", choices=(*forms, *FOR_TOOLS), metavar="FORMAT", help=help_text)
    exporting.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    site = on_dataset("site", _site, "Write the published dataset as web pages, which need no server and no network.")
    site.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    fingerprint = verb("fingerprint", _fingerprint, "Print a coverage file for a text: every paragraph with its fingerprint.")
    fingerprint.add_argument("file", type=Path, help="the text, UTF-8, one paragraph a line")
    add_verbs(verb)
    return parser


def _init(options: argparse.Namespace) -> int:
    from timeline.starting import start

    start(options.folder, options.name, options.title)
    print(f"{options.folder}: a dataset of one example; `make build` and `make test` work there, README.md says how to go on")
    return 0


def _build(options: argparse.Namespace) -> int:
    from timeline.building import build
    from timeline.publish import PROCESSED

    if (options.engine == "dask") != (options.scheduler is not None):
        print("timeline build: --engine dask and --scheduler ADDRESS go together", file=sys.stderr)
        return 2
    if options.engine == "dask" and own(options.root) is not None:
        print(
            "timeline build: this dataset has its own codebook, of which Dask workers know nothing: build it here",
            file=sys.stderr,
        )
        return 2
    with waiting("building"):
        changed = build(options.root, _say_waiting, _engine(options))
    print(f"{options.root / PROCESSED}: {'published' if changed else 'nothing changed'}")
    return 0


def _engine(options: argparse.Namespace) -> Engine:
    """What sifts the events."""
    if options.engine == "local":
        from timeline.local import Local

        return Local()
    from timeline.cluster import Dask

    return Dask(options.scheduler)


def _say_waiting() -> None:
    print("timeline: another build of this dataset is running; waiting for its end", file=sys.stderr, flush=True)


def _validate(options: argparse.Namespace) -> int:
    from timeline.building import validate
    from timeline.events import Events
    from timeline.local import Local

    with Events(Local()) as events:
        data = validate(options.root, events)
    if options.format == "json":
        print("[]")
    elif options.format == "text":
        others = (len(rows) for name, rows in data.tables.items() if name != events.table.name)
        print(f"{events.number + sum(others)} rows in {len(data.tables)} tables: no problem")
    return 0


def _check(options: argparse.Namespace) -> int:
    from timeline.compare import differences

    with locked(options.root, _say_waiting, shared=True):
        found = differences(options.root)
    for difference in found:
        print(printable(difference))
    if not found:
        print("data/processed equals a fresh build; the raw files are in canonical form")
    return 1 if found else 0


def _format(options: argparse.Namespace) -> int:
    from timeline.raw import rewrite

    with locked(options.root, _say_waiting):
        for file in rewrite(options.root):
            print(printable(f"{file}: rewritten"))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from timeline.dataset import Dataset
    from timeline.verify import verify

    folder = Dataset(options.root).folder
    with waiting("verifying"):
        found = verify(folder)
    for message in found:
        print(printable(str(folder / message)))
    if not found:
        print(f"{folder}: every file is that of the release, and the tables hold by the codebook")
    return 1 if found else 0


def _diff(options: argparse.Namespace) -> int:
    from timeline.changes import diff, render
    from timeline.exporting import readable

    with readable(Path(options.new)):
        changes = diff(*(_folder_of(given) for given in (options.old, options.new)))
    print(render(changes, options.form))
    return 0


def _folder_of(given: str) -> Path:
    """The folder of a release, by its path or else by its version."""
    from timeline import archive

    return archive.fetch(given) if not Path(given).exists() and given in archive.versions() else Path(given)


def _fetch(options: argparse.Namespace) -> int:
    from timeline import archive

    if options.version not in archive.versions():
        print(f"timeline fetch: no version {options.version!r}; there are: {', '.join(archive.versions())}", file=sys.stderr)
        return 1
    print(archive.fetch(options.version))
    return 0


def _enter(options: argparse.Namespace) -> int:
    from timeline.release import enter

    number = enter(options.root)
    print(f"{number} ids entered{'; build and commit them' if number else ''}")
    return 0


def _release(options: argparse.Namespace) -> int:
    from timeline import release
    from timeline.dataset import Dataset

    previous = Dataset(_folder_of(options.previous)) if options.previous is not None else None
    with waiting("looking whether this can be released"):
        refused = list(release.refusals(options.root, previous))
    for reason in refused:
        print(printable(f"timeline release: {reason}"), file=sys.stderr)
    if refused:
        return 1
    with waiting("writing the release"):
        number = release.write(options.root, options.out, previous, options.add)
    print(f"{options.out} ({number} files)")
    return 0


def _import(options: argparse.Namespace) -> int:
    from timeline.importing import CHANGED, REJECTED, import_files

    with waiting("importing"):
        done = import_files(options.form, options.files, options.out)
    print(f"{done.rows} rows: {done.events} events, {len(done.rejected)} rejected ({options.out / REJECTED})")
    if done.changed:
        print(f"{len(done.changed)} cells are held otherwise than they stood ({options.out / CHANGED})")
    return 0 if done.events else 1


def _export(options: argparse.Namespace) -> int:
    from timeline import exporting, tools

    export = tools.export if options.form in FOR_TOOLS else exporting.export
    with waiting("exporting"):
        done = export(options.form, options.root, options.out)
    print(f"{done.rows} of {done.events} events ({options.out})")
    if (options.out / exporting.LOSSES).exists():
        print(f"{done.losses.total()} losses ({options.out / exporting.LOSSES}):")
    for (column, their_column, kind), number in sorted(done.losses.items()):
        print(f"{number:7} {kind}: {' -> '.join(filter(None, (column, their_column)))}")
    return 0 if done.rows else 1


def _site(options: argparse.Namespace) -> int:
    from timeline.dataset import Dataset
    from timeline.exporting import readable
    from timeline.site.writing import write

    docs = options.root / "docs"
    with waiting("writing pages"), readable(options.root):
        number = write(Dataset(options.root), options.out, docs if docs.is_dir() else None)
    print(f"{options.out / 'index.html'} ({number} pages)")
    return 0


def _fingerprint(options: argparse.Namespace) -> int:
    from timeline.fingerprints import fingerprint, paragraphs
    from timeline.raw import LARGEST_TEXT, read_plain, to_csv

    try:
        text = read_plain(options.file, LARGEST_TEXT).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8: byte 0x{error.object[error.start]:02x}"
        raise InvalidData([Problem(str(options.file), line, "", "", "file", message)]) from None
    except ValueError as error:
        raise InvalidData([Problem(str(options.file), 0, "", "", "file", error.args[-1])]) from None
    found = paragraphs(text)
    rows = [[str(number), fingerprint(paragraph), "", ""] for number, paragraph in enumerate(found, start=1)]
    print(to_csv([["paragraph", "fingerprint", "disposition", "reason"], *rows]), end="")
    print(f"whole text: {fingerprint(text)}", file=sys.stderr)
    return 0
