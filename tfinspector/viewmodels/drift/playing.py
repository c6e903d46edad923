"""Playing a run: the current snapshot goes on to the next one when everything is drawn."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from tfinspector.viewmodels.drift.model import DriftModel

_BEAT_MS = 320
_LOOK_AGAIN_MS = 30


class Player(QObject):
    """`changed` follows `is_playing`. `is_drawn` says whether every picture shows where we are.

    It stops at the last snapshot; playing again begins at the first.
    """

    changed = Signal()

    def __init__(
        self, model: DriftModel, is_drawn: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._is_drawn = model, is_drawn
        self._wanted = -1
        self._beat = QTimer(self, singleShot=True)
        self._beat.timeout.connect(self._on_beat)

    @property
    def is_playing(self) -> bool:
        """Whether the snapshot goes on by itself."""
        return self._wanted >= 0

    def toggle(self) -> None:
        """Play, or stop where we are."""
        if self.is_playing:
            self.stop()
        elif self._model.table is not None:
            at = self._model.at
            self._go_to(0 if at >= self._last else max(at, 0) + 1)
            self.changed.emit()

    def stop(self) -> None:
        """Stop where we are."""
        if self.is_playing:
            self._wanted = -1
            self._beat.stop()
            self.changed.emit()

    @property
    def _last(self) -> int:
        return len(self._model.table.snapshots) - 1 if self._model.table else -1

    def _go_to(self, at: int) -> None:
        self._wanted = at
        self._model.go_to(at)
        self._beat.start(_BEAT_MS)

    def _on_beat(self) -> None:
        if self._model.table is None:
            self.stop()
        elif (
            self._model.at != self._wanted or self._model.opened.is_drawing or not self._is_drawn()
        ):
            self._beat.start(_LOOK_AGAIN_MS)
        elif self._wanted >= self._last:
            self.stop()
        else:
            self._go_to(self._wanted + 1)
