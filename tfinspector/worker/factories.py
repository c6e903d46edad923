"""Finds and calls the user's factory: `path/to/file.py:callable` or `package.module:callable`.

A file is imported as when Python runs it: its directory is first on the path, so its neighbours
are importable, its module is in `sys.modules` under the file's name, and `sys.argv` holds nothing
but the file. It is imported, so an `if __name__ == "__main__"` block does not run. A module is
imported from the current directory or from wherever it is installed.
"""

import difflib
import importlib
import importlib.util
import inspect
import os
import sys
from typing import Any, Dict, List, NamedTuple, Optional

from .failures import Explained, is_of_the_user
from .leaving import end_if_forked

MAX_LISTED = 40


class BadSpec(Explained):
    """The text that names the factory can't be understood."""


class FactoryNotFound(Explained):
    """There is no such file or module."""


class NoSuchCallable(Explained):
    """The file or module has nothing callable of that name; the message lists what it has."""


class WrongArguments(Explained):
    """The factory can't be called with these keyword arguments."""


class FactoryExited(Explained):
    """The factory wanted to end Python."""


class Factory(NamedTuple):
    """A factory that was found: the module it lies in and what to call."""

    spec: str
    module: Any
    function: Any


class _Spec(NamedTuple):
    place: str
    is_file: bool
    names: List[str]


def find(spec: str) -> Factory:
    """Import the factory's module and look the callable up in it.

    Raises BadSpec, FactoryNotFound, NoSuchCallable, FactoryExited, and whatever the user's
    module raises while it is imported.
    """
    parsed = _parse(spec)
    module = _imported(parsed)
    where = parsed.place if parsed.is_file else module.__name__
    if not parsed.names:
        raise BadSpec("%s names no callable. %s" % (spec, _offer(module, where, "")))
    return Factory(spec, module, _look_up(module, where, parsed.names))


def module_at(place: str) -> Any:
    """Import a file or a module that is named without a callable; raises as `find` does."""
    return _imported(_Spec(place, place.endswith(".py") or os.sep in place, []))


def call(factory: Factory, kwargs: Dict[str, Any]) -> Any:
    """What the factory returns. Raises WrongArguments, FactoryExited, and whatever it raises."""
    try:
        signature = inspect.signature(factory.function)
    except (TypeError, ValueError):  # something in C; it will complain itself
        signature = None
    if signature is not None:
        try:
            signature.bind(**kwargs)
        except TypeError as error:
            name = factory.spec.rpartition(":")[2]
            raise WrongArguments("%s%s: %s." % (name, signature, error)) from None
    return _leave_guarded(factory.function, **kwargs)


def call_sample_inputs(module: Any) -> Any:
    """What the module's own `sample_inputs()` returns; None where it has none."""
    function = getattr(module, "sample_inputs", None)
    return _leave_guarded(function) if callable(function) else None


def callables_of(module: Any) -> List[str]:
    """Names of what could be a factory there: what the module itself defines, in its order."""
    own = [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and callable(value)
        and getattr(value, "__module__", None) == module.__name__
    ]
    return own[:MAX_LISTED]


def _imported(parsed: _Spec) -> Any:
    return _leave_guarded(_import_file if parsed.is_file else _import_module, parsed.place)


def _leave_guarded(function: Any, *arguments: Any, **kwargs: Any) -> Any:
    """Call the user's code; a child that it forked goes no further than this."""
    try:
        return function(*arguments, **kwargs)
    except SystemExit as exit_:
        code = "" if exit_.code is None else repr(exit_.code)
        told = FactoryExited("The factory's code called sys.exit(%s)." % code)
        raise told.with_traceback(exit_.__traceback__) from None
    finally:
        end_if_forked()


def _parse(spec: str) -> _Spec:
    place, colon, callable_ = spec.rpartition(":")
    if not colon or os.sep in callable_ or callable_.endswith(".py"):
        place, callable_ = spec, ""  # no callable, or the colon of a drive
    if not place:
        raise BadSpec("%r is no factory: it must be FILE.py:CALLABLE or MODULE:CALLABLE." % spec)
    is_file = place.endswith(".py") or os.sep in place
    return _Spec(place, is_file, callable_.split(".") if callable_ else [])


def _import_file(path: str) -> Any:
    path = os.path.abspath(os.path.expanduser(path))
    if not os.path.isfile(path):
        what = "is a directory" if os.path.isdir(path) else "does not exist"
        raise FactoryNotFound("The file %s %s." % (path, what))
    name = os.path.splitext(os.path.basename(path))[0]
    directory = os.path.dirname(os.path.realpath(path))
    _forget_last()
    if name in sys.modules:  # a file called like a module that is in use must not replace it
        name = "factory_" + name
    sys.path.insert(0, directory)
    _directory[:] = [directory]
    sys.argv = [path]
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise FactoryNotFound("%s is no Python file: its name must end in .py." % path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


_directory: List[str] = []  # where the last factory's file lies


def _forget_last() -> None:
    """Let the modules of the last factory go, which may have been edited or be another's."""
    for directory in _directory:
        if directory in sys.path:
            sys.path.remove(directory)
        inside = os.path.join(directory, "")
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None) or ""
            if os.path.realpath(file).startswith(inside) and is_of_the_user(file):
                del sys.modules[name]


def _import_module(name: str) -> Any:
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    sys.argv = [name]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise  # a package that the module needs
        raise FactoryNotFound(
            "There is no module %s, neither in %s nor installed." % (error.name, here)
        ) from None
    except (TypeError, ValueError):
        raise BadSpec("%r is no name of a module." % name) from None


def _look_up(module: Any, where: str, names: List[str]) -> Any:
    value = module
    path = ""
    for name in names:
        owner, path = value, path + "." + name if path else name
        value = getattr(owner, name, None)
        if value is None:
            raise NoSuchCallable(
                "There is no %s in %s. %s" % (path, where, _offer(module, where, name))
            )
    if not callable(value):
        raise NoSuchCallable(
            "%s in %s is %s, which can't be called. %s"
            % (path, where, _a(type(value).__name__), _offer(module, where, names[-1]))
        )
    return value


def _offer(module: Any, where: str, wanted: str) -> str:
    names = callables_of(module)
    if not names:
        return "Nothing that it defines can be called."
    close = difflib.get_close_matches(wanted, names, 1)
    meant = "Did you mean %s? " % close[0] if close else ""
    return "%sIt has: %s." % (meant, ", ".join(names))


def _a(noun: str) -> str:
    return ("an " if noun[:1].lower() in "aeiou" else "a ") + noun


def path_of(spec: str) -> Optional[str]:
    """The file of a SPEC, None for a module."""
    parsed = _parse(spec)
    return parsed.place if parsed.is_file else None
