"""Values sent to the worker's model, byte for byte."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tests.worker.conftest import Asked, by_path
from tfinspector.engine.worker.client import MethodFailed


def send(asked: Asked, values: dict[str, bytes], model: Any) -> list[dict[str, Any]]:
    names = by_path(model)
    rows = [{"variable": model.variables.index(names[path])} for path in values]
    reply = asked.client.exchange("assign", {"rows": rows}, tuple(values.values()))
    rows_back: list[dict[str, Any]] = reply.result["rows"]
    assert [row["variable"] for row in rows_back] == [row["variable"] for row in rows]
    return rows_back


def strings(*texts: bytes) -> bytes:
    return b"".join(len(text).to_bytes(8, "little") + text for text in texts)


def test_every_kind_of_value(asked: Asked) -> None:
    model = asked.build("module")
    values = {
        "weight": np.arange(6, dtype="<f4").tobytes(),
        "parts/0": np.int64(-5).tobytes(),
        "parts/1": np.array([False, True]).tobytes(),
        "words": strings(b"", b"\0x\0"),
        "brain": np.array([float("nan"), -0.0], ml_dtypes.bfloat16).tobytes(),
    }
    rows = send(asked, values, model)
    assert all(row["done"] and not row["problem"] for row in rows)
    hashes = asked.hashes()
    assert [hashes[row["variable"]] for row in rows] == [row["sha256"] for row in rows]
    assert {row["device"] for row in rows} == {"CPU:0"}


def test_keras_variables(asked: Asked) -> None:
    model = asked.build("functional")
    (row,) = send(asked, {"_operations/1/_kernel": np.ones((3, 4), "<f4").tobytes()}, model)
    assert row["done"]
    kernel = by_path(model)["_operations/1/_kernel"]
    assert asked.hashes()[model.variables.index(kernel)] == row["sha256"] != kernel.initial


@pytest.mark.parametrize(
    ("path", "payload", "text"),
    [
        ("weight", b"\0" * 20, "20 bytes came for 6 elements of 4 bytes"),
        ("words", strings(b"one"), "1 strings came for 2 elements"),
        ("words", strings(b"one", b"two")[:-1], "strings came for 2 elements"),
    ],
)
def test_a_wrong_number_of_bytes_changes_nothing_and_holds_up_nobody(
    asked: Asked, path: str, payload: bytes, text: str
) -> None:
    model = asked.build("module")
    bad, good = send(asked, {path: payload, "parts/0": np.int64(3).tobytes()}, model)
    assert not bad["done"]
    assert text in bad["problem"]
    assert good["done"]
    variable = by_path(model)[path]
    assert asked.hashes()[model.variables.index(variable)] == variable.initial


def test_rows_without_payload(asked: Asked) -> None:
    asked.build("module")
    with pytest.raises(MethodFailed, match="1 rows came with 0 payloads"):
        asked("assign", rows=[{"variable": 0}])
