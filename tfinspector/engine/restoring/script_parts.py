"""The parts of a generated program that are the same in all of them (see `restore_code`)."""

from tfinspector.contents.sources import SourceKind

HEAD = '''"""Restores {source} into what {factory} builds, by the renames that were accepted.

Run it from anywhere, or import it and call restore(). It needs TensorFlow and your own files only.
"""

import glob
import importlib
import os
import sys
import tempfile

import numpy as np
import tensorflow as tf

PREFIX = {prefix!r}
'''

LINKS = """
# TensorFlow takes this path for a pattern and finds nothing, so it gets links on a plain one.
safe = os.path.join(tempfile.mkdtemp(), "checkpoint")
for file in glob.glob(glob.escape(PREFIX) + ".*"):
    os.symlink(file, safe + file[len(PREFIX) :])
PREFIX = safe
"""

KERAS_VALUES = '''
import io
import json
import zipfile

import h5py


class Values:
    """The values of a file of Keras by their place in it: archive, folder, shards or one HDF5."""

    def __init__(self, path):
        self.files = [h5py.File(each, "r") for each in opened(path)]

    def get_tensor(self, key):
        held = next(file[key] for file in self.files if key in file)
        value = held[...]
        if value.dtype.kind == "V":  # a type that HDF5 does not have, such as bfloat16
            value = value.view(tf.as_dtype(held.attrs.get("dtype", "bfloat16")).as_numpy_dtype)
        return value


def opened(path):
    if os.path.isdir(path):
        return [os.path.join(path, "model.weights.h5")]
    if path.endswith(".json"):
        names = set()
        for each in json.load(open(path))["weight_map"].values():
            names.update([each] if isinstance(each, str) else each)
        return [os.path.join(os.path.dirname(path), name) for name in sorted(names)]
    if zipfile.is_zipfile(path):
        return [io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5"))]
    return [path]
'''

GRAPH_VALUES = '''

class Values:
    """The constants of a graph by their names."""

    def __init__(self, path):
        with open(path, "rb") as file:
            graph = {parse}
        self.nodes = {{node.name: node for node in graph.node if node.op == "Const"}}

    def get_tensor(self, key):
        return tf.make_ndarray(self.nodes[key].attr["value"].tensor)
'''
PARSE = {
    SourceKind.GRAPH_DEF: "tf.compat.v1.GraphDef.FromString(file.read())",
    SourceKind.META_GRAPH: "tf.compat.v1.MetaGraphDef.FromString(file.read()).graph_def",
}

V1_VALUES = '''
if not os.path.exists(PREFIX):
    PREFIX += "-?????-of-?????"  # the old format in several files


class Values:
    """The values of a checkpoint in the old format (V1) by their names, of any type."""

    def __init__(self, pattern):
        self.pattern = pattern
        self.types = tf.train.load_checkpoint(pattern).get_variable_to_dtype_map()

    def get_tensor(self, key):
        return tf.raw_ops.Restore(
            file_pattern=self.pattern, tensor_name=key, dt=self.types[key]
        ).numpy()
'''

FETCHING = '''
import fsspec


def fetched(url):
    """A copy here of what lies at the URL, and of the files beside it whose names begin so."""
    there, path = fsspec.core.url_to_fs(url)
    directory, _, name = path.rpartition("/")
    start = directory + "/" + name.partition(".weights.json")[0]  # of shards, the name of all
    here = tempfile.mkdtemp()
    for each in [found for found in there.find(directory) if found.startswith(start)] or [path]:
        copy = os.path.join(here, os.path.relpath(each, directory))
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        there.get(each, copy)
    return os.path.join(here, name)


PREFIX = fetched(PREFIX)
'''

FACTORY = """sys.path.insert(0, {folder!r})
make = importlib.import_module({module!r})
for name in {callable!r}.split("."):
    make = getattr(make, name)
KWARGS = {kwargs}
"""

