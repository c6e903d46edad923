"""What a layer's variables are called: a Keras 3 file only numbers them, in the order of the class.

Order and names are those of `save_own_variables` of each layer in keras/src/layers (trainable
first, then the others); optional ones are left out as the layer's configuration says. A class
that is not listed here keeps the numbers.
"""

import re
from collections.abc import Mapping, Sequence

Shape = tuple[int, ...]

_KERNEL = ("kernel", "bias")
_RECURRENT = ("kernel", "recurrent_kernel", "bias")
_SEPARABLE = ("depthwise_kernel", "pointwise_kernel", "bias")
_NORM = ("gamma", "beta")
_NAMES: dict[str, tuple[str, ...]] = {
    "dense": _KERNEL, "einsum_dense": _KERNEL,
    "conv1d": _KERNEL, "conv2d": _KERNEL, "conv3d": _KERNEL,
    "conv1d_transpose": _KERNEL, "conv2d_transpose": _KERNEL, "conv3d_transpose": _KERNEL,
    "depthwise_conv1d": _KERNEL, "depthwise_conv2d": _KERNEL,
    "separable_conv1d": _SEPARABLE, "separable_conv2d": _SEPARABLE,
    "lstm_cell": _RECURRENT, "gru_cell": _RECURRENT, "simple_rnn_cell": _RECURRENT,
    "conv_lstm_cell": _RECURRENT,
    "batch_normalization": (*_NORM, "moving_mean", "moving_variance"),
    "layer_normalization": _NORM, "group_normalization": _NORM,
    "rms_normalization": ("scale",), "spectral_normalization": ("vector_u",),
    "unit_normalization": (), "normalization": ("mean", "variance", "count"),
    "embedding": ("embeddings",), "p_re_lu": ("alpha",),
    "seed_generator": ("seed_generator_state",),
    "mean": ("total", "count"), "sum": ("total",), "mean_metric_wrapper": ("total", "count"),
    "f1_score": (),
}  # fmt: skip
_QUANTISED = ("kernel", "bias", "kernel_scale", "kernel_zero", "g_idx")
_FLOAT8 = (
    "kernel", "bias", "inputs_scale", "inputs_amax_history", "kernel_scale", "kernel_amax_history",
    "outputs_grad_scale", "outputs_grad_amax_history",
)  # fmt: skip
_QUANTISED_EMBEDDING = ("embeddings", "embeddings_scale")
_SWITCHES = {"bias": "use_bias", "gamma": "scale", "beta": "center"}
_NUMBER = re.compile(r"_\d+$")
_NEVER_TRAINED = re.compile(
    r"(moving_(mean|variance)|renorm_\w+|seed_generator_state|vector_u|g_idx|total|count"
    r"|\w+_(scale|zero|amax_history))$"
)
_CELLS = {"lstm": "lstm_cell", "gru": "gru_cell", "simple_rnn": "simple_rnn_cell"}


def snake_case(name: str) -> str:
    """As Keras names the group of a class (`to_snake_case` in keras/src/utils/naming.py)."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def class_of_group(group: str) -> str:
    """The snake-case class that a numbered group is for: "dense" for "dense_12"."""
    return group if group in _NAMES else _NUMBER.sub("", group)


def cell_of(class_name: str) -> str:
    """The snake-case class of a recurrent layer's cell, "" for other layers."""
    return _CELLS.get(snake_case(class_name), "")


def is_known(class_name: str) -> bool:
    """Whether the order of this snake-case class's variables is known."""
    return class_name in _NAMES


def variable_names(
    class_name: str, config: Mapping[str, object], shapes: Sequence[Shape], whole_numbers: bool
) -> list[str]:
    """Names for the variables number 0, 1, ... of a layer, "" for each where they are not known.

    `class_name` is in snake case, `shapes` are those of the variables, `whole_numbers` tells that
    the first holds integers: then the layer is quantised.
    """
    names = _NAMES.get(class_name)
    unknown = [""] * len(shapes)
    if names is None:
        return unknown
    if whole_numbers and names == _KERNEL:
        names = _QUANTISED
    elif names == _KERNEL and len(shapes) in (len(_FLOAT8) - 1, len(_FLOAT8)):
        names = _FLOAT8
    elif whole_numbers and names == ("embeddings",):
        names = _QUANTISED_EMBEDDING
    wanted = [name for name in names if config.get(_SWITCHES.get(name, "")) is not False]
    if len(wanted) < len(shapes) or not _fits(wanted, shapes):
        return unknown
    if len(wanted) > len(shapes) and "moving_mean" in wanted:
        return unknown if len(shapes) != 2 else ["moving_mean", "moving_variance"]
    return wanted[: len(shapes)]


def _fits(names: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Whether a kernel comes first where one is expected: other classes are called alike too."""
    return not (names and names[0].endswith("kernel") and shapes and len(shapes[0]) < 2)


def never_trained(name: str) -> bool:
    """Whether the layer itself updates a variable of that name, not the optimizer."""
    return _NEVER_TRAINED.match(name) is not None
