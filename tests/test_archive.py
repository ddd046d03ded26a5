"""Releases are fetched whole and as their checksums have them, or not at all, whatever a server does."""

import http.server
import shutil
import threading
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import timeline
from conftest import REPOSITORY
from timeline import archive
from timeline.dataset import Dataset
from timeline.describe import read_about
from timeline.publish import CHECKSUMS
from timeline.verify import wrong_checksums

VERSION = "1999.1"


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder; `tricks` are played one for each request, and the last of them on all that follow."""

    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.tricks, self.asked = folder, ["whole"], []
        self.is_over = threading.Event()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Who asked may have had enough."""

    def trick(self):
        return self.tricks.pop(0) if len(self.tricks) > 1 else self.tricks[0]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.close_connection = True
        path = self.path.removeprefix("/moved")
        asked = self.headers.get("Range")
        self.server.asked.append((path, asked))
        file = self.server.folder / path.removeprefix(f"/{VERSION}/")
        if not path.startswith(f"/{VERSION}/") or not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        trick = self.server.trick() if not self.path.startswith("/moved") else "whole"
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        getattr(self, trick)(file.read_bytes(), start)

    def head(self, status, length, **headers):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def give(self, data, start, length=None):
        """Give a part of a file, or say at least that it is so long."""
        status = HTTPStatus.PARTIAL_CONTENT if start else HTTPStatus.OK
        told = len(data) - start if length is None else length
        self.head(status, told, Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.wfile.write(data[start:])

    whole = give

    def cut(self, data, start):
        self.give(data[: start + 1 + (len(data) - start) // 2], start, len(data) - start)

    def empty(self, data, start):
        self.give(b"", 0, len(data))

    def corrupt(self, data, start):
        self.give(data[:-1] + bytes([data[-1] ^ 1]), start)

    def cut_and_corrupt(self, data, start):
        self.cut(bytes([data[0] ^ 1]) + data[1:], start)

    def swap(self, data, start):
        self.give((self.server.folder / "codebook.md").read_bytes() * 2, 0)

    def short(self, data, start):
        self.give(data[:-1], start)

    def stall(self, data, start):
        self.head(HTTPStatus.OK, len(data))
        self.wfile.write(data[:100])
        self.wfile.flush()
        self.server.is_over.wait(60)

    def drip(self, data, start):
        """A byte now and then, so that the connection is never quite silent."""
        self.head(HTTPStatus.OK, len(data))
        for byte in data:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.is_over.wait(0.05):
                return

    def redirect(self, data, start):
        self.head(HTTPStatus.FOUND, 0, Location=f"/moved{self.path}")

    def circle(self, data, start):
        self.head(HTTPStatus.FOUND, 0, Location=self.path)

    def to_a_file(self, data, start):
        self.head(HTTPStatus.FOUND, 0, Location="file:///etc/passwd")

    def refuse(self, data, start):
        self.send_error(HTTPStatus.FORBIDDEN)

    def break_down(self, data, start):
        self.send_error(HTTPStatus.BAD_GATEWAY)

    def hang_up(self, data, start):
        self.connection.close()

    def no_http(self, data, start):
        self.wfile.write(b"\0\xff" * 100)

    def endless(self, data, start):
        self.head(HTTPStatus.OK, None)
        for _ in range(10_000):
            self.wfile.write(bytes(1 << 16))

    def ignore_the_part(self, data, start):
        self.give(data, 0)

    def another_part(self, data, start):
        self.head(HTTPStatus.PARTIAL_CONTENT, len(data), Content_Range=f"bytes 0-{len(data) - 1}/{len(data)}")
        self.wfile.write(data)

    def packed(self, data, start):
        import gzip

        small = gzip.compress(data)
        self.head(HTTPStatus.OK, len(small), Content_Encoding="gzip")
        self.wfile.write(small)


@contextmanager
def serving(folder):
    server = Server(folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def released(part, tmp_path, monkeypatch):
    """A server of a release whose checksums the package has; nothing is in the cache."""
    registry = tmp_path / "releases"
    registry.mkdir()
    shutil.copy(part / "data/processed" / CHECKSUMS, registry / f"{VERSION}.sha256")
    monkeypatch.setattr(archive, "_registry", lambda: registry)
    monkeypatch.setattr(archive, "PATIENCE", 0.3)
    monkeypatch.setenv("TIMELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    archive._sums.cache_clear()
    with serving(part / "data/processed") as server:
        monkeypatch.setenv("TIMELINE_MIRRORS", server.address)
        yield server
    archive._sums.cache_clear()


def cached(tmp_path):
    folder = tmp_path / "cache" / VERSION
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def test_a_table_of_a_release_is_fetched_once_and_kept(released, part, tmp_path):
    first = timeline.load("actors", version=VERSION)
    assert first.equals(Dataset(part).load("actors"))
    assert [path for path, _ in released.asked] == [f"/{VERSION}/datapackage.json", f"/{VERSION}/actors.parquet"]
    released.tricks = ["refuse"]
    assert timeline.load("actors", version=VERSION).equals(first)
    assert len(released.asked) == 2


def test_without_a_network_what_is_kept_is_read(released, monkeypatch):
    timeline.fetch(VERSION)
    released.shutdown()
    monkeypatch.delenv("TIMELINE_MIRRORS")
    assert len(timeline.load("sources", version=VERSION, format="csv"))
    assert timeline.cite(version=VERSION).startswith("The timeline contributors")
    assert timeline.load("events", version=VERSION, as_of="2024-06-04").shape[0]


def test_a_whole_release_is_fetched_and_verifies(released, part):
    folder = timeline.fetch(VERSION)
    assert wrong_checksums(folder) == []
    assert {path.name for path in folder.iterdir()} == {path.name for path in (part / "data/processed").iterdir()}
    assert timeline.diff(folder, part).empty


def test_what_was_changed_in_the_cache_is_fetched_anew(released, part):
    file = timeline.fetch(VERSION) / "actors.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    timeline.load("actors", version=VERSION)
    assert file.read_bytes() == (part / "data/processed/actors.parquet").read_bytes()


WHOLE_IN_THE_END = {
    "cut": ["cut", "whole"],
    "cut twice": ["cut", "cut", "whole"],
    "not begun": ["empty", "whole"],
    "hung up": ["hang_up", "whole"],
    "stalls": ["stall", "whole"],
    "drips": ["drip", "whole"],
    "redirects": ["redirect"],
    "goes on elsewhere": ["cut", "redirect"],
    "cut, and the server knows no parts": ["cut", "ignore_the_part"],
    "a half of another file": ["cut_and_corrupt", "whole", "whole"],
}
REFUSED = {
    "cut for ever": (["cut"], "actors.parquet: "),
    "corrupt": (["corrupt"], "its SHA-256 is another"),
    "another file": (["swap"], "is larger than"),
    "short": (["short"], "its SHA-256 is another"),
    "stalls for ever": (["stall"], "timed out"),
    "drips for ever": (["drip"], "bytes a second"),
    "circles": (["circle"], "redirect"),
    "leads to a file of this machine": (["to_a_file"], "No connection adapters"),
    "refuses": (["refuse"], "answers 403 Forbidden"),
    "is broken": (["break_down"], "answers 502 Bad Gateway"),
    "hangs up": (["hang_up"], "closed connection|reset|aborted"),
    "speaks something else": (["no_http"], "actors.parquet: "),
    "never ends": (["endless"], "is larger than"),
    "gives another part": (["cut", "another_part"], "another part"),
    "packs what was to be as it is": (["packed"], "is larger than|its SHA-256 is another"),
}


@pytest.mark.parametrize("tricks", WHOLE_IN_THE_END.values(), ids=WHOLE_IN_THE_END)
def test_a_download_ends_whole(released, part, tricks):
    archive.of_version(VERSION)
    released.tricks = list(tricks)
    timeline.load("actors", version=VERSION, verify=True)
    assert len(released.asked) >= 1 + len(tricks)


@pytest.mark.parametrize(("tricks", "message"), REFUSED.values(), ids=REFUSED)
def test_or_with_one_clear_error_and_nothing_in_the_cache(released, tmp_path, tricks, message):
    archive.of_version(VERSION)
    released.tricks = list(tricks)
    with pytest.raises(OSError, match=message) as raised:
        timeline.load("actors", version=VERSION)
    assert f"{released.address}/{VERSION}/actors.parquet: " in str(raised.value)
    assert "object at 0x" not in str(raised.value)
    assert set(cached(tmp_path)) == {"datapackage.json"}
    released.tricks = ["whole"]
    assert len(timeline.load("actors", version=VERSION))


def test_what_was_cut_is_gone_on_with(released, part):
    archive.of_version(VERSION)
    released.tricks = ["cut", "whole"]
    timeline.load("actors", version=VERSION)
    half = 1 + (part / "data/processed/actors.parquet").stat().st_size // 2
    assert released.asked[-2:] == [(f"/{VERSION}/actors.parquet", None), (f"/{VERSION}/actors.parquet", f"bytes={half}-")]


def test_another_mirror_is_asked(released, monkeypatch, tmp_path):
    with serving(tmp_path) as nothing:
        monkeypatch.setenv("TIMELINE_MIRRORS", f"{nothing.address} {released.address}/")
        assert len(timeline.load("actors", version=VERSION))
        assert nothing.asked
        monkeypatch.setenv("TIMELINE_MIRRORS", nothing.address)
        with pytest.raises(OSError, match="answers 404 Not Found"):
            timeline.load("places", version=VERSION)


TRICKS = sorted({trick for tricks in WHOLE_IN_THE_END.values() for trick in tricks} - {"stall", "drip"})
MORE_TRICKS = ["corrupt", "swap", "short", "refuse", "break_down", "another_part", "circle"]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tricks=st.lists(st.sampled_from(TRICKS + MORE_TRICKS), min_size=1, max_size=6))
def test_whatever_a_server_does_the_cache_holds_what_was_published(released, tmp_path, tricks):
    released.tricks = list(tricks)
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    try:
        found = timeline.load("places", version=VERSION)
    except OSError:
        pass
    else:
        assert found.equals(Dataset(released.folder).load("places"))
    for name, data in cached(tmp_path).items():
        assert data == (released.folder / name).read_bytes()


def test_there_is_no_other_version(released):
    with pytest.raises(ValueError, match="no version '../1999.1'; there are: 1999.1"):
        timeline.load(version="../1999.1")
    with pytest.raises(ValueError, match="give root or version"):
        timeline.load(version=VERSION, root=".")


def test_without_a_mirror_it_says_what_to_do(released, monkeypatch):
    monkeypatch.delenv("TIMELINE_MIRRORS")
    monkeypatch.setattr(archive, "KNOWN_MIRRORS", ())
    with pytest.raises(OSError, match=r"1999.1/datapackage.json is not in the cache, .* TIMELINE_MIRRORS"):
        timeline.load(version=VERSION)


def test_versions_are_in_order_of_their_numbers(released):
    for version in ("1999.10", "1999.2", "2000.1"):
        (archive._registry() / f"{version}.sha256").touch()
    assert timeline.versions() == ["1999.1", "1999.2", "1999.10", "2000.1"]


def test_what_comes_with_the_package_is_not_fetched(monkeypatch):
    monkeypatch.delenv("TIMELINE_MIRRORS", raising=False)
    assert timeline.fetch(timeline.versions()[-1]) == Dataset().folder


def test_a_version_that_is_out_is_not_changed():
    """Data of a version that was released change under a new version only; its checksums are those of these files."""
    version = read_about(REPOSITORY)["version"]
    listed = REPOSITORY / "src/timeline/releases" / f"{version}.sha256"
    if listed.exists():
        assert listed.read_text() == (REPOSITORY / "data/processed" / CHECKSUMS).read_text()
