"""Loading the kernels: off the caller's thread, once, and from a cache that can be written to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import tfinspector

ROOT = Path(tfinspector.__file__).parent.parent


def run(code: str, directory: Path, **environment: str) -> str:
    """Run Python on the package in `directory`, with a home of its own."""
    home = directory / "home"
    home.mkdir(exist_ok=True)
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=directory,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(directory)}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def copied_package(directory: Path) -> Path:
    package = directory / "tfinspector"
    for room in ("analysis", "contents"):
        shutil.copytree(
            ROOT / "tfinspector" / room, package / room,
            ignore=shutil.ignore_patterns("__pycache__"),
        )  # fmt: skip
    shutil.copy(ROOT / "tfinspector" / "__init__.py", package)
    return package


def test_importing_the_analysis_does_not_import_numba(tmp_path: Path) -> None:
    code = (
        "import sys, numpy\n"
        "from tfinspector.analysis.sketch import Accumulator\n"
        "import tfinspector.analysis.histogram, tfinspector.analysis.exact\n"
        "a = Accumulator('float32'); a.add(numpy.ones(9, 'f4')); a.statistics()\n"
        "print([name for name in ('numba', 'ml_dtypes', 'platformdirs') if name in sys.modules])"
    )
    assert run(code, tmp_path, PYTHONPATH=str(ROOT)) == "[]\n"


def test_a_package_that_is_not_writable_caches_elsewhere(tmp_path: Path) -> None:
    package = copied_package(tmp_path)
    blocker = package / "analysis" / "__pycache__"
    blocker.write_text("a file where the directory should be: nothing can be written there")
    code = (
        "from numba import config\n"
        "from tfinspector.analysis.compiled import warm_up\n"
        "assert warm_up().result() is not None\n"
        "print(config.CACHE_DIR)"
    )
    cache = Path(run(code, tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache")).strip())
    assert cache == tmp_path / "cache" / "tfinspector" / "kernels"
    assert list(cache.rglob("*.nbi"))


def test_without_any_cache_kernels_are_still_compiled(tmp_path: Path) -> None:
    package = copied_package(tmp_path)
    (package / "analysis" / "__pycache__").write_text("")
    (tmp_path / "cache").write_text("")
    code = (
        "from tfinspector.analysis.kernel_cache import is_prepared\n"
        "from tfinspector.analysis.compiled import warm_up\n"
        "print(is_prepared(), warm_up().result().__name__)"
    )
    expected = "False tfinspector.analysis.kernels\n"
    assert run(code, tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache")) == expected


def test_without_numba_numpy_counts(tmp_path: Path) -> None:
    code = (
        "import sys, numpy\n"
        "sys.modules['numba'] = None\n"
        "from tfinspector.analysis.compiled import kernels, warm_up\n"
        "assert warm_up().result() is None and kernels() is None\n"
        "from tfinspector.analysis.sketch import Accumulator\n"
        "a = Accumulator('float32'); a.add(numpy.arange(9999, dtype='f4'))\n"
        "print(a.statistics().mean)"
    )
    assert run(code, tmp_path, PYTHONPATH=str(ROOT)) == "4999.0\n"


def test_kernels_are_loaded_once_the_work_adds_up(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from tfinspector.analysis import compiled\n"
        "compiled.expect(20 << 20)\n"
        "assert compiled._loading is None\n"
        "compiled.expect(20 << 20)\n"
        "print(compiled._loading.result().__name__)"
    )
    assert run(code, tmp_path, PYTHONPATH=str(ROOT)) == "tfinspector.analysis.kernels\n"
