"""Mutants: a model with one edit, and what a right diagnosis of it says.

Each is an edit of a `Graph`. Some turn out to compute the same: the oracle says so, and then they
have to be accepted like any other way to write the model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from editing import (
    Cycle,
    Draft,
    draft,
    every_operation,
    layer,
    levels,
    map_operations,
    set_trainable,
    tensors_in,
    with_operation,
)

from exercises_check.comparison import Demands, Difference
from exercises_check.graph import Graph, Node, Operation, Port, Spec, Tensor


@dataclass(frozen=True)
class Answer:
    """A right diagnosis: the kind, and words of which the sentence has at least one of each group.

    A group holds keys of operations, which stand for their names, and texts such as class names.
    """

    kind: str
    groups: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class Mutant:
    """A model with one edit.

    Attributes:
        sort: which sort of edit, such as `"setting"` or `"rewire"`.
        title: the edit, with its place.
        graph: the edited graph; its shapes are those of before.
        answers: the diagnoses that are right.
    """

    sort: str
    title: str
    graph: Graph
    answers: tuple[Answer, ...]


SIGNS = {
    r"\+": "Add", r"-": "Subtract", r"\*": "Multiply", r"/": "TrueDivide", r"\[": "GetItem",
}  # fmt: skip


def diagnosed(mutant: Mutant, first: Difference, name: Callable[[str], str]) -> bool:
    """Whether the first difference says what the edit was; `name` gives an operation's name."""
    words = set(re.findall(r"[A-Za-z0-9_]+", first.message))
    words |= {word.lower().replace("_", "") for word in words}
    # An operation without a name is told as it is written.
    written = " ".join(re.findall(r"`[^`]*`", first.message))
    words |= {name for sign, name in SIGNS.items() if re.search(sign, written)}
    words |= {"Exp"} if "'exponential'" in first.message else set()

    def said(key: str) -> bool:
        own = name(key)
        # A call of a shared layer is named by the layer and by what it is called on.
        called = re.compile(rf"{re.escape(own)}_[a-z]\w*")
        return any(word in (own, key) or called.fullmatch(word) for word in words)

    return any(
        answer.kind == first.kind and all(any(map(said, group)) for group in answer.groups)
        for answer in mutant.answers
    )


def answer(kind: str, *groups: Any) -> Answer:
    return Answer(kind, tuple(frozenset({g} if isinstance(g, str) else g) for g in groups))


def mutants(graph: Graph, demands: Demands) -> list[Mutant]:
    """All mutants of `graph`, those of its nested models too, each once."""
    found: dict[str, Mutant] = {}
    for mutant in _all(graph, demands):
        found.setdefault(repr(mutant.graph), mutant)
    found.pop(repr(graph), None)
    return list(found.values())


def _all(graph: Graph, demands: Demands) -> Iterator[Mutant]:
    yield from _settings(graph)
    for inner, put_back in levels(graph):
        for edits in (
            _constants, _drops, _inserts, _duplicates, _swaps, _rewirings, _merge_inputs,
            _unshared, _shared, _crossed,
        ):  # fmt: skip
            for mutant in edits(inner):
                if mutant is not None:
                    whole = put_back(mutant.graph)
                    yield replace(mutant, graph=whole, answers=_from_outside(mutant, graph, inner))
    yield from _boundary(graph, demands)
    yield from _frozen(graph)
    if demands.nested:
        yield from _flattened(graph)


def _from_outside(mutant: Mutant, graph: Graph, inner: Graph) -> tuple[Answer, ...]:
    """What stands at the edge of a nested model may as well be named by what is next to it."""
    keys = [o.key for o in every_operation(graph) if o.graph is inner]
    outside = frozenset().union(*(_neighbours(graph, key) for key in keys))
    return tuple(
        replace(a, groups=(a.groups[0], *(group | outside for group in a.groups[1:])))
        if a.groups
        else a
        for a in mutant.answers
    )


def _done(sort: str, title: str, edited: Draft, *answers: Answer) -> Mutant | None:
    try:
        return Mutant(sort, title, edited.done(), answers)
    except Cycle:
        return None


# Settings -----------------------------------------------------------------------------------------

