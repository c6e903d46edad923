"""Texts of TensorFlow and Keras: the classes they may come from, and what they mean."""

import re

import pytest

from tfinspector.diagnosis.error_texts import SAYINGS, look_up, translate

# The words that TensorFlow 2.21 and Keras 3.15 really used, and the class they must lead to.
SAID = [
    ("DATA_LOSS: not an sstable (bad magic number): perhaps your file is in a different", "F02"),
    ("Unable to open table file /r: FAILED_PRECONDITION: /r; Is a directory", "F03"),
    ("Unsuccessful TensorSliceReader constructor: Failed to find any matching files for x", "F03"),
    ("Couldn't match files for checkpoint /old/ckpt-3", "F05"),
    ("TensorBundle at /r/c shard 0 (4000 bytes): Checksum does not match: stored 1 vs.", "F08"),
    ("Read less bytes than requested", "F07"),
    ("(failed to seek to header entry): block checksum mismatch", "F07"),
    ("variables_temp/part-00000-of-00001.index; No such file [Op:MergeV2Checkpoints]", "F09"),
    ("UNIMPLEMENTED: File system scheme '[local]' not implemented", "F13"),
    ("Unresolved object in checkpoint: (root).model.d1._kernel", "M01"),
    ("Found 6 Python objects that were not bound to checkpointed values, likely due to", "M01"),
    ("Object <Variable> not assigned a value from checkpoint.", "M05"),
    ("Received incompatible tensor with shape (1000,) when attempting to restore", "M08"),
    ("expected dtype bfloat16 does not equal original dtype float", "M09"),
    ("Key dense/kernel not found in checkpoint", "M10"),
    ("You are trying to restore a checkpoint from a legacy Keras optimizer into a v2.11+", "M11"),
    ("Does not have sufficient slices for partitioned tensor w", "M13"),
    ("Inconsistent references when loading the checkpoint into this object graph.", "M20"),
    ("which is different from the scope used for the original variable", "M17"),
    ("`Checkpoint` was expecting optimizer to be a trackable object", "M19"),
    ("OOM when allocating tensor with shape[8192,8192]", "R01"),
    ("Table not initialized.", "M15"),
    ("Layer count mismatch when loading weights from file.", "K05"),
    ("Could not locate class 'X'. Make sure custom classes", "K01"),
]


@pytest.mark.parametrize(("text", "first"), SAID)
def test_a_text_leads_to_its_class(text, first):
    assert look_up(f"prefix: {text} and more")[0] == first


def test_an_unknown_text_leads_nowhere():
    assert look_up("all is well") == ()
    assert translate("all is well") == ()


def test_the_sentence_that_says_the_opposite_is_turned_round():
    said = "An attribute in the restored object could not be found in the checkpoint."
    assert "the opposite" in translate(said)[0]


def test_the_hint_at_devices_is_taken_back():
    said = (
        "Failed to find any matching files for X\n You may be trying to load on a different device"
    )
    assert any("nothing to do with it" in each for each in translate(said))


def test_every_saying_is_a_pattern_with_a_class():
    for saying in SAYINGS:
        re.compile(saying.pattern)
        assert saying.classes
        assert all(re.fullmatch(r"[A-Z]\d\d", each) for each in saying.classes)
