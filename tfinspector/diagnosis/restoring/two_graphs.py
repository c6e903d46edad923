"""The two object graphs of a restore: the checkpoint's and the model's, with their paths."""

from collections.abc import Callable, Iterable
from functools import cached_property

from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.models import ModelDescription, ModelNode
from tfinspector.contents.restores import MatchTable, RestoreEvidence
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.matching.roles import PRIVATE, is_optimizer

ROOT = 0
_Children = Callable[[int], Iterable[tuple[str, int]]]


class TwoGraphs:
    """What belongs to what on either side. Paths begin at the root, optimizers' come last."""

    def __init__(self, evidence: RestoreEvidence) -> None:
        self.evidence = evidence
        self.checkpoint = evidence.checkpoint

    @property
    def graph(self) -> ObjectGraph:
        """The checkpoint's; an empty one where it has none."""
        return self.checkpoint.graph or ObjectGraph(())

    @cached_property
    def model(self) -> ModelDescription:
        """The model; detectors that need it are only asked where there is one."""
        assert self.evidence.model is not None
        return self.evidence.model

    @cached_property
    def table(self) -> MatchTable:
        """The match; as for `model`."""
        assert self.evidence.table is not None
        return self.evidence.table

    @cached_property
    def bound(self) -> dict[int, int]:
        """Checkpoint node -> model node."""
        return self.table.bound

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """The file's variables by key."""
        return {one.key: one for one in self.checkpoint.variables}

    def node(self, number: int) -> ModelNode:
        """An object of the model."""
        return self.model.nodes[number]

    def model_children(self, number: int) -> dict[str, int]:
        """Its children by name; of the wrapper around a bare model, none."""
        return dict(self.model.nodes[number].children) if number >= 0 else {}

    def file_children(self, number: int) -> dict[str, int]:
        """The children of a node of the checkpoint."""
        return dict(self.graph.nodes[number].children)

    @cached_property
    def file_paths(self) -> dict[int, str]:
        """The shortest path to each node of the checkpoint, optimizers last."""
        return _paths(
            len(self.graph.nodes),
            lambda node: self.graph.nodes[node].children,
            self.file_optimizers,
        )

    @cached_property
    def model_paths(self) -> dict[int, str]:
        """The same for the model."""
        optimizers = {
            place for place, node in enumerate(self.model.nodes) if is_optimizer(node.kind)
        }
        return _paths(
            len(self.model.nodes), lambda node: self.model.nodes[node].children, optimizers
        )

    @cached_property
    def file_optimizers(self) -> set[int]:
        """Nodes of the checkpoint that are optimizers."""
        marks = {"_iterations", "iterations", "iter"}
        return {
            place
            for place, node in enumerate(self.graph.nodes)
            if node.slots or any(name in marks for name, _ in node.children)
        }

    def beneath_file(self, begin: Iterable[int]) -> set[int]:
        """Nodes reached from `begin`, those included; not through optimizers."""
        return _reach(begin, lambda node: self.graph.nodes[node].children, self.file_optimizers)

    def beneath_model(self, begin: Iterable[int]) -> set[int]:
        """The same in the model."""
        return _reach((node for node in begin if node >= 0), lambda node: self.node(node).children)

    def say(self, path: str) -> str:
        """A path of the model as a person would say it: layers by their names, no private lists."""
        words: list[str] = []
        here, inside = ROOT, ""
        for name in path.split("/") if path else ():
            here = self.model_children(here).get(name, -1)
            if here < 0:
                return path
            if name not in PRIVATE and not name.startswith("layer_with_weights-"):
                given = self.node(here).name if inside in PRIVATE and name.isdigit() else ""
                words.append(given or name.lstrip("_") or name)
            elif name not in PRIVATE:
                words.append(self.node(here).name or name)
            inside = name
        return "/".join(words)


def _reach(begin: Iterable[int], children: _Children, around: Iterable[int] = ()) -> set[int]:
    found = set(begin)
    barred = set(around) - found
    queue = list(found)
    for here in queue:  # it grows meanwhile
        for _, child in children(here):
            if child not in found and child not in barred:
                found.add(child)
                queue.append(child)
    return found


def _paths(count: int, children: _Children, late: set[int]) -> dict[int, str]:
    if not count:
        return {}
    paths = {ROOT: ""}
    queue, last = [ROOT], []
    while queue:
        for here in queue:  # it grows meanwhile
            for name, child in children(here):
                if child in paths:
                    continue
                if child in late:
                    last.append((here, name, child))
                    continue
                paths[child] = f"{paths[here]}/{name}" if paths[here] else name
                queue.append(child)
        queue = []
        for here, name, child in last:
            if child not in paths:
                paths[child] = f"{paths[here]}/{name}" if paths[here] else name
                queue.append(child)
        last, late = [], set()
    return paths
