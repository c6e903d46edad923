"""How each run was last looked at: remembered when it changes, taken up when the run is opened.

A run that was never looked at is shown like the one before it, but for what only that one has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.drift_metrics import METRIC_BY_NAME
from tfinspector.viewmodels.drift.colours import Colouring
from tfinspector.viewmodels.drift.lines import Asked, Order
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.viewmodels.preferences import Preferences

_REFERENCE, _OPENED, _CHOSEN = "reference", "opened", "chosen"
_OF_THE_RUN = (_REFERENCE, _OPENED, _CHOSEN)
_YES = "yes"


class Memory(QObject):
    """`recalled` carries how the run that was opened was looked at, the page's own words too."""

    recalled = Signal(object)

    def __init__(self, model: DriftModel, preferences: Preferences) -> None:
        super().__init__(model)
        self._model, self._preferences = model, preferences
        self._looks: dict[str, str] = {}
        self._path = ""
        self._to_open: Mapping[str, str] | None = None
        model.run_changed.connect(self._recall)
        model.heat_changed.connect(self._on_heat)
        model.opened.changed.connect(self._remember)
        model.chosen_changed.connect(self._remember)

    def begin(self) -> None:
        """Take up what is known of the run that is open already."""
        self._recall()

    def note(self, **looks: str) -> None:
        """Remember words of the page's own, such as which tab is in front."""
        self._looks |= looks
        self._remember()

    def _recall(self) -> None:
        """Before the run is measured: what is asked of it."""
        self._path = path = self._model.path
        if not path:
            return
        looks = dict(self._preferences.drift_of(path))
        if not looks:
            last = self._preferences.last_drift
            looks = {name: word for name, word in last.items() if name not in _OF_THE_RUN}
        self._to_open = looks
        self._looks = dict(looks)
        if looks:
            self._model.begin_with(asked_of(looks, self._model.asked), looks.get(_REFERENCE, ""))
            self.recalled.emit(looks)

    def _on_heat(self) -> None:
        """Once it is measured: what was open and chosen."""
        if self._to_open is not None and self._model.table is not None:
            looks, self._to_open = self._to_open, None
            chosen = looks.get(_CHOSEN, "").split("\n") if not self._model.session.chosen else []
            self._model.reopen(looks.get(_OPENED, ""), chosen)
        self._remember()

    def _remember(self) -> None:
        """Nothing is remembered of a run before what was known of it has been taken up."""
        model = self._model
        if model.table is None or self._to_open is not None or not self._path:
            return
        chosen = "\n".join(model.chosen_names)
        self._looks |= looks_of(model.asked) | {
            _REFERENCE: model.reference, _OPENED: model.opened.name, _CHOSEN: chosen,
        }  # fmt: skip
        self._preferences.set_drift(self._path, self._looks)


def looks_of(asked: Asked) -> dict[str, str]:
    """What is asked, in words; the filter is for the moment only."""
    return {
        "metric": asked.metric,
        "order": asked.order.value,
        "grouped": _YES if asked.grouped else "",
        "weights_only": _YES if asked.weights_only else "",
        "colouring": asked.colouring.value,
        "is_robust": _YES if asked.is_robust else "",
    }


def asked_of(looks: Mapping[str, str], asked: Asked) -> Asked:
    """The same the other way; what makes no sense stays as it is in `asked`."""
    metric, order, colouring = (looks.get(name, "") for name in ("metric", "order", "colouring"))

    def is_on(name: str, otherwise: bool) -> bool:
        return looks[name] == _YES if name in looks else otherwise

    return replace(
        asked,
        metric=metric if metric in METRIC_BY_NAME else asked.metric,
        order=Order(order) if order in list(Order) else asked.order,
        colouring=Colouring(colouring) if colouring in list(Colouring) else asked.colouring,
        grouped=is_on("grouped", asked.grouped),
        weights_only=is_on("weights_only", asked.weights_only),
        is_robust=is_on("is_robust", asked.is_robust),
    )
