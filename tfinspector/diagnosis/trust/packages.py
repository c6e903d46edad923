"""Which package registers an operation that plain TensorFlow does not have."""

import re
from typing import NamedTuple


class Package(NamedTuple):
    """`module` is what to import, `distribution` what to install."""

    module: str
    distribution: str


_PACKAGES = (
    (
        r"TFText>|Regex|Sentencepiece|(?:Fast)?Wordpiece|FastBert|FastSentencepiece|"
        r"(?:UnicodeScript|Whitespace|SplitMerge)\w*Tokenize|NormalizeUTF8|CaseFoldUTF8|"
        r"ConstrainedSequence|RougeL|SentenceFragments|FindSourceOffsets|MaxSpanningTree",
        Package("tensorflow_text", "tensorflow-text"),
    ),
    (r"Addons>", Package("tensorflow_addons", "tensorflow-addons")),
    (r"IO>", Package("tensorflow_io", "tensorflow-io")),
    (
        r"TFRA>|Recommenders",
        Package("tensorflow_recommenders_addons", "tensorflow-recommenders-addons"),
    ),
    (r"SimpleML", Package("tensorflow_decision_forests", "tensorflow-decision-forests")),
    (r"Horovod", Package("horovod.tensorflow", "horovod")),
    (r"Tfq", Package("tensorflow_quantum", "tensorflow-quantum")),
    (r"Reverb", Package("reverb", "dm-reverb")),
    (r"Lce|Lq", Package("larq_compute_engine", "larq-compute-engine")),
    (r"\w*TRT[A-Z]|GetCalibrationData",
     Package("tensorflow.compiler.tf2tensorrt", "nvidia-tensorrt")),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern), package) for pattern, package in _PACKAGES)
_TENSORRT = _PATTERNS[-1][0]


def package_of(op: str) -> Package | None:
    """None where nothing is known of the operation."""
    return next((package for pattern, package in _PATTERNS if pattern.match(op)), None)


def known_modules() -> tuple[str, ...]:
    """What may be installed beside TensorFlow, by the names to import."""
    return tuple(package.module for _, package in _PACKAGES)


def is_of_tensorrt(op: str) -> bool:
    """Whether only a TensorFlow that was built with TensorRT has it."""
    return _TENSORRT.match(op) is not None
