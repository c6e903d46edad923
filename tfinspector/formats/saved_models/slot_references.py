"""A SavedModel without the references of optimizers to their slot variables.

Format: `SavedObject.slot_variables` of `tensorflow/core/protobuf/saved_object_graph.proto`. The
loader makes a slot variable only through its optimizer's class; without the reference it is a
variable like any other. Fields that our schema does not know are kept by protobuf as they are.
"""

from tfinspector.formats.saved_models.schema import parse_message

_MESSAGE = "SavedModel"


def without_slot_references(data: bytes) -> tuple[bytes, int]:
    """The content of a `saved_model.pb` without them, and how many there were."""
    message = parse_message(_MESSAGE, data)
    removed = 0
    for graph in message.meta_graphs:
        for node in graph.object_graph_def.nodes:
            removed += len(node.slot_variables)
            del node.slot_variables[:]
    return message.SerializeToString(deterministic=True), removed
