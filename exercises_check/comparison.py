"""What stands between two graphs: a list of differences, the cause to mend first at the top.

The learner's graph is "mine" or left, the other "wanted" or right. Both are brought to normal form,
their steps are paired, and what still differs under that pairing is said in words about the
learner's model. This module imports no Keras.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from exercises_check import match, wording
from exercises_check.graph import Graph, Port
from exercises_check.match import Pairing, Side
from exercises_check.normal import Path, Step, normal_form

KINDS = (
    "input", "output", "missing", "extra", "setting", "wiring", "sharing", "nesting", "frozen",
    "dtype", "compile", "contract", "value",
)  # fmt: skip
MOST_ORDERS = 4  # the orders of up to this many inputs are tried, to tell a swap from a wrong wire


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
        from exercises_check import report

        return report.comparison_html(self)


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


def compare_graphs(mine: Graph, other: Graph, demands: Demands = NO_DEMANDS) -> Comparison:
    """What stands between `mine` and `other`."""
    left, right = _prepared(mine, other, demands, merge_repeats=True)
    edits, order, pairing = _graph_edits(left, right, demands)
    if edits:
        # A repeated call that was written once would be reported as missing: look at all calls.
        every = _prepared(mine, other, demands, merge_repeats=False)
        more, *rest = _graph_edits(*every, demands)
        if more:
            (left, right), edits, (order, pairing) = every, more, rest
    edits = [*_boundary(left, right, order, demands), *edits]
    if demands.nested:
        edits += _nesting_edits(mine, other)
    words = wording.Words(left, right, pairing)
    found = sorted(_collapsed(edits, left), key=lambda edit: edit.place)
    differences = []
    for edit in found:
        difference = Difference(**words.say(edit))
        if difference not in differences:
            differences.append(difference)
    return Comparison(mine, other, tuple(differences))


def _prepared(mine: Graph, other: Graph, demands: Demands, merge_repeats: bool) -> list[Side]:
    return [
        match.prepare(normal_form(graph, demands.free, demands.initializers, merge_repeats))
        for graph in (mine, other)
    ]


# Edits: differences before they are put into words ------------------------------------------------


@dataclass(frozen=True)
class Edit:
    """One difference as steps: `left` of the learner's model, `right` of the reference.

    `place` orders edits: what is nearer to the inputs is the likelier cause. `weight` is what the
    edit costs a pairing. `data` is what its sentence needs.
    """

    kind: str
    what: str
    left: int | None = None
    right: int | None = None
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    place: float = 0.0
    weight: float = 1.0


Order = tuple[int, ...]  # for each of the reference's ports, the learner's that stands for it


def _graph_edits(left: Side, right: Side, demands: Demands):
    """The edits under the best pairing, the order of the learner's inputs in it, the pairing."""
    natural = _natural_order(left.form.graph.inputs, right.form.graph.inputs, demands)
    leaves = _natural_order(left.form.graph.outputs, right.form.graph.outputs, demands)
    best: tuple[float, list[Edit], Order, Pairing] | None = None
    for order in _orders(natural):
        side, other = _reordered(left, order, leaves), right

        def cost(pairing: Pairing, side=side, other=other) -> float:
            return sum(edit.weight for edit in _edits(side, other, pairing))

        pairing = match.pair(side, other, cost)
        edits = list(_edits(side, other, pairing))
        total = sum(edit.weight for edit in edits) + (order != natural) * 1.5
        if best is None or total < best[0]:
            best = (total, edits, order, pairing)
        if total == 0 or len(edits) <= 1:
            break
    return best[1:]


def _natural_order(mine: tuple[Port, ...], wanted: tuple[Port, ...], demands: Demands):
    """Which of my ports stands for each wanted one: by key or asked-for name, else by position."""
    if len(mine) != len(wanted):
        return tuple(range(len(mine)))
    for label in (lambda port: port.key, lambda port: port.name if demands.names else None):
        own, their = [label(p) for p in mine], [label(p) for p in wanted]
        if None not in own and len(set(own)) == len(own) and set(own) == set(their):
            return tuple(own.index(name) for name in their)
    return tuple(range(len(mine)))


