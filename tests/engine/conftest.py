"""Both ways of comparing small variables, what is read of bundles in either, and a cache."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tfinspector.analysis.drift.ready import warm_up_pairs
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing import small
from tfinspector.formats.bundles.bundle import BundleReader

Elements = Counter[tuple[str, str]]


@pytest.fixture(params=["together", "by themselves"])
def comparing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Compare small variables many at once, then each by itself, as before kernels are loaded."""
    if request.param == "together":
        assert warm_up_pairs().result() is not None
    else:
        monkeypatch.setattr(small, "can_compare", lambda: False)
    return str(request.param)


@pytest.fixture
def elements_read(monkeypatch: pytest.MonkeyPatch) -> Elements:
    """How many elements are read, by the snapshot's name and by key."""
    found: Elements = Counter()
    read, stretch = BundleReader.read, BundleReader.stretch

    def note(reader: BundleReader, key: str, size: int) -> None:
        if not key.startswith("_CHECKPOINTABLE"):  # the graph is read to list the variables
            found[os.path.basename(reader.bundle.prefix), key] += size

    def counted_read(self: BundleReader, key: str, region: Any = None) -> Any:
        values = read(self, key, region)
        note(self, key, values.size)
        return values

    def counted_stretch(self: BundleReader, key: str, *about: Any) -> Iterator[Any]:
        for block in stretch(self, key, *about):
            note(self, key, block.size)
            yield block

    monkeypatch.setattr(BundleReader, "read", counted_read)
    monkeypatch.setattr(BundleReader, "stretch", counted_stretch)
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A cache of its own for each test."""
    return Store(tmp_path / "cache", 1 << 30)
