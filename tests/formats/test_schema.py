"""Our messages against TensorFlow's own descriptors, and the private pool beside TensorFlow's."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.formats.schema_fields import fields_of
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.formats.saved_models import schema
from tfinspector.formats.saved_models.declarations import declare


def _names() -> list[str]:
    """All messages and enums of our schema, by their dotted names."""
    file = declare("tensorflow", schema._MESSAGES, schema._ENUMS)
    names = []
    waiting = [("", file)]
    while waiting:
        prefix, holder = waiting.pop()
        nested = holder.message_type if prefix == "" else holder.nested_type
        for message in nested:
            if not message.options.map_entry:
                names.append(prefix + message.name)
                waiting.append((f"{prefix}{message.name}.", message))
        names += [prefix + enum.name for enum in holder.enum_type]
    return sorted(names)


def test_every_field_is_tensorflows(tensorflow: TensorFlowProcess) -> None:
    names = _names()
    theirs = tensorflow.call("tests.makers.saved_model_referee:descriptors", names)
    ours = {name: fields_of(schema.pool(), name) for name in names}
    assert len(names) > 40
    for name in names:
        assert {item: theirs[name].get(item) for item in ours[name]} == ours[name], name


def test_tensorflow_can_be_imported_afterwards() -> None:
    code = (
        "from tfinspector.formats.saved_models import schema\n"
        "schema.parse_message('SavedModel', b'\\x08\\x01')\n"
        "from tensorflow.core.protobuf import saved_model_pb2\n"
        "print(saved_model_pb2.SavedModel.FromString(b'\\x08\\x01').saved_model_schema_version)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1", done.stderr


def test_an_unknown_type_number_is_kept() -> None:
    assert schema.parse_message("SavedVariable", b"\x08\x4d").dtype == 77


@pytest.mark.parametrize("text", ["message A { int32 a = 1 }", "nonsense", "message A { int9 }"])
def test_what_is_no_declaration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a declaration"):
        declare("p", text, {})
