"""Roles where there is no object graph: TF1 checkpoints, and keys that no node mentions.

Only names tell. In a TF1 graph a variable's scope is never a variable itself, so a key that has
another key as its head ("w" and "w/Adam_1") is something kept for that one: a slot or an average.
"""

import re
from collections.abc import Container, Sequence
from functools import lru_cache
from typing import NamedTuple

from tfinspector.contents.variables import Role


class NamedRole(NamedTuple):
    """A role, and for slots and averages the name there and the key of the variable."""

    role: Role
    slot_name: str = ""
    slot_of: str = ""


_AVERAGES = ("ExponentialMovingAverage", "moving_average", "EMA", "ema", "average")
_OPTIMIZER = re.compile(
    r"(beta[12]_power|beta_?[12]|learning_rate|lr|loss_scale|good_steps)(_\d+)?$"
)
_OPTIMIZER_KEY = re.compile(r"(.+)/_(?:learning_rate|iterations)/\.ATTRIBUTES/")
_KEPT_BY_OPTIMIZER = re.compile(r"(.+)/(?:_variables/(\d{1,9})|_learning_rate|_iterations)$")
_BEFORE_SLOTS = 2
_COUNTER = re.compile(
    r"(^|_)(save_counter|global_step|steps?|epochs?|iterations?|iter|batch(es)?|counter)(_\d+)?$",
    re.IGNORECASE,
)
_METRIC = re.compile(r"(^|/)(metrics?|accuracy|mean)/([^/]+/)*(total|count)$", re.IGNORECASE)
NEVER_TRAINED_PARTS = ("moving_", "renorm_")
"""One of them is in every name for which `is_never_trained` holds."""
_TRAINED_ELSEWHERE = re.compile(r"(moving_mean|moving_variance|renorm_\w+)$")
_TABLE_HALVES = ("-keys", "-values")


def roles_by_name(keys: Sequence[str], all_keys: Container[str]) -> dict[str, NamedRole]:
    """The roles of those of `keys` that are no weights; any of `all_keys` may own a slot."""
    parts = [key.rpartition("/") for key in keys]
    heads, tails = {head for head, _, _ in parts}, {tail for _, _, tail in parts}
    kept = {head for head in heads if head in all_keys or head.rpartition("/")[0] in all_keys}
    role_of = {tail: _role_of_tail(tail) for tail in tails}
    telling = {tail for tail, role in role_of.items() if role is not Role.WEIGHT}
    telling |= {tail for tail in tails if tail.endswith(_TABLE_HALVES)}
    roles: dict[str, NamedRole] = {}
    if not kept and not telling:
        return roles
    for key, (head, slash, tail) in zip(keys, parts, strict=True):
        if head not in kept and tail not in telling:
            continue
        if slash and head in all_keys:
            roles[key] = _kept_for(head, tail)
            continue
        scope, slash, inner = head.rpartition("/")
        if slash and scope in all_keys:
            roles[key] = _kept_for(scope, f"{inner}/{tail}")
            continue
        role = role_of[tail]
        if role is Role.METRIC and not _METRIC.search(key):
            role = Role.WEIGHT
        if key.endswith(_TABLE_HALVES) and _partner(key) in all_keys:
            role = Role.LOOKUP
        if role is not Role.WEIGHT:
            roles[key] = NamedRole(role)
    return {key: _final_owner(role, roles) for key, role in roles.items()}


def optimizers_among(keys: Sequence[str]) -> set[str]:
    """The paths of Keras 3 optimizers, known by the learning rate or step count they keep."""
    return {
        match[1] for match in map(_OPTIMIZER_KEY.match, keys) if match is not None
    }  # fmt: skip


def role_in_optimizer(name: str, optimizers: Container[str]) -> NamedRole | None:
    """The role of `optimizer/_variables/4` and its like, None for what is no optimizer's own.

    Keras 3 lists the step count and the learning rate first, then the slots. What lies under
    `_trainable_variables` are the model's own weights, which the optimizer lists too.
    """
    match = _KEPT_BY_OPTIMIZER.match(name)
    if match is None or not (match[1] in optimizers or "optimizer" in match[1].rpartition("/")[2]):
        return None
    number = match[2]
    is_slot = number is not None and int(number) >= _BEFORE_SLOTS
    return NamedRole(Role.SLOT if is_slot else Role.OPTIMIZER)


@lru_cache(maxsize=4096)
def is_never_trained(name: str) -> bool:
    """Whether a variable of that name (no scope) is updated by its layer, not by an optimizer."""
    return _TRAINED_ELSEWHERE.match(name) is not None


@lru_cache(maxsize=4096)
def is_counter(name: str) -> bool:
    """Whether a variable of that name (no scope) counts steps, epochs, saves."""
    return _COUNTER.search(name) is not None


def _kept_for(owner: str, tail: str) -> NamedRole:
    is_average = tail.partition("/")[0] in _AVERAGES
    return NamedRole(Role.EMA if is_average else Role.SLOT, tail, owner)


def _role_of_tail(tail: str) -> Role:
    """The role that the last part of a name tells; a metric only if the scope says so too."""
    if tail.endswith("ITERATOR_STATE"):
        return Role.ITERATOR
    if _OPTIMIZER.match(tail):
        return Role.OPTIMIZER
    if is_counter(tail):
        return Role.COUNTER
    return Role.METRIC if tail in ("total", "count") else Role.WEIGHT


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
