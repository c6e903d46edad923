"""Code of fixes: plain TensorFlow in the user's names, that runs as it stands."""

import os
from collections.abc import Container, Iterable, Mapping

from tfinspector.contents.models import ModelDescription, Returned
from tfinspector.diagnosis.restoring.case import Case

_AT = """def at(path):
    here = root
    for name in path.split("/"):
        here = tf.train.TrackableView.children(here)[name]
    return here"""
_ASSIGN = """reader = tf.train.load_checkpoint({prefix!r})
pairs = {{
{pairs}
}}
for path, key in pairs.items():
    variable = at(path)
    variable.assign(tf.cast(reader.get_tensor(key), variable.dtype))"""
MOST_PAIRS = 400
_CHECKPOINT = "tensorflow.python.checkpoint.checkpoint.Checkpoint"
BUILD_HERE = "# build the model here, by a call with one batch"


def make_model(case: Case) -> str:
    """Lines that call the factory: `model`, or `checkpoint` where it makes one of its own."""
    model = case.model
    lines = ["import tensorflow as tf", *_imports(model)]
    call = f"{_callable(model)}({_arguments(case.evidence.kwargs)})"
    if model.returned is Returned.CHECKPOINT:
        lines.append(f"checkpoint = {call}")
    elif model.returned is Returned.NAMED:
        lines.append(f"made = {call}")
        lines.append('parts = made if isinstance(made, dict) else dict(zip(("model", "optimizer"), '
                     "made))")  # fmt: skip
    else:
        lines.append(f"model = {call}")
    return "\n".join(lines + _building(model))


def root_of(case: Case) -> str:
    """The expression for the object at node 0, after `make_model`."""
    rooted = case.model.nodes[0].kind != _CHECKPOINT
    return {
        Returned.CHECKPOINT: "checkpoint.root" if rooted else "checkpoint",
        Returned.NAMED: "tf.train.Checkpoint(**parts)",
        Returned.BARE: "model",
    }[case.model.returned]


def model_of(case: Case) -> str:
    """The expression for the model, after `make_model`."""
    if case.model.returned is Returned.NAMED:
        return "parts['model']"
    return "checkpoint.model" if case.model.returned is Returned.CHECKPOINT else "model"


def restore(case: Case, ending: str = "") -> str:
    """The ordinary restore as the user's program makes it; `ending` is for TensorFlow's status."""
    if case.checkpoint.keras is not None:
        return f"{model_of(case)}.load_weights({case.checkpoint.prefix!r})"
    return f"{_checkpoint(case)}.restore({case.checkpoint.prefix!r}){ending}"


def reach(case: Case, path: str) -> str:
    """Python for an object of the model by its path from node 0."""
    names = path.split("/") if path else []
    plain = all(name.isidentifier() and not name.startswith("_") for name in names)
    if case.model.returned is Returned.NAMED:
        if not names:
            return root_of(case)
        if plain or len(names) == 1:
            return ".".join([f"parts[{names[0]!r}]", *names[1:]])
    elif plain:
        return ".".join([root_of(case), *names])
    return f"at({path!r})"


def needs_at(*expressions: str) -> str:
    """The definition of `at` and its root where one of the expressions uses it."""
    return _AT if any("at(" in each for each in expressions) else ""


def assign_pairs(case: Case, pairs: Iterable[tuple[str, str]]) -> str:
    """Builds the model and assigns: model path <- key. "" where there are none or too many."""
    lines = [f"    {path!r}: {key!r}," for path, key in pairs]
    if not lines or len(lines) > MOST_PAIRS:
        return ""
    assign = _ASSIGN.format(prefix=case.checkpoint.prefix, pairs="\n".join(lines))
    return "\n".join([make_model(case), f"root = {root_of(case)}", _AT, assign])


def assign_all(
    case: Case, pairs: Iterable[tuple[str, str]], but: Container[int] = frozenset()
) -> str:
    """As `assign_pairs`, and besides every weight that finds its place by itself.

    `but` are rows that only seem to.
    """
    whole = {
        case.rows[place].model_path: case.rows[place].key
        for place in case.fed_weights
        if place not in but and case.rows[place].variable >= 0 and case.rows[place].model_path
    }
    chosen = dict(pairs)
    return assign_pairs(case, (whole | chosen).items()) if chosen else ""


def beginning(case: Case) -> list[str]:
    """Builds the model, restores what goes by itself, and defines `root` and `at`."""
    return [make_model(case), restore(case), f"root = {root_of(case)}", _AT]


def command(case: Case) -> str:
    """The program's own repair."""
    prefix = case.checkpoint.prefix
    return (
        f"tfinspector restore {_quoted(prefix)} --factory {_quoted(case.model.factory)} "
        f"--write-fixed {_quoted(prefix + '-fixed')}"
    )


def graft_expression(places: Mapping[str, str]) -> str:
    """`tf.train.Checkpoint(a=tf.train.Checkpoint(b=model.c))` for {"a/b": "model.c"}."""
    if "" in places:
        return f"tf.train.Checkpoint({places['']})"
    tree: dict[str, object] = {}
    for path, expression in places.items():
        here = tree
        *names, last = path.split("/")
        for name in names:
            deeper = here.setdefault(name, {})
            if not isinstance(deeper, dict):
                break  # something higher up is already placed there
            here = deeper
        else:
            here.setdefault(last, expression)
    return _nested(tree)


def _nested(tree: Mapping[str, object]) -> str:
    parts = {
        name: _nested(part) if isinstance(part, dict) else str(part) for name, part in tree.items()
    }
    if all(name.isidentifier() for name in parts):
        inside = ", ".join(f"{name}={part}" for name, part in parts.items())
    else:
        inside = "**{" + ", ".join(f"{name!r}: {part}" for name, part in parts.items()) + "}"
    return f"tf.train.Checkpoint({inside})"


def _checkpoint(case: Case) -> str:
    if case.model.returned is Returned.CHECKPOINT:
        return "checkpoint"
    if case.model.returned is Returned.NAMED:
        return "tf.train.Checkpoint(**parts)"
    name = case.table.attachment.name
    return f"tf.train.Checkpoint({name}=model)" if name else "tf.train.Checkpoint(model)"


def _imports(model: ModelDescription) -> list[str]:
    place, _, name = model.factory.rpartition(":")
    top = name.partition(".")[0]
    more = ", sample_inputs" if model.built_by == "sample_inputs" else ""
    if place.endswith(".py") or os.sep in place:
        directory, file = os.path.split(os.path.abspath(place))
        return [
            "import sys",
            f"sys.path.insert(0, {directory!r})",
            f"from {file.removesuffix('.py')} import {top}{more}",
        ]
    return [f"from {place} import {top}{more}"]


def _callable(model: ModelDescription) -> str:
    return model.factory.rpartition(":")[2]


def _arguments(kwargs: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in kwargs.items())


def _building(model: ModelDescription) -> list[str]:
    called = {"checkpoint": "", "named": "parts['model']", "bare": "model"}[model.returned.value]
    if model.built_by == "sample_inputs" and called:
        return [f"{called}(sample_inputs())  # build before you restore"]
    if model.built_by not in ("", "factory"):
        return [BUILD_HERE]
    return []


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