def _orders(natural: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    yield natural
    if 1 < len(natural) <= MOST_ORDERS:
        for order in itertools.permutations(natural):
            if order != natural:
                yield order


def _reordered(side: Side, order: tuple[int, ...], leaves: tuple[int, ...]) -> Side:
    identity = tuple(range(len(order))), tuple(range(len(side.form.outputs)))
    if (order, leaves) == identity or not order:
        return side
    inputs = tuple(side.form.inputs[number] for number in order)
    outputs = side.form.outputs
    if len(leaves) == len(outputs):
        outputs = tuple(outputs[number] for number in leaves)
    return match.prepare(replace(side.form, inputs=inputs, outputs=outputs))


def _edits(left: Side, right: Side, pairing: Pairing) -> Iterator[Edit]:
    """All that differs between two models whose steps are paired. Nothing if they are the same."""
    partner = {b: a for a, b in pairing.items()}
    own = match.resolve(left, lambda n: n if n in pairing else None)
    their = match.resolve(right, partner.get)
    place = _places(left, right, pairing)
    told: set[tuple] = set()
    for number, step in enumerate(right.steps):
        if number not in partner:
            # A mask that is missing or extra shows where a layer would use it.
            if step.kind != "Input" and not step.mask:
                yield Edit("missing", "missing", None, number, {}, number, 2.0)
            continue
        mine = partner[number]
        for edit in _step_edits(left, right, mine, number):
            # A layer's settings differ once, however often it is called.
            layers = (left.steps[mine].layer, step.layer)
            key = (edit.what, str(edit.data.get("setting")), layers if layers[0] else mine)
            if key not in told:
                told.add(key)
                yield edit
        yield from _wiring_edits(left, right, mine, number, own, their)
    for number, step in enumerate(left.steps):
        if number not in pairing and step.kind != "Input" and not step.mask:
            yield Edit("extra", "extra", number, None, {}, place[number], 2.0)
    yield from _output_edits(left, right, own, their)
    yield from _sharing_edits(left, right, pairing)
    yield from _concatenation_edits(left, right, pairing)


def _output_edits(left: Side, right: Side, own, their) -> Iterator[Edit]:
    pairs = list(zip(left.form.outputs, right.form.outputs, strict=False))
    found = [own[a.node][a.index] for a, _ in pairs]
    wanted = [their[b.node][b.index] for _, b in pairs]
    off = [n for n, (x, y) in enumerate(zip(found, wanted, strict=True)) if not x & y and (x or y)]
    if len(off) > 1 and all(any(found[n] & wanted[m] for m in off) for n in off):
        data = {"wanted": [b for _, b in pairs]}
        yield Edit("output", "output order", pairs[0][0].node, None, data, len(right.steps), 1.5)
        return
    for position in off:
        a, b = pairs[position]
        data = {"position": position, "found": a, "wanted": b}
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
        found, expected = flat_settings(mine.settings), flat_settings(wanted.settings)
        # The settings of a wrapped layer of another class are another class's settings.
        other = {name for name in expected if _class_differs(name, mine, wanted)}
        for name in dict.fromkeys([*expected, *found]):
            if name.partition(".")[0] in other and "." in name:
                continue
            if found.get(name) != expected.get(name):
                data = {"setting": name, "found": found.get(name), "expected": expected.get(name)}
                yield Edit("setting", "setting", a, b, data, b)
        if (mine.layer is None) != (wanted.layer is None):
            yield Edit("setting", "weights", a, b, {}, b)
    if mine.activations != wanted.activations:
        data = {"found": mine.activations, "expected": wanted.activations}
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
    if len(mine.activations) < len(wanted.activations) and _own_layers(wanted):
        return "missing"
    if len(mine.activations) > len(wanted.activations) and _own_layers(mine):
        return "extra"
    return "setting"


def _own_layers(step: Step) -> bool:
    return any(path != step.path for path in step.activation_paths)


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


def _wiring_edits(left, right, a, b, own, their) -> Iterator[Edit]:
    """Where a pair of steps receives tensors that do not stand for each other."""
    found, wanted = left.inputs[a], right.inputs[b]
    if left.unordered(a) or right.unordered(b):
        rest = [own[node][index] for _, node, index in found]
        open_ones = []
        for source in sorted((their[node][index] for _, node, index in wanted), key=len):
            hit = next((s for s in rest if s & source), None)
            if hit is None:
                open_ones.append(source)
            else:
                rest.remove(hit)
        fits = not rest and not open_ones
    else:
        slots = {slot: their[node][index] for slot, node, index in wanted}
        mine = {slot: own[node][index] for slot, node, index in found}
        fits = set(slots) == set(mine) and all(slots[s] & mine[s] for s in slots)
    if not fits:
        yield Edit("wiring", "wiring", a, b, {}, b + 0.05)


def _sharing_edits(left: Side, right: Side, pairing: Pairing) -> Iterator[Edit]:
    """Layers that are one where two are expected, or two where one is."""
    mine_of: dict[str, Counter] = defaultdict(Counter)  # the reference's layer -> the learner's
    for a, b in pairing.items():
        if left.steps[a].layer is not None and right.steps[b].layer is not None:
            mine_of[right.steps[b].layer][left.steps[a].layer] += 1
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
    if not left.free or not right.free:
        return
    turned: dict[int, Any] = {}  # a step of mine -> how its features are turned against the pair's
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
            turned[a] = None if natural else tuple(order)
        elif left.steps[a].kind not in match.TAKES_FEATURES and left.inputs[a]:
            turned[a] = turned.get(left.inputs[a][0][1])
    for calls in left.layers.values():
        ways = {str(turned.get(left.inputs[a][0][1])) for a in calls if a in pairing}
        if len(ways) > 1:
            a = calls[-1]
            yield Edit("wiring", "features", a, pairing.get(a), {}, pairing.get(a, 0) + 0.1)


# Inputs, outputs, nesting -------------------------------------------------------------------------


def _boundary(left: Side, right: Side, inputs: Order, demands: Demands) -> Iterator[Edit]:
    """What differs where tensors enter and leave: how many, shapes, dtypes, asked-for names."""
    mine, wanted = left.form.graph, right.form.graph
    outputs = _natural_order(mine.outputs, wanted.outputs, demands)
    for kind, own, their, order in (
        ("input", mine.inputs, wanted.inputs, inputs),
        ("output", mine.outputs, wanted.outputs, outputs),
    ):
        if len(own) != len(their):
            data = {"found": len(own), "expected": len(their)}
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
            if order != _natural_order(own, their, demands):
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


def _collapsed(edits: list[Edit], left: Side) -> list[Edit]:
    """All layers of a nested model frozen, or none, is one difference: the nested model's."""
    frozen: dict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.kind == "frozen" and len(left.steps[edit.left].path) > 1:
            frozen[left.steps[edit.left].path[0]].append(edit)
    dropped: set[int] = set()
    collapsed = []
    for outer, group in frozen.items():
        inside = {s.layer for s in left.steps if s.layer and s.path[0] == outer}
        if len(group) > 1 and len(group) >= len(inside):
            dropped.update(map(id, group))
            first = group[0]
            collapsed.append(
                Edit("frozen", "frozen model", first.left, first.right, {}, first.place)
            )
    return [edit for edit in edits if id(edit) not in dropped] + collapsed
