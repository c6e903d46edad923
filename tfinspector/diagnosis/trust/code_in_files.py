"""What the code in a Keras file could do, told from its bytes: nothing is unmarshalled or run.

Compiled code is base64 in the configuration: `marshal` of a code object, whose names are short
ASCII strings: a type byte (z or Z, or those with the reference bit set), the length, the text.
https://github.com/python/cpython/blob/3.11/Python/marshal.c
"""

import base64
import binascii
import re
from collections.abc import Iterator

from tfinspector.contents.keras_files import KerasFile, LambdaLayer

_SHORT_ASCII = re.compile(rb"[zZ\xda\xfa](.)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")
_MOST_NAMES = 20


def sentences_of(keras: KerasFile) -> tuple[str, ...]:
    """One for each place that has code, or loads it from elsewhere; () for none."""
    return tuple(filter(None, map(_sentence, keras.lambdas)))


def names_in_code(keras: KerasFile) -> tuple[str, ...]:
    """Names of variables, functions and modules in all compiled code of the configuration."""
    names: dict[str, None] = {}
    for code in _codes_in([keras.config, keras.compiled]):
        names.update(dict.fromkeys(_names_in(code)))
    return tuple(names)[:_MOST_NAMES]


def _sentence(layer: LambdaLayer) -> str:
    where = layer.path if layer.path.startswith("the ") else f"the layer {layer.path}"
    if layer.kind == "TFSMLayer":
        return (
            f"In {where}, a TFSMLayer loads the SavedModel at {layer.function or 'a path'}, "
            "whatever lies there by then; `tfinspector trust` tells what it could do."
        )
    if layer.kind == "TorchModuleWrapper":
        return f"In {where}, a pickled PyTorch module is unpickled."
    return f"In {where}, compiled Python is kept." if layer.has_code else ""


def _codes_in(value: object) -> Iterator[bytes]:
    """Of Keras 3: {"class_name": "__lambda__", "config": {"code": text}}; before: [text, ...]."""
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") == "__lambda__" and isinstance(config, dict):
            yield from _decoded(config.get("code"))
        function = value.get("function")
        if isinstance(function, list | tuple) and function:
            yield from _decoded(function[0])
        for each in value.values():
            yield from _codes_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _codes_in(each)


def _decoded(text: object) -> Iterator[bytes]:
    if isinstance(text, str):
        try:
            yield base64.b64decode(text, validate=False)
        except (binascii.Error, ValueError):  # no code after all, or another way to write it
            return


def _names_in(code: bytes) -> Iterator[str]:
    for match in _SHORT_ASCII.finditer(code):
        text = code[match.end() : match.end() + match[1][0]]
        if len(text) == match[1][0] > 1 and text.isascii():
            name = text.decode("ascii")
            if _NAME.match(name) and not name.endswith(".py"):
                yield name