_COUNTED = frozenset(
    {"units", "filters", "output_dim", "input_dim", "num_heads", "key_dim", "depth_multiplier"}
)
_WINDOWS = frozenset({"kernel_size", "pool_size", "size"})
_STEPS = frozenset({"strides", "dilation_rate"})
_FLAGS = frozenset(
    {"use_bias", "go_backwards", "return_sequences", "center", "scale", "mask_zero", "keepdims"}
    | {"reset_after", "normalize", "approximate"}
)
_NUMBERS = frozenset(
    {"epsilon", "momentum", "offset", "negative_slope", "stddev", "factor", "alpha", "mask_value"}
)
_RATES = frozenset({"rate", "dropout", "recurrent_dropout"})
_OTHERS = {
    "padding": {"valid": "same", "same": "valid"},
    "merge_mode": {"concat": "sum", "sum": "concat"},
    "interpolation": {"nearest": "bilinear", "bilinear": "nearest"},
}


def other_values(name: str, value: Any) -> Iterator[Any]:
    """What a slip could have put in the place of a setting."""
    if name in _COUNTED:
        yield value + 1
    elif name in _WINDOWS:
        sizes = value if isinstance(value, tuple) else (value,)
        yield tuple(size + 1 for size in sizes) if isinstance(value, tuple) else value + 1
        if any(size > 2 for size in sizes) and isinstance(value, tuple):
            yield tuple(max(1, size - 1) for size in sizes)
    elif name in _STEPS and value is not None:
        yield tuple(3 - min(v, 2) for v in value) if isinstance(value, tuple) else 3 - min(value, 2)
    elif name.endswith("activation") and (value is None or isinstance(value, str)):
        yield "tanh" if value == "relu" else "relu"
        yield "linear" if value not in (None, "linear") else "sigmoid"
    elif name in _FLAGS:
        yield not value
    elif name in _RATES:
        yield round(value / 2 + 0.05, 3)
    elif name in _NUMBERS and isinstance(value, (int, float)):
        yield value * 2 + 0.1
    elif name in ("axis", "axes") and isinstance(value, int):
        yield -2 if value in (-1, 2) else value + 1
        yield 1 if value == -1 else value - 1
    elif name == "axes" and isinstance(value, tuple):
        yield value[::-1]
        yield tuple(3 - axis for axis in value)
    elif name in ("kernel_regularizer", "activity_regularizer", "bias_regularizer"):
        yield {"class_name": "L2", "config": {"l2": 0.05}} if value is None else None
    elif name in ("target_shape", "dims") and len(value) > 1:
        yield (*value[1:], value[0])
    elif name in _OTHERS:
        if value in _OTHERS[name]:
            yield _OTHERS[name][value]
    elif name == "layer":
        for inner, old in value["config"].items():
            for new in other_values(inner, old):
                yield {**value, "config": {**value["config"], inner: new}}


def _settings(graph: Graph) -> Iterator[Mutant]:
    for operation in every_operation(graph):
        if operation.class_name == "InputLayer" or operation.graph is not None:
            continue
        for name, value in operation.settings.items():
            for new in other_values(name, value):
                settings = {**operation.settings, name: new}
                if name == "layer":  # the other direction follows
                    settings.pop("backward_layer", None)
                changed = with_operation(graph, operation.key, settings=settings)
                answers = [answer("setting", operation.key)]
                if operation.class_name in ("Activation", "ReLU", "Softmax", "LeakyReLU"):
                    near = _neighbours(graph, operation.key)
                    answers += [answer(k, near) for k in ("missing", "extra", "setting")]
                title = f"{operation.key}: {name}={_short(new)} for {_short(value)}"
                yield Mutant(name, title, changed, tuple(answers))
        for name, value in _other_dtypes(operation):
            changed = with_operation(graph, operation.key, dtype=value)
            title = f"{operation.key}: {name}={value}"
            yield Mutant("dtype", title, changed, (answer("dtype", operation.key),))


def _other_dtypes(operation: Operation) -> Iterator[tuple[str, str]]:
    if operation.is_layer and operation.weights:
        yield "dtype", "mixed_bfloat16" if operation.dtype == "float32" else "float32"


def _short(value: Any) -> str:
    return str(value["class_name"]) if isinstance(value, dict) and "class_name" in value else value


