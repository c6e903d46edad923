"""F01 to F04: what TensorFlow would have made of the path that was given.

This program understands them all; TensorFlow takes one of them without a word and restores
nothing, so each is told, with the path that a program must use.
"""

import os
import re

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.sources import GivenAs, Recognised, SourceKind

_GLOB = re.compile(r"[\[\]*?{}]")
_COLON = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_BARE_EXCEPTION = "DataLossError: not an sstable (bad magic number)"


def find_path_problems(recognised: Recognised, newest: str = "") -> list[Finding]:
    """All findings about the path itself; `newest` is the prefix to restore where it is a run."""
    findings = []
    told = _HOW.get(recognised.given_as)
    if told is not None and recognised.kind in (SourceKind.CHECKPOINT, SourceKind.RUN):
        findings.append(told(recognised, newest or recognised.path))
    elif recognised.given_as is GivenAs.VERSIONS and recognised.others:
        findings.append(_one_of_versions(recognised))
    if recognised.kind is not SourceKind.SAVED_MODEL:
        findings += find_special_characters(recognised.path)
    return findings


def find_special_characters(path: str) -> list[Finding]:
    """F04: `restore` and `latest_checkpoint` take a path as a pattern (`get_matching_files`)."""
    special = sorted(set(_GLOB.findall(path)))
    if special:
        shown = " ".join(special)
        return [
            Finding(
                "F04", Severity.WARNING,
                f"TensorFlow takes this path for a pattern, because it contains {shown}.",
                "It then finds no file: `latest_checkpoint` returns None and `restore` says "
                "\"Failed to find any matching files\". This program reads it all the same.",
                path, {"characters": special},
                Fix("Rename the directory, or restore through a link without such characters.",
                    _link(path)),
            )
        ]  # fmt: skip
    if _COLON.match(os.path.basename(path)) or ":" in path:
        return [
            Finding(
                "F04", Severity.INFO,
                "The path has a colon; TensorFlow may take what stands before it for a scheme.",
                "Relative paths such as `run:3/ckpt` fail with \"File system scheme not "
                "implemented\"; absolute ones work.",
                path, {"characters": [":"]},
                Fix("Use the absolute path, or restore through a link.", _link(path)),
            )
        ]  # fmt: skip
    return []


def _link(path: str) -> str:
    directory, name = os.path.split(path)
    safe = re.sub(r"[^\w.-]+", "_", name)
    return (
        f"import os, tempfile\nsafe = os.path.join(tempfile.mkdtemp(), 'run')\n"
        f"os.symlink({directory!r}, safe)\ncheckpoint.restore(os.path.join(safe, {name!r}))"
        if safe == name
        else f"import os\nos.rename({path!r}, {os.path.join(directory, safe)!r})"
    )


def _as_index(recognised: Recognised, prefix: str) -> Finding:
    name = os.path.basename(recognised.path)
    return Finding(
        "F01", Severity.INFO,
        f"This is the index of {name}; `restore` must be given the prefix, without .index.",
        "An index is a valid table, so TensorFlow opens it as an old name-based checkpoint, finds "
        "nothing in it and restores nothing, without an exception.",
        recognised.given, {"given": recognised.given, "prefix": recognised.path},
        _restore(prefix),
    )  # fmt: skip


def _as_part(recognised: Recognised, prefix: str) -> Finding:
    name = os.path.basename(recognised.path)
    what = {
        GivenAs.SHARD: f"a data file of {name}",
        GivenAs.META: f"the TF1 graph of {name}, which holds no values",
        GivenAs.STATE_FILE: f"the state file of the run {name}",
    }[recognised.given_as]
    is_run = recognised.kind is SourceKind.RUN
    return Finding(
        "F02", Severity.INFO,
        f"This is {what}; `restore` must be given " + ("a prefix." if is_run else "the prefix."),
        f"TensorFlow would say `{_BARE_EXCEPTION}`.",
        recognised.given, {"given": recognised.given, "used": recognised.path},
        _restore(prefix),
    )  # fmt: skip


def _as_directory(recognised: Recognised, prefix: str) -> Finding:
    name = os.path.basename(recognised.path) or recognised.path
    return Finding(
        "F03", Severity.INFO,
        f"{name} is a directory; `restore` must be given the prefix of one checkpoint in it.",
        "TensorFlow would say `DataLossError: Unable to open table file ...; Is a directory`.",
        recognised.given, {"given": recognised.given, "used": recognised.path},
        _restore(prefix),
    )  # fmt: skip


def _without_number(recognised: Recognised, prefix: str) -> Finding:
    name = os.path.basename(recognised.path)
    given = os.path.basename(recognised.given.rstrip("/"))
    return Finding(
        "F03", Severity.WARNING,
        f"There is no checkpoint {given}; {name} is the last that begins so and was opened.",
        f"`save({given!r})` appends a number to the name. TensorFlow would say \"Failed to find "
        'any matching files ... You may be missing the checkpoint suffix".',
        recognised.given,
        {"given": recognised.given, "used": recognised.path, "others": list(recognised.others)},
        _restore(prefix),
    )  # fmt: skip


def _one_of_versions(recognised: Recognised) -> Finding:
    names = sorted(os.path.basename(other) for other in recognised.others)
    version = os.path.basename(recognised.path)
    return Finding(
        "F03", Severity.INFO,
        f"This directory holds {len(names) + 1} versions of a SavedModel; {version} was opened.",
        "TensorFlow Serving serves the highest number; `tf.saved_model.load` must be given one.",
        recognised.given, {"versions": [*names, version]},
        Fix("Load this version, or open another.",
            f"tf.saved_model.load({recognised.path!r})"),
    )  # fmt: skip


def _restore(prefix: str) -> Fix:
    return Fix("Give TensorFlow the prefix.", f"checkpoint.restore({prefix!r})")


_HOW = {
    GivenAs.INDEX: _as_index,
    GivenAs.SHARD: _as_part,
    GivenAs.META: _as_part,
    GivenAs.STATE_FILE: _as_part,
    GivenAs.DIRECTORY: _as_directory,
    GivenAs.PARENT: _as_directory,
    GivenAs.WITHOUT_NUMBER: _without_number,
}
