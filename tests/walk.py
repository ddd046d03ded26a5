"""Walks a site as a visitor does, in Chromium, with every request to elsewhere blocked: `python tests/walk.py SITE`.

Prints what is wrong with each page at the width of a phone and of a desk: errors, requests, links that lead nowhere, and what
axe-core finds; at the end how long the explorer took.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = shutil.which("chromium")
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@contextmanager
def browser():
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield started
        finally:
            started.close()


@contextmanager
def visitor(chromium, size="desk", scheme="light"):
    """A page of a visitor, and the list of what went wrong on it."""
    context = chromium.new_context(viewport=SIZES[size], color_scheme=scheme)
    page, wrong = context.new_page(), []

    def route(asked):
        if asked.request.url.startswith(("file:", "data:", "blob:")):
            asked.continue_()
        else:
            wrong.append(f"asks for {asked.request.url}")
            asked.abort()

    page.route("**/*", route)
    page.on("console", lambda message: wrong.append(f"says {message.text}") if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(f"fails: {error}"))
    try:
        yield page, wrong
    finally:
        context.close()


def look(page, wrong, path: Path) -> list[str]:
    """What is wrong with a page."""
    from axe_playwright_python.sync_playwright import Axe

    wrong.clear()
    page.goto(path.as_uri())
    if path.name == "explore.html":
        page.wait_for_selector("#map svg, #map canvas")
    found = [f"{path.name}: {what}" for what in wrong]
    if (width := page.evaluate("document.documentElement.scrollWidth")) > page.viewport_size["width"]:
        found.append(f"{path.name}: is {width} wide")
    violations = Axe().run(page, options={"preload": False}).response["violations"]
    return found + [f"{path.name}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations]


def of_each_kind(site: Path) -> Iterator[Path]:
    """All pages but those of events, actors and sources, and the first and the longest of each of those."""
    yield from sorted(site.glob("*.html"))
    for kind in ("events", "actors", "sources"):
        pages = sorted((site / kind).glob("*.html"))
        yield from dict.fromkeys([pages[0], max(pages, key=lambda path: path.stat().st_size)])


def main() -> int:
    """Walk all pages; status 1 if anything is wrong."""
    site, number, found = Path(sys.argv[1]).absolute(), 0, []
    with browser() as chromium:
        for size, scheme in (("desk", "light"), ("phone", "dark")):
            with visitor(chromium, size, scheme) as (page, wrong):
                for path in sorted(site.rglob("*.html")):
                    number += 1
                    for message in look(page, wrong, path):
                        found.append(message)
                        print(f"{size}, {scheme}: {message}", flush=True)
    print(f"{number} views of pages, {len(found)} faults")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
