"""Times things in turns, so that whatever else the machine does hits all of them alike."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_BLOCK = 1 << 20


@dataclass
class Clocked:
    """The least seconds of several turns: of the clock, and of the processors."""

    wall: float = float("inf")
    cpu: float = float("inf")


def in_turns(rounds: int, *works: Callable[[], object]) -> list[Clocked]:
    """Run the works one after the other, `rounds` times; the best of each."""
    best = [Clocked() for _ in works]
    for _ in range(rounds):
        for clocked, work in zip(best, works, strict=True):
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            clocked.wall = min(clocked.wall, time.perf_counter() - wall)
            clocked.cpu = min(clocked.cpu, time.process_time() - cpu)
    return best


def sum_on_two_threads(path: Path) -> None:
    """Read a file of float32 in blocks and `numpy.sum` each, half the file per thread."""
    size = path.stat().st_size
    half = size // 2 // _BLOCK * _BLOCK

    def work(bounds: tuple[int, int]) -> None:
        buffer = np.empty(_BLOCK // 4, np.float32)
        with open(path, "rb", buffering=0) as file:
            for start in range(*bounds, _BLOCK):
                count = os.preadv(file.fileno(), [buffer.data.cast("B")], start)
                np.sum(buffer[: count // 4])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [(0, half), (half, size)]))
