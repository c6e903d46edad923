"""TensorFlow's word against ours: where they differ, as sentences and findings.

X01 a key only one of us finds · X02 another shape · X03 another type · X04 TensorFlow refuses what
we read · X05 another signature · X06 a variable that only one of us finds in a loaded model ·
X07 another value · X08 a type that TensorFlow does not know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import ListedVariable, LoadedVariable, RelayedError
from tfinspector.contents.saved_models import Shape, Signature, TensorSpec, VariableSpec

TOLD_AT_MOST = 1000
_NAMED_AT_MOST = 20
_REPORT = "Believe neither before you know why; this is a fault of ours or of TensorFlow's."
_Subject = tuple[str, str]  # with its verb, of one and of several


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sentences of one class, and the finding that stands for them."""

    sentences: tuple[str, ...]
    finding: Finding


def compare_listings(
    ours: Iterable[ListedVariable], theirs: Iterable[ListedVariable], where: str
) -> list[Disagreement]:
    """X01 to X03: keys, shapes and types."""
    mine = {one.key: one for one in ours}
    yours = {one.key: one for one in theirs}
    both = [(mine[key], yours[key]) for key in mine if key in yours]
    only_ours = [f"Only we list {key!r}." for key in mine if key not in yours]
    only_theirs = [f"Only TensorFlow lists {key!r}." for key in yours if key not in mine]
    shapes = [
        f"{a.key!r} has shape {list(a.shape)} here and {list(b.shape)} in TensorFlow."
        for a, b in both
        if a.shape != b.shape
    ]
    dtypes = [
        f"{a.key!r} is {a.dtype} here and {b.dtype} in TensorFlow."
        for a, b in both
        if b.dtype and a.dtype != b.dtype
    ]
    return _grouped(where, [
        ("X01", ("key is", "keys are"), "listed by only one of TensorFlow and us",
         only_ours + only_theirs),
        ("X02", ("variable has", "variables have"), "another shape in TensorFlow", shapes),
        ("X03", ("variable has", "variables have"), "another type in TensorFlow", dtypes),
    ])  # fmt: skip


def refused(error: RelayedError, where: str) -> Disagreement:
    """X04: TensorFlow raised where we could read."""
    first = (error.message.strip().splitlines() or [error.type])[0]
    sentence = f"TensorFlow can't list it: {error.type}: {first}"
    finding = Finding(
        id="X04",
        severity=Severity.ERROR,
        title=f"TensorFlow refuses this checkpoint, which we can read: {first}",
        detail="Your program will meet the same error when it restores it.",
        where=where,
        evidence={"type": error.type, "tensorflow_said": error.message[:2000]},
        fix=Fix(
            "Check the file for damage; what can be read of it can be exported here.",
            f"tfinspector check {where!r}",
        ),
    )
    return Disagreement((sentence,), finding)


def unknown_type(reason: str, version: str, where: str) -> Disagreement:
    """X08: one type that this TensorFlow does not know keeps it from telling any."""
    sentence = f"TensorFlow {version} can't tell the types of this file: {reason}."
    finding = Finding(
        id="X08",
        severity=Severity.WARNING,
        title=sentence,
        detail="Variables of the types it knows can still be restored.",
        where=where,
        evidence={"tensorflow": version, "tensorflow_said": reason},
        fix=Fix(
            "Use a newer TensorFlow for this file, or cast the variable before you save it.",
            "python -m pip install --upgrade tensorflow",
        ),
    )
    return Disagreement((sentence,), finding)


def compare_signatures(
    ours: Sequence[Signature], theirs: Sequence[Signature], where: str
) -> list[Disagreement]:
    """X05: names, inputs and outputs with dtype and shape."""
    mine = {one.name: one for one in ours}
    yours = {one.name: one for one in theirs}
    sentences = [f"Only we see the signature {name!r}." for name in mine if name not in yours]
    sentences += [
        f"Only TensorFlow has the signature {name!r}." for name in yours if name not in mine
    ]
    for name in mine.keys() & yours.keys():
        for word in ("inputs", "outputs"):
            here, there = getattr(mine[name], word), getattr(yours[name], word)
            if _texts(here) != _texts(there):
                sentences.append(
                    f"The signature {name!r} has the {word} {', '.join(_texts(here))} here and "
                    f"{', '.join(_texts(there))} in TensorFlow."
                )
    return _grouped(
        where, [("X05", ("signature differs", "signatures differ"), "in TensorFlow", sentences)]
    )


def compare_variables(
    pairs: Iterable[tuple[VariableSpec | None, LoadedVariable | None]],
    stored_hashes: Mapping[str, str],
    where: str,
) -> list[Disagreement]:
    """X02, X03, X06 and X07: variables of a loaded SavedModel against its graph and its file.

    `stored_hashes` gives for each key the hash of its bytes in the file, as far as known.
    """
    lone, shapes, dtypes, values = [], [], [], []
    for spec, loaded in pairs:
        if spec is None or loaded is None:
            name = _name(spec) if spec else loaded.name if loaded else ""
            lone.append(f"Only {'we see' if spec else 'TensorFlow has'} the variable {name!r}.")
            continue
        name = _name(spec)
        if spec.shape != loaded.shape:
            shapes.append(
                f"{name!r} has shape {_shape(spec.shape)} here and "
                f"{_shape(loaded.shape)} in TensorFlow."
            )
        if spec.dtype.name != loaded.dtype:
            dtypes.append(f"{name!r} is {spec.dtype.name} here and {loaded.dtype} in TensorFlow.")
        if spec.key in stored_hashes and loaded.sha256 not in ("", stored_hashes[spec.key]):
            values.append(f"The loaded value of {name!r} is not the one in the file.")
    return _grouped(where, [
        ("X06", ("variable is", "variables are"), "seen by only one of TensorFlow and us", lone),
        ("X02", ("variable has", "variables have"), "another shape in TensorFlow", shapes),
        ("X03", ("variable has", "variables have"), "another type in TensorFlow", dtypes),
        ("X07", ("variable holds", "variables hold"),
         "another value after loading than the file does", values),
    ])  # fmt: skip


def _grouped(where: str, groups: list[tuple[str, _Subject, str, list[str]]]) -> list[Disagreement]:
    return [
        Disagreement(_bounded(sentences), _finding(identity, subject, what, sentences, where))
        for identity, subject, what, sentences in groups
        if sentences
    ]


def _finding(
    identity: str, subject: _Subject, what: str, sentences: list[str], where: str
) -> Finding:
    count = len(sentences)
    text = f"{numbers.counted(count, *subject)} {what}"
    return Finding(
        id=identity,
        severity=Severity.ERROR,
        title=f"{text}: {sentences[0]}",
        where=where,
        evidence={"count": count, "differences": sentences[:_NAMED_AT_MOST]},
        fix=Fix(_REPORT, f"tfinspector check {where!r}"),
    )


def _bounded(sentences: list[str]) -> tuple[str, ...]:
    rest = len(sentences) - TOLD_AT_MOST
    more = (f"... and {rest:,} more like these.",) if rest > 0 else ()
    return (*sentences[:TOLD_AT_MOST], *more)


def _texts(specs: Iterable[TensorSpec]) -> list[str]:
    return sorted(f"{one.name}: {one.dtype.name}{_shape(one.shape)}" for one in specs)


def _shape(shape: Shape) -> str:
    if shape is None:
        return "[...]"
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"


def _name(spec: VariableSpec) -> str:
    return spec.paths[0] if spec.paths else spec.name
