"""A functional model as plain data, and that data as JSON.

A `Graph` says what Keras' own graph says: which operations there are, how each call (a `Node`) is
wired, what goes in and what comes out. It holds only numbers, strings, tuples and dicts, so two
models can be compared, stored or sent without Keras and without the weights' values. This module
imports no Keras.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from exercises_check import plain

FORMAT = 1


@dataclass(frozen=True)
class Tensor:
    """A reference to a tensor of a graph: output number `index` of node number `node`."""

    node: int
    index: int = 0


@dataclass(frozen=True)
class Array:
    """A constant array in a call: shape, dtype, a digest of its bytes and, if small, its values."""

    shape: tuple[int, ...]
    dtype: str
    digest: str
    values: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Spec:
    """Shape (`None` for an unknown size, the batch first) and dtype of a tensor."""

    shape: tuple[int | None, ...]
    dtype: str


@dataclass(frozen=True)
class Weight:
    """A weight of a layer: its name, shape, dtype, and whether training changes it."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    trainable: bool


@dataclass(frozen=True)
class Operation:
    """Something that can be called on tensors: a layer, a nested model or one of `keras.ops`.

    Attributes:
        key: unique in one reading, nested models included. Two calls that carry the same key
            share their weights.
        name: the name Keras knows it by, such as `"dense_1"`.
        class_name: such as `"Dense"`, `"Add"`, `"GetItem"`.
        is_layer: a `keras.Layer`; otherwise an operation of `keras.ops` or an operator.
        settings: its arguments as `get_config()` gives them, without name and dtype.
        shown: the settings that differ from the constructor's defaults, in its order.
        weights: its weights, for a nested model or a wrapper those of all it contains.
        dtype: the name of its dtype policy, `None` for what is not a layer.
        supports_masking: whether a Keras mask passes through it.
        uses_mask: the call's arguments that take a mask, such as `("mask",)`.
        graph: for a nested model, its own graph.
    """

    key: str
    name: str
    class_name: str
    is_layer: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    weights: tuple[Weight, ...] = ()
    dtype: str | None = None
    supports_masking: bool = False
    uses_mask: tuple[str, ...] = ()
    graph: Graph | None = None

    @property
    def trainable(self) -> bool:
        """Whether training changes any of its weights."""
        return any(weight.trainable for weight in self.weights)


@dataclass(frozen=True)
class Node:
    """One call of an operation.

    Attributes:
        operation: the key of the operation called.
        arguments: `(name, value)` for each argument of the call that differs from its default.
            Values hold `Tensor`, `Array`, plain values, tuples and dicts of these.
        outputs: what the call returns, flat.
    """

    operation: str
    arguments: tuple[tuple[str, Any], ...]
    outputs: tuple[Spec, ...]

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Every tensor the call receives, in the order of its arguments."""
        return tuple(tensors_in(self.arguments))


@dataclass(frozen=True)
class Port:
    """A place where a tensor enters or leaves a model: its tensor, name, and key in a dict."""

    tensor: Tensor
    name: str
    key: str | None = None


@dataclass(frozen=True)
class Graph:
    """A model: nodes in an order in which they can be computed, operations by key, and the ports.

    `input_structure` and `output_structure` are `"tensor"`, `"list"`, `"dict"` or `"nested"`.
    """

    name: str
    class_name: str
    nodes: tuple[Node, ...]
    operations: dict[str, Operation]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    input_structure: str = "list"
    output_structure: str = "list"

    def operation(self, node: int) -> Operation:
        """The operation that node number `node` calls."""
        return self.operations[self.nodes[node].operation]

    def spec(self, tensor: Tensor) -> Spec:
        """Shape and dtype of `tensor`."""
        return self.nodes[tensor.node].outputs[tensor.index]


def tensors_in(value: Any) -> Iterator[Tensor]:
    """The tensors in an argument, depth first, dicts in the order of their sorted keys."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from tensors_in(value[key])


def map_tensors(value: Any, change: Callable[[Tensor], Any]) -> Any:
    """`value` with `change(tensor)` in the place of each tensor."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, tuple):
        return tuple(map_tensors(item, change) for item in value)
    if isinstance(value, dict):
        return {key: map_tensors(item, change) for key, item in value.items()}
    return value


# JSON ---------------------------------------------------------------------------------------------


def to_json(graph: Graph) -> str:
    """The graph as JSON text. `from_json(to_json(graph)) == graph`."""
    document = {"format": FORMAT, "graph": plain.encode(graph)}
    return json.dumps(document, ensure_ascii=False, allow_nan=True)


def from_json(text: str) -> Graph:
    """The graph that `to_json` wrote.

    Raises:
        ValueError: the text is not such JSON, says what was found.
    """
    document = plain.parse(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else type(document).__name__
        raise ValueError(f"This is not a graph of format {FORMAT}. Received: {found!r}.")
    try:
        return fitting(plain.decode(document.get("graph"), Graph, CLASSES))
    except ValueError as error:
        raise ValueError(f"The graph is damaged: {error}.") from None


CLASSES = (Tensor, Array, Spec, Weight, Operation, Node, Port, Graph)


def fitting(graph: Graph) -> Graph:
    """`graph`, if its parts fit, so that no later step has to ask.

    Raises:
        ValueError: they do not; says which.
    """
    for key, operation in graph.operations.items():
        if operation.key != key:
            raise ValueError(f"operation {key!r} has the key {operation.key!r}")
        if operation.graph is not None:
            fitting(operation.graph)
    for number, node in enumerate(graph.nodes):
        if node.operation not in graph.operations:
            raise ValueError(f"node {number} calls {node.operation!r}, which is not there")
        for tensor in node.tensors:
            if not 0 <= tensor.node < number:
                raise ValueError(
                    f"node {number} receives node {tensor.node}, which is not before it"
                )
            _refuse_stray(graph, tensor)
    for port in graph.inputs + graph.outputs:
        _refuse_stray(graph, port.tensor)
    if not graph.inputs or not graph.outputs:
        raise ValueError("a model has inputs and outputs; there are none")
    return graph


def _refuse_stray(graph: Graph, tensor: Tensor) -> None:
    inside = 0 <= tensor.node < len(graph.nodes)
    if not inside or not 0 <= tensor.index < len(graph.nodes[tensor.node].outputs):
        raise ValueError(f"there is no output {tensor.index} of a node {tensor.node}")
