"""Where in the arrays that compiled kernels fill a figure stands."""

import numpy as np

LOW, HIGH, TOTAL, CARRY, M2, L1 = range(6)
"""Places in `figures`, as `Moments` names them."""
FINITE, NAN, POSINF, NEGINF, POSZERO, NEGZERO = range(6)
"""Places in `counts`."""

NO_FIGURES = np.array([np.inf, -np.inf, 0.0, 0.0, 0.0, 0.0])
NO_COUNTS = np.zeros(6, np.int64)
"""Those of nothing; copy them."""
