"""Words of findings: lists, counts and shapes as a person writes them."""

from collections.abc import Iterable, Sequence

from tfinspector.contents.saved_models import Shape

MOST_LISTED = 40
WRITE_REPAIRED = "Write repaired checkpoint (--write-fixed on the command line)"
"""A repair by both its doors: a finding is shown in the window and on the command line."""


def count(number: int, noun: str) -> str:
    """ "1 variable", "12 variables"."""
    plural = noun if number == 1 else noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {plural}"


def shown(names: Sequence[str], most: int = 3) -> str:
    """ "`a`, `b` and 3 more"."""
    quoted = [f"`{name}`" for name in names[:most]]
    more = len(names) - len(quoted)
    if more:
        return f"{', '.join(quoted)} and {more:,} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def shape(value: Shape) -> str:
    """ "(3, 4)", "(?, 4)"."""
    if value is None:
        return "unknown shape"
    sizes = ["?" if each is None else str(each) for each in value]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def listed(names: Iterable[str]) -> list[str]:
    """For evidence: the first of them, and how many more there are."""
    names = list(names)
    more = len(names) - MOST_LISTED
    return [*names[:MOST_LISTED], f"and {more:,} more"] if more > 0 else names


def what(kind: str) -> str:
    """ "Layer" for a layer of Keras, "Model", else the class's name."""
    name = kind.rpartition(".")[2]
    if kind.startswith(("keras.src.layers", "tf_keras.src.layers")):
        return "Layer"
    if name in ("ListWrapper", "_TupleWrapper", "TrackedList"):
        return "List"
    return "Part" if name in ("AutoTrackable", "Module", "Wrapper", "_DictWrapper") else name


def size(nbytes: int) -> str:
    """Bytes as people say them: "1.5 GiB"."""
    return f"{nbytes / 2**30:.1f} GiB" if nbytes >= 2**30 else f"{nbytes / 2**20:.1f} MiB"
