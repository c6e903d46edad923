"""Findings about operations that TensorFlow lacks (S07), and that reach outside (T01 to T04)."""

from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.trust import EntryKind, KnownOperations, Reach, ReachingOp, UnknownOp

_TABLE_FILES = ("InitializeTableFromTextFile", "InitializeTableFromTextFileV2")
_GRAPHS = (".pb", ".pbtxt", ".graphdef")
_CALLED = (EntryKind.SIGNATURE, EntryKind.FUNCTION)
_IN_A_BOX = "Load it in a container without your files and without a network, or not at all."


def find_unknown(
    path: str, unknown: Sequence[UnknownOp], known: KnownOperations
) -> Iterator[Finding]:
    """S07, one finding per package; loading stops at the first such operation."""
    packages: dict[str, list[UnknownOp]] = {}
    for each in unknown:
        packages.setdefault(each.package, []).append(each)
    for package, ops in packages.items():
        names = _several([each.op for each in ops])
        if package:
            fix = Fix(
                f"{_install(package, known)}Import {package} before loading.",
                f"import {package}\n{_load(path)}",
            )
            title = f"It needs {package}: {known.subject} alone does not have {names}."
        else:
            fix = Fix(
                "Load the library that registers it first; whoever exported the model knows it.",
                f"import tensorflow as tf\n\ntf.load_op_library('LIBRARY.so')\n{_load(path)}",
            )
            title = f"{known.subject} does not have {names}, and it is of no package known here."
        evidence = {each.op: list(each.called_from) for each in ops}
        yield Finding(
            "S07", Severity.WARNING, title,
            "Loading stops with `Op type not registered`.", path,
            {"ops": {each.op: each.count for each in ops}, "called_from": evidence}, fix,
        )  # fmt: skip


def find_reaching(path: str, reaching: Sequence[ReachingOp]) -> Iterator[Finding]:
    """What it would do beside computing, worst first."""
    suspects = [each for each in reaching if each.op not in _TABLE_FILES]
    loading = [each for each in suspects if EntryKind.LOADING in each.when]
    python = [each for each in suspects if each.reach is Reach.PYTHON]
    called = [
        each
        for each in suspects
        if each not in loading and each not in python and set(each.when) & set(_CALLED)
    ]
    if loading:
        yield _finding(
            "T01", Severity.ERROR, path, loading,
            f"Loading it alone already runs {_several([each.op for each in loading])}, "
            f"which {_does(loading)}.",
            "A model that was exported in the ordinary way does not do that.", Fix(_IN_A_BOX),
        )  # fmt: skip
    if python:
        yield _finding(
            "T02", Severity.WARNING, path, python,
            f"It calls back into Python ({_several([each.op for each in python])}); that code is "
            "not in the file.",
            "tf.py_function and tf.numpy_function keep only a number of the function, which means "
            "something in the process that saved it. Loading works, a call stops with `pyfunc_... "
            "is not found`, or runs another function that happens to have the number.",
            Fix("Rewrite that part with TensorFlow operations and export it again, or restore the "
                "weights into the model's code."),
        )  # fmt: skip
    for ident, reaches, severity in (
        ("T03", (Reach.WRITES_FILES,), Severity.WARNING),
        ("T04", (Reach.READS_FILES, Reach.NETWORK), Severity.WARNING),
    ):
        some = [each for each in called if each.reach in reaches]
        if some:
            yield _finding(
                ident, severity, path, some,
                f"Calling it runs {_several([each.op for each in some])}, which {_does(some)}.",
                "", Fix(_IN_A_BOX),
            )  # fmt: skip


def _install(package: str, known: KnownOperations) -> str:
    """Whether that is to be done first, where a worker could tell."""
    if not known.is_of_worker or package.startswith("tensorflow."):
        return ""
    if package in known.packages:
        return "It is installed beside that TensorFlow. "
    return "Install it beside that TensorFlow first. "


def _finding(
    ident: str,
    severity: Severity,
    path: str,
    ops: Sequence[ReachingOp],
    title: str,
    detail: str,
    fix: Fix,
) -> Finding:
    evidence = {
        "ops": {each.op: each.count for each in ops},
        "called_from": {each.op: list(each.called_from) for each in ops},
    }
    return Finding(ident, severity, title, detail, path, evidence, fix)


def _does(ops: Sequence[ReachingOp]) -> str:
    words = {
        Reach.READS_FILES: "can read files",
        Reach.WRITES_FILES: "can write files",
        Reach.NETWORK: "can use the network",
        Reach.PYTHON: "runs Python",
    }
    found = list(dict.fromkeys(words[each.reach] for each in ops))
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _several(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _load(path: str) -> str:
    """Python that loads a SavedModel's directory, a graph, or the graph beside a checkpoint."""
    if path.endswith(".meta"):
        return f"import tensorflow as tf\n\ntf.compat.v1.train.import_meta_graph({path!r})"
    if path.endswith(_GRAPHS):
        return (
            "import tensorflow as tf\n\n"
            f"definition = tf.compat.v1.GraphDef.FromString(open({path!r}, 'rb').read())\n"
            "tf.graph_util.import_graph_def(definition)"
        )
    return f"import tensorflow as tf\n\nloaded = tf.saved_model.load({path!r})"
