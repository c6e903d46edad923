"""P6: from the start of the process to the painted window, against `import tensorflow`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.targets import is_near, judged

TARGET = 0.2
ROUNDS = 3
LATE = ("pyqtgraph", "numba", "h5py", "google.protobuf", "scipy", "rich", "typer", "tensorflow")

OPEN = """
import sys
from tfinspector.views.window.main_window import MainWindow
from tfinspector.__main__ import main

def painted(window):
    loaded = sorted({late} & set(sys.modules))
    sys.stdout.write(" ".join(loaded) + "\\n")
    sys.stdout.flush()
    import os
    os._exit(0)

MainWindow._after_first_paint = painted
main(["--fresh"])
"""


def seconds(code: str) -> tuple[float, str]:
    """A cold process that runs `code`: best of three, and what it printed."""
    best, said = float("inf"), ""
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ran = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True,
            cwd=Path(__file__).parent.parent.parent,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "TF_CPP_MIN_LOG_LEVEL": "3"},
        )  # fmt: skip
        best, said = min(best, time.perf_counter() - start), ran.stdout
    return best, said


@pytest.mark.benchmark_target
def test_the_window_is_painted_soon(capsys: pytest.CaptureFixture[str]) -> None:
    ours, loaded = seconds(OPEN.replace("{late}", repr(set(LATE))))
    theirs, _ = seconds("import tensorflow")
    with capsys.disabled():
        print(
            f"\nP6 start to paint: {ours:.2f} s / import tensorflow {theirs:.2f} s"
            f" = {ours / theirs:.2f} ({judged(ours / theirs, TARGET, at_most=True)})"
        )
    assert loaded.split() == [], "loaded before the window was painted"
    assert is_near(ours / theirs, TARGET, at_most=True)
