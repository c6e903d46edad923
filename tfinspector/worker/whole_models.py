"""Loads a whole model of Keras, with the classes that a person points to, and keeps it.

`load_model` imports nothing of its own accord but Keras; a module that is named here is executed.
Code inside the file (Lambda layers) only runs where `allow_code` says so: the engine has asked.
"""

import importlib
import importlib.util
import os
import time
import types
from typing import Any, Dict, List, Tuple

from . import factories
from .building import hold, holding, own_world
from .completing import Completion
from .failures import Explained, describe
from .framework import tensorflow
from .keras_places import places_of
from .listening import Listening
from .placing import peak_memory, scope
from .returned import classify
from .serving import Context


class MissingClasses(Explained):
    """What was pointed to does not have what the file needs; the message lists what it has."""


def load_whole(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`path`, `custom` (modules or files), `needed` and `spared` [[class name, registered name]],
    `allow_code`, `device`, `generation` (of the file: "2" or "3").

    What is `spared` only compiling needs: without it the model is loaded uncompiled. The answer has
    `error` (what Keras raised), else `model` (as of `build`), `places` (as of `keras_places`),
    `seconds`, `compiled`, `callable`, `keras` (the package that loaded it). The model is held as if
    a factory had built it. Raises MissingClasses, and whatever a module raises when it is imported.
    """
    tensorflow()
    home = os.getcwd()
    with own_world(), scope(params.get("device")):
        context.report(0, 0, "importing what was named")
        modules = [factories.module_at(place) for place in params["custom"]]
        package = _package(params["generation"])
        found = _objects(modules, params, package)
        settings = {"custom_objects": found, "compile": not _lacking(params["spared"], found)}
        settings["safe_mode"] = not params["allow_code"]
        context.report(0, 0, "loading the model")
        started = time.monotonic()
        answer = {"error": None, "keras": package}  # type: Dict[str, Any]
        load = importlib.import_module(package + ".models").load_model
        with Listening() as heard:
            try:
                model, compiled = _loaded(load, params["path"], settings)
            except Exception as error:  # noqa: BLE001 - the answer: Keras may raise anything
                answer.update(error=describe(error))
                return answer
        answer["compiled"] = compiled
        answer.update(seconds=time.monotonic() - started, log=heard.text, warnings=heard.warnings)
        built = classify(model)
        module = modules[0] if modules else types.ModuleType("none")
        factory = factories.Factory(params["path"], module, load)
        answer["model"] = hold(
            factory, built, Completion("factory", []), params.get("device"), home
        )
        held = holding()
        answer["places"] = places_of(held.built, held.variables)
    answer.update(peak_memory(params.get("device")), callable=callable(model))
    return answer


def _loaded(load: Any, path: str, settings: Dict[str, Any]) -> Tuple[Any, bool]:
    """The model, and whether it is compiled: what can't be compiled is loaded without."""
    try:
        return load(path, **settings), settings["compile"]
    except Exception as error:  # told if the other way fails too
        if not settings["compile"]:
            raise
        first = error
    try:
        return load(path, **dict(settings, compile=False)), False
    except Exception:  # noqa: BLE001 - the first one is the answer: it is what a user would see
        raise first from None


def _package(generation: str) -> str:
    """Keras 2 as a package of its own reads its own files; where it is missing, Keras 3 may."""
    if generation == "2" and importlib.util.find_spec("tf_keras") is not None:
        return "tf_keras"
    return "keras"


def _objects(modules: List[Any], params: Dict[str, Any], package: str) -> Dict[str, Any]:
    """{name: class or function} of what the file names, by both names. Raises MissingClasses."""
    registered = importlib.import_module(package).utils.get_custom_objects()
    found = {}
    for name, registered_name in params["needed"] + params["spared"]:
        value = registered.get(registered_name or name)
        for module in modules:
            value = value if value is not None else getattr(module, name, None)
        if value is not None:
            found.update({name: value, registered_name or name: value})
    lacking = _lacking(params["needed"], found)
    if lacking and modules:
        places = ", ".join(params["custom"])
        there = sorted(name for module in modules for name in factories.callables_of(module))
        raise MissingClasses(
            "%s %s not have %s. There is: %s."
            % (places, "does" if len(modules) == 1 else "do", ", ".join(lacking),
               ", ".join(there) or "nothing of that kind")
        )  # fmt: skip
    return found


def _lacking(wanted: List[List[str]], found: Dict[str, Any]) -> List[str]:
    return [name for name, _ in wanted if name not in found]
