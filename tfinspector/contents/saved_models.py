"""What a SavedModel says about itself, read without loading its graph."""

from dataclasses import dataclass, field
from typing import TypeAlias

from tfinspector.contents.dtypes import DType

Shape = tuple[int | None, ...] | None
"""None is unknown rank; None in it an unknown dimension."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """A named input or output. `tensor` is the graph's name for it ("serving_x:0").

    `sizes_of` is the shape that the values of this tensor are the sizes of: the third part of a
    sparse tensor; None for every other tensor.
    """

    name: str
    dtype: DType
    shape: Shape
    tensor: str = ""
    sizes_of: Shape = None


@dataclass(frozen=True, slots=True)
class CompositeSpec:
    """A value made of several tensors: "SparseTensorSpec", "RaggedTensorSpec", ...

    `dtype` and `shape` are those of the whole, None where its type does not tell; `ragged_rank`
    is the number of ragged dimensions of a ragged tensor, `splits` the type of its row splits.
    """

    name: str
    class_name: str
    dtype: DType | None
    shape: Shape
    ragged_rank: int = 0
    splits: DType | None = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value a function was traced with that can be named, not made again: its text."""

    text: str


@dataclass(frozen=True, slots=True)
class NamedFields:
    """A named tuple: its class's name and its fields in order."""

    class_name: str
    fields: tuple[tuple[str, "Structure"], ...]


Structure: TypeAlias = (
    "bool | int | float | str | DType | TensorSpec | CompositeSpec | Opaque | NamedFields"
    " | tuple[Structure, ...] | list[Structure] | dict[str, Structure] | None"
)
"""What a function takes or returns: any nesting of specs and of the plain values it was traced
with."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of one meta graph; inputs and outputs sorted by name, nested ones flattened."""

    name: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    method: str = ""
    defaults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallForm:
    """One traced form of a function, as text a person reads: "x: float32[?, 4], training=False".

    `inputs` are its tensor arguments; `output` is the structure of what it returns, as text.
    `positional` and `keywords` are the arguments as data, each with its name ("" in `*args`).
    """

    arguments: str
    output: str
    inputs: tuple[TensorSpec, ...] = ()
    positional: tuple[tuple[str, Structure], ...] = ()
    keywords: tuple[tuple[str, Structure], ...] = ()

    @property
    def plain(self) -> dict[str, bool | int | float | str]:
        """The arguments that are no tensors but values it was traced with: {"training": False}."""
        return {
            name: value
            for name, value in (*self.positional, *self.keywords)
            if name and isinstance(value, bool | int | float | str)
        }

    @property
    def is_for_training(self) -> bool:
        """Keras traces a call both ways."""
        return self.plain.get("training") is True


@dataclass(frozen=True, slots=True)
class Function:
    """A callable of the object graph: its path from the root ("__call__", "encoder/serve").

    `access` is Python's way to it, where `loaded` is the loaded object: "loaded.heads[0].serve",
    "loaded" for calling the object itself.
    """

    path: str
    forms: tuple[CallForm, ...]
    access: str = ""

    @property
    def usual_form(self) -> CallForm | None:
        """The form to take if none is asked for: the first that is not for training."""
        fit_to_use = (form for form in self.forms if not form.is_for_training)
        return next(fit_to_use, self.forms[0] if self.forms else None)


@dataclass(frozen=True, slots=True)
class VariableSpec:
    """A variable as the graph declares it: paths from the root, and its key in `variables/`.

    `key` is "" where the checkpoint has none for it, or where none was joined yet. `node` is the
    id in the SavedModel's object graph, -1 in a TF1 graph.
    """

    name: str
    paths: tuple[str, ...]
    dtype: DType
    shape: Shape
    trainable: bool | None
    device: str = ""
    key: str = ""
    node: int = -1


@dataclass(frozen=True, slots=True)
class Asset:
    """A file the model needs. `size` is -1 where it is not there."""

    name: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class MetaGraph:
    """One graph of a SavedModel. `callable_root` tells whether `loaded(x)` can work.

    `root_identifier` is the object's own word for itself ("_tf_keras_model",
    "_generic_user_object"), "" for a TF1 graph without objects. `init_op` is the operation or
    function that initialises tables, "" for none; it is not among the signatures.
    """

    tags: tuple[str, ...]
    tensorflow_version: str
    git_version: str
    signatures: tuple[Signature, ...]
    functions: tuple[Function, ...]
    variables: tuple[VariableSpec, ...]
    assets: tuple[Asset, ...]
    graph_nbytes: int
    object_count: int
    callable_root: bool
    root_identifier: str = ""
    root_children: tuple[str, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)
    init_op: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`fingerprint.pb`: the hashes as unsigned integers, and the uuid."""

    saved_model_checksum: int
    graph_def_program_hash: int
    signature_def_hash: int
    saved_object_graph_hash: int
    checkpoint_hash: int
    uuid: str
    producer: int


@dataclass(frozen=True, slots=True)
class SavedModel:
    """A SavedModel directory. `proto` is the file that was read (.pb or .pbtxt).

    `variables_prefix` is "" where there is no `variables/` checkpoint.
    """

    path: str
    proto: str
    proto_nbytes: int
    schema_version: int
    meta_graphs: tuple[MetaGraph, ...]
    fingerprint: Fingerprint | None
    variables_prefix: str
    keras_metadata: bool
    mtime: float
    problems: tuple[str, ...] = ()
