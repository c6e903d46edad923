"""What TensorFlow and Keras say when a restore fails, and what they mean by it.

The patterns are those of section 7 of `shared/knowledge/restore_failures.md`. Some sentences
mislead, so they are translated (`translate`). A text is never enough for a diagnosis: it adds to
evidence, or stands in where there is none.
"""

import re
from typing import NamedTuple


class Saying(NamedTuple):
    """A sentence of TensorFlow's or Keras's.

    classes  of failures that it may come from, the likeliest first
    meaning  what it means, for people; "" where it says so itself
    """

    pattern: str
    classes: tuple[str, ...]
    meaning: str = ""


SAYINGS: tuple[Saying, ...] = (
    Saying(
        r"bad magic number", ("F02", "F07"),
        "TensorFlow was given a file that is no index of a checkpoint: a data file, the text file "
        "`checkpoint`, or something that was never downloaded whole. Give it the prefix.",
    ),
    Saying(
        r"Is a directory|Access is denied", ("F03",),
        "TensorFlow was given a directory, and wants the prefix of one checkpoint in it.",
    ),
    Saying(
        r"Failed to find any matching files", ("F03", "F04", "F05", "F06", "S03"),
        "TensorFlow took the path for a pattern and found no file: the number at the end may be "
        "missing, the files may have moved, or the path holds one of [ ] * ? { }.",
    ),
    Saying(
        r"Couldn't match files for checkpoint", ("F05", "F04"),
        "The text file `checkpoint` names a path that is not there any more, so "
        "latest_checkpoint() returns None, and restore(None) restores nothing, silently.",
    ),
    Saying(
        r"Checksum does not match", ("F08",),
        "The bytes of a tensor are not those that were saved.",
    ),
    Saying(
        r"Read (less|fewer) bytes than requested", ("F07",),
        "A data file is shorter than the index says: it was cut off, or is a pointer of Git LFS.",
    ),
    Saying(r"file is too short to be an sstable", ("F07",), "The index is empty or cut off."),
    Saying(
        r"block checksum mismatch|failed to seek to header", ("F07", "F08"),
        "The index itself is damaged. TensorFlow guesses that a newer version wrote it; that is "
        "almost never so.",
    ),
    Saying(
        r"MergeV2Checkpoints|_temp/part-|tempstate", ("F09",),
        "The save was interrupted, or two processes saved to the same path.",
    ),
    Saying(
        r"File system scheme", ("F13", "F04"),
        "The machine that reads can't reach the path: a TPU's worker reads no local files, and a "
        "colon in a relative path is taken for a scheme.",
    ),
    Saying(
        r"NameBasedSaverStatus|attributes which were not restored", ("F01", "M10"),
        "TensorFlow found no object graph and restored by names: either the path ends in .index, "
        "or the checkpoint was written by TensorFlow 1.",
    ),
    Saying(
        r"[Aa]n attribute in the restored object could not be found in the checkpoint",
        ("M01", "M08"),
        "TensorFlow says the opposite of what it means: the checkpoint has this value, and the "
        "object in your program has no place for it.",
    ),
    Saying(
        r"Unresolved object in checkpoint|could not be found in the restored object",
        ("M01", "M04", "M11"),
        "The checkpoint has a value that nothing in your program took. For an optimizer that is "
        "harmless; for a weight it means that a name differs or a layer is not built yet.",
    ),
    Saying(
        r"not bound to checkpointed values", ("M01", "M02"),
        "Variables of the model found no counterpart in the checkpoint and keep their initial "
        "values.",
    ),
    Saying(
        r"Nothing except the root object matched", ("M01", "M02", "S13"),
        "No name matched at all: the root of the checkpoint is another object than yours.",
    ),
    Saying(
        r"not assigned a value from checkpoint", ("M05",),
        "The object was found, yet its value never arrived: most often Keras 3 built the layer "
        "during the restore and swallowed the exception.",
    ),
    Saying(
        r"Received incompatible tensor|Assign requires shapes", ("M08", "M06"),
        "TensorFlow names the first shape that does not fit and stops; what came before it has "
        "been overwritten already.",
    ),
    Saying(
        r"does not equal original dtype", ("M09",),
        "The file holds another number type than the variable; TensorFlow does not convert.",
    ),
    Saying(
        r"Key _CHECKPOINTABLE_OBJECT_GRAPH not found", ("M10",),
        "The checkpoint was written by TensorFlow 1 and has no object graph. This message "
        "accompanies the true one: a variable's name is missing.",
    ),
    Saying(
        r"[Kk]ey \S+ not found in checkpoint|Tensor name .* not found", ("M10", "M12", "M13"),
        "A name-based restore looked for a name that the checkpoint does not have.",
    ),
    Saying(
        r"legacy .*Keras optimizer", ("M11",),
        "The optimizer's state is of the kind that Keras had before 2.11; use "
        "tf_keras.optimizers.legacy, or leave the optimizer out.",
    ),
    Saying(
        r"sufficient slices|Sliced checkpoints", ("M13",),
        "The variable was saved in parts and is asked for in another partition.",
    ),
    Saying(
        r"Inconsistent references|Two checkpoint references", ("M20",),
        "One value in the checkpoint belongs to two places that your program keeps apart: one of "
        "them stays as it was.",
    ),
    Saying(
        r"different from the scope", ("M17",),
        "The optimizer's state was restored outside the strategy's scope that the model was built "
        "in.",
    ),
    Saying(
        r"expecting .* to be a trackable", ("M19",),
        "The object is not one that TensorFlow can track: a Keras of another backend, or a plain "
        "Python object.",
    ),
    Saying(
        r"Only instances of keras\.Layer can be added", ("M19",),
        "Two kinds of Keras are mixed in one model.",
    ),
    Saying(
        r"You may be trying to load on a different device", ("S03", "S10"),
        "TensorFlow adds this whenever a file is missing; the device has nothing to do with it.",
    ),
    Saying(
        r"Please ensure the file is an accessible `?\.keras", ("F12",),
        "Keras says that the file is not found also when it exists and is no zip archive.",
    ),
    Saying(r"File format not supported", ("F12", "S11"), "Keras 3 loads no checkpoints by name."),
    Saying(
        r"No model config found|No model found in config", ("F12",),
        "The file holds weights only: build the model in code and load the weights into it.",
    ),
    Saying(
        r"expected \d+ variables, but received", ("K04", "M08"),
        "Keras says so also when the shapes of another object do not fit; the first real error "
        "may be further up.",
    ),
    Saying(r"was never built|has not (yet )?been built", ("M04", "K04"), "Build the model first."),
    Saying(r"Layer count mismatch|weight file containing", ("K05",)),
    Saying(r"Skipping variable loading for optimizer", ("K06",)),
    Saying(r"Could not locate class|Unknown layer", ("K01", "K03")),
    Saying(r"Unrecognized keyword arguments", ("K03",)),
    Saying(r"Python lambda|bad marshal", ("K02",)),
    Saying(r"OOM when allocating|[Rr]esource ?[Ee]xhausted|std::bad_alloc", ("R01",),
           "The device, or the computer, has not enough free memory."),
    Saying(r"Table not initialized", ("M15",),
           "A lookup layer has no vocabulary: checkpoints do not hold it."),
)  # fmt: skip


def look_up(text: str) -> tuple[str, ...]:
    """Ids of the classes that a text may come from, the likeliest first; empty for none."""
    found: dict[str, None] = {}
    for saying in _heard(text):
        found.update(dict.fromkeys(saying.classes))
    return tuple(found)


def translate(text: str) -> tuple[str, ...]:
    """What the known sentences in a text mean."""
    return tuple(dict.fromkeys(saying.meaning for saying in _heard(text) if saying.meaning))


def _heard(text: str) -> list[Saying]:
    return [saying for saying in SAYINGS if re.search(saying.pattern, text)]
