"""JSON says everything that contents can hold, and only JSON."""

from __future__ import annotations

import json
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from tfinspector.cli.documents import finding_document, number, plain, text_of
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.tensors import VariantElement


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.5, 1.5),
        (-0.0, -0.0),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (True, True),
        (None, None),
        (1 + 2j, [1.0, 2.0]),
        (complex("nan-infj"), ["NaN", "-Infinity"]),
        (b"gr\xc3\xbcn", "grün"),
        (b"\xff\x00", {"base64": "/wA="}),
        (Severity.ERROR, "error"),
        (Path("/a/b"), "/a/b"),
        ((1, None, "x"), [1, None, "x"]),
        ({"a": (1.0, float("nan"))}, {"a": [1.0, "NaN"]}),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.array(3.0), 3.0),
        (np.array([1, 2], "uint8"), [1, 2]),
        (np.array([True, False]), [True, False]),
        (np.array([[1.0, np.nan], [np.inf, -np.inf]]), [[1.0, "NaN"], ["Infinity", "-Infinity"]]),
        (np.array([np.inf, 0.5], "float16"), ["Infinity", 0.5]),
        (np.array([1 + 2j], "complex64"), [[1.0, 2.0]]),
        (np.array([b"a", b"\xff"], object), ["a", {"base64": "/w=="}]),
        (np.zeros((0, 3)), []),
        (np.zeros((2, 0)), [[], []]),
    ],
    ids=repr,
)  # fmt: skip
def test_every_kind_of_value_is_said(value: object, said: object) -> None:
    assert plain(value) == said
    assert json.loads(text_of({"x": plain(value)}))["x"] == said


@pytest.mark.parametrize(
    "name", ["bfloat16", "float8_e5m2", "float8_e4m3fn", "float8_e4m3b11fnuz", "int4", "uint4"]
)
def test_types_numpy_does_not_know_are_numbers(name: str) -> None:
    array = np.array([1, 2, -3 if not name.startswith("u") else 3]).astype(getattr(ml_dtypes, name))
    assert plain(array) == array.astype(float).tolist()
    assert all(type(each) is (int if "int" in name else float) for each in plain(array))


def test_large_integers_keep_every_digit() -> None:
    array = np.array([2**63 - 1, -(2**63)])
    assert json.loads(text_of({"x": plain(array)}))["x"] == [2**63 - 1, -(2**63)]
    assert plain(np.array([2**64 - 1], "uint64")) == [2**64 - 1]


def test_a_float_that_was_forgotten_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        text_of({"x": float("nan")})


def test_numbers_are_plain_floats() -> None:
    assert type(number(np.float64(1.5))) is float


def test_a_variant_is_described() -> None:
    element = VariantElement("tensorflow::TensorList", b"\xff", ((DTYPE_BY_NAME["int32"], None),))
    array = np.empty(1, object)
    array[0] = element
    said = {
        "type_name": "tensorflow::TensorList",
        "metadata": {"base64": "/w=="},
        "tensors": [{"dtype": "int32", "shape": None}],
    }
    assert plain(element) == said
    assert plain(array) == [said]


def test_rows_stand_on_lines_of_their_own() -> None:
    text = text_of({"a": 1, "rows": [{"x": 1}, {"x": 2}], "none": []})
    assert text.splitlines() == [
        "{", '  "a": 1,', '  "rows": [', '    {"x": 1},', '    {"x": 2}', "  ],",
        '  "none": []', "}",
    ]  # fmt: skip


def test_a_name_that_is_no_unicode_can_be_written() -> None:
    assert text_of({"x": "a\udcff"}).isascii()


def test_a_finding_has_all_its_fields() -> None:
    inner = Finding("F07", Severity.INFO, "inner")
    finding = Finding(
        "F01", Severity.WARNING, "title", "detail", "where",
        {"size": 3, "ratio": float("nan"), "path": Path("/x")}, Fix("do", "code"), (inner,),
    )  # fmt: skip
    assert finding_document(finding) == {
        "id": "F01", "severity": "warning", "title": "title", "detail": "detail", "where": "where",
        "evidence": {"size": 3, "ratio": "NaN", "path": "/x"},
        "fix": {"text": "do", "code": "code"},
        "folded": [
            {
                "id": "F07", "severity": "info", "title": "inner", "detail": "", "where": "",
                "evidence": {}, "fix": None, "folded": [],
            }
        ],
    }  # fmt: skip
