"""S06 before the call: inputs that are missing, unknown, or can't be made as was asked for."""

from collections.abc import Sequence
from pathlib import Path

from tfinspector.contents import numbers
from tfinspector.contents.calls import Callee
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.saved_models import TensorSpec
from tfinspector.diagnosis.callables import nearest


def spec_words(spec: TensorSpec) -> str:
    """ "x: float32 [?, 5]", as the other pages write it."""
    return f"{spec.name}: {spec.dtype.name} [{numbers.shape(spec.shape)}]"


def example_options(callee: Callee) -> str:
    """Options of `tfinspector run` that give every input that must be given."""
    needed = [spec for spec in callee.inputs if spec.name not in callee.optional]
    return " ".join(f"--input {spec.name}=random" for spec in needed)


def no_such_input(name: str, callee: Callee) -> Unreadable:
    """An input that what is called does not have."""
    names = [spec.name for spec in callee.inputs]
    near = nearest(name, names)[:1]
    there = "; ".join(map(spec_words, callee.inputs)) or "none"
    meant = f"Did you mean {near[0]}? " if near else ""
    return _refusal(
        f"{_start(callee)} has no input {name}.",
        f"{meant}Its inputs are: {there}.",
        example_options(callee),
        {"asked": name, "inputs": names, "near": near},
    )


def no_such_value(callee: Callee, name: str, asked: str, value: object) -> Unreadable:
    """An argument that is no tensor was traced with another value."""
    return _refusal(
        f"{_start(callee)} was not saved in a form with {name}={asked}.",
        f"Leave it out, or give {name}={value}: only what was traced can be called.",
        f"--input {name}=constant:{value}",
        {"asked": asked, "traced": value},
    )


def missing_inputs(names: Sequence[str], callee: Callee) -> Unreadable:
    """Inputs that were not given and can't be left out."""
    specs = [spec for spec in callee.inputs if spec.name in names]
    listed = "; ".join(map(spec_words, specs))
    noun = "The input" if len(specs) == 1 else "The inputs"
    verb = "is" if len(specs) == 1 else "are"
    return _refusal(
        f"{noun} {' and '.join(names)} of {callee.title} {verb} missing.",
        f"Give {listed}.",
        " ".join(f"--input {name}=random" for name in names),
        {"missing": list(names), "inputs": [spec.name for spec in callee.inputs]},
    )


def wrong_sizes(spec: TensorSpec, sizes: Sequence[int]) -> Unreadable:
    """Sizes that do not go with the input's shape."""
    unknown = 1 if spec.shape is None else sum(size is None for size in spec.shape)
    example = ",".join(["4"] * max(unknown, 1))
    advice = f"Give {numbers.counted(unknown, 'size')}, one for each ?." if unknown else (
        "Leave the sizes out: all dimensions are fixed."
    )  # fmt: skip
    return _refusal(
        f"The sizes {', '.join(map(str, sizes))} do not fit {spec_words(spec)}.",
        advice,
        f"--size {spec.name}={example}" if unknown else "",
        {"sizes": list(sizes)},
    )


def no_constant(spec: TensorSpec, text: str) -> Unreadable:
    """A constant that the input's type can't hold."""
    wanted = {
        DTypeKind.INTEGER: f"a whole number that {spec.dtype.name} can hold",
        DTypeKind.BOOL: "true or false",
        DTypeKind.COMPLEX: "a number such as 1+2j",
    }.get(spec.dtype.kind, "a number such as 0.5")
    return _refusal(
        f"{text!r} is no value for {spec_words(spec)}.", f"Give {wanted}.", "", {"value": text}
    )


def no_values(spec: TensorSpec, text: str, reason: str) -> Unreadable:
    """Typed values that are no numbers, or rows of several lengths."""
    return _refusal(
        f"What was typed for {spec_words(spec)} is no table of numbers: {reason}.",
        "Write numbers with commas, a row a line, as many in each.",
        f"--input '{spec.name}=values:1,2;3,4'",
        {"value": text},
    )


def no_picture(spec: TensorSpec) -> Unreadable:
    """A picture for an input that takes none."""
    return _refusal(
        f"A picture does not fit {spec_words(spec)}: it has height, width and channels.",
        "Give an .npy file.",
        f"--input {spec.name}=FILE.npy",
    )


def no_text(spec: TensorSpec) -> Unreadable:
    """Lines of text for an input of numbers."""
    return _refusal(
        f"Lines of text do not fit {spec_words(spec)}: it takes numbers.",
        "Give an .npy file, or a .csv file with numbers.",
        f"--input {spec.name}=FILE.npy",
    )


def unmakeable(spec: TensorSpec) -> Unreadable:
    """A type that has no values outside TensorFlow."""
    return _refusal(
        f"A value for {spec_words(spec)} can't be made outside TensorFlow.",
        "Call a signature that takes numbers or strings.",
    )


def unreadable_file(path: Path, spec: TensorSpec | None, why: str) -> Unreadable:
    """A file that holds no array, or can't be read."""
    what = f" for {spec_words(spec)}" if spec else ""
    code = f"numpy.save({str(path.with_suffix('.npy'))!r}, array)  # numbers or strings"
    return _refusal(
        f"{path.name} can't be read{what}: {why}.",
        "Give a file that numpy.save or numpy.savez wrote, without Python objects in it.",
        code,
        {"path": str(path), "reason": why},
    )


def _start(callee: Callee) -> str:
    return callee.title[0].upper() + callee.title[1:]


def _refusal(
    title: str, text: str, code: str = "", evidence: dict[str, object] | None = None
) -> Unreadable:
    return Unreadable(
        Finding("S06", Severity.ERROR, title, evidence=evidence or {}, fix=Fix(text, code))
    )
