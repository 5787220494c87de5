"""Whether a model computes what its graph says: random weights and data, and what comes out.

A graph that comes from a process that ran a learner's code is a claim. A class that is called
`Dense` and does something else, or a `get_config` that lies, makes a claim that is not true. So the
model answers to weights and data that are drawn once its code has run, and a model that the judge
builds from the graph, of Keras' own classes, answers to the same.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from exercises_check.building import build
from exercises_check.graph import Graph, Operation, Spec
from exercises_check.language import _
from exercises_check.read import layers_by_key, read, untouched

ROWS = 3
OPEN_SIZE = 12  # of an axis whose size is open: enough for a few convolutions in a row
MOST_WEIGHTS = 10_000_000  # of a model that is tried: more take seconds, and gigabytes
MOST_NUMBERS = 400  # of each output that are compared
MOST_DATA = 60_000_000  # numbers that a call may hold
WORD_LIMIT = 9
# Keras' layers that run code of somebody else's, or read files.
NOT_BUILT = frozenset({"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"})

Weights = dict[str, list[np.ndarray]]


class CannotBuild(Exception):
    """The graph holds what is not Keras' own, or too much to be tried."""


def outputs(
    model: keras.Model, graph: Graph, seed: int, layers: Mapping[str, keras.Layer] | None = None
) -> tuple[tuple[float, ...], ...] | None:
    """What `model` gives for the weights and the data of a seed: the first numbers of each output.

    Args:
        model: it is left as it is.
        graph: its graph.
        seed: of the weights and the data.
        layers: its layers by their keys in `graph`, if they are known.

    Returns:
        `None` where the model is too large to be tried.
    """
    if not is_small(graph):
        return None
    layers = layers or layers_by_key(model)
    arrays: dict[int, np.ndarray] = {}
    for key, values in random_weights(graph, seed).items():
        for variable, value in zip(layers[key].weights, values, strict=True):
            arrays[id(variable)] = value
    trainable, rest = (
        [arrays.get(id(v), v.value) for v in variables]
        for variables in (model.trainable_variables, model.non_trainable_variables)
    )
    trainable = [keras.ops.convert_to_tensor(value) for value in trainable]
    rest = [keras.ops.convert_to_tensor(value) for value in rest]
    tensors = [keras.ops.convert_to_tensor(array) for array in random_data(graph, seed)]
    with untouched(values=True):
        found, _state = model.stateless_call(
            trainable, rest, _structured(graph, tensors), training=False
        )
    if isinstance(found, dict):
        found = [found[port.key] for port in graph.outputs]
    arrays_out = (keras.ops.convert_to_numpy(tensor) for tensor in keras.tree.flatten(found))
    return tuple(tuple(a.astype("float64").ravel()[:MOST_NUMBERS].tolist()) for a in arrays_out)


def _structured(graph: Graph, tensors: list[Any]) -> Any:
    """What goes into a model, in the structure in which it takes it."""
    if graph.input_structure == "dict":
        return {port.key: tensor for port, tensor in zip(graph.inputs, tensors, strict=True)}
    return tensors[0] if graph.input_structure == "tensor" else tensors


def same(found: Any, expected: Any, graph: Graph) -> bool:
    """Whether what came out is what had to, up to the precision of the model's dtypes."""
    dtypes = " ".join(str(operation.dtype) for operation in _operations(graph))
    slack = 0.1 if "bfloat16" in dtypes else 0.03 if "float16" in dtypes else 1e-3
    if not isinstance(found, tuple) or len(found) != len(expected):
        return False
    for mine, wanted in zip(found, expected, strict=True):
        numbers = isinstance(mine, tuple) and all(type(n) in (int, float) for n in mine)
        if not numbers or len(mine) != len(wanted):
            return False
        a, b = np.array(mine, "float64"), np.array(wanted, "float64")
        size = float(np.abs(b[np.isfinite(b)]).max(initial=0.0))
        if not np.isclose(a, b, rtol=slack, atol=slack * size + 1e-6, equal_nan=True).all():
            return False
    return True


def rebuilt(graph: Graph) -> tuple[keras.Model, dict[str, Any]]:
    """The model that a graph describes, of Keras' own classes, and its layers by their keys.

    Raises:
        CannotBuild: it holds something that is not Keras' own, or that Keras does not take.
    """
    for operation in _operations(graph):
        foreign = operation.is_layer and operation.graph is None
        foreign = foreign and not hasattr(keras.layers, operation.class_name)
        if foreign or operation.class_name in NOT_BUILT:
            raise CannotBuild(_("`{name}` is not Keras' own").format(name=operation.class_name))
    try:
        with untouched():  # without values, so that absurd sizes cost nothing
            again = read(build(graph).model)
        if not is_small(again):
            raise CannotBuild(_("the model is too large to be tried"))
        with untouched(values=True):
            built = build(graph)
    except CannotBuild:
        raise
    except Exception as error:
        raise CannotBuild(f"{type(error).__name__}: {error}") from error
    return built.model, built.made


