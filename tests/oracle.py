"""An oracle: do two models compute the same? It runs them and never asks the checker.

Given which layer of one stands for which of the other, it copies the weights across, feeds both the
same random inputs and compares what comes out: in inference, in training, after a change of each
input and of each layer's weights. What a run does not show (what is trained, the dtypes, the
penalties, what is random) is compared too. Models are plain graphs, built afresh.

Random layers stand in the way of comparing: `Dropout(0.5)` becomes a layer that is as different
from `Dropout(0.4)` as from none, and gives the same every time.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from editing import every_operation, map_operations

from exercises_check.building import build
from exercises_check.graph import Graph, Operation, Port

Weights = dict[str, list[np.ndarray]]  # the weights of each layer, by its key
ROUNDS = ((6, 5, 0), (9, 4, 1))  # batch, unknown sizes, seed
MOST_MATCHINGS = 60
_RATES = ("rate", "stddev", "dropout", "recurrent_dropout")


@dataclass(frozen=True)
class Verdict:
    """Whether two models compute the same, and if not, why."""

    same: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.same


@dataclass(frozen=True)
class Subject:
    """A model that is run: its graph, the live model, its layers with weights by key.

    `trained` says of each weight of a layer whether training changes it.
    """

    graph: Graph
    model: keras.Model
    layers: dict[str, keras.Layer]
    trained: dict[str, list[bool]]
    random: Counter


class StandIn(keras.layers.Layer):
    """Stands in for a random layer: gives the same every time, and commutes with nothing."""

    def __init__(self, rate: float = 0.0, phase: float = 0.0, **more: Any):
        super().__init__(**more)
        self.supports_masking = True
        self._rate, self._phase = rate, phase

    def compute_output_shape(self, shape: tuple) -> tuple:
        return shape

    def call(self, x: Any) -> Any:
        return keras.ops.sin((1 + self._rate) * x + self._phase)


def subject(graph: Graph, classes: Mapping[str, type] | None = None) -> Subject:
    """A model of `graph` that can be run and gives the same every time."""
    built = build(map_operations(graph, _repeating), {**(classes or {}), "StandIn": StandIn})
    leaves = [o for o in every_operation(graph) if o.graph is None]
    layers = {
        o.key: built.made[o.key]
        for o in leaves
        if isinstance(built.made.get(o.key), keras.Layer) and built.made[o.key].weights
    }
    trained = {key: [w.trainable for w in layer.weights] for key, layer in layers.items()}
    # A frozen layer may be trained later: then its penalty and its momentum count.
    for layer in layers.values():
        layer.trainable = True
    built.model.trainable = True
    return Subject(graph, built.model, layers, trained, _random_calls(graph))


def _repeating(operation: Operation) -> Operation:
    """What stands in for a random layer."""
    rates = _rates(operation.settings)
    if operation.weights or "layer" in operation.settings:  # such as an LSTM with dropout
        return (
            replace(operation, settings=_without_rates(operation.settings)) if rates else operation
        )
    if not rates:
        return operation
    rate = rates[0][1]
    # Another phase for each class: half the noise is not half the dropout.
    settings = {"rate": rate, "phase": 0.01 * sum(map(ord, operation.class_name)) % 1}
    return replace(operation, class_name="StandIn", settings=settings)


def _rates(settings: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    """What is random about a layer, and about the layer that it wraps."""
    wrapped = settings.get("layer")
    inside = _rates(wrapped["config"]) if isinstance(wrapped, dict) else ()
    return (*((rate, settings[rate]) for rate in _RATES if settings.get(rate)), *inside)


def _without_rates(settings: Mapping[str, Any]) -> dict[str, Any]:
    changed = {**settings, **{rate: 0.0 for rate in _RATES if rate in settings}}
    for name in ("layer", "backward_layer"):
        if isinstance(settings.get(name), dict):
            config = _without_rates(settings[name]["config"])
            changed[name] = {**settings[name], "config": config}
    return changed


def _random_calls(graph: Graph) -> Counter:
    """How often each sort of random layer is called."""
    calls: Counter = Counter()
    for node in graph.nodes:
        operation = graph.operations[node.operation]
        if operation.graph is not None:
            calls += _random_calls(operation.graph)
        rates = _rates(operation.settings)
        if rates:
            calls[operation.class_name, rates] += 1
    return calls


# Judging ------------------------------------------------------------------------------------------


def judge(
    one: Subject,
    other: Subject,
    matching: Mapping[str, str] | None = None,
    carry: Callable[[Weights], Weights] = dict,
    names: bool = False,
    thorough: bool = False,
) -> Verdict:
    """Whether `other` computes what `one` computes.

    Args:
        one: a model.
        other: another one.
        matching: for each layer of `other` that of `one` that it stands for; by key if not given.
        carry: the weights, by the keys of `one`, that `other` needs to compute the same.
        names: inputs and outputs are told apart by their names.
        thorough: change each input and each layer's weights by itself, too.
    """
    matching = matching if matching is not None else {key: key for key in other.layers}
    verdict = _same_outside(one, other, names)
    if not verdict:
        return verdict
    if sorted(matching.values()) != sorted(one.layers) or set(matching) != set(other.layers):
        return Verdict(False, "the layers with weights are not the same")
    for key, partner in matching.items():
        if other.trained[key] != one.trained[partner]:
            return Verdict(False, f"{key}: other weights are trained")
        verdict = _same_layer(other.layers[key], one.layers[partner])
        if not verdict:
            return Verdict(False, f"{key}: {verdict.reason}")
    for batch, size, seed in ROUNDS:
        random = np.random.default_rng(seed)
        weights = {key: _random_weights(layer, random) for key, layer in one.layers.items()}
        data = _random_inputs(one.graph, batch, size, random)
        verdict = _run_both(one, other, matching, carry, weights, data, names)
        if not verdict:
            return verdict
        if thorough and not seed:
            for what, changed, fed in _changes(one, weights, data, random):
                verdict = _run_both(one, other, matching, carry, changed, fed, names)
                if not verdict:
                    return Verdict(False, f"{what} changed: {verdict.reason}")
    return Verdict(True)


def search(one: Subject, other: Subject, names: bool = False) -> Verdict:
    """Whether under any matching of layers `other` computes what `one` computes.

    Layers with weights of the same shapes are tried in each other's place, and the features that
    meet in a concatenation in another order.
    """
    verdict = Verdict(False, "no matching")
    for matching in itertools.islice(_matchings(one, other), MOST_MATCHINGS):
        for carry in _feature_orders(one):
            verdict = judge(one, other, matching, carry, names)
            if verdict:
                return verdict
    return verdict


def _matchings(one: Subject, other: Subject) -> Iterator[dict[str, str]]:
    """Pairings of layers whose weights have the same shapes, the same keys first."""

    def signature(layer: keras.Layer) -> Any:
        return type(layer).__name__, tuple(tuple(w.shape) for w in layer.weights)

    groups: dict[Any, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, model in enumerate((one, other)):
        for key, layer in model.layers.items():
            groups[signature(layer)][side].append(key)
    if any(len(a) != len(b) for a, b in groups.values()):
        return
    orders = []
    for own, their in groups.values():
        own = sorted(own, key=lambda key, their=their: (key not in their, key))
        same = [key if key in own else None for key in their]
        rest = iter([key for key in own if key not in same])
        first = tuple(key if key is not None else next(rest) for key in same)
        others = (order for order in itertools.permutations(own) if order != first)
        orders.append([dict(zip(their, o, strict=True)) for o in itertools.islice(
            itertools.chain([first], others), MOST_MATCHINGS)])  # fmt: skip
    for choice in itertools.product(*orders):
        yield {key: partner for part in choice for key, partner in part.items()}


def _feature_orders(one: Subject) -> Iterator[Callable[[Weights], Weights]]:
    """The weights as they are, and with the rows that a concatenation feeds in other orders."""
    yield dict
    for graph in [one.graph, *(o.graph for o in every_operation(one.graph) if o.graph)]:
        for number, node in enumerate(graph.nodes):
            if graph.operation(number).class_name != "Concatenate":
                continue
            readers = [key for key in _readers(graph, number) if key in one.layers]
            sizes = [graph.spec(t).shape[-1] for t in node.tensors]
            if not readers or None in sizes:
                continue
            starts = np.cumsum([0, *sizes[:-1]])
            blocks = [np.arange(a, a + n) for a, n in zip(starts, sizes, strict=True)]
            few = len(blocks) <= 3
            for order in list(itertools.permutations(blocks))[1:] if few else [blocks[::-1]]:
                yield _with_rows(tuple(readers), np.concatenate(order))


# What keeps each feature apart from the others.
_FEATURE_BY_FEATURE = {
    "Activation", "ReLU", "Dropout", "MaxPooling2D", "AveragePooling2D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling2D",
}  # fmt: skip


def _readers(graph: Graph, number: int) -> Iterator[str]:
    """The layers that mix the features of a node, directly or behind pooling and the like."""
    for place, node in enumerate(graph.nodes):
        if any(tensor.node == number for tensor in node.tensors):
            if graph.operation(place).class_name in _FEATURE_BY_FEATURE:
                yield from _readers(graph, place)
            else:
                yield node.operation


def _with_rows(keys: tuple[str, ...], rows: np.ndarray) -> Callable[[Weights], Weights]:
    """The weights with the rows of some layers' kernels in another order."""

    def carry(weights: Weights) -> Weights:
        changed = {k: [np.take(weights[k][0], rows, axis=-2), *weights[k][1:]] for k in keys}
        return {**weights, **changed}

    return carry


