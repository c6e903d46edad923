"""The pages as tabs: made when first shown, grey while what they need is missing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.icons import icon
from tfinspector.views.pages import PAGES, Filtering, Folding, Recalling, Remembering
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.tab_bar import Tabs
from tfinspector.views.window.late import LatePage
from tfinspector.views.window.notice import Notice

_IN_FRONT = "page"
_PYTHON = "Copy as Python (Ctrl+Shift+C): how plain TensorFlow does what is shown"
_FILTERED = "Variables"  # the page that a filter brings up where the shown one has no table


class PageTabs(Tabs):
    """See the module and `PAGES`. `opening_asked`: a page needs something that is not open.

    `problem_changed` carries what is wrong with the filter, "" if nothing; `filter_cleared`: a
    page wants the filter to be empty; `python_asked` is the button at the end of the tabs.
    """

    opening_asked = Signal()
    filter_cleared = Signal()
    problem_changed = Signal(str)
    python_asked = Signal()

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._filter = ""
        self._problems: dict[QWidget, str] = {}
        for number, page in enumerate(PAGES, 1):
            late = LatePage(session, page)
            late.has_made.connect(self._has_made)
            late.opening_asked.connect(self.opening_asked)
            late.lack_changed.connect(self._show_lacks)
            self.addTab(late, page.title)
            self.setTabToolTip(number - 1, f"{page.title} (Ctrl+{number})")
        self.python = tool_button("code", "", _PYTHON, self.python_asked.emit)
        self.setCornerWidget(self.python)
        self.notice = Notice(self)
        self._show_lacks()
        self.setCurrentIndex(self._at(preferences.settings.window.get(_IN_FRONT, "")))
        self.currentChanged.connect(self.show_current)

    def late(self, title: str) -> LatePage:
        """The holder of the page with this title."""
        return next(late for late in self._lates() if late.page.title == title)

    def page(self, title: str) -> QWidget:
        """The page with this title, made if it was not."""
        return self.late(title).make()

    def show_page(self, title: str) -> None:
        """Bring the page with this title to the front."""
        self.setCurrentWidget(self.late(title))

    def show_current(self) -> None:
        """Make the page in front, or say what it needs."""
        late = self.currentWidget()
        if isinstance(late, LatePage):
            late.show_it()
        self._tell_problem()

    # What the window asks of whichever page is in front

    def set_filter(self, text: str) -> None:
        """Filter every table there is; a page without one gives way to the variables."""
        self._filter = text
        if text and not isinstance(self.front, Filtering):
            self.show_page(_FILTERED)
        for page in self._made():
            self._filter_in(page)
        self._tell_problem()

    def expand_all(self) -> None:
        """Open every group of the tree in front."""
        page = self.front
        if isinstance(page, Folding):
            page.expand_all()

    def collapse_all(self) -> None:
        """Close every group of the tree in front."""
        page = self.front
        if isinstance(page, Folding):
            page.collapse_all()

    def remembered(self) -> dict[str, str]:
        """What the pages want to be kept."""
        kept = {_IN_FRONT: self.tabText(self.currentIndex())}
        for page in self._made():
            if isinstance(page, Remembering):
                kept |= page.remembered()
        return kept

    # Following

    def _has_made(self, page: QWidget) -> None:
        if isinstance(page, Recalling):
            page.recall(self._preferences)
        cleared = getattr(page, "filter_cleared", None)
        if cleared is not None:
            cleared.connect(self.filter_cleared)
        self._filter_in(page)

    def _filter_in(self, page: QWidget) -> None:
        if isinstance(page, Filtering):
            self._problems[page] = page.set_filter(self._filter)

    def _tell_problem(self) -> None:
        page = self.front
        self.problem_changed.emit(self._problems.get(page, "") if page else "")

    def _show_lacks(self) -> None:
        for at, late in enumerate(self._lates()):
            self.setTabIcon(at, icon(late.page.icon, "faint" if late.lack else "muted"))

    def _at(self, title: str) -> int:
        titles = [late.page.title for late in self._lates()]
        return titles.index(title) if title in titles else 0

    @property
    def front(self) -> QWidget | None:
        """The page in front; None where it teaches what it needs, or was not made yet."""
        late = self.currentWidget()
        return late.made if isinstance(late, LatePage) and late.lack is None else None

    def _made(self) -> list[QWidget]:
        return [late.made for late in self._lates() if late.made is not None]

    def _lates(self) -> list[LatePage]:
        lates = (self.widget(at) for at in range(self.count()))
        return [late for late in lates if isinstance(late, LatePage)]
