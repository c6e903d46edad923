"""S13: a SavedModel used as a checkpoint; its variables may lie in a plain list."""

import os
from collections import Counter
from collections.abc import Collection, Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import ROOT, Case, Cause
from tfinspector.diagnosis.restoring.wording import count, listed

_LISTS = ("variables", "_all_variables")


def is_saved_model(case: Case) -> bool:
    """Whether the checkpoint is the `variables/variables` of a SavedModel."""
    directory, name = os.path.split(case.checkpoint.prefix)
    return name == "variables" and os.path.basename(directory) == "variables"


def listed_twice(keys: Collection[str]) -> frozenset[str]:
    """Keys of an export's second list: the values of `variables/` again, in another order."""
    first, second = (
        frozenset(key for key in keys if key.startswith(f"{name}/")) for name in _LISTS
    )
    return second if len(first) == len(second) else frozenset()


def find_export(case: Case) -> Iterator[Cause]:
    """`model.export` keeps the weights as `variables/0`, `variables/1`, ... in no structure."""
    if not is_saved_model(case) or not case.graph.nodes:
        return
    children = case.file_children(ROOT)
    lost, unfed = case.open(case.lost_weights), case.open(case.unfed_weights)
    if not all(name in children for name in _LISTS) or not lost or not unfed:
        return
    entries = sorted(
        (int(name), child)
        for name, child in case.graph.nodes[children["variables"]].children
        if name.isdigit()
    )
    places = [case.rows_at[child][0] for _, child in entries if child in case.rows_at]
    theirs = Counter(case.rows[place].file_shape for place in places)
    mine = Counter(case.rows[place].model_shape for place in unfed)
    fits = "Number and shapes are those of the model, so the order tells which is which." if (
        theirs == mine
    ) else "Their shapes are not all those of the model."  # fmt: skip
    yield Cause(
        Finding(
            "S13", Severity.ERROR,
            "This SavedModel was made by model.export(), which keeps the weights in a plain list "
            f"(variables/0 to variables/{len(entries) - 1}) that no checkpoint of the model "
            "matches.",
            f"restore() of the directory finds none of the {count(len(unfed), 'weight')} and says "
            f"nothing. {fits}",
            case.checkpoint.prefix,
            {"list": listed(case.rows[place].key for place in places),
             "model": listed(case.names(unfed)), "shapes_fit": theirs == mine},
            Fix("Assign them in the order of model.variables, or use the exported model itself "
                "(tf.saved_model.load(...).serve).", _in_order(case, places)),
        ),
        frozenset([*lost, *unfed]),
    )  # fmt: skip


def _in_order(case: Case, places: list[int]) -> str:
    if case.model.returned.value != "bare":
        return code.command(case)
    keys = "\n".join(f"    {case.rows[place].key!r}," for place in places)
    return (
        f"{code.make_model(case)}\n"
        f"reader = tf.train.load_checkpoint({case.checkpoint.prefix!r})\n"
        f"keys = [\n{keys}\n]\n"
        "for variable, key in zip(model.variables, keys, strict=True):\n"
        "    variable.assign(reader.get_tensor(key))"
    )
