"""A `.meta` file: the MetaGraphDef that a Saver of TensorFlow 1 writes beside each checkpoint.

Source: `core/protobuf/meta_graph.proto`. It has the signatures and the variables as a SavedModel
has, and no values.
"""

import os
from functools import partial

from google.protobuf.message import DecodeError

from tfinspector.contents.saved_models import SavedModel
from tfinspector.formats import faults
from tfinspector.formats.places.files import open_for_parts
from tfinspector.formats.saved_models.binary import read_meta_graph
from tfinspector.formats.saved_models.graph_collections import variable_nodes
from tfinspector.formats.saved_models.saved_model import build_meta_graph
from tfinspector.formats.wire_in_file import Malformed, Span, windowed


def read_meta(path: str) -> SavedModel:
    """What the graph at `path` says of itself, as a SavedModel of one graph without a directory.

    Raises `Unreadable`.
    """
    try:
        with open_for_parts(path) as (read, status):
            raw = read_meta_graph(read, Span(0, status.st_size))
            find_nodes = partial(variable_nodes, windowed(read))
            graph, problems = build_meta_graph(os.path.dirname(path), raw, find_nodes)
    except (Malformed, DecodeError) as error:
        raise faults.unreadable(
            "F07",
            f"{os.path.basename(path)} is no graph of a checkpoint, or a damaged one: {error}",
            path,
            "Copy it again from where it was saved; the checkpoint beside it opens without it.",
        ) from None
    except OSError as error:
        raise faults.cannot_open(path, error) from error
    return SavedModel(
        path=path,
        proto=path,
        proto_nbytes=status.st_size,
        schema_version=0,
        meta_graphs=(graph,),
        fingerprint=None,
        variables_prefix=path,
        keras_metadata=False,
        mtime=status.st_mtime,
        problems=problems,
    )
