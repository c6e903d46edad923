"""Files written by Keras 3, with what Keras itself says is in them.

`truth.npz` holds every variable of the model by the path that Keras gives it, in the order of
`model.variables`, and `optimizer.npz` those of the optimizer.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def _model() -> Any:
    """A model with everything that is stored in its own way: nesting, containers, wrappers."""
    import keras

    @keras.saving.register_keras_serializable("tests")
    class Block(keras.layers.Layer):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.first = keras.layers.Dense(3)
            self.items = [keras.layers.Dense(4, name="one"), keras.layers.Dense(4, name="two")]
            self.table = {"x": keras.layers.Dense(2, name="named")}

        def build(self, shape: Any) -> None:
            self.own = self.add_weight(shape=(2,), name="own")
            self.first.build(shape)
            self.items[0].build((None, 3))
            self.items[1].build((None, 4))
            self.table["x"].build((None, 4))
            self.built = True

        def call(self, x: Any) -> Any:
            return self.table["x"](self.items[1](self.items[0](self.first(x)))) + self.own

    keras.utils.set_random_seed(7)
    given = keras.Input((8,), name="given")
    x = keras.layers.Dense(5, name="zeta")(given)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.Dropout(0.3, name="drop")(x)
    inner = keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Dense(4, name="alpha"),
            keras.layers.Dense(4, name="beta", trainable=False),
        ],
        name="inner",
    )
    x = Block(name="block")(inner(x))
    x = keras.layers.Reshape((2, 1), name="fold")(x)
    x = keras.layers.Bidirectional(keras.layers.LSTM(3), name="both")(x)
    x = keras.layers.Dense(1, name="alpha_out", dtype="bfloat16")(x)
    model = keras.Model(given, x, name="net")
    model.compile(keras.optimizers.Adam(), "mse", metrics=["mae"])
    return model


def _fit(model: Any, steps: int = 1) -> None:
    import numpy as np

    random = np.random.default_rng(1)
    shape = (8, *model.input_shape[1:])
    target = (8, *model.output_shape[1:])
    model.fit(random.random(shape), random.random(target), epochs=steps, verbose=0)


def _tell(model: Any, directory: Path) -> None:
    """What Keras says the variables are, bfloat16 as float32."""
    import keras
    import numpy as np

    def value(variable: Any) -> Any:
        found = keras.ops.convert_to_numpy(variable)
        return found.astype("float32") if found.dtype.kind == "V" else found

    for name, variables in (
        ("truth", model.variables),
        ("optimizer", model.optimizer.variables if model.optimizer else []),
    ):
        np.savez(
            directory / f"{name}.npz",
            order=np.array([one.path for one in variables]),
            trained=np.array([id(one) in {id(t) for t in model.trainable_variables}
                              for one in variables]),
            **{f"value {place}": value(one) for place, one in enumerate(variables)},
        )  # fmt: skip


def every_kind(directory: Path) -> None:
    """One model in every kind of file that Keras 3 writes."""
    model = _model()
    _fit(model)
    model.save(directory / "model.keras")
    model.save(directory / "unpacked", zipped=False)
    model.save_weights(directory / "model.weights.h5")
    model.save_weights(directory / "shards.weights.json", max_shard_size=1e-6)
    model.save(directory / "whole.h5")
    _tell(model, directory)


def loads_alike(directory: Path) -> bool:
    """Whether `load_weights` takes what was written, for a file that is called so."""
    import keras
    import numpy as np

    model = _model()
    model.load_weights(directory / "model.weights.h5")
    told = np.load(directory / "truth.npz")
    return all(
        np.array_equal(
            keras.ops.convert_to_numpy(one).astype("float32"), told[f"value {at}"].astype("float32")
        )
        for at, one in enumerate(model.variables)
        if "seed" not in one.path
    )


def subclassed(directory: Path) -> None:
    """A model of one's own, whose layers are attributes."""
    import keras

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="net")
            self.first = keras.layers.Dense(3)
            self.tower = [keras.layers.Dense(4), keras.layers.Dense(4)]
            self.last = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            x = self.first(x)
            for layer in self.tower:
                x = layer(x)
            return self.last(x)

    keras.utils.set_random_seed(3)
    model = Net()
    model.compile("sgd", "mse")
    model(keras.ops.zeros((1, 6)))
    model.save(directory / "model.keras")
    model.save_weights(directory / "model.weights.h5")
    _tell(model, directory)


def element_types(directory: Path) -> None:
    """Every element type that a Keras variable can have, a scalar and an empty one."""
    import keras

    class Odd(keras.layers.Layer):
        def build(self, _: Any) -> None:
            for name in ("float16", "bfloat16", "float32", "float64", "int8", "uint8", "int16",
                         "uint16", "int32", "uint32", "int64", "uint64", "bool"):  # fmt: skip
                self.add_weight(
                    shape=(2, 3), dtype=name, name=name, initializer="ones", trainable=False
                )
            self.add_weight(shape=(), name="scalar", initializer="ones")
            self.add_weight(shape=(0, 3), name="empty", initializer="ones")

        def call(self, x: Any) -> Any:
            return x

    model = keras.Sequential([keras.Input((2,)), Odd(name="odd")])
    model.save(directory / "model.keras")
    model.save_weights(directory / "model.weights.h5")


