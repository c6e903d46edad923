"""The page Drift: what moved in a run, where, when, and how the values lay."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from tfinspector.viewmodels.drift.memory import Memory
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.viewmodels.drift.playing import Player
from tfinspector.viewmodels.drift.written import heat_table
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.python import Writer, drift_writer
from tfinspector.viewmodels.session import Session
from tfinspector.views.drift.controls import DriftControls
from tfinspector.views.drift.drawn import Drawn
from tfinspector.views.drift.heat_view import HeatView
from tfinspector.views.drift.looks import recall_looks
from tfinspector.views.drift.saving import Saving
from tfinspector.views.drift.tabs import DriftTabs
from tfinspector.views.inspector.colour_scale import ColourScale
from tfinspector.views.inspector.plot_style import plot_style
from tfinspector.views.memory import as_text, recall_splitters
from tfinspector.views.theme import SMALL, SPACE, TIGHT
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.sentence import Sentence
from tfinspector.views.widgets.waiting_line import WaitingLine

_SCALE_WIDTH = 150
_HEIGHTS = (290, 270)


class DriftPage(QWidget):
    """Binds a `DriftModel`. Attributes: model, player, controls, heat, readout, tabs, waiting,
    again (the button that measures once more), empty.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = DriftModel(session, self)
        self.controls = DriftControls(self.model)
        self.heat, self.scale = HeatView(), ColourScale(plot_style())
        self.about, self.readout = Sentence(muted=True), ElidedLabel(role="muted")
        self.tabs = DriftTabs(self.model)
        self.waiting = WaitingLine()
        self.again = tool_button("reload", "Measure", "Measure once more", self.model.measure)
        self.empty = EmptyState("run")
        self.drawn = Drawn([self.heat, *self.tabs.plots])
        self.player = Player(self.model, self.drawn.is_done, self)
        self.saving = Saving(self.model, self.tabs, self)
        QShortcut(QKeySequence("P"), self, self.player.toggle).setContext(
            Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        self._splitters = self._lay_out()
        self._connect()
        self._show_heat()
        self._show_waiting()

    def set_filter(self, text: str) -> str:
        """Show the variables whose names hold all words of the text."""
        self.model.ask(text=text)
        return ""

    def expand_all(self) -> None:
        """Open every layer."""
        self.model.fold_all(False)

    def collapse_all(self) -> None:
        """Fold every layer."""
        self.model.fold_all(True)

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return drift_writer(self.model)

    def copy_shown(self) -> None:
        """Copy the heat map's numbers as the table that text programs take."""
        if self.model.heat is not None:
            header, rows = heat_table(self.model.heat)
            self.model.session.run(
                "Copy the heat map",
                lambda ticket: "\n".join("\t".join(row) for row in (header, *rows)),
                QGuiApplication.clipboard().setText,
            )

    def recall(self, preferences: Preferences) -> None:
        """Take over the sizes of the panes, and from now on how each run was last looked at."""
        recall_splitters(self._splitters, preferences)
        recall_looks(self.tabs, Memory(self.model, preferences))

    def remembered(self) -> dict[str, str]:
        """The sizes of the panes."""
        return {name: as_text(each.saveState()) for name, each in self._splitters.items()}

    def _lay_out(self) -> dict[str, QSplitter]:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.readout.set_elide_mode(Qt.TextElideMode.ElideRight)
        self.scale.setFixedWidth(_SCALE_WIDTH)
        map_ = QWidget(self)
        below = QHBoxLayout()
        below.setSpacing(SPACE)
        below.addWidget(self.scale, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.readout, 1)
        upper = QVBoxLayout(map_)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(TIGHT)
        upper.addWidget(self.heat, 1)
        upper.addLayout(below)
        both = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        both.addWidget(map_)
        both.addWidget(self.tabs)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        both.setSizes(list(_HEIGHTS))
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(both)
        sentence = QHBoxLayout()
        sentence.addWidget(self.about, 1)
        sentence.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(SMALL, SMALL, SMALL, TIGHT)
        column.setSpacing(TIGHT)
        column.addWidget(self.controls)
        column.addLayout(sentence)
        column.addWidget(self.waiting)
        column.addLayout(self._stack, 1)
        return {"drift_panes": both, "drift_pair": self.tabs.distributions.splitter}

    def _connect(self) -> None:
        model = self.model
        model.heat_changed.connect(self._show_heat)
        model.at_changed.connect(self._show_place)
        model.opened.changed.connect(self._show_place)
        model.waiting_changed.connect(self._show_waiting)
        self.heat.opened.connect(self._open)
        self.heat.folded.connect(self._fold)
        self.heat.pointed.connect(self._tell)
        self.controls.play_asked.connect(self.player.toggle)
        self.controls.export_asked.connect(self.saving.save_heat)
        self.player.changed.connect(lambda: self.controls.set_playing(self.player.is_playing))
        self.saving.failed.connect(self.readout.set_text)
        self.waiting.cancelled.connect(model.cancel)
        self.empty.pressed.connect(model.measure)

    def _show_heat(self) -> None:
        heat = self.model.heat
        self._stack.setCurrentIndex(0 if heat is None else 1)
        self.heat.show_heat(heat)
        self.scale.show_heat_map(heat.colours if heat else None)
        self.about.say(" ".join(filter(None, (heat.about, heat.hidden))) if heat else "")
        self._show_place()
        self._tell("")

    def _show_place(self) -> None:
        self.drawn.expect()
        self.heat.show_place(self.model.at, self.model.opened.name)
        self.tabs.distributions.mark(self.model.snapshot_words)

    def _show_waiting(self) -> None:
        model = self.model
        if model.task:
            self.waiting.wait_for("Measuring", model.task)
        else:
            self.waiting.done()
        stopped = model.trouble is not None or model.is_cancelled
        self.again.setVisible(stopped and model.table is not None)
        self.heat.set_dimmed(model.is_stale)
        self.tabs.set_dimmed(model.is_stale)
        if model.trouble is not None:
            self.empty.say(model.trouble.title, "Measure again")
        elif model.is_cancelled:
            self.empty.say("Measuring was cancelled.", "Measure")
        else:
            self.empty.say("What moved in this run is shown here as soon as it is measured.")

    def _tell(self, words: str) -> None:
        heat = self.model.heat
        self.readout.set_text(words or (heat.legend if heat else ""))

    def _open(self, line: int, at: int, beside: bool) -> None:
        if self.model.heat is not None:
            shown = self.model.heat.lines[line]
            if shown.is_group:
                self.model.go_to(at)
            else:
                self.model.open_cell(shown.rows[0], at, beside)

    def _fold(self, line: int) -> None:
        if self.model.heat is not None:
            self.model.fold(self.model.heat.lines[line].name)

    def showEvent(self, event: QShowEvent) -> None:
        """Looked at: measure."""
        super().showEvent(event)
        self.model.wake()

    def hideEvent(self, event: QHideEvent) -> None:
        """Not looked at: measure nothing, play nothing."""
        super().hideEvent(event)
        self.player.stop()
        self.model.sleep()

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the scale in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "saving"):
            self.scale.set_style(plot_style())
