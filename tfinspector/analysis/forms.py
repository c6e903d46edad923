"""How kernels are compiled. Imports Numba: for modules of kernels only.

A kernel's compiled code is kept until its own file changes, so it calls kernels of that file only.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit, types, uint32

from tfinspector.analysis.kernel_cache import is_prepared

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

TABLES = types.Array(uint32, 2, "C")


def flat(element: Any) -> Any:
    """A flat array that is only read, so that read-only ones are welcome."""
    return types.Array(element, 1, "C", readonly=True)


def compiled(forms: Any = None, reorder: bool = False) -> Callable[[_Kernel], _Kernel]:
    """The decorator. `reorder` lets sums be taken in any order; NaN and infinities still count."""
    flags = {"reassoc", "nsz", "contract"} if reorder else False
    return njit(  # type: ignore[no-any-return]
        forms, nogil=True, cache=is_prepared(), fastmath=flags, error_model="numpy"
    )
