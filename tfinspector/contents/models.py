"""What the worker says about the model that a factory built: its objects and variables, as data.

Node 0 is the root of what the factory returned. The graph is that of `tf.train.TrackableView`
(the edges a checkpoint follows), cycles and shared nodes included.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tfinspector.contents.findings import Finding
from tfinspector.contents.graphs import Edge, Slot
from tfinspector.contents.keras_places import KerasPlaces
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.saved_models import Shape


class Returned(StrEnum):
    """What the factory's return value was; decides how a `tf.train.Checkpoint` is made of it."""

    CHECKPOINT = "checkpoint"  # the user's own tf.train.Checkpoint: node 0 is that object
    NAMED = "named"  # a dict, or a tuple (model, optimizer): node 0 has one child per name
    BARE = "bare"  # one model or module: node 0 is it; it may be root or go under a name


class ModelNode(NamedTuple):
    """One object of the model.

    kind       its class, with module ("keras.src.layers.core.dense.Dense")
    name       the name that the user or Keras gave it ("hidden_1"), "" where it has none
    variable   index in `ModelDescription.variables`, -1 where it is none
    built      False for a layer that waits for its first call; None where that means nothing
    saves      names of what it saves besides variables ("table", "ITERATOR", "py_state")
    slots      of a legacy optimizer: its slot variables by node, as in a checkpoint's graph; no
               edge leads to them
    """

    kind: str
    name: str
    children: tuple[Edge, ...] = ()
    variable: int = -1
    built: bool | None = None
    saves: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()


class ModelVariable(NamedTuple):
    """One variable of the model.

    name       TensorFlow's or Keras's own name or path ("spiral_net/hidden_1/kernel")
    path       the shortest path from node 0 ("model/hidden_1/_kernel"); "" where none leads there
    paths      all of them (at most 16)
    node       its node, -1 where no checkpoint of the object can reach it
    initial    sha256 of its value right after building (see worker/hashing.py)
    owner      class of the layer it belongs to, "" where not known
    random_state  True for seed generators: unreachable by design, never an alarm
    """

    name: str
    path: str
    paths: tuple[str, ...]
    node: int
    dtype: str
    shape: Shape
    device: str
    trainable: bool
    initial: str = ""
    owner: str = ""
    random_state: bool = False


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """The built model.

    factory     the SPEC as given
    built_by    how it came to have variables: "factory", "sample_inputs", "build", "signature",
                "kernel shapes", "" where nothing could build all of it
    unbuilt     paths of layers that still have no variables
    flavours    which Keras each object comes from: {"keras 3.15.1": 7, "tf_keras 2.21.0": 1}
    in_call     indices of the variables that a call of the model really uses; None if not traced
    optimizers_built  how many optimizers had no variables until they were built for the restore
    keras       where its Keras keeps the variables in a file; None if not asked for
    """

    factory: str
    returned: Returned
    nodes: tuple[ModelNode, ...]
    variables: tuple[ModelVariable, ...]
    built_by: str
    unbuilt: tuple[str, ...]
    flavours: dict[str, int]
    interpreter: Interpreter
    in_call: tuple[int, ...] | None = None
    findings: tuple[Finding, ...] = ()
    optimizers_built: int = 0
    keras: KerasPlaces | None = None
