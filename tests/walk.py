"""Walks a site as a visitor does, in Chromium, with every request to elsewhere blocked: `python tests/walk.py SITE`.

Prints what is wrong with each page at the width of a phone and of a desk: errors, requests, links that lead nowhere, and what
axe-core finds; at the end how long the explorer took.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = shutil.which("chromium")
TOGETHER = 100  # pages that one visitor sees
EACH = 20  # pages of events, actors and sources, of which one is read out, too
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
    wrong.clear()
    page.goto(path.as_uri())
    if path.name == "explore.html":
        page.wait_for_selector("#map svg, #map canvas")
    found = [f"{path.name}: {what}" for what in wrong]
    if (width := page.evaluate("document.documentElement.scrollWidth")) > page.viewport_size["width"]:
        found.append(f"{path.name}: is {width} wide")
    return found


def hear(page, path: Path) -> list[str]:
    """What axe-core finds on a page that is shown, for those who do not see it or use no mouse."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page, options={"preload": False}).response["violations"]
    return [f"{path.name}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations]


def of_each_kind(site: Path) -> Iterator[Path]:
    """All pages but those of events, actors and sources, and the first of each of those."""
    yield from sorted(site.glob("*.html"))
    for kind in ("events", "actors", "sources"):
        yield min((site / kind).glob("*.html"))


# what a visitor waits for, in milliseconds: tasks during which the page answers nothing
LONG_TASKS = "window.long = []; new PerformanceObserver((l) => long.push(...l.getEntries().map((e) => e.duration)))"
LONG_TASKS += ".observe({ type: 'longtask', buffered: true })"
CHOICES = (("select[name=claim]", "yes"), ("select[name=type]", "statement"), ("select[name=claim]", ""))


def paces(chromium, site: Path, throttle: int = 1) -> dict[str, float]:
    """How long the explorer takes until it can be used, and its longest pause when events are chosen and scrolled."""
    with visitor(chromium) as (page, _):
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
        page.goto((site / "explore.html").as_uri())
        page.wait_for_selector("#map svg, #map canvas")
        usable = page.evaluate("performance.getEntriesByName('usable')[0].startTime")
        drawn = page.evaluate("performance.now()")
        page.evaluate(LONG_TASKS)
        page.wait_for_timeout(500)
        page.evaluate("long.length = 0")
        for field, value in CHOICES:
            page.select_option(field, value)
            page.wait_for_timeout(1500)
        chosen = page.evaluate("Math.max(0, ...long.splice(0))")
        for _ in range(10):
            page.mouse.wheel(0, 400)
            page.wait_for_timeout(50)
        return {
            "usable": usable,
            "drawn": drawn,
            "longest pause choosing": chosen,
            "scrolling": page.evaluate("Math.max(0, ...long)"),
        }


def first_view(site: Path) -> int:
    """The bytes of the first page with all that it loads, compressed."""
    text = (site / "index.html").read_text(encoding="utf-8")
    loaded = {site / name for name in re.findall(r'(?:href|src)="(assets/[^"]+)"', text)}
    return sum(len(gzip.compress(path.read_bytes())) for path in {site / "index.html", *loaded})


def walk(site: Path, pages: list[Path], size: str, scheme: str) -> list[str]:
    """What is wrong with some pages for one kind of visitor."""
    found, of_kind = [], set(of_each_kind(site))
    with browser() as chromium, visitor(chromium, size, scheme) as (page, wrong):
        for number, path in enumerate(pages):
            seen = look(page, wrong, path)
            if path in of_kind or number % EACH == 0:
                seen += hear(page, path)
            found += [f"{size}, {scheme}: {message}" for message in seen]
    return found


def main() -> int:
    """Walk all pages, some at a time and as many visitors as there are processors; status 1 if anything is wrong."""
    site, found = Path(sys.argv[1]).absolute(), []
    pages = sorted(site.rglob("*.html"))
    print(f"first view: {first_view(site) / 1e6:.2f} MB compressed")
    with browser() as chromium:
        for throttle in (1, 4):
            told = ", ".join(f"{what} {took:.0f} ms" for what, took in paces(chromium, site, throttle).items())
            print(f"explorer, processor slowed {throttle} times: {told}", flush=True)
    with ProcessPoolExecutor() as visitors:
        for visit in [
            visitors.submit(walk, site, pages[start : start + TOGETHER], size, scheme)
            for size, scheme in (("desk", "light"), ("phone", "dark"))
            for start in range(0, len(pages), TOGETHER)
        ]:
            found += visit.result()
            print(*visit.result(), sep="\n", end="\n" if visit.result() else "", flush=True)
    print(f"{len(SIZES) * len(pages)} views of pages, {len(found)} faults")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
