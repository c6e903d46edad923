"""What is noteworthy about a run or a pair of snapshots: one function per class of finding.

All ids that begin with D, wherever they are found (those from D20 on by the engine and the
commands, which are asked for what cannot be done):

| id  | what |
| --- | --- |
| D01 | the first snapshot with NaN or infinite values, and where |
| D02 | variables that never move: trained ones that stand still, or frozen ones, by groups |
| D03 | moving statistics of a normalization that move while its gamma and beta are frozen |
| D04 | a sudden change of the norm of kernels from one snapshot to the next |
| D05 | dead units: rows or columns of a kernel that are all zero in the newest snapshot |
| D06 | neighbouring snapshots that hold the same weights |
| D07 | order: snapshots sorted for the reader; steps, counters or times that run backwards |
| D08 | snapshots of different architectures |
| D09 | variables that can't be read at some snapshot |
| D10 | snapshots left out of the run's path, because weights in them are NaN or infinite |
| D20 | nothing to compare: fewer than two snapshots, or a reference without values |
| D21 | a map of renames that does not fit the two sides |
| D22 | a condition of `--fail-on` holds |
| D23 | no picture can be drawn here |
| D24 | an executor that is unknown, not installed, or does not answer |
"""
