"""Checkpoints on other machines: in fsspec's own memory, and behind a real HTTP server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.utils import infer_storage_options

from tests.formats.places.conftest import Counted, Put, Serve, Served
from tfinspector.cli.main import main
from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.measuring import measure
from tfinspector.engine.opening import open_source
from tfinspector.engine.settings import Settings
from tfinspector.formats.places import remote
from tfinspector.formats.places.remote import WINDOW_NBYTES, RemotePlace

Made = Callable[[str], Path]


def test_a_checkpoint_is_read_as_the_local_one(made: Made, put: Put) -> None:
    directory = made("runs.ten_steps")
    put(directory, "/run")
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
def test_a_run_is_listed(made: Made, put: Put, given: str) -> None:
    directory = made("runs.ten_steps")
    put(directory, "/run")
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


def test_only_what_is_needed_is_read(made: Made, put: Put, counted: Counted) -> None:
    directory = made("remote_files.large")
    put(directory, "/big")
    total = sum(file.stat().st_size for file in directory.iterdir())
    index = (directory / "large.index").stat().st_size
    assert total > 20 * WINDOW_NBYTES
    opened = open_source("memory://big/large")
    assert counted.nbytes <= index + WINDOW_NBYTES
    counted.nbytes = 0
    part = opened.reader().read("second", (slice(0, 2), slice(0, 10)))
    assert part.shape == (2, 10)
    assert counted.nbytes <= WINDOW_NBYTES
    counted.nbytes = 0
    measure(opened.reader(), opened.find("first"))
    assert counted.nbytes <= opened.find("first").nbytes + WINDOW_NBYTES


def test_a_check_can_be_cancelled(made: Made, put: Put, counted: Counted) -> None:
    put(made("remote_files.large"), "/big")
    opened = open_source("memory://big/large")
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
    made: Made, put: Put, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(made("runs.ten_steps"), "/run")
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
    made: Made, put: Put, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(made("runs.ten_steps"), "/run")

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
        ("memory://run/notes.keras", "F12", "is a text file"),
        ("memory://run/model.npz", "F12", "NumPy"),
        ("memory://files", "F03", "holds no checkpoint"),
        ("nosuch://x/y", "F13", "no place that fsspec knows"),
    ],
)
def test_what_can_not_be_opened_is_refused_in_a_sentence(
    memory: Any, given: str, id: str, says: str
) -> None:
    memory.pipe_file("/run/notes.keras", b"PK")
    memory.pipe_file("/run/model.npz", b"\x93NUMPY")
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


def test_a_server_without_ranges_gives_the_same(made: Made, serve: Serve) -> None:
    directory = made("remote_files.large")
    with serve(directory, ranges=False) as (url, _):
        there = open_source(f"{url}/large")
        here = open_source(f"{directory}/large")
        region = (slice(500, 502), slice(0, 10))
        np.testing.assert_array_equal(
            there.reader().read("second", region), here.reader().read("second", region)
        )


@pytest.fixture
def served(made: Made, serve: Serve) -> Iterator[Served]:
    """The URL of a real server of the large checkpoint, and what it was asked for."""
    with serve(made("remote_files.large")) as found:
        yield found


def test_over_http(made: Made, served: Served) -> None:
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


class _Hosted(MemoryFileSystem):
    """A place that must be told of its host, as sftp, smb and hdfs must."""

    protocol = "hosted"
    cachable = False

    def __init__(self, host: str, port: int = 0, username: str = "", **settings: Any) -> None:
        super().__init__(**settings)
        self.reached = (host, port, username)

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return "/" + str(infer_storage_options(path)["path"]).strip("/")

    @staticmethod
    def _get_kwargs_from_urls(url: str) -> dict[str, Any]:
        told: dict[str, Any] = infer_storage_options(url)
        return {name: told[name] for name in ("host", "port", "username") if name in told}


def test_a_host_is_told_by_the_url(made: Made, put: Put) -> None:
    put(made("remote_files.large"), "/far")
    fsspec.register_implementation("hosted", _Hosted, clobber=True)
    there = open_source("hosted://me@here:22/far/large")
    here = open_source(f"{made('remote_files.large')}/large")
    assert list(there.source.variables) == list(here.source.variables)
    reached = {remote.place_of(f"hosted://{who}")._fs.reached for who in ("me@here:22", "there")}
    assert reached == {("here", 22, "me"), ("there", 0, "")}


class _Secret(_Hosted):
    """Wants a password, and says what it was asked for where it has nothing."""

    @staticmethod
    def _get_kwargs_from_urls(url: str) -> dict[str, Any]:
        return {"password": infer_storage_options(url).get("password")}

    def __init__(self, password: str | None = None, **settings: Any) -> None:
        super().__init__("here", **settings)
        self.password = password

    def info(self, path: str, **more: Any) -> Any:
        assert self.password == "s3:cr@t"
        assert ":s3:cr@t@" in path
        if "missing" in path:
            raise FileNotFoundError(path)
        return super().info(path, **more)


@pytest.mark.parametrize("part", ["", "/ckpt-3.index", "/checkpoint", "/missing"])
def test_a_password_is_told_nowhere(
    made: Made, put: Put, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    put(made("runs.ten_steps"), "/far")
    fsspec.register_implementation("secret", _Secret, clobber=True)
    url = f"secret://me:s3:cr@t@here:22/far{part}"
    texts: list[str] = []
    ticket = Ticket(lambda progress: texts.append(progress.text))
    try:
        there = open_source(url, ticket)
    except Unreadable as error:
        told = str(error.finding)
        assert "secret://me:***@here:22/far/missing" in told
    else:
        told = str(there.source)
        assert there.source.path.startswith("secret://me:***@here:22/far")
        assert there.reader().read(there.source.variables[0].key).size
        assert open_source(there.source.given).source.path == there.source.path
        assert str(Settings().with_recent(url)) == str((there.source.given,))
    main(["list", url, "--json"])
    told += capsys.readouterr().out
    assert "cr@t" not in told
    assert "cr@t" not in str(texts)


def test_what_tensorflow_can_not_open_is_copied_first(
    made: Made, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(made("runs.ten_steps"), "/run")
    put(made("saved_models.no_variables"), "/models")
    monkeypatch.chdir(tmp_path)
    for url in ("memory://run", "memory://run/ckpt-11.index", "memory://models/model/variables"):
        [finding] = [
            one for one in open_source(url).source.findings if one.id in ("F01", "F02", "F03")
        ]
        assert finding.fix is not None
        assert "TensorFlow itself can't read memory://" in finding.detail
        *copying, call = finding.fix.code.splitlines()
        exec("\n".join(copying))
        path = call.partition("'")[2].partition("'")[0]
        assert open_source(path).source.path == str(tmp_path / path)
