"""The compiled kernels for pairs, if they are there; as `analysis.compiled` does it for one tensor.

Work never waits for them. Until they are loaded (and where Numba is missing), NumPy compares.
"""

import threading
from concurrent.futures import Future
from types import ModuleType

from tfinspector.analysis import compiled

_lock = threading.Lock()
_loading: Future[ModuleType | None] | None = None
_loaded: ModuleType | None = None


def pair_kernels() -> ModuleType | None:
    """The module `pair_kernels` if it is loaded; None before, and where it can't be."""
    return _loaded


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
    global _loaded  # noqa: PLW0603 - see above
    try:
        if compiled.warm_up().result() is not None:
            from tfinspector.analysis.drift import pair_kernels as module

            _loaded = module
    except BaseException as error:
        loading.set_exception(error)
        raise
    loading.set_result(_loaded)
