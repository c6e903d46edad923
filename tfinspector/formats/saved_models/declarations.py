"""Protobuf descriptors from a compact declaration in the syntax of `.proto` files.

Only what a SavedModel needs of that syntax is understood: messages with their dotted full name on
the top level, `repeated`, `map<string, ...>` and `oneof`. That spares a build step with `protoc`
and generated modules, which are bound to one version of protobuf.
"""

import re
from collections.abc import Mapping

from google.protobuf import descriptor_pb2

_Field = descriptor_pb2.FieldDescriptorProto
_Message = descriptor_pb2.DescriptorProto

_SCALARS = {
    "double": _Field.TYPE_DOUBLE, "float": _Field.TYPE_FLOAT, "int64": _Field.TYPE_INT64,
    "uint64": _Field.TYPE_UINT64, "int32": _Field.TYPE_INT32,
    "uint32": _Field.TYPE_UINT32, "bool": _Field.TYPE_BOOL,
    "string": _Field.TYPE_STRING, "bytes": _Field.TYPE_BYTES, "sint64": _Field.TYPE_SINT64,
}  # fmt: skip

_TOKEN = re.compile(
    r"\s*(?:message (?P<message>[\w.]+) \{|oneof (?P<oneof>\w+) \{|(?P<end>\})|"
    r"(?P<repeated>repeated )?(?:map<string, (?P<value>[\w.]+)>|(?P<type>[\w.]+)) "
    r"(?P<name>\w+) = (?P<number>\d+);)\s*"
)


def declare(
    package: str,
    text: str,
    enums: Mapping[str, Mapping[str, int]],
    imports: tuple[str, ...] = (),
) -> descriptor_pb2.FileDescriptorProto:
    """The declaration `text` as a file of `package`; `enums` are {full name: {value: number}}.

    A type is looked up in the package unless its name holds the package of an import.
    """
    file = descriptor_pb2.FileDescriptorProto(
        name=f"tfinspector/{package}.proto", package=package, syntax="proto3", dependency=imports
    )
    messages: dict[str, _Message] = {}
    for name, values in enums.items():
        parent, _, last = name.rpartition(".")
        holder = _message(file, messages, parent).enum_type if parent else file.enum_type
        holder.add(name=last).value.extend(
            descriptor_pb2.EnumValueDescriptorProto(name=value, number=number)
            for value, number in values.items()
        )
    message = _Message()
    in_oneof = False
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ValueError(f"not a declaration: {text[position : position + 60]!r}")
        position = token.end()
        if token["message"]:
            message = _message(file, messages, token["message"])
        elif token["oneof"]:
            in_oneof = True
            message.oneof_decl.add(name=token["oneof"])
        elif token["end"]:
            in_oneof = False
        else:
            field = _add_field(message, token, package, enums)
            if in_oneof:
                field.oneof_index = len(message.oneof_decl) - 1
    return file


def _message(
    file: descriptor_pb2.FileDescriptorProto, messages: dict[str, _Message], name: str
) -> _Message:
    """The message with the dotted `name`, made within its parents if it is not there yet."""
    if name not in messages:
        parent, _, last = name.rpartition(".")
        siblings = _message(file, messages, parent).nested_type if parent else file.message_type
        messages[name] = siblings.add(name=last)
    return messages[name]


def _add_field(
    message: _Message, token: re.Match[str], package: str, enums: Mapping[str, object]
) -> _Field:
    label = _Field.LABEL_REPEATED if token["repeated"] or token["value"] else _Field.LABEL_OPTIONAL
    field = message.field.add(name=token["name"], number=int(token["number"]), label=label)
    if token["value"]:
        entry = message.nested_type.add(name=_entry_name(token["name"]))
        entry.options.map_entry = True
        key = entry.field.add(name="key", number=1, label=_Field.LABEL_OPTIONAL)
        _set_type(key, "string", package, enums)
        value = entry.field.add(name="value", number=2, label=_Field.LABEL_OPTIONAL)
        _set_type(value, token["value"], package, enums)
        field.type = _Field.TYPE_MESSAGE
        field.type_name = entry.name
    else:
        _set_type(field, token["type"], package, enums)
    return field


def _set_type(field: _Field, name: str, package: str, enums: Mapping[str, object]) -> None:
    if name in _SCALARS:
        field.type = _SCALARS[name]
        return
    field.type = _Field.TYPE_ENUM if name in enums else _Field.TYPE_MESSAGE
    field.type_name = f".{name}" if name.startswith("google.") else f".{package}.{name}"


def _entry_name(field_name: str) -> str:
    """protobuf's own name for the entries of a map field."""
    return "".join(part.capitalize() for part in field_name.split("_")) + "Entry"
