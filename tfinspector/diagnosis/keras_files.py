"""F12, K01, K02, K03, K07: what a Keras file needs, would execute, or is not what it is called."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.keras_files import KerasFile, KerasLayout
from tfinspector.diagnosis.trust.keras_configs import find_keras_risks

_MOST_NAMED = 10
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
        *_find_risks(keras, path),
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


def _find_risks(keras: KerasFile, path: str) -> Iterator[Finding]:
    """What loading it needs is only worth a note while nobody loads it."""
    for each in find_keras_risks(path, keras):
        yield replace(each, severity=Severity.INFO) if each.id == "K01" else each


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
