"""Code of fixes for Keras files: h5py and the user's own factory, that runs as it stands."""

from tfinspector.contents.keras_files import KerasLayout
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import Case

_ASSIGN = """import h5py
{opening}
def name_of(variable):
    return getattr(variable, "path", variable.name).split(":")[0]
variables = {{name_of(each): each for each in {model}.variables}}
pairs = {{
{pairs}
}}
with h5py.File({source}) as file:
    for key, name in pairs.items():
        variables[name].assign(file[key][...])"""
_UNPACK = """import io, zipfile
packed = zipfile.ZipFile({path!r}).read("model.weights.h5")"""
_WHOLE = frozenset({KerasLayout.WEIGHTS, KerasLayout.HDF5_MODEL, KerasLayout.HDF5_WEIGHTS})


def load(case: Case) -> str:
    """What the user's program does."""
    return f"{code.make_model(case)}\n{code.restore(case)}"


def build_and_load(case: Case) -> str:
    """The same with the optimizer built before."""
    model = code.model_of(case)
    return (
        f"{code.make_model(case)}\n"
        f"{model}.optimizer.build({model}.trainable_variables)\n{code.restore(case)}"
    )


def assign(case: Case) -> str:
    """Every matched weight, by key and name; "" where names are not enough or too many."""
    names = [each.name for each in case.model.variables]
    rows = [case.rows[place] for place in case.fed_weights]
    rows = [row for row in rows if row.key and row.variable >= 0]
    chosen = [(row.key, case.model.variables[row.variable].name) for row in rows]
    keras = case.checkpoint.keras
    if not chosen or len(chosen) > code.MOST_PAIRS or keras is None:
        return ""
    if any(names.count(name) > 1 for _, name in chosen):
        return ""
    path = case.checkpoint.prefix
    if keras.layout is KerasLayout.ARCHIVE:
        opening, source = _UNPACK.format(path=path), "io.BytesIO(packed)"
    elif keras.layout in _WHOLE:
        opening, source = "", repr(path)
    else:
        return ""
    text = _ASSIGN.format(
        opening=opening,
        model=code.model_of(case),
        source=source,
        pairs="\n".join(f"    {key!r}: {name!r}," for key, name in chosen),
    )
    return f"{code.make_model(case)}\n{text}".replace("\n\n", "\n")


def command(case: Case) -> str:
    """The program's own repair."""
    return code.command(case).removesuffix("-fixed") + "-fixed.weights.h5"
