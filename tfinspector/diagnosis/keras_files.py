"""F12, K01, K02, K03, K07: what a Keras file needs, would execute, or is not what it is called."""

import os
import re
from collections.abc import Iterator

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.keras_files import CustomObject, KerasFile, KerasLayout

_MOST_NAMED = 10
_NAME = re.compile(r"[A-Za-z_]\w*$")
_SHOULD_END = {
    KerasLayout.ARCHIVE: (".keras",),
    KerasLayout.WEIGHTS: (".weights.h5",),
    KerasLayout.SHARDED: (".weights.json",),
    KerasLayout.HDF5_MODEL: (".h5", ".hdf5", ".hdf"),
    KerasLayout.HDF5_WEIGHTS: (".h5", ".hdf5", ".hdf"),
}
_WORDS = {
    KerasLayout.ARCHIVE: "a Keras 3 model (.keras)",
    KerasLayout.WEIGHTS: "a Keras 3 weights file (.weights.h5)",
    KerasLayout.SHARDED: "the index of sharded weights (.weights.json)",
    KerasLayout.HDF5_MODEL: "a whole model in the older HDF5 format (.h5)",
    KerasLayout.HDF5_WEIGHTS: "weights in the older HDF5 format (.h5)",
}


def find_keras_problems(checkpoint: Checkpoint) -> list[Finding]:
    """All findings about what a Keras file says of itself; none for other files."""
    keras = checkpoint.keras
    if keras is None:
        return []
    path = checkpoint.prefix
    return [
        *_find_foreign(keras, path),
        *_find_wrong_name(keras, path),
        *_find_lambdas(keras, path),
        *_find_custom_objects(keras, path),
        *_find_other_generation(keras, path),
        *_find_compressed(keras, path),
    ]


def _find_foreign(keras: KerasFile, path: str) -> Iterator[Finding]:
    if keras.layout is KerasLayout.FOREIGN:
        yield Finding(
            "F12", Severity.WARNING,
            f"{os.path.basename(path)} is an HDF5 file, but not one that Keras wrote: its "
            "datasets are shown as they lie.",
            "Keras looks for groups with `vars` (Keras 3) or for an attribute `layer_names` "
            "(Keras 1 and 2), and finds neither.",
            path, {},
            Fix("Read it with the program that wrote it, or with h5py.",
                f"import h5py\nwith h5py.File({path!r}) as file:\n    file.visit(print)"),
        )  # fmt: skip


def _find_wrong_name(keras: KerasFile, path: str) -> Iterator[Finding]:
    """Keras 3 goes by the ending alone, so a file under another name fails to load (F12)."""
    endings = _SHOULD_END.get(keras.layout, ())
    name = os.path.basename(path)
    wrong_weights = keras.layout in (KerasLayout.HDF5_MODEL, KerasLayout.HDF5_WEIGHTS) and (
        name.endswith(".weights.h5")
    )
    if not endings or (name.endswith(endings) and not wrong_weights):
        return
    stem = re.sub(r"(\.weights)?\.(keras|h5|hdf5|hdf|json)$", "", name)
    right = os.path.join(os.path.dirname(path), stem + endings[0])
    yield Finding(
        "F12", Severity.WARNING,
        f"{name} is {_WORDS[keras.layout]}, whatever its name says.",
        "Keras chooses the reader by the ending: it says `File format not supported`, "
        "`Layer count mismatch ... found 0 saved layers`, or that the file is no accessible "
        "`.keras` zip file. This program goes by what is in it.",
        path, {"should_end": list(endings)},
        Fix("Rename a copy of it.", f"cp {path!r} {right!r}"),
    )  # fmt: skip


def _find_lambdas(keras: KerasFile, path: str) -> Iterator[Finding]:
    with_code = [one for one in keras.lambdas if one.has_code and one.kind == "Lambda"]
    if with_code:
        names = [one.path for one in with_code]
        yield Finding(
            "K02", Severity.WARNING,
            f"Compiled Python code is kept in the Lambda layer{'s' if len(names) > 1 else ''} "
            f"{_some(names)}: loading the model executes it.",
            "Keras refuses with `Requested the deserialization of a Python lambda`; with "
            "safe_mode=False it runs the code, and under another Python version it fails with "
            "`bad marshal data`. Looking at the file here executes nothing.",
            path, {"layers": names[:_MOST_NAMED]},
            Fix("Build the model in your own program, with a layer of your own in its place, and "
                "load only the weights.", f"model.load_weights({path!r})"),
        )  # fmt: skip


