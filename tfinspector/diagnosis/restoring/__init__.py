"""Why a restore did not do what was wanted: the judgement, on evidence alone.

`diagnose` asks one small function per class of failure (ids of `shared/knowledge/
restore_failures.md`), in `files`, `factories`, `edges`, `dialects`, `building`, `positions`,
`shapes`, `names`, `optimizers`, `objects`, `surroundings`. What they share is in `case`, how their
answers become a list in `judging`.
"""

from tfinspector.diagnosis.restoring.judging import diagnose

__all__ = ["diagnose"]
