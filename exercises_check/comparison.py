"""What stands between two graphs: a list of differences, the cause to mend first at the top.

The learner's graph is "mine" or left, the other "wanted" or right. Both are brought to normal form,
their steps are paired, and what still differs under that pairing is said in words about the
learner's model. This module imports no Keras.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from exercises_check import match, wording
from exercises_check.causes import causes
from exercises_check.edit import Edit
from exercises_check.edits import edits_between, step_edits
from exercises_check.garbage import collection_paused
from exercises_check.graph import Graph, Port
from exercises_check.match import Pairing, Side
from exercises_check.normal import Path, normal_form

KINDS = (
    "input", "output", "missing", "extra", "setting", "wiring", "sharing", "nesting", "frozen",
    "dtype", "compile", "contract", "value",
)  # fmt: skip
# Where there are more differences, or calls, than this, no nearer form is looked for.
MOST_RETOLD, MOST_LITERAL = 6, 400
MOST_ORDERS = 4  # the orders of up to this many inputs are tried, to tell a swap from a wrong wire
ORDERS_BUDGET = 1_500  # steps of both models together, times the other orders tried


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    Attributes:
        kind: one of `KINDS`.
        message: a sentence: the fact, then what is expected.
        name: where, by the name it has in the learner's model.
        expected: what the reference has there, as text.
        found: what the learner's model has there, as text.
        path: the call in the learner's graph where it shows, `None` where there is none.
        setting: for kind `"setting"`, which setting.
        place: where, by the reference's own name of the call, `""` where it has none there.
        what: which sort of edit this is, such as `"unshared"` or `"input shape"`.
    """

    kind: str
    message: str
    name: str = ""
    expected: str = ""
    found: str = ""
    path: Path | None = None
    setting: str = ""
    # The same difference may show at several calls of the reference.
    place: str = field(default="", compare=False)
    what: str = field(default="", compare=False)


