"""What traps are looked for in: a model's graph with its nested models inline."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import keras

from exercises_check.graph import Graph, Node, Operation, Tensor, map_tensors, tensors_in
from exercises_check.language import _, listed
from exercises_check.listing import variable_names
from exercises_check.read import live_calls
from exercises_check.rules.activations import ACTIVATIONS, OP_ACTIVATIONS, normal_activation
from exercises_check.rules.call import Call
from exercises_check.silent.compiled import Compiled, compiled
from exercises_check.wording import quoted

Path = tuple[int, ...]
MOST_NAMES = 4

# Layers that apply their setting `activation` to their output last.
CONVOLUTIONS = frozenset({"Conv1D", "Conv2D", "Conv3D"})
WITH_ACTIVATION = CONVOLUTIONS | {
    *("Dense", "EinsumDense", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    *("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"),
}
DROPOUTS = frozenset(
    {"Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise"}
    | {"SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"}
)
# Layers that return the very tensor that they receive.
PASSING = frozenset({"Identity", "ActivityRegularization"})


@dataclass(frozen=True)
class Placed(Call):
    """A call in a graph with its nested models inline; its tensors refer to such calls.

    Attributes:
        number: its place among the calls.
        path: where it stands in the graph that was read: node numbers, outermost first.
    """

    number: int = 0
    path: Path = ()

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """What the call returns."""
        return tuple(Tensor(self.number, index) for index in range(len(self.outputs)))

    @property
    def is_input(self) -> bool:
        return self.class_name == "InputLayer"


@dataclass(frozen=True)
class Flat:
    """A graph with its nested models inline: each call comes after those it receives from."""

    calls: tuple[Placed, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    def maker(self, tensor: Tensor) -> Placed:
        """The call that returns `tensor`."""
        return self.calls[tensor.node]

    def shape(self, tensor: Tensor) -> tuple[int | None, ...]:
        return self.maker(tensor).outputs[tensor.index].shape

    @functools.cached_property
    def users(self) -> dict[Tensor, list[Placed]]:
        """The calls that receive each tensor; one that receives it twice is there twice."""
        users: dict[Tensor, list[Placed]] = {}
        for call in self.calls:
            for tensor in call.inputs:
                users.setdefault(tensor, []).append(call)
        return users

    @functools.cached_property
    def ways(self) -> dict[Tensor, int]:
        """In how many places each tensor is used, leaving the model included."""
        ways = {tensor: len(users) for tensor, users in self.users.items()}
        for tensor in self.outputs:
            ways[tensor] = ways.get(tensor, 0) + 1
        return ways


@dataclass(frozen=True)
class Subject:
    """A model in which traps are looked for. What is dear is worked out when it is asked for."""

    model: keras.Model
    graph: Graph

    @functools.cached_property
    def flat(self) -> Flat:
        calls: list[Placed] = []
        given = []
        for port in self.graph.inputs:
            given.append(Tensor(len(calls)))
            spec = self.graph.spec(port.tensor)
            operation = self.graph.operation(port.tensor.node)
            if operation.class_name != "InputLayer":  # a model that starts in the middle of another
                operation = Operation(operation.key, operation.name, "InputLayer")
            path = (port.tensor.node,)
            calls.append(Placed(operation, {}, (), {}, {}, (spec,), number=len(calls), path=path))
        values = _inline(self.graph, (), given, calls)
        outputs = tuple(values[port.tensor] for port in self.graph.outputs)
        return Flat(tuple(calls), tuple(given), outputs)

    @functools.cached_property
    def live(self) -> list[tuple[Path, keras.Operation, Any]]:
        """`(path, operation, training)` for each call that Keras holds, nested models included."""
        found = []
        waiting: list[tuple[Path, keras.Model]] = [((), self.model)]
        while waiting:
            path, model = waiting.pop()
            graph = self._graph_at(path)
            for number, (operation, training) in enumerate(live_calls(model)):
                here = (*path, number)
                found.append((here, operation, training))
                if graph.operation(number).graph is not None:
                    waiting.append((here, operation))
        return sorted(found, key=lambda entry: entry[0])

    @functools.cached_property
    def compiled(self) -> Compiled:
        return compiled(self.model, self.graph)

    def _graph_at(self, path: Path) -> Graph:
        graph = self.graph
        for number in path:
            graph = graph.operation(number).graph
        return graph

    def operation_at(self, path: Path) -> Operation:
        """The operation that the call at `path` calls."""
        return self._graph_at(path[:-1]).operation(path[-1])

    # Names ----------------------------------------------------------------------------------------

    @functools.cached_property
    def _known_names(self) -> dict[int, dict[int, str]]:
        return {}

    def _names(self, graph: Graph) -> dict[int, str]:
        if id(graph) not in self._known_names:
            self._known_names[id(graph)] = variable_names(graph)
        return self._known_names[id(graph)]

    def name(self, call: Placed | Path) -> str:
        """How a listing names the result of a call: `dense`, or `encoder/dense` if nested."""
        path = call.path if isinstance(call, Placed) else call
        graph, names = self.graph, []
        for number in path:
            operation = graph.operation(number)
            inside = operation.graph is not None and len(names) < len(path) - 1
            names.append(operation.name if inside else self._names(graph)[number])
            graph = operation.graph or graph
        return "/".join(names)

    def result(self, tensor: Tensor) -> str:
        """A tensor's name, marked as code."""
        return self.results((tensor,))

    def results(self, tensors: tuple[Tensor, ...]) -> str:
        """The names of tensors, marked as code; long lists are cut."""
        makers = [(self.flat.maker(tensor), tensor.index) for tensor in tensors[: MOST_NAMES + 1]]
        names = [
            f"{self.name(call)}[{index}]" if len(call.outputs) > 1 else self.name(call)
            for call, index in makers
        ]
        return several(names, len(tensors))


