"""Writes the Keras corpus, and loads as a user does; runs in a process with Keras 3 or tf_keras.

As a program, in the environment of `tests.legacy_keras`: `python -m tests.makers.keras_restores.\
writing DIRECTORY` writes what Keras 2 writes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.legacy_keras import ROOT, legacy_environment, legacy_python
from tests.makers.keras_restores.cases import CASES, KerasCase


def every_case(directory: Path) -> None:
    """The files of all cases, each with `right.npz`: its weights by the names of the layers."""
    subprocess.run(
        [str(legacy_python()), "-m", "tests.makers.keras_restores.writing", str(directory)],
        cwd=ROOT, env=legacy_environment(), check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    _write_all(directory, "keras3")


def given(case: KerasCase, directory: Path) -> Path:
    """The file that the user gives."""
    return directory / case.name / case.file.rpartition(">")[2]


def loaded(directory: str, build: str, path: str) -> list[str]:
    """Plain Keras: build, load, and name what is not as it was saved; [what was raised] else."""
    import numpy as np

    from tests.makers.keras_restores import models

    model = getattr(models, build)()
    try:
        model.load_weights(path)
    except Exception as error:  # noqa: BLE001 - the answer
        return [f"{type(error).__name__}: {error}"]
    right = np.load(Path(directory) / "right.npz")
    held = _by_layer(model)
    return [
        name for name, value in held.items()
        if name not in right.files or right[name].tobytes() != value.tobytes()
    ]  # fmt: skip


def weights_of(build: str, directory: str) -> None:
    """The weights of a model as it is built."""
    from tests.makers.keras_restores import models

    getattr(models, build)().save_weights(f"{directory}/a.weights.h5")


def every_kind(directory: str) -> None:
    """One model as every kind of file that Keras 3 writes."""
    import zipfile

    from tests.makers.keras_restores import models

    model = models.plain()
    model.save(f"{directory}/a.keras")
    model.save(f"{directory}/a.h5")
    model.save_weights(f"{directory}/a.weights.h5")
    model.save_weights(f"{directory}/a.weights.json", max_shard_size=2e-7)
    model.export(f"{directory}/exported", verbose=False)
    with zipfile.ZipFile(f"{directory}/a.keras") as archive:
        archive.extractall(f"{directory}/unpacked")


def two_steps(directory: str) -> None:
    """The weights of a model before and after a change, as one file and in shards."""
    from tests.makers.keras_restores import models

    model = models.unnamed()
    for step in (1, 2):
        model.set_weights([value + 0.5 * step for value in model.get_weights()])
        model.save_weights(f"{directory}/whole_{step}.weights.h5")
        model.save_weights(f"{directory}/sharded_{step}.weights.json", max_shard_size=2e-7)


def loaded_whole(directory: str, path: str) -> list[str]:
    """Plain Keras: `load_model`, in a program that has the classes."""
    import numpy as np

    from tests.makers.keras_restores import models

    model = models.keras.models.load_model(path, custom_objects=vars(models))
    right = np.load(Path(directory) / "right.npz")
    return [
        name for name, value in _by_layer(model).items()
        if name in right.files and right[name].tobytes() != value.tobytes()
    ]  # fmt: skip


def _write_all(directory: Path, writer: str) -> None:
    import numpy as np

    from tests.makers.keras_restores import models

    for number, case in enumerate(CASES):
        if case.writer != writer:
            continue
        place = directory / case.name
        place.mkdir(parents=True, exist_ok=True)
        model = getattr(models, case.saved)()
        random = np.random.default_rng(number)
        model.set_weights([_other(value, random) for value in model.get_weights()])
        path = place / case.file.partition(">")[0]
        if path.name.endswith(".weights.h5"):
            model.save_weights(path)
        else:
            model.save(path)
        if case.older_groups:
            _regroup(path)
        if ">" in case.file:
            path.rename(given(case, directory))
        np.savez(place / "right.npz", **_by_layer(model))


def _regroup(path: Path) -> None:
    """As Keras 2.12 called the group of the layers, and without their names."""
    import h5py

    with h5py.File(path, "r+") as file:
        file.move("layers", "_layer_checkpoint_dependencies")
        file.visititems(lambda _, one: one.attrs.pop("name", None) and None)


def _other(value: Any, random: Any) -> Any:
    return value if value.dtype.kind in "ui" else random.random(value.shape).astype(value.dtype)


def _by_layer(model: Any) -> dict[str, Any]:
    """Weights by the names of their layers, those inside models and wrappers too."""
    found: dict[str, Any] = {}
    for number, layer in enumerate(model._flatten_layers(include_self=False)):
        own = [*layer._trainable_variables, *layer._non_trainable_variables] if hasattr(
            layer, "_trainable_variables"
        ) else [*layer._trainable_weights, *layer._non_trainable_weights]  # fmt: skip
        name = layer.name if not _is_made_up(layer) else f"{type(layer).__name__} {number}"
        for place, one in enumerate(own):
            if "seed" not in one.name:
                found[f"{name} {place}"] = _value(one)
    return found


def _is_made_up(layer: Any) -> bool:
    return layer.name.rstrip("0123456789_") in ("dense", "layer_normalization")


def _value(variable: Any) -> Any:
    import numpy as np

    return np.asarray(variable.numpy())


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _write_all(Path(sys.argv[1]), "keras2")
