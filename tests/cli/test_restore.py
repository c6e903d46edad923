"""`tfinspector restore`: every outcome, in both faces, by real restores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli import schema
from tests.cli.conftest import Ended

Cli = Callable[..., Ended]
FACTORIES = Path(__file__).parent.parent / "makers" / "cli_restores.py"

pytestmark = pytest.mark.usefixtures("one_worker")


@pytest.fixture(scope="module")
def net(made: Callable[[str], Path]) -> Path:
    return made("cli_restores.nets") / "net-1"


def spec(name: str) -> str:
    return f"{FACTORIES}:{name}"


def told(ended: Ended, code: int) -> Any:
    """The document, if it is one of `restore` and the command ended as it should."""
    assert ended.code == code, ended.out + ended.err
    schema.check(ended.json, schema.RESTORE)
    return ended.json


def states(document: Any) -> dict[str, str]:
    return {each["model_path"] or each["name"]: each["state"] for each in document["variables"]}


def test_everything_is_restored_and_proved(cli: Cli, net: Path) -> None:
    document = told(cli("restore", net, "--factory", spec("fitting"), "--json"), 0)
    assert document["outcome"] == "restored"
    assert set(document["summary"]["by_state"]) == {"restored"}
    assert all(each["verified"] for each in document["variables"])
    kernel = next(each for each in document["variables"] if each["name"] == "middle/kernel")
    assert kernel["file_shape"] == kernel["model_shape"] == [3, 4]
    assert (kernel["file_dtype"], kernel["model_dtype"]) == ("float32", "float32")
    assert (kernel["model_path"], kernel["device"]) == ("model/middle/_kernel", "CPU:0")
    assert document["summary"]["parameters_restored"] == 3 * 4 + 4 + 2 * (4 * 4 + 4)
    assert document["summary"]["parameters_total"] == document["summary"]["parameters_restored"]
    assert document["renames"] == []
    assert [each for each in document["findings"] if each["severity"] != "info"] == []
    assert document["worker"]["tensorflow"].startswith("2.")
    assert document["worker"]["keras"].startswith("3.")
    assert document["called"] is True


def test_its_page_is_short(cli: Cli, net: Path) -> None:
    ended = cli("restore", net, "--factory", spec("fitting"))
    assert ended.code == 0
    assert ended.out.startswith("Restored: everything that was compared is equal to the file.\n")
    assert "56 of 56 parameters (100 %) are proved equal to the file." in ended.out
    assert "Not restored" not in ended.out
    assert "error" not in ended.out


def test_a_bare_model_that_waits_is_built_and_restored(cli: Cli, net: Path) -> None:
    document = told(cli("restore", net, "--factory", spec("bare"), "--json"), 0)
    assert (document["outcome"], document["attachment"]) == ("restored", "model")
    assert document["built_by"] == "sample_inputs"


def test_an_optimizer_left_out_is_harmless(cli: Cli, net: Path) -> None:
    document = told(cli("restore", net, "--factory", spec("without_optimizer"), "--json"), 0)
    assert document["outcome"] == "restored"
    assert document["summary"]["by_state"]["missing_in_model"] == 14
    page = cli("restore", net, "--factory", spec("without_optimizer"))
    assert page.code == 0
    assert "  14 values of the optimizer\n" in page.out
    assert "optimizer/_" not in page.out.partition("Not restored")[2].partition("\n\n")[0]


def test_a_renamed_layer_is_partial_and_explained(cli: Cli, net: Path) -> None:
    document = told(cli("restore", net, "--factory", spec("renamed"), "--json"), 1)
    assert document["outcome"] == "partial"
    found = states(document)
    assert found["model/left/_kernel"] == "restored"
    assert found["model/centre/_kernel"] == "missing_in_checkpoint"
    assert found["middle/kernel"] == "missing_in_model"
    assert {(each["from"].rpartition("/.A")[0], each["to"]) for each in document["renames"]} == {
        ("model/middle/_kernel", "model/centre/_kernel"),
        ("model/middle/bias", "model/centre/bias"),
    }
    first = document["findings"][0]
    assert (first["id"], first["severity"]) == ("M01", "error")
    assert "middle" in first["title"]
    assert "centre" in first["title"]
    assert "import tensorflow" in first["fix"]["code"]


def test_its_page_has_cause_rows_and_renames_in_that_order(cli: Cli, net: Path) -> None:
    ended = cli("restore", net, "--factory", spec("renamed"))
    assert ended.code == 1
    at = 0
    for words in (
        "Restored in part.\n", "parameters", "error M01", "Fix: ", "Not restored\n",
        "missing_in_checkpoint  in the model", "missing_in_model  in the file",
        "  14 values of the optimizer\n", "Suggested renames\n", "model/centre/_kernel",
        "--write-fixed PREFIX", "info M11",
    ):  # fmt: skip
        at = ended.out.index(words, at) + len(words)


def test_a_dry_run_promises_the_same_and_assigns_nothing(cli: Cli, net: Path) -> None:
    document = told(cli("restore", net, "--factory", spec("renamed"), "--dry-run", "--json"), 1)
    assert (document["outcome"], document["dry_run"]) == ("nothing", True)
    assert document["expected_outcome"] == "partial"
    assert document["summary"]["parameters_restored"] == 0
    assert document["summary"]["expected"]["parameters_restored"] > 0
    assert "restored" not in document["summary"]["by_state"]
    assert not any(each["verified"] for each in document["variables"])
    assert states(document)["model/left/_kernel"] == "not_assigned"
    expected = {each["model_path"]: each["expected"] for each in document["variables"]}
    assert expected["model/left/_kernel"] == "restored"
    assert len(document["renames"]) == 2
    page = cli("restore", net, "--factory", spec("fitting"), "--dry-run")
    assert page.code == 0
    assert page.out.startswith("It would be restored; nothing was assigned.\n")


def test_nothing_is_restored_into_a_stranger(cli: Cli, net: Path) -> None:
    ended = cli("restore", net, "--factory", spec("stranger"), "--json")
    document = told(ended, 1)
    assert document["outcome"] == "nothing"
    assert document["summary"]["parameters_restored"] == 0
    assert document["summary"]["by_state"]["missing_in_checkpoint"] == 1
    assert document["findings"][0]["severity"] == "error"


def test_another_name_at_the_root_is_nothing_too(cli: Cli, net: Path) -> None:
    document = told(cli("restore", net, "--factory", spec("misnamed"), "--json"), 1)
    assert document["outcome"] == "nothing"
    assert document["findings"][0]["id"] == "M01"
    assert len(document["renames"]) == 6


def test_half_a_restore_is_stopped_or_kept_as_asked(cli: Cli, net: Path) -> None:
    stopped = told(cli("restore", net, "--factory", spec("wider_end"), "--json"), 1)
    assert stopped["outcome"] == "failed"
    assert states(stopped)["model/right/_kernel"] == "shape_mismatch"
    assert states(stopped)["model/left/_kernel"] == "not_assigned"
    kept = told(
        cli("restore", net, "--factory", spec("wider_end"), "--keep-partial", "--json"), 1
    )  # fmt: skip
    assert kept["outcome"] == "partial"
    assert states(kept)["model/left/_kernel"] == "restored"
    row = next(each for each in kept["variables"] if each["model_path"] == "model/right/_kernel")
    assert (row["file_shape"], row["model_shape"]) == ([4, 4], [4, 5])
    assert row["verified"] is False


def test_another_type_is_not_taken(cli: Cli, net: Path) -> None:
    document = told(cli("restore", net, "--factory", spec("halved"), "--json"), 1)
    assert document["outcome"] == "failed"
    assert document["summary"]["by_state"]["dtype_mismatch"] == 6


def test_a_device_that_is_there_and_one_that_is_not(cli: Cli, net: Path) -> None:
    here = cli("restore", net, "--factory", spec("bare"), "--device", "CPU:0", "--json")
    assert {each["device"] for each in told(here, 0)["variables"]} >= {"CPU:0"}
    gone = told(cli("restore", net, "--factory", spec("bare"), "--device", "GPU:7", "--json"), 1)
    first = gone["findings"][0]
    assert first["id"] == "R02"
    assert "CPU:0" in first["title"], "those that are there are listed"


def test_the_demo_and_its_bad_factories(cli: Cli, own_demo: Path) -> None:
    def outcome(factory: str, *more: str) -> tuple[int, str, str]:
        ended = cli("restore", own_demo / "run", "--factory", f"{own_demo}/{factory}", "--json",
                    *more)  # fmt: skip
        schema.check(ended.json, schema.RESTORE)
        alarms = [each for each in ended.json["findings"] if each["severity"] == "error"]
        return ended.code, ended.json["outcome"], alarms[0]["id"] if alarms else ""

    assert outcome("factory.py:build") == (0, "restored", "")
    assert outcome("factory.py:build_renamed") == (1, "partial", "M01")
    assert outcome("factory.py:build_wider")[:2] == (1, "failed")
    assert outcome("factory.py:build_misnamed", "--dry-run")[:2] == (1, "nothing")
    assert outcome("factory_unbuilt.py:build", "--dry-run")[0] in (0, 1)
    saved = cli("restore", own_demo / "saved_model", "--factory", f"{own_demo}/factory.py:build",
                "--dry-run", "--json")  # fmt: skip
    schema.check(saved.json, schema.RESTORE)


def test_a_path_that_is_nothing_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    ended = cli("restore", tmp_path / "gone", "--factory", spec("fitting"), "--json")
    assert told(ended, 2)["outcome"] == "failed"
    page = cli("restore", tmp_path / "gone", "--factory", spec("fitting"))
    assert (page.code, page.out) == (2, "")
    assert "gone" in page.err
