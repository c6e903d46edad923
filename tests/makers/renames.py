"""Checkpoints whose names are others than the model's, and the factories of those models.

Each maker `X` writes `ckpt` and `truth.json`: which key belongs into which variable, by its path,
for the model that the factory `build_X` of this file makes. Every variable has its own values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

WIDTH = 3
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
v1 = tf.compat.v1


def fill(variables: Any, seed: int = 0) -> None:
    """Values of its own for each variable."""
    for number, variable in enumerate(variables):
        random = np.random.default_rng([seed, number])
        value = random.uniform(0.5, 1.5, variable.shape) + number / 8
        is_whole = "int" in str(variable.dtype)
        variable.assign(np.round(value * 50).astype("int64") if is_whole else value)


def describe(name: str) -> dict[str, Any]:
    """The description of the model that `build_NAME` makes, as the worker gives it."""
    from tfinspector.worker.describing import describe_model
    from tfinspector.worker.returned import classify

    built = classify(globals()[f"build_{name}"]())
    return describe_model(built, f"renames.py:build_{name}", "factory", []).data


def _write(directory: Path, checkpoint: tf.train.Checkpoint, truth: Mapping[str, str]) -> None:
    checkpoint.write(str(directory / "ckpt"))
    _tell(directory, truth)


def _tell(directory: Path, truth: Mapping[str, str]) -> None:
    (directory / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


def _layers(**layers: str) -> dict[str, str]:
    """Truth for dense layers: path in the file -> path in the model."""
    return {
        f"{there}/{name}{VALUE}": f"{here}/{name}"
        for there, here in ((key.replace("__", "/"), path) for key, path in layers.items())
        for name in ("_kernel", "bias")
    }


class Net(keras.Model):
    """Three dense layers of one shape under the given names, then one of another."""

    def __init__(self, names: tuple[str, ...], top: str) -> None:
        super().__init__()
        for name in names:
            setattr(self, name, keras.layers.Dense(WIDTH))
        setattr(self, top, keras.layers.Dense(2))
        self._order = [*names, top]

    def call(self, inputs: Any) -> Any:
        for name in self._order:
            inputs = getattr(self, name)(inputs)
        return inputs


def _net(*names: str, top: str) -> Any:
    model = Net(names, top)
    model(np.zeros((1, WIDTH), "float32"))
    return model


def build_attributes() -> Any:
    return _net("encoder", "middle", "decoder", top="head")


def build_waiting() -> Any:
    """The model that was saved, before its first call."""
    return Net(("enc", "mid", "dec"), "classifier")


def attributes(directory: Path) -> None:
    model = _net("enc", "mid", "dec", top="classifier")
    fill(model.variables)
    truth = _layers(enc="encoder", mid="middle", dec="decoder", classifier="head")
    _write(directory, tf.train.Checkpoint(model), truth)


def build_prefix() -> Any:
    return build_attributes()


def prefix(directory: Path) -> None:
    """Two levels above the model that its user has no more."""
    model = build_attributes()
    fill(model.variables)
    names = ("encoder", "middle", "decoder", "head")
    truth = _layers(**{f"trainer__net__{name}": name for name in names})
    outer = tf.Module()
    outer.net = model
    _write(directory, tf.train.Checkpoint(trainer=outer, step=tf.Variable(3)), truth)


def _functional(*widths: int, first: int | None = None) -> Any:
    """Dense layers in a row, named by Keras or numbered from `first` as it would number them."""
    hidden = inputs = keras.Input((WIDTH,))
    for at, width in enumerate(widths):
        name = None if first is None else f"dense_{first + at}"
        hidden = keras.layers.Dense(width, name=name)(hidden)
    return keras.Model(inputs, hidden)


def build_inserted() -> Any:
    return _functional(4, 4, 5, 5, 2)


def inserted(directory: Path) -> None:
    """The model has one more layer, the second; a bias behind it matches by chance."""
    model = _functional(4, 5, 5, 2)
    fill(model.variables)
    truth = _layers(**{f"_operations__{at}": f"_operations/{at + 1}" for at in (2, 3, 4)})
    _write(directory, tf.train.Checkpoint(model), truth)


class Dense(tf.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.kernel = tf.Variable(tf.zeros([inputs, outputs]))
        self.bias = tf.Variable(tf.zeros([outputs]))


class Perceptron(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = Dense(3, 4)
        self.middle = Dense(4, 4)
        self.logits = Dense(4, 2)


def build_tf1() -> Any:
    return Perceptron()


def tf1(directory: Path) -> None:
    """Scopes, slim's names, copy numbers, an optimizer's slots and a step."""
    names = {
        "tower/hidden/weights": (3, 4), "tower/hidden/biases": (4,),
        "tower/middle_1/weights": (4, 4), "tower/middle_1/biases": (4,),
        "tower/logits/weights": (4, 2), "tower/logits/biases": (2,),
    }  # fmt: skip
    slots = {f"{name}/{slot}": size for name, size in names.items() for slot in ("Adam", "Adam_1")}
    with tf.Graph().as_default(), v1.Session() as session:
        made = [
            v1.get_variable(name, size, initializer=v1.random_normal_initializer(seed=at))
            for at, (name, size) in enumerate({**names, **slots}.items())
        ]
        made.append(v1.get_variable("global_step", (), tf.int64, v1.zeros_initializer()))
        session.run(v1.global_variables_initializer())
        v1.train.Saver(made).save(session, str(directory / "ckpt"), write_meta_graph=False)
    own = {"weights": "kernel", "biases": "bias"}
    _tell(
        directory,
        {
            name: name.removeprefix("tower/")
            .replace("_1/", "/")
            .replace(name.rpartition("/")[2], own[name.rpartition("/")[2]])
            for name in names
        },
    )


def build_averages() -> Any:
    return Perceptron()


def averages(directory: Path) -> None:
    """Nothing but the moving averages."""
    names = {"hidden": (3, 4), "middle": (4, 4), "logits": (4, 2)}
    with tf.Graph().as_default(), v1.Session() as session:
        made = {}
        for name, size in names.items():
            for own, shape in (("kernel", size), ("bias", size[1:])):
                key = f"{name}/{own}/ExponentialMovingAverage"
                made[key] = v1.get_variable(
                    f"{name}/{own}", shape, initializer=v1.random_normal_initializer()
                )
        session.run(v1.global_variables_initializer())
        v1.train.Saver(made).save(session, str(directory / "ckpt"), write_meta_graph=False)
    _tell(directory, {key: key.rpartition("/")[0] for key in made})


class Blocks(keras.Model):
    """Layers in a list, which Keras 3 leaves out of a checkpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [keras.layers.Dense(width) for width in (4, 5, 4)]
        self.top = keras.layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        for block in self.blocks:
            inputs = block(inputs)
        return self.top(inputs)


