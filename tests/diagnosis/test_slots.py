"""What an optimizer's list brings to the place of something else, and what each slot is for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.diagnosis.graphs import checkpoint, model
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription, ModelNode
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.matching.slots import meanings_in_file, slots_of_model

# 0: root, 1: the weight, 2: the optimizer, 3: its list of all, 4: of what it trains, 5 ...: slots
LISTS = {"momentums": "_momentums", "velocities": "_velocities"}


def built(kind: str, *lists: str) -> ModelDescription:
    """One weight, and a Keras 3 optimizer with these lists of one slot each."""
    own = {LISTS[name]: 10 + at for at, name in enumerate(lists)}
    slots = {name: 5 + at for at, name in enumerate(lists)}
    edges: dict[int, dict[str, int]] = {
        0: {"w": 1, "opt": 2},
        2: {"_variables": 3, "_trainable_variables": 4, **own},
        3: {str(at): slot for at, slot in enumerate(slots.values())},
        4: {"0": 1},
        **{own[LISTS[name]]: {"0": slots[name]} for name in lists},
    }
    values = {1: (2,), **dict.fromkeys(slots.values(), (2,))}
    made = model(edges, values, nodes={2: ModelNode(f"keras.src.optimizers.{kind}", "")})
    scope = kind.partition(".")[0].replace("rmsprop", "rm_sprop")  # as Keras calls it
    named = [each._replace(name=f"{scope}/{each.name}") for each in made.variables]
    return replace(made, variables=tuple(named))


def saved(optimizer: str, *names: str) -> Checkpoint:
    """The file of such a model: slots in their order in the list."""
    edges = {0: {"w": 1, "opt": 2}, 2: {"_variables": 3},
             3: {str(at): 5 + at for at in range(len(names))}}  # fmt: skip
    values: dict[int, Any] = {1: (2,), **{5 + at: (2,) for at in range(len(names))}}
    made = checkpoint(edges, values, roles={5 + at: Role.SLOT for at in range(len(names))})
    variables = [
        each._replace(
            slot_of="name1", slot_name=names[each.node - 5],
            full_name=f"{optimizer}/w_{names[each.node - 5]}",
        )
        if each.role is Role.SLOT
        else each
        for each in made.variables
    ]  # fmt: skip
    return replace(made, variables=tuple(variables))


def test_the_same_optimizer_has_all_in_place() -> None:
    mine = built("adam.Adam", "momentums", "velocities")
    assert set(slots_of_model(mine)) == {(0, "m"), (0, "v")}
    table = match(saved("adam", "momentum", "velocity"), mine)
    assert table.misplaced == frozenset()


@pytest.mark.parametrize("theirs", [("velocity", "momentum"), ("velocity",)])
def test_another_order_or_length_brings_slots_to_the_place_of_others(
    theirs: tuple[str, ...],
) -> None:
    mine = built("adam.Adam", "momentums", "velocities")
    table = match(saved("adam", *theirs), mine)
    assert "n5" in table.misplaced
    assert all(row.fits for row in table.rows if row.key), "TensorFlow would assign it all the same"


def test_momentum_of_another_class_is_another_thing() -> None:
    """RMSprop keeps lists of the same names as Adam, SGD one of them."""
    adam = saved("adam", "momentum", "velocity")
    assert set(meanings_in_file(adam).values()) == {"m", "v"}
    assert set(meanings_in_file(saved("rmsprop", "momentum", "velocity")).values()) == {
        "momentum", "rms",
    }  # fmt: skip
    for other in (
        built("rmsprop.RMSprop", "momentums", "velocities"),
        built("sgd.SGD", "momentums"),
    ):
        assert "n5" in match(adam, other).misplaced


def test_an_optimizer_that_was_given_a_name_keeps_its_own_slots() -> None:
    """Nothing tells its class then, on either side."""
    mine = built("rmsprop.RMSprop", "momentums", "velocities")
    renamed = [each._replace(name=each.name.replace("rm_sprop", "mine")) for each in mine.variables]
    table = match(saved("mine", "momentum", "velocity"), replace(mine, variables=tuple(renamed)))
    assert table.misplaced == frozenset()
