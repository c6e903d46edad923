"""Loads a whole model of Keras as a user does, and compares it with the model that was built."""

import importlib
from typing import Any, Dict, List, Tuple

from .building import holding
from .describing import value_hash
from .failures import describe
from .keras_files import the_held_model
from .listening import Listening
from .objects import attribute, flavour_of, name_of, variable_of
from .placing import scope
from .restoring import absolute
from .serving import Context


def load_model(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`path` -> what `load_model` raised (`error`), else the variables of the loaded model that
    hold something else than those of the built one (`differ`).

    What the call needs is found out in turn: nothing, the classes and functions of the factory's
    module (`custom_objects`, their names), and leave to run the Python of its Lambda layers
    (`is_unsafe`), which the factory itself brought into the model.
    """
    held = holding()
    model = the_held_model()
    path = absolute(params["path"], held)
    context.report(0, 0, "loading the model")
    own = _own_objects(held.factory.module)
    answer: Dict[str, Any] = {"error": None, "differ": [], "custom_objects": [], "is_unsafe": False}
    load = importlib.import_module(flavour_of(model).partition(" ")[0] + ".models").load_model
    with Listening(), scope(held.device):
        for names, settings in (
            ([], {}),
            (sorted(own), {"custom_objects": own}),
            (sorted(own), {"custom_objects": own, "safe_mode": False}),
        ):
            try:
                loaded = load(path, **settings)
            except Exception as error:  # noqa: BLE001 - the answer: Keras may raise anything
                if "safe_mode" not in settings:
                    answer["error"] = describe(error)
            else:
                answer.update(error=None, custom_objects=names, is_unsafe="safe_mode" in settings)
                answer["differ"] = _different(model, loaded)
                break
    return answer


def _own_objects(module: Any) -> Dict[str, Any]:
    """Classes and functions that the factory's module defines, by name."""
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__
    }


def _different(built: Any, loaded: Any) -> List[str]:
    """Names of variables that do not hold the same, weights first and then the optimizer's."""
    wrong: List[str] = []
    others = _parts(loaded)
    for place, mine in enumerate(_parts(built)):
        theirs = others[place]
        if len(mine) != len(theirs):
            wrong.append("%d variables became %d" % (len(mine), len(theirs)))
            continue
        pairs = _paired(mine, theirs)
        wrong += [_path(one) for one, other in pairs if _hash(one) != _hash(other)]
    return wrong


def _paired(mine: List[Any], theirs: List[Any]) -> List[Tuple[Any, Any]]:
    """By their paths, for a quantised layer may come back in another order; else in order."""
    places = {_path(each): each for each in theirs}
    if len(places) == len(mine) and all(_path(each) in places for each in mine):
        return [(each, places[_path(each)]) for each in mine]
    return [(each, theirs[number]) for number, each in enumerate(mine)]


def _path(variable: Any) -> str:
    return str(attribute(variable, "path") or name_of(variable))


def _hash(variable: Any) -> str:
    return value_hash(variable_of(variable))["sha256"]


def _parts(model: Any) -> List[List[Any]]:
    optimizer = attribute(model, "optimizer")
    held = attribute(optimizer, "variables") if optimizer is not None else ()
    held = held() if callable(held) else held
    return [list(part or ()) for part in (model.weights, held)]
