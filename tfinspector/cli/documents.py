"""The JSON documents of `cli.md`: contents to plain dictionaries, and those to text.

NaN and infinities are strings, complex numbers `[re, im]`, bytes text if they are UTF-8 and else
`{"base64": ...}`, unknown dimensions null. One top-level field or row stands on one line, so
that the text can be read and compared.
"""

import json
import math
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from itertools import islice
from json.encoder import encode_basestring_ascii
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

import numpy as np

from tfinspector.cli.kinds import Kinds
from tfinspector.contents.findings import Finding
from tfinspector.contents.tensors import VariantElement
from tfinspector.contents.variables import Variable

if TYPE_CHECKING:
    from tfinspector.contents.reports import TensorFlowReport
    from tfinspector.contents.saved_models import SavedModel, Signature, TensorSpec

Document = dict[str, Any]


class Rows(list[str]):
    """Rows that are JSON already, many in each text, with what stands between them."""


_BETWEEN_ROWS = ",\n    "
_ROWS_AT_ONCE = 1000
"""So many texts still lie in the processor's caches when they are joined: half the time."""

_encode = json.JSONEncoder(allow_nan=False).encode


def text_of(document: Mapping[str, Any]) -> str:
    """The document as JSON. Raises ValueError for a NaN that nobody turned into a string."""
    return "".join(pieces_of(document))


def pieces_of(document: Mapping[str, Any]) -> Iterator[str]:
    """The text of a document piece by piece: one with 100,000 rows is 20 MB, copied three times."""
    yield "{\n"
    between = ""
    for name, value in document.items():
        yield f"{between}  {_encode(name)}: "
        yield from _field(value)
        between = ",\n"
    yield "\n}\n"


def _field(value: Any) -> Iterator[str]:
    rows = value
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = Rows(map(_encode, value))
    if not isinstance(rows, Rows) or not rows:
        yield _encode(value)
        return
    before = "[\n    "
    for row in rows:
        yield before
        yield row
        before = _BETWEEN_ROWS
    yield "\n  ]"


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
    """A float as JSON can say it: "NaN", "Infinity" and "-Infinity" are strings."""
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


def variable_rows(variables: Sequence[Variable], kinds: Kinds) -> Rows:
    """The rows of `list`, made as text: there may be 100,000 and somebody waits.

    What all variables of a kind share is encoded once.
    """
    slot_of = {owner: _encode(owner or None) for owner in {each.slot_of for each in variables}}
    starts, ends = zip(*map(_ending, kinds.samples), strict=True) if kinds.samples else ((), ())
    rows = Rows()
    for first in range(0, len(variables), _ROWS_AT_ONCE):
        last = first + _ROWS_AT_ONCE
        names, keys, paths, *_, owners, _ = zip(*variables[first:last], strict=True)
        columns = zip(
            _quoted(names), _quoted(keys), _quoted_lists(paths), kinds.of[first:last], owners,
            strict=True,
        )  # fmt: skip
        rows.append(_BETWEEN_ROWS.join([
            f'{{"name": {name}, "key": {key}, "paths": [{path}], '
            f"{starts[kind]}{slot_of[owner]}{ends[kind]}"
            for name, key, path, kind, owner in columns
        ]))  # fmt: skip
    return rows


def _quoted(texts: Sequence[str]) -> Sequence[str]:
    """The texts as JSON. Names of variables rarely need an escape: one look at all of them."""
    together = "".join(texts)
    plain_text = together.isascii() and together.isprintable()
    if plain_text and '"' not in together and "\\" not in together:
        return [f'"{text}"' for text in texts]
    return list(map(encode_basestring_ascii, texts))


def _quoted_lists(lists: Sequence[Sequence[str]]) -> Sequence[str]:
    """The insides of JSON's lists of texts."""
    flat = _quoted([text for texts in lists for text in texts])
    if len(flat) == len(lists) and all(map(len, lists)):
        return flat
    rest = iter(flat)
    return [", ".join(islice(rest, len(texts))) for texts in lists]


def _ending(sample: Variable) -> tuple[str, str]:
    """The rest of a row, from `dtype` on: what is before and after the value of `slot_of`."""
    shared = {
        "dtype": sample.dtype.name,
        "shape": list(sample.shape),
        "nbytes": sample.nbytes,
        "role": sample.role,
        "trainable": sample.trainable,
    }
    return (
        f'{_encode(shared)[1:-1]}, "slot_of": ',
        f', "problem": {_encode(sample.problem or None)}}}',
    )


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
