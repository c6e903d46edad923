"""`tfinspector list`: the document field by field, the page, and TensorFlow's word beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli import schema
from tests.cli.conftest import Ended
from tfinspector.cli.natural_order import in_natural_order
from tfinspector.contents.dtypes import dtype_of_code
from tfinspector.contents.variables import Role, Variable

Cli = Callable[..., Ended]
Made = Callable[[str], Path]


def test_a_checkpoint_as_a_document(cli: Cli, made: Made, referee: Any) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    ended = cli("list", prefix, "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.LIST)
    document = ended.json
    assert document["kind"] == "checkpoint"
    assert document["path"] == str(prefix)
    theirs = {k: v for k, v in referee(prefix).items() if k != "_CHECKPOINTABLE_OBJECT_GRAPH"}
    ours = {v["key"]: v for v in document["variables"]}
    assert ours.keys() == theirs.keys()
    for key, (dtype, shape, _) in theirs.items():
        assert (ours[key]["dtype"], ours[key]["shape"]) == (dtype, list(shape))
    assert len({v["name"] for v in document["variables"]}) == len(ours), "names are unique"
    [snapshot] = document["snapshots"]
    assert snapshot["path"] == str(prefix)
    assert snapshot["nbytes"] == sum(f.stat().st_size for f in prefix.parent.glob("ckpt-1.*"))


def test_totals_count_what_their_names_say(cli: Cli, made: Made) -> None:
    document = cli("list", made("checkpoints.keras_functional") / "ckpt-1", "--json").json
    weights = [v for v in document["variables"] if v["role"] == "weight"]
    shared, head, lookup = 6 * 5 + 5, (5 + 5 + 3 * 2) + 1, 11 * 2
    assert sum(v["nbytes"] for v in weights) == 4 * (shared + head + lookup)
    assert document["totals"] == {
        "variables": len(document["variables"]),
        "parameters": shared + head + lookup,
        "nbytes": sum(v["nbytes"] for v in document["variables"]),
    }
    assert {v["role"] for v in document["variables"]} >= {"weight", "slot", "counter"}


def test_a_run_lists_its_snapshots_and_the_newest_ones_variables(cli: Cli, made: Made) -> None:
    directory = made("checkpoints.keras_sequential")
    document = cli("list", directory, "--json").json
    schema.check(document, schema.LIST)
    assert document["kind"] == "run"
    assert document["path"] == str(directory)
    names = [Path(each["path"]).name for each in document["snapshots"]]
    assert names == ["ckpt-3", "ckpt-4", "ckpt-5"]
    assert [each["step"] for each in document["snapshots"]] == [3, 4, 5]
    newest = cli("list", directory / "ckpt-5", "--json").json
    assert document["variables"] == newest["variables"]
    page = cli("list", directory).out
    assert "Snapshots\n" in page
    assert "Variables of ckpt-5\n" in page


def test_a_saved_model_has_signatures_with_unknown_dimensions(cli: Cli, own_demo: Path) -> None:
    ended = cli("list", own_demo / "saved_model", "--json")
    assert ended.code == 0
    document = ended.json
    schema.check(document, schema.LIST)
    assert document["kind"] == "saved_model"
    [signature] = document["signatures"]
    assert signature == {
        "tags": ["serve"],
        "name": "serving_default",
        "inputs": [
            {"name": "position", "dtype": "float32", "shape": [None, 2]},
            {"name": "sector", "dtype": "int32", "shape": [None]},
        ],
        "outputs": [{"name": "probability", "dtype": "float32", "shape": [None, 2]}],
    }
    page = cli("list", own_demo / "saved_model").out
    assert "takes   position: float32, ? x 2" in page
    assert "returns probability: float32, ? x 2" in page


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
def test_any_file_of_the_set_will_do(cli: Cli, made: Made, suffix: str) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    ended = cli("list", f"{prefix}{suffix}", "--json")
    assert ended.code == 0
    assert ended.json["path"] == str(prefix)
    assert ended.json["findings"], "it is told what was taken for what"
    assert all(f["severity"] in ("info", "warning") for f in ended.json["findings"])
    assert ended.json["variables"] == cli("list", prefix, "--json").json["variables"]


def test_the_page_names_every_variable(cli: Cli, made: Made) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    document = cli("list", prefix, "--json").json
    lines = cli("list", prefix).out.splitlines()
    for variable in document["variables"]:
        [row] = [line for line in lines if line.split("  ")[0] == variable["name"]]
        assert variable["dtype"] in row
        assert variable["role"] in row
    assert f"{len(document['variables'])} variables, 74 parameters" in lines[-1]


def test_a_name_cannot_steer_the_terminal(cli: Cli, made: Made) -> None:
    out = cli("list", made("cli_cases.odd_values") / "odd").out
    assert "\x1b" not in out
    assert "ansi\\x1b[31mred" in out


def test_nothing_there_is_a_document_too(cli: Cli, tmp_path: Path) -> None:
    ended = cli("list", tmp_path / "ckpt-7", "--json")
    assert ended.code == 2
    document = ended.json
    assert document["kind"] is None
    assert document["variables"] == document["snapshots"] == document["signatures"] == []
    assert document["totals"] == {"variables": 0, "parameters": 0, "nbytes": 0}
    schema.check(document["findings"], schema.FINDINGS)
    assert document["findings"][0]["severity"] == "error"
    assert document["findings"][0]["fix"]["text"]


def test_nothing_there_on_a_page_is_a_paragraph(cli: Cli, tmp_path: Path) -> None:
    ended = cli("list", tmp_path / "ckpt-7")
    assert ended.code == 2
    assert ended.out == ""
    assert "ckpt-7" in ended.err
    assert "Fix: " in ended.err


def test_no_cache_is_accepted(cli: Cli, made: Made) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    assert cli("list", prefix, "--json", "--no-cache").out == cli("list", prefix, "--json").out


def test_tensorflow_agrees(cli: Cli, made: Made) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    ended = cli("list", prefix, "--with-tensorflow", "--json")
    assert ended.code == 0
    document = ended.json
    schema.check(document, schema.LIST | {"tensorflow": schema.TENSORFLOW})
    said = document["tensorflow"]
    assert said["agrees"] is True
    assert said["differences"] == []
    keys = {v["key"] for v in document["variables"]}
    assert keys <= {v["name"] for v in said["variables"]}


def test_tensorflow_reads_the_signatures_too(cli: Cli, own_demo: Path) -> None:
    document = cli("list", own_demo / "saved_model", "--with-tensorflow", "--json").json
    schema.check(document, schema.LIST | {"tensorflow": schema.TENSORFLOW})
    assert document["tensorflow"]["agrees"] is True
    [theirs] = document["tensorflow"]["signatures"]
    [ours] = document["signatures"]
    assert theirs["inputs"] == ours["inputs"]


def test_a_worker_that_is_not_there_ends_with_3(cli: Cli, made: Made) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    words = ("list", prefix, "--with-tensorflow", "--python", "/no/such/python")
    ended = cli(*words, "--json")
    assert ended.code == 3
    schema.check(ended.json, schema.LIST | {"tensorflow": (None,)})
    assert ended.json["variables"], "what needs no TensorFlow is still told"
    assert "/no/such/python" in str(ended.json["findings"][0])
    page = cli(*words)
    assert page.code == 3
    assert "Fix: " in page.out


def test_numbers_are_counted_not_spelled() -> None:
    names = ["a/10/w", "a/2/w", "b/9", "b", "c/123456789012345678901234567890"]
    keys = sorted(names)
    rows = tuple(Variable(key, key, (), dtype_of_code(1), (), 4, Role.WEIGHT) for key in keys)
    ordered = [row.name for row in in_natural_order(rows)]
    assert ordered == ["a/2/w", "a/10/w", "b", "b/9", "c/123456789012345678901234567890"]
    odd = (rows[0]._replace(key="a\n10"), rows[1])
    assert in_natural_order(odd) == odd


def test_a_saved_model_without_values_lists_what_it_declares(cli, made, tmp_path) -> None:
    (tmp_path / "model").mkdir()
    source = made("tutorial.built") / "model" / "saved_model.pb"
    (tmp_path / "model" / "saved_model.pb").write_bytes(source.read_bytes())
    ended = cli("list", tmp_path / "model", "--json")
    assert ended.code == 1
    schema.check(ended.json, schema.LIST)
    assert ended.json["totals"]["variables"] == 14
    assert {row["problem"] for row in ended.json["variables"]} == {
        "there is no variables/variables.index"
    }
    assert {row["key"] for row in ended.json["variables"]} == {""}
    page = cli("list", tmp_path / "model").out
    assert "14 variables" in page
    checked = cli("check", tmp_path / "model", "--json")
    assert (checked.code, checked.json["tensors"]["bad"]) == (1, [])


def test_a_model_without_signatures_has_no_empty_heading(cli, made) -> None:
    lines = cli("list", made("saved_models.no_signatures") / "model").out.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("Signatures ("))
    assert lines[at + 1].strip()
