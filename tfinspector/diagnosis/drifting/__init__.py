"""What is noteworthy about a run or a pair of snapshots: one function per class of finding.

| id  | what |
| --- | --- |
| D01 | the first snapshot with NaN or infinite values, and where |
| D02 | variables that never move: trainable ones that are frozen, or frozen by groups |
| D03 | moving statistics of a normalization that move while its weights are frozen |
| D04 | a sudden change of the norm from one snapshot to the next |
| D05 | dead units: rows or columns of a kernel that are all zero in the newest snapshot |
| D06 | snapshots that hold the same values |
| D07 | order problems: snapshots sorted for the reader, counters or times that run backwards |
| D08 | snapshots of different architectures |
| D09 | variables that can't be read at some snapshot |
| D20 | nothing to compare: fewer than two snapshots |
| D21 | a map of renames that does not fit the two sides |
| D22 | a condition of `--fail-on` holds |
| D23 | no picture can be drawn here |
| D24 | an executor that does not answer |
"""
