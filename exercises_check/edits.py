"""All the edits between two models whose steps are paired; none if they are the same.

This module imports no Keras.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from exercises_check import match, rules
from exercises_check.edit import MISSING, Edit
from exercises_check.graph import Tensor
from exercises_check.listing import operation_at
from exercises_check.match import Pairing, Side
from exercises_check.normal import Step


def edits_between(left: Side, right: Side, pairing: Pairing, of_steps: Callable) -> Iterator[Edit]:
    """All that differs between two models whose steps are paired. Nothing if they are the same.

    `of_steps(a, b)` is what differs between two steps themselves, `step_edits`.
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
        place = [next((m for m, w in enumerate(wanted) if f & w), n) for n, f in enumerate(found)]
        data = {"wanted": [b for _, b in pairs], "place": place}
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


def step_edits(left: Side, right: Side, a: int, b: int) -> Iterator[Edit]:
    mine, wanted = left.steps[a], right.steps[b]
    if mine.kind == "Input":
        return  # said by `_boundary`
    if mine.kind != wanted.kind:
        yield Edit("setting", "operation", a, b, {}, b, 2.2)
    else:
        found = expected = {}
        if mine.settings != wanted.settings:
            found, expected = flat_settings(mine.settings), flat_settings(wanted.settings)
        differ = [name for name in {*expected, *found} if found.get(name) != expected.get(name)]
        written = _written(left, mine), _written(right, wanted)
        chosen = _chosen(left, mine, differ) | _chosen(right, wanted, differ)
        # The settings of a wrapped layer of another class are another class's settings.
        other = {name for name in expected if _class_differs(name, mine, wanted)}
        for name in dict.fromkeys([*expected, *found]):
            if name.partition(".")[0] in other and "." in name:
                continue
            # How a merge lines up tensors that are not alike counts only where they are not.
            if name in rules.LINES_UP and None in (found.get(name), expected.get(name)):
                continue
            if name in differ:
                if name not in chosen and any(other in chosen for other in differ):
                    continue  # Keras filled it in from another one, which differs too
                values = found.get(name), expected.get(name)
                if all(name in settings for settings in written):
                    as_written = tuple(settings[name] for settings in written)
                    # What is written alike means something else only because another one differs.
                    if as_written[0] == as_written[1] and len(differ) > 1:
                        continue
                    values = values if as_written[0] == as_written[1] else as_written
                data = {"setting": name, "found": values[0], "expected": values[1]}
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


def _written(side: Side, step: Step) -> dict[str, Any]:
    """The settings of the layer that makes a step, as they were written."""
    operation = operation_at(side.form.graph, step.path)
    if step.kind in rules.ACTIVATIONS:
        return rules.written_activation(operation, step.kind, step.settings)
    return flat_settings(operation.settings) if operation.class_name == step.kind else {}


def _chosen(side: Side, step: Step, names: list[str]) -> set[str]:
    """Those of these settings of a step that the learner, not Keras, gave their values."""
    operation = operation_at(side.form.graph, step.path)
    if operation.class_name != step.kind:
        return set(names)
    own = {name.partition(".")[0] for name in operation.settings} - {*operation.shown}
    return {name for name in names if name.partition(".")[0] not in own}


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
            data = {"steps": tuple(steps), "separate": len(layers)}
            yield Edit("sharing", "shared", steps[-1], None, data, place + 0.3)


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
