"""What TensorFlow raised while loading a SavedModel, told as its cause.

A table of TensorFlow's texts, most telling first. Where our own reading has already found the same
class, that finding is the answer, for it has the evidence; TensorFlow's words are added to it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import RelayedError
from tfinspector.contents.saved_models import SavedModel
from tfinspector.diagnosis.trust.packages import package_of
from tfinspector.diagnosis.worker import explain_raised


@dataclass(frozen=True, slots=True)
class _Case:
    """What the words `text` came with: the error and the SavedModel as far as we could read it."""

    match: re.Match[str]
    error: RelayedError
    path: str
    saved_model: SavedModel | None


_Explain = Callable[[_Case], tuple[str, Fix]]


def explain_load_error(
    error: RelayedError, path: str, saved_model: SavedModel | None, known: Iterable[Finding] = ()
) -> Finding:
    """The most probable cause as a finding. `known` is what our own reading found."""
    for text, identity, explain in _TABLE:
        match = re.search(text, error.message)
        if match is None:
            continue
        said = {"tensorflow_said": error.message[:2000], "type": error.type}
        same = next((one for one in known if one.id == identity and one.fix), None)
        if same is not None:
            return replace(same, severity=Severity.ERROR, evidence={**same.evidence, **said})
        title, fix = explain(_Case(match, error, path, saved_model))
        return Finding(
            id=identity,
            severity=Severity.ERROR,
            title=title,
            detail=f"TensorFlow says: {error.message[:1000]}",
            where=path,
            evidence=said,
            fix=fix,
        )
    return explain_raised(error, f"loading {path}")


def _tag_sets(case: _Case) -> list[list[str]]:
    graphs = case.saved_model.meta_graphs if case.saved_model else ()
    return [list(graph.tags) for graph in graphs]


def _no_saved_model(case: _Case) -> tuple[str, Fix]:
    return (
        f"TensorFlow finds no saved_model.pb in {case.path}.",
        Fix("Give the directory that holds saved_model.pb, as the worker's machine sees it."),
    )


def _wrong_tags(case: _Case) -> tuple[str, Fix]:
    sets = _tag_sets(case)
    there = " or ".join(", ".join(tags) or "no tags" for tags in sets) or "no graph at all"
    code = f"tf.saved_model.load({case.path!r}, tags={sets[0]!r})" if sets else ""
    return (
        f"The tags do not choose one graph: the SavedModel has {there}.",
        Fix("Load it with tags it has; they are a list of strings, not one string.", code),
    )


def _no_variables(case: _Case) -> tuple[str, Fix]:
    return (
        "The values of the variables can't be found: variables/ is missing or not complete.",
        Fix(
            "Copy the directory variables/ from where the model was exported, all files of it.",
            f"cp -r EXPORT/variables {case.path!r}/",
        ),
    )


def _cut_variables(case: _Case) -> tuple[str, Fix]:
    return (
        "A data file in variables/ is shorter than its index says: it was cut off.",
        Fix("Copy or download it again.", f"tfinspector check {case.path!r}"),
    )


def _bad_checksum(case: _Case) -> tuple[str, Fix]:
    return (
        "Bytes in variables/ are not those that were written: a checksum does not match.",
        Fix("See which tensors are hit, and copy the files again.",
            f"tfinspector check {case.path!r}"),
    )  # fmt: skip


def _other_export(case: _Case) -> tuple[str, Fix]:
    return (
        "variables/ does not fit the graph: they come from different exports.",
        Fix(
            "Copy saved_model.pb and variables/ together from one export, or export again "
            "into an empty directory."
        ),
    )


def _damaged(case: _Case) -> tuple[str, Fix]:
    return (
        "TensorFlow can't parse saved_model.pb: it is damaged or not a SavedModel.",
        Fix("Copy or download the whole directory again, and compare the sizes of the files."),
    )


def _unknown_op(case: _Case) -> tuple[str, Fix]:
    op = case.match.group("op")
    package = package_of(op)
    if package is not None:
        name = package.distribution
        return (
            f"The model needs the op {op}, which comes from the package {name}.",
            Fix(
                f"Install {name} for the worker's interpreter and import it before loading.",
                f"# python -m pip install {name}\n"
                f"tfinspector load {case.path!r} --custom {package.module}",
            ),
        )
    return (
        f"The model needs the op {op}, which this TensorFlow does not have.",
        Fix(
            "Load the library that defines it before the model, or use the TensorFlow version "
            "that wrote it.",
            f"tf.load_op_library('.../the_op.so')\ntf.saved_model.load({case.path!r})",
        ),
    )


def _too_new(case: _Case) -> tuple[str, Fix]:
    versions = {g.tensorflow_version for g in case.saved_model.meta_graphs} if (
        case.saved_model
    ) else set()  # fmt: skip
    written = " and ".join(sorted(versions - {""})) or "another version"
    return (
        f"The graph was written by TensorFlow {written}, which this one does not understand.",
        Fix(
            "Use a worker with that version or a newer one.",
            f"python -m pip install 'tensorflow>={written}'" if versions else "",
        ),
    )


def _no_kernel(case: _Case) -> tuple[str, Fix]:
    op = case.match.group("op")
    return (
        f"The op {op} can't run on the devices that are here.",
        Fix("Load it on a machine with the device it was exported for, or export it for the CPU."),
    )


def _no_asset(case: _Case) -> tuple[str, Fix]:
    asset = case.match.group("asset")
    return (
        f"The file assets/{asset}, which the model reads while it loads, is missing.",
        Fix(
            "Copy the directory assets/ from where the model was exported.",
            f"cp -r EXPORT/assets {case.path!r}/",
        ),
    )


def _unserved(case: _Case) -> tuple[str, Fix]:
    return (
        "The graph names its variables differently from the resources that hold them.",
        Fix(
            "Export it with Keras' own exporter, where the model was made.",
            f"model.export({case.path + '-export'!r})",
        ),
    )


def _no_device(case: _Case) -> tuple[str, Fix]:
    return (case.error.message, Fix("Choose a device that the worker has, such as CPU:0."))


def _no_memory(case: _Case) -> tuple[str, Fix]:
    return (
        "There is not enough memory on the device for this model.",
        Fix("Load it on the CPU, or end what else uses the device.", "nvidia-smi"),
    )


def _no_optimizer_class(case: _Case) -> tuple[str, Fix]:
    path = case.path
    return (
        "This model was saved by Keras 2 with a legacy optimizer, and the package tf_keras, which "
        "has the optimizer's class, is not installed for the worker's interpreter.",
        Fix(
            "Install tf_keras there and import it before loading. Without it, a copy that leaves "
            "the optimizer's slots out loads and computes the same; the variables can be read in "
            "any case, and a worker with TensorFlow 2.15 or older loads the model as it is.",
            "python -m pip install tf_keras\n"
            f"tfinspector load {path!r} --write-repaired {path + '-without-slots'!r}\n"
            f"tfinspector list {path!r}",
        ),
    )


def _lost_python(case: _Case) -> tuple[str, Fix]:
    return (
        "It calls a Python function that was in the program which saved it, and is not in the "
        "file.",
        Fix(
            "Rewrite that part with TensorFlow operations and export it again, or restore the "
            "weights into the model's own code.",
            f"tfinspector restore {case.path!r} --factory FILE.py:build",
        ),
    )


def _old_graph(case: _Case) -> tuple[str, Fix]:
    tags = next(iter(_tag_sets(case)), ["serve"])
    return (
        "TensorFlow 2 can't make functions of this graph, which was built for sessions: it "
        + (
            "assigns to reference variables of TensorFlow 1."
            if "ref" in case.match.group()
            else "has shapes that contradict each other."
        ),
        Fix(
            "All variables can be read without loading the graph. To compute with it, load it in "
            "a session, or through a worker with the TensorFlow that wrote it, by --python.",
            f"tfinspector list {case.path!r}\n\n"
            "import tensorflow as tf\n\n"
            "with tf.compat.v1.Session(graph=tf.Graph()) as session:\n"
            f"    tf.compat.v1.saved_model.load(session, {tags!r}, {case.path!r})",
        ),
    )


_TABLE: tuple[tuple[str, str, _Explain], ...] = (
    (r"^There is no \S+ here; there is", "R02", _no_device),
    (r"SavedModel file does not exist|contains neither 'saved_model.pb'", "S01", _no_saved_model),
    (
        r"incompatible argument to `?tags|there are \d+ MetaGraphs"
        r"|MetaGraphDef associated with tags",
        "S02", _wrong_tags,
    ),
    (r"Cannot parse file|too big \(more than|exceeds maximum protobuf size", "S04", _damaged),
    (r"Op type not registered '(?P<op>[^']+)'", "S07", _unknown_op),
    (
        r"NodeDef mentions attr|forward compatibility guarantee|XlaCallModuleOp with version"
        r"|GraphDef .*min.?consumer|invalid DataType enum",
        "S08", _too_new,
    ),
    (r"No OpKernel was registered to support Op '(?P<op>[^']+)'", "S09", _no_kernel),
    (r"assets/(?P<asset>[^\s;]+); No such file", "S10", _no_asset),
    (r"Could not find callback with key|callback .*pyfunc_\d+", "T02", _lost_python),
    (r"has no attribute 'add_slot'", "S14", _no_optimizer_class),
    (
        r"has a reference type \w+_ref|passed \w+ expected ref type|expected \w+_ref"
        r"|Dimensions must be equal|Shapes must be equal rank|[Ii]nconsistent shape",
        "S15", _old_graph,
    ),
    (r"Could not find variable", "S12", _unserved),
    (r"Checksum does not match", "F08", _bad_checksum),
    (r"Read less bytes than requested", "F07", _cut_variables),
    (
        r"Failed to find any matching files|variables\.data-\S+; No such file"
        r"|may be missing the checkpoint suffix",
        "S03", _no_variables,
    ),
    (
        r"Received incompatible tensor|Assign requires shapes|[Kk]ey \S+ not found in checkpoint"
        r"|Tensor name .* not found|not bound to checkpointed values|does not equal original dtype",
        "S03", _other_export,
    ),
    (r"OOM when allocating|[Rr]esource exhausted|ResourceExhausted", "R01", _no_memory),
)  # fmt: skip
