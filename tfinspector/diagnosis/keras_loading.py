"""Why a whole model of Keras is not loaded, or was not, and the command that would do it.

K01 classes that Keras does not bring · K02 code in the file · K03 another generation of Keras ·
K04 values that do not fit the layers · F12 weights only · K09 values that differ after loading.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.keras_files import CustomObject, KerasFile
from tfinspector.contents.reports import LoadedVariable, RelayedError
from tfinspector.contents.trust import CodeInFile
from tfinspector.diagnosis.error_texts import look_up, translate
from tfinspector.diagnosis.worker import explain_raised

_MOST_NAMED = 8
_MOST_SAID = 1000
_CLASSES = ("K01", "K02", "K03", "K04", "K05", "F12", "R01")
_QUOTED = re.compile(r"Could not locate (?:class|function) '([^']+)'|Unknown layer: '?(\w+)")


def weights_only(path: str) -> Unreadable:
    """There is no configuration to make a model of."""
    return Unreadable(
        Finding(
            "F12", Severity.ERROR,
            f"{_name(path)} holds weights only; your own code has to build the model for them.",
            where=path,
            fix=Fix("Restore it into what a function of yours builds.",
                    f"tfinspector restore {shlex.quote(path)} --factory FILE.py:build"),
        )
    )  # fmt: skip


def needs_classes(path: str, needed: Sequence[CustomObject], consent: str) -> Unreadable:
    """K01: nothing was pointed to that has them."""
    places = "; ".join(dict.fromkeys(_lived(each) for each in needed[:_MOST_NAMED]))
    names = list(dict.fromkeys(each.class_name for each in needed))
    return Unreadable(
        Finding(
            "K01", Severity.ERROR,
            f"Loading {_name(path)} needs {_listed(names)}, which Keras does not bring.",
            f"By the file: {places}. Say where to find them: a Python file or a module, which is "
            "then executed.",
            path, {"classes": [_told(each) for each in needed]},
            Fix("Point to the file or module that defines them.",
                _command(path, (_guess(needed),), consent)),
        )
    )  # fmt: skip


def needs_consent(code: CodeInFile, custom: Sequence[str], given: str) -> Unreadable:
    """K02: the file brings code, and nobody allowed it to run, or allowed another content."""
    names = f" Names in the code: {', '.join(code.names)}." if code.names else ""
    stale = (
        f"The consent {given} is for another content; this file's is {code.consent}. "
        if given
        else ""
    )
    return Unreadable(
        Finding(
            "K02", Severity.ERROR,
            f"Loading {_name(code.path)} would run code that the file brings along; "
            "nothing was loaded.",
            f"{stale}{' '.join(code.could_do)} It runs with your rights: it can read, change and "
            f"send away every file that you can, while the model is loaded or called.{names}",
            code.path,
            {"could_do": list(code.could_do), "names": list(code.names), "consent": code.consent},
            Fix("Better, write the layer in your own code and load the weights alone. To allow the "
                "code of this very file, for this one time:",
                _command(code.path, custom, code.consent)),
        )
    )  # fmt: skip


def explain_keras_error(
    error: RelayedError,
    path: str,
    keras: KerasFile,
    custom: Sequence[str],
    consent: str,
    here: str = "",
) -> Finding:
    """What Keras raised, or the module that was imported for it, as its cause.

    `here` is the version of Keras that loaded it.
    """
    if error.type in ("MissingClasses", "FactoryNotFound", "BadSpec"):
        return _missing_classes(error, path, keras, custom, consent)
    known = [each for each in look_up(error.message) if each in _CLASSES]
    if here.startswith("3.") and _is_of_keras2(keras) and "K01" not in known[:1]:
        known = ["K03"]
    if not known:
        short = replace(error, message=error.message[:_MOST_SAID])
        return explain_raised(short, f"loading {_name(path)}")
    said = error.message.strip()
    words = f"Keras says: {error.type}: {said[:_MOST_SAID]}"
    evidence = {"keras_said": said[: 2 * _MOST_SAID], "type": error.type}
    return Finding(
        known[0], Severity.ERROR, _title(known[0], error, path, keras),
        " ".join((*translate(error.message), words)), path,
        {**evidence, "keras_version": keras.keras_version},
        _fix(known[0], path, keras, custom, consent),
    )  # fmt: skip


def find_differing(path: str, differing: Sequence[LoadedVariable]) -> list[Finding]:
    """K09: loading went well, and some variable holds something else than the file."""
    if not differing:
        return []
    names = [each.name for each in differing]
    return [
        Finding(
            "K09", Severity.ERROR,
            f"After loading, {_listed(names)} {'holds' if len(names) == 1 else 'hold'} something "
            "else than the file.",
            "A class of the model set it anew when it was loaded (in `build_from_config`, "
            "`load_own_variables` or `call`).",
            path, {"variables": names},
            Fix("Look into those methods of the class.",
                f"tfinspector restore {shlex.quote(path)} --factory FILE.py:build"),
        )
    ]  # fmt: skip


def _missing_classes(
    error: RelayedError, path: str, keras: KerasFile, custom: Sequence[str], consent: str
) -> Finding:
    needed = [each for each in keras.custom_objects if each.needed]
    return Finding(
        "K01", Severity.ERROR, error.message,
        f"By the file: {'; '.join(dict.fromkeys(_lived(each) for each in needed))}.",
        path, {"classes": [_told(each) for each in needed], "looked_in": list(custom)},
        Fix("Point to the file or module that defines them; --custom may be given several times.",
            _command(path, (*custom, _guess(needed)), consent)),
    )  # fmt: skip


def _is_of_keras2(keras: KerasFile) -> bool:
    return keras.keras_version[:2] in ("1.", "2.")


def _title(ident: str, error: RelayedError, path: str, keras: KerasFile) -> str:
    name = _name(path)
    if ident == "K01":
        found = _QUOTED.search(error.message)
        wanted = next(filter(None, found.groups()), "") if found else ""
        return f"Keras can't find {wanted or 'a class'}, which {name} needs."
    if ident == "K02":
        return f"The Python in {name} does not run under this Python."
    if ident == "K03":
        return f"This Keras does not understand the configuration of {name}" + (
            f", which Keras {keras.keras_version} wrote." if keras.keras_version else "."
        )
    if ident == "R01":
        return f"There was no room in memory for {name}."
    return f"The values in {name} do not fit the layers that its configuration makes."


def _fix(ident: str, path: str, keras: KerasFile, custom: Sequence[str], consent: str) -> Fix:
    if ident == "K01":
        return Fix(
            "Point to the file or module that defines it.",
            _command(path, (*custom, "FILE.py"), consent),
        )
    if ident == "K03" and _is_of_keras2(keras):
        return Fix(
            "Load it with Keras 2: install tf_keras in the worker's interpreter, or name one that "
            "has an older TensorFlow.",
            f"{_command(path, custom, consent)} --python OLDER_PYTHON",
        )
    if ident == "K03" and keras.keras_version:
        return Fix(
            f"Load it with a Python whose Keras is {keras.keras_version} or newer.",
            f"{_command(path, custom, consent)} --python NEWER_PYTHON",
        )
    return Fix(
        "Build the model in your own code and restore the weights into it.",
        f"tfinspector restore {shlex.quote(path)} --factory FILE.py:build",
    )


def _command(path: str, custom: Sequence[str], consent: str) -> str:
    words = ["tfinspector", "load", shlex.quote(path)]
    for each in custom:
        words += ["--custom", shlex.quote(each)]
    return " ".join([*words, *(["--allow-code", consent] if consent else [])])


def _guess(needed: Sequence[CustomObject]) -> str:
    """The module that the file names first; a script is its own `__main__`."""
    modules = [each.module for each in needed if each.module not in ("", "__main__")]
    return modules[0] if modules else "FILE.py"


def _lived(one: CustomObject) -> str:
    module = one.module if one.module not in ("", "__main__") else ""
    where = f"lived in {module}" if module else "lived in the program that saved it"
    alias = one.registered_name not in ("", one.class_name)
    registered = f", registered as {one.registered_name}" if alias else ""
    return f"{one.class_name} {where}{registered} ({one.place})"


def _told(one: CustomObject) -> dict[str, str]:
    return {
        "class": one.class_name, "module": one.module, "registered_name": one.registered_name,
        "place": one.place,
    }  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
