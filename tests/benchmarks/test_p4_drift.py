"""P4: all drift metrics between two checkpoints, against NumPy on TensorFlow's tensors.

Of 256 MiB each: NumPy takes minutes for a GiB, and P9 shows that our cost grows with the bytes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.machine import in_turns
from tests.benchmarks.targets import is_near, judged
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.analysis.drift.ready import warm_up_pairs
from tfinspector.engine.comparing.comparing import compare
from tfinspector.engine.opening import open_source

pytestmark = pytest.mark.benchmark_target

NBYTES = 1 << 28
TARGET = 10.0
ROUNDS = 5


def test_two_checkpoints_against_each_other(
    tensorflow: TensorFlowProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tensorflow.call("tests.makers.drift:large_pair", str(tmp_path), NBYTES)
    assert warm_up_pairs().result() is not None
    theirs, without = tensorflow.call("tests.makers.drift:drift_with_numpy", str(tmp_path))

    def work() -> None:
        found = compare(*(open_source(str(tmp_path / name)) for name in "ab"))
        assert len(found.moved) == 113

    [ours] = in_turns(ROUNDS, work)
    for file in tmp_path.glob("*.data-*"):
        file.unlink()
    ratio = theirs / ours.wall
    with capsys.disabled():
        print(
            f"\nP4: NumPy on TensorFlow's tensors {theirs:.1f} s / {ours.wall:.2f} s = {ratio:.1f}"
            f" ({judged(ratio, TARGET)}); without distributions {without:.1f} s"
            f" = {without / ours.wall:.1f}; processor time {ours.cpu:.2f} s"
        )
    assert is_near(ratio, TARGET)
