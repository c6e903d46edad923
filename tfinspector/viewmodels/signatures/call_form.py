"""What a person fills in before a call: one line for each input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tfinspector.contents import numbers
from tfinspector.contents.calls import InputChoice, InputKind
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.saved_models import TensorSpec

if TYPE_CHECKING:
    from tfinspector.contents.calls import Callee

FROM_FILES = frozenset({InputKind.FILE, InputKind.TEXT, InputKind.IMAGE, InputKind.PIXELS})
_TYPED = frozenset({InputKind.CONSTANT, InputKind.VALUES})
_NUMBERS = (
    InputKind.RANDOM, InputKind.ZEROS, InputKind.ONES, InputKind.CONSTANT, InputKind.VALUES,
    InputKind.FILE,
)  # fmt: skip
_PICTURES = (InputKind.IMAGE, InputKind.PIXELS)
_TEXTS = (
    InputKind.RANDOM, InputKind.CONSTANT, InputKind.VALUES, InputKind.TEXT, InputKind.FILE,
    InputKind.IMAGE,
)  # fmt: skip
_MISSING = {
    InputKind.CONSTANT: "give the constant.",
    InputKind.VALUES: "type or paste the values.",
}
_WORDS = {
    InputKind.RANDOM: "Random",
    InputKind.ZEROS: "Zeros",
    InputKind.ONES: "Ones",
    InputKind.CONSTANT: "Constant",
    InputKind.VALUES: "Typed values",
    InputKind.FILE: "Array file",
    InputKind.TEXT: "Lines of a file",
    InputKind.IMAGE: "Picture",
    InputKind.PIXELS: "Picture, to 255",
}


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input with what was chosen for it; `sizes` is the text as it was typed.

    `is_left_out` only where the input has a default.
    """

    spec: TensorSpec
    kind: InputKind = InputKind.RANDOM
    argument: str = ""
    sizes: str = ""
    is_optional: bool = False
    is_left_out: bool = False

    @property
    def kinds(self) -> tuple[tuple[InputKind, str], ...]:
        """The kinds that go with its type and rank, with their words."""
        dtype, shape = self.spec.dtype, self.spec.shape
        if dtype.kind is DTypeKind.STRING:
            known: tuple[InputKind, ...] = _TEXTS
        elif dtype.kind in (DTypeKind.FLOAT, DTypeKind.INTEGER) and (
            shape is None or len(shape) in (3, 4)
        ):
            known = _NUMBERS + _PICTURES
        else:
            known = _NUMBERS
        return tuple((kind, _WORDS[kind]) for kind in known)

    @property
    def type_words(self) -> str:
        """ "float32, ? x 4"."""
        return f"{self.spec.dtype.name}, {numbers.shape(self.spec.shape)}"

    @property
    def takes_argument(self) -> bool:
        """Whether a value or a file is to be given."""
        return not self.is_left_out and (self.kind in _TYPED or self.kind in FROM_FILES)

    @property
    def unknown(self) -> int:
        """How many sizes can be given; of an unknown rank one field takes them all."""
        if self.is_left_out or self.kind in FROM_FILES or self.kind is InputKind.VALUES:
            return 0
        shape = self.spec.shape
        return 1 if shape is None else sum(size is None for size in shape)

    @property
    def problem(self) -> str:
        """Why it can't be made, "" if nothing is wrong that can be seen here."""
        if self.takes_argument and not self.argument.strip() and not self._may_be_empty:
            missing = _MISSING.get(self.kind, "choose the file.")
            return f"{self.spec.name}: {missing}"
        parts = _sizes_in(self.sizes)
        if self.unknown and parts is None:
            return f"{self.spec.name}: sizes are whole numbers with commas, such as 4, 3."
        if self.unknown and self.spec.shape is not None and len(parts or ()) > self.unknown:
            return f"{self.spec.name}: {numbers.counted(self.unknown, 'size')} can be given."
        return ""

    @property
    def _may_be_empty(self) -> bool:
        return self.kind is InputKind.CONSTANT and self.spec.dtype.kind is DTypeKind.STRING

    @property
    def choice(self) -> InputChoice:
        """As the engine takes it."""
        sizes = (_sizes_in(self.sizes) or ()) if self.unknown else ()
        argument = self.argument if self._may_be_empty else self.argument.strip()
        return InputChoice(self.kind, argument if self.takes_argument else "", sizes)


def lines_of(callee: Callee, before: tuple[InputLine, ...] = ()) -> tuple[InputLine, ...]:
    """A line for each input; what was chosen for one of the same name and type stays."""
    known = {line.spec.name: line for line in before}
    lines = []
    for spec in callee.inputs:
        is_optional = spec.name in callee.optional
        line = InputLine(spec, is_optional=is_optional, is_left_out=is_optional)
        old = known.get(spec.name)
        if old is not None and old.spec.dtype == spec.dtype and old.spec.shape == spec.shape:
            line = replace(old, spec=spec, is_optional=is_optional)
        lines.append(line)
    return tuple(lines)


def _sizes_in(text: str) -> tuple[int, ...] | None:
    """The sizes as numbers; None where the text is none."""
    parts = [part.strip() for part in text.replace("x", ",").split(",") if part.strip()]
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else None
