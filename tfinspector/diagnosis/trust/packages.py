"""Which package registers an operation that plain TensorFlow does not have."""

import re

_PACKAGES = (
    (
        r"TFText>|RegexSplitWithOffsets|Sentencepiece|(?:Fast)?Wordpiece|FastBert|FastSentencepiece|"
        r"(?:UnicodeScript|Whitespace|SplitMerge)\w*Tokenize|NormalizeUTF8|CaseFoldUTF8|"
        r"ConstrainedSequence|RougeL|SentenceFragments|FindSourceOffsets|MaxSpanningTree",
        "tensorflow_text",
    ),
    (r"Addons>", "tensorflow_addons"),
    (r"IO>", "tensorflow_io"),
    (r"TFRA>", "tensorflow_recommenders_addons"),
    (r"SimpleML", "tensorflow_decision_forests"),
    (r"Horovod", "horovod.tensorflow"),
    (r"Tfq", "tensorflow_quantum"),
    (r"Reverb", "reverb"),
)
_PATTERNS = tuple((re.compile(pattern), package) for pattern, package in _PACKAGES)
_TENSORRT = re.compile(r"(?:\w*TRT[A-Z]|GetCalibrationData)")


def package_of(op: str) -> str:
    """The name to import, "" where nothing is known of the operation."""
    return next((package for pattern, package in _PATTERNS if pattern.match(op)), "")


def is_of_tensorrt(op: str) -> bool:
    """Whether only a TensorFlow that was built with TensorRT has it."""
    return _TENSORRT.match(op) is not None
