"""The inspector of the chosen variables: histogram, values, details, spectrum.

A tab is made when it is first looked at: pyqtgraph and the compiled kernels are not needed to
paint the window.
"""

from collections.abc import Callable

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tfinspector.viewmodels.session import Session
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.tab_bar import Tabs

HISTOGRAM, VALUES, DETAILS, SPECTRUM = range(4)
_TABS = (
    ("Histogram", "histogram", "Choose a variable to see how its values are distributed."),
    ("Values", "variable", "Choose a variable to see its values."),
    ("Details", "info", "Choose a variable to see everything known about it."),
    ("Spectrum", "spectrum", "Choose a matrix to see its singular values."),
)


class Inspector(QWidget):
    """Four tabs. `page(index)` is the widget of a tab that has been looked at, else None."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._makers: list[Callable[[Session], QWidget]] = [
            _histogram_pane, _values_view, _details_view, _spectrum_pane
        ]  # fmt: skip
        self._pages: list[QWidget | None] = [None] * len(_TABS)
        self.tabs = Tabs()
        self._holders = [self._add_holder(*words) for words in _TABS]
        self.tabs.currentChanged.connect(self._on_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        session.chosen_changed.connect(self._on_chosen)

    def page(self, index: int) -> QWidget | None:
        """The widget of a tab, None while nobody looked at it."""
        return self._pages[index]

    def show_tab(self, index: int) -> QWidget:
        """Bring a tab to the front and return its widget."""
        self.tabs.setCurrentIndex(index)
        return self._need(index)

    def showEvent(self, event: object) -> None:
        """Nothing is made for a window without a choice; the empty tab is light enough."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._on_chosen()

    def _add_holder(self, name: str, icon_name: str, sentence: str) -> QVBoxLayout:
        """A tab that says what would be there, until it is needed."""
        holder = QWidget()
        holder.setAutoFillBackground(True)
        holder.setBackgroundRole(QPalette.ColorRole.Base)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(EmptyState(icon_name, sentence))
        self.tabs.addTab(holder, name)
        return layout

    def _on_chosen(self) -> None:
        if self.isVisible() and self._session.chosen:
            self._need(self.tabs.currentIndex())

    def _need(self, index: int) -> QWidget:
        page = self._pages[index]
        if page is None:
            page = self._makers[index](self._session)
            self._pages[index] = page
            layout = self._holders[index]
            while (item := layout.takeAt(0)) is not None and (widget := item.widget()):
                widget.deleteLater()
            layout.addWidget(page)
        return page


def _histogram_pane(session: Session) -> QWidget:
    from tfinspector.views.inspector.histogram_pane import HistogramPane

    return HistogramPane(session)


def _values_view(session: Session) -> QWidget:
    from tfinspector.views.inspector.values_view import ValuesView

    return ValuesView(session)


def _details_view(session: Session) -> QWidget:
    from tfinspector.views.inspector.details_view import DetailsView

    return DetailsView(session)


def _spectrum_pane(session: Session) -> QWidget:
    from tfinspector.views.inspector.spectrum_pane import SpectrumPane

    return SpectrumPane(session)
