"""P1, P2, P3: statistics and histograms of every variable of a 1 GiB checkpoint, warm cache.

P1 and P3 against NumPy on TensorFlow's tensors, TensorFlow already imported; P2 against the
machine itself: reading the same bytes with `numpy.sum` on two threads.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks.machine import Clocked, in_turns, sum_on_two_threads
from tests.benchmarks.targets import is_near, judged
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.analysis.compiled import warm_up
from tfinspector.contents.figures import Statistics
from tfinspector.engine.histograms import draw_shared
from tfinspector.engine.measuring import measure_all
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint

pytestmark = pytest.mark.benchmark_target

GIB = 1 << 30
TARGETS = {"float32": 15.0, "bfloat16": 10.0, "float16": 10.0, "float64": 10.0, "int8": 10.0}
MEMORY_TARGET = 0.5
ROUNDS = 10


def measure_and_draw(prefix: str) -> None:
    """What the program does: open, measure all, draw a histogram of each."""
    checkpoint, reader = read_checkpoint(prefix)
    for variable, figures in measure_all(reader, checkpoint.variables):
        assert isinstance(figures, Statistics), variable.name
        assert figures.count == variable.size
        draw_shared([figures], bins=64)


@pytest.mark.parametrize("dtype", TARGETS)
def test_statistics_of_a_gibibyte(
    dtype: str,
    tensorflow: TensorFlowProcess,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prefix = str(tmp_path / "model")
    data = tmp_path / "model.data-00000-of-00001"
    tensorflow.call("tests.makers.large:write", prefix, dtype, GIB)
    assert warm_up().result() is not None
    theirs = min(
        tensorflow.call("tests.makers.large:figures_with_tensorflow", prefix)
        for _ in range(1 if dtype in ("float16", "int8") else 2)  # NumPy takes a minute there
    )
    works: list[Callable[[], object]] = [lambda: measure_and_draw(prefix)]
    if dtype == "float32":
        works.append(lambda: sum_on_two_threads(data))
    ours, *memory = in_turns(ROUNDS, *works)
    data.unlink()
    with capsys.disabled():
        print(_told(dtype, theirs, ours, memory))
    assert is_near(theirs / ours.wall, TARGETS[dtype])
    for limit in memory:
        assert is_near(limit.over(ours)[0], MEMORY_TARGET)


def _told(dtype: str, theirs: float, ours: Clocked, memory: list[Clocked]) -> str:
    name = "P1" if dtype == "float32" else "P3"
    lines = [
        f"\n{name} {dtype}: NumPy on TensorFlow's tensors {theirs:.2f} s / {ours.wall:.3f} s"
        f" = {theirs / ours.wall:.1f} ({judged(theirs / ours.wall, TARGETS[dtype])})"
    ]
    for limit in memory:
        wall, cpu = limit.over(ours)
        lines.append(
            f"P2 {dtype}: numpy.sum on two threads {limit.wall:.3f} s / {ours.wall:.3f} s, in turns"
            f" {wall:.2f} ({judged(wall, MEMORY_TARGET)}); processor time {limit.cpu:.3f} s"
            f" / {ours.cpu:.3f} s, in turns {cpu:.2f} ({judged(cpu, MEMORY_TARGET)})"
        )
    return "\n".join(lines)