@dataclass(frozen=True)
class Comparison:
    """Two models and what stands between them. True when they are the same.

    Attributes:
        mine: the graph that was asked about.
        other: the graph it was compared with.
        differences: the first is the cause to mend first; the rest may vanish with it.
    """

    mine: Graph
    other: Graph
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether the two compute the same."""
        return not self.differences

    def __bool__(self) -> bool:
        return self.same

    def __repr__(self) -> str:
        from exercises_check import report

        return report.comparison_text(self)

    def _repr_html_(self) -> str:
        from exercises_check import page

        return page.comparison_html(self)


@dataclass(frozen=True)
class Demands:
    """What a task asks for beyond the graph, and what it leaves open.

    Attributes:
        names: input and output names count.
        nested: the nested models of the other model count.
        free: settings that are left open, as `"units"` or `"Dense.units"`.
        initializers: initializers count.
    """

    names: bool = False
    nested: bool = False
    free: tuple[str, ...] = ()
    initializers: bool = False


NO_DEMANDS = Demands()


@collection_paused()
def compare_graphs(mine: Graph, other: Graph, demands: Demands = NO_DEMANDS) -> Comparison:
    """What stands between `mine` and `other`."""
    left, right, edits, pairing = _fewest_edits(mine, other, demands)
    if demands.nested:
        edits += _nesting_edits(mine, other)
    words = wording.Words(left, right, pairing)
    told = [Difference(**words.say(edit)) for edit in sorted(edits, key=lambda edit: edit.place)]
    return Comparison(mine, other, _each_once(told))


def _each_once(told: list[Difference]) -> tuple[Difference, ...]:
    """Without those that say the same: what is inside a nested model differs at all its calls."""
    once: dict[tuple[str, str], Difference] = {}
    for difference in told:
        once.setdefault((difference.kind, difference.message), difference)
    return tuple(once.values())


def _fewest_edits(mine: Graph, other: Graph, demands: Demands):
    """The two sides, the edits and the pairing, in the form in which the fewest edits tell it all.

    Whether two models are the same shows in the normal form. What differs is told best in a form
    nearer to what was written: there a call that repeats another one is still a call, and an
    activation that does not follow its layer is an activation of its own.
    """
    found = _fewest_edits_of(mine, other, demands, apart=False)
    if found[2] and _is_written_apart(mine, other):
        apart = _fewest_edits_of(mine, other, demands, apart=True)
        if len(apart[2]) < len(found[2]) and not _tells_a_part(*apart):
            return apart
    return found


def _tells_a_part(left: Side, right: Side, edits: list[Edit], pairing: Pairing) -> bool:
    """Whether an edit is about one of two steps that somebody wrote as one layer."""
    there = {right.steps[number].path for number in pairing.values()}
    missing = [
        number
        for edit in edits
        if edit.what in ("missing", "missing several")
        for number in edit.data.get("steps", (edit.right,))
    ]
    return any(match.is_part(left, edit.left) for edit in edits if edit.left is not None) or any(
        match.is_part(right, number) and right.steps[number].path in there for number in missing
    )


def _is_written_apart(mine: Graph, other: Graph) -> bool:
    """Whether one model may have a separable convolution where the other has the two it is."""
    left, right = _class_names(mine), _class_names(other)
    return any(
        f"SeparableConv{axes}" in one and f"DepthwiseConv{axes}" in two
        for axes in ("1D", "2D")
        for one, two in ((left, right), (right, left))
    )


def _class_names(graph: Graph) -> set[str]:
    """The classes of all that is called in a model and in those nested in it."""
    names = {operation.class_name for operation in graph.operations.values()}
    inner = (op.graph for op in graph.operations.values() if op.graph is not None)
    return names.union(*map(_class_names, inner))


def _fewest_edits_of(mine: Graph, other: Graph, demands: Demands, apart: bool):
    best, repeats = None, True
    for merge_repeats, literal in ((True, False), (False, False), (False, True)):
        if not repeats and not literal:
            continue  # no call was written only once: this form is the one before
        if literal and (best[0][0] > MOST_RETOLD or len(mine.nodes) > MOST_LITERAL):
            break
        settings = (demands.free, demands.initializers, merge_repeats, literal, apart)
        left = match.prepare(normal_form(mine, *settings))
        right = _reference(_Key(other), *settings)
        repeats = left.form.repeats or right.form.repeats
        edits, order, pairing = _graph_edits(left, right, demands)
        edits = [*_boundary(left, right, order, demands), *edits]
        edits = _named_in_order(edits, left, right, demands)
        told = causes(edits, left, right, pairing)
        cost = len(told), sum(edit.weight for edit in told)
        if literal and _tells_an_argument([*edits, *told], left, right):
            break
        if best is None or (edits and (cost < best[0] if literal else cost <= best[0])):
            best = cost, (left, right, told, pairing)
        if not edits or (cost <= (1, 1.0) and not repeats):
            break
    return best[1]


def _named_in_order(edits: list[Edit], left: Side, right: Side, demands: Demands) -> list[Edit]:
    """Without an order of outputs that is none of its own: one of theirs goes by names, or none.

    Where each was found by its name, it is the names that are exchanged. Where some names are not
    known, each was found by its place, and then the names are those expected at these places.
    """
    order = next((edit for edit in edits if edit.what == "output order"), None)
    names = next((edit for edit in edits if edit.what == "output names"), None)
    if order is None:
        return edits
    mine, wanted = left.form.graph.outputs, right.form.graph.outputs
    leaves = _order_by_label(mine, wanted, demands)
    if leaves is not None:
        stands_for = [order.data["place"][leaves.index(number)] for number in range(len(mine))]
        if len(set(stands_for)) < len(mine):
            return edits
        data = _exchanged(mine, [wanted[number] for number in stands_for])
        told = replace(order, what="output names", data=data)
        return [told if edit is order else edit for edit in edits if edit is not names]
    if names is None:
        return edits
    expected = [names.data["expected"][number] for number in order.data["place"]]
    told = replace(names, data={**names.data, "expected": expected})
    return [told if edit is names else edit for edit in edits if edit is not order]


def _exchanged(mine: Sequence[Port], wanted: Sequence[Port]) -> dict[str, Any]:
    """The names that are exchanged, as `mine` has them and as expected."""
    labels = [(a.key or a.name, b.key or b.name) for a, b in zip(mine, wanted, strict=True)]
    found, expected = zip(*(pair for pair in labels if pair[0] != pair[1]), strict=True)
    return {"found": found, "expected": expected, "exchanged": True}


class _Key:
    """A graph as a key: this very object, whatever is in it."""

    def __init__(self, graph: Graph):
        self.graph = graph

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.graph is other.graph

    def __hash__(self) -> int:
        return id(self.graph)


@functools.lru_cache(maxsize=64)
def _reference(key: _Key, *settings) -> Side:
    """The reference, prepared: most are asked for again and again."""
    return match.prepare(normal_form(key.graph, *settings))


def _tells_an_argument(edits: list[Edit], left: Side, right: Side) -> bool:
    """Whether an edit is about an activation that is no call of its own but a layer's argument."""
    # With the layer that has it as an argument, it is missing or extra as one thing.
    missing = {edit.right for edit in edits if edit.what == "missing"}
    extra = {edit.left for edit in edits if edit.what == "extra"}
    together = {"missing": missing, "extra": extra}
    return any(
        number is not None
        and match.is_argument(side, number)
        and not any(n in together.get(edit.what, ()) for _, n, _ in side.inputs[number])
        for edit in edits
        for side, number in ((left, edit.left), (right, edit.right))
    )


