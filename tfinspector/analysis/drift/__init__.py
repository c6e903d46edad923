"""How a tensor moved between two snapshots, and a run among many: from blocks, in one pass."""
