"""The compiled kernels for pairs and distances, if they are there, as `analysis.compiled` has it.

Until they are loaded (and where Numba is missing), NumPy compares. Work waits for them no longer
than they save it.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from types import ModuleType

from tfinspector.analysis import compiled

_TICK_SECONDS = 0.04

_lock = threading.Lock()
_loading: Future[ModuleType | None] | None = None
_loaded: ModuleType | None = None
_distances: ModuleType | None = None


def pair_kernels() -> ModuleType | None:
    """The module `pair_kernels` if it is loaded; None before, and where it can't be."""
    return _loaded


def distance_kernel() -> ModuleType | None:
    """The module `distance_kernel`, likewise."""
    return _distances


def await_pairs(seconds: float, tick: Callable[[], None]) -> None:
    """Wait for the kernels, if they are being loaded. Raises what `tick`, often called, raises."""
    ends = time.monotonic() + seconds
    while _loading is not None and not _loading.done() and time.monotonic() < ends:
        tick()
        wait([_loading], _TICK_SECONDS)


def warm_up_pairs() -> "Future[ModuleType | None]":
    """Start loading all kernels (compiling, the first time), once per process."""
    global _loading  # noqa: PLW0603 - compiled code is the process's, as its import is
    with _lock:
        if _loading is None:
            _loading = Future()
            arguments = (_loading,)
            threading.Thread(target=_load, args=arguments, name="pair kernels", daemon=True).start()
        return _loading


def _load(loading: "Future[ModuleType | None]") -> None:
    global _distances, _loaded
    try:
        if compiled.warm_up().result() is not None:
            from tfinspector.analysis.drift import distance_kernel, pair_kernels

            _distances, _loaded = distance_kernel, pair_kernels
    except BaseException as error:
        loading.set_exception(error)
        raise
    loading.set_result(_loaded)
