"""What a Keras file tells beside its variables: who wrote it, of which layers, compiled how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NOT_UNPACKED = "this program can't unpack"
"""Part of a variable's `problem` where its bytes are sound, but packed by an unknown filter."""


class KerasLayout(StrEnum):
    """How a Keras file is put together."""

    ARCHIVE = "archive"  # .keras
    DIRECTORY = "directory"  # the same, unpacked
    WEIGHTS = "weights"  # .weights.h5
    SHARDED = "sharded"  # .weights.json and its .weights.h5 files
    HDF5_MODEL = "hdf5 model"  # legacy .h5 of a whole model
    HDF5_WEIGHTS = "hdf5 weights"  # legacy .h5 with weights only
    FOREIGN = "foreign"  # an HDF5 file that Keras did not write


@dataclass(frozen=True, slots=True)
class KerasLayer:
    """One layer (or model in a model), as the configuration names it.

    path   of names, through the models around it: "inner/dense"
    group  where its variables lie in the file, "" where that is unknown or nothing lies there
    """

    path: str
    name: str
    class_name: str
    module: str = ""
    registered_name: str = ""
    trainable: bool | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class ListedLayer:
    """A layer of the older `.h5` files, with the keys of its weights in the order of the file."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomObject:
    """Something that loading the model needs and Keras does not bring.

    `place` is where in the configuration it stands: a layer's path, or "the loss". `needed` is
    False where `compile=False` does without it.
    """

    class_name: str
    module: str
    registered_name: str
    place: str
    needed: bool = True


@dataclass(frozen=True, slots=True)
class LambdaLayer:
    """A layer (or a part of compiling) that executes more than Keras when it is loaded.

    has_code  whether the file itself carries the code: compiled Python, or a pickled module
    function  the name of a Lambda's function, or the path of a `TFSMLayer`'s SavedModel
    kind      "Lambda", "TFSMLayer" or "TorchModuleWrapper"
    """

    path: str
    function: str
    has_code: bool
    kind: str = "Lambda"


@dataclass(frozen=True, slots=True)
class KerasFile:
    """What the file tells of itself; "" and None where it does not.

    saved       when, as written ("2026-01-31@12:00:00")
    compiled    the compile configuration as it is written
    assets      names of files kept beside the weights
    compressed  members that were packed with compression, so that reading is slower
    listed      of the older `.h5` files: layers in their order, which is all that Keras goes by
    """

    layout: KerasLayout
    keras_version: str = ""
    backend: str = ""
    saved: str = ""
    model_class: str = ""
    model_name: str = ""
    layers: tuple[KerasLayer, ...] = ()
    compiled: Mapping[str, object] | None = None
    custom_objects: tuple[CustomObject, ...] = ()
    lambdas: tuple[LambdaLayer, ...] = ()
    assets: tuple[str, ...] = ()
    compressed: tuple[str, ...] = ()
    config: Mapping[str, object] = field(default_factory=dict)
    listed: tuple[ListedLayer, ...] = ()
