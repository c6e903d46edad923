"""The documents of `cli.md` as patterns, checked field by field.

A pattern is a type, a tuple of alternatives (`None` for null, strings for allowed words), a dict
of fields that must all be there (more may be), or a list with the pattern of its items.
"""

from __future__ import annotations

from typing import Any

NUMBER = (int, float, "NaN", "Infinity", "-Infinity")
SHAPE = ([(int, None)], None)

FINDING = {
    "id": str, "severity": ("error", "warning", "info"), "title": str, "detail": str,
    "where": str, "evidence": dict, "fix": ({"text": str, "code": str}, None),
}  # fmt: skip
FINDINGS = [FINDING]

KINDS = (
    "checkpoint", "checkpoint_v1", "run", "saved_model", "keras", "keras_weights", "keras_hdf5",
)  # fmt: skip
ROLES = (
    "weight", "optimizer", "slot", "metric", "counter", "ema", "lookup", "iterator", "other",
)  # fmt: skip
SPEC = {"name": str, "dtype": str, "shape": SHAPE}
SIGNATURE = {"tags": [str], "name": str, "inputs": [SPEC], "outputs": [SPEC]}

LIST = {
    "kind": KINDS, "path": str,
    "snapshots": [{"path": str, "step": (int, None), "time": (int, float, None), "nbytes": int}],
    "variables": [
        {
            "name": str, "key": str, "paths": [str], "dtype": str, "shape": SHAPE,
            "nbytes": int, "role": ROLES, "trainable": (bool, None),
        }
    ],
    "signatures": [SIGNATURE],
    "totals": {"variables": int, "parameters": int, "nbytes": int},
    "findings": FINDINGS,
}  # fmt: skip
TENSORFLOW = {
    "version": str, "variables": [{"name": str, "dtype": str, "shape": SHAPE}],
    "signatures": [SIGNATURE], "agrees": (bool, None), "differences": [str],
}  # fmt: skip
_FIGURES = {
    "count": int, "nan": int, "posinf": int, "neginf": int, "zero": int,
    "min": NUMBER, "max": NUMBER, "mean": NUMBER, "std": NUMBER, "l2": NUMBER,
    "quantiles": dict, "histogram": {"edges": [NUMBER], "counts": [NUMBER]}, "problem": (None,),
}  # fmt: skip
_UNMEASURED = dict.fromkeys(_FIGURES, (None,)) | {"problem": str}
STATS = {
    "variables": [({"name": str, "key": str} | _FIGURES, {"name": str, "key": str} | _UNMEASURED)],
    "findings": FINDINGS,
}
VALUES = {"dtype": str, "shape": [int], "slice": str, "values": object, "findings": FINDINGS}
CHECK = {
    "findings": FINDINGS,
    "tensors": {
        "checked": int,
        "bad": [{"name": str, "key": str, "stored": (int, None), "computed": (int, None)}],
    },
}
SALVAGED = {"prefix": str, "kept": [str], "lost": [{"name": str, "why": str}]}
LOAD = {
    "loaded": bool, "seconds": (int, float), "callable": bool, "signatures": [SIGNATURE],
    "variables": [{"name": str, "dtype": str, "shape": SHAPE}], "findings": FINDINGS,
}  # fmt: skip
_FIGURE = (*NUMBER, None)
RUN = {
    "outputs": [
        {"name": str, "dtype": str, "shape": SHAPE, "min": _FIGURE, "max": _FIGURE, "mean": _FIGURE}
    ],
    "seconds": (int, float), "findings": FINDINGS,
}  # fmt: skip
VERIFY = {
    "outputs": [{"name": str, "max_abs": NUMBER, "max_rel": NUMBER, "equal": bool}],
    "equal": bool, "findings": FINDINGS,
}  # fmt: skip
STATES = (
    "restored", "missing_in_model", "missing_in_checkpoint", "shape_mismatch",
    "dtype_mismatch", "not_built", "not_assigned", "value_differs", "unreachable",
    "not_comparable",
)  # fmt: skip
OUTCOMES = ("restored", "partial", "nothing", "failed")
_SUMMARY = {
    "by_state": dict, "parameters_restored": int, "parameters_total": int,
    "expected": ({"by_state": dict, "parameters_restored": int}, None),
}  # fmt: skip
RESTORE = {
    "outcome": OUTCOMES,
    "expected_outcome": (*OUTCOMES, None),
    "variables": [
        {
            "name": str, "key": (str, None), "model_path": (str, None), "state": STATES,
            "expected": (*STATES, None),
            "file_shape": SHAPE, "model_shape": SHAPE, "file_dtype": (str, None),
            "model_dtype": (str, None), "verified": bool, "device": (str, None),
        }
    ],
    "summary": _SUMMARY,
    "renames": [
        {
            "from": str, "to": str, "confidence": (int, float), "why": str, "applied": bool,
            "transform": ("cast", "transpose", "reshape", "part", "slice", None),
            "alternatives": ([str], None),
        }
    ],
    "findings": FINDINGS,
    "worker": ({"python": str, "tensorflow": (str, None), "keras": (str, None)}, None),
    "written": {"map": (str, None), "code": (str, None), "checkpoint": (str, None)},
    "fixed": ({"outcome": OUTCOMES, "summary": _SUMMARY, "findings": FINDINGS}, None),
    "devices": [
        {"device": str, "outcome": OUTCOMES, "seconds": (int, float), "peak_nbytes": int}
    ],
    "device_outputs": [
        {"name": str, "max_abs": NUMBER, "max_rel": NUMBER, "equal": bool, "close": bool}
    ],
}  # fmt: skip
DEMO = {"path": str, "reused": bool, "sources": [str], "findings": FINDINGS}


def check(document: Any, pattern: Any, where: str = "$") -> None:
    """AssertionError that names the place where the document leaves the pattern."""
    wrong = mismatch(document, pattern, where)
    assert not wrong, wrong
    for finding in document.get("findings", []) if isinstance(document, dict) else []:
        if finding["severity"] != "info":
            assert finding["fix"], f"{finding['id']} has no fix"
            assert finding["fix"]["text"]


def mismatch(value: Any, pattern: Any, where: str) -> str:
    """The first place where the value leaves the pattern; "" if it does not."""
    match pattern:
        case tuple():
            tried = [mismatch(value, each, where) for each in pattern]
            return "" if "" in tried else f"{where}: {value!r} fits none of {pattern!r}"[:600]
        case dict():
            if not isinstance(value, dict):
                return f"{where}: {value!r} is not an object"
            missing = pattern.keys() - value.keys()
            if missing:
                return f"{where}: {sorted(missing)} missing"
            inner = (mismatch(value[k], each, f"{where}.{k}") for k, each in pattern.items())
            return next(filter(None, inner), "")
        case list():
            if not isinstance(value, list):
                return f"{where}: {value!r} is not a list"
            inner = (mismatch(v, pattern[0], f"{where}[{i}]") for i, v in enumerate(value))
            return next(filter(None, inner), "")
        case type():
            good = isinstance(value, pattern) and (pattern in (bool, object) or value is not bool)
            good = good and not (isinstance(value, bool) and pattern in (int, float))
            return "" if good else f"{where}: {value!r} is not {pattern.__name__}"
    same = type(value) is type(pattern) and value == pattern
    return "" if same else f"{where}: {value!r} is not {pattern!r}"
