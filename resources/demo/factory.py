"""Factories of the demo: one that fits the snapshots, and the ways people miss.

    tfinspector restore run --factory factory.py:build

`build` is how the run was trained. Every other callable changes one thing, as it happens between
training and using a model. `sample_inputs` lets a model be built that was never called.
"""

import keras
import numpy as np

SECTORS = 16


@keras.saving.register_keras_serializable("tfinspector_demo")
class SpiralNet(keras.Model):
    """Which of two spirals a point lies on, from its position and its sector of the plane."""

    def __init__(self, width=64, dtype=None):
        super().__init__(dtype=dtype)
        self.width = width
        self.sector_embedding = keras.layers.Embedding(
            SECTORS, 8, name="sector_embedding", dtype=dtype
        )
        self.join = keras.layers.Concatenate(name="join", dtype=dtype)
        self.hidden_1 = keras.layers.Dense(64, activation="relu", name="hidden_1", dtype=dtype)
        self.norm_1 = keras.layers.BatchNormalization(name="norm_1", dtype=dtype)
        self.hidden_2 = keras.layers.Dense(width, activation="relu", name="hidden_2", dtype=dtype)
        self.hidden_3 = keras.layers.Dense(32, activation="tanh", name="hidden_3", dtype=dtype)
        self.spiral = keras.layers.Dense(2, name="spiral", dtype=dtype)

    def call(self, inputs, training=False):
        """Logits, [batch, 2], of `inputs["position"]` [batch, 2] and `inputs["sector"]` [batch]."""
        sector = self.sector_embedding(inputs["sector"])
        x = self.hidden_1(self.join([inputs["position"], sector]))
        x = self.norm_1(x, training=training)
        return self.spiral(self.hidden_3(self.hidden_2(x)))

    def get_config(self):
        """What the constructor needs to make this model again."""
        return {"width": self.width}


def sample_inputs():
    """Four points and their sectors."""
    position = np.array([[0.5, 0.1], [-0.5, 0.2], [0.1, -0.8], [0.0, 0.9]], "float32")
    return {"position": position, "sector": np.array([0, 7, 12, 4], "int32")}


def build():
    """The model and optimizer of the training script; restores."""
    model = SpiralNet()
    model(sample_inputs())
    optimizer = keras.optimizers.Adam(2e-3)
    optimizer.build(model.trainable_variables)
    return model, optimizer


class RenamedNet(SpiralNet):
    """`hidden_2` is called `middle` here."""

    def __init__(self):
        super().__init__()
        self.middle = self.hidden_2
        del self.hidden_2

    def call(self, inputs, training=False):
        """As the original."""
        sector = self.sector_embedding(inputs["sector"])
        x = self.hidden_1(self.join([inputs["position"], sector]))
        x = self.norm_1(x, training=training)
        return self.spiral(self.hidden_3(self.middle(x)))


def build_renamed():
    """One attribute has another name: its weights stay random, and TensorFlow says nothing."""
    model = RenamedNet()
    model(sample_inputs())
    return {"model": model}


class DeeperNet(SpiralNet):
    """One layer more than was trained."""

    def __init__(self):
        super().__init__()
        self.hidden_4 = keras.layers.Dense(32, activation="tanh", name="hidden_4")

    def call(self, inputs, training=False):
        """As the original, with `hidden_4` before the last layer."""
        sector = self.sector_embedding(inputs["sector"])
        x = self.hidden_1(self.join([inputs["position"], sector]))
        x = self.norm_1(x, training=training)
        return self.spiral(self.hidden_4(self.hidden_3(self.hidden_2(x))))


def build_deeper():
    """One layer more: the file has no value for it."""
    model = DeeperNet()
    model(sample_inputs())
    return {"model": model}


def build_wider():
    """96 units instead of 64 in `hidden_2`: two kernels and a bias have another shape."""
    model = SpiralNet(width=96)
    model(sample_inputs())
    return {"model": model}


def build_half():
    """Half precision weights: the file holds float32."""
    model = SpiralNet(dtype="float16")
    model(sample_inputs())
    return {"model": model}


def build_sgd():
    """SGD with momentum instead of Adam: the optimizer's state does not fit."""
    model = SpiralNet()
    model(sample_inputs())
    optimizer = keras.optimizers.SGD(1e-2, momentum=0.9)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def build_misnamed():
    """The right model under a name that the snapshots do not know: nothing is restored."""
    model = SpiralNet()
    model(sample_inputs())
    return {"net": model}


def build_raises():
    """Needs a file that is not on this machine."""
    with open("/data/spirals/config.json", encoding="utf-8") as file:
        return SpiralNet(**keras.saving.deserialize_keras_object(file.read()))
