"""What a person types for an input, as a choice: "x=random", "x=photo.npy", "x=constant:0.5"."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tfinspector.contents.calls import InputChoice, InputKind
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable

_PLAIN = {kind.value: kind for kind in (InputKind.RANDOM, InputKind.ZEROS, InputKind.ONES)}
_WITH_ARGUMENT = {
    kind.value: kind
    for kind in (
        InputKind.CONSTANT, InputKind.VALUES, InputKind.TEXT, InputKind.IMAGE, InputKind.PIXELS,
        InputKind.FILE,
    )
}  # fmt: skip
_HELP = (
    "Write NAME=random, NAME=zeros, NAME=ones, NAME=constant:0.5, NAME='values:1,2;3,4', "
    "NAME=FILE.npy, NAME=FILE.npz, NAME=FILE.csv, NAME=text:FILE or NAME=image:FILE."
)


class Asked(NamedTuple):
    """The choices by name, what all other inputs get, and the sizes of those without their own."""

    named: dict[str, InputChoice]
    others: InputChoice | None
    sizes: tuple[int, ...]


def choices_of(inputs: Sequence[str], sizes: Sequence[str]) -> Asked:
    """Inputs as "NAME=KIND", or "KIND" for all others; sizes as "NAME=4,3", or "4" for all others.

    No input at all means random values for every one. Raises Unreadable (S06).
    """
    named: dict[str, InputChoice] = {}
    others: InputChoice | None = None
    for text in inputs:
        name, equals, value = text.partition("=")
        if equals:
            named[name] = choice_of(value, text)
        else:
            others = choice_of(text, text)
    if not inputs:
        others = InputChoice(InputKind.RANDOM)
    wanted, usual = _sizes_of(sizes)
    for name, size in wanted.items():
        choice = named.get(name, others)
        if choice is None:
            raise _refusal(f"--size {name}=...", "there is no --input for it")
        named[name] = choice._replace(sizes=size)
    return Asked(named, others, usual)


def choice_of(value: str, text: str = "") -> InputChoice:
    """What stands behind the "=". Raises Unreadable (S06)."""
    if value in _PLAIN:
        return InputChoice(_PLAIN[value])
    word, colon, argument = value.partition(":")
    if colon and word in _WITH_ARGUMENT:
        if not argument:
            raise _refusal(text or value, f"nothing follows {word}:")
        return InputChoice(_WITH_ARGUMENT[word], argument)
    if Path(value).suffix.lower() in (".npy", ".npz", ".csv") or Path(value).is_file():
        return InputChoice(InputKind.FILE, value)
    raise _refusal(text or value, f"{value!r} is neither a kind of input nor a file")


def _sizes_of(texts: Sequence[str]) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
    named: dict[str, tuple[int, ...]] = {}
    usual: tuple[int, ...] = ()
    for text in texts:
        name, equals, value = text.rpartition("=")
        try:
            sizes = tuple(int(part) for part in value.split(","))
        except ValueError as error:
            raise _refusal(f"--size {text}", "sizes are whole numbers, such as 4,3") from error
        if min(sizes) < 0:
            raise _refusal(f"--size {text}", "a size can't be negative")
        if equals:
            named[name] = sizes
        else:
            usual = sizes
    return named, usual


def _refusal(text: str, why: str) -> Unreadable:
    return Unreadable(
        Finding(
            "S06", Severity.ERROR, f"{text!r} can't be understood: {why}.",
            evidence={"given": text}, fix=Fix(_HELP, "--input NAME=random"),
        )
    )  # fmt: skip