def quantised(directory: Path) -> None:
    """Dense layers and an embedding in int8, int4 and float8."""
    import keras

    for mode in ("int8", "int4", "float8"):
        layers = [keras.layers.Dense(8, name="first"), keras.layers.Dense(2, name="second")]
        model = keras.Sequential([keras.Input((4,)), *layers], name="net")
        model.quantize(mode)
        model.save(directory / f"{mode}.keras")
    words = keras.Sequential([keras.Input((3,)), keras.layers.Embedding(10, 4, name="words")])
    words.quantize("int8")
    words.save(directory / "embedding.keras")


def optimizers(directory: Path) -> None:
    """A small model trained with each optimizer, in a directory of its own."""
    import keras

    for made in (
        keras.optimizers.Adam(), keras.optimizers.AdamW(use_ema=True), keras.optimizers.Nadam(),
        keras.optimizers.SGD(), keras.optimizers.SGD(momentum=0.9), keras.optimizers.RMSprop(),
        keras.optimizers.RMSprop(momentum=0.5, centered=True), keras.optimizers.Adagrad(),
        keras.optimizers.Adadelta(), keras.optimizers.Adamax(), keras.optimizers.Ftrl(),
        keras.optimizers.Lion(), keras.optimizers.Adam(amsgrad=True),
    ):  # fmt: skip
        keras.utils.set_random_seed(5)
        layers = [
            keras.layers.Dense(5, name="first"),
            keras.layers.Dense(5, name="frozen", trainable=False),
            keras.layers.Dense(1, name="last"),
        ]
        model = keras.Sequential([keras.Input((5,)), *layers], name="net")
        model.compile(made, "mse")
        _fit(model)
        place = directory / f"{type(made).__name__}_{len(made.variables)}"
        place.mkdir()
        model.save(place / "model.keras")
        _tell(model, place)


def callbacks(directory: Path) -> None:
    """What `ModelCheckpoint` leaves: whole models, and weights, epoch by epoch."""
    import keras
    import numpy as np

    for kind, name in (
        ("models", "model.{epoch:02d}-{loss:.2f}.keras"),
        ("weights", "weights.{epoch:02d}-{loss:.2f}.weights.h5"),
        ("old", "net_epoch_{epoch}.h5"),
    ):
        place = directory / kind
        place.mkdir()
        keras.utils.set_random_seed(2)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, name="only")])
        model.compile("sgd", "mse")
        saver = keras.callbacks.ModelCheckpoint(
            os.fspath(place / name), save_weights_only=kind == "weights"
        )
        random = np.random.default_rng(1)
        model.fit(random.random((8, 3)), random.random((8, 1)), epochs=3, verbose=0,
                  callbacks=[saver])  # fmt: skip


def custom_objects(directory: Path) -> None:
    """Classes and functions of one's own, and a Lambda that carries code."""
    import keras

    @keras.saving.register_keras_serializable("mine")
    class Scale(keras.layers.Layer):
        def build(self, _: Any) -> None:
            self.factor = self.add_weight(shape=(), name="factor")

        def call(self, x: Any) -> Any:
            return x * self.factor

    @keras.saving.register_keras_serializable("mine")
    def odd_loss(y: Any, z: Any) -> Any:
        return keras.ops.mean(keras.ops.abs(y - z))

    model = keras.Sequential(
        [keras.Input((3,)), Scale(name="scale"), keras.layers.Lambda(lambda x: x * 2, name="twice")]
    )
    model.compile("sgd", odd_loss)
    model.save(directory / "model.keras")
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    plain.compile("sgd", odd_loss)
    plain.save(directory / "loss_only.keras")
    model.save(directory / "model.h5")


def layers_of_keras() -> list[str]:
    """The names of all layers that the installed Keras brings."""
    import keras

    return [
        name
        for name, found in vars(keras.layers).items()
        if isinstance(found, type) and issubclass(found, keras.layers.Layer)
    ]


def executing(directory: Path) -> None:
    """Models that execute more than Keras when they are loaded, or need what it does not bring."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(8)
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    inner.export(str(directory / "exported"), verbose=False)
    outside = keras.layers.TFSMLayer(
        str(directory / "exported"), call_endpoint="serve", name="outside"
    )
    given = keras.Input((3,))
    keras.Model(given, outside(given)).save(directory / "outside.keras")
    each = keras.layers.TimeDistributed(keras.layers.Lambda(lambda x: x * 2), name="each")
    wrapped = keras.Sequential([keras.Input((4, 3)), each])
    wrapped.compile("sgd", lambda y, z: tf.reduce_mean(y - z))
    wrapped.save(directory / "wrapped.keras")
    _compiled_with_ones_own().save(directory / "own.keras")
    _compiled_with_ones_own().save(directory / "own.h5")


def _compiled_with_ones_own() -> Any:
    import keras

    @keras.saving.register_keras_serializable("mine")
    class OddLoss(keras.losses.Loss):
        def call(self, y: Any, z: Any) -> Any:
            return keras.ops.mean(y - z)

    @keras.saving.register_keras_serializable("mine")
    class OddMetric(keras.metrics.Mean):
        pass

    @keras.saving.register_keras_serializable("mine")
    def odd_distance(y: Any, z: Any) -> Any:
        return keras.ops.mean(keras.ops.abs(y - z))

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", OddLoss(), metrics=[OddMetric(name="odd"), odd_distance, "mae"])
    return model


def pickled_weights(directory: Path) -> None:
    """The other format that Keras can write weights in: dictionaries, pickled."""
    import keras
    from keras.src.saving import saving_lib

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    saving_lib.save_model(model, str(directory / "model.keras"), weights_format="npz")
