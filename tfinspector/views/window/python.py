"""Copy as Python (Ctrl+Shift+C): the script of what is shown goes to the clipboard.

In the inspector it is that of the histogram or of the values, everywhere else that of the page.
"""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.session import Session
from tfinspector.views.pages import Scripting
from tfinspector.views.window.page_tabs import PageTabs

NOTHING = "Nothing is shown yet that could be written in Python."


def copy_python(session: Session, tabs: PageTabs, focused: QWidget | None) -> None:
    """Write it off the window's thread, copy it, and say so beside the tabs."""
    place = _scripting_around(focused) or tabs.front
    writer = place.python() if isinstance(place, Scripting) else None
    if writer is None:
        _say(tabs, NOTHING)
        return

    def done(code: str) -> None:
        if code:
            QGuiApplication.clipboard().setText(code)
        lines = numbers.counted(code.count("\n"), "line")
        _say(tabs, f"Copied {lines} of Python." if code else NOTHING)

    def failed(finding: Finding) -> None:
        fix = finding.fix.text if finding.fix else ""
        _say(tabs, f"{finding.title}\n{fix}".strip())

    session.run("Copy as Python", lambda ticket: writer(), done, failed, quiet=True, key="python")


def _scripting_around(widget: QWidget | None) -> QWidget | None:
    """The part of the window with the keyboard that can be written, if there is one."""
    while widget is not None and not isinstance(widget, Scripting):
        widget = widget.parentWidget()
    return widget


def _say(tabs: PageTabs, words: str) -> None:
    tabs.notice.say(words, tabs.tabBar().height())
