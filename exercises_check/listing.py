"""A graph written back as functional code, line by line. This module imports no Keras."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exercises_check.graph import Array, Graph, Operation, Tensor, tensors_in

LONGEST_SETTING = 40
Path = tuple[int, ...]

_OPERATORS = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "TrueDivide": "/", "Divide": "/", "Power": "**",
    "Matmul": "@", "FloorDivide": "//", "Mod": "%",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a listing.

    Attributes:
        name: the variable that the line assigns, `""` for a heading.
        code: what it is assigned.
        shape: the shape of the result, `""` where there is none.
        path: the call that the line writes, `None` where it writes none.
        depth: 0 for the model, 1 for a model nested in it, and so on.
    """

    name: str
    code: str
    shape: str = ""
    path: Path | None = None
    depth: int = 0


def listing(graph: Graph, open_at: tuple[Path, ...] = ()) -> tuple[Line, ...]:
    """`graph` as functional code.

    Args:
        graph: the model.
        open_at: paths whose nested models are written out, each before the line that calls it.
    """
    return tuple(_lines(graph, (), open_at, 0))


def _lines(graph: Graph, path: Path, open_at: tuple[Path, ...], depth: int) -> list[Line]:
    names = variable_names(graph)
    calls = Counter(node.operation for node in graph.nodes)
    written: set[str] = set()
    lines = []
    for number, node in enumerate(graph.nodes):
        operation = graph.operations[node.operation]
        here = (*path, number)
        shared = calls[operation.key] > 1 or operation.graph is not None
        inner = [p for p in open_at if p[: len(here)] == here and len(p) > len(here)]
        if operation.graph is not None and inner:
            lines.append(Line("", f"{operation.name}:", "", None, depth))
            lines += _lines(operation.graph, here, open_at, depth + 1)
        elif shared and operation.graph is None and operation.key not in written:
            written.add(operation.key)
            if operation.is_layer:
                lines.append(Line(operation.name, constructor(operation), "", None, depth))
        shape = ", ".join(_shape(spec.shape) for spec in node.outputs)
        code = _call(graph, number, names, shared and operation.is_layer)
        lines.append(Line(names[number], code, shape, here, depth))
    inputs, outputs = (
        _ports(ports, structure, names, graph)
        for ports, structure in (
            (graph.inputs, graph.input_structure),
            (graph.outputs, graph.output_structure),
        )
    )
    lines.append(
        Line("model" if depth == 0 else graph.name, f"Model({inputs}, {outputs})", "", path, depth)
    )
    return lines


def variable_names(graph: Graph) -> dict[int, str]:
    """A variable name for the result of each call: the layer's, and for a shared layer the layer's
    with that of what it is called on."""
    calls = Counter(node.operation for node in graph.nodes)
    names: dict[int, str] = {}
    used: set[str] = {op.name for op in graph.operations.values() if calls[op.key] > 1}
    for number, node in enumerate(graph.nodes):
        name = graph.operations[node.operation].name
        if calls[node.operation] > 1:
            name = "_".join([name, *(names[t.node] for t in node.tensors[:1])])
        again, candidate = 1, name
        while candidate in used:
            again += 1
            candidate = f"{name}_{again}"
        names[number] = candidate
        used.add(candidate)
    return names


def name_at(
    graph: Graph,
    path: Path,
    inside: bool = False,
    names_in: Callable[[Graph], dict[int, str]] = variable_names,
) -> str:
    """How the result of the call at `path` is named: `dense`, or `encoder/dense` if nested.

    What leaves a nested model goes by the name that it has outside, unless `inside`. Who asks for
    many names hands over a `names_in` that does not work them out anew each time.
    """
    where, current, levels = [], graph, []
    for number in path:
        levels.append((current, number))
        where.append(names_in(current)[number])
        inner = current.operation(number).graph
        if inner is not None:
            current = inner
    while len(levels) > 1 and not inside:
        inner, number = levels[-1]
        if all(port.tensor.node != number for port in inner.outputs):
            break
        levels.pop()
        where.pop()
    if len(where) > 1:
        where = [graph.operation(path[0]).name, *where[1:]]
    return "/".join(where)


def operation_at(graph: Graph, path: Path) -> Operation:
    """The operation that the call at `path` calls."""
    for number in path[:-1]:
        graph = graph.operation(number).graph
    return graph.operation(path[-1])


def maker_at(graph: Graph, path: Path) -> str:
    """What the call at `path` calls, as it is written: `Dense(units=64)`, `/ 8.0`, `ops.sqrt`."""
    for number in path[:-1]:
        graph = graph.operation(number).graph
    operation, node = graph.operation(path[-1]), graph.nodes[path[-1]]
    if operation.is_layer:
        return constructor(operation)
    if operation.class_name == "GetItem":
        return "[...]"
    if operation.class_name in _OPERATORS and len(node.arguments) == 2:
        sign = _OPERATORS[operation.class_name]
        left, right = ("" if list(tensors_in(v)) else literal(v) for _, v in node.arguments)
        return f"{left} {sign} {right}".strip()
    return f"ops.{_snake(operation.class_name)}"


