"""Factories that fail before there is a model.

B01 raised something · B02 needs a package that is missing · B03 is not there · B04 returned
something else · B05 wanted to end Python · B06 can't be called so · B07 is no valid Python ·
R01 ran out of memory
"""

import difflib
import os
import re
from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import RelayedError
from tfinspector.diagnosis.error_texts import look_up, translate
from tfinspector.diagnosis.restoring.case import Case, Cause
from tfinspector.diagnosis.restoring.surroundings import is_out_of_memory, what_was_wanted

_PACKAGES = {
    "sklearn": "scikit-learn", "cv2": "opencv-python", "PIL": "pillow", "yaml": "pyyaml",
    "skimage": "scikit-image", "tensorflow_addons": "tensorflow-addons", "tf_keras": "tf_keras",
    "tensorflow_text": "tensorflow-text", "tensorflow_hub": "tensorflow-hub",
    "tensorflow_datasets": "tensorflow-datasets", "tensorflow_probability":
    "tensorflow-probability", "keras_hub": "keras-hub", "keras_nlp": "keras-nlp", "google.protobuf":
    "protobuf", "dateutil": "python-dateutil", "bs4": "beautifulsoup4", "absl": "absl-py",
    "official": "tf-models-official", "object_detection": "tf-models-official",
    "tensorflow_model_optimization": "tensorflow-model-optimization", "Crypto": "pycryptodome",
}  # fmt: skip
_OWN = {"BadSpec": "B03", "FactoryNotFound": "B03", "NoSuchCallable": "B03", "BadReturn": "B04",
        "FactoryExited": "B05", "WrongArguments": "B06", "NotTrackable": "M19",
        "NoSuchDevice": "R02"}  # fmt: skip
_ADVICE = {
    "BadSpec": "Write it as FILE.py:CALLABLE or MODULE:CALLABLE.",
    "FactoryNotFound": "Give the path of the Python file as it is on the worker's machine.",
    "NoSuchCallable": "Choose one of the names that the file defines.",
    "BadReturn": "Let the factory return the model (or a dict, or a tuple of model and optimizer).",
    "FactoryExited": "Put what must not run on import below `if __name__ == \"__main__\":`, and "
                     "take sys.exit out of the factory.",
    "WrongArguments": "Give the arguments as a JSON object (the field Arguments, or --kwargs on "
                      "the command line), or defaults in the factory.",
    "NotTrackable": "Return objects that TensorFlow can track: tf.Module, Keras models and "
                    "optimizers of the same Keras, variables.",
    "NoSuchDevice": "Choose a device that the worker has.",
}  # fmt: skip
_OF_TEXTS = ("M19", "M17", "R01", "M15", "K01", "K02", "K03", "F12", "F03", "F02", "F07", "F08")


_UNTRACKED = re.compile(
    r"Unable to save the object .*?\(a (list|dictionary|tuple) wrapper constructed", re.DOTALL
)


def find_failed_factory(case: Case) -> Iterator[Cause]:
    """Why there is no model."""
    error = case.evidence.error
    if error is None or case.evidence.model is not None:
        return
    if error.type in _OWN and ("worker" in error.module or not error.frames):
        yield Cause(_own(case, error))
    elif error.type in ("ModuleNotFoundError", "ImportError"):
        yield Cause(_missing_package(case, error))
    elif error.type in ("SyntaxError", "IndentationError", "TabError"):
        yield Cause(_no_python(case, error))
    elif is_out_of_memory(error):
        yield Cause(_out_of_memory(case, error))
    elif match := _UNTRACKED.search(error.message):
        yield Cause(_changed_container(case, error, match[1]))
    elif error.type == "FileNotFoundError":
        yield Cause(_missing_file(case, error))
    else:
        yield Cause(_raised(case, error))


def find_unexplained_error(case: Case) -> Iterator[Cause]:
    """The restore itself raised, and nothing that is known of files and model explains it."""
    error = case.evidence.error
    if error is None or case.evidence.model is None:
        return
    classes = look_up(error.message)
    meaning = translate(error.message)
    title = meaning[0] if meaning else f"TensorFlow could not restore: {_first_line(error)}"
    yield Cause(Finding(
        classes[0] if classes else "W10", Severity.ERROR, title,
        f"It says: {error.type}: {error.message[:1500]}", _place(error) or case.checkpoint.prefix,
        _evidence(error),
        Fix("Check the files first, then look at the line of your own that the traceback ends in.",
            f"tfinspector check {case.checkpoint.prefix!r}"),
    ))  # fmt: skip


def _own(case: Case, error: RelayedError) -> Finding:
    return Finding(
        _OWN[error.type], Severity.ERROR, _sentence(error.message),
        "" if error.type != "FactoryExited" else _where(error),
        _place(error) or case.evidence.factory, _evidence(error), Fix(_ADVICE[error.type]),
    )  # fmt: skip


def _changed_container(case: Case, error: RelayedError, kind: str) -> Finding:
    """The factory returned; it is TensorFlow that refuses to look into what it returned."""
    how = "inserted into, sorted, or had an element replaced or removed" if kind == "list" else (
        "changed behind TensorFlow's back"
    )  # fmt: skip
    return Finding(
        "M03", Severity.ERROR,
        f"A {kind} of the model can't be tracked: it was {how} after it became an attribute.",
        f"TensorFlow tracks a {kind} only while it grows at its end, and otherwise refuses to save "
        f"or restore the whole object. It says: {_end_of(error.message)}",
        case.evidence.factory, _evidence(error),
        Fix(f"Put the {kind} together first and assign it to the attribute when it is complete.",
            "layers = [...]  # insert, sort, replace here\nself.layers_in_order = layers"
            if kind == "list" else "parts = {...}  # change it here\nself.parts = parts"),
    )  # fmt: skip


