"""Models of the Keras corpus: `saved_*` are written, the others are what is restored into.

The file is a user's: it knows nothing of the program, and is of Keras 3 or, with
TF_USE_LEGACY_KERAS, of tf_keras.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

if os.environ.get("TF_USE_LEGACY_KERAS"):
    import tf_keras as keras
else:
    import keras

layers = keras.layers


def _chain(*parts: Any, name: str = "net") -> Any:
    given = keras.Input((4,), name="given")
    value = given
    for part in parts:
        value = part(value)
    return keras.Model(given, value, name=name)


def plain() -> Any:
    return _chain(
        layers.Dense(6, activation="relu", name="stem"),
        layers.BatchNormalization(name="norm"),
        layers.Dropout(0.1, name="drop"),
        layers.Dense(6, name="middle"),
        layers.Dense(2, name="head"),
    )


def unnamed() -> Any:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(6), layers.Dense(6), layers.LayerNormalization(),
         layers.Dense(2)]
    )  # fmt: skip


def sequence() -> Any:
    given = keras.Input((5,), dtype="int32", name="words")
    value = layers.Embedding(11, 6, name="words_in")(given)
    value = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")(value)
    value = layers.MultiHeadAttention(2, 3, name="attend")(value, value)
    value = layers.GlobalAveragePooling1D(name="mean")(value)
    return keras.Model(given, layers.Dense(1, name="score")(value), name="reader")


class _Own(keras.Model):  # type: ignore[misc]
    def __init__(self, attribute: str, name: str) -> None:
        super().__init__(name=name)
        setattr(self, attribute, layers.Dense(6, name="stem"))
        self.zeta = layers.Dense(2, name="head")
        self.attribute = attribute

    def call(self, value: Any) -> Any:
        return self.zeta(getattr(self, self.attribute)(value))


def _called(model: Any) -> Any:
    model(np.zeros((1, 4), "float32"))
    return model


def own() -> Any:
    return _called(_Own("encoder", "own"))


def own_renamed() -> Any:
    return _called(_Own("backbone", "own"))


class _Around(keras.Model):  # type: ignore[misc]
    def __init__(self, name: str = "around", **settings: Any) -> None:
        super().__init__(name=name, **settings)
        self.inner = plain()

    def call(self, value: Any) -> Any:
        return self.inner(value)


def nested() -> Any:
    return _called(_Around())


def longer() -> Any:
    return _chain(
        layers.Dense(6, activation="relu", name="stem"),
        layers.BatchNormalization(name="norm"),
        layers.Dense(6, name="put_in"),
        layers.Dense(6, name="middle"),
        layers.Dense(2, name="head"),
    )


def without_bias() -> Any:
    return _chain(
        layers.Dense(6, activation="relu", name="stem"),
        layers.BatchNormalization(name="norm"),
        layers.Dense(6, name="middle", use_bias=False),
        layers.Dense(2, name="head"),
    )


def exchanged() -> Any:
    """`middle` and `twin` have the same shapes and stand the other way round."""
    return _chain(
        layers.Dense(6, name="stem"), layers.Dense(6, name="twin"),
        layers.Dense(6, name="middle"), layers.Dense(2, name="head"),
    )  # fmt: skip


def twins() -> Any:
    return _chain(
        layers.Dense(6, name="stem"), layers.Dense(6, name="middle"),
        layers.Dense(6, name="twin"), layers.Dense(2, name="head"),
    )  # fmt: skip


def _body(*frozen: str) -> Any:
    given = keras.Input((4,))
    value = given
    for name in ("alpha", "beta", "gamma"):
        value = layers.Dense(4, name=name, trainable=name not in frozen)(value)
    return keras.Model(given, value, name="body")


def body() -> Any:
    return _chain(_body(), layers.Dense(2, name="head"))


def body_frozen() -> Any:
    return _chain(_body("alpha"), layers.Dense(2, name="head"))


def body_other_frozen() -> Any:
    return _chain(_body("beta"), layers.Dense(2, name="head"))


def wider() -> Any:
    return _chain(
        layers.Dense(6, activation="relu", name="stem"),
        layers.BatchNormalization(name="norm"),
        layers.Dense(6, name="middle"),
        layers.Dense(3, name="head"),
    )


def _fitted(model: Any, optimizer: Any) -> Any:
    model.compile(optimizer, "mse")
    random = np.random.default_rng(1)
    model.fit(random.random((8, 4)), random.random((8, 2)), verbose=0)
    return model


def trained() -> Any:
    return _fitted(plain(), keras.optimizers.Adam())


def trained_by_sgd() -> Any:
    return _fitted(plain(), keras.optimizers.SGD())


def compiled() -> Any:
    model = plain()
    model.compile(keras.optimizers.Adam(), "mse")
    return model


def ready() -> Any:
    model = compiled()
    model.optimizer.build(model.trainable_variables)
    return model


def frozen() -> Any:
    model = plain()
    model.get_layer("stem").trainable = False
    return model


def with_python() -> Any:
    """A Lambda: what is saved of it runs when it is loaded."""
    return _chain(
        layers.Dense(6, name="stem"), layers.Lambda(lambda value: value * 2.0, name="twice"),
        layers.Dense(2, name="head"),
    )  # fmt: skip


def of_bytes() -> Any:
    """Quantised after it was built: what it has besides is made in another order when loaded."""
    model = twins()
    model.quantize("float8")
    return model
