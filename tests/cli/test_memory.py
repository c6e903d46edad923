"""Freed memory is used again, and new memory comes in large pages, where the library is glibc."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = """
import resource
from tfinspector.cli.memory import use_memory_well

def new_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    b"x" * (24 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

{first}
print(new_pages(), new_pages())
"""
HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def new_pages(first: str) -> tuple[int, int]:
    """How many a block of 24 MiB takes, and how many a second one after it, after `first`.

    Without what a cluster in another test set for the memory of its workers (MALLOC_TRIM_THRESHOLD_
    of dask): it stays in the environment, and where it is set glibc's own rules do not hold.
    """
    environment = {name: each for name, each in os.environ.items() if "MALLOC" not in name}
    ran = subprocess.run(
        [sys.executable, "-c", COUNT.format(first=first)],
        check=True, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    once, again = map(int, ran.stdout.split())
    return once, again


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries have other rules")
def test_a_large_block_is_used_again_and_taken_in_large_pages() -> None:
    usual, usual_again = new_pages("")
    once, again = new_pages("use_memory_well()")
    assert usual > 5000
    assert usual_again > 5000 / 2
    assert again < 100
    if HUGE_PAGES.exists() and "[never]" not in HUGE_PAGES.read_text():
        assert once < usual / 2
