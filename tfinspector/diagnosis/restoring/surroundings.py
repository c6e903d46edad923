"""M17, M19, R01 and R02: the strategy, the Keras, the memory and the device around a restore."""

import re
from collections import Counter
from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import RelayedError
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import Case, Cause
from tfinspector.diagnosis.restoring.wording import count, listed, shown, size

_SCOPE = re.compile(r"different from the scope|tf\.distribute\.Strategy", re.IGNORECASE)
_MEMORY = re.compile(r"OOM when allocating|[Rr]esource ?[Ee]xhausted|MemoryError|bad_alloc")
_FLOATS = ("float", "bfloat", "complex")


def find_strategy(case: Case) -> Iterator[Cause]:
    """M17: restored outside the scope that the model was built in."""
    error = case.evidence.error
    if error is None or not _SCOPE.search(error.message):
        return
    yield Cause(Finding(
        "M17", Severity.ERROR,
        "The optimizer's state is restored outside the strategy's scope that the variables belong "
        "to.",
        "The file is not to blame: mirrored variables are saved once, and it knows of no strategy.",
        case.model.factory,
        {"tensorflow_said": error.message[:2000], "type": error.type},
        Fix("Build and restore inside the same scope.",
            "with strategy.scope():\n    " +
            f"{code.make_model(case)}\n{code.restore(case)}".replace("\n", "\n    ")),
    ), frozenset(place for place in range(len(case.rows)) if case.is_training_state(place))
    )  # fmt: skip


def is_out_of_memory(error: RelayedError) -> bool:
    """Whether it was raised for want of memory, in words of Python, NumPy or TensorFlow."""
    return bool(_MEMORY.search(f"{error.type}: {error.message}"))


def what_was_wanted(error: RelayedError) -> str:
    """What there was no room for: "a float tensor of shape [60000,60000]", "" if it is not told."""
    tensor = re.search(r"tensor with shape ?(\[[\d,]*\]) and type (\w+)", error.message)
    if tensor:
        return f"a {tensor[2]} tensor of shape {tensor[1]}"
    array = re.search(r"Unable to allocate ([\d.]+ \w+) for an array", error.message)
    return f"an array of {array[1]}" if array else ""


def find_mixed_keras(case: Case) -> Iterator[Cause]:
    """M19: objects of two kinds of Keras in one model, and not all of it is restored."""
    families = Counter[str]()
    for flavour, number in case.model.flavours.items():
        families[flavour.partition(" ")[0]] += number
    if len(families) < 2 or not (case.unfed_weights or case.lost_weights or case.evidence.error):
        return
    told = ", ".join(f"{number} of {flavour}" for flavour, number in case.model.flavours.items())
    yield Cause(Finding(
        "M19", Severity.WARNING,
        f"The model mixes {len(families)} kinds of Keras: {told}.",
        "They name and track variables differently, so one of them matches the checkpoint at most.",
        case.model.factory, {"flavours": case.model.flavours},
        Fix("Import all layers from the same Keras.",
            'import os\nos.environ["TF_USE_LEGACY_KERAS"] = "1"  # before TensorFlow\n'
            "# or use keras 3 everywhere: import keras"),
    ))  # fmt: skip


def find_memory(case: Case) -> Iterator[Cause]:
    """R01: TensorFlow reads all tensors of a restore at once, beside the variables."""
    error = case.evidence.error
    failed = error is not None and is_out_of_memory(error)
    needed = sum(case.variables[case.rows[p].key].nbytes for p in case.fed_weights
                 if case.rows[p].key in case.variables)  # fmt: skip
    whole = sum(one.nbytes for one in case.checkpoint.variables)
    free = case.evidence.available_nbytes
    if not failed and not 0 <= free < needed:
        return
    there = f", and {size(free)} are free" if free >= 0 else ""
    yield Cause(Finding(
        "R01", Severity.ERROR if failed else Severity.WARNING,
        _memory_title(error if failed else None, f"about {size(needed)} of memory on top of the "
                      f"model's own{there}"),
        "TensorFlow reads all tensors at once into the computer's memory before it copies them "
        "to the variables, wherever those lie.",
        case.checkpoint.prefix,
        {"needed_nbytes": needed, "checkpoint_nbytes": whole, "available_nbytes": free}
        | ({"tensorflow_said": error.message[:2000]} if failed and error else {}),
        Fix("Restore one tensor after the other, or the weights without the optimizer, on the CPU "
            "first.", code.assign_pairs(case, [
                (case.rows[p].model_path, case.rows[p].key) for p in case.fed_weights
                if case.rows[p].model_path and case.rows[p].variable >= 0])),
    ))  # fmt: skip


def find_misplaced(case: Case) -> Iterator[Cause]:
    """R02: variables that are not on the device that was asked for."""
    wanted = _short(case.evidence.device)
    if not wanted:
        return
    places = [
        p
        for p, row in enumerate(case.rows)
        if row.variable >= 0
        and row.device
        and row.model_dtype.startswith(_FLOATS)
        and _short(row.device) != wanted
    ]
    if not places:
        return
    there = sorted({case.rows[p].device for p in places})
    yield Cause(Finding(
        "R02", Severity.WARNING,
        f"{count(len(places), 'variable')} {'is' if len(places) == 1 else 'are'} on "
        f"{shown(there)}, not on {wanted} as asked: {shown(case.names(places))}.",
        "Variables stay where they are made. The factory puts these somewhere itself (tf.device, "
        "a strategy), or TensorFlow has no kernel for them there.",
        case.model.factory, {"asked": wanted, "misplaced": listed(case.names(places))},
        Fix("Leave the choice to the caller: build the model under one device.",
            f"import tensorflow as tf\nwith tf.device({'/' + wanted!r}):\n    "
            + code.make_model(case).replace("\n", "\n    ")),
    ))  # fmt: skip


def _short(device: str) -> str:
    """ "GPU:0" of any way to write it."""
    name = device.upper().rpartition("/DEVICE:")[2].strip("/")
    return name if not name or ":" in name else f"{name}:0"


def _memory_title(error: RelayedError | None, needed: str) -> str:
    if error is None:
        return f"The restore needs {needed}."
    wanted = what_was_wanted(error)
    room = f": there was no room for {wanted}" if wanted else ""
    return f"Memory ran out during the restore{room}. It needs {needed}."