def _find_custom_objects(keras: KerasFile, path: str) -> Iterator[Finding]:
    if not keras.custom_objects:
        return
    needed = [one for one in keras.custom_objects if one.needed]
    if not needed:
        names = [one.class_name for one in keras.custom_objects]
        yield Finding(
            "K01", Severity.INFO,
            f"The model was compiled with {_some(names)}, which Keras does not bring.",
            "Without it, loading says `Could not locate`; for everything but training the "
            "compile configuration is not needed.",
            path, {"objects": [_told(one) for one in keras.custom_objects[:_MOST_NAMED]]},
            Fix("Load it without compiling.",
                f"model = keras.models.load_model({path!r}, compile=False)"),
        )  # fmt: skip
        return
    names = [one.class_name for one in needed]
    yield Finding(
        "K01", Severity.INFO,
        f"Loading the model needs {_some(names)}, which Keras does not bring.",
        "Without it, `load_model` says `Could not locate class`. The weights can be read "
        "without it.",
        path, {"objects": [_told(one) for one in keras.custom_objects[:_MOST_NAMED]]},
        Fix("Give `load_model` the classes.", _loading(needed, path)),
    )  # fmt: skip


def _told(one: CustomObject) -> dict[str, str]:
    return {
        "class": one.class_name, "module": one.module, "registered": one.registered_name,
        "used_by": one.place,
    }  # fmt: skip


def _loading(needed: list[CustomObject], path: str) -> str:
    known = [one for one in needed if _NAME.match(one.class_name)]
    imports = [
        f"from {one.module if one.module and one.module != '__main__' else 'YOUR_PROGRAM'} "
        f"import {one.class_name}"
        for one in known[:_MOST_NAMED]
    ]
    table = ", ".join(
        f"{(one.registered_name or one.class_name)!r}: {one.class_name}"
        for one in known[:_MOST_NAMED]
    )
    return "\n".join(
        ["import keras", *dict.fromkeys(imports),
         f"model = keras.models.load_model({path!r}, custom_objects={{{table}}})"]
    )  # fmt: skip


def _find_other_generation(keras: KerasFile, path: str) -> Iterator[Finding]:
    """K03: the configuration of Keras 1 and 2 often is not understood by Keras 3."""
    version = keras.keras_version
    if keras.config and version[:2] in ("1.", "2."):
        yield Finding(
            "K03", Severity.INFO,
            f"It was saved by Keras {version}; Keras 3 may not understand its configuration.",
            "`load_model` then says `Could not locate class 'Functional'`, `Unrecognized keyword "
            "arguments` or `Could not deserialize`. The weights do not depend on it.",
            path, {"keras_version": version},
            Fix("Load the weights into the model that your program builds, or load the file with "
                "Keras 2 (package tf_keras).",
                f"model.load_weights({path!r})\n"
                f"# or: import tf_keras; model = tf_keras.models.load_model({path!r}, "
                "compile=False)"),
        )  # fmt: skip


def _find_compressed(keras: KerasFile, path: str) -> Iterator[Finding]:
    weights = [name for name in keras.compressed if name.startswith("model.weights")]
    if weights:
        yield Finding(
            "K07", Severity.INFO,
            f"{weights[0]} was packed with compression, which Keras does not do: reading a part "
            "of it means unpacking what stands before.",
            "Somebody packed the archive anew. Nothing is unpacked to disk for it; places in it "
            "are remembered while it is open.",
            path, {"members": list(keras.compressed[:_MOST_NAMED])},
            Fix("Pack it without compression to make reading quick.",
                f"unzip -d unpacked {path!r} && cd unpacked && zip -0 -r ../repacked.keras ."),
        )  # fmt: skip


def _some(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
