"""The description of a built model, against TensorFlow's own view and the file it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.legacy_keras import legacy_python
from tests.worker.conftest import MODELS, Asked, by_path
from tfinspector.contents.models import Returned
from tfinspector.engine.restoring.model_reports import description_of
from tfinspector.engine.worker.client import WorkerClient
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint

NAMES = (
    "functional", "built", "compiled", "blocks", "module", "rooted_checkpoint", "plain_checkpoint",
    "others", "two_inputs",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_graph_is_the_one_that_tensorflow_writes(asked: Asked, tmp_path: Path, name: str) -> None:
    """Same edges from the same paths, and every variable at the same place."""
    model = asked.build(name, hints={"optimizer": True})
    told = asked("write", prefix=str(tmp_path / "written"))
    checkpoint, _ = read_checkpoint(told["prefix"])
    graph = checkpoint.graph
    assert graph
    pairs, waiting = {0: 0}, [0]
    while waiting:
        ours = waiting.pop()
        theirs = pairs[ours]
        mine = dict(model.nodes[ours].children)
        stored = dict(graph.nodes[theirs].children)
        if ours == 0:  # the save counter is made by the writing, a bare model's "root" likewise
            stored.pop("save_counter", None)
            if model.returned is Returned.BARE:
                stored.pop("root", None)
        assert mine.keys() == stored.keys(), model.nodes[ours]
        for edge, child in mine.items():
            if child not in pairs:
                pairs[child] = stored[edge]
                waiting.append(child)
            assert pairs[child] == stored[edge]
        names = [attribute.name for attribute in graph.nodes[theirs].attributes]
        if model.nodes[ours].variable >= 0:
            assert names == ["VARIABLE_VALUE"]
        else:
            assert tuple(names) == model.nodes[ours].saves


def test_variables_of_a_keras_model(asked: Asked) -> None:
    model = asked.build("built")
    kernel = by_path(model)["first/_kernel"]
    assert kernel.name.endswith("/first/kernel")
    assert (kernel.dtype, kernel.shape, kernel.device) == ("float32", (3, 5), "CPU:0")
    assert kernel.trainable
    assert kernel.owner == "keras.src.layers.core.dense.Dense"
    assert model.nodes[kernel.node].variable == model.variables.index(kernel)
    assert not by_path(model)["norm/moving_mean"].trainable
    assert model.returned is Returned.BARE
    assert model.flavours == {"keras " + str(model.interpreter.keras): 13}


def test_what_no_checkpoint_reaches(asked: Asked) -> None:
    lost = [each for each in asked.build("blocks").variables if each.node < 0]
    assert [each.name.partition("/")[2] for each in lost] == [
        "block_0/kernel", "block_0/bias", "block_1/kernel", "block_1/bias",
    ]  # fmt: skip
    assert not any(each.random_state or each.path or each.paths for each in lost)
    assert {each.owner for each in lost} == {"keras.src.layers.core.dense.Dense"}


def test_state_of_random_numbers_is_told_apart(asked: Asked) -> None:
    (seed,) = [each for each in asked.build("built").variables if each.node < 0]
    assert seed.random_state
    assert seed.owner == "keras.src.random.seed_generator.SeedGenerator"


def test_shared_objects_have_all_their_paths_and_circles_end(asked: Asked) -> None:
    model = asked.build("module")
    assert by_path(model)["weight"].paths == ("weight", "again")
    assert [each.path for each in model.variables if each.dtype == "string"] == ["words"]
    assert all(each.initial for each in model.variables)


def test_a_path_over_the_model_comes_before_a_shorter_one_over_the_optimizer(
    asked: Asked,
) -> None:
    model = asked.build("two_models", hints={"optimizer": True})
    assert by_path(model)["critic/_operations/1/_kernel"].paths == (
        "critic/_operations/1/_kernel",
        "critic_optimizer/_trainable_variables/0",
    )


def test_a_call_is_traced(asked: Asked) -> None:
    model = asked.build("module")
    assert [model.variables[each].path for each in asked("trace")["in_call"]] == ["weight"]
    asked.build("unbuilt")
    assert asked("trace")["in_call"] is None


def test_building_calls_nothing_that_is_built(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    """What a first call does once only, it must still do in the call that proves a restore."""
    spec = write_factory(
        "import tensorflow as tf\n"
        "class Lazy(tf.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.weight, self.ready = tf.Variable(0.0), False\n"
        "    def __call__(self, x):\n"
        "        if not self.ready:\n"
        "            self.weight.assign(7.0)\n"
        "        self.ready = True\n"
        "        return x * self.weight\n"
        "def make():\n    return Lazy()\n"
        "def sample_inputs():\n    return 2.0\n"
    )
    asked.build(spec)
    (output,) = asked("call")["outputs"]
    assert output["max"] == 14.0


def test_five_thousand_variables(asked: Asked) -> None:
    model = asked.build("many", kwargs={"count": 5000})
    assert len(model.variables) == 5000
    assert model.variables[4999].path == "groups/49/values/99"


def test_things_beside_models_that_are_not_trackable(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    spec = write_factory(
        "import tensorflow as tf\n"
        "def make():\n    return {'model': tf.Module(), 'config': {'a': 1}, 'rate': 3.5}\n"
    )
    model = asked.build(spec)
    (finding,) = model.findings
    assert finding.id == "M19"
    assert "'rate' is builtins.float" in finding.title
    assert finding.fix
    assert [edge.name for edge in model.nodes[0].children] == ["model", "config", "rate"]
    told = asked("restore", prefix="/nowhere")
    assert told["error"]["type"] == "NotTrackable"


def test_keras_2_of_another_package_is_described(
    write_factory: Callable[..., str],
) -> None:
    """In an interpreter that has nothing else: its names, and the slots of the old optimizer."""
    spec = write_factory(
        "import tf_keras\n"
        "def make():\n"
        "    model = tf_keras.Sequential([tf_keras.layers.Dense(2, input_shape=(3,))])\n"
        "    optimizer = tf_keras.optimizers.legacy.Adam()\n"
        "    return model, optimizer\n"
    )
    command = ("env", "TF_USE_LEGACY_KERAS=1", str(legacy_python()))
    with WorkerClient(command) as client:
        told = client.call("build", {"factory": spec, "hints": {"optimizer": True}})
        assert client.about
        model = description_of(told, client.about)
        prefix = str(Path(spec).parent / "written")
        client.call("write", {"prefix": prefix})
        told = client.call("restore", {"prefix": prefix})
    checkpoint, _ = read_checkpoint(prefix)
    assert told["checks"]["assert_consumed"] is None
    assert checkpoint.graph
    (flavour,) = model.flavours
    assert flavour.startswith("tf_keras 2.")
    assert by_path(model)["model/layer_with_weights-0/kernel"].shape == (3, 2)
    slots = [slot for node in model.nodes for slot in node.slots]
    stored = [slot for node in checkpoint.graph.nodes for slot in node.slots]
    assert sorted(slot.name for slot in slots) == sorted(slot.name for slot in stored)
    assert len(slots) == 4
    for original, name, slot in slots:
        path = model.variables[model.nodes[original].variable].path
        variable = model.variables[model.nodes[slot].variable]
        assert variable.path == f"{path}/.OPTIMIZER_SLOT/optimizer/{name}"


def test_description_is_plain_data(asked: Asked) -> None:
    told: dict[str, Any] = asked("build", factory=f"{MODELS}:functional")
    assert set(told) == {
        "factory", "returned", "built_by", "unbuilt", "flavours", "nodes", "variables",
        "problems", "optimizers_built",
    }  # fmt: skip
