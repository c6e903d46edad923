"""Checkpoints on other machines: in fsspec's own memory, and behind a real HTTP server."""

from __future__ import annotations

import http.server
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest

from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.measuring import measure
from tfinspector.engine.opening import open_source
from tfinspector.formats.places import remote
from tfinspector.formats.places.remote import WINDOW_NBYTES, RemotePlace, place_of

Made = Callable[[str], Path]


@pytest.fixture
def memory() -> Iterator[Any]:
    """fsspec's file system in memory, empty before and after."""
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    place_of.cache_clear()
    yield fs
    fs.store.clear()
    place_of.cache_clear()


def _put(fs: Any, directory: Path, to: str) -> None:
    for file in directory.iterdir():
        if file.is_file():
            fs.pipe_file(f"{to}/{file.name}", file.read_bytes())


def test_a_checkpoint_is_read_as_the_local_one(made: Made, memory: Any) -> None:
    directory = made("runs.ten_steps")
    _put(memory, directory, "/run")
    here = open_source(str(directory / "ckpt-3"))
    for given in ("ckpt-3", "ckpt-3.index", "ckpt-3.data-00000-of-00001"):
        there = open_source(f"memory://run/{given}")
        assert there.source.kind is SourceKind.CHECKPOINT
        assert there.source.path == "memory://run/ckpt-3"
        assert list(there.source.variables) == list(here.source.variables)
        for variable in here.source.variables:
            ours, theirs = here.reader().read(variable.key), there.reader().read(variable.key)
            np.testing.assert_array_equal(theirs, ours)
        assert check(there).bad == ()


@pytest.mark.parametrize("given", ["memory://run", "memory://run/", "memory://run/checkpoint"])
def test_a_run_is_listed(made: Made, memory: Any, given: str) -> None:
    directory = made("runs.ten_steps")
    _put(memory, directory, "/run")
    here, there = open_source(str(directory)), open_source(given)
    assert there.source.kind is SourceKind.RUN
    steps = [one.step for one in here.source.snapshots]
    assert [one.step for one in there.source.snapshots] == steps
    assert "F05" not in [one.id for one in there.source.findings]
    first = there.source.snapshots[0].path
    key = there.source.variables[0].key
    np.testing.assert_array_equal(
        there.reader(first).read(key), here.reader(here.source.snapshots[0].path).read(key)
    )


