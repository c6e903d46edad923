"""M18, M20 and M21: the names are right and lead to another object, or to one that forgets."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, copy, fill, run


@case(
    "M20", {"restored": 3, "missing_in_checkpoint": 1}, "partial 2/3", repair="write_fixed",
)  # fmt: skip
def copied_in_the_model(at: Place) -> None:
    """The checkpoint shares one embedding, the model has two: the second stays as it was."""
    text = """
        import tensorflow as tf

        class Tied(tf.Module):
            def __init__(self, tie=False):
                super().__init__()
                self.embedding = tf.Variable(tf.zeros([5, 2]))
                self.output = tf.Module()
                self.output.bias = tf.Variable(tf.zeros([5]))
                self.output.kernel = self.embedding if tie else tf.Variable(tf.zeros([5, 2]))

        def build():
            return Tied()
    """
    source = run(text).Tied(tie=True)
    fill([source.embedding, source.output.bias])
    at.save(tf.train.Checkpoint(source))
    target = at.factory(text).build()
    target.embedding.assign(source.embedding)
    target.output.kernel.assign(source.embedding)
    target.output.bias.assign(source.output.bias)
    at.right(target)


@case("M20", {"restored": 5, "missing_in_checkpoint": 1}, "partial 4/5", repair="write_fixed")
def shared_layer_copied(at: Place) -> None:
    """One Keras layer under two attributes when it was saved, two layers now (kernels only)."""
    text = """
        import keras
        import numpy as np

        class Twice(keras.Model):
            def __init__(self, tie=False):
                super().__init__()
                self.left = keras.layers.Dense(3, use_bias=False)
                self.right = self.left if tie else keras.layers.Dense(3, use_bias=False)
                self.top = keras.layers.Dense(2)
                self.scale = keras.layers.Dense(1, use_bias=False)

            def call(self, x):
                hidden = self.right(self.left(x))
                return self.top(hidden) * self.scale(hidden)

        def made(tie):
            model = Twice(tie)
            model(np.zeros((1, 3), "float32"))
            return model

        def build():
            return made(tie=False)
    """
    source = run(text).made(tie=True)
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    target = at.factory(text).build()
    for name in ("left", "top", "scale"):
        copy(getattr(source, name).variables, getattr(target, name).variables)
    copy(source.left.variables, target.right.variables)
    at.right(target)


@case("M20", {"restored": 2, "not_assigned": 1}, "consumed 1/1")
def shared_in_the_model(at: Place) -> None:
    """The checkpoint has two tensors, the model one variable: one of the two is dropped."""
    text = """
        import tensorflow as tf

        class Pair(tf.Module):
            def __init__(self, tie=True):
                super().__init__()
                self.query = tf.Variable(tf.zeros([4, 2]))
                self.value = self.query if tie else tf.Variable(tf.zeros([4, 2]))

        def build():
            return Pair()
    """
    source = run(text).Pair(tie=False)
    fill([source.query, source.value])
    at.save(tf.train.Checkpoint(source))
    at.factory(text)


@case("M18", {"restored": 5}, "consumed 4/4")
def called_object_is_another(at: Place) -> None:
    """The call goes through layers that no checkpoint of the returned model holds."""
    text = """
        import tensorflow as tf

        class Layer(tf.Module):
            def __init__(self):
                super().__init__()
                self.w = tf.Variable(tf.ones([3, 3]), name="w")
                self.b = tf.Variable(tf.zeros([3]), name="b")

        class Net(tf.Module):
            def __init__(self):
                super().__init__()
                self.first, self.second = Layer(), Layer()
                first, second = Layer(), Layer()  # should have been the same
                self.forward = lambda x: (x @ first.w + first.b) @ second.w + second.b

            @tf.function(input_signature=[tf.TensorSpec([None, 3])])
            def __call__(self, x):
                return self.forward(x)

        def build():
            return Net()

        def sample_inputs():
            return tf.ones([1, 3])
    """
    built = at.factory(text).build()
    fill(built.variables)
    at.save(tf.train.Checkpoint(built))
    at.right(built)


@case("M18", {"restored": 3}, "consumed 2/2", attach="model")
def called_layer_is_another(at: Place) -> None:
    """A Keras model that calls the layer it was given, and keeps a fresh one of the same name."""
    text = """
        import keras
        import numpy as np

        class Net(keras.Model):
            def __init__(self, top):
                super().__init__()
                self.top = keras.layers.Dense(2)
                self.top.build((None, 3))
                self.hidden = lambda: top

            def call(self, x):
                return self.hidden()(x)

        def build():
            top = keras.layers.Dense(2)
            top.build((None, 3))
            return Net(top)

        def sample_inputs():
            return np.ones((1, 3), "float32")
    """
    made = at.factory(text)
    built = made.build()
    built(made.sample_inputs())
    fill(built.top.variables)
    at.save(tf.train.Checkpoint(model=built))


@case("M21", {"restored": 2, "value_differs": 1}, "consumed 2/2", dry={"restored": 3})
def first_call_starts_afresh(at: Place) -> None:
    """The first call gives the kernel its first values, after the restore."""
    text = """
        import tensorflow as tf

        class Lazy(tf.Module):
            def __init__(self):
                super().__init__()
                self.kernel = tf.Variable(tf.zeros([3, 2]))
                self.bias = tf.Variable(tf.zeros([2]))
                self.ready = False

            def __call__(self, x):
                if not self.ready:
                    self.kernel.assign(tf.ones([3, 2]) / 3)
                    self.ready = True
                return x @ self.kernel + self.bias

        def build():
            return Lazy()

        def sample_inputs():
            return tf.ones([1, 3])
    """
    built = at.factory(text).build()
    fill([built.kernel, built.bias])
    at.save(tf.train.Checkpoint(built))


@case("M21", {"restored": 7, "value_differs": 2}, "consumed 8/8", dry={"restored": 9})
def always_in_training(at: Place) -> None:
    """BatchNormalization called with training=True moves its averages with every call."""
    text = """
        import keras
        import numpy as np

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.first = keras.layers.Dense(3)
                self.norm = keras.layers.BatchNormalization()
                self.top = keras.layers.Dense(2)

            def call(self, x):
                return self.top(self.norm(self.first(x), training=True))

        def build():
            net = Net()
            net(np.zeros((1, 3), "float32"))
            return net

        def sample_inputs():
            return np.arange(12, dtype="float32").reshape(4, 3)
    """
    built = at.factory(text).build()
    fill(built.variables)
    at.save(tf.train.Checkpoint(built))
