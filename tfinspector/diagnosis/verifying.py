"""What it means that two models, or two devices, answer the same input differently: R03, R04."""

import shlex
from collections.abc import Sequence

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.verifications import OutputMatch

LEFT_OVER = "R06"
_ROUNDING = (
    "It is taken to explain as much of the largest value as the square root of the type's "
    "resolution: 0.035 % for float32."
)


def explain(
    first: str,
    second: str,
    device: str,
    found: Sequence[OutputMatch],
    paired: str,
    snapshots: tuple[str, str] | None = None,
) -> list[Finding]:
    """R04 for outputs that differ: an error, or a note where it is rounding only.

    `snapshots` are the two paths where one factory's model got the values of both: then it is known
    that the values make the difference.
    """
    both = [each for each in found if each.other]
    far = [each for each in both if not each.close]
    notes = []
    if far and snapshots is not None and snapshots[0] != snapshots[1]:
        notes.append(_moved(snapshots, far))
    elif far:
        notes.append(_apart(first, second, device, far))
    elif any(not each.equal for each in both):
        notes.append(_rounding(first, second, [each for each in both if not each.equal]))
    if paired == "in order" and len(both) > 1:
        pairs = ", ".join(f"{each.name} with {each.other}" for each in both)
        notes.append(
            Finding(
                "R05", Severity.INFO,
                "The outputs have other names on the other side, so they were compared in order.",
                f"{pairs[0].upper()}{pairs[1:]}.",
            )
        )  # fmt: skip
    return notes


def left_over(first: str, second: str, spare: Sequence[str], lone: Sequence[str]) -> list[Finding]:
    """R06: outputs without a counterpart."""
    missing = [(names, title) for names, title in ((lone, second), (spare, first)) if names]
    return [
        Finding(
            LEFT_OVER, Severity.ERROR,
            f"{_capital(title)} has no output like {', '.join(names)} of the other.",
            evidence={"outputs": list(names)},
            fix=Fix(
                "Compare a signature that returns the same as the model, by --signature; names of "
                "outputs count where at least one is on both sides."
            ),
        )
        for names, title in missing
    ]  # fmt: skip


def note_nans(found: Sequence[OutputMatch]) -> list[Finding]:
    """R04 as a note: NaN on both sides counts as equal, though not for `tf.equal`."""
    some = [each for each in found if each.nans]
    if not some:
        return []
    names = ", ".join(f"{each.name} ({numbers.counted(each.nans, 'element')})" for each in some)
    return [
        Finding(
            "R04", Severity.INFO, f"Both sides are NaN at the same places: {names}.",
            "They count as equal here. `tf.reduce_all(tf.equal(a, b))` says False, since NaN is "
            "not equal to itself.",
            evidence={each.name: {"nans": each.nans} for each in some},
        )
    ]  # fmt: skip


def needs_factory(path: str, against: str, checkpoint: str) -> Unreadable:
    """A checkpoint holds values only: without the model's code nothing of it can be called."""
    name = checkpoint.rstrip("/").rpartition("/")[2]
    command = f"tfinspector verify {shlex.quote(path)}"
    command += f" --against {shlex.quote(against)}" if against else ""
    return Unreadable(
        Finding(
            "R05", Severity.ERROR,
            f"{name} holds values only; to call it, say what builds the model.",
            "The model that the factory returns is restored from it and then called.",
            checkpoint,
            fix=Fix("Name the function that builds the model.",
                    f"{command} --factory FILE.py:build"),
        )
    )  # fmt: skip


def _apart(first: str, second: str, device: str, far: Sequence[OutputMatch]) -> Finding:
    worst = max(far, key=lambda each: each.max_rel)
    on = f" on {device}" if device and first == second else ""
    evidence: dict[str, object] = {
        each.name: {"max_abs": each.max_abs, "max_rel": each.max_rel} for each in far
    }
    if first == second:
        return Finding(
            "R03", Severity.ERROR,
            f"With the same input, {worst.name} of {first}{on} differs by "
            f"{_much(worst)} from what it is on the first device.",
            f"Rounding alone does not explain that. {_ROUNDING}", evidence=evidence,
            fix=Fix(
                "Have TensorFlow compute in full precision, and compare again.",
                "tf.config.experimental.enable_tensor_float_32_execution(False)",
            ),
        )  # fmt: skip
    if worst.relation:
        return _related(first, second, worst, evidence)
    return Finding(
        "R04", Severity.ERROR,
        f"With the same input, {worst.name} of {second} differs from {first} by {_much(worst)}.",
        "Rounding alone does not explain that: their values are not the same, or one of them "
        f"computes something else. {_ROUNDING}",
        evidence=evidence,
        fix=Fix(
            "Compare their variables first. Where those are equal, look for what the model does "
            "only in one of them: preprocessing, an activation, dropout, random numbers.",
            "tfinspector diff SAVEDMODEL CHECKPOINT",
        ),
    )  # fmt: skip


def _moved(snapshots: tuple[str, str], far: Sequence[OutputMatch]) -> Finding:
    """The same code with the values of two snapshots."""
    worst = max(far, key=lambda each: each.max_rel)
    start, end = (path.rstrip("/").rpartition("/")[2] for path in snapshots)
    return Finding(
        "R04", Severity.ERROR,
        f"From {start} to {end}, {worst.name} moved by {_much(worst)} for the same input.",
        f"The model is the same; its values are those of two snapshots. {_ROUNDING}",
        evidence={each.name: {"max_abs": each.max_abs, "max_rel": each.max_rel} for each in far},
        fix=Fix(
            "See which variables moved, and how far.",
            f"tfinspector diff {shlex.quote(snapshots[0])} {shlex.quote(snapshots[1])}",
        ),
    )  # fmt: skip


def _related(first: str, second: str, worst: OutputMatch, evidence: dict[str, object]) -> Finding:
    """The values are the same; one side does one step more."""
    return Finding(
        "R04", Severity.ERROR,
        f"{_capital(first)} and {second} compute the same up to a last step: "
        f"{worst.relation}.",
        "Their values are the same; one of them applies a function more to its output.",
        evidence=evidence | {"relation": worst.relation},
        fix=Fix(
            "Apply the same function on both sides before you compare: choose another signature, "
            "or add it to the model that the factory builds."
        ),
    )  # fmt: skip


def _rounding(first: str, second: str, near: Sequence[OutputMatch]) -> Finding:
    worst = max(near, key=lambda each: each.max_abs)
    return Finding(
        "R04",
        Severity.INFO,
        f"{_capital(second)} and {first} answer the same up to rounding: {worst.name} differs by "
        f"{_much(worst)}.",
        f"The same sums in another order, as a graph and single calls do them. {_ROUNDING}",
        evidence={each.name: {"max_abs": each.max_abs, "max_rel": each.max_rel} for each in near},
    )


def _much(match: OutputMatch) -> str:
    if match.max_abs == float("inf"):
        return "its type, its shape, or values that are no numbers"
    return f"up to {numbers.four(match.max_abs)}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
