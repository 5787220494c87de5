"""What stands between two graphs: a list of differences, the cause to mend first at the top.

The learner's graph is "mine" or left, the other "wanted" or right. Both are brought to normal form,
their steps are paired, and what still differs under that pairing is said in words about the
learner's model. This module imports no Keras.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from exercises_check import match, rules, wording
from exercises_check.causes import causes
from exercises_check.edit import MISSING, Edit
from exercises_check.garbage import collection_paused
from exercises_check.graph import Graph, Port, Tensor
from exercises_check.match import Pairing, Side
from exercises_check.normal import Path, Step, normal_form

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
    """

    kind: str
    message: str
    name: str = ""
    expected: str = ""
    found: str = ""
    path: Path | None = None
    setting: str = ""


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
    return Comparison(mine, other, tuple(dict.fromkeys(told)))


def _fewest_edits(mine: Graph, other: Graph, demands: Demands):
    """The two sides, the edits and the pairing, in the form in which the fewest edits tell it all.

    Whether two models are the same shows in the normal form. What differs is told best in a form
    nearer to what was written: there a call that repeats another one is still a call, and an
    activation that does not follow its layer is an activation of its own.
    """
    best, repeats = None, True
    for merge_repeats, literal in ((True, False), (False, False), (False, True)):
        if not repeats and not literal:
            continue  # no call was written only once: this form is the one before
        if literal and (best[0][0] > MOST_RETOLD or len(mine.nodes) > MOST_LITERAL):
            break
        settings = (demands.free, demands.initializers, merge_repeats, literal)
        left = match.prepare(normal_form(mine, *settings))
        right = _reference(_Key(other), *settings)
        repeats = left.form.repeats or right.form.repeats
        edits, order, pairing = _graph_edits(left, right, demands)
        edits = [*_boundary(left, right, order, demands), *edits]
        told = causes(edits, left, right, pairing)
        cost = len(told), sum(edit.weight for edit in told)
        if literal and _tells_an_argument([*edits, *told], left, right):
            break
        if best is None or (edits and (cost < best[0] if literal else cost <= best[0])):
            best = cost, (left, right, told, pairing)
        if not edits or (cost <= (1, 1.0) and not repeats):
            break
    return best[1]


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
    of_steps = functools.cache(lambda a, b: tuple(_step_edits(left, right, a, b)))
    for order in _orders(natural, len(left.steps) + len(right.steps)):
        side = _reordered(left, order, leaves)

        def told(pairing: Pairing, side=side) -> list[Edit]:
            return list(_edits(side, right, pairing, of_steps))

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
    if len(mine) != len(wanted):
        return tuple(range(len(mine)))
    for label in (lambda port: port.key, lambda port: port.name if demands.names else None):
        own, their = [label(p) for p in mine], [label(p) for p in wanted]
        if None not in own and len(set(own)) == len(own) and set(own) == set(their):
            return tuple(own.index(name) for name in their)
    return tuple(range(len(mine)))


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


def _edits(left: Side, right: Side, pairing: Pairing, of_steps: Callable) -> Iterator[Edit]:
    """All that differs between two models whose steps are paired. Nothing if they are the same.

    `of_steps(a, b)` is what differs between two steps themselves, `_step_edits`.
    """
    partner = {b: a for a, b in pairing.items()}
    own = match.resolve(left, lambda n: n if n in pairing else None)
    their = match.resolve(right, partner.get)
    told: set[tuple] = set()
    for number, step in enumerate(right.steps):
        if number not in partner:
            # A mask that is missing or extra shows where a layer would use it.
            if step.kind != "Input" and not step.mask:
                yield Edit("missing", "missing", None, number, {}, number, MISSING)
            continue
        mine = partner[number]
        for edit in of_steps(mine, number):
            # A layer's settings differ once, however often it is called.
            layers = (left.steps[mine].layer, step.layer)
            key = (edit.what, str(edit.data.get("setting")), layers if layers[0] else mine)
            if key not in told:
                told.add(key)
                yield edit
        yield from _wiring_edits(left, right, pairing, mine, number, own, their)
    if len(pairing) < len(left.steps):
        place = _places(left, right, pairing)
        for number, step in enumerate(left.steps):
            if number not in pairing and step.kind != "Input" and not step.mask:
                yield Edit("extra", "extra", number, None, {}, place[number], MISSING)
    yield from _output_edits(left, right, own, their)
    yield from _sharing_edits(left, right, pairing)
    yield from _concatenation_edits(left, right, pairing)


