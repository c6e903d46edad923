"""Lines of a generated program that give the model its variables before the restore.

They do what the worker did (`ModelDescription.built_by`): nothing where the factory builds all,
otherwise a call with `sample_inputs()`, or layer by layer from the shapes of their weights.
"""

from collections.abc import Sequence

from tfinspector.contents.models import ModelDescription, ModelNode

_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN"})
_NORMS = frozenset({"BatchNormalization", "LayerNormalization", "GroupNormalization"})
_KERNELS = ("kernel", "_kernel", "depthwise_kernel", "pointwise_kernel")


def build_lines(model: ModelDescription, optimizers: Sequence[str]) -> list[str]:
    """The lines, for variables `built` and `root`; optimizers by name last."""
    lines: list[str] = []
    if model.built_by == "sample_inputs":
        lines += [
            "models = built if isinstance(built, (tuple, list)) else [built]",
            "models = list(built.values()) if isinstance(built, dict) else models",
            "module = sys.modules[make.__module__]",
            "models[0](module.sample_inputs())  # makes the variables",
        ]
    elif model.built_by in ("build", "signature", "kernel shapes"):
        lines += _layer_lines(model)
    for name in optimizers:
        lines += [
            f"if hasattr(root.{name}, 'build') and not getattr(root.{name}, 'built', False):",
            f"    root.{name}.build({_trained(model, name)}.trainable_variables)",
        ]
    return lines


def _layer_lines(model: ModelDescription) -> list[str]:
    """Each layer by the shape of its own weights."""
    lines = []
    for path, node in _with_paths(model):
        shape = _input_shape(model, node)
        if shape and path:
            lines += [
                f"layer = follow(root, {path.split('/')!r})",
                "if layer is not None and not layer.built:",
                f"    layer.build({shape})",
                "    layer.input_spec = None  # the rank was a guess",
            ]
    return lines


def _with_paths(model: ModelDescription) -> list[tuple[str, ModelNode]]:
    """Every node with the shortest path to it."""
    paths = {0: ""}
    for place, path in (queue := [(0, "")]):  # it grows meanwhile
        for name, child in model.nodes[place].children:
            if child not in paths:
                paths[child] = f"{path}/{name}" if path else name
                queue.append((child, paths[child]))
    return [(path, model.nodes[place]) for place, path in paths.items()]


def _input_shape(model: ModelDescription, node: ModelNode) -> str:
    """An input shape that makes weights of these shapes; "" where the class is not known."""
    kind = node.kind.rpartition(".")[2]
    shapes = {
        name.lstrip("_"): model.variables[model.nodes[child].variable].shape or ()
        for name, child in node.children
        if model.nodes[child].variable >= 0
    }
    kernel = next((shapes[name.lstrip("_")] for name in _KERNELS if name.lstrip("_") in shapes), ())
    if kind in _RECURRENT:
        cells = [model.nodes[child] for name, child in node.children if name == "cell"]
        inner = _cell_kernel(model, cells[0]) if cells else None
        return f"(None, None, {inner})" if inner else ""
    if kind == "Embedding":
        return "(None, None)"
    if kind in _NORMS and shapes:
        return f"(None, {next(iter(shapes.values()))[0]})"
    if kind == "Dense" and len(kernel) == 2:
        return f"(None, {kernel[0]})"
    if "Conv" in kind and len(kernel) >= 3:
        channels = kernel[-1] if "Transpose" in kind else kernel[-2]
        return f"({'None, ' * (len(kernel) - 1)}{channels})"
    return ""


def _cell_kernel(model: ModelDescription, cell: ModelNode) -> int | None:
    for name, child in cell.children:
        at = model.nodes[child].variable
        if name == "kernel" and at >= 0:
            return (model.variables[at].shape or (None,))[0]
    return None


def _trained(model: ModelDescription, optimizer: str) -> str:
    """The model that the optimizer is beside."""
    others = [
        name
        for name, child in model.nodes[0].children
        if name not in (optimizer, "save_counter") and model.nodes[child].children
    ]
    name = "model" if "model" in others or not others else others[0]
    return f"root.{name}"
