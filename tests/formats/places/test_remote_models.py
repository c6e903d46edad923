"""Models of every kind on other machines: opened as the local ones, and only in part read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.formats.places.conftest import Counted, Put, Serve
from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.measuring import measure
from tfinspector.engine.open_source import OpenSource
from tfinspector.engine.opening import open_source
from tfinspector.engine.trusting import trust
from tfinspector.formats.places import remote
from tfinspector.formats.places.remote import WINDOW_NBYTES, RemotePlace

Made = Callable[[str], Path]
FILES = {
    "net.keras": SourceKind.KERAS,
    "net.weights.h5": SourceKind.KERAS_WEIGHTS,
    "net.h5": SourceKind.KERAS_HDF5,
    "net.pb": SourceKind.GRAPH_DEF,
    "serving/2": SourceKind.SAVED_MODEL,
    "old/model.ckpt-7": SourceKind.CHECKPOINT_V1,
}


def _largest(opened: OpenSource) -> Any:
    return max(opened.source.variables, key=lambda one: one.nbytes)


def _same(here: OpenSource, there: OpenSource) -> None:
    assert there.source.kind is here.source.kind
    assert list(there.source.variables) == list(here.source.variables)
    ours = [one.id for one in here.source.findings]
    assert [one.id for one in there.source.findings] == ours
    for variable in here.source.variables:
        np.testing.assert_array_equal(
            there.reader().read(variable.key), here.reader().read(variable.key)
        )


@pytest.mark.parametrize("file", FILES)
def test_a_model_is_read_as_the_local_one(made: Made, put: Put, file: str) -> None:
    directory = made("remote_files.models")
    put(directory, "/all")
    there = open_source(f"memory://all/{file}")
    assert there.source.kind is FILES[file]
    _same(open_source(str(directory / file)), there)
    assert check(there).bad == ()
    assert trust(there).ops == trust(open_source(str(directory / file))).ops


@pytest.mark.parametrize("file", FILES)
def test_opening_and_a_row_read_a_small_part(
    made: Made, put: Put, counted: Counted, file: str
) -> None:
    """At most eight windows to open, of files of 6 MB and more; a row takes one or two."""
    directory = made("remote_files.models")
    put(directory, "/all")
    counted.nbytes = 0
    opened = open_source(f"memory://all/{file}")
    largest = _largest(opened)
    assert largest.nbytes > 10 * WINDOW_NBYTES
    assert 0 < counted.nbytes < 8 * WINDOW_NBYTES
    counted.nbytes = 0
    part = opened.reader().read(largest.key, (slice(0, 1), slice(0, 10)))
    assert part.shape == (1, 10)
    assert counted.nbytes <= 2 * WINDOW_NBYTES
    counted.nbytes = 0
    measure(opened.reader(), largest)
    assert counted.nbytes <= largest.nbytes + 2 * WINDOW_NBYTES


@pytest.mark.parametrize("file", FILES)
def test_over_http_parts_are_asked_for(made: Made, serve: Serve, file: str) -> None:
    directory = made("remote_files.models")
    with serve(directory) as (url, asked):
        there = open_source(f"{url}/{file}")
        here = open_source(str(directory / file))
        assert list(there.source.variables) == list(here.source.variables)
        largest = _largest(here)
        region = (slice(3, 5), slice(0, 10))
        np.testing.assert_array_equal(
            there.reader().read(largest.key, region), here.reader().read(largest.key, region)
        )
    whole = {path for path, part in asked if not part and (directory / path[1:]).is_file()}
    assert whole == set()


@pytest.mark.parametrize(
    ("given", "kind", "path"),
    [
        ("memory://all/serving", SourceKind.SAVED_MODEL, "memory://all/serving/2"),
        ("memory://all/serving/1/", SourceKind.SAVED_MODEL, "memory://all/serving/1"),
        ("memory://all/serving/2/saved_model.pb", SourceKind.SAVED_MODEL, "memory://all/serving/2"),
        ("memory://all/serving/2/variables", SourceKind.SAVED_MODEL, "memory://all/serving/2"),
        ("memory://all/old", SourceKind.RUN, "memory://all/old"),
        ("memory://all/old/checkpoint", SourceKind.RUN, "memory://all/old"),
        ("memory://all/old/new.meta", SourceKind.META_GRAPH, "memory://all/old/new.meta"),
    ],
)
def test_what_a_url_is(made: Made, put: Put, given: str, kind: SourceKind, path: str) -> None:
    put(made("remote_files.models"), "/all")
    source = open_source(given).source
    assert (source.kind, source.path) == (kind, path)
    assert source.variables


def test_a_directory_of_single_models_names_them(made: Made, put: Put) -> None:
    put(made("remote_files.models"), "/all")
    with pytest.raises(Unreadable, match="4 model files") as caught:
        open_source("memory://all")
    assert caught.value.finding.fix is not None
    assert caught.value.finding.fix.code.startswith("tfinspector list 'memory://all/net.")


def test_a_run_of_keras_files(made: Made, put: Put, serve: Serve) -> None:
    directory = made("remote_files.keras_run")
    put(directory, "/run")
    here = open_source(str(directory))
    with serve(directory) as (url, _):
        for given in ("memory://run", url):
            there = open_source(given)
            assert [one.step for one in there.source.snapshots] == [1, 2, 3]
            assert all(one.complete for one in there.source.snapshots)
            assert [one.metric for one in there.source.snapshots] == ["0.500", "0.250", "0.125"]
            first, same = there.source.snapshots[0].path, here.source.snapshots[0].path
            for variable in here.source.variables:
                np.testing.assert_array_equal(
                    there.reader(first).read(variable.key), here.reader(same).read(variable.key)
                )


def test_a_check_of_a_keras_file_can_be_cancelled(made: Made, put: Put, counted: Counted) -> None:
    put(made("remote_files.models"), "/all")
    opened = open_source("memory://all/net.keras")
    counted.nbytes = 0

    def cancel_soon(progress: Progress) -> None:
        if progress.done:
            ticket.cancel()

    ticket = Ticket(cancel_soon)
    with pytest.raises(Cancelled):
        check(opened, ticket)
    assert 0 < counted.nbytes < 3 << 20


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_lost_connection_is_no_damage(
    made: Made, put: Put, memory: Any, monkeypatch: pytest.MonkeyPatch, file: str, after: int
) -> None:
    put(made("remote_files.models"), "/all")
    give, left = type(memory).cat_file, [None] * after

    def lost(fs: Any, path: str, **more: Any) -> Any:
        if left:
            left.pop()
            return give(fs, path, **more)
        raise TimeoutError("the line is dead")

    monkeypatch.setattr(type(memory), "cat_file", lost)
    quick = RemotePlace("memory://", lambda pause: None)
    monkeypatch.setattr(remote, "place_of", lambda root: quick)

    def read_all() -> None:
        opened = open_source(f"memory://all/{file}")
        opened.reader().read(_largest(opened).key)

    with pytest.raises(Unreadable, match=r"the line is dead \(asked 4 times\)") as caught:
        read_all()
    assert caught.value.finding.id == "F13"


@pytest.mark.parametrize("file", FILES)
def test_what_fails_for_a_moment_is_asked_again(
    made: Made, put: Put, memory: Any, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    directory = made("remote_files.models")
    put(directory, "/all")
    give, asked = type(memory).cat_file, [0]

    def unsteady(fs: Any, path: str, **more: Any) -> Any:
        asked[0] += 1
        if asked[0] % 2:
            raise ConnectionResetError
        return give(fs, path, **more)

    monkeypatch.setattr(type(memory), "cat_file", unsteady)
    quick = RemotePlace("memory://", lambda pause: None)
    monkeypatch.setattr(remote, "place_of", lambda root: quick)
    there = open_source(f"memory://all/{file}")
    _same(open_source(str(directory / file)), there)
