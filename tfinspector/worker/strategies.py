"""The tf.distribute.Strategy that the user's factory built in, so that the rest is built there too.

Variables belong to the strategy that they were made under, and TensorFlow refuses to make an
optimizer's variables for them anywhere else (M17 of restore_failures.md).
"""

import contextlib
from typing import Any, ContextManager, Iterable

from .framework import tensorflow
from .objects import attribute, variable_of
from .returned import Built, models_of


def scope_of(built: Built) -> ContextManager[Any]:
    """The scope of the strategy that the models were made in; nothing where there was none."""
    default = tensorflow().distribute.get_strategy()
    for model in models_of(built).values():
        for strategy in _strategies(model):
            if strategy is not None and strategy is not default:
                scope: ContextManager[Any] = strategy.scope()
                return scope
    return contextlib.nullcontext()


def parts_of(variable: Any) -> Iterable[Any]:
    """The variable and, of one that is mirrored, its copies on each device."""
    copies = attribute(variable, "values") if attribute(variable, "distribute_strategy") else None
    return (variable, *copies) if isinstance(copies, (tuple, list)) else (variable,)


def _strategies(model: Any) -> Iterable[Any]:
    yield attribute(model, "distribute_strategy")
    held = attribute(model, "variables")
    for each in held if isinstance(held, (tuple, list)) else ():
        yield attribute(variable_of(each), "distribute_strategy")