# Edits: differences before they are put into words ------------------------------------------------


Order = tuple[int, ...]  # for each of the reference's ports, the learner's that stands for it


def _graph_edits(left: Side, right: Side, demands: Demands):
    """The edits under the best pairing, the order of the learner's inputs in it, the pairing."""
    natural = natural_order(left.form.graph.inputs, right.form.graph.inputs, demands)
    leaves = natural_order(left.form.graph.outputs, right.form.graph.outputs, demands)
    best: tuple[float, list[Edit], Order, Pairing] | None = None
    of_steps = functools.cache(lambda a, b: tuple(step_edits(left, right, a, b)))
    for order in _orders(natural, len(left.steps) + len(right.steps)):
        side = _reordered(left, order, leaves)

        def told(pairing: Pairing, side=side) -> list[Edit]:
            return list(edits_between(side, right, pairing, of_steps))

        pairing = match.pair(side, right, told)
        edits = told(pairing)
        total = sum(edit.weight for edit in edits) + (order != natural) * 1.5
        if best is None or total < best[0]:
            best = (total, edits, order, pairing)
        if len(edits) <= 1 or not any(_is_at_an_input(edit, side, right) for edit in edits):
            break
    return best[1:]


def _is_at_an_input(edit: Edit, left: Side, right: Side) -> bool:
    """Whether another order of the inputs could mend an edit: it is about what an input feeds."""
    ends = [(left, edit.left), (right, edit.right)]
    ends += [(left, tensor.node) for tensor in edit.data.get("off_found", ())]
    ends += [(right, tensor.node) for tensor in edit.data.get("off_wanted", ())]
    return any(
        side.steps[node].kind == "Input"
        for side, number in ends
        if number is not None
        for node in (number, *(node for _, node, _ in side.inputs[number]))
    )


def natural_order(mine: tuple[Port, ...], wanted: tuple[Port, ...], demands: Demands):
    """Which of my ports stands for each wanted one: by key or asked-for name, else by position."""
    order = _order_by_label(mine, wanted, demands)
    return tuple(range(len(mine))) if order is None else order


def _order_by_label(mine: tuple[Port, ...], wanted: tuple[Port, ...], demands: Demands):
    """Which of my ports has the key, or the asked-for name, of each wanted one; `None` if none."""
    if len(mine) != len(wanted):
        return None
    for label in (lambda port: port.key, lambda port: port.name if demands.names else None):
        own, their = [label(p) for p in mine], [label(p) for p in wanted]
        if None not in own and len(set(own)) == len(own) and set(own) == set(their):
            return tuple(own.index(name) for name in their)
    return None


