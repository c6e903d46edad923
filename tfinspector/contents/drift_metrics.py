"""What is measured of a variable over a run: the names of `cli.md`, and how each is shown.

Two kinds. OWN metrics belong to one snapshot ("norm"). CHANGE metrics belong to a pair, from the
reference to the snapshot ("relative_l2"). `figures` names the own ones as `Statistics` does where
both have them; the norm of a variable is `norm`, because `l2` is the length of its change.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reference(StrEnum):
    """What a snapshot is compared with."""

    FIRST = "first"
    PREVIOUS = "previous"
    CHOSEN = "chosen"


class Reach(StrEnum):
    """What values a metric can take, so that a page finds its colours and axes.

    POSITIVE   0 and more, over many magnitudes: a logarithmic scale shows it
    FRACTION   0 to 1
    COSINE     -1 to 1, and 1 for what did not turn
    SIGNED     either side of zero: colours that part there
    COUNT      whole numbers; one is news
    """

    POSITIVE = "positive"
    FRACTION = "fraction"
    COSINE = "cosine"
    SIGNED = "signed"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Metric:
    """`title` is what a person reads, `meaning` one sentence; `of_change`: needs a reference."""

    name: str
    title: str
    meaning: str
    reach: Reach
    of_change: bool


def _change(name: str, title: str, reach: Reach, meaning: str) -> Metric:
    return Metric(name, title, meaning, reach, True)


def _own(name: str, title: str, reach: Reach, meaning: str) -> Metric:
    return Metric(name, title, meaning, reach, False)


METRICS: tuple[Metric, ...] = (
    _change("relative_l2", "relative change", Reach.POSITIVE,
            "The length of the change, in lengths of the reference."),
    _change("l2", "change (L2)", Reach.POSITIVE,
            "The length of the change: the root of its summed squares."),
    _change("cosine", "cosine similarity", Reach.COSINE,
            "The cosine of the angle between the reference and the snapshot."),
    _change("max_abs", "largest change", Reach.POSITIVE,
            "The largest change of one element, without its sign."),
    _change("mean_abs", "mean change of an element", Reach.POSITIVE,
            "The mean change of an element, without its sign."),
    _change("changed_fraction", "changed elements", Reach.FRACTION,
            "The share of elements whose bits are not the same."),
    _change("changed_beyond", "elements changed beyond noise", Reach.FRACTION,
            "The share of elements that changed by more than epsilon of their magnitude."),
    _change("sign_flips", "changed signs", Reach.FRACTION,
            "The share of elements whose sign turned."),
    _change("wasserstein", "Wasserstein distance", Reach.POSITIVE,
            "How far the values of the distribution moved on average, whichever element has them."),
    _change("ks", "Kolmogorov–Smirnov distance", Reach.FRACTION,
            "The largest distance between the two cumulative distributions."),
    _change("mean_change", "change of the mean", Reach.SIGNED, "The mean, less the reference's."),
    _change("std_change", "change of the spread", Reach.SIGNED,
            "The standard deviation, less the reference's."),
    _change("norm_change", "change of the norm", Reach.SIGNED,
            "The norm, less the reference's."),
    _change("zero_change", "change of the share of zeros", Reach.SIGNED,
            "The share of zeros, less the reference's."),
    _own("norm", "norm (L2)", Reach.POSITIVE, "The root of the summed squares of finite values."),
    _own("mean", "mean", Reach.SIGNED, "The mean of the finite values."),
    _own("std", "standard deviation", Reach.POSITIVE, "The spread of the finite values."),
    _own("min", "minimum", Reach.SIGNED, "The least finite value."),
    _own("max", "maximum", Reach.SIGNED, "The greatest finite value."),
    _own("zero_fraction", "share of zeros", Reach.FRACTION, "The share of elements that are zero."),
    _own("zero", "zeros", Reach.COUNT, "How many elements are zero."),
    _own("nan", "NaN", Reach.COUNT, "How many elements are NaN."),
    _own("posinf", "+Inf", Reach.COUNT, "How many elements are infinite."),
    _own("neginf", "−Inf", Reach.COUNT, "How many elements are infinite and negative."),
)  # fmt: skip
"""Every metric, the one to begin with first."""

METRIC_BY_NAME = {metric.name: metric for metric in METRICS}
DIFF_FIGURES = ("l2", "relative_l2", "cosine", "max_abs", "changed_fraction", "sign_flips")
"""What `diff` tells of a variable that moved, at least."""

PAIR_FIGURES = (
    "l2", "relative_l2", "cosine", "max_abs", "mean_abs", "changed_fraction", "changed_beyond",
    "sign_flips", "wasserstein", "ks",
)  # fmt: skip
"""What is measured of pairs; the other changes follow from the snapshots' own figures."""

OWN_FIGURES = ("norm", "mean", "std", "min", "max", "zero", "nan", "posinf", "neginf")
"""What is measured of each snapshot."""

ERRORS = {"wasserstein": "wasserstein_error", "ks": "ks_error"}
"""Metrics that come from sketches, and where their error bound is: the true value is not farther
off than so much (0 where the sketches are exact)."""
