"""Run | Verify: one form of inputs, and what is done with them: a call, or a comparison."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from tfinspector.viewmodels.signatures.running import RunModel
from tfinspector.viewmodels.verify.model import VerifyModel
from tfinspector.views.signatures.card import heading
from tfinspector.views.signatures.run_form import RunForm
from tfinspector.views.signatures.run_outcome import RunOutcome
from tfinspector.views.theme import SMALL
from tfinspector.views.verify.form import VerifyForm
from tfinspector.views.verify.outcome import VerifyOutcome

_TIPS = {
    "Run": "Call it, and look at its outputs",
    "Verify": "Call it and another one with the same input, and compare their outputs",
}


class CallSection(QWidget):
    """Attributes: switch (the buttons by their words), form, outcome, verify_form, verify_outcome.

    Of a snapshot there is nothing to run, so only Verify is offered. `turned`: the other of the
    two came to the front.
    """

    turned = Signal()

    def __init__(
        self, running: RunModel, verifying: VerifyModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._running, self._verifying = running, verifying
        self.form, self.outcome = RunForm(running), RunOutcome(running)
        self.verify_form = VerifyForm(verifying)
        self.verify_outcome = VerifyOutcome(verifying)
        self.switch = {words: _segment(words) for words in _TIPS}
        self._title = heading("Functional drift")
        self._group = QButtonGroup(self)
        for button in self.switch.values():
            self._group.addButton(button)
        self.switch["Run"].setChecked(True)
        self._lay_out()
        self._group.buttonToggled.connect(self._show)
        self._group.buttonToggled.connect(self.turned)
        running.changed.connect(self._show)
        verifying.changed.connect(self._show)
        self._show()

    @property
    def news(self) -> QWidget | None:
        """Where what came of the last act is shown; None while there is nothing."""
        model: RunModel | VerifyModel = self._verifying if self.is_verifying else self._running
        if model.result is None or model.task is not None:
            return None
        return self.verify_outcome if self.is_verifying else self.outcome

    @property
    def is_verifying(self) -> bool:
        """Which of the two is in front."""
        return self.switch["Verify"].isChecked() or not self._running.has_entry

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self._title)
        for button in self.switch.values():
            top.addWidget(button)
        top.addStretch(1)
        top.addWidget(self.form.run)
        top.addWidget(self.verify_form.verify)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SMALL, 0, 0)
        column.setSpacing(SMALL)
        column.addLayout(top)
        for part in (self.form, self.verify_form, self.outcome, self.verify_outcome):
            column.addWidget(part)

    def _show(self) -> None:
        is_verifying = self.is_verifying
        for button in self.switch.values():
            button.setVisible(self._running.has_entry)
        self._title.setVisible(not self._running.has_entry)
        self.switch["Verify"].setEnabled(bool(self._verifying.kinds))
        self.form.show_settings(is_verifying)
        verify: list[QWidget] = [self.verify_form, self.verify_form.verify, self.verify_outcome]
        run: list[QWidget] = [self.form.run, self.outcome]
        for part in verify:
            part.setVisible(is_verifying)
        for part in run:
            part.setVisible(not is_verifying)


def _segment(words: str) -> QToolButton:
    button = QToolButton()
    button.setText(words)
    button.setCheckable(True)
    button.setToolTip(_TIPS[words])
    return button
