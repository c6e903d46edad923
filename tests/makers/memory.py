"""A checkpoint that is large beside what little memory a test leaves."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def save_large(directory: str) -> None:
    """`ckpt` of what the factory in `directory` builds."""
    path = Path(directory) / "factory.py"
    specification = importlib.util.spec_from_file_location("large_factory", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    module.build().write(str(path.with_name("ckpt")))
