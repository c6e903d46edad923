"""The variables of a checkpoint side by side: a column per field instead of an object per row.

Reads like a tuple of `Variable`, which are made when somebody looks at one. A listing of 100,000
variables writes columns and needs none; what it does not write, it does not work out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import islice
from math import prod
from typing import NamedTuple, overload

from tfinspector.contents.dtypes import DType
from tfinspector.contents.kinds import Kinds
from tfinspector.contents.variables import Role, Variable

Paths = Sequence[tuple[str, ...]]
_PORTION = 1024


class OnePathEach(Sequence[tuple[str, ...]]):
    """The paths of variables, most of which have one: `paths`, and `others` where it is not so.

    Reads like the list of all their paths. A listing of 100,000 variables makes no tuples of them.
    """

    def __init__(self, paths: Sequence[str], others: Mapping[int, tuple[str, ...]]) -> None:
        self.paths = paths
        self.others = others

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, place: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> "OnePathEach": ...
    def __getitem__(self, place: int | slice) -> "tuple[str, ...] | OnePathEach":
        if isinstance(place, slice):
            others = self.others
            places = range(len(self))[place] if others else ()
            some = {at: others[one] for at, one in enumerate(places) if one in others}
            return OnePathEach(self.paths[place], some)
        place = range(len(self))[place]
        return self.others[place] if place in self.others else (self.paths[place],)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        others = self.others
        return (others.get(place, (path,)) for place, path in enumerate(self.paths))


class Traits(NamedTuple):
    """What many variables have in common; see `Variable`."""

    dtype: DType
    shape: tuple[int, ...]
    nbytes: int
    role: Role
    trainable: bool | None
    problem: str

    @property
    def size(self) -> int:
        """Number of elements; 1 for a scalar."""
        return prod(self.shape)


class Belonging(NamedTuple):
    """A slot's own name, and the `name` of the variable that it belongs to."""

    slot_name: str
    slot_of: str


class VariableColumns(Sequence[Variable]):
    """Variables by column, parallel. Fields as in `Variable`; `slots` by place, for slots only.

    `paths` and `full_names` are worked out when first asked for.
    """

    def __init__(
        self,
        names: Sequence[str],
        keys: Sequence[str],
        traits: Kinds[Traits],
        nodes: Sequence[int],
        slots: Mapping[int, Belonging],
        find_paths: Callable[[], Paths],
        find_full_names: Callable[[], Sequence[str]],
    ) -> None:
        self.names = names
        self.keys = keys
        self.traits = traits
        self.nodes = nodes
        self.slots = slots
        self._find_paths = find_paths
        self._find_full_names = find_full_names

    @classmethod
    def of(cls, variables: Sequence[Variable]) -> "VariableColumns":
        """The columns of any variables."""
        if isinstance(variables, VariableColumns):
            return variables
        slots = {
            place: Belonging(each.slot_name, each.slot_of)
            for place, each in enumerate(variables)
            if each.slot_name or each.slot_of
        }
        return cls(
            [each.name for each in variables],
            [each.key for each in variables],
            Kinds.among(
                Traits(each.dtype, each.shape, each.nbytes, each.role, each.trainable, each.problem)
                for each in variables
            ),
            [each.node for each in variables],
            slots,
            lambda: [each.paths for each in variables],
            lambda: [each.full_name for each in variables],
        )

    @cached_property
    def paths(self) -> Paths:
        """The paths of every variable."""
        return self._find_paths()

    @cached_property
    def full_names(self) -> Sequence[str]:
        """TensorFlow's own name of every variable."""
        return self._find_full_names()

    @cached_property
    def rows(self) -> tuple[Variable, ...]:
        """The variables themselves."""
        count = len(self)
        of = self.traits.of.tolist()
        known = zip(*self.traits.samples, strict=True) if of else [()] * len(Traits._fields)
        fields = [map(field.__getitem__, of) for field in known]
        dtypes, shapes, nbytes, roles, trainable, problems = fields
        slot_names, slot_of = [""] * count, [""] * count
        for place, belonging in self.slots.items():
            slot_names[place], slot_of[place] = belonging
        columns = zip(
            self.names, self.keys, self.paths, dtypes, shapes, nbytes, roles, trainable,
            self.nodes, self.full_names, slot_names, slot_of, problems, strict=True,
        )  # fmt: skip
        make, made = partial(tuple.__new__, Variable), list[Variable]()
        while portion := tuple(map(make, islice(columns, _PORTION))):
            made += portion  # between portions other threads may run
        return tuple(made)

    def unreadable(self) -> list[Variable]:
        """The variables that have a problem; mostly there is none, and then no row is made."""
        if not any(sample.problem for sample in self.traits.samples):
            return []
        return [variable for variable in self.rows if variable.problem]

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, place: int) -> Variable: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Variable, ...]: ...
    def __getitem__(self, place: int | slice) -> Variable | tuple[Variable, ...]:
        return self.rows[place]

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.rows)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, VariableColumns):
            return self.rows == other.rows
        return self.rows == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.rows)
