"""The pages of the window, as a table, and holders that make them when they are first needed.

Plots are loaded after the window is painted: importing them takes longer than everything else.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tfinspector.viewmodels.session import Session

Factory = Callable[[Session], QWidget]


def _overview(session: Session) -> QWidget:
    from tfinspector.views.overview_page import OverviewPage

    return OverviewPage(session)


def _variables(session: Session) -> QWidget:
    from tfinspector.views.variables.page import VariablesPage

    return VariablesPage(session)


def _signatures(session: Session) -> QWidget:
    from tfinspector.views.signatures_page import SignaturesPage

    return SignaturesPage(session)


def _restore(session: Session) -> QWidget:
    from tfinspector.views.restore.page import RestorePage

    return RestorePage(session)


PAGES: tuple[tuple[str, Factory], ...] = (
    ("Overview", _overview),
    ("Variables", _variables),
    ("Signatures", _signatures),
    ("Restore", _restore),
)


class LatePage(QWidget):
    """Holds a page and makes it on demand; `has_made` carries it."""

    has_made = Signal(object)

    def __init__(self, session: Session, factory: Factory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._factory = session, factory
        self.made: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def make(self) -> QWidget:
        """The page."""
        if self.made is None:
            self.made = self._factory(self._session)
            self._layout.addWidget(self.made)
            self.has_made.emit(self.made)
        return self.made


def _inspector(session: Session) -> QWidget:
    from tfinspector.views.inspector.inspector import Inspector

    return Inspector(session)


class LateInspector(LatePage):
    """The inspector; its plotting library is imported in a pool thread first."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, _inspector, parent)
        self._is_asked = False

    def make_soon(self) -> None:
        """Import the plots in the background, then make the inspector."""
        if not self._is_asked:
            self._is_asked = True
            self._session.run("Load plots", _import_plots, lambda _: self.make(), quiet=True)


def _import_plots(_ticket: object) -> None:
    import tfinspector.views.inspector.inspector  # noqa: F401 - for its effect: the modules are loaded
