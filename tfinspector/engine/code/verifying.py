"""Verify on the page Signatures: both called with the same input, and `tf.equal` on each output.

Written after a verification, for it is then known which output is which, and how the factory's
model is restored: that part is the program of `engine.restoring.code`.
"""

import os
import zlib
from collections.abc import Iterator

from tfinspector.contents.calls import GivenInput, InputChoice, InputKind
from tfinspector.contents.restores import RestoreReport
from tfinspector.contents.verifications import VerifyReport
from tfinspector.diagnosis.calling_code import quoted
from tfinspector.engine.code.reading import literal, script
from tfinspector.engine.restoring.code import code_for
from tfinspector.engine.restoring.job import RestoreRequest
from tfinspector.engine.restoring.script_parts import ENDING
from tfinspector.engine.running.verifying import VerifyRequest

_MOST_WRITTEN = 64
_CALLING = '''

def named(value, name=""):
    """Every tensor of what a call returned, by the name that its place gives it."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, (list, tuple)):
        parts = [(f"{'' if name else 'output_'}{at}", each) for at, each in enumerate(value)]
    else:
        return {name or "output": tf.convert_to_tensor(value)}
    found = {}
    for part, each in parts:
        found.update(named(each, f"{name}/{part}" if name else part))
    return found
'''
_MODEL = '''

def call_model(built, given):
    """The restored model; its inputs by their names, or in their order where it has others."""
    model = next(iter(built.values())) if isinstance(built, dict) else built
    model = model[0] if isinstance(model, tuple) else model
    names = [each.name.split(":")[0] for each in getattr(model, "inputs", None) or []]
    if sorted(names) == sorted(given):
        given = {name: given[name] for name in names}
    if not names and len(given) > 1:
        return model(**given)
    values = list(given.values())
    return model(values[0] if len(values) == 1 else values)
'''
_COMPARE = """
# The very input of both, and which output is which.
GIVEN = {{
{given}
}}
GIVEN = {{name: tf.constant(value) for name, value in GIVEN.items()}}
PAIRS = {pairs}
answers = []
{calls}
first = answers[0]
for other in answers[1:]:
    for mine, theirs in PAIRS:
        a, b = first[mine], other[theirs]
        if bool(tf.reduce_all(tf.equal(a, b))):
            print(mine, "equal")
        else:
            print(mine, "differs by up to %.9g" % np.abs(
                a.numpy().astype(np.float64) - b.numpy().astype(np.float64)).max())
"""


def verification_of(request: VerifyRequest, report: VerifyReport) -> str:
    """The script of a verification that was made; "" where it came to nothing, or calls a function
    (whose arguments are structures).
    """
    pairs = list(dict.fromkeys((each.name, each.other) for each in report.outputs if each.other))
    restores = _restores(request, report)
    if not pairs or restores is None or request.call.function is not None:
        return ""
    about = f"Compares what {report.first} answers with {report.second or 'other devices'}."
    compare = _COMPARE.format(
        given="\n".join(_given(request, one) for one in report.given), pairs=literal(pairs),
        calls="\n".join(_calls(request, report)),
    )  # fmt: skip
    if not restores:
        return script(about, _CALLING, compare)
    program = code_for(*restores[0]).removesuffix(ENDING).rstrip()
    return f"# {about}\n{program}\n{_MODEL}{_CALLING}{compare}" if program else ""


def _restores(
    request: VerifyRequest, report: VerifyReport
) -> list[tuple[RestoreRequest, RestoreReport]] | None:
    """What is restored, as the program for it wants it; None where it could not be."""
    made = []
    for each in report.restores:
        if each.model is None or each.table is None:
            return None
        path, device = each.prefix, request.call.device
        made.append((RestoreRequest(path, request.factory, request.kwargs, device), each))
    return made


def _calls(request: VerifyRequest, report: VerifyReport) -> Iterator[str]:
    """A line for each side, in their order."""
    restored = [each.prefix for each in report.restores]
    devices = request.devices or (request.call.device or "",)
    if not request.factory or len(restored) < 2:
        for device in devices:
            yield from _call(request, request.path, device)
    for prefix in restored:
        yield f"PREFIX = {prefix!r}"
        yield "answers.append(named(call_model(restore(), GIVEN)))"
    if request.against and not request.factory:
        yield from _call(request, request.against, devices[0])


def _call(request: VerifyRequest, path: str, device: str) -> Iterator[str]:
    tags = f", tags={list(request.call.tags)!r}" if request.call.tags else ""
    yield f"with tf.device({'/' + device!r}):" if device else "with tf.device(None):"
    yield f"    loaded = tf.saved_model.load({quoted(path)}{tags})"
    name = request.call.signature or "serving_default"
    yield f"    answers.append(named(loaded.signatures[{quoted(name)}](**GIVEN)))"


def _given(request: VerifyRequest, one: GivenInput) -> str:
    return f"    {quoted(one.name)}: {_value(request, one)},"


def _value(request: VerifyRequest, one: GivenInput) -> str:
    """Small ones are written out; large ones are drawn, filled or read once more."""
    choice = request.call.inputs.get(one.name, request.call.others or InputChoice())
    if not isinstance(one.values, bytes) and one.values.size <= _MOST_WRITTEN:
        return f"np.array({one.values.tolist()!r}, tf.as_dtype({one.dtype!r}).as_numpy_dtype)"
    dtype = f"tf.as_dtype({one.dtype!r}).as_numpy_dtype"
    match choice.kind:
        case InputKind.RANDOM if "float" in one.dtype:
            seed = [request.call.seed, zlib.crc32(one.name.encode())]
            return f"np.random.default_rng({seed}).standard_normal({one.shape}).astype({dtype})"
        case InputKind.RANDOM:
            seed = [request.call.seed, zlib.crc32(one.name.encode())]
            return f"np.random.default_rng({seed}).integers(0, 2, {one.shape}).astype({dtype})"
        case InputKind.FILE if choice.argument.endswith(".npy"):
            return f"np.load({os.path.abspath(os.path.expanduser(choice.argument))!r})"
        case InputKind.CONSTANT:
            return f"np.full({one.shape}, {choice.argument}, {dtype})"
    return f"np.{'ones' if choice.kind is InputKind.ONES else 'zeros'}({one.shape}, {dtype})"
