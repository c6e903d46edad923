"""N01: variables that hold NaN or infinite values, as it was measured."""

from collections.abc import Iterable

from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.variables import Variable

_NAMED_AT_MOST = 20


def find_odd_values(
    measured: Iterable[tuple[Variable, Statistics | Unmeasured]], where: str
) -> list[Finding]:
    """At most one finding for the checkpoint `where`; it names the first ones with their counts."""
    total, odd = 0, []
    for variable, figures in measured:
        if isinstance(figures, Unmeasured):
            continue
        total += 1
        if figures.nan or figures.posinf or figures.neginf:
            odd.append((variable, figures))
    if not odd:
        return []
    named = [
        {
            "name": variable.name, "nan": figures.nan, "posinf": figures.posinf,
            "neginf": figures.neginf, "count": figures.count,
        }
        for variable, figures in odd[:_NAMED_AT_MOST]
    ]  # fmt: skip
    return [
        Finding(
            "N01", Severity.WARNING, _title(odd, total),
            "A model restored from here computes NaN wherever these values take part, and training "
            "on from it does not recover.",
            where, {"odd": len(odd), "measured": total, "variables": named},
            Fix(
                "Go back to a snapshot whose values are all finite, and train on from it with a "
                "lower learning rate or with clipped gradients.",
                "optimizer = tf.keras.optimizers.Adam(learning_rate, clipnorm=1.0)\n"
                "tf.debugging.enable_check_numerics()  # stops at the operation that makes the NaN",
            ),
        )
    ]  # fmt: skip


def _title(odd: list[tuple[Variable, Statistics]], total: int) -> str:
    nan = any(figures.nan for _, figures in odd)
    infinite = any(figures.posinf or figures.neginf for _, figures in odd)
    what = " or ".join(["NaN"] * nan + ["infinite"] * infinite)
    first = odd[0][0].name
    if total == 1:
        return f"`{first}`, the only variable measured, holds {what} values."
    if len(odd) == 1:
        return f"`{first}` holds {what} values; the other {total - 1} measured are finite."
    return f"{len(odd)} of {total} variables hold {what} values, `{first}` first."
