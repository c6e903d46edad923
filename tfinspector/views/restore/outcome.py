"""Below the match table: diagnosis, rename suggestions, generated code, and the report."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QTabWidget, QVBoxLayout, QWidget

from tfinspector.contents.devices import DeviceReport
from tfinspector.contents.findings import Finding, Severity
from tfinspector.viewmodels.restore.devices import device_findings
from tfinspector.viewmodels.restore.model import RestoreModel
from tfinspector.viewmodels.restore.renames import Decision
from tfinspector.viewmodels.restore.words import healthy_words, report_text, shown_findings
from tfinspector.views.icons import icon
from tfinspector.views.restore.code import CodePane
from tfinspector.views.restore.devices import DevicesPane
from tfinspector.views.restore.diagnosis import DiagnosisPane
from tfinspector.views.restore.renames import RenamesPane

_CODE_SAID = "Plain TensorFlow: runs in the folder of the factory, without this program"
_DIAGNOSIS, _RENAMES = 0, 1


class OutcomePane(QWidget):
    """Attributes: tabs, diagnosis, renames, code, devices, report."""

    def __init__(self, model: RestoreModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.diagnosis, self.renames = DiagnosisPane(), RenamesPane(model)
        self.code = CodePane("Generated code", can_save=True)
        self.report, self.devices = CodePane("Report", can_save=False), DevicesPane()
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.diagnosis, icon("info", "muted"), "Diagnosis")
        self.tabs.addTab(self.renames, "Renames")
        self.tabs.addTab(self.code, "Code")
        self.tabs.addTab(self.devices, "Devices")
        self.tabs.addTab(self.report, "Report")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.code.save.clicked.connect(self._save_code)
        model.code_changed.connect(self._show_code)
        model.renames.decided.connect(self._count_renames)
        self._show_code()
        self._count_renames()

    def show_state(self) -> None:
        """What is known now."""
        result, failure = self._model.result, self._model.failure
        if result:
            report = result.report
            compared = result.devices
            findings = device_findings(compared) if compared else shown_findings(report)
            self.diagnosis.show_findings(findings, healthy_words(report))
            self.report.show_text(report_text(report, result.order.form.spec))
        else:
            findings = [failure] if failure else []
            self.diagnosis.show_findings(findings, "")
            self.report.show_text("")
        self._show_devices(result.devices if result else None)
        self._count_findings(findings)

    def _show_devices(self, compared: DeviceReport | None) -> None:
        is_new = compared is not None and compared is not self.devices.report
        self.devices.show_report(compared)
        if is_new:  # it was asked for
            self.tabs.setCurrentWidget(self.devices)

    def _count_findings(self, findings: list[Finding]) -> None:
        severities = {finding.severity for finding in findings}
        alarms = sum(finding.severity is not Severity.INFO for finding in findings)
        self.tabs.setTabText(_DIAGNOSIS, f"Diagnosis · {alarms}" if alarms else "Diagnosis")
        sign = ("info", "muted")
        if Severity.ERROR in severities:
            sign = ("error", "wrong")
        elif Severity.WARNING in severities:
            sign = ("warning", "attention")
        self.tabs.setTabIcon(_DIAGNOSIS, icon(*sign))

    def _count_renames(self) -> None:
        renames = self._model.renames
        accepted, total = renames.count(Decision.ACCEPTED), len(renames.pairs)
        text = f"{accepted} of {total} accepted" if accepted else f"{total} suggested"
        self.tabs.setTabText(_RENAMES, f"Renames · {text}" if total else "Renames")

    def _show_code(self) -> None:
        code = self._model.code
        if isinstance(code, Finding):
            self.code.show_text("", code.title)
        else:
            self.code.show_text(code, _CODE_SAID if code else "")

    def _save_code(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save the script", f"{self._model.folder}/restore_it.py", "Python files (*.py)"
        )
        if path:
            self._model.save_code(path)
