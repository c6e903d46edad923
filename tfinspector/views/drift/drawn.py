"""Whether pictures were painted since they were to show something else: playing waits for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractScrollArea


class Drawn(QObject):
    """Watches the viewports; those that nobody sees need not be painted."""

    def __init__(self, pictures: Sequence[QAbstractScrollArea]) -> None:
        super().__init__(pictures[0])
        self._viewports = [picture.viewport() for picture in pictures]
        self._awaited: set[QObject] = set()
        for viewport in self._viewports:
            viewport.installEventFilter(self)

    def expect(self) -> None:
        """Everything is to be painted once more."""
        self._awaited = {viewport for viewport in self._viewports if viewport.isVisible()}
        for viewport in self._viewports:
            viewport.update()

    def is_done(self) -> bool:
        """Whether all that can be seen was painted."""
        return not any(viewport.isVisible() for viewport in self._viewports
                       if viewport in self._awaited)  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's question: note what is painted, and let it be."""
        if event.type() == QEvent.Type.Paint:
            self._awaited.discard(watched)
        return False
