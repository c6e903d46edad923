"""The fixtures of everything that runs on Qt."""

from pathlib import Path

import pytest

from tests.conftest_qt import begin, nothing_dangles, own_folders, session, world

__all__ = ["begin", "nothing_dangles", "own_folders", "session", "world"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says that it has no window manager; a real one has."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints"))
