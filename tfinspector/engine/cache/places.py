"""Where the cache is: told by the environment, else by the settings, else the platform's place."""

import os
from collections.abc import Callable
from pathlib import Path

from tfinspector.contents.findings import Finding
from tfinspector.engine.cache.store import Store
from tfinspector.engine.settings import Settings, load_settings

_MEBIBYTE = 1 << 20


def cache_directory(settings: Settings) -> Path:
    """The folder; `TFINSPECTOR_CACHE_DIR` overrides the settings."""
    named = os.environ.get("TFINSPECTOR_CACHE_DIR") or settings.cache_directory
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("tfinspector", appauthor=False)


def open_cache(
    settings: Settings | None = None, on_problem: Callable[[Finding], object] | None = None
) -> Store | None:
    """The cache that the settings ask for; None where they leave no room for one."""
    settings = settings or load_settings()[0]
    if not settings.cache_mebibytes:
        return None
    most = settings.cache_mebibytes * _MEBIBYTE
    return Store(cache_directory(settings), most, on_problem)


def problems_of(cache: Store | None) -> list[Finding]:
    """What went wrong with it, to be told beside what was asked for."""
    return [cache.problem] if cache and cache.problem else []
