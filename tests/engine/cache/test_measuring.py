"""Statistics are measured once: kept by what was read, and never believed of other bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.cache.test_packing import same
from tfinspector.contents.figures import Statistics
from tfinspector.contents.findings import Cancelled
from tfinspector.engine.cache import measuring
from tfinspector.engine.cache.identity import Identities
from tfinspector.engine.cache.measuring import measure_remembered
from tfinspector.engine.cache.places import cache_directory, open_cache
from tfinspector.engine.cache.store import Store
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.settings import Settings
from tfinspector.formats.bundles.bundle import BundleReader

Made = Callable[[str], Path]
Measured = dict[str, Statistics]


@pytest.fixture
def small_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "LEAST_NBYTES", 0)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of whatever is read."""
    found: list[str] = []
    original = BundleReader._stretch_of

    def noted(self: BundleReader, tensor: Any, *more: Any) -> Iterator[Any]:
        found.append(tensor.key)
        yield from original(self, tensor, *more)

    monkeypatch.setattr(BundleReader, "_stretch_of", noted)
    return found


def measured(store: Store | None, path: Path, ticket: Ticket | None = None) -> Measured:
    opened = open_source(str(path))
    found = measure_remembered(store, opened.reader(), opened.source.variables, ticket)
    return {variable.key: figures for variable, figures in found if isinstance(figures, Statistics)}


def copied(path: Path, target: Path) -> Path:
    for file in path.parent.glob(f"{path.name}.*"):
        shutil.copy(file, target)
    return target / path.name


def test_the_second_time_nothing_is_read_and_all_is_the_same(
    made: Made, store: Store, small_too: None, reads: list[str]
) -> None:
    path = made("bundles.all_dtypes") / "model.ckpt-5"
    fresh = measured(None, path)
    first = measured(store, path)
    assert reads
    reads.clear()
    second = measured(store, path)
    assert reads == []
    assert list(fresh) == list(first) == list(second)
    for key, figures in fresh.items():
        same(figures, first[key])
        same(figures, second[key])
    assert store.problem is None


def test_small_ones_are_measured_and_not_kept(made: Made, store: Store) -> None:
    measured(store, made("bundles.all_dtypes") / "model.ckpt-5")
    assert not store.path.exists()


def test_other_bytes_are_measured_anew(
    made: Made, store: Store, small_too: None, reads: list[str], tmp_path: Path
) -> None:
    path = copied(made("drift.run") / "ckpt-100", tmp_path)
    measured(store, path)
    other = copied(made("drift.run") / "ckpt-200", tmp_path)
    data = tmp_path / "ckpt-100.data-00000-of-00001"
    for ending in ("index", "data-00000-of-00001"):
        os.replace(f"{other}.{ending}", f"{path}.{ending}")
    assert data.exists()
    reads.clear()
    found = measured(store, path)
    assert set(found) <= set(reads)
    for key, figures in measured(None, path).items():
        same(figures, found[key])


def test_a_file_that_changes_while_it_is_measured_is_not_kept(
    made: Made, store: Store, small_too: None, tmp_path: Path
) -> None:
    path = copied(made("drift.run") / "ckpt-100", tmp_path)
    opened = open_source(str(path))
    results = measure_remembered(store, opened.reader(), opened.source.variables)
    next(results)
    os.utime(tmp_path / "ckpt-100.data-00000-of-00001", ns=(1, 1))
    list(results)
    assert not store.path.exists()


def test_a_damaged_body_is_measured(
    made: Made, store: Store, small_too: None, reads: list[str]
) -> None:
    path = made("drift.run") / "ckpt-100"
    expected = measured(store, path)
    reader = open_source(str(path)).reader()
    names = {key: Identities(reader).of(key) for key in expected}
    store.put({name: b"TFC1 nonsense" for name in names.values() if name})
    reads.clear()
    found = measured(store, path)
    assert set(reads) == set(expected)
    for key, figures in expected.items():
        same(figures, found[key])


def test_what_was_measured_before_a_cancel_is_kept(
    made: Made, store: Store, small_too: None, reads: list[str]
) -> None:
    path = made("drift.run") / "ckpt-100"
    opened = open_source(str(path))
    ticket = Ticket()
    results = measure_remembered(store, opened.reader(), opened.source.variables, ticket)
    done = [next(results)[0].key for _ in range(3)]
    ticket.cancel()
    with pytest.raises(Cancelled):
        list(results)
    reads.clear()
    measured(store, path)
    assert not set(done) & set(reads)


def test_without_a_checksum_a_file_has_to_settle(
    tmp_path: Path, store: Store, small_too: None
) -> None:
    import h5py

    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.ones((40, 40), np.float32)
    reader = open_source(str(path)).reader()
    [variable] = open_source(str(path)).source.variables
    assert Identities(reader).of(variable.key) is None, "it was written a moment ago"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    reader = open_source(str(path)).reader()
    assert Identities(reader).of(variable.key) is not None


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFINSPECTOR_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("TFINSPECTOR_CACHE_DIR", "/by/environment")
    chosen = Settings(cache_directory="/by/settings", cache_mebibytes=5)
    assert cache_directory(chosen) == Path("/by/environment")
    monkeypatch.delenv("TFINSPECTOR_CACHE_DIR")
    assert cache_directory(chosen) == Path("/by/settings")
    assert cache_directory(Settings()).name == "tfinspector"
    assert open_cache(Settings(cache_mebibytes=0)) is None
    assert open_cache() is not None
