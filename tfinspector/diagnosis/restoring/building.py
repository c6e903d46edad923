"""M03 to M05: weights that no checkpoint reaches, that do not exist yet, or were passed by."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import LOST, Case, Cause
from tfinspector.diagnosis.restoring.wording import count, listed, shown

_LOSES_FIRST = (
    "In Keras 3, a subclassed model that is restored before its first call loses its first kernel "
    "silently: the layer is built twice, and the value goes into the one that is thrown away."
)
_TRAINED = "_trainable_variables"


def find_unreachable(case: Case) -> Iterator[Cause]:
    """M03: Keras 3 does not show layers in lists, dicts and tuples to a checkpoint."""
    hidden = [
        place
        for place in case.open(case.unfed_weights)
        if case.rows[place].state is State.UNREACHABLE
    ]
    twice = _twins(case, hidden)
    hidden = [place for place in hidden if place not in twice]
    if not hidden:
        return
    saved = _salvage(case, hidden)
    names = [case.model.variables[case.rows[place].variable].name for place in hidden]
    salvage = (
        f"{len(saved):,} of them can be taken from the list that the optimizer in this checkpoint "
        "keeps of what it trained."
        if saved
        else "This checkpoint does not hold them: they are lost, unless another file does."
    )
    listed_keys = {key for keys in _trained_keys(case) for key in keys}
    lost = [place for place in case.lost_weights if case.rows[place].key in listed_keys]
    yield Cause(
        Finding(
            "M03", Severity.ERROR,
            f"No checkpoint of this model can hold {_these(names)}: "
            f"{'it is' if len(names) == 1 else 'they are'} kept where Keras 3 does not look.",
            "Layers in a list, dict or tuple of a subclassed model or layer, and weights without "
            "an attribute, are in `model.variables` but not in the object graph. Saving and "
            f"restoring pass without a word, and they stay random. {salvage}",
            case.model.factory,
            {"unreachable": listed(names), "in_model": len(case.weights_of_model),
             "salvageable": dict(list(saved.items())[:200])},
            Fix("Give each layer an attribute of its own, and save again. "
                "`model.save_weights('x.weights.h5')` holds them as well.",
                _salvage_code(case, hidden, saved) or _ATTRIBUTES),
        ),
        frozenset([*hidden, *lost]),
    )  # fmt: skip


_ATTRIBUTES = """# in the model's __init__, beside the list:
for number, block in enumerate(self.blocks):
    setattr(self, f"block_{number}", block)"""


def find_unbuilt(case: Case) -> Iterator[Cause]:
    """M04: parts of the model have no variables before their first call."""
    waiting = [
        place
        for place in case.open(case.places(frozenset({State.NOT_BUILT})))
        if case.is_weight(place)
    ]
    unbuilt = case.model.unbuilt
    if not waiting and not (unbuilt and not case.model.variables):
        return
    whole = "" in unbuilt  # its own path
    layers = "The model" if whole else shown(unbuilt) if unbuilt else "A part of the model"
    are = "has" if whole or len(unbuilt) <= 1 else "have"
    told = (
        "TensorFlow keeps such values back until the variables exist; assert_consumed() fails "
        f"meanwhile. {_LOSES_FIRST}"
    )
    if case.checkpoint.keras is not None:
        told = "Keras refuses to load weights into a model that has not been built."
    yield Cause(
        Finding(
            "M04", Severity.ERROR,
            f"{layers} {are} no variables before the first call, so "
            f"{count(len(waiting), 'weight')} of the checkpoint "
            f"{'has' if len(waiting) == 1 else 'have'} nowhere to go.",
            told,
            case.model.factory,
            {"unbuilt": listed(unbuilt), "waiting": listed(case.names(waiting))},
            Fix("Call the model once with one batch, then restore. Put `sample_inputs()` beside "
                "the factory and it is built here too.", _build_code(case)),
        ),
        frozenset([*waiting, *(p for p in case.lost_weights if _waits(case, p))]),
    )  # fmt: skip


def find_built_here(case: Case) -> Iterator[Cause]:
    """M04, told as news: the factory's model waits for its first call, which happened here."""
    model = case.model
    if model.built_by in ("", "factory") or not case.fed_weights:
        return
    how = {
        "sample_inputs": "by a call with sample_inputs()", "build": "by its own build()",
        "signature": "by what the SavedModel's signature takes",
        "kernel shapes": "by the shapes of the kernels in the checkpoint",
    }.get(model.built_by, model.built_by)  # fmt: skip
    yield Cause(Finding(
        "M04", Severity.INFO,
        f"The factory returns the model unbuilt; here it was built first, {how}.",
        f"Do the same in your program. {_LOSES_FIRST}", model.factory,
        {"built_by": model.built_by},
        Fix("Call the model once with one batch, then restore.", _build_code(case)),
    ))  # fmt: skip


