"""SavedModels of TensorFlow 1 whose signatures assign to reference variables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1
Tensors = dict[str, Any]


def assigning(directory: Path) -> None:
    """`counting` adds its input to a variable; `fed` takes the variable itself as its input."""

    def counting() -> tuple[Tensors, Tensors]:
        x = v1.placeholder(tf.float32, [2], name="x")
        total = v1.get_variable("total", [2], use_resource=False)
        return {"x": x}, {"y": v1.assign_add(total, x)}

    def fed() -> tuple[Tensors, Tensors]:
        total = v1.get_variable("total", [2], use_resource=False)
        return {"x": total}, {"y": v1.assign_add(total, [1.0, 2.0])}

    _save(directory / "counting", counting)
    _save(directory / "fed", fed)


def _save(path: Path, build: Callable[[], tuple[Tensors, Tensors]]) -> None:
    info = v1.saved_model.build_tensor_info
    builder = v1.saved_model.Builder(str(path))
    with tf.Graph().as_default(), v1.Session() as session:
        inputs, outputs = build()
        session.run(v1.global_variables_initializer())
        signature = v1.saved_model.build_signature_def(
            {name: info(tensor) for name, tensor in inputs.items()},
            {name: info(tensor) for name, tensor in outputs.items()},
        )
        signatures = {"serving_default": signature}
        builder.add_meta_graph_and_variables(session, ["serve"], signature_def_map=signatures)
    builder.save()
