"""The functions that a Python file offers to build a model; the file is parsed, not executed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import SignalInstance

if TYPE_CHECKING:
    from tfinspector.viewmodels.session import Session


def ask_callables(session: Session, path: str, offered: SignalInstance, who: object) -> None:
    """Ask for them; `offered` carries a tuple of `Offered`, or the finding that says why there are
    none. Of what the same one asks, only the last is answered.
    """
    door = session.doors.restoring.list_callables
    session.run(
        f"Read {os.path.basename(path)}", lambda ticket: door(path), offered.emit, offered.emit,
        quiet=True, key=f"callables {id(who)}",
    )  # fmt: skip
