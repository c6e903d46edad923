"""Freed memory is used again, where the system's library is glibc."""

from __future__ import annotations

import os
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
    """How many the second of two blocks of 8 MiB takes, after `first`.

    Without what a cluster in another test set for the memory of its workers (MALLOC_TRIM_THRESHOLD_
    of dask): it stays in the environment, and where it is set glibc's own rules do not hold.
    """
    environment = {name: each for name, each in os.environ.items() if "MALLOC" not in name}
    ran = subprocess.run(
        [sys.executable, "-c", COUNT.format(first=first)],
        check=True, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    return int(ran.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries have other rules")
def test_a_large_block_is_used_again() -> None:
    assert new_pages("") > 1000
    assert new_pages("keep_freed_memory()") < 100
