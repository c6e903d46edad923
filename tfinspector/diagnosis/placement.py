"""F07: tensors that share bytes of a data file, and bytes that belong to no tensor."""

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.checks import Placement
from tfinspector.contents.findings import Finding, Fix, Severity


def find_odd_placement(checkpoint: Checkpoint, placement: Placement) -> list[Finding]:
    """What no save of TensorFlow leaves behind."""
    findings = []
    if placement.overlaps:
        first = placement.overlaps[0]
        count = numbers.counted(
            len(placement.overlaps), "pair of tensors shares", "pairs of tensors share"
        )
        findings.append(Finding(
            "F07", Severity.WARNING,
            f"{count} bytes of a data file: {first.first} and {first.second} have "
            f"{numbers.counted(first.nbytes, 'byte')} of {first.file} in common.",
            "TensorFlow writes one tensor after the other. At least one place in the index is "
            "wrong, or another program wrote the file; a checksum tells which tensor holds.",
            f"{checkpoint.prefix}.index",
            {"overlaps": [{"first": one.first, "second": one.second, "file": one.file,
                           "bytes": one.nbytes} for one in placement.overlaps]},
            Fix("Copy the index again from where it was saved, or save the checkpoint anew."),
        ))  # fmt: skip
    if placement.unnamed:
        file, nbytes = placement.unnamed[0]
        lost = bool(checkpoint.lost_blocks)
        detail = (
            "They are those of the tensors whose entries in the index are lost." if lost else
            "The data file belongs to a larger save, something was appended to it, or the index "
            "lost entries."
        )  # fmt: skip
        findings.append(Finding(
            "F07", Severity.INFO,
            f"{numbers.counted(nbytes, 'byte')} of {file} belong to no tensor.",
            detail, f"{checkpoint.prefix}.index",
            {"bytes": dict(placement.unnamed)},
            Fix("Compare the size of the file with that where it was saved."),
        ))  # fmt: skip
    return findings
