"""Models and checkpoints for the judgement about restores, and what runs the code of its fixes.

Factories are asked for as `tests/makers/restoring_models.py:NAME`; `written` saves what they are
restored from. Every value is another one, so that nothing is right by chance.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class Chain(keras.Model):
    """Dense layers under attributes of the given names, one after the other."""

    def __init__(self, names: tuple[str, ...] = ("hidden", "head"), units: Any = (5, 2)) -> None:
        super().__init__()
        self._order = " ".join(names)
        for name, size in zip(names, units, strict=True):
            setattr(self, name, keras.layers.Dense(size, name=name))

    def call(self, inputs: Any) -> Any:
        for name in self._order.split():
            inputs = getattr(self, name)(inputs)
        return inputs


def chain(names: tuple[str, ...] = ("hidden", "head"), units: Any = (5, 2)) -> Any:
    model = Chain(names, units)
    model(np.zeros((1, 3), "float32"))
    return model


def unbuilt() -> Any:
    return Chain()


def renamed() -> Any:
    return chain(("middle", "head"))


def under_net() -> Any:
    return {"net": chain()}


def rooted() -> Any:
    return tf.train.Checkpoint(chain())


def wrapped() -> Any:
    holder = tf.Module()
    holder.core = chain()
    return holder


class Nested(keras.Model):
    """A chain within, and a head; all under the names that are given."""

    def __init__(self, within: str, names: tuple[str, ...], head: str) -> None:
        super().__init__()
        self._names = f"{within} {head}"
        setattr(self, within, Chain(names, (4, 4)))
        setattr(self, head, keras.layers.Dense(2, name=head))

    def call(self, inputs: Any) -> Any:
        for name in self._names.split():
            inputs = getattr(self, name)(inputs)
        return inputs


def nested(within: str = "encoder", names: Any = ("low", "high"), head: str = "head") -> Any:
    model = Nested(within, tuple(names), head)
    model(np.zeros((1, 3), "float32"))
    return model


def nested_renamed() -> Any:
    return nested("backbone", ("first", "second"), "classifier")


def flat() -> Any:
    return chain(("low", "high", "head"), (4, 4, 2))


def encoder() -> Any:
    return chain(("low", "high"), (4, 4))


def pair(swap: bool = False) -> Any:
    made = [stack(("g",), (5,)), stack(("d",), (1,))]
    return dict(zip(("generator", "critic"), reversed(made) if swap else made, strict=True))


def pair_swapped() -> Any:
    return pair(swap=True)


def scheduled() -> Any:
    model = chain()
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def adamw() -> Any:
    model = chain()
    optimizer = keras.optimizers.AdamW()
    optimizer.build(model.trainable_variables)
    return model, optimizer


def recurrent(cell: str = "LSTM", units: int = 6, words: int = 20, **more: Any) -> Any:
    return keras.Sequential(
        [keras.Input((None,)), keras.layers.Embedding(words, 5, name="words"),
         getattr(keras.layers, cell)(units, name="memory", **more),
         keras.layers.Dense(2, name="top")]
    )  # fmt: skip


def attention(heads: int = 2) -> Any:
    inputs = keras.Input((5, 6))
    layer = keras.layers.MultiHeadAttention(heads, 4, name="look")
    return keras.Model(inputs, layer(inputs, inputs))


def sequential() -> Any:
    return keras.Sequential(
        [keras.Input((3,)), *(keras.layers.Dense(n, name=name)
                              for name, n in (("a", 4), ("b", 5), ("c", 2)))]
    )  # fmt: skip


class OnTop(keras.Model):
    """A Sequential within, and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = sequential()
        self.head = keras.layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return self.head(self.trunk(inputs))


def on_top() -> Any:
    model = OnTop()
    model(np.zeros((1, 3), "float32"))
    return model


def counting() -> Any:
    return {"model": chain(), "step": tf.Variable(0, dtype=tf.int64)}


def with_head() -> Any:
    return chain(("hidden", "head", "extra"), (5, 2, 4))


def wider() -> Any:
    return chain(units=(6, 2))


def more_classes() -> Any:
    return chain(units=(5, 7))


def double() -> Any:
    model = tf.Module()
    for name, layer in (("hidden", (3, 5)), ("head", (5, 2))):
        part = tf.Module()
        part._kernel = tf.Variable(tf.zeros(layer, tf.float64))
        part.bias = tf.Variable(tf.zeros(layer[1:], tf.float64))
        setattr(model, name, part)
    return model


def flipped() -> Any:
    model = tf.Module()
    model.hidden = tf.Module()
    model.hidden._kernel = tf.Variable(tf.zeros([5, 3]))
    model.hidden.bias = tf.Variable(tf.zeros([5]))
    return model


