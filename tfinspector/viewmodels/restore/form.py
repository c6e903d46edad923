"""What a person fills in before a restore: factory, arguments, interpreter, device, on mismatch."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from tfinspector.contents.reports import Interpreter

CPU = "CPU:0"
NO_GPU = "TensorFlow sees no GPU in this interpreter"
NOT_YET = "known once TensorFlow has started"


@dataclass(frozen=True, slots=True)
class RestoreForm:
    """The fields as they are written.

    factory  SPEC: "path/to/file.py:callable" or "package.module:callable"
    kwargs   keyword arguments as a JSON object, "" for none
    worker   command of the interpreter, "" for that of the window's worker
    device   "CPU:0"
    partial  on mismatch restore what fits, instead of nothing
    """

    factory: str = ""
    kwargs: str = ""
    worker: str = ""
    device: str = CPU
    partial: bool = False

    @property
    def file(self) -> str:
        """The Python file of the factory, "" for a module or where there is none yet."""
        path = self.factory.rpartition(":")[0] or self.factory
        return os.path.expanduser(path) if path.endswith(".py") else ""

    @property
    def callable(self) -> str:
        """What in the file or module is called, "" if not chosen yet."""
        return self.factory.rpartition(":")[2] if ":" in self.factory else ""

    @property
    def spec(self) -> str:
        """The factory as the engine wants it: `~` is expanded."""
        return os.path.expanduser(self.factory.strip())

    @property
    def command(self) -> tuple[str, ...] | None:
        """The interpreter's command; None for the window's own."""
        return tuple(shlex.split(self.worker)) or None

    @property
    def arguments(self) -> dict[str, Any]:
        """The keyword arguments. Raises ValueError with a sentence."""
        return parse_arguments(self.kwargs)

    @property
    def kwargs_problem(self) -> str:
        """What is wrong with the arguments, "" if nothing."""
        try:
            parse_arguments(self.kwargs)
        except ValueError as error:
            return str(error)
        return ""

    @property
    def worker_problem(self) -> str:
        """What is wrong with the command, "" if nothing."""
        try:
            shlex.split(self.worker)
        except ValueError:
            return "The interpreter's command has an open quotation mark: close it."
        return ""

    @property
    def why_not(self) -> str:
        """Why nothing can be run with this, "" if it can."""
        if not self.factory.strip():
            return "Choose the function that builds your model."
        if not self.callable:
            return "Say which function of it builds the model: file.py:function."
        return self.kwargs_problem or self.worker_problem

    def remembered(self) -> dict[str, str]:
        """As it is kept in the settings: texts only."""
        return {name: str(value) for name, value in asdict(self).items()}


def recalled(kept: Mapping[str, str]) -> RestoreForm:
    """The form from the settings; what is not known is left out."""
    known = {each.name for each in fields(RestoreForm)}
    texts: dict[str, Any] = {name: text for name, text in kept.items() if name in known}
    texts["partial"] = kept.get("partial") == str(True)
    return RestoreForm(**texts)


def parse_arguments(text: str) -> dict[str, Any]:
    """Keyword arguments from JSON. Raises ValueError with a sentence that says what to write."""
    if not text.strip():
        return {}
    try:
        made = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"The arguments are no JSON: {error.msg.lower()}, at character {error.colno}."
        ) from None
    except RecursionError:
        raise ValueError("The arguments are nested too deeply.") from None
    if not isinstance(made, dict):
        raise ValueError('The arguments must be a JSON object, like {"width": 64}.')
    odd = next((name for name in made if not name.isidentifier()), None)
    if odd is not None:
        raise ValueError(f'"{odd}" can\'t be the name of an argument.')
    return made


class DeviceChoice(NamedTuple):
    """One line of the device list; `why_not` says why it can't be chosen, "" if it can."""

    name: str
    text: str
    why_not: str = ""


def device_choices(about: Interpreter | None, chosen: str) -> list[DeviceChoice]:
    """The worker's devices; a GPU that is not there is shown with the reason."""
    devices = list(about.devices) if about else []
    choices = [
        DeviceChoice(each.name, f"{each.name} · {each.model}" if each.model else each.name)
        for each in devices
    ]
    names = {choice.name for choice in choices}
    if CPU not in names:
        choices.insert(0, DeviceChoice(CPU, CPU))
    if not any(name.startswith("GPU") for name in names):
        why = NO_GPU if about else NOT_YET
        choices.append(DeviceChoice("GPU:0", f"GPU:0 · {why}", why))
    if chosen not in {choice.name for choice in choices}:
        choices.append(DeviceChoice(chosen, f"{chosen} · not reported", NO_GPU))
    return choices
