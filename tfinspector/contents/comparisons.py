"""Two sources side by side: what was added, removed, renamed, what changed, moved or stayed.

`engine.comparing` makes these for `diff` and the page Compare. A is the older side: what is only
in B was added. Stable: fields are added, those here keep their meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tfinspector.contents.checkpoints import Snapshot
from tfinspector.contents.findings import Finding
from tfinspector.contents.numbers import counted
from tfinspector.contents.variables import Variable

_MOST_NAMED = 3


class Told(NamedTuple):
    """A variable, and one sentence on why it is where it is."""

    name: str
    reason: str
    a: Variable | None = None
    b: Variable | None = None


class RenamedPair(NamedTuple):
    """A variable that has another name in B; how sure that is (0 to 1; 1 from a map), and why."""

    a: Variable
    b: Variable
    confidence: float
    why: str


class MovedPair(NamedTuple):
    """A variable that is in both and does not hold the same: figures as in `drift_metrics`."""

    name: str
    a: Variable
    b: Variable
    figures: Mapping[str, float]


class SamePair(NamedTuple):
    """A variable whose bits are the same in both."""

    name: str
    a: Variable
    b: Variable


@dataclass(frozen=True, slots=True)
class Totals:
    """Of the figures' pairs: how many parameters moved, and the whole's L2 and relative L2.

    `left_out` are the names of variables with elements that are NaN or infinite on either side:
    both L2 are without them. How many parameters moved is counted in them too.
    """

    parameters: int
    moved_parameters: int
    l2: float
    relative_l2: float
    left_out: tuple[str, ...] = ()

    @property
    def left_out_words(self) -> str:
        """A sentence on `left_out` to stand behind the total; "" where all is in it."""
        if not self.left_out:
            return ""
        names = ", ".join(self.left_out[:_MOST_NAMED])
        more = len(self.left_out) - _MOST_NAMED
        return (
            f"{counted(len(self.left_out), 'variable')} with NaN or infinite values left out of "
            f"the total: {names}{f' and {more:,} more' if more > 0 else ''}."
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """A against B. Every variable of either side is in exactly one of `added`, `removed`,
    `changed` (shape or type), `moved`, `identical` and `unread` (why not); `renamed` pairs
    are among them too, under their name in B.
    """

    a: Snapshot
    b: Snapshot
    added: tuple[Told, ...]
    removed: tuple[Told, ...]
    changed: tuple[Told, ...]
    renamed: tuple[RenamedPair, ...]
    moved: tuple[MovedPair, ...]
    identical: tuple[SamePair, ...]
    unread: tuple[Told, ...]
    totals: Totals
    findings: tuple[Finding, ...] = ()
