"""The worker log: what TensorFlow and the user's code print, bounded, in a fixed-width font."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from tfinspector.contents.reports import WorkerState
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.worker import LOG_LINES
from tfinspector.views.theme import SMALL, TIGHT, code_font
from tfinspector.views.widgets.buttons import tool_button


class LogPane(QWidget):
    """Attributes: text (the log itself). Its end stays in view until a person scrolls up."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worker = session.worker
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setMaximumBlockCount(LOG_LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(code_font())
        self.text.setAccessibleName("Worker log")
        self.text.setPlaceholderText("What TensorFlow prints in the worker appears here.")
        self._follows = True
        bar = self.text.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._follow)
        self._state = QLabel()
        self._state.setProperty("muted", True)
        top = QHBoxLayout()
        top.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        top.addWidget(self._state, 1)
        self._restart = tool_button("retry", "Restart worker", "", self._worker.restart)
        top.addWidget(self._restart)
        top.addWidget(tool_button("copy", "Copy log", "", self.copy_shown))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.text, 1)
        self._worker.logged.connect(self._add)
        self._worker.changed.connect(self._say)
        self._add(list(self._worker.log))
        self._say()

    def copy_shown(self) -> None:
        """Put the whole log on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _add(self, lines: list[str]) -> None:
        if lines:
            self.text.appendPlainText("\n".join(lines))

    def _on_scrolled(self, value: int) -> None:
        self._follows = value == self.text.verticalScrollBar().maximum()

    def _follow(self, _first: int, last: int) -> None:
        """Lines that came while the pane was hidden count once it is shown: then, too."""
        if self._follows:
            self.text.verticalScrollBar().setValue(last)

    def _say(self) -> None:
        about = self._worker.about
        where = f"{about.executable} (process {about.pid})" if about else ""
        self._state.setText(f"{self._worker.text}  {where}".rstrip())
        self._restart.setText(
            "Start worker" if self._worker.state is WorkerState.STOPPED else "Restart worker"
        )