def _inline(graph: Graph, path: Path, given: list[Tensor], calls: list[Placed]) -> dict:
    """Write the calls of `graph` to `calls`; for each of its tensors, the one that stands for it.

    Recursion is as deep as models are nested.
    """
    values = {port.tensor: value for port, value in zip(graph.inputs, given, strict=True)}
    for number, node in enumerate(graph.nodes):
        if Tensor(number) in values:
            continue
        operation = graph.operations[node.operation]
        here = (*path, number)
        if operation.graph is not None:
            results = _inline_nested(operation.graph, node, values, here, calls)
        else:
            call = _placed(graph, operation, node, values, len(calls), here)
            calls.append(call)
            results = call.tensors
        for index, value in enumerate(results):
            values[Tensor(number, index)] = value
    return values


def _inline_nested(inner: Graph, node: Node, values: dict, path: Path, calls: list) -> list:
    ports, outputs = inner.inputs, inner.outputs
    if inner.input_structure == "dict":  # Keras flattens a dict by its sorted keys
        by_key = dict(zip(sorted(p.key for p in ports), node.tensors, strict=False))
        given = [values[by_key[port.key]] for port in ports]
    else:
        given = [values[tensor] for tensor in node.tensors[: len(ports)]]
    inside = _inline(inner, path, given, calls)
    if inner.output_structure == "dict":
        outputs = tuple(sorted(outputs, key=lambda port: port.key))
    return [inside[port.tensor] for port in outputs]


def _placed(graph: Graph, operation: Operation, node: Node, values: dict, number: int, path: Path):
    arguments = {name: map_tensors(value, values.__getitem__) for name, value in node.arguments}
    inputs = tuple(tensors_in(tuple(arguments.values())))
    specs = {values[tensor]: graph.spec(tensor) for tensor in node.tensors}
    return Placed(operation, arguments, inputs, specs, {}, node.outputs, number=number, path=path)


# Words about calls --------------------------------------------------------------------------------


def activation_of(call: Placed) -> str | None:
    """The activation that a call ends with: `"softmax"`; `None` if none, `"?"` if unknown."""
    if call.class_name in WITH_ACTIVATION or call.class_name == "Activation":
        activation = normal_activation(call.setting("activation"))
        return activation[0] if activation else None
    return OP_ACTIVATIONS.get(call.class_name, "?")


def is_activation(call: Placed) -> bool:
    """Whether a call does nothing but apply an activation."""
    if call.class_name == "Activation":
        return activation_of(call) in ACTIVATIONS or activation_of(call) is None
    return call.class_name in OP_ACTIVATIONS or call.class_name == "PReLU"


def several(names: list[str], count: int | None = None) -> str:
    """`a`, `b` and `c`; long lists are cut, `count` is how long it is if `names` is cut already."""
    names = list(dict.fromkeys(names))
    count = len(names) if count is None else max(count, len(names))
    if len(names) <= MOST_NAMES:
        return listed(quoted(name) for name in names)
    shown = _(", ").join(quoted(name) for name in names[: MOST_NAMES - 1])
    return _("{names} and {count} more").format(names=shown, count=count - MOST_NAMES + 1)


def shape_text(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
