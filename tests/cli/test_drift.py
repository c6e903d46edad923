"""`drift`: the document of `cli.md`, the page with its sparklines, tables and pictures."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Ended
from tests.cli.schema import FINDINGS, NUMBER, check
from tfinspector.cli.comparing.drift_page import sparkline
from tfinspector.contents.drift_metrics import METRICS
from tfinspector.engine.comparing import run_path

Cli = Callable[..., Ended]
Made = Callable[[str], Path]

DRIFT = {
    "snapshots": [{"path": str, "step": (int, None)}],
    "metric": str,
    "variables": [{"name": str, "values": [(*NUMBER, None)]}],
    "findings": FINDINGS,
}


def test_the_document_has_every_field(cli: Cli, made: Made) -> None:
    ended = cli("drift", made("drift.run"), "--json")
    assert ended.code == 0
    check(ended.json, DRIFT)
    assert [each["step"] for each in ended.json["snapshots"]] == [100, 200, 300, 400, 500, 600]
    assert ended.json["metric"] == "relative_l2"
    values = {each["name"]: each["values"] for each in ended.json["variables"]}
    assert values["moving/bias"] == pytest.approx([0, 1, 1, 2, 3, 4], rel=1e-6)
    assert ended.json["plane"]["explained"][0] > 0.9


@pytest.mark.parametrize("metric", [metric.name for metric in METRICS])
def test_every_metric_can_be_asked_for(cli: Cli, made: Made, metric: str) -> None:
    document = cli("drift", made("drift.all_dtypes"), "--metric", metric, "--json").json
    check(document, DRIFT)
    assert document["metric"] == metric


def test_references(cli: Cli, made: Made) -> None:
    run = made("drift.run")
    words = ("drift", run, "--metric", "l2", "--json")

    def bias(*more: str) -> list[float]:
        document = cli(*words, *more).json
        return next(e["values"] for e in document["variables"] if e["name"] == "moving/bias")

    step = bias()[1]
    first, *others = bias("--reference", "previous")
    assert first is None
    assert others == pytest.approx([step, 0, step, step, step])
    chosen = bias("--reference", str(run / "ckpt-400"))
    assert chosen == pytest.approx([2 * step, step, step, 0, step, 2 * step], rel=1e-5)
    ended = cli(*words, "--reference", "nowhere")
    assert ended.code == 2


def test_empty_places_are_null_and_undefined_ones_are_not(cli: Cli, made: Made) -> None:
    document = cli("drift", made("drift.reshaped"), "--metric", "cosine", "--json").json
    values = {each["name"]: each["values"] for each in document["variables"]}
    assert values["grows"] == [1.0, pytest.approx(1), None, None]
    assert values["passes_by"] == [None] * 4
    same = cli("drift", made("drift.run"), "--metric", "cosine", "--json").json
    zeros = next(each for each in same["variables"] if each["name"] == "frozen/bias")
    assert zeros["values"] == ["NaN"] * 6


def test_conditions(cli: Cli, made: Made) -> None:
    run = made("drift.run")
    ended = cli("drift", run, "--fail-on", "nan>0", "--fail-on", "ks>2", "--json")
    assert ended.code == 1
    [found] = [each for each in ended.json["findings"] if each["id"] == "D22"]
    assert found["evidence"]["held"] == {
        "moving/kernel at step 500": 3.0, "moving/kernel at step 600": 3.0,
    }  # fmt: skip
    assert cli("drift", run, "--fail-on", "norm>1e9").code == 0


def test_wrong_usage(cli: Cli, made: Made) -> None:
    assert cli("drift", made("drift.run"), "--metric", "loss").code == 2
    assert cli("drift").code == 2
    ended = cli("drift", made("drift.run"), "--executor", "slurm:here", "--json")
    assert ended.code == 2
    assert [each["id"] for each in ended.json["findings"]] == ["D24"]
    ended = cli("drift", made("drift.run") / "ckpt-100", "--json")
    assert ended.code == 2
    assert [each["id"] for each in ended.json["findings"]] == ["D20"]


def test_the_table_has_all_metrics(cli: Cli, made: Made, tmp_path: Path) -> None:
    file = tmp_path / "drift.csv"
    assert cli("drift", made("drift.reshaped"), "--csv", file).code == 0
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 3 * 4
    assert {metric.name for metric in METRICS} <= rows[0].keys()
    gone = next(row for row in rows if row["name"] == "passes_by" and row["step"] == "1")
    assert gone["norm"] == ""
    there = next(row for row in rows if row["name"] == "passes_by" and row["step"] == "3")
    assert float(there["norm"]) == 3


def test_the_page_and_its_sparklines(cli: Cli, made: Made) -> None:
    page = cli("drift", made("drift.run")).out
    assert "6 snapshots, ckpt-100 (step 100 by its file name) to ckpt-600" in page
    line = next(line for line in page.splitlines() if line.startswith("moving/bias"))
    assert line.endswith("▁▃▃▅▆█")
    assert "The plane holds" in page
    assert "warning D01" in page


def test_sparklines_of_odd_rows() -> None:
    def line(values: list[float], metric: str = "l2", paired: list[bool] | None = None) -> str:
        return sparkline(np.array(values), paired or [True] * len(values), metric)

    nan, inf = float("nan"), float("inf")
    assert line([0, nan, 1, inf]) == "▁×██"
    assert line([nan, nan]) == "×"
    assert line([1, 2], paired=[False, False]) == ""
    assert line([1, 2], paired=[False, True]) == " █"
    assert line([0, 0, 0]) == "▁▁▁"
    assert line([-1, 0, 1], "mean") == "▁▅█"
    assert len(line(list(range(500)))) == 48
    assert line(list(range(500)))[-1] == "█"


def test_pictures_need_a_painter_and_are_written_whole(
    cli: Cli, made: Made, tmp_path: Path
) -> None:
    from tfinspector.cli.main import main

    run, file = made("drift.run"), tmp_path / "drift.png"
    ended = cli("drift", run, "--png", file, "--json")
    assert ended.code == 2
    assert [each["id"] for each in ended.json["findings"]] == ["D23"]
    asked = []

    def painter(table: object, metric: str, reference: str) -> bytes:
        asked.append((metric, str(reference)))
        return b"picture"

    words = ["drift", str(run), "--png", str(file), "--metric", "ks", "--reference", "previous"]
    assert main(words, painter) == 0
    assert asked == [("ks", "previous")]
    assert file.read_bytes() == b"picture"


def test_the_program_draws_without_a_display(
    program: Callable[..., Ended], made: Made, tmp_path: Path
) -> None:
    pytest.importorskip("PySide6")
    file = tmp_path / "drift.png"
    ended = program("drift", made("drift.run"), "--png", file, DISPLAY="", WAYLAND_DISPLAY="")
    assert ended.code == 0, ended.err
    assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", ["drift", "diff"])
def test_a_second_time_from_the_cache_and_never_with_no_cache(
    cli: Cli, made: Made, tmp_path: Path, command: str
) -> None:
    run, kept = made("drift.run"), tmp_path / "own-cache"
    words = [command, run / "ckpt-100", run / "ckpt-600", "--json"]
    without = cli(*words, "--no-cache")
    assert not kept.exists()
    first, second = cli(*words), cli(*words)
    assert kept.exists()
    assert without.code == second.code
    assert first.json == second.json
    assert without.json.keys() == second.json.keys()


def test_the_path_says_what_it_is_from(
    cli: Cli, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made("drift.run")
    plane = cli("drift", run, "--json").json["plane"]
    assert (plane["snapshots"], plane["left_out"]) == ([0, 1, 2, 3], [4, 5])
    assert (plane["stride"], plane["error"]) == (1, 0)
    monkeypatch.setattr(run_path, "_MOST_SAMPLED", 50)
    sampled = cli("drift", run, "--no-cache", "--json").json["plane"]
    assert sampled["stride"] == 5
    assert sampled["error"] > 0
    exact = cli("drift", run, "--no-cache", "--exact-path", "--json").json["plane"]
    assert (exact["stride"], exact["error"]) == (1, 0)
    for mine, theirs in zip(exact["points"], plane["points"], strict=True):
        assert mine == pytest.approx(theirs, 1e-6)


def test_what_is_put_together_says_by_what_it_is_in_order(cli: Cli, made: Made) -> None:
    """Of Keras files in any order, with epoch and metric in their names."""
    files = sorted((made("keras_files.callbacks") / "models").iterdir(), reverse=True)
    document = cli("drift", *files, "--json").json
    assert [each["step"] for each in document["snapshots"]] == [1, 2, 3]
    assert document["taken_for"] == (
        "3 snapshots of 3 sources, put together by hand, in the order of the steps in their names"
    )
    page = " ".join(cli("drift", *files).out.split())
    assert "3 snapshots of 3 sources, put together by hand, in the order of the steps" in page
    run = cli("drift", files[0].parent, "--json").json
    metrics = [each["metric"] for each in run["snapshots"]]
    assert metrics == [file.stem.rpartition("-")[2] for file in reversed(files)]


def test_snapshots_of_one_name_are_told_by_their_folders(cli: Cli, made: Made) -> None:
    page = cli("drift", made("runs.directory_per_step")).out
    assert "3 snapshots, step_5/weights (step 5 by its file name) to step_100/weights" in page
