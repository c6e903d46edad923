"""Where compiled kernels are kept between runs, also when the package can't be written to."""

import os
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def is_prepared() -> bool:
    """Point Numba at a writable cache; whether there is one. Imports Numba.

    Numba keeps compiled code beside the source, or where NUMBA_CACHE_DIR says. Where neither
    works (an installation owned by root, a frozen build without sources), ours is the platform's
    cache directory. Without any, kernels are compiled anew in each run.
    """
    from numba import config

    if config.CACHE_DIR or _is_writable(Path(__file__).parent / "__pycache__"):
        return True
    from platformdirs import user_cache_path

    place = user_cache_path("tfinspector", appauthor=False) / "kernels"
    if not _is_writable(place):
        return False
    config.CACHE_DIR = str(place)
    return True


def _is_writable(directory: Path) -> bool:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(directory, os.W_OK | os.X_OK)
