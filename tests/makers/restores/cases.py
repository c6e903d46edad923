"""What a case of the corpus is, and the tools that its maker has.

No TensorFlow is imported by this module, so that the tests can read cases without it.
"""

from __future__ import annotations

import ast
import json
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

RESTORED = "restored"
LEGACY = "legacy"


@dataclass(frozen=True)
class Case:
    """What is expected of a case.

    found    class of the first finding (ids of restore_failures.md), "" for a healthy restore
    also     classes that would be as right, or may be told besides as infos where it is healthy
    states   how many rows have each state after a restore (seeds of random numbers left out);
             what a dry run expects to be restored counts as "restored", also where the restore
             was stopped before anything was assigned; empty where they depend on where the
             damage lies
    dry      the same of a dry run, where it can't know what a restore finds
    plain    what TensorFlow itself does with the user's own call, see `user.plain`: the name of
             an exception, "consumed", "partial" (assert_consumed fails) or "names" (by names),
             then how many of the model's variables it changed: "partial 2/6"
    repair   "write_fixed": the suggested renames make a checkpoint that plain TensorFlow
             restores; "" where no renaming can help
    accept   transforms of values that the user has to accept for the repair
    given    the path that the user gives, relative to the directory of the case
    attach   under which name the user's own tf.train.Checkpoint holds a bare model
    python   "main", or "legacy" for the environment with tf_keras
    """

    name: str
    found: str
    states: dict[str, int]
    plain: str
    also: tuple[str, ...] = ()
    dry: dict[str, int] | None = None
    repair: str = ""
    accept: tuple[str, ...] = ()
    given: str = "ckpt-1"
    attach: str = ""
    python: str = "main"
    notes: str = ""

    @property
    def file(self) -> str:
        """The factory's file name, which no other case has."""
        return f"{self.name}_factory.py"

    @classmethod
    def read(cls, directory: Path) -> Case:
        told = json.loads((directory / "case.json").read_text(encoding="utf-8"))
        return cls(**(told | {"also": tuple(told["also"]), "accept": tuple(told["accept"])}))


GROUPS = (
    "healthy", "files", "edges", "instances", "building", "positions", "shapes_and_types", "names",
    "optimizers", "objects", "networks", "wrappers", "rewritten", "sizes", "training",
    "healthy_networks", "adapted", "from_keras2",
)  # fmt: skip
Maker = Callable[["Place"], None]
MAKERS: dict[str, tuple[Case, Maker]] = {}


def case(found: str, states: dict[str, int], plain: str, **more: Any) -> Callable[[Maker], Maker]:
    """Registers the decorated maker's case; its name is that of the class and the function."""

    def register(maker: Maker) -> Maker:
        name = case_name(found, maker.__name__)
        assert name not in MAKERS, name
        notes = " ".join((maker.__doc__ or "").split())
        MAKERS[name] = (Case(name, found, states, plain, notes=notes, **more), maker)
        return maker

    return register


def case_name(found: str, function: str) -> str:
    return f"{found.lower() or 'healthy'}_{function}"


def case_names(only_repairable: bool = False) -> list[str]:
    """All cases, or those that a map of names repairs, read from the makers' sources.

    Importing those would import TensorFlow.
    """
    names = []
    for group in GROUPS:
        source = Path(__file__).with_name(f"{group}.py").read_text(encoding="utf-8")
        for function in ast.parse(source).body:
            if isinstance(function, ast.FunctionDef):
                for decorator in function.decorator_list:
                    assert isinstance(decorator, ast.Call)
                    if only_repairable and "repair" not in {k.arg for k in decorator.keywords}:
                        continue
                    names.append(case_name(ast.literal_eval(decorator.args[0]), function.name))
    return names


class Place:
    """The directory of one case, for its maker."""

    def __init__(self, case: Case, directory: Path) -> None:
        self.case = case
        self.directory = directory

    def factory(self, text: str) -> SimpleNamespace:
        """Write the user's factory file; gives what it defines."""
        text = textwrap.dedent(text).lstrip()
        (self.directory / self.case.file).write_text(text, encoding="utf-8")
        return run(text, self.case.file)

    def save(self, checkpoint: Any) -> None:
        """As a user saves: `ckpt-1` and the state file."""
        checkpoint.save(str(self.directory / "ckpt"))

    def right(self, built: Any, without: Sequence[int] = ()) -> None:
        """Keep the values that the model must have after a right restore or repair.

        `without`: numbers of the variables that nothing in the file belongs to.
        """
        import numpy as np

        from tests.makers.restores.user import values_of

        values = list(values_of(built).items())
        wanted = {name: each for at, (name, each) in enumerate(values) if at not in without}
        np.savez(self.directory / "right.npz", **wanted)


def run(text: str, name: str = "train.py") -> SimpleNamespace:
    """What a program defines."""
    space: dict[str, Any] = {"__name__": name.removesuffix(".py")}
    exec(compile(textwrap.dedent(text), name, "exec"), space)
    return SimpleNamespace(**space)


def fill(variables: Iterable[Any], seed: int = 0) -> None:
    """Give each variable values of its own, so that nothing is right by chance."""
    import numpy as np

    for number, variable in enumerate(variables):
        random = np.random.default_rng([seed, number])
        value = random.uniform(0.5, 1.5, variable.shape) + number / 8
        dtype = getattr(variable.dtype, "name", variable.dtype)
        whole = "int" in str(dtype)
        variable.assign(np.round(value * 50).astype("int64") if whole else value)


def copy(source: Any, target: Any) -> None:
    """Assign one model's weights to another's, in order."""
    theirs = [getattr(each, "numpy", lambda each=each: each)() for each in source]
    for mine, value in zip(target, theirs, strict=True):
        mine.assign(value)


def write_case(case: Case, directory: Path) -> None:
    (directory / "case.json").write_text(json.dumps(asdict(case), indent=1), encoding="utf-8")
