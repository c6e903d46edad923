"""M10, M12 and M13: checkpoints of TensorFlow 1, which know names and no objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.makers.restores.cases import Place, case

v1 = tf.compat.v1
SHAPES = {"dense/kernel": (3, 4), "dense/bias": (4,), "top/kernel": (4, 2), "top/bias": (2,)}


def _values(shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    random = np.random.default_rng(5)
    return {name: random.uniform(0.5, 1.5, size).astype("float32") for name, size in shapes.items()}


def _save(at: Place, values: dict[str, Any]) -> dict[str, Any]:
    """Save variables of these names as programs of TensorFlow 1 do; gives the values."""
    with tf.Graph().as_default(), v1.Session() as session:
        variables = {
            name: v1.get_variable(name, initializer=v1.constant_initializer(value),
                                  shape=value.shape, use_resource=False)
            for name, value in values.items()
        }  # fmt: skip
        session.run(v1.global_variables_initializer())
        v1.train.Saver(variables).save(session, str(at.directory / "ckpt"), global_step=1)
    return values


KERAS = """
    import keras

    def build():
        return keras.Sequential([
            keras.Input((3,)),
            keras.layers.Dense(4, name="dense"),
            keras.layers.Dense(2, name="top"),
        ])
"""
MODULE = """
    import tensorflow as tf

    class Dense(tf.Module):
        def __init__(self, inputs, outputs, name):
            super().__init__(name=name)
            with self.name_scope:
                self.kernel = tf.Variable(tf.zeros([inputs, outputs]), name="kernel")
                self.bias = tf.Variable(tf.zeros([outputs]), name="bias")

    class Net(tf.Module):
        def __init__(self):
            super().__init__(name="net")
            self.dense = Dense(3, 4, "dense")
            self.top = Dense(4, 2, "top")

    def build():
        return Net()
"""


def _right(at: Place, factory: str, values: dict[str, Any]) -> None:
    """`values` in the order kernel, bias of dense, then of top."""
    built = at.factory(factory).build()
    parts = (built.dense, built.top) if hasattr(built, "dense") else built.layers
    mine = [each for part in parts for each in (part.kernel, part.bias)]
    for variable, value in zip(mine, values.values(), strict=True):
        variable.assign(value)
    at.right(built)


LOST_4 = {"missing_in_model": 4, "missing_in_checkpoint": 4}


@case("", {"restored": 4}, "names 4/4", also=("M10",))
def names_of_tensorflow1(at: Place) -> None:
    """A tf.Module whose variables have the names of the file: TensorFlow restores by name."""
    _right(at, MODULE, _save(at, _values(SHAPES)))


@case("M10", LOST_4, "names 0/4", repair="write_fixed")
def into_keras(at: Place) -> None:
    """The names are the same, yet Keras 3's variables have none that a restore looks at."""
    _right(at, KERAS, _save(at, _values(SHAPES)))


@case(
    "M10", {"missing_in_model": 6, "missing_in_checkpoint": 4}, "names 0/4", repair="write_fixed",
)  # fmt: skip
def scope_and_optimizer(at: Place) -> None:
    """All names lie in the scope generator/, with global_step and momenta besides."""
    values = {f"generator/{name}": value for name, value in _values(SHAPES).items()}
    momentum = {f"{name}/Momentum": values[name] for name in list(values)[:1]}
    _save(at, values | momentum | {"global_step": np.float32(7)})
    _right(at, KERAS, values)


@case("M10", LOST_4, "names 0/4", repair="write_fixed")
def counted_names(at: Place) -> None:
    """The graph was built twice: every name has _1; bias is called biases, kernel weights."""
    names = ("dense_1/weights", "dense_1/biases", "top_1/weights", "top_1/biases")
    values = dict(zip(names, _values(SHAPES).values(), strict=True))
    _right(at, MODULE, _save(at, values))


@case(
    "M10", {"restored": 2, "missing_in_model": 2, "missing_in_checkpoint": 2}, "names 2/4",
    repair="write_fixed",
)  # fmt: skip
def half_of_the_names(at: Place) -> None:
    """One layer was renamed: the other is restored, and nothing is said."""
    values = _values(SHAPES)
    renamed = {name.replace("top/", "logits/"): value for name, value in values.items()}
    _right(at, MODULE, _save(at, renamed))


