"""The JSON documents of `cli.md`: contents to plain dictionaries, and those to text.

NaN and infinities are strings, complex numbers `[re, im]`, bytes text if they are UTF-8 and else
`{"base64": ...}`, unknown dimensions null. One top-level field or row stands on one line, so
that the text can be read and compared.
"""

import json
import math
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tfinspector.contents.findings import Finding
from tfinspector.contents.tensors import VariantElement

if TYPE_CHECKING:
    from tfinspector.contents.reports import TensorFlowReport
    from tfinspector.contents.saved_models import SavedModel, Signature, TensorSpec

Document = dict[str, Any]


class Rows(NamedTuple):
    """Rows that are JSON already, many in each text; made while they are written."""

    texts: Iterable[str]


BETWEEN_ROWS = ",\n    "
encode = json.JSONEncoder(allow_nan=False).encode
"""A value as JSON; raises ValueError for a NaN that nobody turned into a string."""


def text_of(document: Mapping[str, Any]) -> str:
    """The document as JSON. Raises ValueError for a NaN that nobody turned into a string."""
    return "".join(pieces_of(document))


def pieces_of(document: Mapping[str, Any]) -> Iterator[str]:
    """The text of a document piece by piece: one with 100,000 rows is 20 MB, copied three times."""
    yield "{\n"
    between = ""
    for name, value in document.items():
        yield f"{between}  {encode(name)}: "
        yield from _field(value)
        between = ",\n"
    yield "\n}\n"


def _field(value: Any) -> Iterator[str]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = Rows(map(encode, value))
    if not isinstance(value, Rows):
        yield encode(value)
        return
    before, after = "[\n    ", "[]"
    for rows in value.texts:
        yield before
        yield rows
        before, after = BETWEEN_ROWS, "\n  ]"
    yield after


def plain(value: Any) -> Any:
    """Anything that contents may hold, as JSON can say it."""
    match value:
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return plain(value.value)
        case float():
            return number(value)
        case complex():
            return [number(value.real), number(value.imag)]
        case bytes():
            return text_or_base64(value)
        case np.ndarray() | np.generic():
            return _array(value)
        case VariantElement():
            return _variant(value)
        case Mapping():
            return {str(name): plain(each) for name, each in value.items()}
        case PathLike():
            return fspath(value)
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Iterable):
        return [plain(each) for each in value]
    return str(value)


def number(value: float) -> float | str:
    """A number as JSON can say it: "NaN", "Infinity" and "-Infinity" are strings.

    Integers stay exact; what reads JSON into float64 rounds those beyond 2**53.
    """
    if isinstance(value, int):
        return value
    if math.isfinite(value):
        return float(value)
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def text_or_base64(value: bytes) -> str | dict[str, str]:
    """UTF-8 as text, anything else as `{"base64": ...}`."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(value).decode("ascii")}


def _array(value: Any) -> Any:
    """Nested lists. What NumPy itself does not know (bfloat16, int4, ...) goes through its like."""
    if value.dtype.isbuiltin == 2:
        value = value.astype(np.int64 if "int" in value.dtype.name else np.float32)
    if value.dtype.kind in "biu" or (value.dtype.kind == "f" and np.isfinite(value).all()):
        return value.tolist()
    return plain(value.tolist())


def _variant(value: VariantElement) -> Document:
    return {
        "type_name": value.type_name,
        "metadata": text_or_base64(value.metadata),
        "tensors": [
            {"dtype": dtype.name, "shape": None if shape is None else list(shape)}
            for dtype, shape in value.tensors
        ],
    }


def finding_document(finding: Finding) -> Document:
    """A finding with all its fields; `fix` is null where nothing needs to be done."""
    fix = {"text": finding.fix.text, "code": finding.fix.code} if finding.fix else None
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "title": finding.title,
        "detail": finding.detail,
        "where": finding.where,
        "evidence": plain(finding.evidence),
        "fix": fix,
        "folded": [finding_document(each) for each in finding.folded],
    }


def finding_documents(findings: Iterable[Finding]) -> list[Document]:
    """All of them, in the order given (most probable cause first)."""
    return [finding_document(finding) for finding in findings]


def signature_documents(saved_model: "SavedModel | None") -> list[Document]:
    """The signatures of all meta graphs, each with the tags of its graph."""
    graphs = saved_model.meta_graphs if saved_model else ()
    return [signature_document(graph.tags, each) for graph in graphs for each in graph.signatures]


def signature_document(tags: Iterable[str], signature: "Signature") -> Document:
    """One signature: its inputs and outputs with dtype and shape (null: not known)."""
    return {
        "tags": list(tags),
        "name": signature.name,
        "inputs": [_spec(spec) for spec in signature.inputs],
        "outputs": [_spec(spec) for spec in signature.outputs],
    }


def _spec(spec: "TensorSpec") -> Document:
    shape = None if spec.shape is None else list(spec.shape)
    return {"name": spec.name, "dtype": spec.dtype.name, "shape": shape}


def tensorflow_document(report: "TensorFlowReport | None") -> Document | None:
    """TensorFlow's word; null where it gave none. What `tf.train` calls a name is our key."""
    if report is None:
        return None
    tags = (report.load.tags if report.load else None) or ()
    return {
        "version": report.version,
        "variables": [
            {"name": each.key, "key": each.key, "dtype": each.dtype, "shape": list(each.shape)}
            for each in report.variables
        ],
        "signatures": [signature_document(tags, each) for each in report.signatures],
        "agrees": report.agrees,
        "differences": list(report.differences),
    }
