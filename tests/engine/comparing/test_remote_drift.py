"""Drift and comparisons of runs on other machines, and of sharded Keras weights: as those here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.formats.places.conftest import Put, Serve, memory, put, serve
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.drifts import DriftTable
from tfinspector.engine.comparing.comparing import compare
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.opening import open_source

__all__ = ["memory", "put", "serve"]

Made = Callable[[str], Path]


def same(one: DriftTable, other: DriftTable) -> None:
    assert [row.name for row in one.rows] == [row.name for row in other.rows]
    for metric in ("relative_l2", "cosine", "mean"):
        np.testing.assert_allclose(one.values(metric), other.values(metric), 1e-12, 1e-300)


@pytest.mark.parametrize("place", ["memory", "http"])
@pytest.mark.parametrize("run", ["drift.run", "remote_files.keras_run"])
def test_a_run_elsewhere(run: str, place: str, made: Made, put: Put, serve: Serve) -> None:
    put(made(run), "/run")
    with serve(made(run)) as (url, _):
        there = open_source({"memory": "memory://run", "http": url}[place])
        here = open_source(str(made(run)))
        same(drift([there]), drift([here]))
        first, last = (there.source.snapshots[at].path for at in (0, -1))
        moved = compare(open_source(first), open_source(last)).moved
        mine = (here.source.snapshots[at].path for at in (0, -1))
        others = compare(*(open_source(each) for each in mine)).moved
    assert len(moved) == len(others) > 0
    assert [each.name for each in moved] == [each.name for each in others]


def test_sharded_weights_drift_as_whole_ones(
    tensorflow: TensorFlowProcess, tmp_path: Path, put: Put
) -> None:
    """Whatever is in which shard; here and elsewhere."""
    tensorflow.call("tests.makers.keras_restores.writing:two_steps", str(tmp_path))
    assert len(list(tmp_path.glob("sharded_1_*"))) > 1
    put(tmp_path, "/far")
    whole = drift([open_source(str(tmp_path / f"whole_{step}.weights.h5")) for step in (1, 2)])
    for base in (str(tmp_path), "memory://far"):
        sharded = [open_source(f"{base}/sharded_{step}.weights.json") for step in (1, 2)]
        table = drift(sharded)
        assert {row.name for row in table.rows} == {row.name for row in whole.rows}
        by_name = {row.name: value for row, value in zip(
            table.rows, table.values("relative_l2")[:, 1], strict=True)}  # fmt: skip
        for row, value in zip(whole.rows, whole.values("relative_l2")[:, 1], strict=True):
            assert by_name[row.name] == pytest.approx(value)
            assert value > 0
