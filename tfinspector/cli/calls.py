"""What `run` and `verify` share: a call as it is asked for, and how its inputs are told."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tfinspector.cli.documents import Document
from tfinspector.contents.calls import GivenInput
from tfinspector.engine.running.asking import Asked, choices_of

FunctionOption = Annotated[
    str | None,
    typer.Option(
        "--function",
        metavar="PATH",
        help="Call this function instead: __call__, encoder/serve, ...",
        show_default=False,
    ),
]
FormOption = Annotated[
    int | None,
    typer.Option(
        "--form",
        metavar="N",
        help="Which call form of the function; the one that the inputs fit, if left out.",
        show_default=False,
    ),
]

CustomOption = Annotated[
    list[str] | None,
    typer.Option(
        "--custom",
        metavar="MODULE|FILE.py",
        help="Has the classes of a Keras file, or registers operations of a graph; it is "
        "executed. May be given several times.",
        show_default=False,
    ),
]


def asked_inputs(inputs: Sequence[str] | None, sizes: Sequence[str] | None) -> Asked:
    """`--input` and `--size`. Raises Unreadable (S06)."""
    return choices_of(inputs or (), sizes or ())


def check_callee(signature: str | None, function: str | None, form: int | None) -> None:
    """Options that contradict each other are wrong usage."""
    if signature is not None and function is not None:
        raise typer.BadParameter("does not go together with --signature", param_hint="--function")
    if form is not None and function is None:
        raise typer.BadParameter("goes together with --function", param_hint="--form")


def given_documents(given: Sequence[GivenInput]) -> list[Document]:
    """What went in."""
    return [
        {"name": one.name, "dtype": one.dtype, "shape": list(one.shape), "from": one.origin}
        for one in given
    ]


def given_words(given: Sequence[GivenInput]) -> str:
    """ "x: random, mask: zeros"."""
    return ", ".join(f"{one.name}: {one.origin}" for one in given)
