"""SavedModels written by TensorFlow, read by us and by TensorFlow: everything must be equal."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.agreement import assert_saved_model_agrees
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.saved_models import SavedModel
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.saved_models.saved_model import join_variables, read_saved_model

Made = Callable[[str], Path]

MODELS = [
    ("saved_models.everything", "model"),
    ("saved_models.no_signatures", "model"),
    ("saved_models.slots", "model"),
    ("saved_models.only_call", "model"),
    ("saved_models.untraced_call", "model"),
    ("saved_models.no_variables", "model"),
    ("saved_models.odd_types", "model"),
    ("saved_models.keras3_export", "model"),
    ("saved_models.keras3_whole", "model"),
    ("saved_models.tensorflow1", "binary"),
    ("saved_models.tensorflow1", "text"),
    ("tutorial.built", "model"),
    ("tutorial.unbuilt", "model"),
    ("tutorial.custom_layer", "model"),
]


@pytest.fixture
def everything(made: Made) -> SavedModel:
    return read_saved_model(made("saved_models.everything") / "model")


def joined(directory: Path) -> SavedModel:
    saved_model = read_saved_model(directory)
    return join_variables(saved_model, read_checkpoint(saved_model.variables_prefix)[0])


@pytest.mark.parametrize(("maker", "name"), MODELS)
def test_equals_tensorflows_own_reading(
    made: Made, tensorflow: TensorFlowProcess, maker: str, name: str
) -> None:
    saved_model = read_saved_model(made(maker) / name)
    assert saved_model.problems == ()
    assert_saved_model_agrees(saved_model, tensorflow)


def test_traced_forms_read_like_python(everything: SavedModel) -> None:
    functions = {function.path: function for function in everything.meta_graphs[0].functions}
    forms = {
        path: [(form.arguments, form.output) for form in function.forms]
        for path, function in functions.items()
    }
    inputs = "inputs: {left: float32[?, 2], right: (float32[2],)}"
    parts = "{parts: (float32[?, 4], [float32[?], int64[]]), scaled: float32[?, 4]}"
    assert forms["__call__"] == [
        (f"{inputs}, training=False, mode='fast'", "float32[?, 2]"),
        (f"{inputs}, training=True, mode='slow'", "float32[?, 2]"),
    ]
    assert forms["encoder/encode"] == [("x: float32[?, 4]", parts)]
    assert forms["look_up"] == [("words: string[?]", "{ids: int64[?]}")]
    assert forms["total"] == [("sparse: SparseTensorSpec(int64[?, 3])", "int64[...]")]
    assert forms["lengths"] == [("ragged: RaggedTensorSpec(float32[?, ?])", "int64[?]")]
    assert forms["raw"] == [("left: float32[2], right: float32[2]", "float32[2]")]
    assert forms["never_traced"] == []
    names = [spec.name for spec in functions["__call__"].forms[0].inputs]
    assert names == ["inputs_left", "inputs_right_0"]


def test_functions_are_reached_through_lists_and_dictionaries(everything: SavedModel) -> None:
    access = {function.path: function.access for function in everything.meta_graphs[0].functions}
    assert access["__call__"] == "loaded"
    assert access["heads/1/encode"] == "loaded.heads[1].encode"
    assert access["by_name/c/encode"] == 'loaded.by_name["c"].encode'
    assert not any(path.startswith("signatures") for path in access)


@pytest.mark.parametrize(
    ("maker", "expected"),
    [
        ("saved_models.everything", True), ("saved_models.only_call", True),
        ("saved_models.untraced_call", False), ("saved_models.no_signatures", False),
        ("saved_models.keras3_export", False), ("tutorial.built", False),
    ],
)  # fmt: skip
def test_callable_root_is_what_tensorflow_can_call(
    made: Made, tensorflow: TensorFlowProcess, maker: str, expected: bool
) -> None:
    directory = made(maker) / "model"
    assert read_saved_model(directory).meta_graphs[0].callable_root is expected
    error = tensorflow.call("tests.makers.saved_model_referee:error_of_calling", str(directory))
    cannot = "not callable" in error or "zero restored functions" in error
    assert cannot is not expected, error


def test_assets_tell_their_size_or_that_they_are_gone(made: Made, tmp_path: Path) -> None:
    assets = read_saved_model(made("saved_models.everything") / "model").meta_graphs[0].assets
    assert [(asset.name, asset.size) for asset in assets] == [("words.txt", 19)]
    proto = made("saved_models.everything") / "model" / "saved_model.pb"
    (tmp_path / "saved_model.pb").write_bytes(proto.read_bytes())
    alone = read_saved_model(tmp_path)
    assert [asset.size for asset in alone.meta_graphs[0].assets] == [-1]
    assert alone.variables_prefix == ""
    assert alone.fingerprint is None


def test_fingerprint_has_unsigned_hashes(made: Made, everything: SavedModel) -> None:
    fingerprint = everything.fingerprint
    assert fingerprint is not None
    hashes = [
        fingerprint.saved_model_checksum, fingerprint.graph_def_program_hash,
        fingerprint.signature_def_hash, fingerprint.saved_object_graph_hash,
        fingerprint.checkpoint_hash,
    ]  # fmt: skip
    assert all(0 < value < 1 << 64 for value in hashes)
    assert len(fingerprint.uuid) >= 32
    assert read_saved_model(made("saved_models.tensorflow1") / "binary").fingerprint is None


def test_the_init_op_is_told_apart_from_the_signatures(made: Made) -> None:
    for name in ("everything", "no_signatures"):
        graph = read_saved_model(made(f"saved_models.{name}") / "model").meta_graphs[0]
        assert graph.init_op
        assert not any(signature.name.startswith("__") for signature in graph.signatures)
    assert read_saved_model(made("saved_models.tensorflow1") / "text").meta_graphs[0].init_op


@pytest.mark.parametrize(
    "maker",
    ["saved_models.everything", "saved_models.no_signatures", "saved_models.keras3_export",
     "saved_models.keras3_whole", "tutorial.built", "tutorial.custom_layer"],
)  # fmt: skip
def test_joined_variables_hold_what_tensorflow_restores(
    made: Made, tensorflow: TensorFlowProcess, maker: str
) -> None:
    saved_model = joined(made(maker) / "model")
    reader = read_checkpoint(saved_model.variables_prefix)[1]
    variables = saved_model.meta_graphs[0].variables
    paths = [spec.paths[-1] for spec in variables]
    theirs = tensorflow.call("tests.makers.saved_model_referee:values", saved_model.path, paths)
    assert len({spec.key for spec in variables}) == len(variables) > 0
    assert [reader.read(spec.key).tobytes() for spec in variables] == theirs


@pytest.mark.parametrize("form", ["binary", "text"])
def test_tensorflow1_variables_are_joined_by_name(made: Made, form: str) -> None:
    saved_model = joined(made("saved_models.tensorflow1") / form)
    for graph in saved_model.meta_graphs:
        rows = [(spec.key, spec.dtype.name, spec.shape) for spec in graph.variables]
        assert rows == [
            ("layer/w", "float32", (4, 2)), ("old", "float32", ()), ("parts", "float32", (4, 3))
        ]  # fmt: skip


def test_slot_variables_are_joined(made: Made) -> None:
    variables = joined(made("saved_models.slots") / "model").meta_graphs[0].variables
    slots = {spec.paths[0]: spec.key for spec in variables if "OPTIMIZER_SLOT" in spec.paths[0]}
    assert slots == {
        f"weights/.OPTIMIZER_SLOT/optimizer/{name}": (
            f"weights/.OPTIMIZER_SLOT/optimizer/{name}/.ATTRIBUTES/VARIABLE_VALUE"
        )
        for name in ("m", "v")
    }
    assert all(spec.key for spec in variables)


def test_the_path_decides_where_ids_do_not_agree(made: Made) -> None:
    saved_model = read_saved_model(made("saved_models.no_signatures") / "model")
    checkpoint = read_checkpoint(saved_model.variables_prefix)[0]
    count = max(variable.node for variable in checkpoint.variables)
    turned = replace(
        checkpoint,
        variables=tuple(
            variable._replace(node=count - variable.node) for variable in checkpoint.variables
        ),
    )
    rows = [(spec.paths[0], spec.key) for spec in join_variables(saved_model, turned)
            .meta_graphs[0].variables]  # fmt: skip
    assert rows == [
        (f"weights/{index}", f"weights/{index}/.ATTRIBUTES/VARIABLE_VALUE") for index in range(12)
    ]


def test_a_path_object_and_a_relative_path_will_do(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = made("saved_models.only_call") / "model"
    monkeypatch.chdir(directory.parent)
    assert read_saved_model("model").meta_graphs == read_saved_model(directory).meta_graphs
    assert os.path.samefile(read_saved_model("model").proto, directory / "saved_model.pb")