def adam() -> Any:
    model = chain()
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    return model, optimizer


def sgd() -> Any:
    model = chain()
    optimizer = keras.optimizers.SGD(momentum=0.9)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def adam_as_opt() -> Any:
    model, optimizer = adam()
    return {"model": model, "opt": optimizer}


def stack(names: tuple[str, ...], units: tuple[int, ...]) -> Any:
    inputs = keras.Input((3,))
    hidden = inputs
    for name, size in zip(names, units, strict=True):
        hidden = keras.layers.Dense(size, name=name)(hidden)
    return keras.Model(inputs, hidden)


def three() -> Any:
    return stack(("a", "b", "c"), (4, 5, 2))


def one_more() -> Any:
    return stack(("a", "new", "b", "c"), (4, 4, 5, 2))


def one_less() -> Any:
    return stack(("a", "c"), (4, 2))


def even() -> Any:
    return stack(("a", "b", "c"), (4, 4, 2))


def alike() -> Any:
    return stack(("a", "b", "c"), (3, 3, 2))


def alike_swapped() -> Any:
    return stack(("b", "a", "c"), (3, 3, 2))


def unnamed() -> Any:
    """As `three` with a layer without weights between; no name was given by a person."""
    return keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), keras.layers.ReLU(), keras.layers.Dense(5),
         keras.layers.Dense(2)]
    )  # fmt: skip


def unnamed_bare() -> Any:
    return keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(5), keras.layers.Dense(2)]
    )


