"""Says why a directory or a file can't be read as a SavedModel (S01 no SavedModel, S04 damaged)."""

import os

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.formats.faults import LFS_POINTER, unreadable
from tfinspector.formats.places.files import is_file, status_at

RIEGELI_SIGNATURE = bytes.fromhex(
    "83af70d10d884a3f 0000000000000000 4000000000000000 91bac23c9287e1a9"
    "0000000000000000 e19f13c0e9b1c372 7300000000000000 0000000000000000"
)
"""The first 64 bytes of every Riegeli/records file (google/riegeli, file format document)."""

_FOREIGN = (
    # start of the file, what it is, what to do
    (b"PK\x03\x04", "a zip archive", "Unpack it, or open it as a .keras file."),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "Open it as a Keras file."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
)


def no_saved_model(directory: str) -> Unreadable:
    """Nothing in `directory` that TensorFlow would load; names what lies near."""
    name = os.path.basename(directory.rstrip(os.sep)) or directory
    path = directory
    if not os.path.lexists(path):
        return unreadable(
            "S01", f"There is no directory {name}.", path, Fix("Look at the path's spelling.")
        )
    if os.path.isfile(path):
        parent = os.path.dirname(os.path.abspath(path))
        fix = Fix("Open the directory that holds the file.", _load_line(parent))
        return unreadable(
            "S01", f"{name} is a file; a SavedModel is the directory it lies in.", path, fix
        )
    nearer = _nearby(path)
    if nearer:
        fix = Fix(
            f"Open {os.path.basename(nearer[-1])}, a SavedModel near it.", _load_line(nearer[-1])
        )
    else:
        fix = Fix("Choose the directory that holds saved_model.pb; copy it if it is elsewhere.")
    return unreadable(
        "S01", f"{name} is no SavedModel: it holds neither saved_model.pb nor saved_model.pbtxt.",
        path, fix, "TensorFlow says `SavedModel file does not exist at` for this directory.",
        {"holds": _listing(path)[:20], "near": nearer},
    )  # fmt: skip


def damaged(path: str, start: bytes, nbytes: int, reason: str) -> Unreadable:
    """The file is there and is not a SavedModel message; judged by its first bytes."""
    name = os.path.basename(path)
    evidence: dict[str, object] = {"size": nbytes, "first_bytes": start[:16].hex(" ")}
    again = Fix("Copy or download the whole directory again; compare the sizes of the files.")
    if nbytes == 0:
        title = f"{name} is empty: the export was not finished, or the disk was full."
        again = Fix("Export the model again, or copy the file anew.")
    elif start.startswith(LFS_POINTER):
        pointer = dict(
            line.partition(" ")[::2] for line in start.decode("utf-8", "replace").splitlines()
        )
        evidence |= {"true_size": pointer.get("size", ""), "oid": pointer.get("oid", "")}
        title = f"{name} is a git-LFS pointer; the file itself was never fetched."
        again = Fix("Fetch the real file.", "git lfs pull")
    elif start.lstrip()[:15].lower().startswith((b"<!doctype", b"<html")):
        evidence["starts_with"] = start[:80].decode("utf-8", "replace")
        title = f"{name} is a web page: the download saved an error or login page."
        again = Fix("Download it again, signed in where needed, and look at its size.")
    elif foreign := next((row for row in _FOREIGN if start.startswith(row[0])), None):
        title = f"{name} is {foreign[1]}, not a SavedModel."
        again = Fix(foreign[2])
    else:
        title = f"{name} is damaged: {reason}."
    detail = "TensorFlow says `Cannot parse file` or finds 0 MetaGraphs in such a file."
    variables = os.path.join(os.path.dirname(path), "variables", "variables")
    if is_file(f"{variables}.index"):
        evidence["variables"] = variables
        detail += " The variables are a checkpoint of their own and can still be opened."
    return unreadable("S04", title, path, again, detail, evidence)


def chunked(path: str, start: bytes) -> Unreadable:
    """`saved_model.cpb`: a Riegeli file of chunks that the public TensorFlow can't load either."""
    name = os.path.basename(path)
    if not start.startswith(RIEGELI_SIGNATURE):
        return damaged(path, start, status_at(path).st_size, "it lacks the signature of its kind")
    return unreadable(
        "S04", f"{name} is a chunked SavedModel, which the public TensorFlow can't load in Python.",
        path,
        Fix(
            "Export the model again without chunks; large weights belong into variables/ anyway.",
            "tf.saved_model.save(\n    model, directory,\n"
            "    options=tf.saved_model.SaveOptions(experimental_image_format=False),\n)",
        ),
        "The graph is split into records of a Riegeli file (SaveOptions.experimental_image_format)."
        " The weights in variables/ are an ordinary checkpoint and can be opened.",
    )  # fmt: skip


def cannot_open(path: str, error: OSError) -> Unreadable:
    """The system refused to open or read the file."""
    name = os.path.basename(path)
    if isinstance(error, PermissionError):
        fix = Fix("Ask its owner, or change the permissions.", f"chmod u+r {path!r}")
        return unreadable("F13", f"{name} may not be read by you.", path, fix)
    reason = error.strerror or str(error)
    fix = Fix("Look whether the disk or the network share is all right, then open it again.")
    return Unreadable(
        Finding("F13", Severity.ERROR, f"{name} can't be read: {reason}.", where=path, fix=fix)
    )


def _nearby(directory: str) -> list[str]:
    """SavedModels one level up or down: the parent of `variables/`, a versioned `1/`, `2/`."""
    parent = os.path.dirname(os.path.abspath(directory))
    below = [os.path.join(directory, name) for name in _listing(directory)]
    return [
        path
        for path in [parent, *below]
        if any(os.path.isfile(os.path.join(path, f"saved_model.{end}")) for end in ("pb", "pbtxt"))
    ]


def _listing(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))[:1000]
    except OSError:
        return []


def _load_line(directory: str) -> str:
    return f"loaded = tf.saved_model.load({directory!r})"
