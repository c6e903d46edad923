"""What could be saved of a damaged checkpoint, and the words for it in both faces."""

import os
from dataclasses import dataclass
from typing import NamedTuple

from tfinspector.contents import numbers


class Lost(NamedTuple):
    """A variable that could not be saved anew, and why: a sentence that goes on from its name."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Salvaged:
    """A new checkpoint of what could be read of another one.

    `kept` are the names of its variables, each of whose bytes was held against its checksum;
    `nbytes` is what they take. `has_graph`: objects are restored from it, else names are.
    """

    prefix: str
    source: str
    kept: tuple[str, ...]
    lost: tuple[Lost, ...]
    nbytes: int
    has_graph: bool


def salvaged_words(salvaged: Salvaged) -> str:
    """ "23 of 24 variables (1.2 MB) are saved in ckpt-ok, 1 is lost." """
    kept, lost = len(salvaged.kept), len(salvaged.lost)
    where = f"({numbers.size(salvaged.nbytes)}) saved in {os.path.basename(salvaged.prefix)}"
    what = numbers.counted(kept, "variable")
    if not lost:
        return f"{what} {where}, nothing is lost."
    return f"{what} {where}; lost: {numbers.whole(lost)}."


def how_to_restore(salvaged: Salvaged) -> str:
    """What plain TensorFlow does with the new checkpoint."""
    if not salvaged.has_graph:
        return "It has no object graph: read its values by name, with tf.train.load_checkpoint."
    if not salvaged.lost:
        return "tf.train.Checkpoint.restore restores it like the old one."
    return (
        "tf.train.Checkpoint.restore restores the rest; what is lost keeps the values of a new "
        "object, and assert_existing_objects_matched() names it."
    )
