"""K04 to K06, M06 and M14: what `load_weights` does with a Keras file, and why not what is wanted.

Keras finds the layers of a `.weights.h5` by attributes and classes and those of an older `.h5` by
their order alone; `diagnosis.matching.keras_loading` works out what it would do, and the match by
the layers' own names says what it should do.
"""

import os
from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import Way
from tfinspector.diagnosis.matching.keras_loading import (
    Hindrance,
    Loading,
    Obstacle,
    load_as_keras,
)
from tfinspector.diagnosis.restoring import keras_code
from tfinspector.diagnosis.restoring.case import Case, Cause
from tfinspector.diagnosis.restoring.wording import count, listed, shown


def find_hindrances(case: Case) -> Iterator[Cause]:
    """K04, K05: Keras raises, because groups or counts differ."""
    loading = load_as_keras(case.checkpoint, case.model)
    stops = [each for each in loading.hindrances if each.obstacle is not Obstacle.OPTIMIZER]
    if not stops or case.evidence.way is Way.LOAD_WEIGHTS:  # it found another way itself
        return
    places = [*case.open(case.lost_weights), *case.open(case.unfed_weights)]
    if stops[0].obstacle is Obstacle.GROUP:
        title, detail = _of_groups(case, stops)
        found = "K04"
    else:
        title, detail = _of_counts(case, stops)
        found = "K05"
    yield Cause(_told(case, found, title, detail, stops, _fed_otherwise(case)), frozenset(places))


def find_other_places(case: Case) -> Iterator[Cause]:
    """M06 and M14: Keras says nothing and puts values where they do not belong."""
    loading = load_as_keras(case.checkpoint, case.model)
    if loading.stops or case.evidence.way is Way.LOAD_WEIGHTS:
        return
    moved = _moved(case, loading)
    if not moved:
        return
    keys = [row.key for row in (case.rows[place] for place in moved)]
    pairs = [(key, case.model.variables[loading.pairs[key]].name) for key in keys]
    is_old = case.checkpoint.keras is not None and bool(case.checkpoint.keras.listed)
    mine = pairs[0][1]
    name = case.rows[moved[0]].name
    if is_old:
        found = "M14"
        title = (
            f"load_weights would put `{name}` into `{mine}` and {count(len(moved) - 1, 'value')} "
            "more elsewhere: the file is read by order alone, and the model's order is another."
        )
        detail = (
            "In an older `.h5` the weights of a layer are those that are trained, then the others, "
            "so setting `trainable` after the save, or another order of layers, changes places "
            "without a word. Names and layers in the file tell where they belong."
        )
    else:
        found = "M06"
        title = (
            f"load_weights would put `{name}` into `{mine}` and {count(len(moved) - 1, 'value')} "
            "more elsewhere: layers of a class are numbered, and the model has another order."
        )
        detail = (
            "In a `.weights.h5` a layer's group is its class with a number, not its name, so "
            "layers of the same shape change places without a word."
        )
    yield Cause(
        Finding(
            found, Severity.WARNING, title,
            f"{detail} Here they are matched by their names.",
            case.checkpoint.prefix,
            {"would_go": dict(pairs[:40]),
             "belongs": {case.rows[place].key: case.rows[place].model_path or case.name_of(place)
                         for place in moved[:40]}},
            Fix("Assign by name, or write the file anew from the matched model.",
                keras_code.assign(case)),
        )
    )  # fmt: skip


def find_skipped_optimizer(case: Case) -> Iterator[Cause]:
    """K06: the optimizer keeps its first state, and only a warning says so."""
    state = [place for place in range(len(case.rows)) if case.is_training_state(place)]
    saved = [place for place in state if case.rows[place].key]
    if not saved:
        return
    loading = load_as_keras(case.checkpoint, case.model)
    other = [each for each in loading.hindrances if each.obstacle is Obstacle.OPTIMIZER]
    is_old = bool(case.checkpoint.keras and case.checkpoint.keras.listed)
    name = os.path.basename(case.checkpoint.prefix)
    if other:
        each = other[0]
        title = (
            f"The optimizer would be skipped: {name} has {each.found} variables for it, and the "
            f"model's has {each.expected}."
        )
        advice = "Compile the model with the optimizer that was saved, and build it before loading."
    elif case.model.optimizers_built and not is_old:
        title = (
            f"Your program would skip the optimizer: load_weights takes the "
            f"{count(len(saved), 'variable')} of its state only once it is built."
        )
        advice = "Build the optimizer before loading."
    else:
        return
    said = "Keras only warns (`Skipping variable loading for optimizer`), and training begins anew."
    claims = frozenset(
        place for place in state if case.rows[place].variable < 0 or not case.rows[place].key
    )
    yield Cause(
        Finding(
            "K06", Severity.WARNING, title,
            f"{said} The weights are not concerned.",
            case.checkpoint.prefix,
            {"in_file": len(saved), "built_here": bool(case.model.optimizers_built),
             "tensorflow_said": _said_of_optimizer(case)},
            Fix(advice, keras_code.build_and_load(case)),
        ),
        claims,
    )  # fmt: skip


