"""The compiled kernels for pairs and distances, if they are there, as `analysis.compiled` has it.

Work never waits for them. Until they are loaded (and where Numba is missing), NumPy compares.
"""

import threading
from concurrent.futures import Future
from types import ModuleType

from tfinspector.analysis import compiled

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
