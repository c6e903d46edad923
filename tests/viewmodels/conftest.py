"""The fixtures of everything that runs on Qt."""

from tests.conftest_qt import begin, nothing_dangles, own_folders, session, world

__all__ = ["begin", "nothing_dangles", "own_folders", "session", "world"]
