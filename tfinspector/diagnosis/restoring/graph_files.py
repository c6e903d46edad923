"""M40: a graph in a file is no checkpoint, though its constants are the weights of a model.

A frozen `.pb` (GraphDef) holds them inside the graph; a `.meta` has the graph of a TensorFlow 1
model and leaves its values to the checkpoint beside it. No `restore` of TensorFlow reads either.
"""

import os
from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.sources import SourceKind
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import LOST, Case, Cause
from tfinspector.diagnosis.restoring.wording import WRITE_REPAIRED, listed, shown

_WHAT = {
    SourceKind.GRAPH_DEF: "a frozen graph: its weights are constants inside it",
    SourceKind.META_GRAPH: "the graph of a TensorFlow 1 model: its weights lie in the checkpoint "
    "beside it, and only constants are in it",
}
GRAPHS = frozenset(_WHAT)


def find_graph(case: Case) -> Iterator[Cause]:
    """One sentence for all that does not arrive; how much of it a map could bring, besides."""
    what = _WHAT.get(case.evidence.kind) if case.evidence.kind else None
    if what is None:
        return
    lost, unfed = case.places(LOST), case.unfed_weights
    told = (
        f"{shown(case.names(unfed))} {'has' if len(unfed) == 1 else 'have'} no constant of "
        f"{'its' if len(unfed) == 1 else 'their'} name"
        if unfed
        else "each weight of the model has a constant of its name"
    )
    pairs = [(each.path, each.key) for each in case.evidence.renames if not each.transform]
    yield Cause(
        Finding(
            "M40", Severity.ERROR if unfed else Severity.WARNING,
            f"{os.path.basename(case.checkpoint.prefix)} is {what}, so TensorFlow can't restore "
            f"it; {told}.",
            "This program reads the constants and assigns them by their names, or by a map where "
            "the names differ.",
            case.checkpoint.prefix,
            {"constants": listed(one.key for one in case.checkpoint.variables),
             "only_in_model": listed(case.names(unfed)), "pairs": dict(pairs[:100])},
            Fix(f"Make a checkpoint of it once and restore that; {WRITE_REPAIRED} does it.",
                code.command(case)),
        ),
        frozenset([*lost, *unfed]),
    )  # fmt: skip
