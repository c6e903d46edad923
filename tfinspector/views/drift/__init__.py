"""The page Drift: heat map, distributions, curves and the path of a run."""
