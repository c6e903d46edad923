"""Where a pair's sums and counts lie in the arrays that kernels fill."""

DD, AA, BB, AB, ABSOLUTE = range(5)
"""Sums over pairs that are finite on both sides, of the reference a and the snapshot b: squares of
the difference, of a, of b, the products, the magnitudes of the difference."""

SUMS = 5
"""So many sums; behind each, this much further, lies what its rounding lost."""

GREATEST = 2 * SUMS
FIGURES = GREATEST + 1

FINITE, CHANGED, BEYOND, FLIPS, OUT_OF_RANGE = range(5)
COUNTS = 5
