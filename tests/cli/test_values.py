"""`tfinspector values`: every dtype, any slice, exactly."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.cli import schema
from tests.cli.conftest import Ended
from tfinspector.cli.values import _lines

Cli = Callable[..., Ended]
Made = Callable[[str], Path]

GRID = np.arange(60).reshape(3, 4, 5)


@pytest.fixture
def odd(made: Made) -> Path:
    return made("cli_cases.odd_values") / "odd"


@pytest.mark.parametrize(
    ("name", "dtype", "shape", "values"),
    [
        ("int/scalar", "int32", [], 7),
        ("int/grid", "int64", [3, 4, 5], GRID.tolist()),
        ("flags", "bool", [2], [True, False]),
        ("strings", "string", [3], ["plain", "grün", {"base64": "/wA="}]),
        ("complex", "complex64", [1, 2], [[[1.0, 2.0], ["NaN", "-Infinity"]]]),
        ("float/extremes", "float32", [5], ["NaN", "Infinity", "-Infinity", 0.0, 1.5]),
        ("float/bfloat16", "bfloat16", [3], [1.0, "NaN", 3.0]),
        ("float/tiny", "float8_e5m2", [2], [0.5, 2.0]),
        ("empty", "float32", [0, 3], []),
    ],
)
def test_values_of_every_kind(
    cli: Cli, odd: Path, name: str, dtype: str, shape: list[int], values: object
) -> None:
    ended = cli("values", odd, name, "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.VALUES)
    assert ended.json["dtype"] == dtype
    assert ended.json["shape"] == shape
    assert ended.json["values"] == values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0:2,:,1:3", GRID[0:2, :, 1:3]),
        ("2:3", GRID[2:3]),
        (":,:,4:5", GRID[:, :, 4:5]),
        ("-1:", GRID[-1:]),
    ],
)
def test_a_slice_is_numpys(cli: Cli, odd: Path, text: str, expected: np.ndarray) -> None:
    document = cli("values", odd, "int/grid", f"--slice={text}", "--json").json
    assert document["values"] == expected.tolist()
    assert document["shape"] == [3, 4, 5], "the shape is the variable's"
    again = cli("values", odd, "int/grid", f"--slice={document['slice']}", "--json").json
    assert again["values"] == document["values"], "the slice that is told can be asked for"


@pytest.mark.parametrize("text", ["a", "0:1,0:1,0:1,0:1", "0:1:0", "1:2:3:4", "0,,1"])
def test_a_slice_that_cannot_be_is_a_finding(cli: Cli, odd: Path, text: str) -> None:
    ended = cli("values", odd, "int/grid", f"--slice={text}", "--json")
    assert ended.code == 2
    assert ended.json["values"] is None
    [finding] = ended.json["findings"]
    assert finding["fix"]["text"]
    words = shlex.split(finding["fix"]["code"])
    assert words[:2] == ["tfinspector", "values"]
    assert cli(*words[1:]).code == 0, "what is proposed runs as it is"


def test_an_array_can_be_taken_along(cli: Cli, odd: Path, tmp_path: Path) -> None:
    file = tmp_path / "grid.npy"
    assert cli("values", odd, "int/grid", "--slice", "1:3", "--npy", file).code == 0
    loaded = np.load(file)
    assert loaded.dtype == np.int64
    assert np.array_equal(loaded, GRID[1:3])
    assert [f.name for f in tmp_path.iterdir() if f.is_file()] == ["grid.npy"]


def test_a_key_will_do(cli: Cli, made: Made) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    variable = cli("list", prefix, "--json").json["variables"][0]
    by_key = cli("values", prefix, variable["key"], "--json").json
    assert by_key["values"] == cli("values", prefix, variable["name"], "--json").json["values"]
    assert by_key["name"] == variable["name"]


def test_a_name_that_is_not_there(cli: Cli, odd: Path) -> None:
    ended = cli("values", odd, "int/gird", "--json")
    assert ended.code == 2
    schema.check(ended.json["findings"], schema.FINDINGS)
    assert "int/grid" in str(ended.json["findings"][0])


def test_the_page_shows_the_values(cli: Cli, odd: Path) -> None:
    out = cli("values", odd, "int/grid").out
    assert out.startswith("int/grid  int64, 3 x 4 x 5, [0:3,0:4,0:5]\n")
    assert "59]]]" in out
    assert "The first" not in out


def test_the_page_says_what_it_leaves_out(cli: Cli, own_demo: Path) -> None:
    words = ("values", own_demo / "run" / "ckpt-100", "hidden_2/kernel")
    out = cli(*words).out
    assert "The first 4 x 64 of 4,096 values" in out
    assert 250 < out.count(",") < 300
    assert len(out.splitlines()) <= 64
    assert len(cli(*words, "--json").json["values"]) == 64
    assert "The first" not in cli(*words, "--slice", "60:").out


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("int/grid", GRID),
        ("int/scalar", np.array(7, "int32")),
        ("float/bfloat16", np.array([1, np.nan, 3], "float32")),
        ("empty", np.zeros((0, 3), "float32")),
    ],
)
def test_a_whole_variable_can_be_taken_along(
    cli: Cli, odd: Path, tmp_path: Path, name: str, values: np.ndarray
) -> None:
    file = tmp_path / "whole.npy"
    assert cli("values", odd, name, "--npy", file).code == 0
    loaded = np.load(file)
    assert loaded.dtype == values.dtype
    np.testing.assert_array_equal(loaded, values)


def test_an_array_is_never_written_over_a_model(cli: Cli, odd: Path, tmp_path: Path) -> None:
    model = tmp_path / "ckpt-1.index"
    model.write_bytes(b"precious")
    ended = cli("values", odd, "int/grid", "--npy", model, "--json")
    assert ended.code == 2
    assert ended.json["findings"][0]["id"] == "V03"
    assert model.read_bytes() == b"precious"


def test_strings_cannot_steer_the_terminal(cli: Cli, odd: Path) -> None:
    assert "\x1b" not in cli("values", odd, "ansi\x1b[31mred").out


def test_a_page_tells_what_a_variant_holds(cli: Cli, made: Made) -> None:
    variants = made("bundles.variants") / "variants"
    listed = "tensorflow::TensorList: 3 tensors, float32 2, float32 2, float32 2"
    assert cli("values", variants, "list").out.splitlines()[1] == listed
    vector = cli("values", variants, "vector").out
    assert f" {listed}," in vector
    assert "tensorflow::TensorList: 0 tensors]" in vector
    assert "VariantElement" not in vector


def test_a_page_of_a_tall_variable_is_short(cli: Cli, made: Callable[[str], Path]) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    rows = cli("list", prefix, "--json").json["variables"]
    largest = max(rows, key=lambda row: row["nbytes"])
    out = cli("values", prefix, largest["name"]).out
    assert len(out.splitlines()) <= 65


def test_so_many_lines_are_shown_at_most() -> None:
    tall = np.arange(1000.0).reshape(500, 2)
    shown, lines = _lines(tall, 100)
    assert 30 < len(lines) <= 60
    assert len(lines) == len(shown)
    assert "".join(lines) == "".join(
        np.array2string(tall[: len(shown)], threshold=2000, separator=", ").splitlines()
    )


def test_a_graph_without_values_can_not_be_read(cli: Cli, made: Made) -> None:
    ended = cli("values", made("graph_files.meta") / "alone" / "new.meta", "w", "--json")
    assert ended.code == 2
    [finding] = ended.json["findings"]
    assert (finding["id"], finding["severity"]) == ("F06", "error")
    assert finding["title"].endswith("beside it.")
