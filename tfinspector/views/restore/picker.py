"""Picks a function of a Python file: they are listed by parsing the file, nothing is executed."""

from __future__ import annotations

import json
from typing import Any, Protocol

from PySide6.QtCore import QPoint, Qt, SignalInstance
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.restore.form import RestoreForm
from tfinspector.views.icons import icon
from tfinspector.views.theme import TIGHT

_LONGEST_SUMMARY = 70


class Building(Protocol):
    """What builds a model by a factory: a restore, or a verification."""

    @property
    def form(self) -> RestoreForm:
        """The factory as it is written."""

    @property
    def folder(self) -> str:
        """Where a factory is looked for first."""

    @property
    def form_changed(self) -> SignalInstance:
        """Follows `form`."""

    @property
    def offered(self) -> SignalInstance:
        """The functions of a file, or the finding that says why there are none."""

    def list_callables(self, path: str) -> None:
        """Ask for them; `offered` answers."""

    def fill_in(self, **change: Any) -> None:
        """Change fields of `form`."""


class CallablePicker(QToolButton):
    """A button that opens the list. `problem` says why the last file could not be listed."""

    def __init__(self, model: Building, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._path = ""
        self.problem = ""
        self.setText("Functions")
        self.setIcon(icon("expand"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list = QMenu(self)
        self.list.setToolTipsVisible(True)
        self.clicked.connect(lambda: self.offer(self._model.form.file))
        model.offered.connect(self._has_offer)
        model.form_changed.connect(self._show)
        self._show()

    def ask_file(self) -> None:
        """Ask for a Python file, then for a function of it."""
        path, _ = QFileDialog.getOpenFileName(
            self, "Choose the file with the function that builds your model",
            self._model.folder, "Python files (*.py);;All files (*)",
        )  # fmt: skip
        if path:
            self.offer(path)

    def offer(self, path: str) -> None:
        """List what the file offers, and let one be picked."""
        self._path = path
        self._model.list_callables(path)

    def _show(self) -> None:
        file = self._model.form.file
        self.setEnabled(bool(file))
        self.setToolTip(
            "Pick a function of this file; it is read, not run"
            if file
            else "Functions can be listed once a Python file is chosen"
        )

    def _has_offer(self, offered: object) -> None:
        if isinstance(offered, Finding):
            self._refuse(offered.title)
            return
        assert isinstance(offered, tuple)
        if not offered:
            self._refuse("There is no function and no class at the top level of this file.")
            return
        self._refuse("")
        likely = [each for each in offered if each.likely]
        if len(likely) == 1 and self._path != self._model.form.file:
            self._pick(likely[0].name, ())
            return
        self._fill(offered, likely)
        if self._path != self._model.form.file:
            self._model.fill_in(factory=self._path)
        self.list.popup(self.mapToGlobal(QPoint(0, self.height() + TIGHT)))

    def _refuse(self, problem: str) -> None:
        self.problem = problem
        self._model.form_changed.emit()

    def _fill(self, offered: tuple, likely: list) -> None:  # type: ignore[type-arg]
        """Likely factories first, in the file's order; then those that need arguments, and classes
        that are no models.
        """
        self.list.clear()
        others = [each for each in offered if each not in likely]
        for part in (likely, others):
            if part and not self.list.isEmpty():
                self.list.addSeparator()
            for each in part:
                says = f"needs {', '.join(each.needed)}" if each.needed else each.summary
                short = says if len(says) <= _LONGEST_SUMMARY else says[:_LONGEST_SUMMARY] + " …"
                action = self.list.addAction(
                    icon("code" if each.kind == "function" else "variable", "muted"),
                    f"{each.name}\t{short}".replace("&", "&&"),
                )
                action.setToolTip(
                    "\n".join(
                        line for line in (
                            f"{each.name}({', '.join(each.arguments)}), line {each.line}",
                            each.summary,
                            f"Needs arguments: {', '.join(each.needed)}" if each.needed else "",
                        ) if line
                    )
                )  # fmt: skip
                action.triggered.connect(
                    lambda _checked=False, name=each.name, needed=each.needed: self._pick(
                        name, needed
                    )
                )

    def _pick(self, name: str, needed: tuple[str, ...]) -> None:
        change = {"factory": f"{self._path}:{name}"}
        if needed and not self._model.form.kwargs.strip():
            change["kwargs"] = json.dumps(dict.fromkeys(needed))
        self._model.fill_in(**change)
