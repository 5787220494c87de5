"""Which edits are one difference: those that belong together, and those that follow from another.

One thing that a learner has to mend is one difference, however many steps it shows in. This module
imports no Keras.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace

from exercises_check.edit import Edit
from exercises_check.graph import map_tensors
from exercises_check.listing import operation_at
from exercises_check.match import Pairing, Side, is_argument
from exercises_check.normal import Path


def causes(edits: list[Edit], left: Side, right: Side, pairing: Pairing) -> list[Edit]:
    """`edits` without those that vanish when another one is mended."""
    edits = _frozen_models(edits, left)
    edits = _shared_models(edits, left)
    edits = _without_mended_by_missing(edits, pairing)
    edits = _without_uses_of_extra(edits)
    edits = _without_paths_to_absent_outputs(edits, right)
    edits = _without_shifted_outputs(edits, right, pairing)
    edits = _without_masks_of_others(edits, left, right)
    edits = _without_casts_of_others(edits, left)
    edits = _without_echoes(edits, left, right)
    edits = _moves(edits, pairing)
    edits = _regions(edits, "missing", right)
    return _regions(edits, "extra", left)


def _frozen_models(edits: list[Edit], left: Side) -> list[Edit]:
    """All layers of a nested model frozen, or none, is one difference: the nested model's."""
    frozen: dict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.kind == "frozen" and len(left.steps[edit.left].path) > 1:
            frozen[left.steps[edit.left].path[0]].append(edit)
    dropped: set[int] = set()
    together = []
    for outer, group in frozen.items():
        inside = {s.layer for s in left.steps if s.layer and s.path[0] == outer}
        if len(group) > 1 and len(group) >= len(inside):
            dropped.update(map(id, group))
            together.append(replace(group[0], what="frozen model"))
    return [edit for edit in edits if id(edit) not in dropped] + together


