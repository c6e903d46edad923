"""How a SavedModel can be called, said before somebody tries: S05, S11, S12.

`tf.saved_model.load` does not give the class of the model back but a `_UserObject` with what was
traced: functions and signatures. A Keras 3 model saved by `tf.saved_model.save` has a signature if
it was built and no `__call__` in either case.
"""

from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.saved_models import Function, MetaGraph, SavedModel, Signature
from tfinspector.diagnosis.calling_code import code_for_function, code_for_signature, quoted

_NOT_CALLABLE = "TypeError: '_UserObject' object is not callable"
_NOT_CALLABLE_V1 = "TypeError: 'AutoTrackable' object is not callable"
_NEVER_TRACED = "ValueError: Found zero restored functions for caller function."
_DEFAULT = "serving_default"
_KERAS3_MODEL = frozenset({"_losses_override", "_call_has_context_arg", "_loss_ids"})
_KERAS3_EXPORT = frozenset({"_all_variables", "_misc_assets", "serve"})


def find_call_problems(saved_model: SavedModel, meta_graph: MetaGraph) -> list[Finding]:
    """S05, S11 and S12 for one graph."""
    return [
        *_find_uncallable(saved_model, meta_graph),
        *_find_unservable(saved_model, meta_graph),
        *_find_no_keras_model(saved_model, meta_graph),
    ]


def _find_uncallable(saved_model: SavedModel, meta_graph: MetaGraph) -> Iterator[Finding]:
    """S05: which error `loaded(x)` will raise, and the call that works instead."""
    traced = [function for function in meta_graph.functions if function.forms]
    if meta_graph.callable_root:
        if not meta_graph.signatures:
            yield _without_signatures(saved_model, meta_graph)
    elif meta_graph.signatures or traced:
        yield _callable_otherwise(saved_model, meta_graph, traced)
    else:
        yield _callable_not_at_all(saved_model, meta_graph)


def _callable_otherwise(
    saved_model: SavedModel, meta_graph: MetaGraph, traced: list[Function]
) -> Finding:
    public = [function for function in traced if not _is_private(function)]
    signature = _best_signature(meta_graph)
    if signature:
        call = f"loaded.signatures[{quoted(signature.name)}]"
        code = code_for_signature(saved_model, meta_graph, signature)
    else:
        function = (public or traced)[0]
        call = function.access
        code = code_for_function(saved_model, meta_graph, function)
    meant = bool(public) or meta_graph.object_count == 0
    error = _error(meta_graph)
    return Finding(
        "S05", Severity.INFO if meant else Severity.WARNING,
        f"{_subject(saved_model, meta_graph)} is not callable itself; call {call}."
        if meant
        else f"Calling this model will raise \"{error}\"; call {call}.",
        f"`loaded(x)` will raise `{error}`. What is loaded has no `predict`, `fit` or `summary` "
        "either: it is what was traced, not the class of the model.",
        saved_model.path,
        {
            "error": error,
            "signatures": [signature.name for signature in meta_graph.signatures],
            "functions": [function.path for function in public],
            "root": meta_graph.root_identifier,
        },
        Fix(f"Call {call}.", code),
    )  # fmt: skip


def _callable_not_at_all(saved_model: SavedModel, meta_graph: MetaGraph) -> Finding:
    keras = not _KERAS3_MODEL.isdisjoint(meta_graph.root_children)
    why = (
        "A model that was never called has nothing to trace, so no signature was written."
        if keras
        else "Only a tf.function that was called, or has an input signature, is saved."
    )
    variables = len(meta_graph.variables)
    kept = f" Its {_count(variables, 'variable')} can still be read." if variables else ""
    return Finding(
        "S05", Severity.WARNING,
        "Nothing in this SavedModel can be called: it was saved "
        + ("before it was built." if keras else "without a signature or a traced function."),
        f"{why} `loaded(x)` will raise `{_error(meta_graph)}`, and "
        f"`loaded.signatures[\"serving_default\"]` a KeyError.{kept}",
        saved_model.path,
        {
            "error": _error(meta_graph), "signatures": [], "functions": [],
            "root": meta_graph.root_identifier, "variables": variables,
        },
        Fix(
            "Call the model once on a batch of your data, then save it again, elsewhere.",
            _save_again_code(saved_model.path, keras),
        ),
    )  # fmt: skip


