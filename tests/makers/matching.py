"""Models and checkpoints of every kind that matching must get right, and TensorFlow's own truth.

The module is a factory file as well: `tests/makers/matching.py:functional` and so on. Every value
that is written is unlike any other, so that equal values after a restore prove the right pair.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def sample_inputs():
    """What all models here take that can be called."""
    import numpy as np

    return np.ones((2, 4), "float32")


def _keras():
    import keras

    keras.backend.clear_session()
    return keras


def functional(width: int = 6, dtype: str | None = None, extra: bool = False):
    """Input, Dense, BatchNormalization, Dropout, Dense; one more layer in the middle if `extra`."""
    keras = _keras()
    x = keras.Input((4,))
    h = keras.layers.Dense(width, name="hidden", dtype=dtype)(x)
    h = keras.layers.BatchNormalization(name="norm", dtype=dtype)(h)
    h = keras.layers.Dropout(0.5)(h)
    if extra:
        h = keras.layers.Dense(6, name="between", dtype=dtype)(h)
    return keras.Model(x, keras.layers.Dense(2, name="head", dtype=dtype)(h))


def longer():
    return functional(extra=True)


def wider():
    return functional(width=7)


def halved():
    return functional(dtype="bfloat16")


def sequential():
    keras = _keras()
    layers = [keras.Input((4,)), keras.layers.Dense(5), keras.layers.Dense(3)]
    return keras.Sequential(layers)


def trained():
    """A model and its optimizer, which has taken no step yet, but is built."""
    keras = _keras()
    model = functional()
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def other_optimizer():
    keras = _keras()
    model = functional()
    optimizer = keras.optimizers.SGD(0.01, momentum=0.5)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def unbuilt_optimizer():
    keras = _keras()
    return functional(), keras.optimizers.Adam(0.01)


def _net(build: bool, head: bool = True, blocks: bool = False):
    import tensorflow as tf

    keras = _keras()

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = keras.layers.Dense(5)
            self.blocks = [keras.layers.Dense(5) for _ in range(2)] if blocks else []
            if head:
                self.head = keras.layers.Dense(2)

        def call(self, x):
            x = self.first(x)
            for block in self.blocks:
                x = block(x)
            return self.head(x) if head else x

    model = Net()
    if build:
        model(tf.ones((1, 4)))
    return model


def subclassed():
    return _net(True)


def headless():
    return _net(True, head=False)


def unbuilt():
    return _net(False)


def listed():
    """Its list of layers is invisible to checkpoints of Keras 3."""
    return _net(True, blocks=True)


def renamed():
    return {"net": functional()}


def named():
    return {"model": functional()}


def user_checkpoint():
    """A Checkpoint of the user's own, with a root and something attached to it."""
    import tensorflow as tf

    return tf.train.Checkpoint(functional(), step=tf.Variable(0, dtype=tf.int64))


def _module(**parts: Any):
    import tensorflow as tf

    module = tf.Module()
    for name, part in parts.items():
        setattr(module, name, part)
    return module


def _variable(shape: tuple[int, ...], name: str = "v"):
    import tensorflow as tf

    return tf.Variable(tf.zeros(shape), name=name)


def module():
    """Lists, dicts, tables and numbers in a tf.Module."""
    import tensorflow as tf

    return _module(
        w=_variable((2, 3), "w"),
        parts=[_variable((1,)), _module(inner=_variable((2,)))],
        by_name={"a/b": _variable((3,)), "c.d": _variable((3,))},
        table=tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1),
        step=tf.Variable(0, dtype=tf.int64),
    )


def tied():
    one = _variable((3, 2))
    return _module(encoder=_module(w=one), decoder=_module(w=one), bias=_variable((2,)))


def untied():
    return _module(
        encoder=_module(w=_variable((3, 2))),
        decoder=_module(w=_variable((3, 2))),
        bias=_variable((2,)),
    )


def looped():
    """Objects that point at each other and at the root."""
    root = _module(a=_module(v=_variable((1,))), b=_module(v=_variable((2,))))
    root.a.other, root.b.other, root.b.root = root.b, root.a, root
    return root


def by_name():
    """Variables whose own names are those of a TF1 file."""
    return _module(
        kernel=_variable((4, 3), "dense/kernel"),
        again=_variable((4, 3), "dense/kernel"),
        bias=_variable((3,), "dense/bias"),
        more=_variable((3,), "not_in_the_file"),
        narrow=_variable((2,), "narrow"),
    )


def fitting_by_name():
    return _module(
        kernel=_variable((4, 3), "dense/kernel"),
        bias=_variable((3,), "dense/bias"),
        more=_variable((3,), "not_in_the_file"),
    )


def keras_by_name():
    keras = _keras()
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="dense")])


def old_optimizer(step: bool = True):
    """An optimizer with slot variables, which no edge leads to."""
    import tensorflow as tf

    model = _module(w=_variable((2, 2), "w"), b=_variable((2,), "b"))
    optimizer = tf.compat.v1.train.AdamOptimizer(0.1)
    if step:
        optimizer.minimize(
            lambda: tf.reduce_sum(model.w) + tf.reduce_sum(model.b), var_list=[model.w, model.b]
        )
    return {"model": model, "optimizer": optimizer}


