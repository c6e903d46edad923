"""Times things in turns, so that whatever else the machine does hits all of them alike."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import truediv
from pathlib import Path
from statistics import median

import numpy as np

_BLOCK = 1 << 20


@dataclass
class Clocked:
    """Seconds of each turn, of the clock and of the processors; `wall` and `cpu` are the least."""

    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """The least seconds of the clock."""
        return min(self.walls)

    @property
    def cpu(self) -> float:
        """The least seconds of the processors."""
        return min(self.cpus)

    def over(self, other: Clocked) -> tuple[float, float]:
        """How many times as long as another work of the same turns it takes, by both clocks.

        The median of the turns: two works in turn meet the same neighbours, while the least of
        each may come from a moment that the other had no part in.
        """
        walls = map(truediv, self.walls, other.walls)
        return median(walls), median(map(truediv, self.cpus, other.cpus))


def in_turns(rounds: int, *works: Callable[[], object]) -> list[Clocked]:
    """Run the works one after the other, `rounds` times."""
    found = [Clocked() for _ in works]
    for _ in range(rounds):
        for clocked, work in zip(found, works, strict=True):
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            clocked.walls.append(time.perf_counter() - wall)
            clocked.cpus.append(time.process_time() - cpu)
    return found


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