# What a run does not show -------------------------------------------------------------------------


def _in_order(mine: tuple[Port, ...], wanted: tuple[Port, ...], names: bool) -> list[int] | None:
    """For each port of `wanted` the position of mine: by key or name, else as written."""
    if len(mine) != len(wanted):
        return None
    labels = [lambda port: port.key]
    if names:
        labels.append(lambda port: port.key or port.name)
    for label in labels:
        own, their = [label(port) for port in mine], [label(port) for port in wanted]
        if None not in own and len(set(own)) == len(own) and set(own) == set(their):
            return [own.index(name) for name in their]
    return None if names else list(range(len(mine)))


def _same_outside(one: Subject, other: Subject, names: bool) -> Verdict:
    for what in ("inputs", "outputs"):
        wanted, mine = getattr(one.graph, what), getattr(other.graph, what)
        order = _in_order(mine, wanted, names)
        if order is None:
            return Verdict(False, f"the {what} are not the same")
    fed = _in_order(other.graph.inputs, one.graph.inputs, names)
    for port, position in zip(one.graph.inputs, fed, strict=True):
        if one.graph.spec(port.tensor) != other.graph.spec(other.graph.inputs[position].tensor):
            return Verdict(False, f"the input {port.name} is not the same")
    if one.random != other.random:
        return Verdict(False, "what is random is not the same")
    return Verdict(True)