def find_passed_by(case: Case) -> Iterator[Cause]:
    """M05: bound, yet never given the value; or made twice, and one of the two is orphaned."""
    passed = case.open(case.not_assigned)
    twins = _twins(case, case.open(case.unfed_weights))
    if not passed and not twins:
        return
    names = case.names([*passed, *twins])
    doubled = (
        " The model has two variables of that name: Keras 3 built the layer twice." if twins else ""
    )
    title = (
        f"{shown(names)} {'was' if len(names) == 1 else 'were'} found in the checkpoint, but "
        "never got the value."
    )
    if twins and not passed and case.model.built_by == "factory":
        title = (
            f"{shown(names)} {'is' if len(names) == 1 else 'are'} there twice: the factory "
            "restores the model before its first call, and what that restore gave is lost."
        )
    yield Cause(
        Finding(
            "M05", Severity.ERROR, title,
            "TensorFlow counts the object as matched, and assert_consumed() may be content."
            f"{doubled} {_LOSES_FIRST}",
            case.checkpoint.prefix, {"not_assigned": listed(names)},
            Fix("Build the model first, then restore; a second restore() after the first call puts "
                "it right as well.", _build_code(case)),
        ),
        frozenset([*passed, *twins]),
    )  # fmt: skip


def _these(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"`{names[0]}`"
    return f"{len(names):,} of its weights ({shown(names)})"


def _waits(case: Case, place: int) -> bool:
    return case.rows[place].state is State.NOT_BUILT


def _twins(case: Case, places: Sequence[int]) -> list[int]:
    """Unreachable variables that share name and shape with one that is reached."""
    variables = case.model.variables
    reached = Counter((one.name, one.shape) for one in variables if one.node >= 0)
    hidden = [place for place in places if case.rows[place].state is State.UNREACHABLE]
    twins = [
        place
        for place in hidden
        if reached[
            variables[case.rows[place].variable].name, variables[case.rows[place].variable].shape
        ]
    ]
    if case.model.built_by != "factory":
        return twins
    # In the user's own code two layers of one name may be meant. Of a layer that was built twice
    # only its first variable is there twice, and its initialiser drew the same numbers again.
    scopes = Counter(_scope(case, place) for place in hidden)
    first_values = {(one.name, one.initial) for one in variables if one.node >= 0 and one.initial}
    return [
        place
        for place in twins
        if scopes[_scope(case, place)] == 1
        and (
            variables[case.rows[place].variable].name, variables[case.rows[place].variable].initial
        ) in first_values
    ]  # fmt: skip


def _scope(case: Case, place: int) -> str:
    return case.model.variables[case.rows[place].variable].name.rpartition("/")[0]


def _salvage(case: Case, hidden: Sequence[int]) -> dict[str, str]:
    """Name of an unreachable variable -> key: by its place in what the optimizer trained.

    Both have the order of `model.trainable_variables`, and what is found elsewhere in the
    checkpoint is left out of both, so they must be as long and every shape must fit.
    """
    waiting = sorted(case.rows[place].variable for place in hidden)
    mine = [case.model.variables[at] for at in waiting if case.model.variables[at].trainable]
    for keys in _trained_keys(case):
        if [case.variables[key].shape for key in keys] == [one.shape for one in mine]:
            return {one.name: key for one, key in zip(mine, keys, strict=True)}
    return {}


def _trained_keys(case: Case) -> Iterator[list[str]]:
    """Keys that only an optimizer's list of what it trained leads to, in its order."""
    for node in sorted(case.file_optimizers):
        held = case.file_children(node).get(_TRAINED)
        entries = case.graph.nodes[held].children if held is not None else ()
        ordered = sorted((int(name), child) for name, child in entries if name.isdigit())
        rows = [case.rows_at[child][0] for _, child in ordered if child in case.rows_at]
        keys = [case.rows[place].key for place in rows if case.rows[place].state in LOST]
        if keys:
            yield keys


def _salvage_code(case: Case, hidden: Sequence[int], saved: dict[str, str]) -> str:
    if not saved or case.model.returned.value != "bare":
        return ""
    ends = {name.partition("/")[2]: key for name, key in saved.items()}
    if len(ends) < len(saved) or "" in ends:
        return ""
    pairs = "\n".join(f"    {end!r}: {key!r}," for end, key in ends.items())
    return (
        f"{code.make_model(case)}\n{code.restore(case)}\n"
        f"reader = tf.train.load_checkpoint({case.checkpoint.prefix!r})\n"
        f"trained = {{\n{pairs}\n}}\n"
        "for variable in model.trainable_variables:\n"
        "    key = trained.get(variable.path.partition('/')[2])  # the model's own name counts on\n"
        "    if key:\n"
        "        variable.assign(reader.get_tensor(key))"
    )


def _build_code(case: Case) -> str:
    model = case.model
    if model.returned.value == "bare" and model.built_by != "sample_inputs":
        made = code.make_model(case).replace(f"\n{code.BUILD_HERE}", "")
        return (
            f"{made}\nbatch = next(iter(dataset))  # one batch of your own inputs\n"
            f"model(batch)  # build first\n{code.restore(case)}"
        )
    return f"{code.make_model(case)}\n{code.restore(case)}"
