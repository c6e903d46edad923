"""Time that is ours: what other programs took of the processor is taken off."""

from __future__ import annotations

import threading
import time


def waited_for_processor() -> float:
    """Seconds this thread was ready to run and had no processor, because others had it.

    Linux: Documentation/scheduler/sched-stats.rst, the second figure of `schedstat`.
    """
    with open(f"/proc/self/task/{threading.get_native_id()}/schedstat") as file:
        return int(file.read().split()[1]) / 1e9


def own_clock() -> float:
    """A clock in seconds that stands still while others have the processor."""
    return time.perf_counter() - waited_for_processor()
