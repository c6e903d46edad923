"""M15, M16, M19 and S13: what is no variable, no trackable object, or no checkpoint."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill

LOOKUP = """
    import keras
    import numpy as np

    def build(data=None):
        layer = keras.layers.LAYER()
        if data is not None:
            layer.adapt(np.array(data))
        words = keras.Input((1,), dtype="DTYPE")
        hidden = keras.layers.Embedding(8, 2)(layer(words))
        return keras.Model(words, keras.layers.Dense(1)(hidden))
"""


@case("M15", {"restored": 4, "not_comparable": 2}, "consumed 3/3", attach="model")
def string_lookup(at: Place) -> None:
    """The words that a StringLookup was adapted to are in no checkpoint."""
    text = LOOKUP.replace("DTYPE", "string").replace("LAYER", "StringLookup")
    _lookup(at, text, ["red", "green", "blue"])


@case("M15", {"restored": 4, "not_comparable": 2}, "consumed 3/3", attach="model")
def integer_lookup(at: Place) -> None:
    """Nor are the numbers of an IntegerLookup."""
    text = LOOKUP.replace("DTYPE", "int64").replace("LAYER", "IntegerLookup")
    _lookup(at, text, [12, 7, 99])


def _lookup(at: Place, text: str, data: list[object]) -> None:
    built = at.factory(text).build(data)
    fill(built.variables)
    at.save(tf.train.Checkpoint(model=built))


@case("", {"restored": 3, "not_comparable": 1}, "consumed 2/2", also=("M16",))
def iterator_of_the_data(at: Place) -> None:
    """The place in the data set is restored with the weights, and can't be compared."""
    text = """
        import tensorflow as tf

        def build():
            weight = tf.Variable(tf.zeros([2, 2]))
            numbers = iter(tf.data.Dataset.range(20).shuffle(5, seed=3).batch(2))
            return {"weight": weight, "step": tf.Variable(0), "numbers": numbers}
    """
    built = at.factory(text).build()
    fill([built["weight"], built["step"]])
    next(built["numbers"])
    at.save(tf.train.Checkpoint(**built))


@case("", {"restored": 2, "missing_in_model": 1}, "partial 1/1", also=("M16",))
def iterator_left_out(at: Place) -> None:
    """The iterator was saved and is not wanted: nothing of the weights is lost."""
    made = at.factory("""
        import tensorflow as tf

        def build():
            return {"weight": tf.Variable(tf.zeros([2, 2]))}
    """)
    built = made.build()
    fill(built.values())
    numbers = iter(tf.data.Dataset.range(20))
    at.save(tf.train.Checkpoint(**built, numbers=numbers))


PLAIN_OBJECT = """
    import tensorflow as tf

    class Schedule:
        rate = 0.1

    def build():
        return {"weight": tf.Variable(tf.zeros([2, 2])), THING}
"""


def _with_weight(at: Place, thing: str) -> None:
    made = at.factory(PLAIN_OBJECT.replace("THING", thing))
    built = made.build()
    fill([built["weight"]])
    at.save(tf.train.Checkpoint(weight=built["weight"]))


@case("M19", {}, "ValueError 0/1")
def plain_object(at: Place) -> None:
    """An object of the user's own class, which is not trackable."""
    _with_weight(at, '"schedule": Schedule()')


@case("M19", {}, "ValueError 0/1")
def function_among_them(at: Place) -> None:
    """A function beside the weights."""
    _with_weight(at, '"loss": lambda x: x')


SMALL = """
    import keras

    def model():
        features = keras.Input((3,), name="features")
        hidden = keras.layers.Dense(4, name="hidden")(features)
        return keras.Model(features, keras.layers.Dense(2, name="top")(hidden))

    def build():
        return BUILT
"""


@case(
    "S13", {"missing_in_model": 4, "missing_in_checkpoint": 4}, "partial 0/4", given="saved",
    also=("M01",), repair="write_fixed",
)  # fmt: skip
def saved_model_under_a_name(at: Place) -> None:
    """A SavedModel has the model at its root, the program wants it as model=."""
    built = at.factory(SMALL.replace("BUILT", '{"model": model()}')).build()
    fill(built["model"].variables)
    tf.saved_model.save(built["model"], str(at.directory / "saved"))
    at.right(built)


@case(
    "S13", {"missing_in_model": 8, "missing_in_checkpoint": 4}, "partial 0/4", given="exported",
    repair="write_fixed",
)  # fmt: skip
def exported_model(at: Place) -> None:
    """model.export() keeps a list of variables, and no layers."""
    built = at.factory(SMALL.replace("BUILT", "model()")).build()
    fill(built.variables)
    built.export(str(at.directory / "exported"), verbose=False)
    at.right(built)
