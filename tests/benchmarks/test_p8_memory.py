"""P8: peak memory of measuring an 8 GiB checkpoint (a sparse file), above the idle program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.targets import judged
from tests.formats.table_writer import BundleWriter, entry

TARGET_MIB = 400
ROOT = Path(__file__).parent.parent.parent

FLOAT, DOUBLE, BFLOAT16 = 1, 2, 14
_ITEMSIZE = {FLOAT: 4, DOUBLE: 8, BFLOAT16: 2}

CODE = """
import json, sys
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.engine.measuring import measure_all

def memory(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field)) / 1024

checkpoint, reader = read_checkpoint(sys.argv[1])
idle = memory("VmRSS")
kept = list(measure_all(reader, checkpoint.variables))
sizes = [figures.count for _, figures in kept]
print(json.dumps([idle, memory("VmHWM"), sum(v.nbytes for v, _ in kept), sizes]))
"""


def sparse_checkpoint(prefix: Path, tensors: dict[str, tuple[int, tuple[int, int]]]) -> int:
    """A checkpoint of zeros that takes no room on disk; its bytes."""
    writer = BundleWriter()
    end = 0
    for name, (dtype, shape) in sorted(tensors.items()):
        nbytes = shape[0] * shape[1] * _ITEMSIZE[dtype]
        writer.entries[name.encode()] = entry(dtype, shape, 0, end, nbytes, 1)
        end += nbytes
    writer.write(prefix)
    with open(f"{prefix}.data-00000-of-00001", "r+b") as data:
        data.truncate(end)
    return end


@pytest.mark.benchmark_target
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_eight_gibibytes_in_bounded_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tensors = {f"block_{n:02}/kernel": (FLOAT, (4096, 4096)) for n in range(32)}
    tensors["block_99/double"] = (DOUBLE, (8192, 16384))
    tensors["block_99/half"] = (BFLOAT16, (16384, 32768))
    tensors["embedding"] = (FLOAT, (262144, 4096))
    assert sparse_checkpoint(tmp_path / "model", tensors) == 8 << 30
    run = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "model")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    idle, peak, nbytes, sizes = json.loads(run.stdout)
    assert (nbytes, len(sizes)) == (8 << 30, len(tensors))
    with capsys.disabled():
        print(
            f"\nP8: {peak:.0f} MiB at most, {idle:.0f} MiB idle:"
            f" {peak - idle:.0f} MiB above ({judged(peak - idle, TARGET_MIB, at_most=True)})"
        )
    assert peak - idle <= TARGET_MIB