def _same_layer(mine: keras.Layer, wanted: keras.Layer) -> Verdict:
    if [w.shape for w in mine.weights] != [w.shape for w in wanted.weights]:
        return Verdict(False, "other shapes of weights")
    if mine.dtype_policy.name != wanted.dtype_policy.name:
        return Verdict(False, "another dtype")
    return Verdict(True)


# Running ------------------------------------------------------------------------------------------


def _random_weights(layer: keras.Layer, random: np.random.Generator) -> list[np.ndarray]:
    weights = []
    for weight in layer.weights:
        fan_in = max(1, int(np.prod(weight.shape[:-1])))
        value = random.uniform(-2, 2, weight.shape) * (3 / fan_in) ** 0.5
        if "embeddings" in weight.path:
            value = random.uniform(-2, 2, weight.shape)
        if "variance" in weight.path or "gamma" in weight.path:
            value = random.uniform(0.5, 1.5, weight.shape)
        weights.append(value.astype("float32"))
    return weights


def _random_inputs(graph: Graph, batch: int, size: int, random) -> list[np.ndarray]:
    """For each input what it is fed: words for an Embedding, zeros among them, or numbers."""
    words = [o.settings["input_dim"] for o in every_operation(graph) if "input_dim" in o.settings]
    data = []
    for port in graph.inputs:
        spec = graph.spec(port.tensor)
        first, *rest = (size if n is None else n for n in spec.shape)
        shape = (batch if spec.shape[0] is None else first, *rest)
        read = {graph.operation(n).class_name for n, node in enumerate(graph.nodes)
                if port.tensor in node.tensors}  # fmt: skip
        if "Embedding" in read or "int" in spec.dtype:
            value = random.integers(0, min([9, *words]), shape)
            value[:, -1:] = 0
        else:
            value = random.normal(size=shape) * _spread(graph, port.tensor.node)
        data.append(value.astype(spec.dtype))
    return data