def _without_signatures(saved_model: SavedModel, meta_graph: MetaGraph) -> Finding:
    traced = [function for function in meta_graph.functions if function.forms]
    function = next((one for one in traced if one.access == "loaded"), traced[0])
    return Finding(
        "S05", Severity.INFO,
        "This model has no signature: call it itself, `loaded(x)`.",
        "`loaded.signatures[\"serving_default\"]` will raise a KeyError, and TensorFlow Serving "
        "and `keras.layers.TFSMLayer` can't use the model without one.",
        saved_model.path, {"signatures": [], "functions": [function.path]},
        Fix("Call the model itself.", code_for_function(saved_model, meta_graph, function)),
    )  # fmt: skip


def _find_unservable(saved_model: SavedModel, meta_graph: MetaGraph) -> Iterator[Finding]:
    """S12: Keras 3 gives the variables in the graph other names than the resources they are."""
    if _KERAS3_MODEL.isdisjoint(meta_graph.root_children) or not meta_graph.signatures:
        return
    yield Finding(
        "S12", Severity.WARNING,
        "TensorFlow Serving, C++ and sessions can't run this Keras 3 model; Python can.",
        "A Keras 3 model saved by `tf.saved_model.save` stops there with `FAILED_PRECONDITION: "
        "Could not find variable ...`. `model.export` writes one that runs everywhere.",
        saved_model.path,
        {"root_has": sorted(_KERAS3_MODEL.intersection(meta_graph.root_children))},
        Fix(
            "Export the model instead; `model` is yours, in the program that saved it.",
            f"model.export({quoted(saved_model.path + '-export')})\n",
        ),
    )  # fmt: skip


def _find_no_keras_model(saved_model: SavedModel, meta_graph: MetaGraph) -> Iterator[Finding]:
    """S11: `keras.models.load_model` of Keras 3 refuses every SavedModel."""
    children = frozenset(meta_graph.root_children)
    signature = _best_signature(meta_graph)
    is_keras = (
        meta_graph.root_identifier.startswith("_tf_keras")
        or not children.isdisjoint(_KERAS3_MODEL)
        or children >= _KERAS3_EXPORT
    )
    if not is_keras or signature is None:
        return
    whole = (
        "The package tf_keras (Keras 2) loads it whole."
        if saved_model.keras_metadata
        else "To train on or to change the model, save it as a .keras file where it was made."
    )
    where, endpoint = quoted(saved_model.path), quoted(signature.name)
    yield Finding(
        "S11", Severity.INFO,
        "Keras 3 can't load this as a model; it can use it as a layer.",
        f"`keras.models.load_model` says `File format not supported`. {whole}",
        saved_model.path,
        {"root": meta_graph.root_identifier, "keras_metadata": saved_model.keras_metadata},
        Fix("Use it as a layer that only computes.",
            f"import keras\n\nlayer = keras.layers.TFSMLayer({where}, call_endpoint={endpoint})\n",
        ),
    )  # fmt: skip


def _best_signature(meta_graph: MetaGraph) -> Signature | None:
    by_name = {signature.name: signature for signature in meta_graph.signatures}
    return by_name.get(_DEFAULT) or next(iter(meta_graph.signatures), None)


def _subject(saved_model: SavedModel, meta_graph: MetaGraph) -> str:
    if len(saved_model.meta_graphs) == 1:
        return "This model"
    return f"The graph with the tags {', '.join(meta_graph.tags) or '(none)'}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _is_private(function: Function) -> bool:
    return any(part.startswith("_") for part in function.path.split("/"))


def _error(meta_graph: MetaGraph) -> str:
    """What TensorFlow 2.21 raises for `loaded(x)`."""
    if meta_graph.object_count == 0:
        return _NOT_CALLABLE_V1
    return _NEVER_TRACED if "__call__" in meta_graph.root_children else _NOT_CALLABLE


def _save_again_code(path: str, keras: bool) -> str:
    """Runs where the user's `model` and one `batch` of its input are."""
    target = quoted(f"{path}-callable")
    if keras:
        save = f"model.export({target})"
        call = "loaded.serve(batch)"
    else:
        save = (
            "spec = tf.TensorSpec([None, *batch.shape[1:]], batch.dtype)\n"
            "serve = tf.function(model, input_signature=[spec])\n"
            f"tf.saved_model.save(model, {target}, signatures=serve)"
        )
        call = 'loaded.signatures["serving_default"](batch)'
    return (
        "import tensorflow as tf\n\n"
        "# `model` is yours, made as before; `batch` is one batch of its input, a tensor.\n"
        f"model(batch)  # builds it\n{save}\n\n"
        f"loaded = tf.saved_model.load({target})\nprint({call})\n"
    )
