"""CRC32C as TensorFlow stores it: masked.

Source: `tsl/lib/hash/crc32c.h`. The library is loaded on first use, with hardware instructions.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any

_DELTA = 0xA282EAD8
_BITS = 0xFFFFFFFF


def crc32c(data: object, value: int = 0) -> int:
    """CRC32C (Castagnoli) of any contiguous buffer, continued from `value`, not masked."""
    return int(_library()(data, value))


@cache
def _library() -> Callable[[object, int], Any]:
    """The compiled part of the package `crc32c`, by itself.

    The package looks up its own version and has a command line, for which it imports the parsers
    of arguments and of e-mail: 30 ms, which is a tenth of listing a checkpoint.
    """
    package = find_spec("crc32c")
    inner = PathFinder.find_spec("_crc32c", package.submodule_search_locations) if package else None
    if inner is None or inner.loader is None:
        module = import_module("crc32c")
    else:
        module = module_from_spec(inner)
        inner.loader.exec_module(module)
    compute: Callable[[object, int], Any] = module.crc32c
    return compute


def mask(crc: int) -> int:
    """The form in files: a CRC of bytes that hold CRCs would otherwise be weak."""
    return ((crc >> 15 | crc << 17) + _DELTA) & _BITS


def unmask(masked: int) -> int:
    """The CRC32C that was masked."""
    rotated = (masked - _DELTA) & _BITS
    return (rotated >> 17 | rotated << 15) & _BITS