BODY = '''

def root_of(built):
    """Where the paths begin: what a tf.train.Checkpoint of it has as its root."""
    if isinstance(built, tuple):
        built = {"model": built[0], "optimizer": built[1]}
    return tf.train.Checkpoint(**built) if isinstance(built, dict) else built


def find(root, path):
    """The variable at a path of the object graph, or of that name where no path leads to it."""
    if "/.OPTIMIZER_SLOT/" in path:
        owner, _, rest = path.partition("/.OPTIMIZER_SLOT/")
        optimizer, _, slot = rest.rpartition("/")
        return find(root, optimizer).get_slot(find(root, owner), slot)
    found = follow(root, path.split("/"))
    if found is None and getattr(root, "root", None) is not None:
        found = follow(root.root, path.split("/"))
    if found is None:
        named = [each for each in all_variables(root) if name_of(each) == path]
        if len(named) != 1:
            raise KeyError("the model has no variable " + path)
        found = named[0]
    return found


def follow(here, parts):
    """Down the edges; the name of an edge may hold a slash itself."""
    if not parts:
        return here
    children = tf.train.TrackableView.children(here)
    for end in range(1, len(parts) + 1):
        child = children.get("/".join(parts[:end]))
        found = None if child is None else follow(child, parts[end:])
        if found is not None:
            return found
    return None


def all_variables(root):
    """All variables of the models, those that no checkpoint reaches too."""
    models = [root, *tf.train.TrackableView.children(root).values()]
    found = {}
    for model in models:
        held = () if isinstance(model, (dict, list, tuple)) else getattr(model, "variables", ())
        for variable in () if callable(held) else held:
            found[id(variable)] = variable
    return found.values()


def every_variable(root):
    """Paths of what a checkpoint can reach, names of what the models hold besides."""
    found = {}
    queue = [("", root), ("", getattr(root, "root", None))]
    seen = {id(None)}
    for path, here in queue:  # it grows meanwhile
        if id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, tf.Variable) or (hasattr(here, "assign") and hasattr(here, "path")):
            found.setdefault(identity(here), (path, here))
        for name, child in tf.train.TrackableView.children(here).items():
            if name != "_trainable_variables":  # an optimizer's; they have paths of their own
                queue.append((path + "/" + name if path else name, child))
    for each in all_variables(root):
        found.setdefault(identity(each), (name_of(each), each))
    return {
        at: path
        for at, (path, each) in found.items()
        if "seed_generator" not in name_of(each) and path != "save_counter"
    }


def identity(variable):
    """Of a variable of Keras that of TensorFlow's variable within."""
    within = getattr(variable, "_value", None)
    return id(within if isinstance(within, tf.Variable) else variable)


def name_of(variable):
    return str(getattr(variable, "path", variable.name)).split(":")[0]


def numpy_type(variable):
    return tf.as_dtype(variable.dtype).as_numpy_dtype


def fitted(value, variable, change):
    """The value as the variable takes it; only what was accepted is turned, cut or cast."""
    value = np.asarray(value)
    if isinstance(change, tuple):
        value = value.transpose(change)
    if isinstance(change, dict):  # one part of several; the others are assigned likewise
        whole = variable.numpy().copy()
        begins = zip(change["begins_at"], value.shape)
        whole[tuple(slice(begin, begin + size) for begin, size in begins)] = value
        value = whole
    if change == "reshape":
        value = value.reshape(tuple(variable.shape))
    if change == "slice":  # the first part of a longer axis; zeros fill up a shorter one
        whole = np.zeros(tuple(variable.shape), value.dtype)
        common = tuple(slice(min(pair)) for pair in zip(value.shape, whole.shape))
        whole[common] = value[common]
        value = whole
    if change is not None and value.dtype != object:
        value = value.astype(numpy_type(variable))
    if tuple(value.shape) != tuple(variable.shape):
        raise ValueError("%s does not fit %s" % (value.shape, tuple(variable.shape)))
    return value


def check(root, reader):
    """Every value, bit by bit."""
    restored = set()
    for key, path, change in [(key, path, None) for key, path in SAME] + RENAMED:
        variable = find(root, path)
        restored.add(identity(variable))
        wanted, found = fitted(reader.get_tensor(key), variable, change), variable.numpy()
        found = np.asarray(found, wanted.dtype)
        same = (
            wanted.tolist() == found.tolist()
            if wanted.dtype == object
            else np.ascontiguousarray(wanted).tobytes() == np.ascontiguousarray(found).tobytes()
        )
        assert same, path + " does not hold the value of " + key
    everything = every_variable(root)
    left = [path for at, path in everything.items() if at not in restored]
    print("restored %d of %d variables of the model, by renames %d; every value was compared." % (
        len(restored), len(restored) + len(left), len(RENAMED)))
    if left:
        print("%d keep their initial values: %s" % (len(left), ", ".join(left)))
'''

ENDING = """
if __name__ == "__main__":
    restore()
"""
