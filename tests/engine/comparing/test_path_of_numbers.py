"""The path of a run in which a variable is NaN from beginning to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.formats.table_writer import BundleWriter
from tfinspector.contents.drifts import RunPath
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.opening import open_source

SHAPE, FLOAT = (400, 400), 1


def write(directory: Path, with_broken: bool) -> Path:
    directory.mkdir()
    random = np.random.default_rng(3)
    start, way = random.standard_normal((2, *SHAPE))
    for step in range(5):
        writer = BundleWriter()
        values = (start + way * step + 0.1 * random.standard_normal(SHAPE)).astype("float32")
        writer.add("net/good/kernel", FLOAT, SHAPE, values.tobytes())
        if with_broken:
            values[1, 1] = np.nan if step % 2 else np.inf
            writer.add("net/broken/kernel", FLOAT, SHAPE, values.tobytes())
        writer.write(directory / f"ckpt-{step}")
    return directory


def path_of(directory: Path, cache: Store | None, exact: bool) -> RunPath:
    table = drift([open_source(str(directory))], cache=cache, exact_path=exact)
    assert table.path is not None
    return table.path


@pytest.mark.parametrize("exact", [True, False])
def test_what_is_never_a_number_is_left_out_and_named(tmp_path: Path, exact: bool) -> None:
    broken, good = write(tmp_path / "broken", True), write(tmp_path / "good", False)
    store = Store(tmp_path / "cache", 1 << 30)
    for cache in (None, store, store):
        found = path_of(broken, cache, exact)
        assert found.without == ("net/broken/kernel",)
        assert (found.variables, found.left_out) == (1, ())
        assert "Left out, as NaN or infinite in every snapshot: net/broken/kernel." in found.words
        assert (found.stride == 1) == exact
        if exact:
            np.testing.assert_allclose(found.points, path_of(good, None, exact).points, 1e-6)
    assert path_of(good, None, exact).without == ()