def _neighbours(graph: Graph, key: str) -> set[str]:
    """The operations before and after the calls of one operation."""
    found = {key}
    for inner, _ in levels(graph):
        for number, node in enumerate(inner.nodes):
            if node.operation == key:
                found |= {inner.nodes[t.node].operation for t in node.tensors}
            if any(inner.nodes[t.node].operation == key for t in node.tensors):
                found.add(inner.nodes[number].operation)
    return found


def _constants(graph: Graph) -> Iterator[Mutant]:
    """Another constant in a call, another place in a slice."""
    for number, node in enumerate(graph.nodes):
        for position, (name, value) in enumerate(node.arguments):
            if list(tensors_in(value)) or graph.operation(number).class_name == "InputLayer":
                continue
            for new in _other_constants(value):
                arguments = list(node.arguments)
                arguments[position] = (name, new)
                edited = draft(graph)
                edited.set_arguments(number, tuple(arguments))
                title = f"{node.operation}: {name}={new} for {value}"
                yield _done("constant", title, edited, answer("setting", node.operation))


def _other_constants(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + 1
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            if isinstance(item, int):
                yield (*value[:position], -2 if item == -1 else item + 1, *value[position + 1 :])


# Calls --------------------------------------------------------------------------------------------


def _class(operation: Operation) -> set[str]:
    """Words that stand for an operation which is not there."""
    words = {operation.class_name, operation.class_name.lower()}
    for name in ("activation", "layer"):
        value = operation.settings.get(name)
        if isinstance(value, str):
            words.add(value)
    for port_or_node in operation.graph.operations.values() if operation.graph else ():
        words |= _class(port_or_node)
    return words


def _gone(graph: Graph, edited: Graph) -> set[str]:
    """Words for the operations that an edit took out."""
    before = [node.operation for node in graph.nodes]
    for node in edited.nodes:
        if node.operation in before:
            before.remove(node.operation)
    return {word for key in before for word in _class(graph.operations[key])}


def _with_gone(mutant: Mutant | None, graph: Graph) -> Mutant | None:
    """An edit that takes calls out is as well told by what is missing."""
    if mutant is None:
        return None
    gone = _gone(graph, mutant.graph)
    return replace(mutant, answers=(*mutant.answers, answer("missing", gone))) if gone else mutant


def _inner_calls(graph: Graph) -> Iterator[tuple[int, Node]]:
    ports = {port.tensor.node for port in graph.inputs}
    return ((n, node) for n, node in enumerate(graph.nodes) if n not in ports)


def _drops(graph: Graph) -> Iterator[Mutant]:
    for number, node in _inner_calls(graph):
        if len(node.outputs) != 1:
            continue
        for tensor in dict.fromkeys(node.tensors):
            edited = draft(graph)
            edited.use_instead(Tensor(number), tensor)
            around = _around(graph, number)
            words = _class(graph.operation(number))
            right = [answer("missing", words, around)]
            if "activation" in str(words).lower() or _is_activation(graph.operation(number)):
                right.append(answer("setting", around))
            if len(node.tensors) > 1:
                right.append(answer("missing", words))
            title = f"without {node.operation}, {_name(graph, tensor)} instead"
            yield (
                _with_gone(_done("drop", title, edited, *right), graph)
                if len(node.tensors) > 1
                else _done("drop", title, edited, *right)
            )


def _is_activation(operation: Operation) -> bool:
    return operation.class_name in (
        "Activation", "ReLU", "Softmax", "LeakyReLU", "Relu", "Tanh", "Sigmoid", "Softmax",
    )  # fmt: skip


def _around(graph: Graph, number: int) -> set[str]:
    """The operations next to a call; where a call leaves the model, any word will do."""
    found = {graph.nodes[t.node].operation for t in graph.nodes[number].tensors}
    for user, node in enumerate(graph.nodes):
        if any(t.node == number for t in node.tensors):
            found.add(graph.nodes[user].operation)
    if any(port.tensor.node == number for port in graph.outputs):
        found.add("output")
    return found


def _name(graph: Graph, tensor: Tensor) -> str:
    index = f"[{tensor.index}]" if len(graph.nodes[tensor.node].outputs) > 1 else ""
    return graph.nodes[tensor.node].operation + index


WIDEST = 4096  # behind a `Flatten` a square `Dense` would not fit into memory


def _inserts(graph: Graph) -> Iterator[Mutant]:
    for number, node in enumerate(graph.nodes):
        spec = node.outputs[0]
        if len(node.outputs) != 1 or not spec.dtype.startswith("float"):
            continue
        new_layers = [
            layer("new_dropout", "Dropout", rate=0.15),
            layer("new_activation", "Activation", activation="softsign"),
        ]
        if isinstance(spec.shape[-1], int) and len(spec.shape) > 1:
            new_layers.append(layer("new_norm", "LayerNormalization", epsilon=0.01))
            if (units := spec.shape[-1]) <= WIDEST:
                new_layers.append(layer("new_dense", "Dense", units=units, use_bias=False))
        for new in new_layers:
            edited = draft(graph)
            tensor = edited.add(new, ("inputs", Tensor(number)), like=number)
            edited.use_instead(Tensor(number), tensor)
            answers = [answer("extra", new.key)]
            if new.class_name == "Activation":
                answers = [answer(kind, {new.key, node.operation}) for kind in ("extra", "setting")]
            yield _done("add", f"{new.class_name} after {node.operation}", edited, *answers)


def _copy(operation: Operation, again: str = "copy") -> Operation:
    """An operation like this one, with weights of its own."""
    inner = operation.graph
    if inner is not None:
        inner = map_operations(inner, lambda o: replace(o, key=f"{again}_{o.key}"))
        inner = replace(
            inner,
            nodes=tuple(replace(n, operation=f"{again}_{n.operation}") for n in inner.nodes),
            operations={o.key: o for o in inner.operations.values()},
            name=f"{again}_{inner.name}",
        )
    name = f"{again}_{operation.name}"
    return replace(operation, key=f"{again}_{operation.key}", name=name, graph=inner)


def _duplicates(graph: Graph) -> Iterator[Mutant]:
    for number, node in _inner_calls(graph):
        operation = graph.operation(number)
        if len(node.outputs) != 1 or len(node.tensors) != 1:
            continue
        edited = draft(graph)
        new = _copy(operation)
        ((name, _), *rest) = node.arguments
        tensor = edited.add(new, (name, Tensor(number)), *rest, like=number)
        edited.use_instead(Tensor(number), tensor)
        # Of calls in a row that are alike, any is the one too many.
        alike = [o.key for o in every_operation(graph) if o.settings == operation.settings]
        places = {new.key, *alike}
        kinds = ("extra", "setting") if _is_activation(operation) else ("extra",)
        around = places | _around(graph, number) if _is_activation(operation) else places
        answers = [answer(kind, around) for kind in kinds]
        yield _done("duplicate", f"{operation.key} twice in a row", edited, *answers)


def _swaps(graph: Graph) -> Iterator[Mutant]:
    for second, node in _inner_calls(graph):
        if len(node.tensors) != 1 or len(node.outputs) != 1:
            continue
        first = node.tensors[0].node
        before = graph.nodes[first]
        uses = sum(n.tensors.count(Tensor(first)) for n in graph.nodes)
        leaves = any(port.tensor.node == first for port in graph.outputs)
        if len(before.tensors) != 1 or len(before.outputs) != 1 or uses != 1 or leaves:
            continue
        edited = draft(graph)
        edited.nodes[first], edited.nodes[second] = (
            replace(
                node, arguments=((node.arguments[0][0], before.tensors[0]), *node.arguments[1:])
            ),
            replace(
                before, arguments=((before.arguments[0][0], Tensor(first)), *before.arguments[1:])
            ),
        )
        places = {before.operation, node.operation}
        words = places | _class(graph.operation(first)) | _class(graph.operation(second))
        kinds = ("wiring", "missing", "extra", "setting")
        answers = [answer(kind, words) for kind in kinds]
        title = f"{before.operation} and {node.operation} swapped"
        yield _done("swap", title, edited, *answers)


# Wiring -------------------------------------------------------------------------------------------


def _tensors(graph: Graph) -> list[Tensor]:
    return [Tensor(n, i) for n, node in enumerate(graph.nodes) for i in range(len(node.outputs))]


def _rewirings(graph: Graph) -> Iterator[Mutant]:
    for number, node in _inner_calls(graph):
        for position, old in enumerate(node.tensors):
            for new in _tensors(graph):
                if new == old or not _may_replace(graph.spec(new), graph.spec(old)):
                    continue
                edited = draft(graph)
                edited.feed(number, position, new)
                sort = "index" if new.node == old.node else "rewire"
                title = f"{node.operation} on {_name(graph, new)} for {_name(graph, old)}"
                right = [answer("wiring", node.operation)]
                yield _with_gone(_done(sort, title, edited, *right), graph)
    for position, port in enumerate(graph.outputs):
        for new in _tensors(graph):
            old = port.tensor
            if new == old or not _may_replace(graph.spec(new), graph.spec(old)):
                continue
            edited = draft(graph)
            edited.outputs[position] = replace(port, tensor=new)
            sort = "index" if new.node == old.node else "rewire"
            title = f"output {_name(graph, new)} for {_name(graph, old)}"
            right = [answer("output", {graph.nodes[new.node].operation, "order"})]
            if len(graph.outputs) == 1:
                right = [answer("output")]
            yield _with_gone(_done(sort, title, edited, *right), graph)


def _may_replace(new: Spec, old: Spec) -> bool:
    """Whether it is worth to try: another rank or dtype seldom gives a model."""
    return len(new.shape) == len(old.shape) and new.dtype == old.dtype


_MERGES = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Subtract")


def _merge_inputs(graph: Graph) -> Iterator[Mutant]:
    for number, node in _inner_calls(graph):
        operation = graph.operation(number)
        if not node.arguments or not isinstance(node.arguments[0][1], tuple):
            continue
        if operation.class_name not in _MERGES and operation.graph is None:
            yield from _reversed(graph, number)
            continue
        name, tensors = node.arguments[0]
        if not all(isinstance(t, Tensor) for t in tensors):
            continue
        wiring = answer("wiring", operation.key)
        yield from _reversed(graph, number)
        if operation.class_name not in _MERGES:
            continue
        for left_out in range(len(tensors)) if len(tensors) > 2 else ():
            edited = draft(graph)
            rest = tensors[:left_out] + tensors[left_out + 1 :]
            edited.set_arguments(number, ((name, rest),))
            title = f"{operation.key} without {_name(graph, tensors[left_out])}"
            yield _with_gone(_done("merge", title, edited, wiring), graph)
        if operation.class_name != "Subtract":
            for tensor in _tensors(graph):
                if graph.spec(tensor).shape == graph.spec(tensors[0]).shape:
                    edited = draft(graph)
                    edited.set_arguments(number, ((name, (*tensors, tensor)),))
                    title = f"{operation.key} with {_name(graph, tensor)} too"
                    yield _done("merge", title, edited, wiring)
        for other in _MERGES:
            if other != operation.class_name and (other != "Subtract" or len(tensors) == 2):
                edited = draft(graph)
                changed = replace(operation, class_name=other, settings={})
                edited.operations[operation.key] = changed
                title = f"{other} for {operation.key}"
                right = answer("setting", operation.key)
                yield _done("merge", title, edited, right, answer("missing", operation.class_name))
    for number, _ in _inner_calls(graph):
        yield from _other_class(graph, number)


def _reversed(graph: Graph, number: int) -> Iterator[Mutant]:
    node = graph.nodes[number]
    name, value = node.arguments[0]
    if isinstance(value, tuple) and len(value) > 1:
        edited = draft(graph)
        edited.set_arguments(number, ((name, value[::-1]), *node.arguments[1:]))
        right = [answer("wiring", node.operation)]
        if graph.operation(number).graph is not None:
            right.append(answer("input"))
        yield _done("order", f"{node.operation} on its inputs reversed", edited, *right)


_SIMILAR = {
    "LSTM": "GRU", "GRU": "LSTM", "BatchNormalization": "LayerNormalization",
    "LayerNormalization": "BatchNormalization", "MaxPooling2D": "AveragePooling2D",
    "GlobalAveragePooling2D": "GlobalMaxPooling2D", "GlobalMaxPooling2D": "GlobalAveragePooling2D",
    "GlobalAveragePooling1D": "GlobalMaxPooling1D", "Conv2D": "SeparableConv2D",
    "Dropout": "GaussianDropout", "Flatten": "GlobalAveragePooling2D",
}  # fmt: skip
_KEPT = ("units", "filters", "kernel_size", "pool_size", "padding", "strides", "rate", "activation",
         "return_sequences")  # fmt: skip


def _other_class(graph: Graph, number: int) -> Iterator[Mutant]:
    operation = graph.operation(number)
    other = _SIMILAR.get(operation.class_name)
    if other is None or not operation.is_layer:
        return
    edited = draft(graph)
    settings = {k: v for k, v in operation.settings.items() if k in _KEPT}
    edited.operations[operation.key] = replace(operation, class_name=other, settings=settings)
    title = f"{other} for {operation.key}"
    around = _around(graph, number) | {operation.key}
    right = [answer("setting", operation.key), answer("missing", operation.class_name, around)]
    yield _done("class", title, edited, *right)


# Sharing ------------------------------------------------------------------------------------------


def _calls(graph: Graph) -> dict[str, list[int]]:
    calls = defaultdict(list)
    for number, node in _inner_calls(graph):
        calls[node.operation].append(number)
    return calls


def _unshared(graph: Graph) -> Iterator[Mutant]:
    for key, calls in _calls(graph).items():
        operation = graph.operations[key]
        if len(calls) < 2 or not operation.is_layer:
            continue
        for number in calls:
            edited = draft(graph)
            new = _copy(operation)
            edited.operations[new.key] = new
            edited.nodes[number] = replace(edited.nodes[number], operation=new.key)
            inside = {key, new.key}
            title = f"a copy of {key} for its call number {calls.index(number) + 1}"
            yield _done("unshare", title, edited, answer("sharing", inside | _inside(operation)))


def _inside(operation: Operation) -> set[str]:
    if operation.graph is None:
        return set()
    return {o.key for o in every_operation(operation.graph)}


def _alike(one: Operation, other: Operation) -> bool:
    """Whether one layer could stand in for the other."""
    return (
        one.class_name == other.class_name
        and bool(one.weights and other.weights)
        and [w.shape for w in one.weights] == [w.shape for w in other.weights]
        and (one.graph is not None or one.settings == other.settings)
    )


def _shared(graph: Graph) -> Iterator[Mutant]:
    calls = _calls(graph)
    keys = list(calls)
    for at, key in enumerate(keys):
        for other in keys[at + 1 :]:
            one, two = graph.operations[key], graph.operations[other]
            if not _alike(one, two):
                continue
            edited = draft(graph)
            for number in calls[other]:
                edited.nodes[number] = replace(edited.nodes[number], operation=key)
            right = answer("sharing", {key, other} | _inside(one))
            yield _done("share", f"{key} for {other}", edited, right)


def _crossed(graph: Graph) -> Iterator[Mutant]:
    """Twin layers, each called several times, paired the other way round in one place."""
    calls = _calls(graph)
    keys = [key for key in calls if len(calls[key]) > 1]
    for at, key in enumerate(keys):
        for other in keys[at + 1 :]:
            if not _alike(graph.operations[key], graph.operations[other]):
                continue
            edited = draft(graph)
            a, b = calls[key][-1], calls[other][-1]
            edited.nodes[a] = replace(edited.nodes[a], operation=other)
            edited.nodes[b] = replace(edited.nodes[b], operation=key)
            right = [answer(kind, {key, other}) for kind in ("sharing", "wiring")]
            yield _done("re-pair", f"{key} and {other} crossed", edited, *right)


# Inputs, outputs, nesting, training ---------------------------------------------------------------


def _boundary(graph: Graph, demands: Demands) -> Iterator[Mutant]:
    inputs, outputs = graph.inputs, graph.outputs
    for a in range(len(inputs)):
        for b in range(a + 1, len(inputs)):
            edited = draft(graph)
            edited.inputs[a], edited.inputs[b] = inputs[b], inputs[a]
            keys = {_key(graph, inputs[a]), _key(graph, inputs[b])}
            yield _done("inputs", f"inputs {a} and {b} swapped", edited, answer("input", keys))
    for a in range(len(outputs)):
        for b in range(a + 1, len(outputs)):
            edited = draft(graph)
            edited.outputs[a] = replace(outputs[a], tensor=outputs[b].tensor)
            edited.outputs[b] = replace(outputs[b], tensor=outputs[a].tensor)
            keys = {_key(graph, outputs[a]), _key(graph, outputs[b])}
            yield _done("outputs", f"outputs {a} and {b} swapped", edited, answer("output", keys))
    if len(outputs) > 1:
        for number in range(len(outputs)):
            edited = draft(graph)
            del edited.outputs[number]
            yield _with_gone(
                _done("outputs", f"without output {number}", edited, answer("output")), graph
            )
    for tensor in _tensors(graph)[len(inputs) :: 3]:
        edited = draft(graph)
        edited.outputs.append(Port(tensor, _name(graph, tensor), f"more_{tensor.node}"))
        structure = "list" if graph.output_structure == "tensor" else graph.output_structure
        edited.graph = replace(graph, output_structure=structure)
        yield _done("outputs", f"{_name(graph, tensor)} leaves too", edited, answer("output"))
    edited = draft(graph)
    new = replace(graph.operation(inputs[0].tensor.node), key="new_input", name="new_input")
    tensor = edited.add(new, like=inputs[0].tensor.node)
    edited.inputs.append(Port(tensor, "new_input", "new_input"))
    structure = "list" if graph.input_structure == "tensor" else graph.input_structure
    edited.graph = replace(graph, input_structure=structure)
    yield _done("inputs", "an input that nothing uses", edited, answer("input"))
    for port in inputs:
        number = port.tensor.node
        spec = graph.spec(port.tensor)
        for axis, size in enumerate(spec.shape[1:], 1):
            edited = draft(graph)
            other = 7 if size is None else size + 1
            changed = replace(spec, shape=(*spec.shape[:axis], other, *spec.shape[axis + 1 :]))
            edited.nodes[number] = replace(graph.nodes[number], outputs=(changed,))
            key = graph.nodes[number].operation
            title = f"{key} of shape {changed.shape}"
            yield _done("inputs", title, edited, answer("input", key))
        edited = draft(graph)
        dtype = "float32" if "int" in spec.dtype else "int32"
        edited.nodes[number] = replace(graph.nodes[number], outputs=(replace(spec, dtype=dtype),))
        key = graph.nodes[number].operation
        yield _done("dtype", f"{key} of dtype {dtype}", edited, answer("dtype", key))
    if demands.names:
        yield from _other_names(graph)


def _other_names(graph: Graph) -> Iterator[Mutant]:
    for kind in ("input", "output"):
        ports = getattr(graph, f"{kind}s")
        for port in ports:
            if port.key is not None:
                edited = draft(graph)
                others = [replace(p, key="wrong") if p == port else p for p in ports]
                setattr(edited, f"{kind}s", others)
                yield _done("name", f"{kind} {port.name} renamed", edited, answer(kind, "wrong"))
            else:
                key = graph.nodes[port.tensor.node].operation
                others = tuple(replace(p, name="wrong") if p == port else p for p in ports)
                changed = with_operation(graph, key, name="wrong")
                changed = replace(changed, **{f"{kind}s": others})
                yield Mutant("name", f"{key} renamed", changed, (answer(kind, "wrong"),))


def _key(graph: Graph, port: Port) -> str:
    return graph.nodes[port.tensor.node].operation


def _frozen(graph: Graph) -> Iterator[Mutant]:
    for operation in every_operation(graph):
        if not operation.weights or operation.class_name == "InputLayer":
            continue
        flip = not operation.trainable
        if flip and not operation.weights:
            continue
        key = operation.key
        changed = map_operations(
            graph, lambda o, key=key, flip=flip: set_trainable(o, flip) if o.key == key else o
        )
        where = {key} | _inside(operation)
        yield Mutant("freeze", f"{key}: trainable={flip}", changed, (answer("frozen", where),))


def _flattened(graph: Graph) -> Iterator[Mutant]:
    from rewrites import inlined

    for number, node in _inner_calls(graph):
        if graph.operation(number).graph is not None:
            edited = inlined(graph, number)
            if edited is not None:
                title = f"{node.operation} written inline"
                yield Mutant("nesting", title, edited, (answer("nesting"),))
