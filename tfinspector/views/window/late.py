"""Holders that make what they hold when it is first needed.

Plots are loaded after the window is painted: importing them takes longer than everything else.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from tfinspector.viewmodels.session import Session
from tfinspector.views.pages import Page
from tfinspector.views.widgets.empty_state import EmptyState


class Late(QWidget):
    """Holds a widget and makes it on demand; `has_made` carries it."""

    has_made = Signal(object)

    def __init__(
        self,
        session: Session,
        factory: Callable[[Session], QWidget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._factory = session, factory
        self.made: QWidget | None = None
        self._stack = QStackedLayout(self)

    def make(self) -> QWidget:
        """What is held."""
        if self.made is None:
            self.made = self._factory(self._session)
            self._stack.addWidget(self.made)
            self.has_made.emit(self.made)
        return self.made


class LatePage(Late):
    """A page in its tab, or what has to be opened first; `opening_asked` is that button."""

    opening_asked = Signal()
    lack_changed = Signal()

    def __init__(self, session: Session, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(session, page.make, parent)
        self.page, self.lack = page, page.needs(session)
        self._empty: EmptyState | None = None
        session.sources_changed.connect(self._look_again)
        session.current_changed.connect(self._look_again)

    def show_it(self) -> None:
        """Bring up the page, made now if need be, or what it lacks."""
        if self.lack is None:
            self._stack.setCurrentWidget(self.make())
            return
        if self._empty is None:
            self._empty = EmptyState(self.page.icon)
            self._empty.fill_ground()
            self._empty.pressed.connect(self.opening_asked)
            self._stack.addWidget(self._empty)
        self._empty.say(self.lack.sentence, self.lack.button)
        self._stack.setCurrentWidget(self._empty)

    def _look_again(self) -> None:
        lack = self.page.needs(self._session)
        if lack != self.lack:
            self.lack = lack
            self.lack_changed.emit()
            if self.isVisible():
                self.show_it()


class LateInspector(Late):
    """The inspector; its plotting library is imported in a pool thread first."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, _inspector, parent)
        self._is_asked = False

    def make_soon(self) -> None:
        """Import the plots in the background, then make the inspector."""
        if not self._is_asked:
            self._is_asked = True
            self._session.run("Load plots", _import_plots, lambda _: self.make(), quiet=True)


def _inspector(session: Session) -> QWidget:
    from tfinspector.views.inspector.inspector import Inspector

    return Inspector(session)


def _import_plots(_ticket: object) -> None:
    import tfinspector.views.inspector.inspector  # noqa: F401 - for its effect: the modules are loaded
