"""M01: a name on the way is another one."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, copy, fill, run


def _renamed(at: Place, training: str, factory: str, attach: str = "model") -> None:
    """Save what `training` builds; the factory's variables are the same ones in the same order."""
    source = run(training).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(**{attach: source}))
    built = at.factory(factory).build()
    target = built["model"] if isinstance(built, dict) else built
    copy(source.variables, target.variables)
    at.right(built)


NET = """
    import keras
    import numpy as np

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.ENCODER = keras.layers.Dense(4, name="inner")
            self.HEAD = keras.layers.Dense(2, name="outer")

        def call(self, x):
            return self.HEAD(self.ENCODER(x))

    def made():
        net = Net()
        net(np.zeros((1, 3), "float32"))
        return net
"""
BARE = """
    def build():
        return made()
"""
NAMED = """
    def build():
        return {"model": made()}
"""


def _net(encoder: str, head: str) -> str:
    return NET.replace("ENCODER", encoder).replace("HEAD", head)


LOST_4 = {"restored": 1, "missing_in_model": 4, "missing_in_checkpoint": 4}


@case("M01", LOST_4, "partial 0/4", repair="write_fixed")
def other_name_at_the_root(at: Place) -> None:
    """Saved as Checkpoint(net=...), restored as Checkpoint(model=...): not one value comes."""
    text = _net("encoder", "head")
    _renamed(at, text + BARE, text + NAMED, "net")


@case(
    "M01", {"restored": 3, "missing_in_model": 2, "missing_in_checkpoint": 2}, "partial 2/4",
    repair="write_fixed", attach="model",
)  # fmt: skip
def renamed_attribute(at: Place) -> None:
    """self.encoder became self.backbone."""
    _renamed(at, _net("encoder", "head") + BARE, _net("backbone", "head") + BARE)


@case("M01", LOST_4, "partial 0/4", repair="write_fixed", attach="model")
def both_attributes_renamed(at: Place) -> None:
    """Both layers have new names, and one has the name that the other had."""
    _renamed(at, _net("first", "second") + BARE, _net("bottom", "top") + BARE)


@case("M01", LOST_4, "partial 0/4", repair="write_fixed")
def wrapped_once_more(at: Place) -> None:
    """The factory puts the model into a holder; the checkpoint has it at the root."""
    text = _net("encoder", "head")
    source = run(text + BARE).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    built = at.factory("""
        import tensorflow as tf
    """ + text + """
    def build():
        holder = tf.Module()
        holder.core = made()
        return holder
    """).build()  # fmt: skip
    copy(source.variables, built.core.variables)
    at.right(built)


MODULES = """
    import tensorflow as tf

    class Block(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(tf.zeros([2, 3]))
            self.b = tf.Variable(tf.zeros([3]))

    class Tower(tf.Module):
        def __init__(self):
            super().__init__()
            self.BOTTOM = Block()
            self.out = tf.Variable(tf.zeros([3, 1]))

    def build():
        return BUILT
"""


@case(
    "M01", {"restored": 2, "missing_in_model": 2, "missing_in_checkpoint": 2}, "partial 1/3",
    repair="write_fixed",
)  # fmt: skip
def users_checkpoint_of_modules(at: Place) -> None:
    """The factory returns its own tf.train.Checkpoint; a module in it has a new name."""
    source = run(MODULES.replace("BOTTOM", "stem").replace("BUILT", "Tower()")).build()
    fill([source.out, source.stem.b, source.stem.w])
    at.save(tf.train.Checkpoint(tower=source))
    text = MODULES.replace("BOTTOM", "trunk").replace("BUILT", "tf.train.Checkpoint(tower=Tower())")
    checkpoint = at.factory(text).build()
    target = checkpoint.tower
    copy([source.out, source.stem.b, source.stem.w], [target.out, target.trunk.b, target.trunk.w])
    at.right(checkpoint)
