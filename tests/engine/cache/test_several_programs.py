"""One cache and several programs: all measure at once, one deletes it, it is full, it is read-only.

Whatever happens to the cache, the figures are those of a program that has none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engine.comparing.test_drift import opened
from tests.engine.comparing.test_remembered import alike, copy_steps
from tfinspector.contents.drift_metrics import METRICS
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.drifting import drift
from tfinspector.formats.bundles.bundle import BundleReader

Made = Callable[[str], Path]
Tables = NDArray[np.float64]

ROOT = Path(__file__).parent.parent.parent.parent
MEASURE = """
import json
import sys
from pathlib import Path
from tfinspector.contents.drift_metrics import METRICS
from tfinspector.engine.comparing import pages
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.opening import open_source

pages._ROWS = 2  # so that much is looked up and much is written
run, where, most, times = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(times):
    store = Store(where, most)
    table = drift([open_source(run)], cache=store)
    print(json.dumps([table.values(metric.name).tolist() for metric in METRICS]), flush=True)
    print(store.problem.title if store.problem else "", file=sys.stderr, flush=True)
"""
DELETE = """
import sys
from pathlib import Path
where = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
while True:
    for file in where.glob("*"):
        file.unlink(missing_ok=True)
"""


def begun(code: str, *words: object, bound: bool = False) -> subprocess.Popen[str]:
    """A program that has imported what it needs and waits for a word to start.

    A `bound` one is held to the permissions of files even where this is the administrator's.
    """
    command = [sys.executable, "-c", code, *map(str, words)]
    if bound and os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    process = subprocess.Popen(
        command, cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()


def told(processes: Sequence[subprocess.Popen[str]], expected: Tables | None) -> list[str]:
    """What they said of the cache; every table that they measured is the expected one.

    To the digits that adding up in another order leaves: kernels may be loaded or not.
    """
    problems: list[str] = []
    for process in processes:
        out, error = process.communicate(timeout=240)
        assert process.returncode == 0, error
        for line in out.splitlines() if expected is not None else ():
            np.testing.assert_allclose(np.array(json.loads(line)), expected, 1e-9, 1e-9)
        assert out
        problems += filter(None, error.splitlines())
    return problems


@pytest.fixture
def expected(made: Made) -> Tables:
    """All metrics as a program without a cache has them."""
    table = drift(opened(made("drift.run")))
    return np.array([table.values(metric.name) for metric in METRICS])


def test_two_programs_measure_one_run_at_once(
    made: Made, store: Store, expected: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [begun(MEASURE, made("drift.run"), store.path.parent, 1 << 30, 2) for _ in range(2)]
    go(*both)
    assert told(both, expected) == []
    monkeypatch.setattr("tfinspector.engine.comparing.pages._ROWS", 2)
    sources = opened(made("drift.run"))
    for snapshot in sources[0].source.snapshots:
        sources[0].checkpoint(snapshot.path)
    monkeypatch.setattr(BundleReader, "read", None)  # nothing is left to be read
    alike(drift(sources, cache=store), drift(sources, cache=store))
    assert store.problem is None


def test_two_programs_follow_a_run_that_grows(made: Made, store: Store, tmp_path: Path) -> None:
    """Each begins with another state of it; who comes later finds what the other has measured."""
    run = tmp_path / "run"
    run.mkdir()
    copy_steps(made("drift.run"), run, range(100, 400, 100))
    one = begun(MEASURE, run, store.path.parent, 1 << 30, 3)
    other = begun(MEASURE, run, store.path.parent, 1 << 30, 3)
    go(one)
    copy_steps(made("drift.run"), run, range(400, 700, 100))
    go(other)
    assert told([one, other], None) == []
    alike(drift(opened(run)), drift(opened(run), cache=store))


def test_it_is_deleted_over_and_over_while_two_measure(
    made: Made, store: Store, expected: Tables
) -> None:
    both = [begun(MEASURE, made("drift.run"), store.path.parent, 1 << 30, 4) for _ in range(2)]
    deleting = begun(DELETE, store.path.parent)
    go(deleting, *both)
    try:
        told(both, expected)
    finally:
        deleting.kill()
        deleting.communicate()
    alike(drift(opened(made("drift.run"))), drift(opened(made("drift.run")), cache=store))


def test_it_stays_within_its_bound_whoever_writes(
    made: Made, store: Store, expected: Tables
) -> None:
    most = 6_000
    both = [begun(MEASURE, made("drift.run"), store.path.parent, most, 3) for _ in range(2)]
    go(*both)
    assert told(both, expected) == []
    assert 0 < store.path.stat().st_size < 200_000
    assert total_of(store) <= most


def total_of(store: Store) -> int:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(store.path)) as db:
        [(total,)] = db.execute("SELECT total(nbytes) FROM kept")
    return int(total)


@pytest.mark.parametrize("known", [True, False])
def test_a_cache_that_can_only_be_read_is_read_and_stops_nothing(
    made: Made, store: Store, expected: Tables, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    run, where = made("drift.run"), store.path.parent
    monkeypatch.setattr("tfinspector.engine.comparing.pages._ROWS", 2)
    drift(opened(run if known else made("drift.reshaped")), cache=store)
    files = [*where.iterdir(), where]
    before = {file: file.stat().st_size for file in files}
    for file in files:
        file.chmod(0o555 if file.is_dir() else 0o444)
    try:
        process = begun(MEASURE, run, where, 1 << 30, 1, bound=True)
        go(process)
        problems = told([process], expected)
    finally:
        for file in reversed(files):
            file.chmod(0o755 if file.is_dir() else 0o644)
    assert {file: file.stat().st_size for file in files} == before
    assert ["can't be kept" in each for each in problems] == ([] if known else [True])
