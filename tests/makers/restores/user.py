"""A user's program: builds the model, restores, and looks. TensorFlow alone, nothing of ours.

Runs in the main environment and in that of `tests.legacy_keras`.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
from pathlib import Path
from typing import Any

from tests.makers.restores.cases import Case


def plain(directory: str, prefix: str = "", attach: str | None = None) -> dict[str, Any]:
    """Build, restore from the case's own path or from `prefix`, and tell what happened.

    `raises` (name of the exception), `says` (its text), `status` (class), `consumed` (what
    assert_consumed says, "" if content), `changed` and `variables` (counts), `right` (how many
    variables have the right value, -1 if the case does not tell).
    """
    import numpy as np

    place = Path(directory)
    case = Case.read(place)
    built = build(place, case)
    before = values_of(built)
    name = case.attach if attach is None else attach
    answer: dict[str, Any] = {"raises": "", "says": "", "status": "", "consumed": ""}
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    try:
        status = checkpoint_of(built, name).restore(prefix or str(place / case.given))
    except Exception as error:  # noqa: BLE001 - the answer
        answer |= {"raises": type(error).__name__, "says": str(error)}
    else:
        answer["status"] = type(status).__name__
        try:
            status.assert_consumed()
        except Exception as error:  # noqa: BLE001 - the answer
            answer["consumed"] = str(error)
        if hasattr(status, "expect_partial"):
            status.expect_partial()
    after = values_of(built)
    answer["changed"] = sum(key not in before or not same(before[key], after[key]) for key in after)
    answer["variables"] = len(after)
    answer["right"] = -1
    answer["wrong"] = []
    if (place / "right.npz").exists():
        right = np.load(place / "right.npz")
        wrong = [key for key in right.files if key not in after or not same(right[key], after[key])]
        answer["right"] = len(right.files) - len(wrong)
        answer["wrong"] = wrong
    return answer


def summary(answer: dict[str, Any]) -> str:
    """In the words of `Case.plain`."""
    if answer["raises"]:
        what = answer["raises"]
    elif answer["status"] == "NameBasedSaverStatus":
        what = "names"
    else:
        what = "partial" if answer["consumed"] else "consumed"
    return f"{what} {answer['changed']}/{answer['variables']}"


def build(place: Path, case: Case) -> Any:
    """What the factory returns, with all the variables that it can have."""
    name = case.file.removesuffix(".py")
    specification = importlib.util.spec_from_file_location(name, place / case.file)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    built = module.build()
    if hasattr(module, "sample_inputs"):
        model = built["model"] if isinstance(built, dict) else built
        model = model[0] if isinstance(model, tuple) else model
        model(module.sample_inputs())
    if isinstance(built, tuple):
        model, optimizer = built
        if hasattr(optimizer, "_create_all_weights"):  # the old kind of Keras 2
            optimizer._create_all_weights(model.trainable_variables)
        else:
            optimizer.build(model.trainable_variables)
    return built


def checkpoint_of(built: Any, attach: str) -> Any:
    import tensorflow as tf

    if isinstance(built, tf.train.Checkpoint):
        return built
    if isinstance(built, tuple):
        built = {"model": built[0], "optimizer": built[1]}
    if isinstance(built, dict):
        return tf.train.Checkpoint(**built)
    return tf.train.Checkpoint(**{attach: built}) if attach else tf.train.Checkpoint(built)


def values_of(built: Any) -> dict[str, Any]:
    """The value of each variable, by its number: Keras counts names on from model to model."""
    import numpy as np

    values = {}
    for number, variable in enumerate(_variables(built)):
        last = str(getattr(variable, "path", variable.name)).rpartition("/")[2].rpartition("_")[2]
        value = np.asarray(variable)
        if value.dtype.kind == "V" or value.dtype.name == "bfloat16":  # .npz knows no bfloat16
            value = value.astype("float32")
        values[f"{number:03d} {last}"] = value
    return values


def same(one: Any, other: Any) -> bool:
    """Bit by bit, so that NaN equals itself."""
    return bool(one.shape == other.shape and one.tobytes() == other.tobytes())


def _variables(built: Any) -> list[Any]:
    import tensorflow as tf

    if isinstance(built, tf.train.Checkpoint):
        children = sorted(built._trackable_children().items())
        parts = [child for name, child in children if name != "save_counter"]
    elif isinstance(built, dict):
        parts = list(built.values())
    else:
        parts = list(built) if isinstance(built, tuple) else [built]
    found: dict[int, Any] = {}
    for part in parts:
        for variable in _of_part(part):
            if "seed_generator" not in str(getattr(variable, "path", "")):
                found.setdefault(id(variable), variable)
    return list(found.values())


def _of_part(part: Any) -> list[Any]:
    if hasattr(part, "assign") and hasattr(part, "shape"):
        return [part]
    if isinstance(part, (list, tuple)):
        return [each for one in part for each in _of_part(one)]
    variables = getattr(part, "variables", ())
    variables = list(variables() if callable(variables) else variables)
    for module in (part, *getattr(part, "submodules", ())):  # Keras in a tf.Module
        for one in vars(module).values():
            if hasattr(type(one), "layers") and not hasattr(module, "layers"):
                variables += one.variables
    optimizer = getattr(part, "optimizer", None)
    return variables + (_of_part(optimizer) if optimizer is not None else [])
