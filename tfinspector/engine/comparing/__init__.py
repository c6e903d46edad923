"""Comparing snapshots: what a run, or any snapshots put together, did to each variable.

The way in, for both faces (stable):

- `drifting.drift(sources, reference, ...) -> DriftTable`: variables x steps, all metrics against
  the first (or a chosen) snapshot and the one before, and the run's path in its principal plane.
- `comparing.compare(a, b, renames, ...) -> Comparison`: two sources, or snapshots of one
  (`comparing.Side(opened, snapshot_path)`), side by side.

`ordering` puts the snapshots of several sources in order and says by what; as one source to open,
list and measure like any other they are put together by `engine.putting_together`.

The variables of all snapshots are joined to tracks (`tracks`, `joining`); a pass (`passes`) reads
every snapshot once, block by block, and measures each block against those two references while
they are at hand; `sharing_out` spreads the pass over threads or an executor, and what an
`engine.cache` has (`remembered`, by `pages` of rows) is left out of it. `run_path` is drawn from
samples that the pass takes, with their error, or from all weights where that is asked for.
"""