def new_optimizer():
    """The same model with an optimizer that takes no slots."""
    model = _module(w=_variable((2, 2), "w"), b=_variable((2,), "b"))
    keras = _keras()
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.build([model.w, model.b])
    return {"model": model, "optimizer": optimizer}


def checkpoints(directory: Path) -> None:
    """One checkpoint of each, named after what it was made of."""
    import tensorflow as tf

    bare = {
        "functional": functional(), "sequential": sequential(), "subclassed": subclassed(),
        "listed": listed(), "module": module(), "tied": tied(), "untied": untied(),
        "looped": looped(), "longer": longer(),
    }  # fmt: skip
    for place, (name, model) in enumerate(bare.items()):
        for number, variable in enumerate(_reached(model)):
            _scramble(variable, 1000 * place + number)
        tf.train.Checkpoint(model=model).save(str(directory / name))
        tf.train.Checkpoint(model).write(str(directory / f"{name}_root"))
    model, optimizer = trained()
    for name, parts in (
        ("trained", {"model": model, "optimizer": optimizer}),
        ("old_optimizer", old_optimizer()),
    ):
        checkpoint = tf.train.Checkpoint(**parts)
        for number, variable in enumerate(_reached(checkpoint)):
            _scramble(variable, 20000 + number)
        checkpoint.save(str(directory / name))
    own = user_checkpoint()
    for number, variable in enumerate(_reached(own)):
        _scramble(variable, 30000 + number)
    own.save(str(directory / "user_checkpoint"))
    tf.saved_model.save(bare["module"], str(directory / "saved"))
    _write_by_name(directory / "by_name")


def _write_by_name(prefix: Path) -> None:
    """As a TF1 Saver writes it: keys are names, no object graph."""
    import numpy as np
    import tensorflow as tf

    values = {"dense/bias": (3,), "dense/kernel": (4, 3), "narrow": (5,), "unused": (2,)}
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=list(values),
        shape_and_slices=[""] * len(values),
        tensors=[
            tf.constant(np.random.default_rng(n).normal(size=shape), tf.float32)
            for n, shape in enumerate(values.values())
        ],
    )


def _reached(root: Any) -> list[Any]:
    """All variables that a checkpoint of `root` would hold, slots included."""
    import tensorflow as tf
    from tensorflow.python.checkpoint import graph_view, util

    saver = getattr(root, "_saver", None)
    view = saver._graph_view if saver else graph_view.ObjectGraphView(root)
    found = []
    for value in util.list_objects(view):
        inner = getattr(value, "_value", value)
        if isinstance(inner, tf.Variable) and not any(inner is one for one in found):
            found.append(inner)
    return found


def _scramble(variable: Any, seed: int) -> None:
    import numpy as np
    import tensorflow as tf

    if not variable.dtype.is_floating:
        variable.assign(tf.cast(tf.fill(variable.shape, seed + 1), variable.dtype))
        return
    value = np.random.default_rng(seed).normal(size=variable.shape.as_list())
    variable.assign(tf.cast(value, variable.dtype))


def describe(factory: str) -> dict[str, Any]:
    """The description of a model that is left as its factory made it."""
    return _described(globals()[factory]())[1].data


def _described(value: Any) -> tuple[Any, Any]:
    from tfinspector.worker.describing import describe_model
    from tfinspector.worker.returned import classify

    built = classify(value)
    return built, describe_model(built, "", "", [])


def truth(factory: str, prefix: str, name: str, read: bool) -> dict[str, Any]:
    """What TensorFlow's own restore does to the model: which nodes of the file it bound, what each
    variable holds before and after, and the error if it raised one.
    """
    import tensorflow as tf

    from tfinspector.worker.hashing import hash_of
    from tfinspector.worker.returned import checkpoint_of

    built, described = _described(globals()[factory]())
    checkpoint = checkpoint_of(built, name)
    answer: dict[str, Any] = {"description": described.data, "bound": None, "error": ""}
    answer["before"] = [hash_of(each.variable.numpy()) for each in described.variables]
    method = checkpoint.read if read else checkpoint.restore
    try:
        status = method(prefix)
    except (ValueError, tf.errors.OpError) as error:
        answer["error"] = str(error)
    else:
        answer["status"] = type(status).__name__
        coordinator = status._checkpoint
        if hasattr(coordinator, "matched_proto_ids"):
            answer["bound"] = sorted(coordinator.matched_proto_ids)
        try:
            status.assert_consumed()
            answer["consumed"] = True
        except AssertionError:
            answer["consumed"] = False
        status.expect_partial()
    answer["after"] = [hash_of(each.variable.numpy()) for each in described.variables]
    return answer


def write_plain(prefix: str) -> None:
    """Two variables in a tf.Module."""
    import tensorflow as tf

    module = _module(w=tf.Variable([1.5, 2.5, 3.5]), kept=tf.Variable([4.5, 5.5]))
    tf.train.Checkpoint(module).write(prefix)


def hashes_of_file(prefix: str) -> dict[str, str]:
    """Of every tensor that TensorFlow's reader can give, by the worker's own hashing."""
    import tensorflow as tf

    from tfinspector.worker.hashing import hash_of

    reader = tf.train.load_checkpoint(prefix)
    found = {}
    for key in reader.get_variable_to_shape_map():
        try:
            found[key] = hash_of(reader.get_tensor(key))
        except (tf.errors.OpError, TypeError):  # a type that has no NumPy form
            continue
    return found
