"""Copy as Python (Ctrl+Shift+C): the script of what is shown goes to the clipboard.

In the inspector it is that of the histogram or of the values, everywhere else that of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding
from tfinspector.views.pages import Scripting

if TYPE_CHECKING:
    from tfinspector.views.window.main_window import MainWindow

NOTHING = "Nothing is shown yet that could be written in Python."


def copy_python(window: MainWindow) -> None:
    """Write it off the window's thread, copy it, and say so beside the button."""
    place = _scripting_around(window.focusWidget()) or window.tabs.front
    writer = place.python() if isinstance(place, Scripting) else None
    if writer is None:
        _say(window, NOTHING)
        return

    def done(code: str) -> None:
        if code:
            QGuiApplication.clipboard().setText(code)
        lines = numbers.counted(code.count("\n"), "line")
        _say(window, f"Copied {lines} of Python." if code else NOTHING)

    def failed(finding: Finding) -> None:
        fix = finding.fix.text if finding.fix else ""
        _say(window, f"{finding.title}\n{fix}".strip())

    window.session.run(
        "Copy as Python", lambda ticket: writer(), done, failed, quiet=True, key="python"
    )


def _scripting_around(widget: QWidget | None) -> QWidget | None:
    """The part of the window with the keyboard that can be written, if there is one."""
    while widget is not None and not isinstance(widget, Scripting):
        widget = widget.parentWidget()
    return widget


def _say(window: MainWindow, words: str) -> None:
    window.tabs.notice.say(words, window.tabs.tabBar().height())