def constructor(operation: Operation) -> str:
    """`Dense(units=64, activation='relu')`: the settings that are not defaults."""
    if operation.graph is not None:
        return operation.name
    written = [f"{n}={literal(operation.settings[n])}" for n in operation.shown]
    if "layer" in operation.shown:  # a wrapper is written `Bidirectional(LSTM(units=8))`
        written[operation.shown.index("layer")] = _object(operation.settings["layer"])
    settings = ", ".join(written)
    prefix = "" if operation.is_layer else "ops."
    name = operation.class_name if operation.is_layer else _snake(operation.class_name)
    return f"{prefix}{name}({settings})"


def literal(value: Any) -> str:
    """A setting as Python would write it, objects by their class, long ones cut."""
    if isinstance(value, dict):
        return _cut(_object(value))
    if isinstance(value, tuple):
        if len(value) > 1 and all(type(v) is int and v == value[0] for v in value):
            return literal(value[0])
        return _cut("(" + ", ".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")")
    if isinstance(value, Array):
        return f"array of shape {value.shape}"
    if isinstance(value, float):
        return f"{value:.6g}"
    return _cut(repr(value))


def _object(value: dict[str, Any]) -> str:
    if "class_name" in value:
        config = value.get("config")
        if not isinstance(config, dict):
            return str(config or value["class_name"])
        inner = ", ".join(f"{n}={literal(config[n])}" for n in value.get("shown", _numbers(config)))
        return f"{value['class_name']}({inner})"
    if "slice" in value:
        start, stop, step = ("" if v is None else str(v) for v in value["slice"])
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if "ellipsis" in value:
        return "..."
    return str(next(iter(value.values()), "{}")) if len(value) == 1 else "{...}"


def _numbers(config: dict[str, Any]) -> list[str]:
    return [name for name, value in config.items() if isinstance(value, float)]


def _call(graph: Graph, number: int, names: dict[int, str], shared: bool) -> str:
    node, operation = graph.nodes[number], graph.operation(number)
    if operation.class_name == "InputLayer":
        return _input(graph, number)

    def tensor(t: Tensor) -> str:
        several = len(graph.nodes[t.node].outputs) > 1
        return f"{names[t.node]}[{t.index}]" if several else names[t.node]

    def written(value: Any) -> str:
        if isinstance(value, Tensor):
            return tensor(value)
        if isinstance(value, tuple):
            return "[" + ", ".join(map(written, value)) + "]"
        if isinstance(value, dict) and list(tensors_in(value)):
            return "{" + ", ".join(f"{k!r}: {written(v)}" for k, v in value.items()) + "}"
        return literal(value)

    arguments = dict(node.arguments)
    if not operation.is_layer and operation.class_name in _OPERATORS and len(arguments) == 2:
        return f" {_OPERATORS[operation.class_name]} ".join(map(written, arguments.values()))
    if operation.class_name == "GetItem":
        key = arguments["key"] if isinstance(arguments["key"], tuple) else (arguments["key"],)
        return f"{written(arguments['x'])}[{', '.join(map(written, key))}]"
    given = [
        written(v)
        if i == 0 or (list(tensors_in(v)) and not operation.is_layer)
        else f"{k}={written(v)}"
        for i, (k, v) in enumerate(arguments.items())
    ]
    if operation.is_layer:
        maker = operation.name if shared else constructor(operation)
        return f"{maker}({', '.join(given)})"
    given += [f"{n}={literal(operation.settings[n])}" for n in operation.shown]
    return f"ops.{_snake(operation.class_name)}({', '.join(given)})"


def _input(graph: Graph, number: int) -> str:
    spec = graph.nodes[number].outputs[0]
    dtype = "" if spec.dtype == "float32" else f", dtype={spec.dtype!r}"
    batch = "" if not spec.shape or spec.shape[0] is None else f", batch_size={spec.shape[0]}"
    return f"Input({_shape(spec.shape[1:])}{batch}{dtype})"


def _ports(ports, structure: str, names: dict[int, str], graph: Graph) -> str:
    def tensor(t: Tensor) -> str:
        several = len(graph.nodes[t.node].outputs) > 1
        return f"{names[t.node]}[{t.index}]" if several else names[t.node]

    if structure == "dict":
        return "{" + ", ".join(f"{p.key!r}: {tensor(p.tensor)}" for p in ports) + "}"
    written = ", ".join(tensor(port.tensor) for port in ports)
    return written if structure == "tensor" else f"[{written}]"


def _shape(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def _snake(class_name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in class_name).strip("_")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SETTING else text[: LONGEST_SETTING - 1] + "…"
