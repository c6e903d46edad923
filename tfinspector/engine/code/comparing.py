"""The page Compare: two snapshots variable by variable, and the totals."""

import os

from tfinspector.contents.comparisons import Comparison
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.variables import Role, Variable
from tfinspector.engine.code.figures import metric_code, shared_code
from tfinspector.engine.code.reading import (
    NUMBERS,
    literal,
    opening_code,
    path_in_code,
    readable,
    script,
)
from tfinspector.engine.open_source import OpenSource

_METRICS = ("l2", "relative_l2", "max_abs", "changed_fraction")
_EPSILON = 0.0  # of a metric that is not among them
_COMPARE = """

A, B = open_values({a!r}), open_values({b!r})
# (name, key in A, key in B, whether it is a weight) of what is on both sides.
PAIRS = {pairs}
ONLY_A = {only_a}
ONLY_B = {only_b}
for name in ONLY_A:
    print("only in A", name)
for name in ONLY_B:
    print("only in B", name)
weights = moved = l2 = norm = 0.0
for name, key_a, key_b, is_weight in PAIRS:
    a, b = np.asarray(A.get_tensor(key_a)), np.asarray(B.get_tensor(key_b))
    if a.shape != b.shape:
        print("other shape", name, a.shape, b.shape)
        continue
    share = changed(a, b).mean() if a.size else 0.0
    if a.dtype.kind in "OSU":
        print("moved" if share else "identical", name, "strings")
        continue
    if share or a.dtype != b.dtype:
        print("moved", name, "l2 %.9g relative_l2 %.9g max_abs %.9g changed_fraction %.9g" % tuple(
            function(a, b) for function in ({functions})))
    else:
        print("identical", name)
    if is_weight:
        weights, moved = weights + a.size, moved + share * a.size
        if np.isfinite(numbers_of(a)).all() and np.isfinite(numbers_of(b)).all():
            l2, norm = l2 + figure_l2(a, b) ** 2, norm + np.sum(numbers_of(a) ** 2)
print("%d of %d parameters moved, by %.9g in all" % (round(moved), weights, l2**0.5))
"""


def comparison_of(a: OpenSource, b: OpenSource, found: Comparison) -> str:
    """What of A is also in B, and how far it moved.

    Raises Unreadable where A and B are files of different kinds.
    """
    pairs = [
        (name, one.key, other.key, _is_weight(one))
        for name, one, other in _pairs(found)
        if readable((one, other))[1:]
    ]
    functions = ", ".join(f"figure_{metric}" for metric in _METRICS)
    return script(
        f"Compares {os.path.basename(found.a.path)} (A) with {os.path.basename(found.b.path)} (B).",
        opening_code(((a, found.a.path), (b, found.b.path))),
        NUMBERS, shared_code(_METRICS),
        *(metric_code(metric, _EPSILON, f"figure_{metric}") for metric in _METRICS),
        _COMPARE.format(
            a=path_in_code(a, found.a.path), b=path_in_code(b, found.b.path), pairs=literal(pairs),
            only_a=literal([told.name for told in found.removed]),
            only_b=literal([told.name for told in found.added]), functions=functions,
        ),
    )  # fmt: skip


def _pairs(found: Comparison) -> list[tuple[str, Variable, Variable]]:
    """Moved ones first, as the page has them."""
    return [
        *((moved.name, moved.a, moved.b) for moved in found.moved),
        *((same.name, same.a, same.b) for same in found.identical),
        *((told.name, told.a, told.b) for told in found.changed if told.a and told.b),
    ]


def _is_weight(variable: Variable) -> bool:
    return variable.role is Role.WEIGHT and variable.dtype.kind is DTypeKind.FLOAT
