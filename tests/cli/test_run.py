"""`tfinspector run`: a signature is called, and its outputs are told and kept."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.cli import schema
from tests.cli.conftest import Ended

Cli = Callable[..., Ended]
Made = Callable[[str], Path]


@pytest.fixture
def model(made: Made) -> Path:
    return made("saved_models.everything") / "model"


@pytest.mark.usefixtures("one_worker")
def test_the_document(cli: Cli, model: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.full((2, 4), 3, np.float32))
    ended = cli(
        "run", model, "--signature", "serving_default", "--input", f"x={tmp_path / 'x.npy'}",
        "--input", "y=constant:1.5", "--repeat", "3", "--save", tmp_path / "out", "--json",
    )  # fmt: skip
    assert ended.code == 0
    document = ended.json
    schema.check(document, schema.RUN)
    one, other = document["outputs"]
    assert (one["name"], one["dtype"], one["shape"]) == ("sum", "float32", [2, 4])
    assert (one["min"], one["max"], one["mean"]) == (4.5, 4.5, 4.5)
    assert other["mean"] == 3
    assert document["seconds"] > 0
    assert len(document["times"]) == 3
    assert document["findings"] == []
    saved = np.load(one["file"])
    assert (saved == 4.5).all()


@pytest.mark.usefixtures("one_worker")
def test_nothing_is_overwritten(cli: Cli, model: Path, tmp_path: Path) -> None:
    (tmp_path / "x.npy").write_text("mine")
    ended = cli("run", model, "--save", tmp_path, "--json")
    assert ended.code == 2
    assert "x.npy is there already" in ended.json["findings"][0]["title"]
    assert (tmp_path / "x.npy").read_text() == "mine"
    assert [path.name for path in tmp_path.glob("*.npy")] == ["x.npy"]
    assert not list(tmp_path.glob(".outputs*"))


@pytest.mark.usefixtures("one_worker")
def test_a_wrong_input_ends_with_1(cli: Cli, model: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 4)))
    ended = cli("run", model, "--input", f"x={tmp_path / 'x.npy'}", "--input", "y=zeros", "--json")
    assert ended.code == 1
    schema.check(ended.json, schema.RUN)
    assert ended.json["outputs"] == []
    assert ended.json["findings"][0]["id"] == "S06"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--signature", "serve"], "There is: look_up, serving_default"),
        (["--signature", "Serving_Defalt"], "Did you mean serving_default?"),
        (["--input", "x=zeros"], "The input y"),
        (["--input", "x=/no/such.npy", "--input", "y=zeros"], "No such file"),
        (["--size", "y=3"], "do not fit"),
    ],
)
def test_what_cannot_be_called_ends_with_2(
    cli: Cli, model: Path, words: list[str], says: str
) -> None:
    ended = cli("run", model, *words)
    assert ended.code == 2
    assert says in " ".join(ended.err.split())
    assert ended.out == ""


@pytest.mark.usefixtures("one_worker")
@pytest.mark.parametrize(
    ("asked", "kind", "proposed"),
    [
        ("nosuch", "signature", "serving_default"),
        ("lookup", "signature", "look_up"),
        ("encode", "function", "encoder/encode"),
    ],
)
def test_the_proposal_for_a_wrong_name_runs_as_it_is(
    cli: Cli, model: Path, asked: str, kind: str, proposed: str
) -> None:
    ended = cli("run", model, f"--{kind}", asked, "--json")
    assert ended.code == 2
    [finding] = ended.json["findings"]
    assert finding["evidence"]["signatures"] == ["look_up", "serving_default"]
    assert "encoder/encode" in finding["evidence"]["functions"]
    words = shlex.split(finding["fix"]["code"])
    assert words[:2] == ["tfinspector", "run"]
    assert words[-1] == proposed
    assert cli(*words[1:]).code == 0


@pytest.mark.usefixtures("one_worker")
def test_the_page(cli: Cli, model: Path) -> None:
    ended = cli("run", model, "--function", "encoder/encode", "--input", "ones", "--size", "2")
    assert ended.code == 0
    assert ended.out.startswith("encoder/encode(x: ones) took ")
    assert "scaled" in ended.out


def test_no_two_things_at_once(cli: Cli, model: Path) -> None:
    assert cli("run", model, "--signature", "a", "--function", "b").code == 2
    assert cli("run", model, "--form", "2").code == 2


@pytest.mark.usefixtures("one_worker")
def test_a_call_form_by_its_number(cli: Cli, made: Made) -> None:
    model = made("calls.forms") / "model"
    words = ("run", model, "--function", "nested", "--input", "ones", "--form", "2")
    ended = cli(*words, "--json")
    assert ended.code == 0
    assert ended.json["form"]["number"] == 2
    assert "difference" in ended.json["form"]["arguments"]
    assert ended.json["outputs"][0]["mean"] == 2
    assert "Its call form 2: " in cli(*words).out


@pytest.mark.usefixtures("one_worker")
def test_what_registers_operations_is_executed_first(cli: Cli, made: Made, tmp_path: Path) -> None:
    (tmp_path / "registers.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    model = made("calls.awkward") / "model"
    words = ("--custom", tmp_path / "registers.py", "--json")
    assert cli("run", model, "--function", "look_up", *words).code == 0
    assert (tmp_path / "ran").exists()
    (tmp_path / "ran").unlink()
    assert cli("load", model, *words).code == 0
    assert (tmp_path / "ran").exists()
    ended = cli("load", model, "--custom", "no_such_module_here", "--json")
    assert ended.code == 1
    assert "no_such_module_here" in ended.json["findings"][0]["title"]


def test_a_worker_that_cannot_start_ends_with_3(cli: Cli, model: Path) -> None:
    ended = cli("run", model, "--python", "/no/such/python", "--json")
    assert ended.code == 3
    schema.check(ended.json, schema.RUN)
