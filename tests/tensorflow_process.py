"""A TensorFlow process for tests: runs makers and reads files as the referee.

One is started per test worker on first use, so that the test process itself never imports
TensorFlow. Requests and answers are pickles over the original standard input and output.
"""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


class TensorFlowProcess:
    """The client: `call("tests.makers.x:function", argument, ...)` runs it over there."""

    def __init__(self) -> None:
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.tensorflow_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, cwd=Path(__file__).parent.parent,
        )  # fmt: skip

    def call(self, function: str, *arguments: Any) -> Any:
        """The function's return value; its exception, as RuntimeError with the traceback."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump((function, arguments), self._process.stdin)
        self._process.stdin.flush()
        good, answer = pickle.load(self._process.stdout)
        if not good:
            raise RuntimeError(answer)
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def read_checkpoint(prefix: str) -> dict[str, tuple[str, tuple[int, ...], Any]]:
    """TensorFlow's own reading: key -> (dtype name, shape, bytes or list of bytes or None).

    None stands where TensorFlow itself can't give the value (variants, some sliced types).
    """
    import tensorflow as tf

    reader = tf.train.load_checkpoint(prefix)
    answer: dict[str, tuple[str, tuple[int, ...], Any]] = {}
    dtypes = reader.get_variable_to_dtype_map()
    for key, shape in reader.get_variable_to_shape_map().items():
        try:
            value = reader.get_tensor(key)
        except Exception:  # noqa: BLE001 - whatever the referee can't read has no verdict
            answer[key] = (dtypes[key].name, tuple(shape), None)
            continue
        is_text = dtypes[key] == tf.string
        data = (
            [value]
            if is_text and not shape
            else value.ravel().tolist()
            if is_text
            else value.tobytes()
        )
        answer[key] = (dtypes[key].name, tuple(shape), data)
    return answer


def _serve() -> None:
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            function, arguments = pickle.load(requests)
        except EOFError:
            return
        module, _, name = function.partition(":")
        try:
            call: Callable[..., Any] = getattr(importlib.import_module(module), name)
            reply = (True, call(*arguments))
        except BaseException:  # noqa: BLE001 - relayed to the test, whatever it is
            import traceback

            reply = (False, traceback.format_exc())
        pickle.dump(reply, answers)
        answers.flush()


if __name__ == "__main__":
    _serve()