def find_unknown_layers(case: Case) -> Iterator[Cause]:
    """What is left: weights on one side only, though Keras would not stop at them."""
    lost, unfed = case.open(case.lost_weights), case.open(case.unfed_weights)
    if not lost and not unfed:
        return
    named = shown(case.names(unfed or lost))
    if unfed:
        title = f"Nothing in the file is for {named}, so the model keeps its first values there."
        severity = Severity.ERROR
    else:
        title = f"The file also holds {named}, for which the model has no layer."
        severity = Severity.INFO
    yield Cause(
        Finding(
            "K04", severity, title,
            "Layers are matched by their names, or where Keras made the names up, by their class "
            "and number.",
            case.checkpoint.prefix,
            {"only_in_file": listed(case.names(lost)), "only_in_model": listed(case.names(unfed))},
            Fix("Give the layers of the model the names that they have in the file, or accept "
                "pairs in a map.", keras_code.assign(case) or keras_code.load(case)),
        ),
        frozenset([*lost, *unfed]),
    )  # fmt: skip


def _told(
    case: Case, found: str, title: str, detail: str, stops: Sequence[Hindrance], instead: str
) -> Finding:
    error = case.evidence.load_error
    evidence: dict[str, object] = {
        "differing": [
            {"in_file": each.theirs, "in_model": each.mine, "variables_in_file": each.found,
             "variables_in_model": each.expected} for each in stops[:40]
        ]
    }  # fmt: skip
    if error is not None:
        evidence["tensorflow_said"] = error.message[:2000]
    return Finding(
        found,
        Severity.WARNING if instead else Severity.ERROR,
        title,
        f"{detail} {instead}".strip(),
        case.checkpoint.prefix,
        evidence,
        Fix(
            "Assign by the layers' names, or write a file that load_weights takes "
            "(--write-fixed NEW.weights.h5).",
            keras_code.assign(case) or keras_code.command(case),
        ),
    )


def _fed_otherwise(case: Case) -> str:
    """What is said where the match by names finds a value for every weight."""
    if case.unfed_weights or not case.fed_weights:
        return ""
    return "By the layers' names every weight has its value: so it is assigned here."


def _of_groups(case: Case, stops: Sequence[Hindrance]) -> tuple[str, str]:
    first = stops[0]
    name = os.path.basename(case.checkpoint.prefix)
    of = f" and {len(stops) - 1} more" if len(stops) > 1 else ""
    held = "nothing" if not first.found else count(first.found, "variable")
    expects = "expect" if of else "expects"
    title = (
        f"load_weights would stop: the model's `{first.mine}`{of} {expects} "
        f"{count(first.expected, 'variable')} in the group `{first.theirs or '/'}`, where {name} "
        f"has {held}."
    )
    return title, (
        "Keras says `expected ... variables, but received ...`. It looks by attribute and class "
        "(`layers/dense_1`, attributes by the alphabet), so another attribute, another nesting or "
        "a layer more in between puts a layer into another group."
    )


def _of_counts(case: Case, stops: Sequence[Hindrance]) -> tuple[str, str]:
    first = stops[0]
    name = os.path.basename(case.checkpoint.prefix)
    if first.obstacle is Obstacle.LAYERS:
        title = (
            f"load_weights would stop: {name} lists {count(first.found, 'layer')} with weights, "
            f"and the model has {first.expected:,}."
        )
        return title, "Keras says `Layer count mismatch`: it goes by the order of layers alone."
    title = (
        f"load_weights would stop: the layer `{first.theirs}` of {name} has "
        f"{count(first.found, 'weight')}, and `{first.mine}` in the same place of the model has "
        f"{first.expected:,}."
    )
    return title, "Keras says `Weight count mismatch for layer`."


def _moved(case: Case, loading: Loading) -> list[int]:
    """Rows of weights that Keras would feed from another key than belongs there."""
    return [
        place
        for place in case.fed_weights
        if loading.pairs.get(case.rows[place].key, case.rows[place].variable)
        != case.rows[place].variable
    ]


def _said_of_optimizer(case: Case) -> str:
    lines = case.evidence.log.splitlines()
    return next((line for line in lines if "Skipping variable loading" in line), "")