class _Counted:
    """Counts the bytes that a file system gives out."""

    def __init__(self, fs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.nbytes = 0
        self.requests: list[tuple[str, int, int]] = []
        give = type(fs).cat_file

        def counted(fs: Any, path: str, start: Any = None, end: Any = None, **more: Any) -> Any:
            data = give(fs, path, start=start, end=end, **more)
            self.nbytes += len(data)
            self.requests.append((path, start, end))
            return data

        monkeypatch.setattr(type(fs), "cat_file", counted)


def test_only_what_is_needed_is_read(
    made: Made, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = made("remote_files.large")
    _put(memory, directory, "/big")
    total = sum(file.stat().st_size for file in directory.iterdir())
    index = (directory / "large.index").stat().st_size
    assert total > 20 * WINDOW_NBYTES
    counted = _Counted(memory, monkeypatch)
    opened = open_source("memory://big/large")
    assert counted.nbytes <= index + WINDOW_NBYTES
    counted.nbytes = 0
    part = opened.reader().read("second", (slice(0, 2), slice(0, 10)))
    assert part.shape == (2, 10)
    assert counted.nbytes <= WINDOW_NBYTES
    counted.nbytes = 0
    measure(opened.reader(), opened.find("first"))
    assert counted.nbytes <= opened.find("first").nbytes + WINDOW_NBYTES


def test_a_check_can_be_cancelled(made: Made, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(memory, made("remote_files.large"), "/big")
    opened = open_source("memory://big/large")
    counted = _Counted(memory, monkeypatch)
    told: list[Progress] = []

    def cancel_soon(progress: Progress) -> None:
        told.append(progress)
        if progress.done:
            ticket.cancel()

    ticket = Ticket(cancel_soon)
    with pytest.raises(Cancelled):
        check(opened, ticket)
    assert 0 < counted.nbytes < 3 << 20
    assert told[-1].total > counted.nbytes


def test_what_fails_for_a_moment_is_asked_again(
    made: Made, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(memory, made("runs.ten_steps"), "/run")
    give, failures, pauses = type(memory).cat_file, [TimeoutError(), ConnectionResetError()], []

    def unsteady(fs: Any, path: str, **more: Any) -> Any:
        if failures:
            raise failures.pop()
        return give(fs, path, **more)

    monkeypatch.setattr(type(memory), "cat_file", unsteady)
    monkeypatch.setattr(remote, "place_of", lambda scheme: RemotePlace(scheme, pauses.append))
    assert open_source("memory://run/ckpt-3").source.variables
    assert pauses == [0.25, 0.5]


def test_what_keeps_failing_is_told_with_the_number_of_attempts(
    made: Made, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(memory, made("runs.ten_steps"), "/run")

    def broken(fs: Any, path: str, **more: Any) -> Any:
        raise TimeoutError("the line is dead")

    pauses: list[float] = []
    monkeypatch.setattr(type(memory), "cat_file", broken)
    monkeypatch.setattr(remote, "place_of", lambda scheme: RemotePlace(scheme, pauses.append))
    with pytest.raises(Unreadable, match=r"the line is dead \(asked 4 times\)") as caught:
        open_source("memory://run/ckpt-3")
    assert caught.value.finding.id == "F13"
    assert len(pauses) == 3


@pytest.mark.parametrize(
    ("given", "id", "says"),
    [
        ("memory://nowhere", "F03", "no memory://nowhere"),
        ("memory://run/model.keras", "F13", "not on this machine"),
        ("memory://files", "F13", "holds no checkpoint"),
        ("nosuch://x/y", "F13", "no place that fsspec knows"),
    ],
)
def test_what_can_not_be_opened_is_refused_in_a_sentence(
    memory: Any, given: str, id: str, says: str
) -> None:
    memory.pipe_file("/run/model.keras", b"PK")
    memory.pipe_file("/files/a.txt", b"")
    memory.pipe_file("/files/b.txt", b"")
    with pytest.raises(Unreadable, match=says) as caught:
        open_source(given)
    assert caught.value.finding.id == id
    assert caught.value.finding.fix is not None


def test_a_missing_package_is_named(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(Unreadable) as caught:
        open_source("memory://run")
    fix = caught.value.finding.fix
    assert fix is not None
    assert fix.code == "pip install 'tfinspector[remote]'"


class _Ranges(http.server.SimpleHTTPRequestHandler):
    """Serves files, and parts of them where a part is asked for."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Range", "")))
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        file = Path(self.translate_path(self.path))
        if match is None or not file.is_file():
            super().do_GET()
            return
        data = file.read_bytes()
        part = data[int(match[1]) : int(match[2]) + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {match[1]}-{match[2]}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Last-Modified", self.date_time_string(file.stat().st_mtime))
        self.end_headers()
        self.wfile.write(part)

    def end_headers(self) -> None:
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def served(made: Made) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The URL of a real server of the large checkpoint, and what it was asked for."""
    asked: list[tuple[str, str]] = []
    handler = type("Handler", (_Ranges,), {"asked": asked})
    directory = str(made("remote_files.large"))
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: handler(*args, directory=directory)
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_server_without_ranges_gives_the_same(made: Made) -> None:
    directory = str(made("remote_files.large"))
    plain = {"asked": [], "do_GET": http.server.SimpleHTTPRequestHandler.do_GET}
    handler = type("Plain", (_Ranges,), plain)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: handler(*args, directory=directory)
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        there = open_source(f"http://127.0.0.1:{server.server_port}/large")
        here = open_source(f"{directory}/large")
        region = (slice(500, 502), slice(0, 10))
        np.testing.assert_array_equal(
            there.reader().read("second", region), here.reader().read("second", region)
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_over_http(made: Made, served: tuple[str, list[tuple[str, str]]]) -> None:
    url, asked = served
    here = open_source(str(made("remote_files.large") / "large"))
    there = open_source(f"{url}/large")
    assert list(there.source.variables) == list(here.source.variables)
    del asked[:]
    region = (slice(0, 2), slice(0, 10))
    np.testing.assert_array_equal(
        there.reader().read("second", region), here.reader().read("second", region)
    )
    assert all(ranges for path, ranges in asked if ".data-" in path)
    np.testing.assert_array_equal(there.reader().read("first"), here.reader().read("first"))
    run = open_source(url)
    assert [one.complete for one in run.source.snapshots] == [True]
    assert (run.source.snapshots[0].time or 0) > 1e9
    assert check(run).bad == ()
    with pytest.raises(Unreadable):
        open_source(f"{url}/other")
