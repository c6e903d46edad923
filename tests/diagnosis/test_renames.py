"""Renames on made-up models: random renamings, and the cases that must propose nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnosis.made_up_models import (
    VALUE,
    Tree,
    checkpoint_of,
    leaves,
    model_of,
    named_checkpoint,
    sketch,
)
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import Rename, ValueSketch
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.renames import suggest

WORDS = (
    "enc", "dec", "head", "body", "neck", "stem", "trunk", "tail", "block", "unit", "cell", "gate",
    "proj", "attn", "mlp", "conv",
)  # fmt: skip


def proposed(
    checkpoint: Checkpoint, model: ModelDescription, **values: Any
) -> dict[str, tuple[str, float]]:
    """Name in the file -> path in the model and confidence."""
    renames = suggest(checkpoint, model, match(checkpoint, model), **values)
    assert len({each.key for each in renames}) == len(renames)
    assert len({each.path for each in renames}) == len(renames)
    return {each.name: (each.path, each.confidence) for each in renames}


def pairs(tree: Tree, renamed: Tree) -> dict[str, str]:
    found = proposed(checkpoint_of(tree), model_of(renamed))
    return {name: path for name, (path, _) in found.items()}


def alternatives(tree: Tree, renamed: Tree) -> dict[str, Rename]:
    checkpoint, model = checkpoint_of(tree), model_of(renamed)
    return {each.name: each for each in suggest(checkpoint, model, match(checkpoint, model))}


def layer(inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {"kernel": (inputs, outputs), "bias": (outputs,)}


def random_tree(source: random.Random, depth: int, shape: Callable[[], int]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for _ in range(source.randrange(1, 5)):
        name = source.choice(WORDS) + (str(source.randrange(20)) if source.random() < 0.4 else "")
        if depth and source.random() < 0.5:
            tree[name] = random_tree(source, depth - 1, shape)
        else:
            width = shape()
            tree[name] = layer(width, width + 1000)
    return tree


def random_renaming(source: random.Random, tree: Tree, share: float, turn: bool) -> Tree:
    """The tree with names that were free, and where each path went, under "" of the result."""
    truth: dict[str, str] = {}

    def rename(here: Tree, old: str, new: str) -> dict[str, Any]:
        names = list(here)
        used = set(names)
        if turn:
            source.shuffle(names)
        found: dict[str, Any] = {}
        for name in names:
            other = name
            while isinstance(here[name], dict) and other in used and source.random() < share:
                other = source.choice(WORDS) + str(source.randrange(1000))
            used.add(other)
            if isinstance(here[name], dict):
                found[other] = rename(here[name], f"{old}{name}/", f"{new}{other}/")
            else:
                found[other] = here[name]
                truth[f"{old}{name}"] = f"{new}{other}"
        return found

    return {"tree": rename(tree, "", ""), "truth": truth}


@pytest.mark.parametrize("turn", [False, True], ids=["in order", "in another order"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.3, 0.6, 1.0]))
def test_shapes_of_their_own_are_always_found(turn: bool, seed: int, share: float) -> None:
    source = random.Random(seed)
    widths = iter(range(4, 1000))
    tree = random_tree(source, 3, lambda: next(widths))
    renaming = random_renaming(source, tree, share, turn)
    checkpoint, model = checkpoint_of(tree), model_of(renaming["tree"])
    open_names = {row.name for row in match(checkpoint, model).rows if not row.model_path}
    found = proposed(checkpoint, model)
    assert found.keys() == open_names
    assert all(renaming["truth"][name] == path for name, (path, _) in found.items())


@settings(max_examples=80, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.3, 1.0]))
def test_with_values_nothing_is_wrong(seed: int, share: float) -> None:
    source = random.Random(seed)
    tree = random_tree(source, 3, lambda: source.choice([4, 8]))
    renaming = random_renaming(source, tree, share, True)
    truth = renaming["truth"]
    checkpoint, model = checkpoint_of(tree), model_of(renaming["tree"])
    old = {path: name for name, path in truth.items()}
    found = proposed(
        checkpoint,
        model,
        file_values={each.key: sketch(each.name) for each in checkpoint.variables},
        model_values={at: sketch(old[each.path]) for at, each in enumerate(model.variables)},
    )
    assert all(truth[name] == path for name, (path, _) in found.items())
    open_names = {row.name for row in match(checkpoint, model).rows if not row.model_path}
    assert open_names <= found.keys()


def test_confidence_is_what_it_says() -> None:
    """Of repeated shapes in another order, with nothing but names: what is called sure is right."""
    sure = right = doubtful = 0
    for seed in range(150):
        source = random.Random(seed)
        tree = random_tree(source, 3, lambda source=source: source.choice([4, 8]))
        renaming = random_renaming(source, tree, 0.4, True)
        found = proposed(checkpoint_of(tree), model_of(renaming["tree"]))
        for name, (path, confidence) in found.items():
            if confidence >= 0.7:
                sure += 1
                right += renaming["truth"][name] == path
            else:
                doubtful += 1
    assert sure > 300
    assert right >= 0.97 * sure
    assert doubtful > 100


def test_layers_that_are_alike_go_by_the_order_of_making() -> None:
    old = {name: layer(4, 4) for name in ("alpha", "omega", "kappa")}
    new = {name: layer(4, 4) for name in ("one", "uno", "ichi")}
    found = proposed(checkpoint_of(old), model_of(new))
    assert found["omega/kernel"] == ("uno/kernel", pytest.approx(0.48, abs=0.1))


def test_the_order_of_making_alone_is_a_guess_and_says_what_fits_as_well() -> None:
    old = {name: layer(4, 4) for name in ("alpha", "omega", "kappa")}
    new = {name: layer(4, 4) for name in ("one", "uno", "ichi")}
    rename = alternatives(old, new)["omega/kernel"]
    assert rename.alternatives == ("one/kernel", "ichi/kernel")
    assert rename.confidence <= 0.5
    assert rename.why.endswith("It is a guess: 2 others fit as well.")
    nested = alternatives({"a": {"x": old}, "b": {"x": old}}, {"p": {"x": old}, "q": {"x": old}})
    assert nested["b/x/omega/bias"].alternatives == ("p/x/omega/bias",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("encoder", "middle", "decoder"), ("dec", "mid", "enc")),
        (("encoder", "middle", "other"), ("enc", "mid", "strange")),
        (("enc_1", "enc_2", "enc_3"), ("b_0", "b_1", "b_2")),
        (("enc_1", "enc_2"), ("block_2", "block_1")),
        (("layer_with_weights-0", "layer_with_weights-1"), ("dense_4", "dense_7")),
    ],
    ids=["names", "all but one", "turns", "numbers", "places"],
)
def test_what_names_or_numbers_tell_is_no_guess(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    found = alternatives({name: layer(4, 4) for name in old}, {name: layer(4, 4) for name in new})
    assert len(found) == 2 * len(old)
    assert all(each.confidence > 0.5 and not each.alternatives for each in found.values())


def test_what_was_wrapped_is_told_by_what_it_was_wrapped_in() -> None:
    """A layer in an adapter: query/kernel is query/base/kernel, and not value/base/kernel."""
    names = ("value", "query")
    old = {name: layer(4, 4) for name in names}
    new = {name: {"base": layer(4, 4)} for name in reversed(names)}
    found = alternatives(old, new)
    assert {name: each.path for name, each in found.items()} == {
        f"{name}/{leaf}": f"{name}/base/{leaf}" for name in names for leaf in ("kernel", "bias")
    }
    assert not any(each.alternatives for each in found.values())


def test_names_win_over_the_order_of_making() -> None:
    old = {name: layer(4, 4) for name in ("encoder", "middle", "decoder")}
    new = {name: layer(4, 4) for name in ("dec", "mid", "enc")}
    found = pairs(old, new)
    assert {name: found[f"{name}/bias"] for name in old} == {
        "encoder": "enc/bias", "middle": "mid/bias", "decoder": "dec/bias",
    }  # fmt: skip


def test_what_is_in_a_renamed_part_stays_together() -> None:
    old = {"a": {"x": layer(4, 4), "y": layer(4, 4)}, "b": {"x": layer(4, 4), "y": layer(4, 4)}}
    new = {"p": {"y": layer(4, 4), "x": layer(4, 4)}, "q": {"y": layer(4, 4), "x": layer(4, 4)}}
    found = pairs(old, new)
    assert (found["a/x/kernel"], found["a/y/kernel"]) == ("p/x/kernel", "p/y/kernel")
    assert found["b/y/bias"] == "q/y/bias"


def test_other_shapes_and_lone_numbers_are_no_pairs() -> None:
    assert pairs({"head": layer(4, 10)}, {"aux": layer(5, 10)}) == {}
    assert pairs({"epoch": ()}, {"temperature": ()}) == {}


def test_more_candidates_than_values_and_no_name_to_tell() -> None:
    old = {name: layer(4, 4) for name in ("alpha", "omega")}
    new = {name: layer(4, 4) for name in ("one", "uno", "ichi")}
    assert pairs(old, new) == {}


def test_values_that_are_one_number_prove_nothing() -> None:
    tree, other = {"a": (4,), "b": (4,)}, {"p": (4,), "q": (4,)}
    checkpoint, model = checkpoint_of(tree), model_of(other)
    zeros = ValueSketch("0" * 64, True)
    renames = suggest(
        checkpoint,
        model,
        match(checkpoint, model),
        {f"a{VALUE}": zeros, f"b{VALUE}": sketch("b")},
        {0: sketch("p"), 1: zeros._replace(constant=None)},
    )
    assert all(rename.rule != "values" for rename in renames)


def test_alike_values_decide_where_none_are_the_same() -> None:
    tree, other = {"a": (9,), "b": (9,)}, {"p": (9,), "q": (9,)}
    checkpoint, model = checkpoint_of(tree), model_of(other)
    near_one = ValueSketch("1", False, (0.8, 0.9, 1.0, 1.1, 1.2))
    near_zero = ValueSketch("0", False, (-0.2, -0.1, 0.0, 0.1, 0.2))
    renames = suggest(
        checkpoint,
        model,
        match(checkpoint, model),
        {f"a{VALUE}": near_one, f"b{VALUE}": near_zero},
        {0: near_zero._replace(sha256="2"), 1: near_one._replace(sha256="3")},
    )
    assert {each.name: each.path for each in renames} == {"a": "q", "b": "p"}


def test_types_are_cast_only_within_their_kind_and_marked() -> None:
    checkpoint = checkpoint_of({"enc": layer(4, 4)})
    halves = model_of({"encoder": layer(4, 4)}, "float16")
    renames = suggest(checkpoint, halves, match(checkpoint, halves))
    assert {each.transform for each in renames} == {"cast"}
    whole = model_of({"encoder": layer(4, 4)}, "int32")
    assert suggest(checkpoint, whole, match(checkpoint, whole)) == ()


@pytest.mark.parametrize(
    ("old", "new", "transform", "axes"),
    [
        ((3, 4), (4, 3), "transpose", (1, 0)),
        ((8, 3, 5, 5), (5, 5, 3, 8), "transpose", (2, 3, 1, 0)),
        ((16, 1000), (16, 10), "slice", ()),
        ((30000, 16), (30005, 16), "slice", ()),
        ((16, 4), (8, 8), "", ()),
        ((2, 3, 4), (2, 9, 4), "", ()),
    ],
)
def test_values_that_would_have_to_be_turned_or_cut(
    old: tuple[int, ...], new: tuple[int, ...], transform: str, axes: tuple[int, ...]
) -> None:
    same = {"stem": layer(7, 7)}
    checkpoint = checkpoint_of(same | {"top": {"kernel": old}})
    model = model_of(same | {"top": {"kernel": new}})
    renames = suggest(checkpoint, model, match(checkpoint, model))
    assert [(each.transform, each.axes) for each in renames] == (
        [(transform, axes)] if transform else []
    )
    assert all(each.confidence <= 0.6 for each in renames)


def test_names_of_tensorflow1() -> None:
    names = ("bert/layer_0/w", "bert/layer_1/w", "bert/layer_10/w")
    checkpoint = named_checkpoint(dict.fromkeys(names, (4, 4)) | {"bert/out/biases": (2,)})
    model = model_of(
        {f"block_{at}": {"kernel": (4, 4)} for at in (0, 1, 10)} | {"out": {"bias": (2,)}}
    )
    assert {name: path for name, (path, _) in proposed(checkpoint, model).items()} == {
        "bert/layer_0/w": "block_0/kernel", "bert/layer_1/w": "block_1/kernel",
        "bert/layer_10/w": "block_10/kernel", "bert/out/biases": "out/bias",
    }  # fmt: skip


def test_ten_thousand_on_either_side_take_seconds() -> None:
    source = random.Random(2)
    shapes = [(source.choice([64, 128]), source.choice([64, 128])) for _ in range(5000)]
    old = {"net": {f"enc_{at}": layer(*shape) for at, shape in enumerate(shapes)}}
    new = {"net": {f"block_{at}": layer(*shape) for at, shape in enumerate(shapes)}}
    checkpoint, model = checkpoint_of(old), model_of(new)
    table = match(checkpoint, model)
    begin = time.process_time()
    renames = suggest(checkpoint, model, table)
    assert time.process_time() - begin < 15
    assert len(renames) == 10_000 == len(list(leaves(old)))
    assert all(_is_right(each) for each in renames)


def _is_right(rename: Rename) -> bool:
    return rename.name.replace("enc_", "block_") == rename.path
