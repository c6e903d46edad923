"""How the process asks the system for memory, which costs more than to fill it."""

_LARGEST_NBYTES = (32 << 20) - (64 << 10)  # with its own head still below the limit


def keep_freed_memory() -> None:
    """Let memory that was freed be used again, instead of being given back to the system.

    Each page that the system hands out anew is cleared and mapped first: about 2 µs in a virtual
    machine, and a listing of 100,000 variables took 20,000 pages more than it ever held at a time.
    glibc gives every block above 128 KiB back, until one is freed that is larger; from then on it
    keeps blocks up to that size, at most 32 MiB (mallopt(3), M_MMAP_THRESHOLD). So one is made and
    freed. Nothing is written into it, so that it takes no memory; other systems' libraries see a
    large block come and go.
    """
    bytes(_LARGEST_NBYTES)
