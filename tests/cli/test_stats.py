"""`tfinspector stats`: figures against NumPy on what TensorFlow reads."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli import schema
from tests.cli.conftest import Ended
from tests.formats.table_writer import BundleWriter
from tfinspector.contents.dtypes import DTYPE_BY_NAME

Cli = Callable[..., Ended]
Made = Callable[[str], Path]


def test_figures_are_those_of_the_values(cli: Cli, made: Made, referee: Any) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    ended = cli("stats", prefix, "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.STATS)
    theirs = referee(prefix)
    for row in ended.json["variables"]:
        dtype, shape, data = theirs[row["key"]]
        values = np.frombuffer(data, dtype).astype(np.float64)
        assert row["count"] == values.size == int(np.prod(shape))
        assert row["zero"] == np.count_nonzero(values == 0)
        assert row["min"] == values.min()
        assert row["max"] == values.max()
        assert row["mean"] == pytest.approx(values.mean(), rel=1e-9, abs=1e-12)
        assert row["std"] == pytest.approx(values.std(), rel=1e-6, abs=1e-9)
        assert row["l2"] == pytest.approx(np.sqrt((values**2).sum()), rel=1e-9)
        assert sum(row["histogram"]["counts"]) == pytest.approx(values.size)
        assert len(row["histogram"]["edges"]) == len(row["histogram"]["counts"]) + 1
        assert "0.5" in row["quantiles"]


def test_what_is_not_finite_is_counted_apart(cli: Cli, made: Made) -> None:
    document = cli("stats", made("cli_cases.odd_values") / "odd", "--json").json
    schema.check(document, schema.STATS)
    rows = {row["name"]: row for row in document["variables"]}
    extremes = rows["float/extremes"]
    counts = ("count", "nan", "posinf", "neginf", "zero")
    assert [extremes[name] for name in counts] == [5, 1, 1, 1, 1]
    assert (extremes["min"], extremes["max"]) == (0.0, 1.5)
    assert sum(extremes["histogram"]["counts"]) == 2
    assert (rows["float/bfloat16"]["nan"], rows["float/bfloat16"]["max"]) == (1, 3.0)
    assert rows["flags"]["mean"] == 0.5
    assert rows["complex"]["of_magnitude"] is True
    assert rows["empty"]["count"] == 0
    assert rows["empty"]["mean"] == "NaN"


def test_what_has_no_figures_says_why(cli: Cli, made: Made) -> None:
    prefix = made("cli_cases.odd_values") / "odd"
    [row] = cli("stats", prefix, "--variable", "strings", "--json").json["variables"]
    assert row["problem"] == "holds strings"
    assert row["count"] is None
    assert row["histogram"] is None
    assert "holds strings" in cli("stats", prefix).out


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("int/*", ["int/grid", "int/scalar"]),
        ("int/grid", ["int/grid"]),
        ("*/[gt]*", ["float/tiny", "int/grid"]),
    ],
)
def test_a_pattern_chooses(cli: Cli, made: Made, pattern: str, names: list[str]) -> None:
    prefix = made("cli_cases.odd_values") / "odd"
    document = cli("stats", prefix, "--variable", pattern, "--json").json
    assert [row["name"] for row in document["variables"]] == names


def test_a_pattern_fits_names_and_keys(cli: Cli, made: Made) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"

    def fitting(pattern: str) -> list[str]:
        rows = cli("stats", prefix, "--variable", pattern, "--json").json["variables"]
        return [row["name"] for row in rows]

    assert fitting("head/*") == ["head/kernel", "head/bias"]
    assert "save_counter" in fitting("*/.ATTRIBUTES/VARIABLE_VALUE")


def test_a_key_will_do(cli: Cli, made: Made) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    variable = cli("list", prefix, "--json").json["variables"][0]
    assert variable["key"] != variable["name"]
    document = cli("stats", prefix, "--variable", variable["key"], "--json").json
    assert [row["name"] for row in document["variables"]] == [variable["name"]]


def test_a_pattern_that_fits_nothing_is_told(cli: Cli, made: Made) -> None:
    prefix = made("cli_cases.odd_values") / "odd"
    ended = cli("stats", prefix, "--variable", "decoder/*", "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.STATS)
    assert ended.json["variables"] == []
    assert [f["id"] for f in ended.json["findings"]] == ["P03"]


def test_a_name_that_is_not_there_cannot_be_read(cli: Cli, made: Made) -> None:
    ended = cli("stats", made("cli_cases.odd_values") / "odd", "--variable", "int/gird", "--json")
    assert ended.code == 2
    schema.check(ended.json, schema.STATS)
    assert "int/gird" in ended.json["findings"][0]["title"]
    assert "int/grid" in str(ended.json["findings"][0]), "and what may have been meant"


def test_the_table_can_be_taken_along(cli: Cli, made: Made, tmp_path: Path) -> None:
    prefix = made("cli_cases.odd_values") / "odd"
    file = tmp_path / "stats.csv"
    document = cli("stats", prefix, "--csv", file, "--json").json
    with open(file, newline="", encoding="utf-8") as opened:
        rows = {row["name"]: row for row in csv.DictReader(opened)}
    assert list(rows) == [row["name"] for row in document["variables"]]
    assert float(rows["int/grid"]["mean"]) == 29.5
    assert rows["int/grid"]["count"] == "60"
    assert rows["empty"]["mean"] == "NaN"
    assert rows["strings"]["problem"] == "holds strings"
    assert str(file) in cli("stats", prefix, "--csv", file).out


def test_a_table_that_cannot_be_written_is_a_finding(cli: Cli, made: Made, tmp_path: Path) -> None:
    target = tmp_path / "absent" / "stats.csv"
    ended = cli("stats", made("cli_cases.odd_values") / "odd", "--csv", target, "--json")
    assert ended.code == 2
    assert str(target.parent) in str(ended.json["findings"][0])


def test_the_page_draws_each_row(cli: Cli, made: Made) -> None:
    out = cli("stats", made("cli_cases.odd_values") / "odd").out
    [row] = [line for line in out.splitlines() if line.startswith("int/grid")]
    assert row.split()[1:6] == ["60", "0", "59", "29.5", "17.32"]
    assert "█" in row


def test_a_run_is_measured_at_its_newest_snapshot(cli: Cli, made: Made) -> None:
    directory = made("checkpoints.keras_sequential")
    run = cli("stats", directory, "--json").json["variables"]
    assert run == cli("stats", directory / "ckpt-5", "--json").json["variables"]


def test_what_is_not_finite_is_a_finding(cli: Cli, made: Made) -> None:
    prefix = made("cli_cases.odd_values") / "odd"
    ended = cli("stats", prefix, "--json")
    [finding] = [one for one in ended.json["findings"] if one["id"] == "N01"]
    assert finding["severity"] == "warning"
    assert finding["fix"]["text"]
    odd = [row["name"] for row in ended.json["variables"] if row["nan"] or row["posinf"]]
    assert [row["name"] for row in finding["evidence"]["variables"]] == odd
    assert odd[0] in finding["title"]
    assert ended.code == 0
    finite = cli("stats", prefix, "--variable", "int/*", "--json").json
    assert [one["id"] for one in finite["findings"]] == []


def test_nothing_to_measure_is_said(cli: Cli, made: Made) -> None:
    model = made("saved_models.no_variables") / "model"
    assert cli("stats", model).out.startswith("No variables to measure.")


def test_large_integers_are_exact(cli: Cli, tmp_path: Path) -> None:
    values = np.array([2**53 + 1, -(2**62) - 1, 7], np.int64)
    writer = BundleWriter()
    writer.add("ids", DTYPE_BY_NAME["int64"].code, values.shape, values.tobytes())
    [row] = cli("stats", writer.write(tmp_path / "c"), "--json").json["variables"]
    assert (row["min"], row["max"]) == (-(2**62) - 1, 2**53 + 1)
    assert (row["quantiles"]["0.0"], row["quantiles"]["1.0"]) == (row["min"], row["max"])
    assert isinstance(row["max"], int)


def test_spectra_are_those_of_the_matrices(cli: Cli, made: Made, referee: Any) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    assert "spectrum" not in cli("stats", prefix, "--json").json["variables"][0]
    document = cli("stats", prefix, "--spectrum", "--json").json
    schema.check(document, schema.STATS)
    theirs = referee(prefix)
    matrices = [row for row in document["variables"] if row["spectrum"]]
    assert matrices
    for row in matrices:
        dtype, shape, data = theirs[row["key"]]
        values = np.frombuffer(data, dtype).astype(np.float64).reshape(-1, shape[-1])
        found, true = row["spectrum"], np.linalg.svd(values, compute_uv=False)
        assert (found["rows"], found["columns"]) == values.shape
        assert found["method"] == "full"
        assert found["singular_values"] == pytest.approx(true[:256], abs=found["error"] + 1e-12)
        assert found["count"] == len(true)
        assert found["stable_rank"] == pytest.approx((np.linalg.norm(true) / true[0]) ** 2)
        assert found["problem"] is None
    assert all(row["spectrum"] is None for row in document["variables"] if len(row["shape"]) < 2)


def test_a_matrix_with_nan_has_no_spectrum(cli: Cli, made: Made) -> None:
    prefix = made("drift.run") / "ckpt-600"
    ended = cli("stats", prefix, "--spectrum", "--variable", "moving/*", "--json")
    kernel = next(row for row in ended.json["variables"] if row["name"] == "moving/kernel")
    assert kernel["spectrum"]["problem"] == "it holds NaN or infinity"
    assert kernel["spectrum"]["singular_values"] is None
    page = cli("stats", prefix, "--spectrum", "--variable", "*kernel").out
    assert "Singular values" in page
    assert "it holds NaN or infinity" in page
    assert (
        "No matrix is among them." in cli("stats", prefix, "--spectrum", "--variable", "*bias").out
    )


def test_a_second_time_from_the_cache_and_never_with_no_cache(
    cli: Cli, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tfinspector.engine.cache import measuring

    monkeypatch.setattr(measuring, "LEAST_NBYTES", 0)
    prefix, kept = made("drift.run") / "ckpt-100", tmp_path / "own-cache"
    without = cli("stats", prefix, "--json", "--no-cache")
    assert not kept.exists()
    first, second = (cli("stats", prefix, "--json") for _ in range(2))
    assert [file.name for file in kept.iterdir()] == ["figures-1.sqlite"]
    assert without.out == first.out == second.out
    kept.joinpath("figures-1.sqlite").write_bytes(b"nonsense" * 1000)
    broken = cli("stats", prefix, "--json").json
    assert broken["variables"] == first.json["variables"]
    assert [each["id"] for each in broken["findings"] if each["id"] == "P04"] == ["P04"]
