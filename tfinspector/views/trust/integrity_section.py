"""The bytes of a source on the page Trust: checking them, what is bad, saving the rest."""

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tfinspector.viewmodels.trust.integrity import Integrity
from tfinspector.views.theme import SMALL
from tfinspector.views.widgets.lines import Lines
from tfinspector.views.widgets.plain_grid import PlainGrid


class IntegritySection(QWidget):
    """Binds an `Integrity`; the parts that a test looks at are attributes."""

    def __init__(self, model: Integrity) -> None:
        super().__init__()
        self.model = model
        self.checked, self.salvaged = Lines(), Lines()
        self.bad = PlainGrid(("Tensor", "Why it is not what was saved", "Snapshot"))
        self.lost = PlainGrid(("Lost", "Why"))
        self.check_button = QPushButton("Check all bytes")
        self.check_button.setToolTip("Read everything and recompute every checksum")
        self.check_button.clicked.connect(model.check)
        self.salvage_button = QPushButton("Save what is intact …")
        self.salvage_button.setToolTip(
            "Write a new, smaller checkpoint of the tensors whose checksums hold"
        )
        self.salvage_button.clicked.connect(self._choose)
        self._lay_out()

    def show_state(self) -> None:
        """Show what the model says now."""
        model = self.model
        words = model.words
        self.checked.show_lines([(words.icon, words.role, words.words)] if words else [])
        self.bad.show_rows(model.bad)
        self.check_button.setEnabled(model.can_check and model.task is None)
        self.salvage_button.setVisible(model.is_damaged)
        self.salvage_button.setEnabled(model.can_salvage)
        self.salvaged.show_lines(
            [(line.icon, line.role, line.words) for line in model.salvaged_lines]
        )
        self.lost.show_rows(model.lost)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL)
        heading = QLabel("Bytes")
        heading.setProperty("heading", True)
        heading.setContentsMargins(0, SMALL, 0, 0)
        line = QHBoxLayout()
        line.addWidget(self.check_button)
        line.addWidget(self.salvage_button)
        line.addStretch(1)
        column.addWidget(heading)
        column.addWidget(self.checked)
        column.addWidget(self.bad)
        column.addLayout(line)
        column.addWidget(self.salvaged)
        column.addWidget(self.lost)

    def _choose(self) -> None:
        prefix, _ = QFileDialog.getSaveFileName(
            self, "Save what is intact as a new checkpoint", self.model.proposal,
            "Checkpoint prefixes (*)",
        )  # fmt: skip
        if prefix:
            self.model.salvage(prefix)
