"""Restores a checkpoint into the built model by TensorFlow's ordinary call, and takes it back."""

import os
import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List

from .building import Holding, holding
from .describing import value_hash
from .failures import describe
from .framework import tensorflow
from .listening import Listening
from .objects import short_device, variable_of
from .placing import peak_memory
from .plain_paths import forget, plain
from .returned import checkpoint_of
from .serving import Context

_remembered: Dict[int, Any] = {}


def restore(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`prefix`, `name` (where a bare model goes, "" for the root), `mode` ("restore" or "read").

    `status_type` is the class that TensorFlow returned, "" if it raised `error`. `checks` holds
    what each of the status's own assertions says, None where it is content. `matched` are the
    file's nodes that TensorFlow bound, `unassigned` those of them that never got their values;
    both None where this TensorFlow does not tell. `save_counter` is the hash of the counter that
    `restore` (not `read`) makes for itself. `log` and `warnings` is what was said meanwhile.
    `seconds` is the time of the restore alone, `peak_nbytes` the most memory that this process
    had so far, `device_peak_nbytes` the same on the GPU, None on a CPU.
    """
    held = holding()
    prefix = absolute(params["prefix"], held)
    opened = plain(prefix)
    context.report(0, 0, "restoring")
    answer: Dict[str, Any] = {"status_type": "", "error": None, "checks": {}, "seconds": 0.0}
    answer.update(matched=None, unassigned=None, save_counter=None)
    started = time.monotonic()
    with Listening() as heard:
        try:
            checkpoint = checkpoint_of(held.built, params.get("name") or "")
            method = checkpoint.read if params.get("mode") == "read" else checkpoint.restore
            status = method(opened)
            answer["seconds"] = time.monotonic() - started
        except Exception as error:  # noqa: BLE001 - the answer: TensorFlow may raise anything
            answer["error"] = describe(error)
            answer["error"]["message"] = answer["error"]["message"].replace(opened, prefix)
            forget()
        else:
            answer["status_type"] = type(status).__name__
            answer["checks"] = _checks(status)
            answer.update(_nodes(status))
            if params.get("mode") != "read":
                answer["save_counter"] = value_hash(checkpoint.save_counter)
                held.saves.assign(checkpoint.save_counter)
            _be_content(status)
            del status
    answer["log"] = heard.text.replace(opened, prefix)
    answer["warnings"] = heard.warnings
    answer.update(peak_memory(held.device))
    return answer


def hashes(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`variables` (indices, None: all) -> `hashes`: [index, sha256, device, problem] each."""
    held = holding()
    rows = []
    wanted = _wanted(params, held)
    for done, number in enumerate(wanted):
        variable = held.variables[number].variable
        context.report(done, len(wanted), "hashing the variables")
        told = value_hash(variable)
        rows.append([number, told["sha256"], short_device(variable.device), told["problem"]])
    return {"hashes": rows}


def remember(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """Copy the values of `variables` (None: all) into the computer's memory, for `roll_back`."""
    held = holding()
    _remembered.clear()
    nbytes = 0
    for number in _wanted(params, held):
        value = held.variables[number].variable.numpy()
        nbytes += int(getattr(value, "nbytes", len(value) if isinstance(value, bytes) else 0))
        _remembered[number] = value
    return {"variables": len(_remembered), "nbytes": nbytes}


def roll_back(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """Give every remembered variable its value back."""
    held = holding()
    tf = tensorflow()
    for done, (number, value) in enumerate(_remembered.items()):
        variable = held.variables[number].variable
        context.report(done, len(_remembered), "rolling back")
        with tf.device(variable.device):
            variable.assign(value)
    return {"variables": len(_remembered)}


def write(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """Write the model to `prefix` as it is now, such that the ordinary restore is content.

    `name` is where a bare model goes, `without` the variables (indices) to leave out. The file
    holds a `save_counter` (as it was restored, else 1), because `restore` makes one and
    `assert_consumed` misses it otherwise. Returns the prefix and the files.
    """
    held = holding()
    prefix = absolute(params["prefix"], held)
    checkpoint = checkpoint_of(held.built, params.get("name") or "")
    checkpoint.save_counter.assign(max(int(held.saves.numpy()), 1))
    context.report(0, 0, "writing")
    without = [held.variables[int(each)].variable for each in params.get("without") or ()]
    with _leaving_out(checkpoint, without):
        written = checkpoint.write(prefix)
    directory, base = os.path.split(written)
    files = sorted(
        name
        for name in os.listdir(directory)
        if name.startswith((base + ".index", base + ".data-"))
    )
    return {"prefix": written, "files": files}


@contextmanager
def _leaving_out(checkpoint: Any, variables: List[Any]) -> Iterator[None]:
    """Meanwhile TensorFlow, which asks its view of the graph for children, is not told of these.

    The view (`tensorflow/python/checkpoint/graph_view.py`) is private, and the same from
    TensorFlow 2.13 to 2.21.
    """
    if not variables:
        yield
        return
    view, left = checkpoint._saver._graph_view, {id(each) for each in variables}
    everything = view.list_children

    def others(*args: Any, **kwargs: Any) -> List[Any]:
        found = everything(*args, **kwargs)
        return [child for child in found if id(variable_of(child.ref)) not in left]

    view.list_children = others
    try:
        yield
    finally:
        del view.list_children


def absolute(path: str, held: Holding) -> str:
    """User code may have changed the directory since the path was given."""
    return path if "://" in path or os.path.isabs(path) else os.path.join(held.home, path)


def _wanted(params: Dict[str, Any], held: Holding) -> List[int]:
    given = params.get("variables")
    return list(range(len(held.variables))) if given is None else [int(each) for each in given]


def _checks(status: Any) -> Dict[str, Any]:
    answer: Dict[str, Any] = {}
    for name in ("assert_consumed", "assert_existing_objects_matched", "assert_nontrivial_match"):
        check = getattr(status, name, None)
        if check is None:
            continue
        try:
            check()
            answer[name] = None
        except Exception as error:  # noqa: BLE001 - an assertion's text is the answer
            answer[name] = str(error)
    return answer


def _nodes(status: Any) -> Dict[str, Any]:
    """From TensorFlow's own account of the restore, which is not public and may be missing."""
    account = getattr(status, "_checkpoint", None)
    matched = getattr(account, "matched_proto_ids", None)
    objects = getattr(account, "object_by_proto_id", None)
    ours = getattr(account, "restore_uid", None)
    if account is None or matched is None or objects is None or ours is None:
        return {"matched": None, "unassigned": None}
    unassigned = []
    for number, node in enumerate(account.object_graph_proto.nodes):
        value = objects.get(number)
        if number not in matched or value is None or not node.attributes:
            continue
        if getattr(value, "_update_uid", ours) < ours:
            unassigned.append(number)
    return {"matched": sorted(matched), "unassigned": unassigned}


def _be_content(status: Any) -> None:
    """What TensorFlow would print at the end of the process, `checks` has told."""
    quiet = getattr(status, "expect_partial", None)
    if quiet is not None:
        quiet()