def packed_weights(model: keras.Model, graph: Graph) -> dict[str, tuple[str, ...]] | None:
    """The weights of each layer as they are, by its key, each as text; `None` for a large model."""
    if not is_small(graph):
        return None
    layers = layers_by_key(model)
    keys = [o.key for o in _operations(graph) if o.graph is None and o.weights]
    return {key: tuple(map(_packed, layers[key].weights)) for key in keys}


def _packed(variable: keras.Variable) -> str:
    array = keras.ops.convert_to_numpy(variable.value).astype("<f4")
    return base64.b64encode(array.tobytes()).decode("ascii")


def with_weights(graph: Graph, packed: dict[str, tuple[str, ...]]) -> keras.Model:
    """The model that a graph describes, with these weights.

    Raises:
        CannotBuild: the graph holds what is not Keras' own, or the weights do not fit it.
    """
    model, made = rebuilt(graph)
    try:
        for key, texts in packed.items():
            for variable, text in zip(made[key].weights, texts, strict=True):
                array = np.frombuffer(base64.b64decode(text, validate=True), "<f4")
                variable.assign(array.reshape(variable.shape))
        return model
    except (KeyError, ValueError, AttributeError) as error:
        raise CannotBuild(_("the weights do not fit: {error}").format(error=error)) from None


def is_small(graph: Graph) -> bool:
    """Whether a model can be tried within a second or so."""
    weights = sum(
        _size(weight.shape) for operation in _operations(graph) for weight in operation.weights
    )
    data = sum(
        ROWS * _size(spec.shape)
        for one in _graphs(graph)
        for node in one.nodes
        for spec in node.outputs
    )
    return weights <= MOST_WEIGHTS and data <= MOST_DATA


def _size(shape: tuple[int | None, ...]) -> int:
    size = 1
    for axis in shape:
        size *= OPEN_SIZE if axis is None else max(1, axis)
    return size


def _graphs(graph: Graph) -> Iterator[Graph]:
    yield graph
    for operation in graph.operations.values():
        if operation.graph is not None:
            yield from _graphs(operation.graph)


def _operations(graph: Graph) -> list[Operation]:
    """Every operation once, those of nested models too."""
    found = {o.key: o for one in _graphs(graph) for o in one.operations.values()}
    return list(found.values())


def random_weights(graph: Graph, seed: int) -> Weights:
    """Values for the weights of each layer, by its key: the same for the same seed."""
    found = {}
    for operation in _operations(graph):
        if operation.graph is not None or not operation.weights:
            continue
        numbers = np.random.default_rng([seed, *operation.key.encode()])
        found[operation.key] = [_random_weight(weight, numbers) for weight in operation.weights]
    return found


def _random_weight(weight: Any, numbers: np.random.Generator) -> np.ndarray:
    if not weight.dtype.startswith(("float", "bfloat")):
        return np.zeros(weight.shape, weight.dtype)  # a counter or a seed
    if any(word in weight.name for word in ("variance", "gamma")):
        return numbers.uniform(0.5, 1.5, weight.shape).astype("float32")
    # So large that what comes out keeps the size of what goes in, and no activation saturates.
    fan_in = max(1, int(np.prod(weight.shape[:-1])))
    return (numbers.uniform(-1, 1, weight.shape) * (3 / fan_in) ** 0.5).astype("float32")


def random_data(graph: Graph, seed: int) -> list[np.ndarray]:
    """Data for each input, in the order of the graph's: the same for the same seed."""
    words = [o.settings["input_dim"] for o in _operations(graph) if "input_dim" in o.settings]
    limit = min([WORD_LIMIT, *(n for n in words if isinstance(n, int) and n > 0)])
    numbers = np.random.default_rng([seed, 1])
    return [_random_input(graph.spec(port.tensor), limit, words, numbers) for port in graph.inputs]


def _random_input(
    spec: Spec, limit: int, words: list[Any], numbers: np.random.Generator
) -> np.ndarray:
    first, *rest = spec.shape or (None,)
    shape = [ROWS if first is None else first]
    shape += [OPEN_SIZE if size is None else size for size in rest]
    # Where there is an Embedding, any input may be one of words, whatever its dtype says.
    if words or "int" in spec.dtype:
        return numbers.integers(0, limit, shape).astype(spec.dtype)
    return numbers.normal(size=shape).astype(spec.dtype)
