"""P9: what drift costs as the work grows: bytes, variables, snapshots. And its memory (P8)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.machine import in_turns
from tests.benchmarks.targets import is_near, judged
from tests.benchmarks.test_p8_memory import FLOAT, TARGET_MIB, sparse_checkpoint
from tests.formats.table_writer import BundleWriter, entry
from tfinspector.analysis.drift.ready import warm_up_pairs
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.opening import open_source

pytestmark = pytest.mark.benchmark_target

ROOT = Path(__file__).parent.parent.parent
TARGET = 1.2  # times as much for the same unit of work
MIB = 1 << 20


def write(prefix: Path, shapes: dict[str, tuple[int, int]], seed: int) -> None:
    """A checkpoint of normally distributed float32 weights."""
    writer, end = BundleWriter(), 0
    for name, (rows, columns) in sorted(shapes.items()):
        nbytes = 4 * rows * columns
        writer.entries[name.encode()] = entry(FLOAT, (rows, columns), 0, end, nbytes, 1)
        end += nbytes
    writer.write(prefix)
    stock = np.random.default_rng(seed).standard_normal(1 << 20).astype(np.float32).tobytes()
    with open(f"{prefix}.data-00000-of-00001", "wb") as data:
        for start in range(0, end, len(stock)):
            data.write(stock[: end - start])


def run_of(directory: Path, count: int, shapes: dict[str, tuple[int, int]]) -> Path:
    directory.mkdir()
    for step in range(count):
        write(directory / f"ckpt-{step + 1}", shapes, step)
    return directory


def matrices(mebibytes: int) -> dict[str, tuple[int, int]]:
    return {f"block_{at:03}/kernel": (1024, 1024) for at in range(mebibytes // 4)}


def seconds(runs: Sequence[Path], rounds: int) -> list[float]:
    """The least processor's time of each run, which does not grow because neighbours do.

    In turns, so that whatever slows the machine down for a while hits all of them alike.
    """
    sources = [open_source(str(run)) for run in runs]
    found = in_turns(rounds, *(partial(drift, [source]) for source in sources))
    return [clocked.cpu for clocked in found]


@pytest.mark.parametrize(
    ("what", "base", "sizes", "rounds", "make"),
    [
        ("MiB", 32, (128, 256, 512, 1024), 5, lambda to, size: run_of(to, 2, matrices(size))),
        ("snapshots", 2, (10, 25, 50), 5, lambda to, size: run_of(to, size, matrices(16))),
        (  # what Python does for each hardly depends on what neighbours do
            "variables", 500, (5_000, 20_000, 50_000), 2,
            lambda to, size: run_of(to, 2, {f"v{at}/w": (8, 8) for at in range(size)}),
        ),
    ],
)  # fmt: skip
def test_cost_as_work_grows(
    what: str,
    base: int,
    sizes: tuple[int, ...],
    rounds: int,
    make: Callable[[Path, int], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What each one more than in the base costs: constant costs are in the base too.

    Of two snapshots the first is also the previous one, so they are one pair, and each further
    snapshot is two.
    """
    assert warm_up_pairs().result() is not None
    runs = [make(tmp_path / str(size), size) for size in (base, *sizes)]
    least, *others = seconds(runs, rounds)
    for run in runs:
        for file in run.iterdir():
            file.unlink()
    more = [(took - least) / (size - base) for took, size in zip(others, sizes, strict=True)]
    worst = max(more[1:]) / more[0]
    with capsys.disabled():
        costs = zip(more, sizes, strict=True)
        told = ", ".join(f"{1e3 * each:.3f} ms of {size:,}" for each, size in costs)
        verdict = judged(worst, TARGET, at_most=True)
        print(f"\nP9 {what}: one more costs {told}; worst {worst:.2f} ({verdict})")
    assert is_near(worst, TARGET, at_most=True)


CODE = """
import json, sys
from tfinspector.engine.opening import open_source
from tfinspector.engine.comparing.drifting import drift

def memory(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field)) / 1024

source = open_source(sys.argv[1])
idle = memory("VmRSS")
table = drift([source])
print(json.dumps([idle, memory("VmHWM"), table.values("norm").shape, table.path is not None]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_twenty_gibibytes_in_bounded_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tensors = {f"block_{n:02}/kernel": (FLOAT, (2048, 4096)) for n in range(28)}
    tensors["embedding"] = (FLOAT, (8192, 4096))
    for step in range(20):
        assert sparse_checkpoint(tmp_path / f"ckpt-{step + 1}", tensors) == 1 << 30
    run = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    idle, peak, shape, has_path = json.loads(run.stdout)
    assert (shape, has_path) == ([29, 20], True)
    with capsys.disabled():
        print(
            f"\nP8 drift: {peak:.0f} MiB at most, {idle:.0f} MiB idle:"
            f" {peak - idle:.0f} MiB above (target {TARGET_MIB})"
        )
    assert peak - idle <= TARGET_MIB
