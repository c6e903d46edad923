"""How the process asks the system for memory, which costs more than to fill it.

Each page of 4 KiB that the system hands out anew is cleared and mapped first: about 2 µs in a
virtual machine, and a listing of 100,000 variables takes 20,000 of them.
"""

import ctypes
from typing import Any

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3  # malloc.h
_MADV_HUGEPAGE = 14  # asm-generic/mman-common.h
_HUGE_PAGE = 2 << 20

_LARGEST = 32 << 20  # bytes of a block that is kept; the greatest value glibc takes
_RESERVED = 128 << 20  # bytes of addresses, of which only those that are used take memory


def use_memory_well() -> None:
    """Let freed memory be used again, and new memory come in pages of 2 MiB.

    glibc gives every block above 128 KiB back to the system when it is freed (mallopt(3)); from
    now on it keeps what it has. The next addresses of its heap are reserved, and the system is
    asked to back them with huge pages (madvise(2)). Where the library is another one, or knows no
    such calls, all stays as it is: nothing but time depends on it.
    """
    try:
        libc: Any = ctypes.CDLL(None)
        set_option, advise, where_heap_ends = libc.mallopt, libc.madvise, libc.sbrk
    except (OSError, TypeError, AttributeError):
        return
    set_option(_M_MMAP_THRESHOLD, _LARGEST)
    set_option(_M_TRIM_THRESHOLD, 2**31 - 1)
    set_option(_M_TOP_PAD, _RESERVED)
    where_heap_ends.restype = ctypes.c_void_p
    where_heap_ends.argtypes = (ctypes.c_ssize_t,)
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    first = where_heap_ends(0)
    bytes(_LARGEST // 2)  # more than the heap has, so it grows by what is reserved
    start = -(-first // _HUGE_PAGE) * _HUGE_PAGE
    nbytes = (where_heap_ends(0) - start) // _HUGE_PAGE * _HUGE_PAGE
    if nbytes > 0:
        advise(start, nbytes, _MADV_HUGEPAGE)