def _orders(natural: tuple[int, ...], steps: int) -> Iterator[tuple[int, ...]]:
    yield natural
    if 1 < len(natural) <= MOST_ORDERS:
        others = (order for order in itertools.permutations(natural) if order != natural)
        yield from itertools.islice(others, ORDERS_BUDGET // max(1, steps))


def _reordered(side: Side, order: tuple[int, ...], leaves: tuple[int, ...]) -> Side:
    identity = tuple(range(len(order))), tuple(range(len(side.form.outputs)))
    if (order, leaves) == identity or not order:
        return side
    inputs = tuple(side.form.inputs[number] for number in order)
    outputs = side.form.outputs
    if len(leaves) == len(outputs):
        outputs = tuple(outputs[number] for number in leaves)
    return match.prepare(replace(side.form, inputs=inputs, outputs=outputs))


# Inputs, outputs, nesting -------------------------------------------------------------------------


def _boundary(left: Side, right: Side, inputs: Order, demands: Demands) -> Iterator[Edit]:
    """What differs where tensors enter and leave: how many, shapes, dtypes, asked-for names."""
    mine, wanted = left.form.graph, right.form.graph
    outputs = natural_order(mine.outputs, wanted.outputs, demands)
    for kind, own, their, order in (
        ("input", mine.inputs, wanted.inputs, inputs),
        ("output", mine.outputs, wanted.outputs, outputs),
    ):
        if len(own) != len(their):
            data = {"found": len(own), "expected": len(their), "short": len(their) - len(own)}
            step = left.form.inputs[-1] if kind == "input" else left.form.outputs[-1].node
            yield Edit(kind, f"{kind} count", step, None, data, -3.0 if kind == "input" else 1e9)
            continue
        pairs = [(own[a], port) for a, port in zip(order, their, strict=True)]
        by_label = _order_by_label(own, their, demands)
        if kind == "input" and by_label not in (None, order):
            data = _exchanged(own, [their[order.index(number)] for number in range(len(own))])
            yield Edit("input", "input names", left.form.inputs[0], None, data, -2.5)
        elif demands.names:
            found = [port.key or port.name for port, _ in pairs]
            expected = [port.key or port.name for _, port in pairs]
            if found != expected:
                off = [a for a, b in pairs if (a.key or a.name) != (b.key or b.name)]
                data = {"found": found, "expected": expected, "off": off}
                step = left.form.inputs[0] if kind == "input" else left.form.outputs[0].node
                yield Edit(
                    kind, f"{kind} names", step, None, data, -1.0 if kind == "input" else 1e9
                )
        if kind == "input":
            if by_label is None and order != natural_order(own, their, demands):
                data = {"found": own, "expected": [own[number] for number in order]}
                yield Edit("input", "input order", left.form.inputs[0], None, data, -2.5)
            for position, number in enumerate(order):
                a, b = left.form.inputs[number], right.form.inputs[position]
                (spec,), (asked,) = left.steps[a].outputs, right.steps[b].outputs
                if spec.shape != asked.shape:
                    data = {"found": spec.shape, "expected": asked.shape}
                    yield Edit("input", "input shape", a, b, data, -2.0)
                if spec.dtype != asked.dtype:
                    data = {"found": spec.dtype, "expected": asked.dtype}
                    yield Edit("dtype", "input dtype", a, b, data, -1.5)


def _nesting_edits(mine: Graph, other: Graph) -> list[Edit]:
    found, wanted = _nested_models(mine), _nested_models(other)
    if found == wanted:
        return []
    return [Edit("nesting", "nesting", None, None, {"found": found, "expected": wanted}, 1e8)]


def _nested_models(graph: Graph) -> int:
    return sum(operation.graph is not None for operation in graph.operations.values())
