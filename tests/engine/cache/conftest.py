"""A cache of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfinspector.engine.cache.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache", 1 << 30)
