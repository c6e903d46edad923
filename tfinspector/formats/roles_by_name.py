"""Roles where there is no object graph: TF1 checkpoints, and keys that no node mentions.

Only names tell. In a TF1 graph a variable's scope is never a variable itself, so a key that has
another key as its head ("w" and "w/Adam_1") is something kept for that one: a slot or an average.
"""

import re
from collections.abc import Container, Sequence
from typing import NamedTuple

from tfinspector.contents.variables import Role


class NamedRole(NamedTuple):
    """A role, and for slots and averages the name there and the key of the variable."""

    role: Role
    slot_name: str = ""
    slot_of: str = ""


_AVERAGES = ("ExponentialMovingAverage", "moving_average", "EMA", "ema", "average")
_OPTIMIZER = re.compile(
    r"(^|/)(beta[12]_power|beta_?[12]|learning_rate|lr|loss_scale|good_steps)(_\d+)?$"
)
COUNTER_NAME = re.compile(
    r"(^|[_/])(save_counter|global_step|steps?|epochs?|iterations?|iter|batch(es)?|counter)(_\d+)?$",
    re.IGNORECASE,
)
_METRIC = re.compile(r"(^|/)(metrics?|accuracy|mean)/([^/]+/)*(total|count)$", re.IGNORECASE)
_TRAINED_ELSEWHERE = re.compile(r"(^|/)(moving_mean|moving_variance|renorm_\w+)$")
_DEEPEST_SLOT = 2  # "w/ExponentialMovingAverage/biased" belongs to "w"


def roles_by_name(keys: Sequence[str], all_keys: Container[str]) -> dict[str, NamedRole]:
    """The role of each of `keys`; any of `all_keys` may own a slot."""
    roles = {key: _role_of_pair(key, all_keys) for key in keys}
    return {key: _final_owner(role, roles) for key, role in roles.items()}


def is_never_trained(name: str) -> bool:
    """Whether a variable of that name is updated by its layer, not by an optimizer."""
    return bool(_TRAINED_ELSEWHERE.search(name))


def _role_of_pair(key: str, all_keys: Container[str]) -> NamedRole:
    """The role of one key, with the nearest key that is its head as the owner."""
    head, slash, tail = key.rpartition("/")
    for _ in range(_DEEPEST_SLOT):
        if not slash:
            break
        if head in all_keys:
            is_average = tail.partition("/")[0] in _AVERAGES
            return NamedRole(Role.EMA if is_average else Role.SLOT, tail, head)
        head, slash, more = head.rpartition("/")
        tail = f"{more}/{tail}"
    if key.endswith(("-keys", "-values")) and _partner(key) in all_keys:
        return NamedRole(Role.LOOKUP)
    return NamedRole(_role_of_single(key))


def _role_of_single(key: str) -> Role:
    if key.endswith("ITERATOR_STATE"):
        return Role.ITERATOR
    if _OPTIMIZER.search(key):
        return Role.OPTIMIZER
    if COUNTER_NAME.search(key):
        return Role.COUNTER
    if _METRIC.search(key):
        return Role.METRIC
    return Role.WEIGHT


def _partner(key: str) -> str:
    """A table's other half: "t-keys" and "t-values" come together."""
    head, _, tail = key.rpartition("-")
    return f"{head}-{'values' if tail == 'keys' else 'keys'}"


def _final_owner(role: NamedRole, roles: dict[str, NamedRole]) -> NamedRole:
    """A slot of a slot ("w/EMA/biased") belongs to the variable itself."""
    owner = roles.get(role.slot_of)
    if owner is None or not owner.slot_of:
        return role
    return NamedRole(owner.role, f"{owner.slot_name}/{role.slot_name}", owner.slot_of)
