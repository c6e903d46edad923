"""Where the Keras of a built model looks for its variables in a file."""

from dataclasses import dataclass, field
from typing import NamedTuple


class PlacedGroup(NamedTuple):
    """One object of the model that Keras saves.

    group  its place in a `.weights.h5`: "layers/dense_1"
    label  the same in names that people gave: "hidden_2"
    """

    group: str
    label: str
    name: str
    class_name: str


class PlacedLayer(NamedTuple):
    """One layer of the model, and its variables in the order of the older `.h5` files.

    That order is what is trained, then what is not: it changes with `trainable`.
    """

    name: str
    class_name: str
    variables: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KerasPlaces:
    """What Keras would look for, by its own rules; numbers are those of the model's variables.

    weights  key in a `.weights.h5` -> variable; empty where this Keras's rules are not known
    names    variable -> "hidden_2/kernel", in names that people gave
    root     variables that the model holds itself, beside its layers
    """

    weights: dict[str, int]
    groups: tuple[PlacedGroup, ...]
    layers: tuple[PlacedLayer, ...]
    names: dict[int, str] = field(default_factory=dict)
    root: tuple[int, ...] = ()
