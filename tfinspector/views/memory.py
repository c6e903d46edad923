"""What the window was like is kept between two starts: its place, splitters, the pages' states."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter

from tfinspector.viewmodels.preferences import Preferences

_GEOMETRY = "geometry"


def recall_window(
    window: QMainWindow, splitters: Mapping[str, QSplitter], preferences: Preferences
) -> None:
    """Give the window its place and the splitters their sizes; what is not known stays."""
    state = preferences.settings.window
    if _GEOMETRY in state:
        window.restoreGeometry(from_text(state[_GEOMETRY]))
    recall_splitters(splitters, preferences)


def recall_splitters(splitters: Mapping[str, QSplitter], preferences: Preferences) -> None:
    """Give splitters their sizes; what is not known stays."""
    state = preferences.settings.window
    for name, splitter in splitters.items():
        if name in state:
            splitter.restoreState(from_text(state[name]))


def remember_window(
    window: QMainWindow,
    splitters: Mapping[str, QSplitter],
    pages: Mapping[str, str],
    preferences: Preferences,
) -> None:
    """Write the same, and what the pages want to be kept."""
    state = {_GEOMETRY: as_text(window.saveGeometry())}
    state |= {name: as_text(splitter.saveState()) for name, splitter in splitters.items()}
    preferences.set_window(preferences.settings.window | state | dict(pages))
    preferences.save()


def as_text(state: QByteArray) -> str:
    """A state of Qt's as a setting."""
    return bytes(state.toBase64().data()).decode("ascii")


def from_text(text: str) -> QByteArray:
    """The state again."""
    return QByteArray.fromBase64(text.encode("ascii", "replace"))
