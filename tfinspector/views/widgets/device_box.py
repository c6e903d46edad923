"""A box to choose a device from: what is not there can be seen, with the reason, not chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox

from tfinspector.viewmodels.restore.form import DeviceChoice

_ROOM = 24  # beside the longest line of the list


class DeviceBox(QComboBox):
    """`purpose` begins its tool tip: "Where the model is built"."""

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self._purpose = purpose
        self.setAccessibleName("Device")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def show_devices(self, choices: Sequence[DeviceChoice], chosen: str) -> None:
        """Offer these; the name of each is its data."""
        texts = [self.itemText(at) for at in range(self.count())]
        if texts != [choice.text for choice in choices]:
            self.clear()
            items = cast(QStandardItemModel, self.model())
            for at, choice in enumerate(choices):
                self.addItem(choice.text, choice.name)
                items.item(at).setEnabled(not choice.why_not)
                items.item(at).setToolTip(choice.why_not)
            self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + _ROOM)
        self.setCurrentIndex(self.findData(chosen))
        reasons = [choice.why_not for choice in choices if choice.why_not]
        self.setToolTip("\n".join([self._purpose, *reasons]))
