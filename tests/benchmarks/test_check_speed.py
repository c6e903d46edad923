"""`check` against a bare loop that reads the same file and computes CRC32C, on 1 and 2 threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.targets import is_near, judged
from tests.formats.table_writer import BundleWriter
from tfinspector.engine.checking import check
from tfinspector.engine.opening import open_source
from tfinspector.formats.checksum import crc32c

TARGET = 0.7
"""Of the bare loop's speed, by the time that our threads had a processor: others share it."""

TENSORS, NBYTES = 48, 4 << 20
BLOCK = 1 << 20
ROUNDS = 7


def bare(path: Path, start: int, stop: int) -> None:
    """Read a part of a file block by block and go on with its checksum, nothing else."""
    buffer = memoryview(bytearray(BLOCK))
    crc = 0
    with open(path, "rb", buffering=0) as file:
        file.seek(start)
        while start < stop:
            count = file.readinto(buffer[: stop - start])
            crc = crc32c(buffer[:count], crc)
            start += count


def on_threads(path: Path, nbytes: int, count: int) -> None:
    bounds = [nbytes * part // count for part in range(count + 1)]
    threads = [
        threading.Thread(target=bare, args=(path, start, stop)) for start, stop in pairwise(bounds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.benchmark_target
def test_checking_runs_at_the_speed_of_the_checksum(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = BundleWriter()
    values = np.random.default_rng(0)
    for number in range(TENSORS):
        writer.add(f"layer_{number:03}/kernel", 1, (NBYTES // 4,), values.bytes(NBYTES))
    opened = open_source(writer.write(tmp_path / "large"))
    path = tmp_path / "large.data-00000-of-00001"
    nbytes = path.stat().st_size

    def ours() -> None:
        report = check(opened)
        assert report.nbytes == nbytes
        assert report.findings == ()

    ways: list[Callable[[], None]] = [
        lambda: on_threads(path, nbytes, 1), lambda: on_threads(path, nbytes, 2), ours
    ]  # fmt: skip
    wall, own = [float("inf")] * len(ways), [float("inf")] * len(ways)
    for _ in range(ROUNDS):
        for place, way in enumerate(ways):
            begun = time.perf_counter(), time.process_time()
            way()
            wall[place] = min(wall[place], time.perf_counter() - begun[0])
            own[place] = min(own[place], time.process_time() - begun[1])
    one, two, checked = (nbytes / seconds / 1e9 for seconds in wall)
    share = own[0] / own[2]
    with capsys.disabled():
        print(
            f"\ncheck {checked:.1f} GB/s; bare loop {one:.1f} on one thread, {two:.1f} on two "
            f"({checked / max(one, two):.2f} of the faster); by processor time {share:.2f} of the "
            f"bare loop; {judged(share, TARGET)}"
        )
    assert is_near(share, TARGET)
