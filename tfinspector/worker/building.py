"""Builds the user's model and keeps it for the requests that follow in the same process."""

import os
import sys
from typing import Any, Dict, List, NamedTuple, Optional

from . import factories, plain_paths
from .completing import Completion, Hints, complete
from .describing import Known, describe_model
from .failures import Explained
from .framework import tensorflow
from .placing import memory_limit, scope, split_cpu
from .returned import Built, classify
from .serving import Context
from .strategies import scope_of


class NothingBuilt(Explained):
    """A request about the model came before a model was built."""


class Holding(NamedTuple):
    """The built model. `home` is the directory this process was in before user code could leave.

    `saves` is the count of saves that TensorFlow keeps in a `tf.train.Checkpoint`: one is made for
    each restore and write, and this variable carries the count from the one to the other.
    """

    factory: factories.Factory
    built: Built
    variables: List[Known]
    device: Optional[str]
    home: str
    sample_inputs: Any
    saves: Any


_holding: List[Holding] = []


def build(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """Call the factory under the device, make all variables, and describe the model.

    `factory` (SPEC), `kwargs`, `device` ("GPU:0" or None), `hints`: {"signature": [{"name",
    "dtype", "shape"}] or null, "kernels": [[layer path, shape]], "optimizer": bool},
    `memory_limit` (bytes on top of what TensorFlow takes), `logical_cpus`. The answer is described
    in `describing`. Raises whatever the user's code raises, and the errors of `factories`.
    """
    tensorflow()
    plain_paths.forget()
    home = os.getcwd()
    if params.get("logical_cpus"):
        split_cpu(int(params["logical_cpus"]))
    device = params.get("device")
    with own_world(), memory_limit(params.get("memory_limit")), scope(device):
        context.report(0, 3, "importing the factory")
        factory = factories.find(params["factory"])
        context.report(1, 3, "building the model")
        built = classify(factories.call(factory, params.get("kwargs") or {}))
        sample = _Once(factory)
        with scope_of(built):
            completion = complete(built, _hints(params.get("hints") or {}), sample)
        context.report(2, 3, "describing the model")
        return hold(factory, built, completion, device, home, sample)


def holding() -> Holding:
    """What was built last. Raises NothingBuilt."""
    if not _holding:
        raise NothingBuilt("No model was built in this worker.")
    return _holding[0]


def hold(
    factory: factories.Factory,
    built: Built,
    completion: Completion,
    device: Optional[str],
    home: str,
    sample: Any = None,
) -> Dict[str, Any]:
    """Keep the model for what is asked next, and describe it; `sample` gives inputs, or None."""
    described = describe_model(built, factory.spec, completion.built_by, completion.unbuilt)
    described.data["optimizers_built"] = completion.optimizers
    tf = tensorflow()
    with tf.device("CPU:0"):
        saves = tf.Variable(0, trainable=False, dtype=tf.int64)
    sample = sample or _Once(factory)
    _holding[:] = [Holding(factory, built, described.variables, device, home, sample, saves)]
    return described.data


def _hints(told: Dict[str, Any]) -> Hints:
    return Hints(
        signature=list(told.get("signature") or ()),
        kernels=[(path, list(shape)) for path, shape in told.get("kernels") or ()],
        optimizer=bool(told.get("optimizer")),
    )


class _Once:
    """The value of the module's `sample_inputs()`, which is called at most once."""

    def __init__(self, factory: factories.Factory) -> None:
        self._module = factory.module
        self._known = False
        self._value = None  # type: Any

    def __call__(self) -> Any:
        if not self._known:
            self._value = factories.call_sample_inputs(self._module)
            self._known = True
        return self._value


class own_world:  # noqa: N801 - used like a function
    """Afterwards Python still finds its packages and can print, whatever the user's code did."""

    def __enter__(self) -> None:
        self._path = list(sys.path)

    def __exit__(self, *_: Any) -> None:
        sys.path.extend(entry for entry in self._path if entry not in sys.path)
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            stream = getattr(sys, name, None)
            if stream is None or getattr(stream, "closed", False):
                try:
                    setattr(sys, name, open(descriptor, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
                except OSError:  # the descriptor itself was closed
                    setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
