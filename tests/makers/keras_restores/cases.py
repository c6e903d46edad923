"""The cases of the Keras corpus: what is saved, what it is restored into, what is expected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MODELS = Path(__file__).parent / "models.py"


@dataclass(frozen=True)
class KerasCase:
    """One restore.

    found     class of the first finding, "" for a healthy one: then nothing is an alarm
    saved     function of `models` whose model is written to `file`, by Keras 3 or 2 (`writer`)
    build     function of `models` that is restored into, in `python`
    restored  how many weights of the model are restored, `weights` how many it has
    way       how: by "load_weights" alone, or by "assignment"
    older_groups  the groups are renamed to what Keras 2.12 wrote
    """

    name: str
    found: str
    saved: str
    file: str
    build: str
    restored: int
    weights: int
    way: str = "assignment"
    writer: str = "keras3"
    python: str = "main"
    older_groups: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every weight has its value afterwards."""
        return self.restored == self.weights


def _healthy(name: str, saved: str, file: str, build: str, weights: int) -> KerasCase:
    return KerasCase(f"healthy_{name}", "", saved, file, build, weights, weights, "load_weights")


CASES = (
    _healthy("weights", "plain", "a.weights.h5", "plain", 10),
    _healthy("archive", "trained", "a.keras", "plain", 10),
    _healthy("whole_h5", "plain", "a.h5", "plain", 10),
    _healthy("unnamed", "unnamed", "a.weights.h5", "unnamed", 8),
    _healthy("unnamed_h5", "unnamed", "a.h5", "unnamed", 8),
    _healthy("sequence", "sequence", "a.weights.h5", "sequence", 17),
    _healthy("own", "own", "a.weights.h5", "own", 4),
    _healthy("frozen", "plain", "a.weights.h5", "frozen", 10),
    _healthy("ready", "trained", "a.weights.h5", "ready", 10),
    KerasCase("healthy_older_weights", "", "plain", "a.weights.h5", "plain", 10, 10,
              "load_weights", writer="keras2"),
    KerasCase("healthy_newer_weights", "", "plain", "a.weights.h5", "plain", 10, 10,
              "load_weights", python="legacy"),
    KerasCase("k03_older_archive", "K03", "unnamed", "a.keras", "unnamed", 8, 8, "load_weights",
              writer="keras2"),
    KerasCase("k03_older_h5", "K03", "plain", "a.h5", "plain", 10, 10, "load_weights",
              writer="keras2"),
    KerasCase("healthy_older_groups", "", "plain", "a.weights.h5", "plain", 10, 10,
              "load_weights", older_groups=True),
    KerasCase("k04_nested", "K04", "plain", "a.weights.h5", "nested", 10, 10),
    KerasCase("k04_attribute", "K04", "own", "a.weights.h5", "own_renamed", 4, 4),
    KerasCase("k04_put_in", "K04", "plain", "a.keras", "longer", 10, 12),
    KerasCase("k05_put_in", "K05", "plain", "a.h5", "longer", 10, 12),
    KerasCase("k05_bias", "K05", "plain", "a.h5", "without_bias", 9, 9),
    KerasCase("k06_unbuilt", "K06", "trained", "a.weights.h5", "compiled", 10, 10,
              "load_weights"),
    KerasCase("k06_other", "K06", "trained_by_sgd", "a.weights.h5", "ready", 10, 10,
              "load_weights"),
    KerasCase("m06_exchanged", "M06", "twins", "a.weights.h5", "exchanged", 8, 8),
    KerasCase("m08_wider", "M08", "plain", "a.weights.h5", "wider", 0, 10),
    KerasCase("m14_frozen", "M14", "body", "a.h5", "body_frozen", 8, 8),
    KerasCase("m14_other_frozen", "M14", "body_frozen", "a.h5", "body_other_frozen", 8, 8),
    KerasCase("m14_order", "M14", "twins", "a.h5", "exchanged", 8, 8),
    KerasCase("f12_weights_as_h5", "F12", "plain", "a.weights.h5>b.h5", "plain", 10, 10),
    KerasCase("f12_h5_as_weights", "F12", "plain", "a.h5>b.weights.h5", "plain", 10, 10),
)  # fmt: skip
