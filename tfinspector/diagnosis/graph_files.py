"""G01: what a frozen graph takes, gives and holds."""

import os

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.saved_models import MetaGraph, SavedModel, TensorSpec

_MOST_NAMED = 5
_META = ".meta"
_RESTORE = """import tensorflow as tf
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    saver = tf.compat.v1.train.import_meta_graph({path!r})
    saver.restore(session, {prefix!r})"""


def tell_of_graph(model: SavedModel, checkpoint: Checkpoint) -> list[Finding]:
    """What to know of a graph that nothing is wrong with."""
    graph = model.meta_graphs[0]
    signature = graph.signatures[0]
    name = os.path.basename(model.path)
    count = len(checkpoint.variables)
    return [
        Finding(
            "G01", Severity.INFO,
            f"{name} takes {_names(signature.inputs)} and gives {_names(signature.outputs)}.",
            f"It holds {numbers.counted(count, 'constant')} and no variables: it can be run, not "
            "trained. Outputs are the nodes that no other node takes anything from. A graph has "
            "no checksums: a check finds only what can't be decoded.",
            model.path,
            {"inputs": [each.tensor for each in signature.inputs],
             "outputs": [each.tensor for each in signature.outputs]},
            Fix("Run it in TensorFlow 2 as a function.", code_for_graph(model, graph)),
        )
    ]  # fmt: skip


def code_for_graph(model: SavedModel, graph: MetaGraph) -> str:
    """Python that makes a function of a frozen graph, or restores the graph of a checkpoint."""
    if model.path.endswith(_META):
        return _RESTORE.format(path=model.path, prefix=model.path.removesuffix(_META))
    signature = graph.signatures[0]
    inputs = [each.tensor for each in signature.inputs]
    outputs = [each.tensor for each in signature.outputs]
    if model.path.endswith(".pbtxt"):
        read = (
            "from google.protobuf import text_format\n"
            "definition = tf.compat.v1.GraphDef()\n"
            f"text_format.Parse(open({model.path!r}).read(), definition)\n"
        )
    else:
        read = f"definition = tf.compat.v1.GraphDef.FromString(open({model.path!r}, 'rb').read())\n"
    return (
        "import tensorflow as tf\n"
        f"{read}"
        "wrapped = tf.compat.v1.wrap_function(\n"
        "    lambda: tf.import_graph_def(definition, name=''), []\n"
        ")\n"
        f"call = wrapped.prune({inputs!r}, {outputs!r})\n"
        "print(call.inputs, call.outputs)"
    )


def _names(specs: tuple[TensorSpec, ...]) -> str:
    if not specs:
        return "nothing"
    names = [each.name for each in specs[:_MOST_NAMED]]
    more = len(specs) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
