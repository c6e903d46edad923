"""Why a path is nothing that can be opened, and what near it could be meant."""

import os
import shlex
from collections.abc import Mapping, Sequence

from tfinspector.contents import numbers
from tfinspector.contents.findings import Fix, Unreadable
from tfinspector.formats.faults import unreadable
from tfinspector.formats.places.files import names_in, status_at
from tfinspector.formats.recognition.file_kind import FileKind

_MOST_SHOWN = 8
_MODEL_ENDINGS = (".keras", ".h5", ".hdf5", ".tflite", ".onnx", ".pb", ".npz", ".ckpt")


def _fault(
    id: str, title: str, where: str, fix: Fix, evidence: Mapping[str, object] | None = None
) -> Unreadable:
    return unreadable(id, f"{title}.", where, fix, evidence=evidence)


def no_path(given: str) -> Unreadable:
    """An empty path, or the None that `latest_checkpoint` returned."""
    return _fault(
        "F03",
        "No path was given" if not given.strip() else f"{given.strip()!r} is not a path",
        "",
        Fix(
            "Name the checkpoint or its directory. `tf.train.latest_checkpoint` returns None where "
            "it finds none, and `restore(None)` then restores nothing without a word.",
            "import glob\nprint(sorted(glob.glob('/path/to/run/*.index')))",
        ),
        evidence={"given": given},
    )


def nothing_there(path: str, given: str) -> Unreadable:
    """Neither a file nor a prefix: says where the path breaks off and what lies near."""
    directory, name = os.path.split(path)
    try:
        os.lstat(path)
    except PermissionError as error:
        return cannot_look(_first_closed(directory), error)
    except OSError:
        pass  # it is not there, as was found
    if os.path.isdir(directory):
        title = f"There is no {name} in {directory}"
    else:
        while (
            directory and not os.path.isdir(directory) and directory != os.path.dirname(directory)
        ):
            directory, name = os.path.split(directory)
        title = f"There is no {os.path.join(directory, name)}"
    near = near_names(directory, name)
    text = "Look at the spelling of the path."
    if near:
        text = f"Did you mean {' or '.join(near[:3])}?"
    evidence = {"given": given, "near": [os.path.join(directory, one) for one in near]}
    code = f"tfinspector list {os.path.join(directory, near[0])!r}" if near else ""
    return _fault("F03", title, path, Fix(text, code), evidence=evidence)


def _first_closed(directory: str) -> str:
    """The directory that keeps what is below it from being seen: the last that can be."""
    while not os.path.lexists(directory) and directory != os.path.dirname(directory):
        directory = os.path.dirname(directory)
    return directory


def near_names(directory: str, name: str) -> list[str]:
    """Checkpoints, directories and files in `directory` called like `name`, best first."""
    from tfinspector.formats.file_names import prefix_of

    try:
        names = sorted({prefix_of(entry) for entry in os.listdir(directory)})
    except OSError:
        return []
    lowered = {one.lower(): one for one in names}
    from difflib import get_close_matches  # most paths are what they were meant to be

    close = get_close_matches(name.lower(), lowered, _MOST_SHOWN)
    begins = [one for one in names if name and one.lower().startswith(name.lower())]
    return list(dict.fromkeys([lowered[one] for one in close] + begins))[:_MOST_SHOWN]


def foreign_file(path: str, kind: FileKind) -> Unreadable:
    """A file of another kind than those that hold a checkpoint."""
    name = os.path.basename(path)
    return _fault(
        kind.id,
        f"{name} is {kind.words}",
        path,
        Fix(kind.todo, kind.code.format(path=path)),
        evidence={"size": status_at(path).st_size},
    )


def foreign_directory(path: str, kind: FileKind, inside: str = "") -> Unreadable:
    """A directory in another format; `inside` is where in it the values lie, if not in itself."""
    return _fault(
        kind.id,
        f"{os.path.basename(path)} is {kind.words}",
        path,
        Fix(kind.todo, kind.code.format(path=inside or path)),
        evidence={"names": sorted(names_in(path))[:_MOST_SHOWN]},
    )


def nothing_inside(path: str, names: Sequence[str]) -> Unreadable:
    """A directory without a checkpoint or a SavedModel in it or one level below."""
    name = os.path.basename(path) or path
    files = [one for one in names if one.endswith(_MODEL_ENDINGS)]
    if files:
        return _fault(
            "F03",
            f"{name} holds no checkpoint, but {numbers.counted(len(files), 'model file')} of "
            "another kind",
            path,
            Fix(
                f"Open one of the files: {', '.join(files[:_MOST_SHOWN])}.",
                f"tfinspector list {os.path.join(path, files[0])!r}",
            ),
            evidence={"files": files[:_MOST_SHOWN]},
        )
    title = (
        f"{name} holds no checkpoint and no SavedModel"
        if names
        else f"The directory {name} is empty"
    )
    return _fault(
        "F03",
        title,
        path,
        Fix("Choose the directory that your program saves into: it holds files named *.index."),
        evidence={"names": list(names[:_MOST_SHOWN])},
    )


def several_inside(path: str, choices: Sequence[str]) -> Unreadable:
    """A directory with several runs or models: one has to be chosen."""
    name = os.path.basename(path) or path
    names = [os.path.relpath(choice, path) for choice in choices]
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    fault = _fault(
        "F03",
        f"{name} holds {len(names)} runs or models; choose one of them",
        path,
        Fix(f"Open {', '.join(names[:_MOST_SHOWN])}{more}.", f"tfinspector list {choices[0]!r}"),
        evidence={"choices": list(choices)},
    )
    return Unreadable(fault.finding, tuple(choices))


def only_state_file(path: str, written: Sequence[str]) -> Unreadable:
    """A state file whose checkpoints are all gone."""
    name = os.path.basename(path) or path
    return _fault(
        "F05",
        f"{name} has a state file, but none of "
        f"{numbers.counted(len(written), 'checkpoint')} that it names is there",
        path,
        Fix(
            "Copy the checkpoints' .index and .data files into this directory; the state file "
            "alone holds no values."
        ),
        evidence={"named": list(written[:_MOST_SHOWN])},
    )


def cannot_look(path: str, error: OSError) -> Unreadable:
    """The system refuses to show the file or the directory."""
    name = os.path.basename(path) or path
    if isinstance(error, PermissionError):
        return _fault(
            "F13",
            f"{name} can't be read: you are not allowed to look into it",
            path,
            Fix(
                "Nothing is wrong with it: allow it, or ask its owner to.",
                f"chmod u+rX {shlex.quote(path)}",
            ),
            evidence={"errno": error.errno},
        )
    return _fault(
        "F13",
        f"{name} can't be read: {error.strerror or error}",
        path,
        Fix("See who may read it, and whether its disk is there.", f"ls -ld {path!r}"),
        evidence={"errno": error.errno},
    )


def no_file(path: str) -> Unreadable:
    """A device, a socket, a pipe, or a link that leads nowhere."""
    name = os.path.basename(path)
    if os.path.islink(path):
        target = os.readlink(path)
        return _fault(
            "F03",
            f"{name} is a link to {target}, which is not there",
            path,
            Fix("Mount or copy what the link points to, or open that in its new place."),
            evidence={"target": target},
        )
    return _fault(
        "F12",
        f"{name} is neither a file nor a directory",
        path,
        Fix("Choose a checkpoint (any of its files), its directory, or a SavedModel directory."),
    )
