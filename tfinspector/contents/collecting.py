"""Garbage collection is put off while very many values are made that somebody waits for."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """No garbage collection meanwhile: a million small values are made, none of them garbage.

    Freezing and unfreezing then moves them among the old objects, unseen; enabling alone would
    make the next allocation look at each of them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
