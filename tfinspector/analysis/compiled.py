"""The compiled kernels, if they are there: asked for once, loaded off the caller's thread.

Work never waits for them. Until they are loaded (and where Numba is missing), NumPy counts.
"""

import threading
from concurrent.futures import Future
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WORTH_LOADING = 32 << 20

_lock = threading.Lock()
_loading: Future[ModuleType | None] | None = None
_loaded: ModuleType | None = None
_expected = 0


def kernels() -> ModuleType | None:
    """The module `kernels` if it is loaded; None before, and where it can't be."""
    return _loaded


def warm_up() -> "Future[ModuleType | None]":
    """Start loading (compiling, the first time) in a thread of its own, once per process."""
    global _loading  # noqa: PLW0603 - compiled code is the process's, as its import is
    with _lock:
        if _loading is None:
            _loading = Future()
            threading.Thread(target=_load, args=(_loading,), name="kernels", daemon=True).start()
        return _loading


def aligned(values: NDArray[Any]) -> NDArray[Any]:
    """What compiled code takes: contiguous and aligned arrays only; the rare others are copied."""
    flags = values.flags
    if flags.c_contiguous and flags.aligned:
        return values
    return np.require(values, requirements=("C", "A"))


def expect(work: int) -> None:
    """So many bytes will be counted: load the kernels once it adds up to what they save."""
    global _expected  # noqa: PLW0603 - how much the process has done; near enough without a lock
    _expected += work
    if _expected >= _WORTH_LOADING:
        warm_up()


def _load(loading: "Future[ModuleType | None]") -> None:
    global _loaded  # noqa: PLW0603 - see above
    try:
        from tfinspector.analysis import kernels as module
    except ImportError:  # Numba is not for every platform; NumPy does the same, slower
        loading.set_result(None)
    except BaseException as error:
        loading.set_exception(error)
        raise
    else:
        _loaded = module
        loading.set_result(module)
