"""Freed memory is used again, where the system's library is glibc."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

COUNT = """
import resource
from tfinspector.cli.memory import keep_freed_memory

def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

{first}
b"x" * (8 << 20)
before = pages()
b"x" * (8 << 20)
print(pages() - before)
"""


def new_pages(first: str) -> int:
    """How many the second of two blocks of 8 MiB takes, after `first`."""
    ran = subprocess.run(
        [sys.executable, "-c", COUNT.format(first=first)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(ran.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries have other rules")
def test_a_large_block_is_used_again() -> None:
    assert new_pages("") > 1000
    assert min(new_pages("keep_freed_memory()") for _ in range(3)) < 100  # a busy system may trim
