"""A live Keras model from a `Graph`, by public Keras API.

With it, an edit of plain data (a mutant, a rewrite) becomes a model that can be run and read again.
The shapes in the graph are not used, except those of the inputs: Keras works them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from exercises_check.graph import Array, Graph, Node, Operation, Tensor, map_tensors


@dataclass(frozen=True)
class Built:
    """A model, and the layer or operation that each key of the graph became."""

    model: keras.Model
    made: dict[str, Any]

    def name(self, key: str) -> str:
        """The name that the operation of this key has in the model."""
        return self.made[key].name if key in self.made else key


def build(graph: Graph, classes: Mapping[str, type] | None = None) -> Built:
    """The model that `graph` describes; `classes` are those of layers that Keras does not have."""
    building = _Building(classes or {})
    return Built(building.model(graph), building.made)


def classes_of(model: keras.Model) -> dict[str, type]:
    """The classes of a model's own operations and of those nested in it, by name."""
    found: dict[str, type] = {}
    waiting = [model]
    while waiting:
        model = waiting.pop()
        for operation in getattr(model, "operations", model.layers):
            found[type(operation).__name__] = type(operation)
            if isinstance(operation, keras.Model):
                waiting.append(operation)
    return {name: cls for name, cls in found.items() if not cls.__module__.startswith("keras.")}


class _Building:
    def __init__(self, classes: Mapping[str, type]):
        self._classes = classes
        self.made: dict[str, Any] = {}

    def model(self, graph: Graph) -> keras.Model:
        if graph.class_name == "Sequential" and is_chain(graph):
            return self._sequential(graph)
        tensors: dict[Tensor, Any] = {}
        for number, node in enumerate(graph.nodes):
            operation = graph.operations[node.operation]
            if operation.class_name == "InputLayer":
                results = [_input(operation, node)]
                self.made[operation.key] = results[0]
            else:
                results = keras.tree.flatten(self._call(operation, node, tensors))
                if not operation.is_layer:
                    self.made[operation.key] = results[0]._keras_history.operation
            for index, tensor in enumerate(results):
                tensors[Tensor(number, index)] = tensor
        inputs = _structured(graph.inputs, graph.input_structure, tensors)
        outputs = _structured(graph.outputs, graph.output_structure, tensors)
        model = keras.Model(inputs, outputs, name=graph.name)
        self._freeze(graph)
        return model

    def _sequential(self, graph: Graph) -> keras.Model:
        stack = []
        for node in graph.nodes:
            operation = graph.operations[node.operation]
            if operation.class_name == "InputLayer":
                self.made[operation.key] = _input(operation, node)
                stack.append(self.made[operation.key])
            else:
                stack.append(self._layer(operation))
        model = keras.Sequential(stack, name=graph.name)
        self._freeze(graph)
        return model

    def _layer(self, operation: Operation) -> keras.Layer:
        if operation.key not in self.made:
            if operation.graph is not None:
                self.made[operation.key] = self.model(operation.graph)
            else:
                cls = self._classes.get(operation.class_name)
                cls = cls or getattr(keras.layers, operation.class_name)
                config = {name: live(value) for name, value in operation.settings.items()}
                config |= {"name": operation.name, "dtype": operation.dtype}
                wraps = any(isinstance(value, keras.Layer) for value in config.values())
                self.made[operation.key] = cls(**config) if wraps else cls.from_config(config)
        return self.made[operation.key]

    def _call(self, operation: Operation, node: Node, tensors: dict[Tensor, Any]) -> Any:
        arguments = {
            name: live(map_tensors(value, tensors.__getitem__)) for name, value in node.arguments
        }
        if operation.is_layer:
            first, *more = arguments
            rest = {name: arguments[name] for name in more}
            return self._layer(operation)(arguments[first], **rest)
        if operation.class_name == "GetItem":
            key = arguments["key"]
            return arguments["x"][tuple(key) if isinstance(key, list) else key]
        function = getattr(keras.ops, snake(operation.class_name))
        settings = {name: live(value) for name, value in operation.settings.items()}
        return function(**arguments, **settings)

    def _freeze(self, graph: Graph) -> None:
        for operation in graph.operations.values():
            if operation.graph is None and operation.weights and not operation.trainable:
                self.made[operation.key].trainable = False


def _input(operation: Operation, node: Node) -> Any:
    (spec,) = node.outputs
    return keras.Input(batch_shape=spec.shape, dtype=spec.dtype, name=operation.name)


def _structured(ports, structure: str, tensors: dict[Tensor, Any]) -> Any:
    if structure == "dict":
        return {port.key: tensors[port.tensor] for port in ports}
    values = [tensors[port.tensor] for port in ports]
    return values[0] if structure == "tensor" else values


def live(value: Any) -> Any:
    """Plain data of a graph as what a constructor or a call takes."""
    if isinstance(value, Array):
        return np.array(value.values, value.dtype).reshape(value.shape)
    if isinstance(value, tuple):
        return [live(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {"slice"}:
            return slice(*value["slice"])
        if set(value) == {"ellipsis"}:
            return Ellipsis
        if "class_name" in value and "config" in value:
            return _object(value["class_name"], value["config"])
        return {name: live(item) for name, item in value.items()}
    return value


def _object(class_name: str, config: Any) -> Any:
    if class_name == "function":
        return config
    for module in (keras.regularizers, keras.initializers, keras.constraints, keras.layers):
        cls = getattr(module, class_name, None)
        if isinstance(cls, type):
            return cls.from_config({name: live(item) for name, item in config.items()})
    raise KeyError(class_name)


def is_chain(graph: Graph) -> bool:
    """Whether a Sequential could hold the calls: each a new layer on what came before."""
    if len(graph.inputs) != 1 or len({node.operation for node in graph.nodes}) < len(graph.nodes):
        return False
    if any(not graph.operations[node.operation].is_layer for node in graph.nodes):
        return False
    return (
        graph.outputs == (graph.outputs[0],)
        and all(
            len(node.arguments) == 1 and node.arguments[0][1] == Tensor(number - 1)
            for number, node in enumerate(graph.nodes)
            if number
        )
        and graph.outputs[0].tensor == Tensor(len(graph.nodes) - 1)
        and len(graph.nodes) > 1
    )


def snake(class_name: str) -> str:
    """`ExpandDims` as `expand_dims`, as the function of `keras.ops` is called."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in class_name).strip("_")
