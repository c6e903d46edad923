"""A factory that returns a model nobody has called yet, and no `sample_inputs` to call it with.

Its variables do not exist when the snapshot is restored, so nothing can be assigned to them.
"""

from factory import SpiralNet


def build():
    """The right model, not built."""
    return {"model": SpiralNet()}
