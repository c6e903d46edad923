"""S06: what a call of a SavedModel raised, told by what was given and what was expected."""

from collections.abc import Sequence
from typing import NamedTuple

from tfinspector.contents import numbers
from tfinspector.contents.calls import Callee, GivenInput
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import RelayedError
from tfinspector.contents.saved_models import MetaGraph, SavedModel, Shape, TensorSpec
from tfinspector.diagnosis.calling_code import code_for_function, code_for_signature
from tfinspector.diagnosis.inputs import example_options
from tfinspector.diagnosis.load_errors import explain_load_error

_MOST_SAID = 1000
_SAYS_NOTHING = ("Graph execution error", "Detected at node", "<stack traces unavailable>")
_OTHER_CAUSES = frozenset({"T02", "S07", "S08", "S09", "S10", "S12", "R01", "R02"})


class Misfit(NamedTuple):
    """An input whose type or shape is not what is expected."""

    given: GivenInput
    spec: TensorSpec
    is_type: bool

    @property
    def words(self) -> str:
        """As part of a sentence: "x was given as float64 [2 x 7], and takes float32 [? x 5]"."""
        return (
            f"{self.spec.name} was given as {self.given.dtype} [{numbers.shape(self.given.shape)}]"
            f", and takes {self.spec.dtype.name} [{numbers.shape(self.spec.shape)}]"
        )


def misfits(callee: Callee, given: Sequence[GivenInput]) -> list[Misfit]:
    """The inputs whose type or shape contradicts what the file says."""
    specs = {spec.name: spec for spec in callee.inputs}
    found = []
    for each in given:
        spec = specs[each.name]
        is_type = each.dtype != spec.dtype.name
        if is_type or not _fits(each.shape, spec.shape):
            found.append(Misfit(each, spec, is_type))
    return found


def explain_call_error(
    error: RelayedError,
    saved_model: SavedModel,
    graph: MetaGraph,
    callee: Callee,
    given: Sequence[GivenInput],
) -> Finding:
    """The most probable cause: an input that does not fit, else what TensorFlow's words tell."""
    wrong = misfits(callee, given)
    if not wrong:
        known = explain_load_error(error, saved_model.path, saved_model)
        if known.id in _OTHER_CAUSES:
            return known
    said = error.message.strip()
    return Finding(
        "S06", Severity.ERROR,
        f"{'; '.join(each.words for each in wrong)}." if wrong else _unexplained(error, callee),
        f"TensorFlow says: {error.type}: {said[:_MOST_SAID]}",
        saved_model.path,
        {
            "given": {each.name: _told(each.dtype, each.shape) for each in given},
            "expected": {one.name: _told(one.dtype.name, one.shape) for one in callee.inputs},
            "tensorflow_said": said[:2 * _MOST_SAID], "type": error.type,
        },
        _fix(saved_model, graph, callee, wrong),
    )  # fmt: skip


def warn_of_misfits(path: str, callee: Callee, given: Sequence[GivenInput]) -> list[Finding]:
    """The call went well though an input is not what the file says: TensorFlow does not look."""
    wrong = misfits(callee, given)
    if not wrong:
        return []
    return [
        Finding(
            "S06", Severity.WARNING,
            f"{'; '.join(each.words for each in wrong)}. TensorFlow computed with it all the same.",
            "A graph does not check the shapes that it was traced with. The outputs may mean "
            "something else than with an input that fits.",
            path,
            {each.given.name: _told(each.given.dtype, each.given.shape) for each in wrong},
            Fix("Give an input that fits.", example_options(callee)),
        )
    ]  # fmt: skip


def code_for(saved_model: SavedModel, graph: MetaGraph, callee: Callee) -> str:
    """Python that calls it with inputs that fit; "" where it is not among what the file lists."""
    if callee.is_signature:
        for signature in graph.signatures:
            if signature.name == callee.name:
                return code_for_signature(saved_model, graph, signature)
    for function in graph.functions:
        if function.path == callee.name:
            return code_for_function(saved_model, graph, function, callee.form)
    return ""


def _unexplained(error: RelayedError, callee: Callee) -> str:
    lines = [line.strip() for line in error.message.splitlines()]
    telling = (line for line in lines if line and not line.startswith(_SAYS_NOTHING))
    first = next(telling, "no more than that")[:200].rstrip(" .:")
    return (
        f"{callee.title[0].upper() + callee.title[1:]} takes these inputs, and its computation "
        f"raised {error.type}: {first}."
    )


def _fix(saved_model: SavedModel, graph: MetaGraph, callee: Callee, wrong: Sequence[Misfit]) -> Fix:
    code = code_for(saved_model, graph, callee)
    if not wrong:
        return Fix(
            "Try it with other sizes and with values that the model was made for; this call has "
            "the types and shapes that it takes.",
            code,
        )
    advice = []
    for each in wrong:
        name = each.spec.name
        if each.is_type and "string" not in (each.given.dtype, each.spec.dtype.name):
            advice.append(f"convert {name}: array.astype({each.spec.dtype.name!r})")
        elif each.is_type:
            advice.append(f"give {each.spec.dtype.name} for {name}")
        if not _fits(each.given.shape, each.spec.shape):
            advice.append(f"give {name} the shape {numbers.shape(each.spec.shape)}")
    text = "; ".join(advice)
    return Fix(f"{text[0].upper() + text[1:]}. This call fits.", code)


def _fits(shape: tuple[int, ...], expected: Shape) -> bool:
    return expected is None or (
        len(shape) == len(expected)
        and all(known in (None, size) for known, size in zip(expected, shape, strict=True))
    )


def _told(dtype: str, shape: Sequence[int | None] | None) -> dict[str, object]:
    return {"dtype": dtype, "shape": None if shape is None else list(shape)}
