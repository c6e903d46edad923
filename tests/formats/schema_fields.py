"""A declared message or enum as plain data, to compare two descriptor pools."""

from __future__ import annotations

from typing import Any


def fields_of(pool: Any, name: str) -> dict[str, Any]:
    """{field: (number, type, repeated, oneof, type's name)}, or {value: number} of an enum."""
    try:
        message = pool.FindMessageTypeByName(f"tensorflow.{name}")
    except KeyError:
        enum = pool.FindEnumTypeByName(f"tensorflow.{name}")
        return {value.name: value.number for value in enum.values}
    return {
        field.name: (field.number, field.type, field.is_repeated, _oneof(field), _type_name(field))
        for field in message.fields
    }


def _oneof(field: Any) -> str:
    return field.containing_oneof.name if field.containing_oneof else ""


def _type_name(field: Any) -> str:
    named = field.message_type or field.enum_type
    return named.full_name if named else ""