def _blocks() -> Any:
    model = Blocks()
    model(np.zeros((1, WIDTH), "float32"))
    return model


class Named(keras.Model):
    """The same model with the attributes that mend it."""

    def __init__(self) -> None:
        super().__init__()
        for at, width in enumerate((4, 5, 4)):
            setattr(self, f"block_{at}", keras.layers.Dense(width))
        self.top = keras.layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        for at in range(3):
            inputs = getattr(self, f"block_{at}")(inputs)
        return self.top(inputs)


def build_salvaged() -> Any:
    model = Named()
    model(np.zeros((1, WIDTH), "float32"))
    return model


def salvaged(directory: Path) -> None:
    """The layers of the list are only in the optimizer's list of what it trains."""
    model = _blocks()
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    fill(model.variables)
    fill(optimizer.variables, 1)
    names = [f"block_{at}/{name}" for at in range(3) for name in ("_kernel", "bias")]
    trained = [id(each) for each in model.trainable_variables]
    values = [each for block in model.blocks for each in (block.kernel, block.bias)]
    truth = {
        f"optimizer/_trainable_variables/{trained.index(id(each))}{VALUE}": name
        for each, name in zip(values, names, strict=True)
    }
    _write(directory, tf.train.Checkpoint(model=model, optimizer=optimizer), truth)


