"""P10: the second opening of a run against the first: its figures and its drift are remembered."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.benchmarks.targets import is_near, judged
from tests.benchmarks.test_p9_growth import matrices, run_of, write
from tfinspector.analysis.drift.ready import warm_up_pairs
from tfinspector.contents.drifts import DriftTable
from tfinspector.engine.cache.measuring import measure_remembered
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.opening import open_source

pytestmark = pytest.mark.benchmark_target

TARGET = 20
SNAPSHOTS = 8
MIB = 128
GROWTH = 3.0  # snapshots' worth of reading: the new one, the one before and the first
GIB = 1 << 30


def opening(run: Path, cache: Store) -> tuple[float, float, DriftTable]:
    """What opening a run and looking at all of it takes: seconds, and those of the processor."""
    wall, own = time.perf_counter(), time.process_time()
    source = open_source(str(run))
    list(measure_remembered(cache, source.reader(), source.source.variables))
    table = drift([source], cache=cache)
    return time.perf_counter() - wall, time.process_time() - own, table


def test_the_second_opening(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert warm_up_pairs().result() is not None
    cache = Store(tmp_path / "cache", GIB)
    run = run_of(tmp_path / "run", SNAPSHOTS, matrices(MIB))
    opening(run, Store(tmp_path / "another", GIB))  # files and code are warm for both
    first_wall, first, table = opening(run, cache)
    again = [opening(run, cache) for _ in range(3)]
    second_wall, second = min(each[0] for each in again), min(each[1] for each in again)
    assert again[0][2].values("l2").shape == table.values("l2").shape
    write(run / f"ckpt-{SNAPSHOTS + 1}", matrices(MIB), SNAPSHOTS)
    one_more = opening(run, cache)[1]
    size = cache.path.stat().st_size / (1 << 20)
    share = one_more / (first / SNAPSHOTS)
    with capsys.disabled():
        print(
            f"\nP10: the second opening of {SNAPSHOTS} x {MIB} MiB is {first / second:.0f} x as"
            f" fast ({judged(first / second, TARGET)}; {first_wall:.2f} s, then"
            f" {second_wall:.3f} s); one snapshot more costs {share:.1f} of those"
            f" ({judged(share, GROWTH, at_most=True)}); {size:.1f} MiB kept"
        )
    assert is_near(first / second, TARGET)
    assert is_near(share, GROWTH, at_most=True)
    assert cache.problem is None
