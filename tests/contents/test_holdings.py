"""What variables come to."""

from __future__ import annotations

from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.holdings import add_up
from tfinspector.contents.variables import Role, Variable


def test_many_types_are_put_together_at_the_end() -> None:
    names = list(DTYPE_BY_NAME)[:12]
    variables = [
        Variable(name, name, (), DTYPE_BY_NAME[name], (size,), size, Role.WEIGHT)
        for size, name in enumerate(names, 1)
    ]
    holdings = add_up(variables)
    assert [part.name for part in holdings.by_type][-1] == "5 others"
    assert sum(part.nbytes for part in holdings.by_type) == sum(range(1, 13))
    sizes = [part.nbytes for part in holdings.by_type[:-1]]
    assert sizes == sorted(sizes, reverse=True)