class Listed(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = [Dense(4, 4) for _ in range(12)]
        self.top = Dense(4, 2)


class Unlisted(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        for at in range(12):
            setattr(self, f"block_{at}", Dense(4, 4))
        self.head = Dense(4, 2)


def build_listed() -> Any:
    return Unlisted()


def listed(directory: Path) -> None:
    """A list of twelve that are alike became attributes."""
    model = Listed()
    fill(model.variables)
    truth = {
        f"blocks/{at}/{name}{VALUE}": f"block_{at}/{name}"
        for at in range(12)
        for name in ("kernel", "bias")
    }
    truth |= {f"top/{name}{VALUE}": f"head/{name}" for name in ("kernel", "bias")}
    _write(directory, tf.train.Checkpoint(model), truth)


class Turned(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = Dense(4, 3)
        self.logits = Dense(4, 2)


def build_transposed() -> Any:
    model = tf.Module()
    model.hidden, model.logits = Dense(3, 4), Dense(4, 2)
    return model


def transposed(directory: Path) -> None:
    """A kernel with its axes the other way round, and a bias that fits."""
    model = Turned()
    model.hidden.bias = tf.Variable(tf.zeros([4]))
    fill(model.variables)
    truth = {f"hidden/kernel{VALUE}": "hidden/kernel"}
    _write(directory, tf.train.Checkpoint(model), truth)


def build_exported() -> Any:
    return _functional(4, 4, 2)


def exported(directory: Path) -> None:
    """`model.export()` keeps its variables under numbers."""
    _export(directory, _functional(4, 4, 2))


def build_exported_later() -> Any:
    return _functional(3, 3, 3, first=5)


def exported_later(directory: Path) -> None:
    """As `exported`, but Keras had counted one more: its `dense_6` is the model's `dense_5`."""
    _export(directory, _functional(3, 3, 3, first=6))


def _export(directory: Path, model: Any) -> None:
    fill(model.variables)
    model.export(str(directory / "export"), verbose=False)
    truth = {
        f"variables/{at}{VALUE}": f"_operations/{at // 2 + 1}/{('_kernel', 'bias')[at % 2]}"
        for at in range(6)
    }
    _tell(directory, truth)


def build_slots() -> Any:
    model = build_attributes()
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    return model, optimizer


def slots(directory: Path) -> None:
    """Slots as old optimizers kept them: an object graph and keys written by hand."""
    from tensorflow.core.protobuf.trackable_object_graph_pb2 import TrackableObjectGraph

    graph = TrackableObjectGraph()
    values: dict[str, Any] = {}
    root, model, optimizer = (graph.nodes.add() for _ in range(3))
    root.children.add(local_name="model", node_id=1)
    root.children.add(local_name="optimizer", node_id=2)

    def variable(key: str, value: Any, full_name: str) -> int:
        node = graph.nodes.add()
        node.attributes.add(name="VARIABLE_VALUE", full_name=full_name, checkpoint_key=key + VALUE)
        values[key + VALUE] = np.asarray(value)
        return len(graph.nodes) - 1

    truth: dict[str, str] = {}
    random = np.random.default_rng(4)
    trained = build_slots()[0].trainable_variables
    layers = {"enc": "encoder", "mid": "middle", "dec": "decoder", "top": "head"}
    number = 0
    for there, here in layers.items():
        layer = graph.nodes.add()
        model.children.add(local_name=there, node_id=len(graph.nodes) - 1)
        for own, new in (("kernel", "_kernel"), ("bias", "bias")):
            shape = trained[number].shape
            key = f"model/{there}/{own}"
            node = variable(key, random.normal(size=shape).astype("float32"), f"{there}/{own}")
            layer.children.add(local_name=own, node_id=node)
            truth[key + VALUE] = f"model/{here}/{new}"
            for slot, kept in (("m", "_momentums"), ("v", "_velocities")):
                name = f"{key}/.OPTIMIZER_SLOT/optimizer/{slot}"
                value = random.normal(size=shape).astype("float32")
                held = variable(name, value, f"Adam/{there}/{own}/{slot}")
                optimizer.slot_variables.add(
                    original_variable_node_id=node, slot_name=slot, slot_variable_node_id=held
                )
                truth[name + VALUE] = f"optimizer/{kept}/{number}"
            number += 1
    node = variable("optimizer/iter", np.int64(7), "Adam/iter")
    optimizer.children.add(local_name="iter", node_id=node)
    node = variable("optimizer/learning_rate", np.float32(0.5), "Adam/learning_rate")
    optimizer.children.add(local_name="learning_rate", node_id=node)
    node = variable("optimizer/beta_1", np.float32(0.9), "Adam/beta_1")
    optimizer.children.add(local_name="beta_1", node_id=node)
    truth[f"optimizer/learning_rate{VALUE}"] = "optimizer/_learning_rate"
    truth[f"optimizer/iter{VALUE}"] = "optimizer/_iterations"
    values["_CHECKPOINTABLE_OBJECT_GRAPH"] = np.array(graph.SerializeToString(), object)
    tf.raw_ops.SaveV2(
        prefix=str(directory / "ckpt"), tensor_names=list(values),
        shape_and_slices=[""] * len(values),
        tensors=[tf.constant(value) for value in values.values()],
    )  # fmt: skip
    _tell(directory, truth)


def build_keras2() -> Any:
    inputs = keras.Input((8, 8, 1))
    hidden = keras.layers.Conv2D(4, 3)(inputs)
    hidden = keras.layers.BatchNormalization()(hidden)
    hidden = keras.layers.DepthwiseConv2D(3)(hidden)
    hidden = keras.layers.Flatten()(hidden)
    hidden = keras.layers.Dense(5)(hidden)
    return keras.Model(inputs, keras.layers.Dense(5)(hidden))


def keras2(directory: Path) -> None:
    """The graph and keys that Keras 2 writes for the model of `build_keras2`."""
    parts = [
        (1, {"kernel": (3, 3, 1, 4), "bias": (4,)}),
        (2, dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), (4,))),
        (3, {"depthwise_kernel": (3, 3, 4, 1), "bias": (4,)}),
        (5, {"kernel": (64, 5), "bias": (5,)}),
        (6, {"kernel": (5, 5), "bias": (5,)}),
    ]
    root = tf.Module()
    root.model = model = tf.Module()
    truth = {}
    for number, (at, shapes) in enumerate(parts):
        layer = tf.Module()
        for name, shape in shapes.items():
            setattr(layer, name, tf.Variable(tf.zeros(shape)))
            new = {"kernel": "_kernel", "depthwise_kernel": "kernel"}.get(name, name)
            key = f"model/layer_with_weights-{number}/{name}{VALUE}"
            truth[key] = f"_operations/{at}/{new}"
        model._track_trackable(layer, f"layer_with_weights-{number}")
        model._track_trackable(layer, f"layer-{at}")
    fill(root.variables)
    _write(directory, tf.train.Checkpoint(root), truth)


def build_halves() -> Any:
    model = tf.Module()
    model.encoder = tf.Module()
    model.encoder.kernel = tf.Variable(tf.zeros([4, 4], tf.bfloat16))
    model.encoder.bias = tf.Variable(tf.zeros([4], tf.bfloat16))
    return model


def halves(directory: Path) -> None:
    """float32 in the file, bfloat16 in the model, and another name."""
    model = tf.Module()
    model.enc = Dense(4, 4)
    fill(model.variables)
    truth = {f"enc/{name}{VALUE}": f"encoder/{name}" for name in ("kernel", "bias")}
    _write(directory, tf.train.Checkpoint(model), truth)


def restore_plainly(name: str, prefix: str, source: str, truth: dict[str, str]) -> dict[str, Any]:
    """A user's own program: ordinary restore, and which values are then not those of `source`."""
    built = globals()[f"build_{name}"]()
    parts = {"model": built[0], "optimizer": built[1]} if isinstance(built, tuple) else None
    checkpoint = tf.train.Checkpoint(**parts) if parts else tf.train.Checkpoint(built)
    status = checkpoint.restore(prefix)
    consumed = ""
    try:
        status.assert_consumed()
    except AssertionError as error:
        consumed = str(error)
    reader = tf.train.load_checkpoint(source)
    wrong = []
    for key, path in truth.items():
        variable: Any = checkpoint if parts else built
        for part in path.split("/"):
            variable = tf.train.TrackableView.children(variable)[part]
        value = reader.get_tensor(key)
        value = value.T if value.shape != tuple(variable.shape) else value
        if not np.array_equal(value.astype(variable.numpy().dtype), variable.numpy()):
            wrong.append(path)
    return {"consumed": consumed, "wrong": wrong}


def _stack(*names: str) -> Any:
    inputs = hidden = keras.Input((WIDTH,))
    for name in names:
        hidden = keras.layers.Dense(WIDTH, name=name)(hidden)
    return keras.Model(inputs, hidden)


def taken_out(directory: Path) -> None:
    """A layer that has the shape of all others was taken out: TensorFlow shifts without a word."""
    model = _stack("entry", "spare", "core", "exit")
    fill(model.variables)
    truth = _layers(_operations__3="_operations/2", _operations__4="_operations/3")
    _write(directory, tf.train.Checkpoint(model), truth)


def build_taken_out() -> Any:
    """The others."""
    return _stack("entry", "core", "exit")


def put_in(directory: Path) -> None:
    """A layer that has the shape of all others was put in."""
    model = _stack("entry", "core", "exit")
    fill(model.variables)
    truth = _layers(_operations__2="_operations/3", _operations__3="_operations/4")
    _write(directory, tf.train.Checkpoint(model), truth)


def build_put_in() -> Any:
    """With one more."""
    return _stack("entry", "spare", "core", "exit")