def _end_of(message: str) -> str:
    """What it says behind the contents of the container, which may be long."""
    return message.rpartition(" wrapper constructed")[2].partition(").")[2].strip()[:600]


def _missing_package(case: Case, error: RelayedError) -> Finding:
    match = re.search(r"No module named '([^']+)'", error.message)
    if match is None:
        return _raised(case, error)
    name = match[1]
    top = name.partition(".")[0]
    package = _PACKAGES.get(name) or _PACKAGES.get(top) or top.replace("_", "-")
    neighbours = _neighbours(error)
    close = difflib.get_close_matches(top, neighbours, 1, 0.8)
    python = "python"
    fix = Fix(f"Install {package} for the worker's interpreter, or choose an interpreter that has "
              "it.", f"{python} -m pip install {package}")  # fmt: skip
    if close:
        fix = Fix(f"Beside the factory lies {close[0]}.py; correct the name in the import.",
                  f"import {close[0]}")  # fmt: skip
    return Finding(
        "B02", Severity.ERROR,
        f"The factory needs the package {top}, which the worker's Python does not have.",
        _where(error), _place(error) or case.evidence.factory,
        _evidence(error) | {"module": name, "package": package}, fix,
    )  # fmt: skip


def _missing_file(case: Case, error: RelayedError) -> Finding:
    match = re.search(r"No such file or directory: '([^']+)'", error.message)
    name = match[1] if match else _first_line(error)
    relative = match is not None and not os.path.isabs(name)
    here = " It is a relative path: the worker runs in the directory that tfinspector was " \
           "started in." if relative else ""  # fmt: skip
    return Finding(
        "B01", Severity.ERROR,
        f"The factory wants to read {name}, which is not there.",
        f"{_where(error)}{here}", _place(error) or case.evidence.factory, _evidence(error),
        Fix("Make the path relative to the factory's own file, or start tfinspector where your "
            "program runs.",
            f"from pathlib import Path\npath = Path(__file__).parent / {os.path.basename(name)!r}"),
    )  # fmt: skip


def _out_of_memory(case: Case, error: RelayedError) -> Finding:
    last = error.frames[-1] if error.frames else None
    where = (
        f" in {last.function}, line {last.line} of {os.path.basename(last.file)}" if last else ""
    )
    wanted = what_was_wanted(error)
    return Finding(
        "R01", Severity.ERROR,
        f"Memory ran out while the factory built the model{where}"
        f"{f': there was no room for {wanted}' if wanted else ''}.",
        f"Nothing was restored, and the checkpoint is not to blame.\n{_where(error)}".rstrip(),
        _place(error) or case.evidence.factory,
        _evidence(error),
        Fix("Build a smaller model (fewer units or layers, by the factory's arguments), choose an "
            "interpreter on a machine with more memory, or lift the limit that its process runs "
            "under. This shows the limit:", "ulimit -v; free -h"),
    )  # fmt: skip


def _no_python(case: Case, error: RelayedError) -> Finding:
    return Finding(
        "B07", Severity.ERROR,
        f"{_place(error) or 'The factory'} is no valid Python: {_first_line(error)}.",
        _where(error), _place(error) or case.evidence.factory, _evidence(error),
        Fix("Correct that line."),
    )  # fmt: skip


def _raised(case: Case, error: RelayedError) -> Finding:
    classes = [each for each in look_up(error.message) if each in _OF_TEXTS]
    meaning = translate(error.message) if classes else ()
    last = error.frames[-1] if error.frames else None
    where = (
        f" in {last.function}, line {last.line} of {os.path.basename(last.file)}" if last else ""
    )
    return Finding(
        classes[0] if classes else "B01", Severity.ERROR,
        f"The factory raised {error.type}{where}: {_first_line(error)}",
        "\n".join(part for part in (" ".join(meaning), _where(error)) if part),
        _place(error) or case.evidence.factory, _evidence(error),
        Fix("Run the factory by itself; the line below is the last one of yours that ran.",
            last.code if last else ""),
    )  # fmt: skip


def _neighbours(error: RelayedError) -> list[str]:
    """Names of the Python files beside the user's own."""
    for frame in reversed(error.frames):
        try:
            names = os.listdir(os.path.dirname(frame.file))
        except OSError:
            continue
        return [name.removesuffix(".py") for name in names if name.endswith(".py")]
    return []


def _evidence(error: RelayedError) -> dict[str, object]:
    return {
        "type": error.type,
        "message": error.message[:2000],
        "cause": error.cause,
        "traceback": [
            f"{each.file}:{each.line} in {each.function}: {each.code}" for each in error.frames
        ],
    }


def _where(error: RelayedError) -> str:
    """The user's own frames, the last one last."""
    lines = [
        f"{os.path.basename(each.file)}:{each.line}, in {each.function}: {each.code}"
        for each in error.frames[-5:]
    ]
    return "\n".join(lines)


def _place(error: RelayedError) -> str:
    return f"{error.frames[-1].file}:{error.frames[-1].line}" if error.frames else ""


def _first_line(error: RelayedError) -> str:
    lines = error.message.strip().splitlines()
    return lines[0].rstrip(".") if lines else error.type


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
