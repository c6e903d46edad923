"""Every way in which a model gets its variables, before anything is restored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.worker.conftest import Asked, by_path
from tfinspector.engine.worker.client import MethodFailed

NET_KERNELS = [["first", [3, 5]], ["norm/gamma", [5]], ["second/_kernel", [5, 2]]]
WITH_SAMPLE = """
import numpy as np
from tests.makers import worker_models

def make():
    return worker_models.unbuilt()

def sample_inputs():
    return np.zeros((2, 3), "float32")
"""
WITH_TWO = """
import numpy as np, keras

class Sum(keras.Model):
    def __init__(self):
        super().__init__()
        self.left, self.right = keras.layers.Dense(2), keras.layers.Dense(2)

    def call(self, left, right):
        return self.left(left) + self.right(right)

def make():
    return {"a": Sum(), "b": keras.Sequential([keras.layers.Dense(1)])}

def sample_inputs():
    return {"a": (np.zeros((1, 3)), np.zeros((1, 4))), "b": np.zeros((1, 5))}
"""
OWN_BUILD = """
import keras

class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = keras.layers.Dense(2)

    def build(self, input_shape):
        self.inner.build(input_shape)
        self.built = True

    def call(self, inputs):
        return self.inner(inputs)

    def get_build_config(self):
        return {"input_shape": (None, 7)}

def make():
    return Own()
"""
LAZY = """
import tensorflow as tf

class Lazy(tf.Module):
    weight = None

    @tf.Module.with_name_scope
    def __call__(self, inputs):
        if self.weight is None:
            self.weight = tf.Variable(tf.ones([inputs.shape[-1], 2]), name="weight")
        return inputs @ self.weight

def make():
    return Lazy()

def sample_inputs():
    return tf.zeros([1, 3])