class Listed(keras.Model):
    """Layers in a list, where Keras 3's checkpoints do not find them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [keras.layers.Dense(3, name=f"block_{n}") for n in range(2)]
        self.top = keras.layers.Dense(1, name="top")

    def call(self, inputs: Any) -> Any:
        for block in self.blocks:
            inputs = block(inputs)
        return self.top(inputs)


def listed() -> Any:
    model = Listed()
    model(np.zeros((1, 3), "float32"))
    return model


class Twice(keras.Model):
    def __init__(self, tie: bool) -> None:
        super().__init__()
        self.one = keras.layers.Dense(3, name="one")
        self.two = self.one if tie else keras.layers.Dense(3, name="two")

    def call(self, inputs: Any) -> Any:
        return self.two(self.one(inputs))


def tied(tie: bool = True) -> Any:
    model = Twice(tie)
    model(np.zeros((1, 3), "float32"))
    return model


def untied() -> Any:
    return tied(tie=False)


class Words(keras.Model):
    def __init__(self, vocabulary: list[str] | None = None) -> None:
        super().__init__()
        self.look = keras.layers.StringLookup(vocabulary=vocabulary)
        self.embed = keras.layers.Embedding(10, 3, name="embed")
        self.embed.build((None,))

    def call(self, inputs: Any) -> Any:
        return self.embed(self.look(inputs))


def words() -> Any:
    return Words()


def words_known() -> Any:
    return Words(["a", "b"])


def words_adapted() -> Any:
    model = Words()
    model.look.adapt(np.array(["a", "b"]))
    return model


def by_names(scope: str = "") -> Any:
    model = tf.Module()
    model.w = tf.Variable(tf.zeros([3, 4]), name=f"{scope}dense/kernel")
    model.b = tf.Variable(tf.zeros([4]), name=f"{scope}dense/bias")
    return model


def by_other_names() -> Any:
    return by_names("tower/")


def dense() -> Any:
    return stack(("dense",), (4,))


def square() -> Any:
    layers = [keras.layers.Dense(3, use_bias=False, name=name) for name in ("left", "right")]
    return keras.Sequential([keras.Input((3,)), *layers])


def adam_square() -> Any:
    model = square()
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    return model, optimizer


def joined() -> Any:
    model = tf.Module()
    model.table = tf.Variable(tf.zeros([6, 2]))
    model.bias = tf.Variable(tf.zeros([2]))
    return model


def split() -> Any:
    model = tf.Module()
    model.table = tf.Module()
    model.table.part_0 = tf.Variable(tf.zeros([2, 2]))
    model.table.part_1 = tf.Variable(tf.zeros([4, 2]))
    model.bias = tf.Variable(tf.zeros([2]))
    return model


def in_list(names: tuple[str, ...] = ("left", "middle", "right")) -> Any:
    model = tf.Module()
    model.towers = [tf.Variable(tf.zeros([2, 2]), name=name) for name in names]
    model.top = tf.Variable(tf.zeros([5]))
    return model


def list_turned() -> Any:
    return in_list(("right", "middle", "left"))


class Elsewhere(tf.Module):
    """Calls a layer that it does not keep."""

    def __init__(self) -> None:
        super().__init__()
        self.w = tf.Variable(tf.zeros([3, 3]), name="w")
        other = tf.Variable(tf.ones([3, 3]), name="w")
        self.forward = lambda x: x @ other

    @tf.function(input_signature=[tf.TensorSpec([None, 3])])
    def __call__(self, inputs: Any) -> Any:
        return self.forward(inputs)


def elsewhere() -> Any:
    return Elsewhere()


def _fill(variables: Any, begin: int = 0) -> None:
    for number, variable in enumerate(variables):
        if "int" in str(variable.dtype):
            continue
        value = np.arange(int(np.prod(variable.shape)), dtype="float32") / 64
        variable.assign((value + 1 + begin + number).reshape(variable.shape))


def written(directory: Path) -> None:
    """Every checkpoint that the tests restore."""

    def save(name: str, **parts: Any) -> None:
        for begin, part in enumerate(parts.values()):
            held = part.variables
            _fill(held() if callable(held) else held, 100 * begin)
        tf.train.Checkpoint(**parts).save(str(directory / name))

    root = chain()
    _fill(root.variables)
    tf.train.Checkpoint(root).write(str(directory / "root"))
    save("model", model=chain())
    model, optimizer = adam()
    save("adam", model=model, optimizer=optimizer)
    model = chain()
    optimizer = keras.optimizers.Adam(use_ema=True)
    optimizer.build(model.trainable_variables)
    save("averages", model=model, optimizer=optimizer)
    save("nested", model=nested())
    save("flat", model=flat())
    save("pair", **pair())
    save("recurrent", model=recurrent())
    save("gated", model=recurrent("GRU"))
    save("attention", model=attention())
    save("three", model=three())
    save("trunk", model=sequential())
    save("alike", model=alike())
    save("even", model=even())
    save("unnamed", model=unnamed_bare())
    model = listed()
    save("listed", model=model)
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    save("listed_trained", model=model, optimizer=optimizer)
    save("tied", model=tied())
    save("untied", model=untied())
    save("words", model=words_adapted())
    save("elsewhere", model=elsewhere())
    save("joined", model=joined())
    parts = split()
    _fill([parts.table.part_0, parts.table.part_1, parts.bias])
    tf.train.Checkpoint(model=parts).save(str(directory / "split"))
    save("list", model=in_list())
    model = square()
    optimizer = keras.optimizers.RMSprop(momentum=0.9)
    optimizer.build(model.trainable_variables)
    save("rmsprop", model=model, optimizer=optimizer)
    model = chain()
    _fill(model.variables)
    model.export(str(directory / "exported"), verbose=False)
    tf.saved_model.save(model, str(directory / "saved"))
    _written_by_name(directory)


def _written_by_name(directory: Path) -> None:
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        kernel = v1.get_variable("kernel", initializer=np.full((3, 4), 7.0, "float32"))
        bias = v1.get_variable("bias", initializer=np.full(4, 8.0, "float32"))
        top = v1.get_variable("top", initializer=np.full((1, 4), 9.0, "float32"))
        rest = v1.get_variable("rest", initializer=np.full((2, 4), 10.0, "float32"))
        session.run(v1.global_variables_initializer())
        average = "ExponentialMovingAverage"
        for name, held in {
            "names": {"dense/kernel": kernel, "dense/bias": bias},
            "scoped": {"gen/dense/kernel": kernel, "gen/dense/bias": bias},
            "averaged": {f"dense/kernel/{average}": kernel, f"dense/bias/{average}": bias},
            "parts": {"dense/kernel/part_0": top, "dense/kernel/part_1": rest, "dense/bias": bias},
        }.items():
            v1.train.Saver(held).save(session, str(directory / name), write_meta_graph=False)


def run_code(code: str, batch: bool = False) -> dict[str, Any]:
    """Runs the code of a fix as a program of its own; the values of the model's variables after.

    A snippet that takes a batch of the user's own inputs gets one.
    """
    space: dict[str, Any] = {"__name__": "fix"}
    if batch:
        space["dataset"] = [np.ones((1, 3), "float32")]
    exec(compile(code, "fix.py", "exec"), space)
    held = space.get("model") or space.get("checkpoint")
    if held is None:
        held = space["parts"].get("model") or next(iter(space["parts"].values()))
    if isinstance(held, tf.train.Checkpoint):
        held = next(iter(dict(tf.train.TrackableView(held).children(held)).values()), held)
    variables = held.variables
    return {
        f"{number} {getattr(each, 'path', each.name)}": np.asarray(each)
        for number, each in enumerate(variables() if callable(variables) else variables)
        if "seed_generator" not in getattr(each, "path", "")
    }
