"""What a person fills in before a verification: what is compared with what, and how strictly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tfinspector.contents.sources import SourceKind
from tfinspector.viewmodels.compare.sides import Side
from tfinspector.viewmodels.restore.form import RestoreForm

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource

_NO_RESTORE = frozenset({SourceKind.GRAPH_DEF, SourceKind.META_GRAPH})


class VerifyKind(StrEnum):
    """What the outputs are compared with."""

    RESTORED = "restored"
    DEVICE = "device"
    MODEL = "model"
    SNAPSHOT = "snapshot"


KIND_WORDS = {
    VerifyKind.RESTORED: "A restored model",
    VerifyKind.DEVICE: "Another device",
    VerifyKind.MODEL: "Another SavedModel",
    VerifyKind.SNAPSHOT: "Another snapshot",
}
WITH_FACTORY = frozenset({VerifyKind.RESTORED, VerifyKind.SNAPSHOT})


@dataclass(frozen=True, slots=True)
class VerifyForm:
    """The fields.

    a          the snapshot that is compared (SNAPSHOT only; else it is the chosen signature)
    b          what it is compared with: a checkpoint, a SavedModel, a snapshot; None for devices
    factory    and its arguments, as the page Restore has them
    device     the other device, "GPU:0"
    tolerance  as it was typed, "" for none at all
    """

    kind: VerifyKind = VerifyKind.RESTORED
    a: Side | None = None
    b: Side | None = None
    factory: RestoreForm = field(default_factory=RestoreForm)
    device: str = ""
    tolerance: str = ""

    @property
    def allowed(self) -> float | None:
        """The largest difference that counts as equal; None for none at all. Raises ValueError."""
        text = self.tolerance.strip()
        if not text:
            return None
        value = float(text)
        if not 0 <= value < math.inf:
            raise ValueError(text)
        return value

    @property
    def tolerance_problem(self) -> str:
        """What is wrong with the tolerance, "" if nothing."""
        try:
            _ = self.allowed
        except ValueError:
            return "The tolerance is a number, such as 1e-5, or nothing."
        return ""

    @property
    def why_not(self) -> str:
        """Why nothing can be compared with this, "" if it can."""
        if self.kind is VerifyKind.DEVICE:
            return self.tolerance_problem or ("" if self.device else "There is no other device.")
        if self.kind is VerifyKind.SNAPSHOT and self.a == self.b:
            return "Choose two snapshots: these are one and the same."
        if self.b is None:
            what = "SavedModel" if self.kind is VerifyKind.MODEL else "checkpoint"
            return f"Open the {what} to compare it with."
        if self.kind in WITH_FACTORY and self.factory.why_not:
            return self.factory.why_not
        return self.tolerance_problem


def path_of(side: Side) -> str:
    """What is restored or loaded: a SavedModel by its directory, else the snapshot."""
    opened = side.source.source
    return opened.path if opened.kind is SourceKind.SAVED_MODEL else side.path


def kinds_for(current: OpenSource | None, sides: Sequence[Side]) -> tuple[VerifyKind, ...]:
    """What can be compared with what is current; () where nothing of it can be called."""
    if current is None or current.source.kind in _NO_RESTORE:
        return ()
    if current.source.kind is not SourceKind.SAVED_MODEL:
        several = len(others_for(VerifyKind.SNAPSHOT, current, sides)) > 1
        return (VerifyKind.SNAPSHOT,) if several else ()
    kinds = [VerifyKind.RESTORED, VerifyKind.DEVICE]
    if others_for(VerifyKind.MODEL, current, sides):
        kinds.append(VerifyKind.MODEL)
    return tuple(kinds)


def others_for(kind: VerifyKind, current: OpenSource, sides: Sequence[Side]) -> list[Side]:
    """What stands on the other side, the likeliest first.

    A model is restored from a checkpoint that is open, or from the SavedModel's own variables.
    """
    if kind is VerifyKind.SNAPSHOT:
        return [side for side in sides if side.source.source.kind is not SourceKind.SAVED_MODEL]
    models = [side for side in sides if side.source.source.kind is SourceKind.SAVED_MODEL]
    if kind is VerifyKind.MODEL:
        return [side for side in models if side.source is not current]
    if kind is VerifyKind.RESTORED:
        own = [side for side in models if side.source is current]
        return [side for side in sides if side not in models][::-1] + own
    return []


def fitted(form: VerifyForm, current: OpenSource, sides: Sequence[Side]) -> VerifyForm:
    """The form with what can be chosen now: kept where it still can, else the likeliest."""
    kinds = kinds_for(current, sides)
    if not kinds:
        return replace(form, a=None, b=None)
    kind = form.kind if form.kind in kinds else kinds[0]
    others = others_for(kind, current, sides)
    b = _kept(form.b, others)
    if kind is not VerifyKind.SNAPSHOT:
        return replace(form, kind=kind, a=None, b=b or (others[0] if others else None))
    own = [side for side in others if side.source is current]
    a = _kept(form.a, others) or own[0]
    rest = [side for side in (*others, *own) if side != a]  # the newest of the run comes last
    return replace(form, kind=kind, a=a, b=b or rest[-1])


def _kept(side: Side | None, offered: Sequence[Side]) -> Side | None:
    return next((each for each in offered if side and each.path == side.path), None)
