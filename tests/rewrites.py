"""Rewrites: other ways to write a model that computes the same.

Each is one row of the table of what counts as the same model, as an edit of a `Graph`. Layers keep
their keys, so that an oracle can copy the weights without asking the checker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from editing import (
    Draft,
    draft,
    every_operation,
    layer,
    levels,
    map_operations,
    op,
    renamed,
    with_operation,
)

from exercises_check.comparison import Demands
from exercises_check.graph import Graph, Node, Port, Tensor, map_tensors

Weights = dict[str, list[np.ndarray]]  # the weights of each layer, by its key


@dataclass(frozen=True)
class Rewrite:
    """Another way to write a model.

    Attributes:
        row: which row of the table it is of.
        title: what is written otherwise, and where.
        graph: the other way.
        carry: the weights that it needs to compute what the model computes with the given ones.
    """

    row: str
    title: str
    graph: Graph
    carry: Callable[[Weights], Weights] = dict


def rewrites(graph: Graph, demands: Demands) -> Iterator[Rewrite]:
    """All rewrites of `graph` that its task allows."""
    yield Rewrite("names", "all renamed", renamed(graph, "other", not demands.names))
    yield from _structures(graph, demands)
    yield from _other_settings(graph)
    masks = any(
        o.class_name == "Masking" or o.settings.get("mask_zero") for o in every_operation(graph)
    )
    rows = [
        _activations_apart, _activations_inside, _other_order, _nothing_added, _no_nothing,
        _reshapes, _split_merges, _once_more, _padded, _other_concatenation, _other_activations,
    ]  # fmt: skip
    if not masks:  # which an operation drops
        rows += [_operators, _merge_layers, _reductions, _activation_operations]
    if not demands.nested:
        rows += [_inline]
        # Keras loses a mask where a merge of its own result follows a nested model.
        rows += [] if masks else [_nested]
    for inner, put_back in levels(graph):
        for row in rows:
            for rewrite in row(inner):
                # Put into its whole at once: `levels` gives one closure for each graph.
                yield replace(rewrite, graph=put_back(rewrite.graph))


def _rewritten(row: str, title: str, edited: Draft, **more) -> Rewrite:
    return Rewrite(row, title, edited.done(), **more)


def _calls(graph: Graph) -> Iterator[tuple[int, Node]]:
    ports = {port.tensor.node for port in graph.inputs}
    return ((n, node) for n, node in enumerate(graph.nodes) if n not in ports)


def _uses(graph: Graph, number: int) -> int:
    inside = sum(t.node == number for node in graph.nodes for t in node.tensors)
    return inside + sum(port.tensor.node == number for port in graph.outputs)


def _calls_of(graph: Graph, key: str) -> list[int]:
    return [number for number, node in enumerate(graph.nodes) if node.operation == key]


def _new_key(graph: Graph, name: str) -> str:
    """A key that no operation has, so that several rewrites can follow one another."""
    number = 1
    while any(key.startswith(f"{name}_{number}") for key in graph.operations):
        number += 1
    return f"{name}_{number}_{graph.name}"


# The model as a whole -----------------------------------------------------------------------------


def _structures(graph: Graph, demands: Demands) -> Iterator[Rewrite]:
    """A list or a dict of inputs or outputs."""
    for what in ("input", "output"):
        ports: tuple[Port, ...] = getattr(graph, f"{what}s")
        structure = getattr(graph, f"{what}_structure")
        if demands.names or structure == "nested":
            continue
        if structure == "dict":
            changes = {f"{what}_structure": "list" if len(ports) > 1 else "tensor"}
            title = "a list"
        elif len({port.name for port in ports}) == len(ports):
            # Keys that sort in another order than they are written in.
            keyed = tuple(replace(p, key=f"{9 - n}_{p.name}") for n, p in enumerate(ports))
            changes = {f"{what}_structure": "dict", f"{what}s": keyed}
            title = "a dict"
        else:
            continue
        changed = replace(graph, class_name="Functional", **changes)
        yield Rewrite("list or dict", f"{what}s as {title}", changed)
    if graph.class_name == "Sequential":
        yield Rewrite("Sequential", "as functional", replace(graph, class_name="Functional"))
    else:
        yield Rewrite("Sequential", "as Sequential", replace(graph, class_name="Sequential"))


def _other_settings(graph: Graph) -> Iterator[Rewrite]:
    """Initializers, seeds, an axis from the other end, defaults written out."""

    def initialized(operation):
        changed = {
            name: {"class_name": "RandomNormal", "config": {"stddev": 0.1, "seed": 3}}
            for name in operation.settings
            if name.endswith("_initializer") and operation.graph is None
        }
        return replace(operation, settings={**operation.settings, **changed})

    yield Rewrite("initializers", "all others", map_operations(graph, initialized))
    for operation in every_operation(graph):
        settings = operation.settings
        if settings.get("activation") == "linear" and operation.weights:
            changed = with_operation(
                graph, operation.key, settings={**settings, "activation": None}
            )
            yield Rewrite("defaults", f"{operation.key}: activation None", changed)
    for inner, _ in levels(graph):
        for _, node in _calls(inner):
            operation = inner.operations[node.operation]
            settings = operation.settings
            rank = len(inner.spec(node.tensors[0]).shape) if node.tensors else 0
            if settings.get("axis") in (-1, rank - 1) and rank > 1:
                other = rank - 1 if settings["axis"] == -1 else -1
                changed = with_operation(graph, operation.key, settings={**settings, "axis": other})
                yield Rewrite("axis", f"{operation.key}: axis {other}", changed)


# Activations --------------------------------------------------------------------------------------

_LAST = ("Dense", "Conv1D", "Conv2D", "Conv2DTranspose", "SeparableConv2D", "EinsumDense")
_OPERATIONS = {
    "relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "softmax": "Softmax", "gelu": "Gelu",
    "selu": "Selu", "silu": "Silu", "softplus": "Softplus", "elu": "Elu",
}  # fmt: skip


def _activations_apart(graph: Graph) -> Iterator[Rewrite]:
    """`Dense(8, activation="relu")` as a Dense and an Activation after each of its calls."""
    for key, operation in graph.operations.items():
        activation = operation.settings.get("activation")
        if operation.class_name not in _LAST or activation in (None, "linear"):
            continue
        edited = draft(graph)
        edited.operations[key] = replace(
            operation, settings={**operation.settings, "activation": "linear"}
        )
        for number in _calls_of(graph, key):
            new = layer(_new_key(edited.graph, f"act{number}"), "Activation", activation=activation)
            tensor = edited.add(new, ("inputs", Tensor(number)), like=number)
            edited.use_instead(Tensor(number), tensor)
        # A layer that is called elsewhere too keeps its activation there.
        yield _rewritten("activation", f"{key}: {activation} apart", edited)


def _activations_inside(graph: Graph) -> Iterator[Rewrite]:
    for number, node in _calls(graph):
        operation = graph.operation(number)
        if operation.class_name != "Activation" or len(_calls_of(graph, operation.key)) > 1:
            continue
        before = node.tensors[0].node
        host = graph.operation(before)
        fits = host.class_name in _LAST and host.settings.get("activation") in (None, "linear")
        if not fits or _uses(graph, before) > 1 or len(_calls_of(graph, host.key)) > 1:
            continue
        edited = draft(graph)
        settings = {**host.settings, "activation": operation.settings["activation"]}
        edited.operations[host.key] = replace(host, settings=settings)
        edited.use_instead(Tensor(number), Tensor(before))
        yield _rewritten("activation", f"{operation.key} inside {host.key}", edited)


def _other_activations(graph: Graph) -> Iterator[Rewrite]:
    for key, operation in graph.operations.items():
        new = None
        if operation.class_name == "ReLU" and not operation.settings.get("max_value"):
            new = replace(operation, class_name="Activation", settings={"activation": "relu"})
        elif operation.class_name == "Softmax" and operation.settings.get("axis") == -1:
            new = replace(operation, class_name="Activation", settings={"activation": "softmax"})
        elif operation.class_name == "Activation" and operation.settings["activation"] == "relu":
            new = replace(operation, class_name="ReLU", settings={})
        elif operation.class_name == "Activation" and operation.settings["activation"] == "softmax":
            new = replace(operation, class_name="Softmax", settings={})
        if new is not None and operation.is_layer:
            edited = draft(graph)
            edited.operations[key] = new
            yield _rewritten("activation", f"{new.class_name} for {key}", edited)


def _activation_operations(graph: Graph) -> Iterator[Rewrite]:
    """`Activation("relu")` as `ops.relu`."""
    for number, node in _calls(graph):
        operation = graph.operation(number)
        name = {"ReLU": "relu", "Softmax": "softmax"}.get(
            operation.class_name, operation.settings.get("activation")
        )
        layers_own = operation.class_name in ("ReLU", "Softmax", "Activation")
        plain = not operation.settings.get("max_value") and operation.settings.get("axis", -1) == -1
        if not operation.is_layer or not layers_own or name not in _OPERATIONS or not plain:
            continue
        edited = draft(graph)
        new = op(_new_key(graph, "op"), _OPERATIONS[name])
        tensor = edited.add(new, ("x", node.tensors[0]), like=number)
        edited.use_instead(Tensor(number), tensor)
        yield _rewritten("activation", f"{operation.key} as an operation", edited)


# Merges -------------------------------------------------------------------------------------------

_OPERATORS = {
    "Add": "Add", "Subtract": "Subtract", "Multiply": "Multiply", "Maximum": "Maximum",
    "Minimum": "Minimum",
}  # fmt: skip
_COMMUTATIVE = ("Add", "Multiply", "Average", "Maximum", "Minimum")


def _merged(graph: Graph, number: int) -> tuple[Tensor, ...]:
    """The tensors that a merge layer receives, if they are alike."""
    node = graph.nodes[number]
    value = node.arguments[0][1] if node.arguments else ()
    if not graph.operation(number).is_layer or not isinstance(value, tuple):
        return ()
    alike = len({graph.spec(t).dtype for t in value}) == 1
    return value if alike and len({len(graph.spec(t).shape) for t in value}) == 1 else ()


def _operators(graph: Graph) -> Iterator[Rewrite]:
    """Merge layers as operators and operations."""
    for number, _ in _calls(graph):
        operation, tensors = graph.operation(number), _merged(graph, number)
        if operation.class_name in _OPERATORS and len(tensors) > 1:
            edited = draft(graph)
            tensor = tensors[0]
            for more in tensors[1:]:
                new = op(_new_key(graph, f"op{more.node}"), _OPERATORS[operation.class_name])
                tensor = edited.add(new, ("x1", tensor), ("x2", more), like=number)
            edited.use_instead(Tensor(number), tensor)
            yield _rewritten("merge", f"{operation.key} as an operation", edited)
        if operation.class_name == "Average" and len(tensors) > 1:
            for divide, by in (("TrueDivide", len(tensors)), ("Multiply", 1 / len(tensors))):
                edited = draft(graph)
                tensor = edited.add(
                    layer(_new_key(graph, "sum"), "Add"), ("inputs", tensors), like=number
                )
                tensor = edited.add(
                    op(_new_key(graph, "op"), divide), ("x1", tensor), ("x2", by), like=number
                )
                edited.use_instead(Tensor(number), tensor)
                yield _rewritten("merge", f"{operation.key} as a sum and {divide}", edited)
        if operation.class_name == "Concatenate" and len(tensors) > 1:
            edited = draft(graph)
            axis = operation.settings.get("axis", -1)
            new = op(_new_key(graph, "op"), "Concatenate", axis=axis)
            tensor = edited.add(new, ("xs", tensors), like=number)
            edited.use_instead(Tensor(number), tensor)
            yield _rewritten("merge", f"{operation.key} as an operation", edited)


def _merge_layers(graph: Graph) -> Iterator[Rewrite]:
    """Operators as merge layers."""
    for number, node in _calls(graph):
        operation = graph.operation(number)
        if operation.is_layer or operation.class_name not in _OPERATORS or len(node.tensors) != 2:
            continue
        one, two = (graph.spec(t) for t in node.tensors)
        if one != two:
            continue
        edited = draft(graph)
        new = layer(_new_key(graph, "merge"), operation.class_name)
        tensor = edited.add(new, ("inputs", node.tensors), like=number)
        edited.use_instead(Tensor(number), tensor)
        yield _rewritten("merge", f"{operation.key} as a layer", edited)


def _other_order(graph: Graph) -> Iterator[Rewrite]:
    """The inputs of a commutative merge in another order."""
    for number, node in _calls(graph):
        operation = graph.operation(number)
        if operation.class_name not in _COMMUTATIVE or len(node.tensors) < 2:
            continue
        edited = draft(graph)
        for position, tensor in enumerate(node.tensors[1:] + node.tensors[:1]):
            edited.feed(number, position, tensor)
        yield _rewritten("order", f"{operation.key} in another order", edited)


def _split_merges(graph: Graph) -> Iterator[Rewrite]:
    """A sum of three as a sum of a sum, and the reverse."""
    for number, _ in _calls(graph):
        operation, tensors = graph.operation(number), _merged(graph, number)
        if operation.class_name not in ("Add", "Multiply", "Maximum", "Concatenate"):
            continue
        if len(tensors) > 2:
            edited = draft(graph)
            new = replace(operation, key=_new_key(graph, "m"), name=_new_key(graph, "m"))
            tensor = edited.add(new, ("inputs", tensors[:2]), like=number)
            edited.set_arguments(number, (("inputs", (tensor, *tensors[2:])),))
            yield _rewritten("merge", f"{operation.key} in two", edited)


def _other_concatenation(graph: Graph) -> Iterator[Rewrite]:
    """Another order of features, with the weights of the layer that reads them permuted."""
    for number, node in _calls(graph):
        operation, tensors = graph.operation(number), _merged(graph, number)
        rank = len(node.outputs[0].shape)
        if operation.class_name != "Concatenate" or len(tensors) < 2:
            continue
        if operation.settings.get("axis", -1) not in (-1, rank - 1) or _uses(graph, number) != 1:
            continue
        readers = [n for n, other in enumerate(graph.nodes) if Tensor(number) in other.tensors]
        if not readers:
            continue
        reader = graph.operation(readers[0])
        if reader.class_name not in ("Dense", "Conv2D", "Conv1D", "LSTM", "GRU"):
            continue
        if len(_calls_of(graph, reader.key)) > 1 or graph.nodes[readers[0]].tensors[1:]:
            continue
        sizes = [graph.spec(t).shape[-1] for t in tensors]
        starts = np.cumsum([0, *sizes[:-1]])
        blocks = [np.arange(a, a + n) for a, n in zip(starts, sizes, strict=True)]
        rows = np.concatenate(blocks[::-1])
        edited = draft(graph)
        edited.set_arguments(number, (("inputs", tensors[::-1]),))

        def carry(weights: Weights, key=reader.key, rows=rows) -> Weights:
            kernel, *rest = weights[key]
            return {**weights, key: [np.take(kernel, rows, axis=-2), *rest]}

        yield _rewritten("concatenation", f"{operation.key} reversed", edited, carry=carry)


# What changes nothing -----------------------------------------------------------------------------


def _nothing_added(graph: Graph) -> Iterator[Rewrite]:
    """`Identity`, `Activation("linear")`, `Dropout(0)`, a merge of one tensor after a call."""
    nothings = (
        ("Identity", {}, False), ("Activation", {"activation": "linear"}, False),
        ("Dropout", {"rate": 0.0}, False), ("Add", {}, True),
    )  # fmt: skip
    for number, node in enumerate(graph.nodes):
        if len(node.outputs) != 1 or not node.outputs[0].dtype.startswith("float"):
            continue
        class_name, settings, listed = nothings[number % len(nothings)]
        edited = draft(graph)
        new = layer(_new_key(graph, "nothing"), class_name, **settings)
        value = (Tensor(number),) if listed else Tensor(number)
        tensor = edited.add(new, ("inputs", value), like=number)
        edited.use_instead(Tensor(number), tensor)
        yield _rewritten("identity", f"{class_name} after {node.operation}", edited)


def _no_nothing(graph: Graph) -> Iterator[Rewrite]:
    """Without an `Identity` that is there."""
    for number, node in _calls(graph):
        operation = graph.operation(number)
        linear = operation.class_name == "Activation" and (
            operation.settings["activation"] == "linear"
        )
        if operation.class_name == "Identity" or linear:
            edited = draft(graph)
            edited.use_instead(Tensor(number), node.tensors[0])
            yield _rewritten("identity", f"without {operation.key}", edited)


def _once_more(graph: Graph) -> Iterator[Rewrite]:
    """An operation without weights twice instead of its result used twice."""
    for number, node in _calls(graph):
        operation = graph.operation(number)
        users = [n for n, other in _calls(graph) if Tensor(number) in other.tensors]
        random = any(operation.settings.get(rate) for rate in ("rate", "stddev", "factor"))
        if operation.weights or random or len(users) < 2 or len(node.outputs) != 1:
            continue
        edited = draft(graph)
        new = replace(operation, key=_new_key(graph, "again"), name=_new_key(graph, "again"))
        tensor = edited.add(new, *node.arguments, like=number)
        position = graph.nodes[users[-1]].tensors.index(Tensor(number))
        edited.feed(users[-1], position, tensor)
        yield _rewritten("repeat", f"{operation.key} twice", edited)


# Shapes and reductions ----------------------------------------------------------------------------


def _reshapes(graph: Graph) -> Iterator[Rewrite]:
    """`Flatten()` as `Reshape((-1,))` and as `ops.reshape`."""
    for number, node in _calls(graph):
        operation = graph.operation(number)
        if operation.class_name != "Flatten":
            continue
        size = node.outputs[0].shape[-1]
        edited = draft(graph)
        edited.operations[operation.key] = replace(
            operation, class_name="Reshape", settings={"target_shape": (-1,)}
        )
        yield _rewritten("reshape", f"{operation.key} as Reshape", edited)
        edited = draft(graph)
        new = op(_new_key(graph, "op"), "Reshape", newshape=(-1, size))
        tensor = edited.add(new, ("x", node.tensors[0]), like=number)
        edited.use_instead(Tensor(number), tensor)
        yield _rewritten("reshape", f"{operation.key} as an operation", edited)


def _reductions(graph: Graph) -> Iterator[Rewrite]:
    """Global pooling as `ops.mean` and `ops.max`."""
    for number, node in _calls(graph):
        operation = graph.operation(number)
        name = operation.class_name
        if not name.startswith("Global") or operation.settings.get("keepdims"):
            continue
        rank = len(graph.spec(node.tensors[0]).shape)
        edited = draft(graph)
        new = op(
            _new_key(graph, "op"),
            "Mean" if "Average" in name else "Max",
            axis=tuple(range(1, rank - 1)),
            keepdims=False,
        )
        tensor = edited.add(new, ("x", node.tensors[0]), like=number)
        edited.use_instead(Tensor(number), tensor)
        yield _rewritten("reduction", f"{operation.key} as an operation", edited)


def _padded(graph: Graph) -> Iterator[Rewrite]:
    """A convolution's own padding as a layer before it."""
    for number, node in _calls(graph):
        operation = graph.operation(number)
        settings = operation.settings
        if operation.class_name != "Conv2D" or settings["padding"] != "same":
            continue
        windows = zip(
            settings["kernel_size"], settings["dilation_rate"], settings["strides"], strict=True
        )
        if any(size % 2 == 0 or step != 1 for size, _, step in windows):
            continue
        if len(_calls_of(graph, operation.key)) > 1:
            continue
        edited = draft(graph)
        pads = tuple(
            (d * (k - 1) // 2,) * 2
            for k, d in zip(settings["kernel_size"], settings["dilation_rate"], strict=True)
        )
        new = layer(_new_key(graph, "pad"), "ZeroPadding2D", padding=pads)
        tensor = edited.add(new, ("inputs", node.tensors[0]), like=number)
        edited.feed(number, 0, tensor)
        edited.operations[operation.key] = replace(
            operation, settings={**settings, "padding": "valid"}
        )
        yield _rewritten("padding", f"{operation.key} padded before", edited)


# Nesting ------------------------------------------------------------------------------------------


def _nested(graph: Graph) -> Iterator[Rewrite]:
    """A call, or a call and the one before it, as a nested Functional or Sequential."""
    for number, node in _calls(graph):
        if len(node.tensors) != 1 or len(node.outputs) != 1:
            continue
        before = node.tensors[0].node
        inner_node = graph.nodes[before]
        chain = [number]
        ports = {port.tensor.node for port in graph.inputs}
        if before not in ports and _uses(graph, before) == 1 and len(inner_node.tensors) == 1:
            chain = [before, number]
        for class_name in ("Functional", "Sequential"):
            yield _wrapped(graph, chain, class_name)


def _wrapped(graph: Graph, chain: list[int], class_name: str) -> Rewrite:
    source = graph.nodes[chain[0]].tensors[0]
    name = _new_key(graph, "nested")
    first = layer(f"{name}_input", "InputLayer")
    nodes = [Node(first.key, (), (graph.spec(source),))]
    operations = {first.key: first}
    for position, number in enumerate(chain):
        node = graph.nodes[number]
        arguments = map_tensors(node.arguments, lambda _, at=position: Tensor(at))
        nodes.append(replace(node, arguments=arguments))
        operations[node.operation] = graph.operation(number)
    inner = Graph(
        name, class_name, tuple(nodes), operations,
        (Port(Tensor(0), first.name),), (Port(Tensor(len(chain)), name),), "tensor", "tensor",
    )  # fmt: skip
    edited = draft(graph)
    new = replace(layer(name, class_name), graph=inner)
    tensor = edited.add(new, ("inputs", source), like=chain[-1])
    edited.use_instead(Tensor(chain[-1]), tensor)
    keys = " and ".join(graph.nodes[number].operation for number in chain)
    return _rewritten("nesting", f"{keys} in a {class_name}", edited)


def inlined(graph: Graph, number: int) -> Graph | None:
    """`graph` with the layers of the nested model that call `number` calls, inline."""
    node, inner = graph.nodes[number], graph.operation(number).graph
    if inner.input_structure == "dict" or inner.output_structure == "dict":
        return None
    edited = draft(graph)
    place = {port.tensor: tensor for port, tensor in zip(inner.inputs, node.tensors, strict=True)}
    for at, call in enumerate(inner.nodes):
        if Tensor(at) in place:
            continue
        arguments = map_tensors(call.arguments, place.__getitem__)
        new = edited.add(inner.operation(at), *arguments, like=number)
        for index in range(len(call.outputs)):
            place[Tensor(at, index)] = Tensor(new.node, index)
    for index, port in enumerate(inner.outputs):
        edited.use_instead(Tensor(number, index), place[port.tensor])
    return edited.done()


def _inline(graph: Graph) -> Iterator[Rewrite]:
    for number, node in _calls(graph):
        if graph.operation(number).graph is not None:
            edited = inlined(graph, number)
            if edited is not None:
                yield Rewrite("nesting", f"{node.operation} inline", edited)