def _shared_models(edits: list[Edit], left: Side) -> list[Edit]:
    """All layers of a nested model shared where none should be is one difference: the model's."""
    shared: dict[tuple[Path, ...], list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.what == "shared" and (calls := _calls_of_one_model(edit.data["steps"], left)):
            shared[calls].append(edit)
    dropped: set[int] = set()
    together = []
    for calls, group in shared.items():
        first = calls[0]
        inside = {s.layer for s in left.steps if s.layer and s.path[: len(first)] == first}
        if len(group) >= len(inside):
            dropped.update(map(id, group))
            told = min(group, key=lambda edit: edit.place)
            together.append(replace(told, what="shared model", data={**told.data, "calls": calls}))
    return [edit for edit in edits if id(edit) not in dropped] + together


def _calls_of_one_model(steps: tuple[int, ...], left: Side) -> tuple[Path, ...]:
    """The calls of a nested model that steps are in, each in another; nothing if they are not."""
    paths = [left.steps[number].path for number in steps]
    ends = zip(*(reversed(path[1:]) for path in paths), strict=False)
    inside = len(list(itertools.takewhile(lambda numbers: len(set(numbers)) == 1, ends)))
    calls = tuple(path[: len(path) - inside] for path in paths)
    one = {operation_at(left.form.graph, call).key for call in calls}
    return calls if inside and len(one) == 1 and len(set(calls)) == len(calls) else ()


def _without_mended_by_missing(edits: list[Edit], pairing: Pairing) -> list[Edit]:
    """What should receive a missing step's result receives it once that step is there."""
    there = set(pairing.values())
    missing = {edit.right for edit in edits if edit.what == "missing"}

    def mended(edit: Edit) -> bool:
        wanted = edit.data.get("off_wanted") or []
        return bool(wanted) and all(t.node not in there and t.node in missing for t in wanted)

    return [edit for edit in edits if edit.what not in ("wiring", "output") or not mended(edit)]


def _without_uses_of_extra(edits: list[Edit]) -> list[Edit]:
    """Who receives what is not expected, besides all that is, does not once that is gone."""
    extra = {edit.left for edit in edits if edit.what == "extra"}

    def follows(edit: Edit) -> bool:
        found, wanted = edit.data.get("off_found") or [], edit.data.get("off_wanted") or []
        return bool(found) and not wanted and all(tensor.node in extra for tensor in found)

    return [edit for edit in edits if edit.what != "wiring" or not follows(edit)]


def _without_paths_to_absent_outputs(edits: list[Edit], right: Side) -> list[Edit]:
    """What leads only to an output that is not listed may be there; Keras leaves it out."""
    short = next((e for e in edits if e.what == "output count" and _too_few(e)), None)
    missing = {edit.right for edit in edits if edit.what == "missing"}
    leaving = [number for number in sorted(missing) if right.leaves[number]]
    if short is None or not leaving or len(leaving) > short.data["short"]:
        return edits
    unlisted: set[int] = set()
    for number in sorted(missing, reverse=True):
        users = {user for *_, user in right.users[number]}
        if users <= unlisted and (users or right.leaves[number]):
            unlisted.add(number)
    told = replace(short, data={**short.data, "unlisted": tuple(leaving)})
    rest = [
        e for e in edits if e is not short and not (e.what == "missing" and e.right in unlisted)
    ]
    return [*rest, told]


def _without_shifted_outputs(edits: list[Edit], right: Side, pairing: Pairing) -> list[Edit]:
    """With one output too many or too few, all that follow stand at the place of another one."""
    count = next((edit for edit in edits if edit.what == "output count"), None)
    if count is None:
        return edits
    asked = {tensor.node for tensor in right.form.outputs}
    rest = [
        edit
        for edit in edits
        if edit.what != "output" or pairing.get(edit.data["found"].node) not in asked
    ]
    places = [edit.place for edit in rest if edit.what == "output"]
    first = replace(count, place=min([count.place, *(place - 0.1 for place in places)]))
    return [first if edit is count else edit for edit in rest]


def _too_few(edit: Edit) -> bool:
    return edit.data["short"] > 0


def _without_masks_of_others(edits: list[Edit], left: Side, right: Side) -> list[Edit]:
    """A mask that is or is not there because a layer differs is that layer's difference."""
    changed = [edit for edit in edits if edit.kind == "setting"]
    own = {path for edit in changed for path in _calls(left, edit.left)}
    their = {path for edit in changed for path in _calls(right, edit.right)}
    operations = {edit.left for edit in changed if edit.what == "operation"}

    def follows(edit: Edit) -> bool:
        found = [left.steps[t.node] for t in edit.data.get("off_found", ())]
        wanted = [right.steps[t.node] for t in edit.data.get("off_wanted", ())]
        if edit.what != "wiring" or not all(step.mask for step in found + wanted):
            return False
        made = all(step.path in own for step in found) and all(s.path in their for s in wanted)
        return edit.left in operations or made

    return [edit for edit in edits if not follows(edit)]


def _calls(side: Side, number: int) -> list[tuple[int, ...]]:
    """Where a step's layer is called."""
    step = side.steps[number]
    calls = side.layers[step.layer] if step.layer is not None else (number,)
    return [side.steps[call].path for call in calls]


def _without_casts_of_others(edits: list[Edit], left: Side) -> list[Edit]:
    """What a step without weights casts to follows from the dtype of what it receives."""
    dtypes = [edit for edit in edits if edit.kind == "dtype"]
    makers = [e for e in dtypes if e.what != "policy" or left.steps[e.left].layer is not None]
    first = min((edit.place for edit in makers), default=float("inf"))
    follow = {id(e) for e in dtypes if e not in makers and e.place > first}
    return [edit for edit in edits if id(edit) not in follow]


def _without_echoes(edits: list[Edit], left: Side, right: Side) -> list[Edit]:
    """What is written alike means something else only because of what comes before it."""

    def echo(edit: Edit) -> bool:
        told = edit.what in ("setting", "operation")
        return told and _written(left, edit.left) == _written(right, edit.right)

    first = min((edit.place for edit in edits if not echo(edit)), default=float("inf"))
    return [edit for edit in edits if edit.place <= first or not echo(edit)]


def _written(side: Side, number: int) -> tuple:
    """What is written at a call: its class, its settings, its arguments but for the tensors."""
    graph, path = side.form.graph, side.steps[number].path
    for outer in path[:-1]:
        graph = graph.operation(outer).graph
    node, operation = graph.nodes[path[-1]], graph.operation(path[-1])
    arguments = tuple((name, map_tensors(v, lambda _: None)) for name, v in node.arguments)
    return operation.class_name, operation.settings, arguments


def _moves(edits: list[Edit], pairing: Pairing) -> list[Edit]:
    """A step that stands elsewhere is one difference, not one for each of its neighbours."""
    partner = {right: left for left, right in pairing.items()}

    def ends(edit: Edit) -> tuple[int, int] | None:
        """The steps of mine that a call receives and should receive, where it is one each."""
        found, wanted = edit.data.get("off_found", ()), edit.data.get("off_wanted", ())
        if len(found) != 1 or len(wanted) != 1 or wanted[0].node not in partner:
            return None
        return found[0].node, partner[wanted[0].node]

    by_ends: dict[tuple[int, int] | None, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_ends[ends(edit)].append(edit)
    gone: set[int] = set()
    moved = []
    by_ends = defaultdict(list)
    for edit in edits:
        by_ends[ends(edit)].append(edit)
    gone: set[int] = set()
    moved = []
    # Of two steps that have changed places, the one that should come later is said to be early.
    for edit in sorted(edits, key=lambda edit: -edit.place):
        around = ends(edit)
        if edit.what != "wiring" or around is None or id(edit) in gone:
            continue
        found, wanted = around
        here, there = (
            [e for e in by_ends[pair] if e is not edit and id(e) not in gone]
            for pair in ((edit.left, found), (wanted, edit.left))
        )
        if here and there:
            together = [edit, *here, *there]
            gone.update(map(id, together))
            moved.append(replace(edit, what="moved", place=min(e.place for e in together)))
    return [edit for edit in edits if id(edit) not in gone] + moved


def _regions(edits: list[Edit], what: str, side: Side) -> list[Edit]:
    """Steps next to one another that are all missing, or all extra, are one difference."""
    of = {
        edit.right if what == "missing" else edit.left: edit for edit in edits if edit.what == what
    }
    region = {number: number for number in of}

    def root(number: int) -> int:
        while region[number] != number:
            number = region[number]
        return number

    for number in sorted(of):
        for _, node, _ in side.inputs[number]:
            if node in region:
                a, b = sorted((root(node), root(number)))
                region[b] = a
    groups = defaultdict(list)
    for number in sorted(of):
        if root(number) == number or not is_argument(side, number):  # which its layer speaks for
            groups[root(number)].append(number)
    together = [
        replace(of[steps[0]], what=f"{what} several", data={"steps": tuple(steps)})
        for steps in groups.values()
        if len(steps) > 1
    ]
    single = {steps[0] for steps in groups.values() if len(steps) == 1}
    kept = [
        e for e in edits if e.what != what or (e.right if what == "missing" else e.left) in single
    ]
    return kept + together
