"""The inspector: any slice of a variable, and histograms of several on the same edges."""

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.figures import Scale
from tfinspector.contents.variables import Variable
from tfinspector.engine.code.reading import (
    NUMBERS,
    literal,
    opening_code,
    path_in_code,
    readable,
    script,
)
from tfinspector.engine.open_source import OpenSource


class Drawn(NamedTuple):
    """One histogram: a variable of a snapshot."""

    opened: OpenSource
    snapshot: str
    variable: Variable


_SLICE = """
values = open_values({path!r})
value = np.asarray(values.get_tensor({key!r}))
part = value[{where}]
print({name!r}, value.dtype, value.shape, "of which", part.shape)
print(part)
"""
_HISTOGRAM = """
# (file, key, name) of each, and the edges that all are counted between.
DRAWN = {drawn}
EDGES = {edges}
for path, key, name in DRAWN:
    numbers = numbers_of(open_values(path).get_tensor(key))
    finite = numbers[np.isfinite(numbers)]
    counts, _ = np.histogram(finite, EDGES)
    print(name, "below", np.sum(finite < EDGES[0]), "above", np.sum(finite > EDGES[-1]),
          "nan", np.sum(np.isnan(numbers)), "inf", np.sum(np.isinf(numbers)))
    print(counts.tolist())
"""


def slice_of(opened: OpenSource, snapshot: str, variable: Variable, text: str) -> str:
    """The slice as NumPy writes it, "0:4, :"; "" is all of it."""
    if not readable([variable]):
        return ""
    return script(
        f"Reads a part of {variable.name} in {os.path.basename(snapshot)}.",
        opening_code([(opened, snapshot)]), "\n",
        _SLICE.format(
            path=path_in_code(opened, snapshot), key=variable.key, name=variable.name,
            where=text.strip() or "...",
        ),
    )  # fmt: skip


def histograms_of(drawn: Sequence[Drawn], edges: NDArray[np.float64], scale: Scale) -> str:
    """Counts of these between the edges, as the picture draws them."""
    wanted = [each for each in drawn if readable([each.variable])]
    if not wanted or len(edges) < 2:
        return ""
    rows = [
        (path_in_code(each.opened, each.snapshot), each.variable.key, each.variable.name)
        for each in wanted
    ]
    return script(
        "Counts values between the same edges.",
        opening_code((each.opened, each.snapshot) for each in wanted), NUMBERS, "\n",
        _HISTOGRAM.format(drawn=literal(rows), edges=_edges_code(edges, scale)),
    )  # fmt: skip


def _edges_code(edges: NDArray[np.float64], scale: Scale) -> str:
    """Even ones by the call that makes them, others one by one."""
    low, high, count = float(edges[0]), float(edges[-1]), len(edges)
    if scale is Scale.LINEAR and np.array_equal(edges, np.linspace(low, high, count)):
        return f"np.linspace({low!r}, {high!r}, {count})"
    return f"np.array({literal(edges.tolist())})"