def _output_edits(left: Side, right: Side, own, their) -> Iterator[Edit]:
    pairs = list(zip(left.form.outputs, right.form.outputs, strict=False))
    found = [own[a.node][a.index] for a, _ in pairs]
    wanted = [their[b.node][b.index] for _, b in pairs]
    off = [n for n, (x, y) in enumerate(zip(found, wanted, strict=True)) if not x & y and (x or y)]
    of_others = frozenset().union(*(wanted[n] for n in off))
    if len(off) > 1 and all(found[n] & of_others for n in off):
        data = {"wanted": [b for _, b in pairs]}
        yield Edit("output", "output order", pairs[0][0].node, None, data, len(right.steps), 1.5)
        return
    for position in off:
        a, b = pairs[position]
        data = {"position": position, "found": a, "wanted": b, "off_found": [a], "off_wanted": [b]}
        yield Edit("output", "output", a.node, b.node, data, len(right.steps) + position)


def _places(left: Side, right: Side, pairing: Pairing) -> list[float]:
    """For each of the learner's steps a place among the reference's, to order edits by."""
    places: list[float] = []
    for number in range(len(left.steps)):
        if number in pairing:
            places.append(float(pairing[number]))
        else:
            above = [places[node] for _, node, _ in left.inputs[number]]
            places.append(max(above, default=0.0) + 0.5)
    return places


def _step_edits(left: Side, right: Side, a: int, b: int) -> Iterator[Edit]:
    mine, wanted = left.steps[a], right.steps[b]
    if mine.kind == "Input":
        return  # said by `_boundary`
    if mine.kind != wanted.kind:
        yield Edit("setting", "operation", a, b, {}, b, 2.2)
    else:
        found = expected = {}
        if mine.settings != wanted.settings:
            found, expected = flat_settings(mine.settings), flat_settings(wanted.settings)
        # The settings of a wrapped layer of another class are another class's settings.
        other = {name for name in expected if _class_differs(name, mine, wanted)}
        for name in dict.fromkeys([*expected, *found]):
            if name.partition(".")[0] in other and "." in name:
                continue
            # How a merge lines up tensors that are not alike counts only where they are not.
            if name in rules.LINES_UP and None in (found.get(name), expected.get(name)):
                continue
            if found.get(name) != expected.get(name):
                data = {"setting": name, "found": found.get(name), "expected": expected.get(name)}
                yield Edit("setting", "setting", a, b, data, b)
        if (mine.layer is None) != (wanted.layer is None):
            yield Edit("setting", "weights", a, b, {}, b)
    if mine.activations != wanted.activations:
        data = {"found": mine.activations, "expected": wanted.activations}
        data["one"] = _one_more(mine, wanted)
        yield Edit(_activation_kind(mine, wanted), "activation", a, b, data, b + 0.1)
    if any(mine.trainable) != any(wanted.trainable) or (
        len(mine.trainable) == len(wanted.trainable) and mine.trainable != wanted.trainable
    ):
        yield Edit("frozen", "frozen", a, b, {}, b + 0.2)
    if mine.dtype != wanted.dtype:
        yield Edit("dtype", "policy", a, b, {}, b + 0.2)


def _class_differs(name: str, mine: Step, wanted: Step) -> bool:
    own, their = mine.settings.get(name), wanted.settings.get(name)
    both = isinstance(own, dict) and isinstance(their, dict)
    return both and own.get("class_name") != their.get("class_name")


def _activation_kind(mine: Step, wanted: Step) -> str:
    """A layer of its own that is not there is missing; an argument that differs is a setting."""
    if _one_more(wanted, mine) is not None:
        return "missing"
    return "setting" if _one_more(mine, wanted) is None else "extra"


def _one_more(longer: Step, shorter: Step) -> int | None:
    """Which activation of `longer`, a layer of its own, is all that `shorter` does not have."""
    for number, path in enumerate(longer.activation_paths):
        rest = longer.activations[:number] + longer.activations[number + 1 :]
        if rest == shorter.activations and path != longer.path:
            return number
    return None


