"""What is known of the optimizers on either side; code that leaves them out or builds them."""

from collections.abc import Sequence

from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.roles import is_optimizer
from tfinspector.diagnosis.matching.walk import ModelSide
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import LOST, UNFED, Case

_KNOWN = {
    "adam": "Adam", "adamw": "AdamW", "adam_w": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop",
    "rm_sprop": "RMSprop", "adagrad": "Adagrad",
    "adadelta": "Adadelta", "adamax": "Adamax", "nadam": "Nadam", "ftrl": "Ftrl", "lion": "Lion",
    "loss_scale_optimizer": "LossScaleOptimizer", "adafactor": "Adafactor",
    "lamb": "Lamb", "muon": "Muon",
}  # fmt: skip


_SLOTS = frozenset(
    {"momentum", "velocity", "average", "accumulator", "norm", "gradient"}
    | {"m", "v", "u", "vhat", "linear", "delta"}
)


LEAVE_OUT = "Leave the optimizer out of the checkpoint object, or make the one that was saved."
"""The advice where an optimizer is another one."""


def lost_state(case: Case) -> list[int]:
    """Rows of state in the file that goes nowhere."""
    return [p for p in case.places(LOST) if case.is_training_state(p)]


def unfed_state(case: Case) -> list[int]:
    """Rows of state in the model that no key feeds."""
    return [p for p in case.places(UNFED) if case.is_training_state(p)]


def class_in_file(case: Case) -> str:
    """From the full names that its variables were saved with: "adam/iteration"."""
    for node in sorted(case.file_optimizers):
        for _, child in case.graph.nodes[node].children:
            for attribute in case.graph.nodes[child].attributes:
                scope, slash, _ = attribute.full_name.partition("/")
                if slash:
                    return _KNOWN.get(scope.rstrip("0123456789_").lower(), scope)
    names = {one.slot_name for one in case.checkpoint.variables if one.slot_name}
    if {"m", "v"} <= names or {"momentum", "velocity"} <= names:
        return "Adam"
    return ""


def class_in_model(case: Case) -> str:
    """The class of the model's first optimizer, "" where it has none."""
    kinds = [node.kind for node in case.model.nodes if is_optimizer(node.kind)]
    return kinds[0].rpartition(".")[2] if kinds else ""


def has_optimizer(case: Case) -> bool:
    """Whether the model has one."""
    return any(is_optimizer(node.kind) for node in case.model.nodes)


def takes_slots(case: Case) -> bool:
    """Whether an optimizer of the model is of the old kind itself, whose slots may not be there."""
    side = ModelSide(case.model)
    kinds = [number for number, node in enumerate(case.model.nodes) if is_optimizer(node.kind)]
    return any(side.takes_slots(number) for number in kinds)


def has_rate(case: Case, in_file: bool) -> bool:
    """Whether an optimizer keeps its learning rate as a variable; a schedule has none."""
    if in_file:
        children = [case.file_children(node) for node in sorted(case.file_optimizers)]
        return any("_learning_rate" in names for names in children)
    kinds = [number for number, node in enumerate(case.model.nodes) if is_optimizer(node.kind)]
    return any("_learning_rate" in case.model_children(number) for number in kinds)


def wrapped_on_one_side(case: Case) -> tuple[str, str] | None:
    """What was saved and what is there, in words, where a wrapper is around one of the two.

    Keras's LossScaleOptimizer keeps the optimizer that it wraps as `inner_optimizer`.
    """
    inside = any(
        "inner_optimizer" in case.file_children(node) for node in sorted(case.file_optimizers)
    )
    kinds = [number for number, node in enumerate(case.model.nodes) if is_optimizer(node.kind)]
    here = any("inner_optimizer" in case.model_children(number) for number in kinds)
    if inside == here:
        return None
    words = ("inside a LossScaleOptimizer (mixed precision)", "without a LossScaleOptimizer")
    return words if inside else words[::-1]


def averages_in_file(case: Case) -> bool:
    """Whether the checkpoint holds averages of weights."""
    return any(one.role is Role.EMA for one in case.checkpoint.variables)


def keeps_averages(case: Case) -> bool:
    """Whether an optimizer of the model keeps such averages (use_ema=True)."""
    return any(
        name == "_model_variables_moving_average" and case.node(child).children
        for node in case.model.nodes
        if is_optimizer(node.kind)
        for name, child in node.children
    )


def slot_in(name: str) -> str:
    """Which slot a variable of an optimizer is: "momentum" of "adam/dense_kernel_momentum"."""
    last = name.partition(":")[0].rpartition("/")[2]
    slot = last.rpartition("_")[2]
    return slot if slot in _SLOTS else ""


def without_optimizer(case: Case) -> str:
    """The restore of the weights alone."""
    made = code.make_model(case)
    match case.model.returned.value:
        case "named":
            kept = [
                name
                for name, child in case.node(0).children
                if not is_optimizer(case.node(child).kind)
            ]
            parts = ", ".join(f"{name}=parts[{name!r}]" for name in kept)
            whole = f"tf.train.Checkpoint({parts})"
        case "checkpoint":
            kept = [name for name in _parts_of_checkpoint(case) if name.isidentifier()]
            parts = ", ".join(f"{name}=checkpoint.{name}" for name in kept)
            whole = f"tf.train.Checkpoint({parts})"
        case _:
            return f"{made}\n{code.restore(case, '.expect_partial()')}"
    return f"{made}\n{whole}.restore({case.checkpoint.prefix!r}).expect_partial()"


def _parts_of_checkpoint(case: Case) -> Sequence[str]:
    return [
        name
        for name, child in case.node(0).children
        if not is_optimizer(case.node(child).kind) and name != "save_counter"
    ]


def build_optimizer(case: Case, name: str) -> str:
    """Makes the variables of the optimizer at path `name`, then restores."""
    made = code.make_model(case)
    if case.model.returned.value == "named":
        build = f"parts[{name!r}].build(parts['model'].trainable_variables)"
    elif case.model.returned.value == "bare":
        build = "model.optimizer.build(model.trainable_variables)"
    else:
        build = f"checkpoint.{name.replace('/', '.')}.build(checkpoint.model.trainable_variables)"
    return f"{made}\n{build}\n{code.restore(case)}"
