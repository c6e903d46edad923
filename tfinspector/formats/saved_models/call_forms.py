"""The traced forms of a function: which arguments it was saved with, and what it returns.

Format: `SavedFunction`, `SavedBareConcreteFunction` and `SavedConcreteFunction` of
`tensorflow/core/protobuf/saved_object_graph.proto`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tfinspector.contents.saved_models import CallForm, NamedFields, Structure
from tfinspector.formats.saved_models.structured_values import (
    arguments_text,
    structure_of,
    structure_text,
    tensors_in,
)

Arguments = tuple[tuple[str, Structure], ...]


def traced_forms(function: Any, concrete_functions: Mapping[str, Any]) -> tuple[CallForm, ...]:
    """One form for each trace of a `SavedFunction` that the graph still holds."""
    names = _argument_names(function.function_spec)
    return tuple(
        _form(concrete_functions[name], names)
        for name in function.concrete_functions
        if name in concrete_functions
    )


def bare_form(function: Any, concrete_functions: Mapping[str, Any]) -> tuple[CallForm, ...]:
    """The one form of a `SavedBareConcreteFunction`; () where the graph lacks it."""
    name = function.concrete_function_name
    if name not in concrete_functions:
        return ()
    names = _argument_names(function.function_spec) or list(function.argument_keywords)
    return (_form(concrete_functions[name], names),)


def _form(concrete: Any, names: Sequence[str]) -> CallForm:
    signature = structure_of(concrete.canonicalized_input_signature)
    positional, keywords = _arguments(signature, names)
    return CallForm(
        arguments=arguments_text([*positional, *keywords]),
        output=structure_text(structure_of(concrete.output_signature)),
        inputs=tuple(tensors_in(signature)),
        positional=positional,
        keywords=keywords,
    )


def _arguments(signature: Structure, names: Sequence[str]) -> tuple[Arguments, Arguments]:
    """(positional, keywords), each with its name; what stands for `*args` has none."""
    if not isinstance(signature, tuple) or len(signature) != 2:
        return (("", signature),), ()
    values, keywords = signature
    positional = tuple(
        (names[index] if index < len(names) else "", value)
        for index, value in enumerate(values if isinstance(values, list | tuple) else [values])
    )
    named = keywords if isinstance(keywords, dict) else {}
    return positional, tuple(sorted(named.items()))


def _argument_names(spec: Any) -> list[str]:
    """Names of the positional arguments, without `self` (the loader drops it the same way)."""
    fullargspec = structure_of(spec.fullargspec)
    if not isinstance(fullargspec, NamedFields):
        return []
    args = dict(fullargspec.fields).get("args")
    names = [str(name) for name in args] if isinstance(args, list | tuple) else []
    return names[1:] if spec.is_method else names
