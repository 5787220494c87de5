"""Edits of a `Graph` as plain data: put a call in, take one out, hand a call another tensor.

A `Draft` is a graph under edit. Its calls have numbers that do not change while it is edited and no
order; `done` puts them in order again and leaves out what no output uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from exercises_check.graph import (
    Graph,
    Node,
    Operation,
    Port,
    Tensor,
    Weight,
    map_tensors,
    tensors_in,
)


class Cycle(ValueError):
    """An edit made a call receive what follows from it."""


@dataclass
class Draft:
    """A graph under edit."""

    graph: Graph
    nodes: dict[int, Node]
    operations: dict[str, Operation]
    inputs: list[Port]
    outputs: list[Port]

    def add(self, operation: Operation, *arguments: tuple[str, Any], like: int = 0) -> Tensor:
        """A further call; its shape stands as that of call `like` until it is built."""
        number = max(self.nodes) + 1
        self.operations[operation.key] = operation
        self.nodes[number] = Node(operation.key, tuple(arguments), self.nodes[like].outputs)
        return Tensor(number)

    def set_arguments(self, number: int, arguments: tuple) -> None:
        self.nodes[number] = replace(self.nodes[number], arguments=arguments)

    def feed(self, number: int, position: int, tensor: Tensor) -> None:
        """Hand call `number` another tensor as its `position`-th."""
        count = iter(range(10**6))
        change = lambda old: tensor if next(count) == position else old  # noqa: E731
        self.set_arguments(number, map_tensors(self.nodes[number].arguments, change))

    def use_instead(self, old: Tensor, new: Tensor, but: tuple[int, ...] = ()) -> None:
        """Use `new` wherever `old` is used, except in the calls `but` and in `new` itself."""
        for number, node in self.nodes.items():
            if number not in but and number != new.node:
                self.set_arguments(
                    number, map_tensors(node.arguments, lambda t: new if t == old else t)
                )
        self.outputs = [
            replace(port, tensor=new) if port.tensor == old else port for port in self.outputs
        ]

    def users(self, tensor: Tensor) -> list[int]:
        return [number for number, node in self.nodes.items() if tensor in node.tensors]

    def done(self, **changes: Any) -> Graph:
        """The edited graph, its calls in an order in which they can be computed."""
        order: list[int] = [port.tensor.node for port in self.inputs]
        state: dict[int, int] = dict.fromkeys(order, 2)
        for output in self.outputs:
            stack = [(output.tensor.node, False)]
            while stack:
                number, ready = stack.pop()
                if ready:
                    state[number] = 2
                    order.append(number)
                elif state.get(number, 0) == 0:
                    state[number] = 1
                    stack.append((number, True))
                    for tensor in reversed(self.nodes[number].tensors):
                        if state.get(tensor.node) == 1:
                            raise Cycle(number)
                        stack.append((tensor.node, False))
        place = {number: new for new, number in enumerate(order)}

        def moved(tensor: Tensor) -> Tensor:
            return Tensor(place[tensor.node], tensor.index)

        nodes = tuple(
            replace(node, arguments=map_tensors(node.arguments, moved))
            for node in (self.nodes[number] for number in order)
        )
        return replace(
            self.graph,
            nodes=nodes,
            operations={node.operation: self.operations[node.operation] for node in nodes},
            inputs=tuple(replace(port, tensor=moved(port.tensor)) for port in self.inputs),
            outputs=tuple(replace(port, tensor=moved(port.tensor)) for port in self.outputs),
            **changes,
        )


def draft(graph: Graph) -> Draft:
    return Draft(
        graph,
        dict(enumerate(graph.nodes)),
        dict(graph.operations),
        list(graph.inputs),
        list(graph.outputs),
    )


def layer(key: str, class_name: str, dtype: str = "float32", **settings: Any) -> Operation:
    """A layer that is put into a graph."""
    return Operation(key, key, class_name, True, settings, dtype=dtype)


def op(key: str, class_name: str, **settings: Any) -> Operation:
    """An operation of `keras.ops` that is put into a graph."""
    return Operation(key, key, class_name, False, settings)


def every_operation(graph: Graph) -> Iterator[Operation]:
    """Each operation once, those of nested models too."""
    seen: set[str] = set()
    waiting = [graph]
    while waiting:
        for operation in waiting.pop().operations.values():
            if operation.key not in seen:
                seen.add(operation.key)
                yield operation
                if operation.graph is not None:
                    waiting.append(operation.graph)


def map_operations(graph: Graph, change: Callable[[Operation], Operation]) -> Graph:
    """`graph` with `change(operation)` for each operation, those of nested models too."""
    operations = {}
    for key, operation in graph.operations.items():
        if operation.graph is not None:
            operation = replace(operation, graph=map_operations(operation.graph, change))
        operations[key] = change(operation)
    return replace(graph, operations=operations)


def with_operation(whole: Graph, key: str, **changes: Any) -> Graph:
    """A graph with the operation of this key changed wherever it is used."""
    return map_operations(whole, lambda o: replace(o, **changes) if o.key == key else o)


def renamed(graph: Graph, prefix: str, ports: bool = True) -> Graph:
    """`graph` with a prefix to the name of each model and operation; keys stay.

    Without `ports` what enters and what leaves keeps its name.
    """
    kept = {graph.operation(p.tensor.node).key for p in graph.inputs + graph.outputs}

    def name(old: str) -> str:
        return f"{prefix}_{old}"

    def change(operation: Operation) -> Operation:
        if operation.key in kept and not ports:
            return operation
        inner = operation.graph and replace(operation.graph, name=name(operation.name))
        return replace(operation, name=name(operation.name), graph=inner)

    changed = map_operations(graph, change)
    return replace(changed, name=name(graph.name))


def levels(graph: Graph) -> Iterator[tuple[Graph, Callable[[Graph], Graph]]]:
    """`graph` and each graph nested in it, with what puts an edited one in its place."""
    yield graph, lambda edited: edited
    for operation in every_operation(graph):
        if operation.graph is not None:
            yield (
                operation.graph,
                lambda edited, key=operation.key: with_operation(graph, key, graph=edited),
            )


def set_trainable(operation: Operation, trainable: bool) -> Operation:
    """`operation` frozen or not, with all that is nested in it."""
    weights = tuple(replace(weight, trainable=trainable) for weight in operation.weights)
    inner = operation.graph
    if inner is not None:
        inner = map_operations(inner, lambda o: set_trainable(o, trainable))
    return replace(operation, weights=weights, graph=inner)


__all__ = [
    "Cycle", "Draft", "Weight", "draft", "every_operation", "layer", "levels", "map_operations",
    "op", "renamed", "set_trainable", "tensors_in", "with_operation",
]  # fmt: skip