def flat_settings(settings: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings by dotted names: `layer.units` for the units of a wrapped layer."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, dict) and set(value) >= {"class_name", "config"}:
            flat[f"{prefix}{name}"] = value["class_name"]
            if isinstance(value["config"], dict):
                flat.update(flat_settings(value["config"], f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _wiring_edits(left, right, pairing, a, b, own, their) -> Iterator[Edit]:
    """Where a pair of steps receives tensors that do not stand for each other."""
    found, wanted = left.inputs[a], right.inputs[b]
    if [(slot, pairing.get(node), index) for slot, node, index in found] == list(wanted):
        return
    any_order = left.unordered(a) or right.unordered(b)
    open_ones = Counter(("" if any_order else slot, node, index) for slot, node, index in wanted)
    mine, asked = [], []
    for slot, node, index in found:  # those whose partner is asked for have found their place
        key = ("" if any_order else slot, pairing.get(node), index)
        if open_ones[key] > 0:
            open_ones[key] -= 1
        else:
            mine.append((slot, Tensor(node, index)))
    if not mine and len(found) == len(wanted):
        return
    for slot, node, index in wanted:
        key = ("" if any_order else slot, node, index)
        if open_ones[key] > 0:
            open_ones[key] -= 1
            asked.append((slot, Tensor(node, index)))
    # Those that may stand for fewest go first, so that they are not left without.
    for slot, tensor in sorted(asked, key=lambda pair: len(their[pair[1].node][pair[1].index])):
        for other, candidate in mine:
            sources = own[candidate.node][candidate.index] & their[tensor.node][tensor.index]
            if sources and (any_order or slot == other):
                mine.remove((other, candidate))
                asked.remove((slot, tensor))
                break
    if mine or asked:
        data = {"off_found": [t for _, t in mine], "off_wanted": [t for _, t in asked]}
        yield Edit("wiring", "wiring", a, b, data, b + 0.05)


def _sharing_edits(left: Side, right: Side, pairing: Pairing) -> Iterator[Edit]:
    """Layers that are one where two are expected, or two where one is."""
    mine_of: dict[str, Counter] = defaultdict(Counter)  # the reference's layer -> the learner's
    shared = {layer for layer, calls in left.layers.items() if len(calls) > 1}
    asked = {layer for layer, calls in right.layers.items() if len(calls) > 1}
    if not shared and not asked:
        return
    for a, b in pairing.items():
        mine, wanted = left.steps[a].layer, right.steps[b].layer
        if mine is not None and wanted is not None and (mine in shared or wanted in asked):
            mine_of[wanted][mine] += 1
    theirs_of: dict[str, Counter] = defaultdict(Counter)
    for layer, owners in mine_of.items():
        for own in owners:
            theirs_of[own][layer] += owners[own]

    def calls(of: str, layer: str) -> list[int]:
        return [
            a for a in left.layers[layer] if a in pairing and right.steps[pairing[a]].layer == of
        ]

    crossed: set[str] = set()
    for layer, owners in mine_of.items():
        if len(owners) > 1:
            twins = [own for own in owners if len(theirs_of[own]) > 1]
            steps = sorted(a for own in owners for a in calls(layer, own))
            what = "crossed" if len(twins) == len(owners) else "unshared"
            if what == "crossed" and layer in crossed:
                continue
            for own in twins:
                crossed.update(theirs_of[own])
            place = max(pairing[a] for a in steps[:2])
            yield Edit("sharing", what, steps[-1], None, {"steps": tuple(steps)}, place + 0.3)
    for own, layers in theirs_of.items():
        if len(layers) > 1 and not any(layer in crossed for layer in layers):
            steps = sorted(a for layer in layers for a in calls(layer, own))
            place = max(pairing[a] for a in steps[:2])
            yield Edit("sharing", "shared", steps[-1], None, {"steps": tuple(steps)}, place + 0.3)


def _concatenation_edits(left: Side, right: Side, pairing: Pairing) -> Iterator[Edit]:
    """A shared layer must meet the features of all its calls in one and the same order."""
    if not left.free or not right.free or all(len(calls) < 2 for calls in left.layers.values()):
        return
    ways: dict[tuple, int] = {}  # each way of turning features has a number
    turned: dict[int, int] = {}  # a step of mine -> how its features are turned against the pair's
    for a in sorted(pairing):
        b = pairing[a]
        if a in left.free and b in right.free:
            rest = list(enumerate(node for _, node, _ in left.inputs[a]))
            order = []
            for _, node, _ in right.inputs[b]:
                hit = next(((i, n) for i, n in rest if pairing.get(n) == node), None)
                if hit is None:
                    break
                rest.remove(hit)
                order.append((hit[0], turned.get(hit[1])))
            natural = all(i == n and inner is None for n, (i, inner) in enumerate(order))
            turned[a] = None if natural else ways.setdefault(tuple(order), len(ways))
        elif left.steps[a].kind not in match.TAKES_FEATURES and left.inputs[a]:
            turned[a] = turned.get(left.inputs[a][0][1])
    for calls in left.layers.values():
        met = {turned.get(left.inputs[a][0][1]) for a in calls if a in pairing}
        if len(met) > 1:
            a = calls[-1]
            yield Edit("wiring", "features", a, pairing.get(a), {}, pairing.get(a, 0) + 0.1)


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
        if demands.names:
            found = [port.key or port.name for port, _ in pairs]
            expected = [port.key or port.name for _, port in pairs]
            if found != expected:
                data = {"found": found, "expected": expected}
                step = left.form.inputs[0] if kind == "input" else left.form.outputs[0].node
                yield Edit(
                    kind, f"{kind} names", step, None, data, -1.0 if kind == "input" else 1e9
                )
        if kind == "input":
            if order != natural_order(own, their, demands):
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
