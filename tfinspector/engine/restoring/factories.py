"""Which factories a Python file offers, found by parsing it: nothing of it is executed."""

import ast
import os
from typing import NamedTuple

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable

_SAMPLES = "sample_inputs"  # not a factory: it tells what the model takes
_MODELS = frozenset({"Model", "Module", "Sequential", "Functional", "Layer"})


class Offered(NamedTuple):
    """A function or class at the top level of a file.

    arguments  names of all it takes, in order, `*args` and `**kwargs` as written
    needed     those without a default: without them it can't be called
    likely     whether it looks like a factory: public, and callable without arguments
    """

    name: str
    kind: str  # "function" or "class"
    arguments: tuple[str, ...]
    needed: tuple[str, ...]
    line: int
    summary: str
    likely: bool


def list_callables(path: str) -> tuple[Offered, ...]:
    """Functions and classes at the top level of a Python file, in its order.

    Those within a top-level `if` or `try` count too. Raises Unreadable: no such file, not text,
    or a syntax error.
    """
    tree = _parse(path)
    found: dict[str, Offered] = {}
    classes: dict[str, ast.ClassDef] = {}
    for node in _top_level(tree.body):
        if isinstance(node, ast.ClassDef):
            classes[node.name] = node
            found[node.name] = _class(node, classes)
        elif isinstance(node, ast.FunctionDef) and node.name != _SAMPLES:
            found[node.name] = _function(node)
    return tuple(found.values())


def has_sample_inputs(path: str) -> bool:
    """Whether the file tells by `sample_inputs()` what its models take. Raises Unreadable."""
    return any(
        isinstance(node, ast.FunctionDef) and node.name == _SAMPLES
        for node in _top_level(_parse(path).body)
    )


def _parse(path: str) -> ast.Module:
    try:
        with open(path, "rb") as file:
            return ast.parse(file.read(), path)
    except OSError as error:
        raise Unreadable(_no_file(path, error)) from error
    except SyntaxError as error:
        raise Unreadable(_no_python(path, error)) from error
    except (ValueError, RecursionError) as error:  # a zero byte; nested too deep
        raise Unreadable(_no_python(path, SyntaxError(str(error)))) from error


def _top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that are executed at import, whatever branch is taken."""
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.If):
            main = isinstance(node.test, ast.Compare) and "__name__" in ast.dump(node.test)
            found += [] if main else _top_level(node.body)
            found += _top_level(node.orelse)
        elif isinstance(node, ast.Try):
            found += _top_level(node.body)
            for handler in node.handlers:
                found += _top_level(handler.body)
            found += _top_level(node.orelse + node.finalbody)
        elif isinstance(node, ast.With):
            found += _top_level(node.body)
        else:
            found.append(node)
    return found


def _function(node: ast.FunctionDef) -> Offered:
    arguments, needed = _arguments(node.args, 0)
    return _offered(node, "function", arguments, needed)


def _class(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Offered:
    init = _init_of(node, classes)
    arguments, needed = _arguments(init.args, 1) if init else ((), ())
    return _offered(node, "class", arguments, needed)


def _init_of(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> ast.FunctionDef | None:
    """Its `__init__`, else that of a base class in the same file."""
    seen: set[str] = set()
    here: ast.ClassDef | None = node
    while here is not None and here.name not in seen:
        seen.add(here.name)
        for each in here.body:
            if isinstance(each, ast.FunctionDef) and each.name == "__init__":
                return each
        names = [base.id for base in here.bases if isinstance(base, ast.Name)]
        here = next((classes[name] for name in names if name in classes), None)
    return None


def _offered(
    node: ast.FunctionDef | ast.ClassDef,
    kind: str,
    arguments: tuple[str, ...],
    needed: tuple[str, ...],
) -> Offered:
    summary = (ast.get_docstring(node) or "").strip().partition("\n")[0]
    likely = not needed and not node.name.startswith("_")
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        likely = likely and (not bases or bool(bases & _MODELS))
    return Offered(node.name, kind, arguments, needed, node.lineno, summary, likely)


def _arguments(args: ast.arguments, skip: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of all arguments and of those without a default, but the first `skip`."""
    plain = [arg.arg for arg in args.posonlyargs + args.args]
    without = plain[: len(plain) - len(args.defaults)][skip:]
    without += [
        arg.arg for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        if default is None
    ]  # fmt: skip
    names = plain[skip:]
    names += [f"*{args.vararg.arg}"] if args.vararg else []
    names += [arg.arg for arg in args.kwonlyargs]
    names += [f"**{args.kwarg.arg}"] if args.kwarg else []
    return tuple(names), tuple(without)


def _no_file(path: str, error: OSError) -> Finding:
    return Finding(
        "W20", Severity.ERROR,
        f"The factory's file {os.path.basename(path) or path} can't be read: "
        f"{(error.strerror or str(error)).lower()}.",
        where=path, fix=Fix("Choose the Python file that has the function that makes your model."),
    )  # fmt: skip


def _no_python(path: str, error: SyntaxError) -> Finding:
    line = f", line {error.lineno}" if error.lineno else ""
    code = (error.text or "").strip()
    return Finding(
        "W21", Severity.ERROR,
        f"{os.path.basename(path)}{line} is no Python that {_version()} understands: {error.msg}.",
        detail=code, where=f"{path}:{error.lineno}" if error.lineno else path,
        evidence={"line": error.lineno, "code": code, "message": error.msg},
        fix=Fix("Correct that line, or choose another file."),
    )  # fmt: skip


def _version() -> str:
    import platform

    return f"Python {platform.python_version()}"
