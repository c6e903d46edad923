"""fsspec's own memory, and real HTTP servers of a directory."""

from __future__ import annotations

import contextlib
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import fsspec
import pytest

from tfinspector.formats.places.remote import place_of

Put = Callable[[Path, str], None]
Served = tuple[str, list[tuple[str, str]]]
Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture
def memory() -> Iterator[Any]:
    """fsspec's file system in memory, empty before and after."""
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    place_of.cache_clear()
    yield fs
    fs.store.clear()
    place_of.cache_clear()


@pytest.fixture
def put(memory: Any) -> Put:
    """Copies a directory, with all that is below it, into the memory."""

    def copy(directory: Path, to: str) -> None:
        for file in directory.rglob("*"):
            if file.is_file():
                memory.pipe_file(f"{to}/{file.relative_to(directory)}", file.read_bytes())

    return copy


class Counted:
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


@pytest.fixture
def counted(memory: Any, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """What the memory gives out."""
    return Counted(memory, monkeypatch)


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


class _Plain(_Ranges):
    """Knows no parts and sends the whole."""

    def do_GET(self) -> None:
        http.server.SimpleHTTPRequestHandler.do_GET(self)


@contextlib.contextmanager
def _serving(directory: Path, ranges: bool = True) -> Iterator[Served]:
    asked: list[tuple[str, str]] = []
    handler = type("Handler", (_Ranges if ranges else _Plain,), {"asked": asked})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: handler(*args, directory=str(directory))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def serve() -> Serve:
    """Serves a directory: its URL, and what it was asked for."""
    return _serving
