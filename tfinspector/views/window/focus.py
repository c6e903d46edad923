"""Where the keyboard is: from pane to pane (F6), and into one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QWidget


def focus_into(pane: QWidget) -> bool:
    """Give the focus to the table or tree of `pane`, else to what Tab reaches first in it."""
    inside = [widget for widget in pane.findChildren(QWidget) if _can_have_it(widget)]
    tables = [widget for widget in inside if isinstance(widget, QAbstractItemView)]
    for widget in tables or inside:
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True
    return False


def focus_next(panes: Sequence[QWidget], by: int) -> None:
    """Go on from the pane that has the focus, past those that take none."""
    now = QApplication.focusWidget()
    here = next((at for at, p in enumerate(panes) if now and p.isAncestorOf(now)), -1)
    for step in range(1, len(panes) + 1):
        at = (here + by * step) % len(panes) if here >= 0 else (step - 1)
        if panes[at].isVisible() and focus_into(panes[at]):
            return


def _can_have_it(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return (
        takes and not isinstance(widget, QHeaderView) and widget.isVisible() and widget.isEnabled()
    )
