"""What there is to say about a file that was written from a matched model, or was not."""

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.restores import RestoreReport, Row, State
from tfinspector.contents.variables import Role

_SHOWN = 5


def first_values(filled: RestoreReport, prefix: str) -> list[Finding]:
    """Weights of the model that nothing in the source filled."""
    names = [
        row.model_path or row.name
        for row in filled.rows
        if row.state is State.MISSING_IN_CHECKPOINT and row.role != Role.METRIC.value
    ]
    misfits = (State.SHAPE_MISMATCH, State.DTYPE_MISMATCH)
    names += [row.model_path or row.name for row in filled.rows if row.state in misfits]
    if not names:
        return []
    what = "variable has" if len(names) == 1 else "variables have"
    return [
        Finding(
            "M32",
            Severity.WARNING,
            f"{len(names)} {what} only the first value that the factory gave, for nothing in the "
            f"source goes there: {_listed(names)}.",
            where=prefix,
            evidence={"variables": names},
            fix=Fix("Accept or add a pair for it in the map, or train it before use."),
        )
    ]


def left_behind(filled: RestoreReport) -> list[Finding]:
    """Assigned, but no checkpoint of the object can hold it."""
    assert filled.model is not None
    names = [
        row.name
        for row in filled.rows
        if row.key and row.variable >= 0 and filled.model.variables[row.variable].node < 0
        and row.state is State.RESTORED
    ]  # fmt: skip
    if not names:
        return []
    return [
        Finding(
            "M03",
            Severity.WARNING,
            f"{len(names)} of the values are not in the new file, because no attribute leads to "
            f"their variables: {_listed(names)}.",
            where=filled.prefix,
            evidence={"variables": names},
            fix=Fix(
                "Give each layer of the list an attribute of its own, then write again.",
                'for i, block in enumerate(self.blocks):\n    setattr(self, f"block_{i}", block)',
            ),
        )
    ]


def not_filled(filled: RestoreReport) -> Finding:
    """Nothing could be restored, so that there is nothing to write."""
    rows: tuple[Row, ...] = filled.rows
    return Finding(
        "M33",
        Severity.ERROR,
        "Nothing was written, because nothing could be restored.",
        where=filled.path,
        evidence={"outcome": filled.outcome.value, "variables": len(rows)},
        fix=Fix("Put right what the other findings say, or accept pairs in the list of renames."),
    )


def not_proved(prefix: str, wrong: list[str]) -> Finding:
    """What was written does not bring the same values back."""
    return Finding(
        "M33",
        Severity.ERROR,
        f"{os.path.basename(prefix)} was not kept, because a fresh restore of it did not prove "
        f"right: {_listed(wrong)}.",
        where=prefix,
        evidence={"wrong": wrong},
        fix=Fix(
            "Look whether the factory builds the same model each time and whether a call changes "
            "its variables; the generated code assigns the same pairs in your own program."
        ),
    )


def no_whole_model(path: str, said: str) -> Finding:
    """Keras can't save the model as a whole, or not load it again; its weights it can."""
    weights = f"{path.removesuffix('.keras')}.weights.h5"
    return Finding(
        "M33",
        Severity.ERROR,
        f"{os.path.basename(path)} was not kept: Keras can't save and load this model as a whole.",
        said,
        path,
        {"reason": said},
        Fix(
            "Write its weights alone. For the whole, each class of your own needs a `get_config` "
            "and an `__init__` that takes what it returns.",
            f"--write-fixed {shlex.quote(weights)}",
        ),
    )


def how_to_load(path: str, loaded: Mapping[str, Any]) -> list[Finding]:
    """What `load_model` has to be told of a file that was written; nothing of a plain one."""
    names = loaded.get("custom_objects") or ()
    if not names and not loaded.get("is_unsafe"):
        return []
    settings = [f"custom_objects={{{', '.join(f'{name!r}: {name}' for name in names)}}}"]
    settings += ["safe_mode=False"] * bool(loaded.get("is_unsafe"))
    why = "it has layers with Python of their own (Lambda)" if loaded.get("is_unsafe") else (
        "its classes are not registered with Keras"
    )  # fmt: skip
    return [
        Finding(
            "K02" if loaded.get("is_unsafe") else "K01",
            Severity.WARNING,
            f"load_model takes {os.path.basename(path)} only if it is told more: {why}.",
            "So it was loaded in a fresh process, and every value was compared.",
            path,
            {"custom_objects": list(names), "safe_mode": not loaded.get("is_unsafe")},
            Fix(
                "Load it so, in a program that has the classes.",
                f"model = keras.models.load_model({path!r}, {', '.join(settings)})",
            ),
        )
    ]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def unwritable(prefix: str, why: str) -> Unreadable:
    """The place is taken, or no place."""
    return Unreadable(
        Finding(
            "V03",
            Severity.ERROR,
            f"{os.path.basename(prefix) or prefix} can't be written: {why}.",
            where=prefix,
            evidence={"prefix": prefix, "reason": why},
            fix=Fix(
                "Choose another name, in a directory that is there; nothing is ever written over."
            ),
        )
    )
