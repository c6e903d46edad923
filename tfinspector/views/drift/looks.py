"""What the page Drift remembers of each run beside what is measured: its tab, and the boxes."""

from __future__ import annotations

from collections.abc import Mapping

from tfinspector.viewmodels.drift.memory import Memory
from tfinspector.views.drift.tabs import TABS, DriftTabs

_TAB = "tab"


def recall_looks(tabs: DriftTabs, memory: Memory) -> None:
    """Have `memory` keep the tab in front and what the boxes say, and give them back."""
    boxes = {
        "curves": tabs.curves.what,
        "values": tabs.distributions.scale,
        "arrangement": tabs.distributions.arrangement,
    }

    def take_up(looks: Mapping[str, str]) -> None:
        if looks.get(_TAB) in TABS:
            tabs.setCurrentIndex(TABS.index(looks[_TAB]))
        for name, box in boxes.items():
            if (at := box.findText(looks.get(name, ""))) >= 0:
                box.setCurrentIndex(at)

    memory.recalled.connect(take_up)
    memory.begin()
    tabs.currentChanged.connect(lambda at: memory.note(**{_TAB: TABS[at]}))
    for name, box in boxes.items():
        box.currentTextChanged.connect(lambda word, name=name: memory.note(**{name: word}))
