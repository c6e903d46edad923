"""More restores that work, of networks and loops of other kinds."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill


@case("", {"restored": 10}, "consumed 9/9", attach="model")
def attention(at: Place) -> None:
    """A subclass around MultiHeadAttention, built by one call."""
    net = at.factory("""
        import keras
        import numpy as np

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.attention = keras.layers.MultiHeadAttention(2, 4)
                self.norm = keras.layers.LayerNormalization(center=False)

            def call(self, x):
                return self.norm(x + self.attention(x, x))

        def build():
            net = Net()
            net(np.zeros((1, 3, 8), "float32"))
            return net
    """).build()
    fill(net.variables)
    at.save(tf.train.Checkpoint(model=net))
    at.right(net)


@case("", {"restored": 14}, "consumed 13/13")
def bidirectional(at: Place) -> None:
    """Both halves of two bidirectional layers, one of them stacked on the other."""
    net = at.factory("""
        import keras

        def build():
            layers = keras.layers
            return keras.Sequential([
                keras.Input((4,), dtype="int32"),
                layers.Embedding(10, 3),
                layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
                layers.Bidirectional(layers.GRU(2)),
            ])
    """).build()
    fill(net.variables)
    at.save(tf.train.Checkpoint(net))
    at.right(net)


@case("", {"restored": 4}, "consumed 3/3")
def root_with_a_step(at: Place) -> None:
    """Checkpoint(model, step=...): the model is the root, with more beside it."""
    checkpoint = at.factory("""
        import keras
        import tensorflow as tf

        def build():
            model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
            return tf.train.Checkpoint(model, step=tf.Variable(0, dtype=tf.int64))
    """).build()
    fill(checkpoint.root.variables)
    checkpoint.step.assign(5)
    at.save(checkpoint)


@case("", {"restored": 5}, "consumed 4/4")
def lists_and_dicts_of_modules(at: Place) -> None:
    """A tf.Module with a list of dicts of modules."""
    net = at.factory("""
        import tensorflow as tf

        class Part(tf.Module):
            def __init__(self, size):
                super().__init__()
                self.w = tf.Variable(tf.zeros([size]), name="w")

        class Net(tf.Module):
            def __init__(self):
                super().__init__()
                self.levels = [{"up": Part(size), "down": Part(size)} for size in (2, 3)]

        def build():
            return Net()
    """).build()
    fill(net.variables)
    at.save(tf.train.Checkpoint(net))
    at.right(net)


@case("", {"restored": 3, "not_comparable": 1}, "consumed 2/2")
def state_of_the_users_own(at: Place) -> None:
    """A PythonState beside the weights: restored, and not to be compared."""
    text = """
        import json

        import tensorflow as tf

        class Best(tf.train.experimental.PythonState):
            def __init__(self):
                self.loss = 0.5

            def serialize(self):
                return json.dumps(self.loss)

            def deserialize(self, text):
                self.loss = json.loads(text)

        class Net(tf.Module):
            def __init__(self):
                super().__init__()
                self.w = tf.Variable(tf.zeros([3, 2]), name="w")
                self.b = tf.Variable(tf.zeros([2]), name="b")
                self.best = Best()

        def build():
            return Net()
    """
    net = at.factory(text).build()
    fill(net.variables)
    at.save(tf.train.Checkpoint(net))
    at.right(net)


@case("", {"restored": 13}, "consumed 12/12")
def residual_with_norms(at: Place) -> None:
    """A functional network with a way around, BatchNormalization and a depthwise convolution."""
    net = at.factory("""
        import keras

        def build():
            layers = keras.layers
            image = keras.Input((6, 6, 2))
            hidden = layers.BatchNormalization()(layers.Conv2D(4, 1)(image))
            around = layers.DepthwiseConv2D(3, padding="same")(hidden)
            hidden = layers.Add()([hidden, layers.ReLU()(around)])
            pooled = layers.GlobalAveragePooling2D()(hidden)
            return keras.Model(image, [layers.Dense(2)(pooled), layers.Dense(3)(pooled)])
    """).build()
    fill(net.variables)
    at.save(tf.train.Checkpoint(net))
    at.right(net)


@case("", {"restored": 4}, "partial 4/4", given="saved",
      attach="model")  # fmt: skip
def model_inside_a_saved_module(at: Place) -> None:
    """A SavedModel of a tf.Module that holds the model under `model`."""
    net = at.factory("""
        import keras

        def build():
            dense = keras.layers.Dense
            return keras.Sequential([keras.Input((3,)), dense(4), dense(2)])
    """).build()
    fill(net.variables)
    holder = tf.Module()
    holder.model = net
    tf.saved_model.save(holder, str(at.directory / "saved"))
    at.right(net)


@case("", {"restored": 15}, "consumed 14/14")
def mirrored_with_optimizer(at: Place) -> None:
    """Keras 3 in a MirroredStrategy; the optimizer is built in its scope."""
    made = at.factory("""
        import keras
        import tensorflow as tf

        def build():
            with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
                dense = keras.layers.Dense
                model = keras.Sequential([keras.Input((3,)), dense(4), dense(2)])
                optimizer = keras.optimizers.Adam(0.1)
                optimizer.build(model.trainable_variables)
            return model, optimizer
    """)
    model, optimizer = made.build()
    fill(model.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))


@case("", {"restored": 4}, "consumed 3/3")
def frozen_backbone(at: Place) -> None:
    """Some layers are not trainable, which no checkpoint minds."""
    text = """
        import keras

        def build():
            dense = keras.layers.Dense
            model = keras.Sequential([keras.Input((3,)), dense(4), dense(2, use_bias=False)])
            model.layers[0].trainable = False
            return model
    """
    net = at.factory(text).build()
    fill(net.variables)
    at.save(tf.train.Checkpoint(net))
    at.right(net)


@case("", {"restored": 19}, "consumed 18/18")
def scaled_loss(at: Place) -> None:
    """Mixed precision with its LossScaleOptimizer, in a tuple."""
    made = at.factory("""
        import keras

        def build():
            dense = keras.layers.Dense
            model = keras.Sequential([keras.Input((3,)), dense(4), dense(2)])
            return model, keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1))
    """)
    model, optimizer = made.build()
    optimizer.build(model.trainable_variables)
    fill(model.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))


@case("", {"restored": 5}, "consumed 4/4", attach="model")
def embedding_tied_to_output(at: Place) -> None:
    """The output uses the table of the embedding: one variable, one layer, one path."""
    net = at.factory("""
        import keras
        import numpy as np

        class Words(keras.Model):
            def __init__(self):
                super().__init__()
                self.embed = keras.layers.Embedding(9, 4)
                self.mix = keras.layers.Dense(4)
                self.bias = self.add_weight(shape=(9,), name="bias")

            def call(self, x):
                mixed = self.mix(self.embed(x))
                return mixed @ keras.ops.transpose(self.embed.embeddings) + self.bias

        def build():
            net = Words()
            net(np.zeros((1, 2), "int32"))
            return net
    """).build()
    fill(net.variables)
    at.save(tf.train.Checkpoint(model=net))
    at.right(net)


@case("", {"restored": 6}, "consumed 5/5")
def scheduled_rate(at: Place) -> None:
    """An optimizer with a schedule has no variable for its rate."""
    made = at.factory("""
        import keras

        def build():
            model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
            rate = keras.optimizers.schedules.CosineDecay(0.1, 100)
            return model, keras.optimizers.SGD(rate, momentum=0.9, nesterov=True)
    """)
    model, optimizer = made.build()
    optimizer.build(model.trainable_variables)
    fill(model.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))


@case("", {"restored": 7}, "consumed 6/6")
def noise_and_norms(at: Place) -> None:
    """Layers with states of random numbers, which no checkpoint holds, and uncommon weights."""
    net = at.factory("""
        import keras

        def build():
            layers = keras.layers
            return keras.Sequential([
                keras.Input((3,)), layers.GaussianNoise(0.1), layers.Dense(4),
                layers.GroupNormalization(2), layers.PReLU(), layers.UnitNormalization(),
                layers.Dropout(0.5), layers.Dense(1, use_bias=False),
            ])
    """).build()
    weights = [each for each in net.variables if "seed" not in each.path]
    fill(weights)
    at.save(tf.train.Checkpoint(net))
    at.right(net, without=[at for at, each in enumerate(net.variables) if "seed" in each.path])
