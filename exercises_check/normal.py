"""From a `Graph` to its normal form: one way to write each thing that a model can compute.

Two models that compute the same are written in many ways: `Add()([a, b])` or `a + b`,
`Dense(8, activation="relu")` or a `Dense` and a `ReLU`, nested or flat. The normal form has one
writing for each. It changes nothing a model computes; the equivalences are proved in
`tests/test_equivalences.py`. This module imports no Keras.

A `Step` is a call in normal form. The rules that rewrite one call are in `rules.py`; this module
walks the graph, follows masks into nested models, and does what needs the whole graph: leaving out
what no output uses, joining merges of merges, and putting an activation on the step it belongs to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from exercises_check import rules
from exercises_check.graph import Graph, Node, Operation, Spec, Tensor, map_tensors

Path = tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """One call in normal form.

    Attributes:
        kind: what is computed, such as `"Dense"`, `"add"`, `"mean"`.
        settings: what fixes it, in one writing.
        inputs: `(slot, tensor)`; tensors refer to steps. An unordered step's slots are all `""`.
        outputs: shape and dtype of what it returns.
        path: where the call stands in the graph that was read: node numbers, outermost first.
        layer: the key of the layer whose weights it uses, `None` if it has no weights.
        trainable: for each of those weights, whether training changes it.
        dtype: the layer's dtype policy; for a step without weights the dtype it casts to, if any.
        ordered: whether the order of the inputs matters.
        activations: what is applied to its output: `(kind, settings)`, first to last.
        activation_paths: where each activation stands in the graph that was read.
        mask: whether it is a Keras mask, which no one wrote: its path is the call that made it.
    """

    kind: str
    settings: dict[str, Any]
    inputs: tuple[tuple[str, Tensor], ...]
    outputs: tuple[Spec, ...]
    path: Path
    layer: str | None = None
    trainable: tuple[bool, ...] = ()
    dtype: str | None = None
    ordered: bool = True
    activations: tuple[tuple[str, dict[str, Any]], ...] = ()
    activation_paths: tuple[Path, ...] = ()
    mask: bool = False


@dataclass(frozen=True)
class Normal:
    """A model in normal form: its steps in an order in which they can be computed.

    `inputs` are the numbers of the steps that are inputs, in the order of the graph's ports;
    `outputs` the tensors that leave, in that order. `repeats` says whether a call that repeats
    another one was written only once. `dropped` has the calls that receive a Keras mask and hand
    none on, each with the calls that made the mask.
    """

    graph: Graph
    steps: tuple[Step, ...]
    inputs: tuple[int, ...]
    outputs: tuple[Tensor, ...]
    repeats: bool = False
    dropped: dict[Path, frozenset[Path]] = field(default_factory=dict)


def normal_form(
    graph: Graph,
    free: Iterable[str] = (),
    initializers: bool = False,
    merge_repeats: bool = True,
    literal: bool = False,
    apart: bool = False,
) -> Normal:
    """The normal form of `graph`.

    Args:
        graph: what to rewrite.
        free: settings to leave out, as `"units"` or `"Dense.units"`.
        initializers: keep the initializers, which otherwise do not count.
        merge_repeats: write a call that repeats another one only once.
        literal: keep each call where it was written, with a step of its own.
        apart: write a separable convolution as the two convolutions that it is.
    """
    walk = _Walk(frozenset(free), initializers, merge_repeats, literal, apart)
    inputs = tuple(walk.input(graph, number) for number in range(len(graph.inputs)))
    values = walk.graph(graph, (), [(tensor, None) for tensor in inputs])
    outputs = tuple(values[port.tensor][0] for port in graph.outputs)
    numbers = tuple(tensor.node for tensor in inputs)
    form = Normal(graph, tuple(walk.steps), numbers, outputs, walk.repeats, walk.dropped)
    if literal:
        return _used(form)
    form = _unordered_differences(_join_merges(_used(form)))
    return _place_activations(_used(form))


class _Walk:
    """Goes through a graph and its nested graphs in order, and writes the steps.

    A value is a pair: the tensor, and the tensor of the Keras mask that travels with it or `None`.
    With `merge_repeats` equal calls are written once: the same layer, or the same operation without
    weights, on the same tensors gives the same result.
    """

    def __init__(
        self,
        free: frozenset[str],
        initializers: bool,
        merge_repeats: bool,
        literal: bool,
        apart: bool,
    ):
        self.steps: list[Step] = []
        self.repeats = False
        self.dropped: dict[Path, frozenset[Path]] = {}
        self._merge_repeats = merge_repeats
        self._literal = literal
        self._apart = apart
        self._free = free
        self._initializers = initializers
        self._known: dict[Any, int] = {}

    def input(self, graph: Graph, number: int) -> Tensor:
        port = graph.inputs[number]
        spec = graph.spec(port.tensor)
        self.steps.append(Step("Input", {}, (), (spec,), (port.tensor.node,)))
        return Tensor(len(self.steps) - 1)

    def graph(self, graph: Graph, path: Path, given: list) -> dict[Tensor, tuple]:
        """The value of each tensor of `graph`, whose inputs have the values `given`."""
        values: dict[Tensor, tuple] = {
            port.tensor: value for port, value in zip(graph.inputs, given, strict=True)
        }
        for number, node in enumerate(graph.nodes):
            if Tensor(number) in values:
                continue
            operation = graph.operations[node.operation]
            here = (*path, number)
            if operation.graph is not None:
                results = self._nested(operation.graph, node, values, here)
            else:
                results = self._call(graph, operation, node, values, here)
            for index, value in enumerate(results):
                values[Tensor(number, index)] = value
        return values

    def _nested(self, inner: Graph, node: Node, values: dict, path: Path) -> list:
        argument = node.arguments[0][1]
        if isinstance(argument, dict) and inner.input_structure == "dict":
            given = [values[argument[port.key]] for port in inner.inputs]
        else:
            # Keras flattens a dict by its sorted keys, whatever the order it was written in.
            given = [values[tensor] for tensor in node.tensors[: len(inner.inputs)]]
            if inner.input_structure == "dict":
                by_key = dict(zip(sorted(port.key for port in inner.inputs), given, strict=True))
                given = [by_key[port.key] for port in inner.inputs]
        inside = self.graph(inner, path, given)
        ports = inner.outputs
        if inner.output_structure == "dict":
            ports = tuple(sorted(ports, key=lambda port: port.key))
        return [inside[port.tensor] for port in ports]

    def _call(
        self, graph: Graph, operation: Operation, node: Node, values: dict, path: Path
    ) -> list:
        received = node.tensors
        specs = {values[tensor][0]: graph.spec(tensor) for tensor in received}
        masks = {values[tensor][0]: values[tensor][1] for tensor in received}
        call = rules.Call(
            operation=operation,
            arguments={
                name: map_tensors(value, lambda t: values[t][0]) for name, value in node.arguments
            },
            inputs=tuple(values[tensor][0] for tensor in received),
            specs=specs,
            masks=masks,
            outputs=node.outputs,
            free=self._free,
            initializers=self._initializers,
            literal=self._literal,
            apart=self._apart,
        )

        def emit(kind, settings, inputs, outputs=node.outputs, path=path, **more) -> Tensor:
            return self._emit(Step(kind, settings, tuple(inputs), tuple(outputs), path, **more))

        tensors = rules.rewrite(call, emit, self.step)
        mask = rules.mask_of(call, emit)
        if mask is None and any(masks.values()):
            self.dropped[path] = mask_makers(self.steps, filter(None, masks.values()))
        return [(tensor, mask) for tensor in tensors]

    def step(self, tensor: Tensor) -> Step:
        return self.steps[tensor.node]

    def _emit(self, step: Step) -> Tensor:
        inputs = step.inputs
        if not step.ordered:
            inputs = tuple(sorted(inputs, key=lambda pair: (pair[1].node, pair[1].index)))
        key = (step.kind, frozen(step.settings), inputs, step.layer, step.dtype)
        if self._merge_repeats and key in self._known and rules.repeatable(step):
            self.repeats = True
            return Tensor(self._known[key])
        self.steps.append(step)
        self._known[key] = len(self.steps) - 1
        return Tensor(len(self.steps) - 1)


def mask_makers(steps: Sequence[Step], masks: Iterable[Tensor]) -> frozenset[Path]:
    """The calls that these masks come from, and those on the way that join several."""
    waiting, found = [tensor.node for tensor in masks], set()
    for number in waiting:
        if steps[number].mask:
            found.add(steps[number].path)
            waiting += [tensor.node for _, tensor in steps[number].inputs]
    return frozenset(found)


# Rewrites that need the whole graph ---------------------------------------------------------------


def _used(form: Normal) -> Normal:
    """Without the steps that no output uses; inputs stay, used or not."""
    used = set(form.inputs) | {tensor.node for tensor in form.outputs}
    for number in range(len(form.steps) - 1, -1, -1):
        if number in used:
            used.update(tensor.node for _, tensor in form.steps[number].inputs)
    return _keep(form, sorted(used))


def _keep(form: Normal, kept: list[int]) -> Normal:
    if len(kept) == len(form.steps):
        return form
    place = {number: new for new, number in enumerate(kept)}

    def moved(tensor: Tensor) -> Tensor:
        return Tensor(place[tensor.node], tensor.index)

    steps = tuple(
        replace(step, inputs=tuple((slot, moved(tensor)) for slot, tensor in step.inputs))
        for step in (form.steps[number] for number in kept)
    )
    return replace(
        form,
        steps=steps,
        inputs=tuple(place[number] for number in form.inputs),
        outputs=tuple(moved(tensor) for tensor in form.outputs),
    )


def _uses(form: Normal) -> Counter:
    """How often each tensor is used, leaving the model included."""
    uses = Counter(form.outputs)
    for step in form.steps:
        uses.update(tensor for _, tensor in step.inputs)
    return uses


def _join_merges(form: Normal) -> Normal:
    """`(a + b) + c` as one sum of three, and a sum of n divided by n as an average."""
    uses = _uses(form)
    steps = list(form.steps)

    def joined(outer: Step, tensor: Tensor) -> bool:
        return uses[tensor] == 1 and rules.joins(outer, form.steps[tensor.node])

    joinable = [step for step in steps if step.kind in rules.JOINABLE]
    inner = {t.node for step in joinable for _, t in step.inputs if joined(step, t)}
    for number, step in enumerate(steps):
        if step.kind in rules.JOINABLE and number not in inner:
            inputs: list = []
            waiting = list(reversed(step.inputs))
            while waiting:
                slot, tensor = waiting.pop()
                if joined(step, tensor):
                    waiting.extend(reversed(form.steps[tensor.node].inputs))
                else:
                    inputs.append((slot, tensor))
            if step.kind in rules.IDEMPOTENT:
                inputs = list(dict.fromkeys(inputs))
            if len(inputs) != len(step.inputs):
                steps[number] = step = replace(step, inputs=tuple(inputs))
        if len(step.inputs) == 1:
            tensor = step.inputs[0][1]
            before = steps[tensor.node]
            if uses[tensor] == 1 and rules.is_average(step, before):
                steps[number] = replace(before, kind="average", path=step.path)
    return replace(form, steps=tuple(steps))


def _unordered_differences(form: Normal) -> Normal:
    """`square(a - b)` and `square(b - a)` are one: nobody sees which is taken from which."""
    seen = {tensor.node for tensor in form.outputs}
    for step in form.steps:
        if step.kind not in rules.EVEN:
            seen.update(tensor.node for _, tensor in step.inputs)

    def unordered(step: Step) -> Step:
        inputs = sorted(((("", t)) for _, t in step.inputs), key=lambda p: (p[1].node, p[1].index))
        return replace(step, inputs=tuple(inputs), ordered=False)

    steps = tuple(
        unordered(step)
        if step.kind == "subtract" and number not in seen and "constant" not in step.settings
        else step
        for number, step in enumerate(form.steps)
    )
    return replace(form, steps=steps)


def _place_activations(form: Normal) -> Normal:
    """Put an activation on the step whose only use it is, as `Dense(8, activation="relu")` does."""
    uses = _uses(form)
    steps = list(form.steps)
    place: dict[int, int] = {}  # a step that was put on another one -> that one
    for number, step in enumerate(steps):
        inputs = step.inputs
        if any(tensor.node in place for _, tensor in inputs):
            inputs = tuple(
                (slot, Tensor(place.get(tensor.node, tensor.node), tensor.index))
                for slot, tensor in inputs
            )
            steps[number] = step = replace(step, inputs=inputs)
        if step.kind not in rules.ACTIVATIONS or len(form.steps[number].inputs) != 1:
            continue
        original = form.steps[number].inputs[0][1]
        host = inputs[0][1].node
        if steps[host].kind == "Input" or len(steps[host].outputs) != 1 or uses[original] != 1:
            continue
        steps[host] = replace(
            steps[host],
            outputs=step.outputs,
            activations=(*steps[host].activations, (step.kind, step.settings)),
            activation_paths=(*steps[host].activation_paths, step.path),
        )
        place[number] = host
    moved = replace(
        form,
        steps=tuple(steps),
        outputs=tuple(Tensor(place.get(t.node, t.node), t.index) for t in form.outputs),
    )
    return _keep(moved, [number for number in range(len(steps)) if number not in place])


def frozen(value: Any) -> Any:
    """`value` in a form that can be a key of a dict."""
    if isinstance(value, dict):
        return tuple([(key, frozen(value[key])) for key in sorted(value)])
    if isinstance(value, tuple):
        return tuple([frozen(item) for item in value])
    return ("bool", value) if isinstance(value, bool) else value  # to Python, True is 1
