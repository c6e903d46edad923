"""F01 to F04 and S01: what TensorFlow would have made of the path that was given.

This program understands them all; TensorFlow takes one of them without a word and restores
nothing, so each is told, with the path that a program must use.
"""

import os
import re
from dataclasses import replace
from fnmatch import fnmatchcase

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.sources import GivenAs, Recognised, SourceKind

_READ_BY_PREFIX = (SourceKind.CHECKPOINT, SourceKind.CHECKPOINT_V1, SourceKind.RUN)
_READ_BY_TENSORFLOW = (SourceKind.CHECKPOINT, SourceKind.RUN, SourceKind.SAVED_MODEL)
_BARE_EXCEPTION = "DataLossError: not an sstable (bad magic number)"


def find_path_problems(
    recognised: Recognised, newest: str = "", out_of_reach: str = ""
) -> list[Finding]:
    """All findings about the path itself; `newest` is the prefix to restore where it is a run.

    `out_of_reach` is the sentence why TensorFlow can't open anything there, on another machine.
    """
    findings = []
    told = _HOW.get(recognised.given_as)
    if told is not None and recognised.kind in _READ_BY_PREFIX:
        findings.append(told(recognised, newest or recognised.path))
    elif recognised.kind is SourceKind.SAVED_MODEL and recognised.given_as is GivenAs.VERSIONS:
        findings.append(_one_of_versions(recognised))
    elif recognised.kind is SourceKind.SAVED_MODEL and recognised.given_as is not GivenAs.ITSELF:
        findings.append(_beside_saved_model(recognised))
    if out_of_reach:
        return [_copied_first(each, recognised, newest, out_of_reach) for each in findings]
    if recognised.kind in _READ_BY_TENSORFLOW:
        path = newest if recognised.kind is SourceKind.RUN and newest else recognised.path
        findings += find_special_characters(path, recognised.kind)
    return findings


def find_special_characters(path: str, kind: SourceKind = SourceKind.CHECKPOINT) -> list[Finding]:
    """F04: TensorFlow looks for files that match the path (`get_matching_files`) before it reads.

    Only a path that does not match itself is lost to it: brackets that close, and a backslash. `*`,
    `?` and braces are harmless, for the values are then read from the path as it is written; so are
    a colon, a plus and letters of any script. Tried with TensorFlow 2.21.
    """
    if _matches_itself(path):
        return []
    special = sorted(set(path) & set("[]\\"))
    call = "`tf.saved_model.load`" if kind is SourceKind.SAVED_MODEL else "`restore`"
    nothing = "" if kind is SourceKind.SAVED_MODEL else ", and `latest_checkpoint` returns None"
    return [
        Finding(
            "F04", Severity.WARNING,
            f"TensorFlow takes this path for a pattern, because it contains {' '.join(special)}.",
            f"It then finds no file: {call} says \"Failed to find any matching files\"{nothing}. "
            "This program reads it and restores from it all the same.",
            path, {"characters": special},
            Fix("Rename what has these characters in its name, or go through a link without them.",
                _link(path, kind)),
        )
    ]  # fmt: skip


def _matches_itself(path: str) -> bool:
    """As `fnmatch` of C does it: a class may reach over a slash, a backslash quotes."""
    pattern = re.sub(r"\\(.?)", r"[\1]", path, flags=re.DOTALL)
    return fnmatchcase(path, pattern)


def _link(path: str, kind: SourceKind) -> str:
    if kind is SourceKind.SAVED_MODEL:
        return (
            "import os, tempfile\n"
            "safe = os.path.join(tempfile.mkdtemp(), 'saved_model')\n"
            f"os.symlink({path!r}, safe)\n"
            "loaded = tf.saved_model.load(safe)"
        )
    return (
        "import glob, os, tempfile\n"
        f"prefix = {path!r}\n"
        "safe = os.path.join(tempfile.mkdtemp(), 'checkpoint')\n"
        "for file in glob.glob(glob.escape(prefix) + '.*'):\n"
        "    os.symlink(file, safe + file[len(prefix):])\n"
        "checkpoint.restore(safe)"
    )


def _where(given: str) -> str:
    """The path that was given, absolute as in all findings; an address of another machine as is."""
    return given if "://" in given else os.path.abspath(os.path.expanduser(given))


def _as_index(recognised: Recognised, prefix: str) -> Finding:
    name = os.path.basename(recognised.path)
    return Finding(
        "F01", Severity.INFO,
        f"This is the index of {name}; `restore` must be given the prefix, without .index.",
        "An index is a valid table, so TensorFlow opens it as an old name-based checkpoint, finds "
        "nothing in it and restores nothing, without an exception.",
        _where(recognised.given), {"given": recognised.given, "prefix": recognised.path},
        _restore(prefix),
    )  # fmt: skip