"""


def shapes(model: Any) -> dict[str, Any]:
    return {path: variable.shape for path, variable in by_path(model).items()}


NET_SHAPES = {
    "first/_kernel": (3, 5), "first/bias": (5,), "norm/gamma": (5,), "norm/beta": (5,),
    "norm/moving_mean": (5,), "norm/moving_variance": (5,), "second/_kernel": (5, 2),
    "second/bias": (2,),
}  # fmt: skip


def test_a_factory_that_builds(asked: Asked) -> None:
    model = asked.build("built")
    assert (model.built_by, model.unbuilt) == ("factory", ())
    assert shapes(model) == NET_SHAPES


def test_nothing_helps(asked: Asked) -> None:
    model = asked.build("unbuilt")
    assert (model.built_by, model.unbuilt) == ("", ("first", "norm", "second"))
    assert [node.built for node in model.nodes if node.name in model.unbuilt] == [False] * 3
    assert shapes(model) == {}


def test_sample_inputs(asked: Asked, write_factory: Callable[..., str]) -> None:
    spec = write_factory(WITH_SAMPLE)
    model = asked.build("tests.makers.worker_models:built")
    assert model.built_by == "factory"
    model = asked.build(spec, hints={"kernels": NET_KERNELS})
    assert (model.built_by, model.unbuilt) == ("sample_inputs", ())
    assert shapes(model) == NET_SHAPES


def test_sample_inputs_by_name_and_as_arguments(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    model = asked.build(write_factory(WITH_TWO))
    assert model.built_by == "sample_inputs"
    found = shapes(model)
    assert found["a/left/_kernel"] == (3, 2)
    assert found["a/right/_kernel"] == (4, 2)
    assert found["b/_functional/_operations/1/_kernel"] == (5, 1)


def test_the_models_own_build(asked: Asked, write_factory: Callable[..., str]) -> None:
    model = asked.build(write_factory(OWN_BUILD))
    assert (model.built_by, model.unbuilt) == ("build", ())
    assert shapes(model)["inner/_kernel"] == (7, 2)


def test_a_module_that_makes_its_variables_when_called(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    spec = write_factory(LAZY)
    model = asked.build(spec, hints={"kernels": [["weight", [3, 2]]]})
    assert model.built_by == "sample_inputs"
    assert shapes(model) == {"weight": (3, 2)}


def test_the_signature(asked: Asked) -> None:
    signature = [{"name": "features", "dtype": "float32", "shape": [None, 3]}]
    model = asked.build("unbuilt", hints={"signature": signature})
    assert (model.built_by, model.unbuilt) == ("signature", ())
    assert shapes(model) == NET_SHAPES


@pytest.mark.parametrize("prefix", ["", "model/", "net/inner/"])
def test_kernel_shapes(asked: Asked, prefix: str) -> None:
    """Wherever the model lies in the file."""
    kernels = [[prefix + path, shape] for path, shape in NET_KERNELS]
    model = asked.build("unbuilt", hints={"kernels": kernels})
    assert (model.built_by, model.unbuilt) == ("kernel shapes", ())
    assert shapes(model) == NET_SHAPES


def test_kernel_shapes_beneath_a_build_that_nothing_can_call(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    """Its parts hold all that the file has, so nothing waits but the formality."""
    spec = write_factory(OWN_BUILD.replace('{"input_shape": (None, 7)}', "{}"))
    kernels = [["model/inner/_kernel", [7, 2]], ["model/inner/bias", [2]]]
    model = asked.build(spec, hints={"kernels": kernels})
    assert (model.built_by, model.unbuilt) == ("kernel shapes", ())
    model = asked.build(spec, hints={"kernels": [*kernels, ["model/scale", [2]]]})
    assert (model.built_by, model.unbuilt) == ("", ("",))


def test_kernel_shapes_say_what_goes_in_and_the_code_what_comes_out(asked: Asked) -> None:
    """So that a width that differs is still a mismatch afterwards."""
    model = asked.build("unbuilt", kwargs={"width": 4}, hints={"kernels": NET_KERNELS})
    assert shapes(model)["first/_kernel"] == (3, 4)
    assert shapes(model)["second/_kernel"] == (5, 2)


def test_a_kernel_is_missing(asked: Asked) -> None:
    model = asked.build("unbuilt", hints={"kernels": NET_KERNELS[:2]})
    assert (model.built_by, model.unbuilt) == ("", ("second",))
    assert shapes(model)["first/_kernel"] == (3, 5)


@pytest.mark.parametrize("name", ["pictures", "texts"])
def test_kernel_shapes_of_a_real_checkpoint(
    asked: Asked,
    made: Callable[[str], Path],
    referee: Callable[[Path], dict[str, Any]],
    name: str,
) -> None:
    """All shapes come out as in the file, and a restore finds everything."""
    prefix = made(f"worker_models.{name}_written") / name
    stored = {
        key.partition("/.ATTRIBUTES")[0]: list(shape)
        for key, (_, shape, _) in referee(prefix).items()
        if key.startswith("model/")
    }
    model = asked.build(name, hints={"kernels": list(stored.items())})
    assert (model.built_by, model.unbuilt) == ("kernel shapes", ())
    assert {f"model/{path}": list(shape) for path, shape in shapes(model).items()} == stored
    told = asked("restore", prefix=str(prefix), name="model", mode="read")
    assert told["checks"]["assert_consumed"] is None
    assert told["unassigned"] == []


def test_an_unbuilt_sequential(asked: Asked) -> None:
    for first in ("_functional/_operations/1", "layer_with_weights-0"):
        model = asked.build("sequential_unbuilt", hints={"kernels": [[first, [3, 4]]]})
        assert (model.built_by, model.unbuilt) == ("kernel shapes", ())
        assert shapes(model)["_functional/_operations/1/_kernel"] == (3, 4)
        assert shapes(model)["_functional/_operations/2/_kernel"] == (4, 2)


def test_optimizers_are_built_where_the_file_has_their_state(asked: Asked) -> None:
    kernels = [[f"model/{path}", shape] for path, shape in NET_KERNELS]
    without = asked.build("unbuilt_with_optimizer", hints={"kernels": kernels})
    assert "optimizer/_variables/2" not in by_path(without)
    model = asked.build("unbuilt_with_optimizer", hints={"kernels": kernels, "optimizer": True})
    slots = [each for each in model.variables if each.path.startswith("optimizer/_variables/")]
    assert len(slots) == 2 * 6  # momentum and velocity of each trainable variable
    assert by_path(model)["model/first/_kernel"].owner.endswith("Dense")


def test_each_optimizer_gets_its_own_model(asked: Asked) -> None:
    kernels = [
        ["generator/first", [3, 4]],
        ["generator/norm/gamma", [4]],
        ["generator/second", [4, 2]],
    ]
    model = asked.build("two_models", hints={"kernels": kernels, "optimizer": True})
    assert model.unbuilt == ()
    names = {each.path: each.name for each in model.variables}
    assert "hidden_kernel" in names["critic_optimizer/_variables/2"]
    assert "first_kernel" in names["generator_optimizer/_variables/2"]


def test_the_optimizer_of_a_compiled_model(asked: Asked) -> None:
    model = asked.build("compiled", hints={"optimizer": True})
    assert by_path(model)["optimizer/_variables/2"].shape == (3, 4)


def test_an_error_in_sample_inputs_is_the_users(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    spec = write_factory(WITH_SAMPLE.replace('np.zeros((2, 3), "float32")', "[][1]"))
    with pytest.raises(MethodFailed) as caught:
        asked.build(spec)
    assert caught.value.error.type == "IndexError"
    assert caught.value.error.frames[-1].function == "sample_inputs"


MIRRORED = """
import keras, numpy as np
import tensorflow as tf

def make():
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        dense = keras.layers.Dense
        model = keras.Sequential([keras.Input((3,)), dense(4), dense(2)])
        return model, keras.optimizers.Adam(0.1)

def sample_inputs():
    return np.ones((1, 3), "float32")
"""


def test_what_a_strategy_made_is_built_in_its_scope(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    """TensorFlow refuses an optimizer's variables elsewhere; and a call uses the copies."""
    model = asked.build(write_factory(MIRRORED), hints={"optimizer": True})
    paths = by_path(model)
    assert "optimizer/_variables/9" in paths
    used = asked("trace")["in_call"]
    weights = [at for at, each in enumerate(model.variables) if each.path.startswith("model/")]
    assert sorted(used) == weights
