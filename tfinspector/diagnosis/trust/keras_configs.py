"""K01 custom classes and K02 Lambda code, from a Keras file's configuration: nothing is made.

Told when a file is opened, and when it is judged: one text for both.
"""

from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.keras_files import CustomObject, KerasFile, LambdaLayer

_NAMED_AT_MOST = 20


def find_keras_risks(path: str, keras: KerasFile) -> Iterator[Finding]:
    """What `keras.models.load_model` would run or lack."""
    yield from _find_other_code(path, keras)
    coded = [each for each in keras.lambdas if each.has_code and each.kind == "Lambda"]
    if coded:
        yield Finding(
            "K02", Severity.WARNING,
            f"{_subject(coded[0])} carries Python code that loading would run"
            + (f", and {len(coded) - 1} more do" if len(coded) > 1 else "") + ".",
            "Keras refuses it unless safe_mode=False is given; then the code can do anything, "
            "already while the model is made. Byte code of another Python version crashes it.",
            path, {"lambdas": [each.path for each in coded[:_NAMED_AT_MOST]]},
            Fix("Write the layer as a class in your own code and load the weights alone.",
                _weights_alone(path)),
        )  # fmt: skip
    needed = [each for each in keras.custom_objects if each.needed]
    spared = [each for each in keras.custom_objects if not each.needed]
    if needed:
        yield Finding(
            "K01", Severity.WARNING,
            f"Loading it needs {_names(needed)}, which Keras does not bring.",
            "Without them `load_model` stops with `Could not locate class`. The weights can be "
            "read without.",
            path, {"classes": _evidence(needed)},
            Fix("Import the classes and name them.", _code(path, needed, bool(spared))),
        )  # fmt: skip
    elif spared:
        yield Finding(
            "K01", Severity.INFO,
            f"Only compiling needs {_names(spared)}; the model itself loads without.",
            "", path, {"classes": _evidence(spared)},
            Fix("Load it without compiling.",
                f"import keras\n\nmodel = keras.models.load_model({path!r}, compile=False)"),
        )  # fmt: skip


def _subject(layer: LambdaLayer) -> str:
    """It stands in a layer, or in a part of compiling ("the loss")."""
    in_layer = not layer.path.startswith("the ")
    return f"The Lambda layer {layer.path}" if in_layer else f"A lambda in {layer.path}"


def _find_other_code(path: str, keras: KerasFile) -> Iterator[Finding]:
    """K02 too: layers that load a SavedModel from elsewhere, or unpickle a PyTorch module."""
    for layer in keras.lambdas:
        if layer.kind == "TFSMLayer":
            yield Finding(
                "K02", Severity.WARNING,
                f"The layer {layer.path} (TFSMLayer) loads another SavedModel, "
                f"{layer.function or 'from a path that is not told'}, and runs its graph.",
                "Whatever lies at that path by then is loaded, with the code in it. Keras refuses "
                "unless safe_mode=False is given.",
                path, {"layer": layer.path, "filepath": layer.function},
                Fix("Look at that SavedModel before you load this file.",
                    f"tfinspector trust {layer.function!r}"),
            )  # fmt: skip
        elif layer.kind == "TorchModuleWrapper":
            yield Finding(
                "K02", Severity.WARNING,
                f"The layer {layer.path} (TorchModuleWrapper) is a pickled PyTorch module: loading "
                "it can run any Python code.",
                "Keras hands it to torch.load with weights_only=False, and refuses to unless "
                "safe_mode=False is given.",
                path, {"layer": layer.path},
                Fix("Build the module in your own code and load the weights alone.",
                    _weights_alone(path)),
            )  # fmt: skip


def _weights_alone(path: str) -> str:
    return f"from your_program import build\n\nmodel = build()\nmodel.load_weights({path!r})"


def _names(objects: list[CustomObject]) -> str:
    names = list(dict.fromkeys(each.class_name for each in objects))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _evidence(objects: list[CustomObject]) -> list[dict[str, str]]:
    return [
        {
            "class": each.class_name,
            "module": each.module,
            "registered_name": each.registered_name,
            "place": each.place,
        }
        for each in objects[:_NAMED_AT_MOST]
    ]


def _code(path: str, objects: list[CustomObject], without_compiling: bool) -> str:
    """Imports from where the file says the classes lived, and the call."""
    lines = ["import keras"]
    names: dict[str, str] = {}
    for each in objects:
        if each.class_name not in names.values():
            is_told = each.module not in ("", "__main__", "builtins")
            module = each.module if is_told else "your_module"
            if each.class_name.isidentifier():
                lines.append(f"from {module} import {each.class_name}")
            names[each.registered_name or each.class_name] = each.class_name
    given = ", ".join(f"{name!r}: {value}" for name, value in names.items())
    compiling = ", compile=False" if without_compiling else ""
    call = f"model = keras.models.load_model({path!r}, custom_objects={{{given}}}{compiling})"
    return "\n".join([*lines, "", call])