def _as_part(recognised: Recognised, prefix: str) -> Finding:
    name = os.path.basename(recognised.path)
    is_run = recognised.kind is SourceKind.RUN
    what = {
        GivenAs.SHARD: f"a data file of {name}",
        GivenAs.META: f"the TF1 graph of {name}, which holds no values",
        GivenAs.STATE_FILE: f"the state file of the run {name}" if is_run
        else f"the state file that names {name}",
    }[recognised.given_as]  # fmt: skip
    return Finding(
        "F02", Severity.INFO,
        f"This is {what}; `restore` must be given " + ("a prefix." if is_run else "the prefix."),
        f"TensorFlow would say `{_BARE_EXCEPTION}`.",
        _where(recognised.given), {"given": recognised.given, "used": recognised.path},
        _restore(prefix),
    )  # fmt: skip


def _as_directory(recognised: Recognised, prefix: str) -> Finding:
    name = os.path.basename(_where(recognised.given)) or recognised.path
    return Finding(
        "F03", Severity.INFO,
        f"{name} is a directory; `restore` must be given the prefix of one checkpoint in it.",
        "TensorFlow would say `DataLossError: Unable to open table file ...; Is a directory`.",
        _where(recognised.given), {"given": recognised.given, "used": recognised.path},
        _restore(prefix),
    )  # fmt: skip


def _without_graph(recognised: Recognised, prefix: str) -> Finding:
    directory = os.path.dirname(os.path.dirname(recognised.path))
    return Finding(
        "S01", Severity.ERROR,
        f"{os.path.basename(directory)} is a SavedModel without its graph: there is no "
        "saved_model.pb.",
        "TensorFlow says `SavedModel file does not exist at` for this directory. Its values are "
        "there: variables/ is a checkpoint of its own and was opened.",
        directory, {"missing": "saved_model.pb", "variables": recognised.path},
        Fix("Copy saved_model.pb from where the model was exported; a SavedModel is the whole "
            "directory, not variables/ alone.",
            f"cp EXPORT/saved_model.pb {directory!r}/"),
    )  # fmt: skip


def _without_number(recognised: Recognised, prefix: str) -> Finding:
    name = os.path.basename(recognised.path)
    given = os.path.basename(recognised.given.rstrip("/"))
    return Finding(
        "F03", Severity.WARNING,
        f"There is no checkpoint {given}; {name} is the last that begins so and was opened.",
        f"`save({given!r})` appends a number to the name. TensorFlow would say \"Failed to find "
        'any matching files ... You may be missing the checkpoint suffix".',
        _where(recognised.given),
        {"given": recognised.given, "used": recognised.path, "others": list(recognised.others)},
        _restore(prefix),
    )  # fmt: skip


def _one_of_versions(recognised: Recognised) -> Finding:
    names = sorted(os.path.basename(other) for other in recognised.others)
    version = os.path.basename(recognised.path)
    held = numbers.counted(len(names) + 1, "version")
    return Finding(
        "F03", Severity.INFO,
        f"This directory holds {held} of a SavedModel; {version} was opened.",
        "TensorFlow Serving serves the highest number; `tf.saved_model.load` must be given one.",
        _where(recognised.given), {"versions": [*names, version]},
        Fix("Load this version, or open another." if names else "Load this version.",
            f"tf.saved_model.load({recognised.path!r})"),
    )  # fmt: skip


def _beside_saved_model(recognised: Recognised) -> Finding:
    """A part of a SavedModel, or the directory around it, where its own directory was meant."""
    name, given = os.path.basename(recognised.path), _where(recognised.given)
    is_part = recognised.given_as is GivenAs.PART
    what = f"a part of the SavedModel {name}" if is_part else f"the directory around {name}"
    return Finding(
        "F02" if is_part else "F03", Severity.INFO,
        f"{os.path.basename(given)} is {what}; `tf.saved_model.load` must be given {name} itself.",
        "TensorFlow would say `SavedModel file does not exist at` and the path that it was given.",
        given, {"given": recognised.given, "used": recognised.path},
        Fix("Give TensorFlow the SavedModel's directory.",
            f"tf.saved_model.load({recognised.path!r})"),
    )  # fmt: skip


def _copied_first(
    finding: Finding, recognised: Recognised, newest: str, out_of_reach: str
) -> Finding:
    """The finding where only this program can read: a call of TensorFlow needs a copy."""
    if finding.severity is Severity.ERROR:  # the copy would be no better
        return replace(finding, fix=finding.fix and replace(finding.fix, code=""))
    is_model = recognised.kind is SourceKind.SAVED_MODEL
    path = recognised.path if is_model else newest or recognised.path
    name = os.path.basename(path)
    what, call = ("/", "tf.saved_model.load") if is_model else (".*", "checkpoint.restore")
    code = (
        "import fsspec\n"
        f"there, path = fsspec.core.url_to_fs({path!r})\n"
        f"there.get(path + {what!r}, {f'copied/{name}/' if is_model else 'copied/'!r}, "
        "recursive=True)\n"
        f"{call}({f'copied/{name}'!r})"
    )
    fix = Fix("Copy it to this machine, and give TensorFlow the path of the copy.", code)
    return replace(finding, detail=out_of_reach, fix=fix)


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
    GivenAs.WITHOUT_GRAPH: _without_graph,
}