def _spread(graph: Graph, number: int) -> float:
    """Numbers that are scaled down first have to be large to make a difference."""
    for node in graph.nodes:
        operation = graph.operations[node.operation]
        scaled = operation.class_name == "Rescaling"
        if scaled and any(tensor.node == number for tensor in node.tensors):
            return 1 / abs(operation.settings["scale"])
    return 1.0


def _changes(one: Subject, weights: Weights, data: list, random):
    """The weights and the data with one input, or the weights of one layer, changed."""
    for position, value in enumerate(data):
        fed = list(data)
        fed[position] = np.roll(value, 1, axis=0) + (0 if "int" in str(value.dtype) else 0.5)
        yield f"input {position}", weights, fed
    for key, layer in one.layers.items():
        yield key, {**weights, key: _random_weights(layer, random)}, data


def _run_both(one, other, matching, carry, weights, data, names) -> Verdict:
    own = carry(weights)
    _set(one, weights)
    _set(other, {key: own[partner] for key, partner in matching.items()})
    order = _in_order(other.graph.inputs, one.graph.inputs, names)
    fed = [None] * len(data)
    for value, position in zip(data, order, strict=True):
        fed[position] = value
    leaving = _in_order(other.graph.outputs, one.graph.outputs, names)
    for training in (False, True) if one.random or _statistics(one) else (False,):
        wanted = _outputs(one, data, training)
        try:
            found = _outputs(other, fed, training)
        except Exception:  # Keras lets some models be built that cannot be called
            return Verdict(False, "it cannot be called")
        for number, position in enumerate(leaving):
            if not _close(found[position], wanted[number]):
                when = "in training" if training else "in inference"
                return Verdict(False, f"output {number} differs {when}")
        if not _close(_penalty(one), _penalty(other)):
            return Verdict(False, "the penalties differ")
    after = carry({key: layer.get_weights() for key, layer in one.layers.items()})
    for key, partner in matching.items():
        if not all(map(_close, other.layers[key].get_weights(), after[partner])):
            return Verdict(False, f"{key} is not the same after training")
    return Verdict(True)


def _statistics(model: Subject) -> bool:
    """Whether there are weights that training changes otherwise than by gradients."""
    return any(layer.non_trainable_weights for layer in model.layers.values())


def _set(model: Subject, weights: Weights) -> None:
    for key, layer in model.layers.items():
        layer.set_weights(weights[key])


def _outputs(model: Subject, data: list[np.ndarray], training: bool) -> list[np.ndarray]:
    graph = model.graph
    if graph.input_structure == "dict" and isinstance(model.model.input, dict):
        fed: Any = {port.key: value for port, value in zip(graph.inputs, data, strict=True)}
    else:
        fed = data[0] if len(data) == 1 else data
    results = model.model(fed, training=training)
    if isinstance(results, dict):
        results = [results[port.key] for port in graph.outputs]
    return [np.asarray(r, dtype="float32") for r in keras.tree.flatten(results)]


def _penalty(model: Subject) -> np.ndarray:
    return np.asarray([float(sum(float(loss) for loss in model.model.losses))])


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-5, equal_nan=True)
