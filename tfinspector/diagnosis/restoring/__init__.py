"""Why a restore did not do what was wanted: the judgement, on evidence alone.

`diagnose` asks one small function per class of failure (ids of `shared/knowledge/
restore_failures.md`; B01 to B07 are told in `factories`): in `files`, `factories`, `edges`,
`strangers`, `dialects`, `building`, `positions`, `trained`, `shapes`, `dtypes`, `names`,
`partitions`, `optimizers`, `optimizer_leftovers`, `objects`, `saved_models`, `graph_files` and
`surroundings`, and of Keras files in `keras_loading`. What they share is in `case` and
`two_graphs`, the search for parts under other names in `grafts`, how answers become a list in
`judging`.
"""

from tfinspector.diagnosis.restoring.judging import diagnose

__all__ = ["diagnose"]
