"""Maps of accepted renames as JSON: written by --save-map, read by --map, edited by people between.

Version 1: {"version": 1, "renames": [{"from": key, "to": path, "confidence": 0.97, "why": "...",
"rule": "renamed", "name": "...", "transform": "transpose", "axes": [1, 0]}]}. Only `from` and `to`
must be there; a bare list of such entries is read too. An entry with `"accepted": false` is an
offer that nobody has taken yet: it is left out when the map is read. `alternatives` are other
places for a person to choose from, and not read: what was accepted has none.
"""

import json
import os
from collections.abc import Collection, Iterable
from typing import Any

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.restores import Rename
from tfinspector.diagnosis.renames.parts import PART
from tfinspector.diagnosis.renames.shared import SHARED
from tfinspector.engine.exporting import new_file

VERSION = 1
TRANSFORMS = ("", "cast", "transpose", "reshape", "part", "slice")
_EXAMPLE = '{"version": 1, "renames": [{"from": "enc/kernel/.ATTRIBUTES/VARIABLE_VALUE", "to": "encoder/kernel"}]}'  # noqa: E501


def save_map(
    path: str | os.PathLike[str], renames: Iterable[Rename], offers: Collection[Rename] = ()
) -> None:
    """Write a map, complete or not at all; `offers` wait for a person. Raises Unreadable."""
    entries = [to_entry(each) | ({"accepted": False} if each in offers else {}) for each in renames]
    lines = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in entries)
    text = f'{{"version": {VERSION}, "renames": [\n{lines}\n]}}\n'
    with new_file(path) as file:
        file.write(text.encode("utf-8"))


def load_map(path: str | os.PathLike[str]) -> tuple[Rename, ...]:
    """The pairs of a map. Raises Unreadable, which names the entry that is wrong and how."""
    name = os.path.basename(os.fspath(path))
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
    except OSError as error:
        raise _bad(path, f"{name} can't be read: {error.strerror or error}.") from error
    except ValueError as error:  # no UTF-8, or no JSON
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _bad(path, f"{name} is no JSON{where}: {error}.") from error
    except RecursionError as error:
        raise _bad(path, f"{name} is no map: it nests too deeply.") from error
    return _read(path, name, told)


def to_entry(rename: Rename) -> dict[str, Any]:
    """One pair as a map and the command line's JSON have it."""
    entry: dict[str, Any] = {
        "from": rename.key,
        "to": rename.path,
        "confidence": rename.confidence,
        "why": rename.why,
        "rule": rename.rule,
        "name": rename.name,
        "transform": rename.transform,
    }
    entry |= {"axes": list(rename.axes)} if rename.axes else {}
    entry |= {"offset": list(rename.offset)} if rename.offset else {}
    return entry | ({"alternatives": list(rename.alternatives)} if rename.alternatives else {})


def _read(path: str | os.PathLike[str], name: str, told: Any) -> tuple[Rename, ...]:
    if isinstance(told, dict):
        version = told.get("version", VERSION)
        if version != VERSION:
            raise _bad(path, f"{name} is a map of version {version!r}; this program reads 1.")
        told = told.get("renames")
    if not isinstance(told, list):
        raise _bad(path, f"{name} is no map: it has no list of renames.")
    renames: list[Rename] = []
    for number, entry in enumerate(told, 1):
        which = f"Entry {number} of {name}"
        rename = _entry(path, which, entry)
        accepted = entry.get("accepted", True)
        if not isinstance(accepted, bool):
            raise _bad(path, f"{which} has {_short(accepted)} for 'accepted', not true or false.")
        if not accepted:
            continue
        for earlier in renames:
            again = rename.key == earlier.key and SHARED not in (rename.rule, earlier.rule)
            both_parts = rename.transform == earlier.transform == PART
            if again or (rename.path == earlier.path and not both_parts):
                twice = rename.key if again else rename.path
                raise _bad(path, f"{which} uses {twice} a second time.")
        renames.append(rename)
    return tuple(renames)


def _entry(path: str | os.PathLike[str], which: str, entry: Any) -> Rename:
    if not isinstance(entry, dict):
        raise _bad(path, f"{which} is {_short(entry)}, not an object with from and to.")
    for field in ("from", "to"):
        if not isinstance(entry.get(field), str) or not entry[field]:
            raise _bad(path, f"{which} has no {field!r}: {_short(entry)}.")
    for field in ("name", "why", "rule", "transform"):
        if not isinstance(entry.get(field, ""), str):
            raise _bad(path, f"{which} has {_short(entry[field])} for {field!r}, not a text.")
    confidence = entry.get("confidence", 1.0)
    is_number = isinstance(confidence, int | float) and not isinstance(confidence, bool)
    if not is_number or not 0 <= confidence <= 1:
        raise _bad(path, f"{which} has {_short(confidence)} for 'confidence', not 0 to 1.")
    transform = entry.get("transform", "")
    if transform not in TRANSFORMS:
        known = ", ".join(TRANSFORMS[1:])
        raise _bad(path, f"{which} has the transform {_short(transform)}; known are {known}.")
    return Rename(
        entry["from"], entry.get("name") or entry["from"], entry["to"], float(confidence),
        entry.get("why", ""), entry.get("rule", ""), transform, _axes(path, which, entry),
        _offset(path, which, entry),
    )  # fmt: skip


def _axes(path: str | os.PathLike[str], which: str, entry: dict[str, Any]) -> tuple[int, ...]:
    axes = entry.get("axes", [])
    is_list = isinstance(axes, list) and all(type(axis) is int for axis in axes)
    if not is_list or sorted(axes) != list(range(len(axes))):
        raise _bad(path, f"{which} has {_short(axes)} for 'axes', which is no order of axes.")
    if axes and entry.get("transform") != "transpose":
        raise _bad(path, f"{which} has axes, but its transform is not transpose.")
    return tuple(axes)


def _offset(path: str | os.PathLike[str], which: str, entry: dict[str, Any]) -> tuple[int, ...]:
    offset = entry.get("offset", [])
    is_list = isinstance(offset, list) and all(type(at) is int and at >= 0 for at in offset)
    if not is_list:
        raise _bad(path, f"{which} has {_short(offset)} for 'offset', not a list of places.")
    if bool(offset) != (entry.get("transform") == PART):
        raise _bad(path, f"{which}: a part, and nothing else, has an offset, one per axis.")
    return tuple(offset)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _bad(path: str | os.PathLike[str], title: str) -> Unreadable:
    return Unreadable(
        Finding(
            "M31",
            Severity.ERROR,
            title,
            where=os.fspath(path),
            evidence={"path": os.fspath(path)},
            fix=Fix(
                "Save a map of accepted pairs and edit that (the tab Renames, or --save-map on the "
                "command line); it looks like this:",
                _EXAMPLE,
            ),
        )
    )