AVERAGE = "/ExponentialMovingAverage"


@case("M12", LOST_4, "names 0/4", also=("M10",), repair="write_fixed")
def averages_only(at: Place) -> None:
    """Saved for evaluation: nothing but the moving averages, under their own names."""
    values = {name + AVERAGE: value for name, value in _values(SHAPES).items()}
    _right(at, MODULE, _save(at, values))


@case(
    "M12", {"missing_in_model": 8, "missing_in_checkpoint": 4}, "names 0/4", also=("M10",),
    repair="write_fixed",
)  # fmt: skip
def averages_beside(at: Place) -> None:
    """Weights and their moving averages, into Keras: the averages are not the weights."""
    values = _values(SHAPES)
    averages = {name + AVERAGE: value / 2 for name, value in values.items()}
    _save(at, values | averages)
    _right(at, KERAS, values)


SOFTMAX = """
    import tensorflow as tf

    class Softmax(tf.Module):
        def __init__(self):
            super().__init__(name="softmax")
            with self.name_scope:
                self.kernel = tf.Variable(tf.zeros([6, 3]), name="kernel")
                self.bias = tf.Variable(tf.zeros([3]), name="bias")

    def build():
        return Softmax()
"""


@case("", {"restored": 2}, "names 2/2", also=("M10", "M13"))
def slices_of_one_name(at: Place) -> None:
    """A partitioned variable that was saved as slices of one name: TensorFlow joins them."""
    kernel, bias = _softmax().values()
    with tf.Graph().as_default(), v1.Session() as session:

        def part_of_kernel(shape: Any, dtype: Any, partition_info: Any) -> Any:
            first = partition_info.var_offset[0]
            return kernel[first : first + shape[0]]

        v1.get_variable(
            "softmax/kernel", (6, 3), initializer=part_of_kernel, use_resource=False,
            partitioner=v1.fixed_size_partitioner(3),
        )  # fmt: skip
        v1.get_variable("softmax/bias", initializer=bias, use_resource=False)
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, str(at.directory / "ckpt"), global_step=1)
    _right_softmax(at)


def _softmax() -> dict[str, Any]:
    return _values({"softmax/kernel": (6, 3), "softmax/bias": (3,)})


def _right_softmax(at: Place) -> None:
    built = at.factory(SOFTMAX).build()
    built.kernel.assign(_softmax()["softmax/kernel"])
    built.bias.assign(_softmax()["softmax/bias"])
    at.right(built)


@case(
    "M13", {"restored": 1, "missing_in_model": 3, "missing_in_checkpoint": 1}, "names 1/2",
    also=("M10",), repair="write_fixed", accept=("part",),
)  # fmt: skip
def parts_by_name(at: Place) -> None:
    """Three shards of one variable under the names part_0 to part_2."""
    kernel, bias = _softmax().values()
    parts = {f"softmax/kernel/part_{at}": kernel[2 * at : 2 * at + 2] for at in range(3)}
    _save(at, {**parts, "softmax/bias": bias})
    _right_softmax(at)


@case(
    "M13",
    {"restored": 3, "missing_in_model": 2, "missing_in_checkpoint": 1},
    "partial 2/3",
    also=("M01",),
    repair="write_fixed",
    accept=("part",),
)
def parts_in_a_list(at: Place) -> None:
    """A table that was trained in two shards (an object for each), and is one variable now."""
    values = list(_values({"a": (2, 3), "b": (4, 3), "c": (3,), "d": ()}).values())
    training = tf.Module()
    training.table = tf.Module()
    training.table.part_0, training.table.part_1 = tf.Variable(values[0]), tf.Variable(values[1])
    training.bias, training.scale = tf.Variable(values[2]), tf.Variable(values[3])
    at.save(tf.train.Checkpoint(training))
    built = at.factory("""
        import tensorflow as tf

        class Net(tf.Module):
            def __init__(self):
                super().__init__()
                self.table = tf.Variable(tf.zeros([6, 3]))
                self.bias = tf.Variable(tf.zeros([3]))
                self.scale = tf.Variable(0.0)

        def build():
            return Net()
    """).build()
    built.table.assign(tf.concat([values[0], values[1]], 0))
    built.bias.assign(values[2])
    built.scale.assign(values[3])
    at.right(built)
