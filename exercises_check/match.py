"""Which step of one model stands for which step of another.

A `Pairing` maps steps of the learner's model to steps of the reference, one to one; what it leaves
out is extra or missing. `pair` finds the pairing with the fewest differences: all steps and layers
where the two models are the same, and otherwise what agrees with most of both graphs.

Steps are told apart by colours (Weisfeiler-Lehman): a number that two steps share only if what
leads to them, or what they lead to, is the same. Working from the tensors that leave, in one pass
down and one up, takes time in proportion to the graph. This module imports no Keras.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from exercises_check.edit import MISSING, Edit
from exercises_check.graph import Tensor
from exercises_check.listing import operation_at
from exercises_check.normal import Normal, Step, frozen
from exercises_check.rules import ACTIVATIONS

# Bounds on what is tried beyond a few passes over the graph, in visits of a step.
SEARCH_BUDGET, SEARCH_ROUNDS = 6_000, 12  # to tell apart what is alike; rounds if that is more
IMPROVE_BUDGET = 6_000
MOST_SCORED = 10_000  # pairs of steps
MOST_SOURCES = 64  # tensors that one with an unpaired maker may stand for

Pairing = dict[int, int]  # a step of the learner's model -> a step of the reference


@dataclass(frozen=True)
class Side:
    """A model prepared for pairing.

    Attributes:
        form: its normal form.
        inputs: for each step its inputs, `(slot, step, index)`; slots are `""` where the order
            does not matter.
        users: for each step who uses its tensors, `(slot, index, step)`.
        leaves: for each step the outputs it is, `(index, position)`.
        free: the concatenations whose order does not matter.
        layers: for each layer, the steps that call it.
    """

    form: Normal
    inputs: tuple[tuple[tuple[str, int, int], ...], ...]
    users: tuple[tuple[tuple[str, int, int], ...], ...]
    leaves: tuple[tuple[tuple[int, int], ...], ...]
    free: frozenset[int]
    layers: dict[str, tuple[int, ...]]

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.form.steps

    def unordered(self, number: int) -> bool:
        """Whether the order of the inputs of this step does not matter."""
        return not self.steps[number].ordered or number in self.free


def prepare(form: Normal) -> Side:
    """`form` with what pairing asks for again and again."""
    free = free_concatenations(form)
    inputs, layers = [], defaultdict(list)
    users: list[list] = [[] for _ in form.steps]
    leaves: list[list] = [[] for _ in form.steps]
    for number, step in enumerate(form.steps):
        plain = not step.ordered or number in free
        own = tuple(("" if plain else slot, t.node, t.index) for slot, t in step.inputs)
        inputs.append(own)
        for slot, node, index in own:
            users[node].append((slot, index, number))
        if step.layer is not None:
            layers[step.layer].append(number)
    for position, tensor in enumerate(form.outputs):
        leaves[tensor.node].append((tensor.index, position))
    return Side(
        form,
        tuple(inputs),
        tuple(map(tuple, users)),
        tuple(map(tuple, leaves)),
        free,
        {layer: tuple(calls) for layer, calls in layers.items()},
    )


def is_part(side: Side, number: int) -> bool:
    """Whether a step is one of the two that a separable convolution is written as."""
    step = side.steps[number]
    written = operation_at(side.form.graph, step.path).class_name
    return written.startswith("SeparableConv") and step.kind.startswith(("Depthwise", "Conv"))


def is_argument(side: Side, number: int) -> bool:
    """Whether a step is an activation that was written as an argument of the layer before it."""
    step = side.steps[number]
    return any(side.steps[node].path == step.path for _, node, _ in side.inputs[number])


# The order of concatenations ----------------------------------------------------------------------

# Layers that learn a weight for each feature of their input: another order is another order of
# these weights, which is the same model.
TAKES_FEATURES = frozenset(
    {"Dense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose"}
    | {"Conv3DTranspose", "SeparableConv1D", "SeparableConv2D", "LSTM", "GRU", "SimpleRNN"}
    | {"Bidirectional"}
)
_KEEPS_FEATURES = frozenset(
    {"BatchNormalization", "LayerNormalization", "GroupNormalization", "Dropout", "GaussianNoise"}
    | {"GaussianDropout", "AlphaDropout", "SpatialDropout1D", "SpatialDropout2D"}
    | {f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)}
    | {"UpSampling1D", "UpSampling2D", "ZeroPadding1D", "ZeroPadding2D", "Cropping2D"}
    | {"mean", "max", "min", "sum"}
)


def free_concatenations(form: Normal) -> frozenset[int]:
    """The steps that concatenate features whose order the next weights make up for."""
    movable = [True] * len(form.steps)  # whether this step's features may change places
    for tensor in form.outputs:
        movable[tensor.node] = False
    for number in range(len(form.steps) - 1, -1, -1):
        step = form.steps[number]
        for slot, tensor in step.inputs:
            rank = len(form.steps[tensor.node].outputs[tensor.index].shape)
            if step.kind in TAKES_FEATURES:
                fine = (slot == "" or slot.startswith("mask")) and step.settings.get(
                    "groups", 1
                ) == 1
            elif step.kind in ("GroupNormalization",) and step.settings.get("groups") != -1:
                fine = False
            elif step.kind == "reshape":
                fine = movable[number] and len(step.outputs[0].shape) == 2
            elif step.kind == "concatenate":
                fine = movable[number] and step.settings.get("axis") == rank - 1
            elif step.kind in _KEEPS_FEATURES and rank - 1 in step.settings.get("axes", ()):
                fine = True
            elif step.kind in _KEEPS_FEATURES or step.kind in ACTIVATIONS:
                fine = movable[number] and step.settings.get("data_format") is None
            else:
                fine = False
            if not fine:
                movable[tensor.node] = False
    return frozenset(
        number
        for number, step in enumerate(form.steps)
        if step.kind == "concatenate"
        and movable[number]
        and step.settings.get("axis") == len(step.outputs[0].shape) - 1
    )


# Colours ------------------------------------------------------------------------------------------


class _Colours:
    """Gives equal things equal small numbers, in both models alike."""

    def __init__(self):
        self._numbers: dict[Any, int] = {}

    def __call__(self, thing: Any) -> int:
        return self._numbers.setdefault(thing, len(self._numbers))

    def down(self, side: Side, labels: list[int]) -> list[int]:
        """A colour for all that leads to a step."""
        colours: list[int] = []
        for number, label in enumerate(labels):
            received = [(slot, colours[node], index) for slot, node, index in side.inputs[number]]
            if side.unordered(number):
                received.sort()
            colours.append(self(("down", label, tuple(received))))
        return colours

    def up(self, side: Side, labels: list[int]) -> list[int]:
        """A colour for all that a step leads to."""
        colours = [0] * len(labels)
        for number in range(len(labels) - 1, -1, -1):
            users = sorted((slot, index, colours[user]) for slot, index, user in side.users[number])
            leaves = side.leaves[number]
            colours[number] = self(("up", labels[number], tuple(users), leaves))
        return colours

    def both(self, side: Side, labels: list[int]) -> list[int]:
        """A colour for a step's place in the whole graph."""
        pairs = zip(self.down(side, labels), self.up(side, labels), strict=True)
        return [self(("both", *pair)) for pair in pairs]

    def refined(self, side: Side, labels: list[int]) -> list[int]:
        """Colours that also know which calls share a layer; one round."""
        places = self.both(side, labels)
        colours = [self(("place", place)) for place in places]
        for calls in side.layers.values():
            if len(calls) > 1:
                together = tuple(sorted(places[call] for call in calls))
                for call in calls:
                    colours[call] = self(("shared", places[call], together))
        return colours


def label(step: Step) -> Any:
    """All that a step says of itself, as one thing to compare."""
    activations = tuple((kind, frozen(settings)) for kind, settings in step.activations)
    return (
        step.kind, frozen(step.settings), activations, step.trainable,
        step.layer is not None, step.dtype,
    )  # fmt: skip


# Pairing ------------------------------------------------------------------------------------------


def pair(mine: Side, wanted: Side, told: Callable[[Pairing], list[Edit]]) -> Pairing:
    """The best pairing found. Inputs are paired by their position.

    Args:
        mine: the learner's model.
        wanted: the reference.
        told: what stands between the two under a pairing.
    """
    colours = _Colours()

    def labels(side: Side, of: Callable[[Step], Any]) -> list[int]:
        ports = {number: position for position, number in enumerate(side.form.inputs)}
        return [
            colours(("port", ports[n])) if n in ports else colours(of(step))
            for n, step in enumerate(side.steps)
        ]

    full = labels(mine, label), labels(wanted, label)
    found = _same(mine, wanted, colours, full, told)
    if found is not None:
        return found
    kinds = labels(mine, _family), labels(wanted, _family)
    pairing = _nearest(mine, wanted, colours, full, kinds)
    return _improved(mine, wanted, pairing, told, _least_cost(mine, wanted, full))


def _same(mine, wanted, colours, labels, told) -> Pairing | None:
    """A pairing under which nothing differs, or `None`."""
    if len(mine.steps) != len(wanted.steps) or len(mine.form.outputs) != len(wanted.form.outputs):
        return None
    budget = max(SEARCH_BUDGET, SEARCH_ROUNDS * len(mine.steps))

    def search(own: list[int], their: list[int]) -> Pairing | None:
        nonlocal budget
        classes = -1
        while True:  # until a round tells no more steps apart
            budget -= len(own)
            own, their = colours.refined(mine, own), colours.refined(wanted, their)
            if Counter(own) != Counter(their):
                return None
            if len(set(own)) == classes:
                break
            classes = len(set(own))
        pairing = _walk(mine, wanted, own, their)
        if pairing is not None and not told(pairing):
            return pairing
        ties = [colour for colour, count in Counter(own).items() if count > 1]
        if not ties:
            return None
        tie = min(ties)
        tied = [[n for n, c in enumerate(side) if c == tie] for side in (own, their)]
        # Where any of them can stand for any other, as equal branches can, all can be set at once;
        # otherwise one at a time.
        for chosen in (tied, *(((tied[0][0],), (other,)) for other in tied[1])):
            if budget <= 0:
                return None
            found = search(*map(apart, (own, their), chosen, (tie, tie)))
            if found is not None:
                return found
        return None

    def apart(old: list[int], chosen: Iterable[int], tie: int) -> list[int]:
        new = list(old)
        for place, number in enumerate(chosen):
            new[number] = colours(("apart", tie, place))
        return new

    return search(*labels)


def _walk(mine: Side, wanted: Side, own: list[int], their: list[int]) -> Pairing | None:
    """Pair from the outputs backwards; of several steps of one colour, any will do."""
    pairing: Pairing = {}
    taken: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []
    layers: dict[str | None, str | None] = {}  # a layer of mine -> the one that it stands for

    def take(left: int, right: int) -> bool:
        if left in pairing or right in taken:
            return pairing.get(left) == right
        if own[left] != their[right]:
            return False
        pairing[left], taken[right] = right, left
        layers[mine.steps[left].layer] = wanted.steps[right].layer
        waiting.append((left, right))
        return True

    ports = {their[number]: number for number in wanted.form.inputs}
    fits = all(
        own[number] in ports and take(number, ports[own[number]]) for number in mine.form.inputs
    )
    for left, right in zip(mine.form.outputs, wanted.form.outputs, strict=True):
        fits = fits and take(left.node, right.node)
    while fits and waiting:
        left, right = waiting.pop()
        if not mine.unordered(left):
            both = zip(mine.inputs[left], wanted.inputs[right], strict=True)
            fits = all(take(a, b) for (_, a, _), (_, b, _) in both)
            continue
        given = Counter((node, index) for _, node, index in wanted.inputs[right])
        rest = []
        for _, node, index in mine.inputs[left]:  # those that have a partner keep it
            if given[pairing.get(node), index] > 0:
                given[pairing[node], index] -= 1
            else:
                rest.append((node, index))
        options: dict[tuple, deque[int]] = defaultdict(deque)
        of_layer: dict[tuple, deque[int]] = defaultdict(deque)
        for node, index in given.elements():
            options[their[node], index].append(node)
            of_layer[wanted.steps[node].layer, their[node], index].append(node)
        for node, index in rest:
            layer = layers.get(mine.steps[node].layer)
            option = _first(of_layer[layer, own[node], index], taken.__contains__)
            if layer is None or option is None:
                option = _first(options[own[node], index], taken.__contains__)
            fits = fits and option is not None and take(node, option)
    return pairing if fits and len(pairing) == len(mine.steps) else None


def _first(waiting: deque[int], gone: Callable[[int], bool]) -> int | None:
    """The first that is not gone; those before it are dropped, so that many asks stay cheap."""
    while waiting and gone(waiting[0]):
        waiting.popleft()
    return waiting[0] if waiting else None


# The nearest pairing of two models that differ ----------------------------------------------------

_FAMILIES = {
    **dict.fromkeys(("add", "subtract", "multiply", "average", "maximum", "minimum"), "merge"),
    **dict.fromkeys(("concatenate", "dot", "divide"), "merge"),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN"), "recurrent"),
    **dict.fromkeys(("mean", "max", "sum", "min", "reshape", "ops.GetItem"), "reduction"),
    **dict.fromkeys((f"{k}Pooling{n}D" for k in ("Max", "Average") for n in (1, 2, 3)), "pooling"),
    **dict.fromkeys((f"{k}Normalization" for k in ("Batch", "Layer", "Group")), "normalization"),
    **dict.fromkeys(("Conv1D", "SeparableConv1D", "DepthwiseConv1D"), "convolution"),
    **dict.fromkeys(("Conv2D", "SeparableConv2D", "DepthwiseConv2D"), "convolution"),
    **dict.fromkeys(("Conv2DTranspose", "Conv3D", "EinsumDense", "Conv1DTranspose"), "convolution"),
    **dict.fromkeys(("Dropout", "SpatialDropout2D", "SpatialDropout1D", "AlphaDropout"), "dropout"),
    **dict.fromkeys(("Attention", "AdditiveAttention", "MultiHeadAttention"), "attention"),
}


def _family(step: Step) -> str:
    return "activation" if step.kind in ACTIVATIONS else _FAMILIES.get(step.kind, step.kind)


def _nearest(mine: Side, wanted: Side, colours: _Colours, full: tuple, kinds: tuple) -> Pairing:
    """Pair what certainly belongs together first, then what most likely does."""
    by_full = [
        list(zip(labels, colours.down(side, labels), colours.up(side, labels), strict=True))
        for side, labels in zip((mine, wanted), full, strict=True)
    ]
    by_kind = [
        list(zip(labels, colours.down(side, labels), colours.up(side, labels), strict=True))
        for side, labels in zip((mine, wanted), kinds, strict=True)
    ]
    state = _State(mine, wanted)
    for own, their in (by_full, by_kind):
        for key in ((0, 1, 2), (0, 1), (0, 2)):
            state.pair_by(
                [tuple(c[k] for k in key) for c in own], [tuple(c[k] for k in key) for c in their]
            )
    state.pair_neighbours(full, kinds)
    state.pair_rest(full, kinds)
    return state.pairing


class _State:
    """A pairing that grows; no step is paired twice."""

    def __init__(self, mine: Side, wanted: Side):
        self.mine, self.wanted = mine, wanted
        self.pairing: Pairing = {}
        self.taken: dict[int, int] = {}

    def add(self, left: int, right: int) -> None:
        self.pairing[left], self.taken[right] = right, left

    def open(self) -> tuple[list[int], list[int]]:
        return (
            [n for n in range(len(self.mine.steps)) if n not in self.pairing],
            [n for n in range(len(self.wanted.steps)) if n not in self.taken],
        )

    def pair_by(self, own: list, their: list) -> None:
        """Pair steps with one key: where several have it, those with paired inputs first."""
        left, right = self.open()
        waiting: dict[Any, deque[int]] = defaultdict(deque)
        by_inputs: dict[Any, deque[int]] = defaultdict(deque)
        open_inputs: Counter[int] = Counter()
        for number in right:
            waiting[their[number]].append(number)
            by_inputs[their[number], self._their_inputs(number)].append(number)
            open_inputs[number] = sum(n not in self.taken for _, n, _ in self.wanted.inputs[number])
        counts = Counter(own[number] for number in left)
        even = {key for key, count in counts.items() if count == len(waiting[key])}
        later = []
        for number in left:
            key, inputs = own[number], self._own_inputs(number)
            option = _first(
                by_inputs[key, inputs],
                lambda o, inputs=inputs: o in self.taken or self._their_inputs(o) != inputs,
            )
            if option is None and counts[key] == 1 and key in even:
                option = _first(waiting[key], self.taken.__contains__)
            if option is None:
                later.append(number)
                continue
            self.add(number, option)
            for *_, user in self.wanted.users[option]:
                open_inputs[user] -= 1
                if open_inputs[user] == 0:
                    by_inputs[their[user], self._their_inputs(user)].append(user)
        for number in later:
            key = own[number]
            option = _first(waiting[key], self.taken.__contains__) if key in even else None
            if option is not None:
                self.add(number, option)

    def _own_inputs(self, number: int) -> tuple:
        return tuple(
            sorted(
                (slot, self.pairing.get(node, -1), i) for slot, node, i in self.mine.inputs[number]
            )
        )

    def _their_inputs(self, number: int) -> tuple:
        return tuple(
            sorted(
                (slot, node if node in self.taken else -1, i)
                for slot, node, i in self.wanted.inputs[number]
            )
        )

    def pair_neighbours(self, full: tuple, kinds: tuple) -> None:
        """Pair what stands at the same place next to a pair, and is of the same family."""
        for labels in (full, kinds):
            waiting = list(self.pairing.items())
            while waiting:
                left, right = waiting.pop()
                for a, b in self._beside(left, right):
                    free = a not in self.pairing and b not in self.taken
                    if free and labels[0][a] == labels[1][b]:
                        self.add(a, b)
                        waiting.append((a, b))

    def _beside(self, left: int, right: int) -> Iterator[tuple[int, int]]:
        above = [node for _, node, _ in self.mine.inputs[left] if node not in self.pairing]
        theirs = [node for _, node, _ in self.wanted.inputs[right] if node not in self.taken]
        if len(above) == len(theirs) == 1:
            yield above[0], theirs[0]
        below = [user for *_, user in self.mine.users[left] if user not in self.pairing]
        theirs = [user for *_, user in self.wanted.users[right] if user not in self.taken]
        if len(set(below)) == len(set(theirs)) == 1:
            yield below[0], theirs[0]

    def pair_rest(self, full: tuple, kinds: tuple) -> None:
        """Pair what is left by how much speaks for it, the surest first."""
        left, right = self.open()
        if len(left) * len(right) > MOST_SCORED:
            left = left[: max(math.isqrt(MOST_SCORED), MOST_SCORED // len(right))]
            right = right[: MOST_SCORED // len(left)]
        around = [
            (
                {self.pairing.get(node) for _, node, _ in self.mine.inputs[a]} - {None},
                {self.pairing.get(user) for *_, user in self.mine.users[a]} - {None},
            )
            for a in left
        ]
        theirs = [
            (
                {node for _, node, _ in self.wanted.inputs[b]},
                {user for *_, user in self.wanted.users[b]},
            )
            for b in right
        ]
        scores = []
        for (a, mine), (b, wanted) in itertools.product(
            zip(left, around, strict=True), zip(right, theirs, strict=True)
        ):
            beside, below = len(mine[0] & wanted[0]), len(mine[1] & wanted[1])
            score = self._score(a, b, beside, below, full, kinds)
            if score > 0:
                scores.append((-score, abs(a - b), a, b))
        for _, _, a, b in sorted(scores):
            if a not in self.pairing and b not in self.taken:
                self.add(a, b)

    def _score(self, a: int, b: int, beside: int, below: int, full: tuple, kinds: tuple) -> float:
        mine, wanted = self.mine.steps[a], self.wanted.steps[b]
        if "Input" in (mine.kind, wanted.kind):
            return 0
        if kinds[0][a] != kinds[1][b]:
            # Another operation altogether takes this place only if all around it agrees.
            alone = len(self.mine.inputs[a]) == len(self.wanted.inputs[b])
            return 1.0 if beside and below and alone else 0
        same = sum(mine.settings.get(k) == v for k, v in wanted.settings.items())
        alike = same / max(1, len(wanted.settings))
        exact = full[0][a] == full[1][b]
        return 2 + 2 * exact + (mine.kind == wanted.kind) + alike + 1.5 * beside + 1.5 * below


def _least_cost(mine: Side, wanted: Side, full: tuple) -> float:
    """What no pairing can do without: steps that one model has more of, and labels that differ."""
    counts = []
    for side, labels in zip((mine, wanted), full, strict=True):
        counts.append(
            Counter(
                label
                for step, label in zip(side.steps, labels, strict=True)
                if step.kind != "Input" and not step.mask
            )
        )
    few, many = sorted(counts, key=Counter.total)
    # What a shared layer says is told once, however many of its calls it shows in.
    again = sum(len(calls) - 1 for side in (mine, wanted) for calls in side.layers.values())
    unlike = max(0, few.total() - (few & many).total() - again)
    return MISSING * (many.total() - few.total()) + unlike


def _improved(mine, wanted, pairing: Pairing, told: Callable, least: float) -> Pairing:
    """Change single pairs as long as that leaves fewer differences, within a budget."""
    edits = told(pairing)
    best, budget = _cost(edits), IMPROVE_BUDGET
    better = True
    while better and best > max(1, least):
        better = False
        for change in _changes(mine, wanted, pairing, edits):
            budget -= len(mine.steps) + len(wanted.steps)
            if budget < 0:
                return pairing
            changed = told(change)
            if _cost(changed) < best:
                best, pairing, edits, better = _cost(changed), change, changed, True
                break
    return pairing


def _cost(edits: list[Edit]) -> float:
    return sum(edit.weight for edit in edits)


def _suspects(mine: Side, wanted: Side, pairing: Pairing, edits: list[Edit]) -> set[int]:
    """The steps of mine that the edits are about: only another partner for these can help."""
    partner = {right: left for left, right in pairing.items()}
    suspects: set[int] = set()
    for edit in edits:
        suspects.update(edit.data.get("steps", ()))
        if edit.left is not None:
            suspects.add(edit.left)
        if edit.what in ("wiring", "output"):
            suspects.update(tensor.node for tensor in edit.data.get("off_found", ()))
            wanted_nodes = [tensor.node for tensor in edit.data.get("off_wanted", ())]
            suspects.update(partner[node] for node in wanted_nodes if node in partner)
    return {n for n in suspects if mine.steps[n].kind != "Input"}


def _changes(mine: Side, wanted: Side, pairing: Pairing, edits: list[Edit]) -> Iterator[Pairing]:
    """Pairings that differ from `pairing` in one or two pairs, at the steps that differ."""
    taken = set(pairing.values())
    suspects = sorted(_suspects(mine, wanted, pairing, edits))
    lonely = [n for n in range(len(wanted.steps)) if n not in taken]
    unpaired = [n for n in suspects if n not in pairing]
    alike: dict[str, list[int]] = defaultdict(list)
    for left in suspects:
        if left in pairing:
            alike[_family(mine.steps[left])].append(left)
    for right in lonely:
        for left in (*unpaired, *alike[_family(wanted.steps[right])]):
            yield {**pairing, left: right}
    for left in unpaired:
        for other in alike[_family(mine.steps[left])]:
            change = {a: b for a, b in pairing.items() if a != other}
            yield {**change, left: pairing[other]}
    for group in alike.values():
        for a, b in itertools.combinations(group, 2):
            yield {**pairing, a: pairing[b], b: pairing[a]}
    for left in suspects:
        if left in pairing:
            yield {a: b for a, b in pairing.items() if a != left}


class Sources(dict):
    """For each step of a side and each of its outputs, the learner's tensors it may stand for."""

    def __init__(self, side: Side, paired: Callable[[int], int | None]):
        super().__init__()
        self._side, self._paired = side, paired
        for number, step in enumerate(side.steps):
            if paired(number) is not None:
                continue
            through: set[Tensor] = set()
            for _, node, index in side.inputs[number]:
                through |= self[node][index]
            if len(through) > MOST_SOURCES:
                through = set(sorted(through, key=lambda t: (t.node, t.index))[:MOST_SOURCES])
            self[number] = [frozenset(through)] * len(step.outputs)

    def __missing__(self, number: int) -> list[frozenset[Tensor]]:
        partner, count = self._paired(number), len(self._side.steps[number].outputs)
        self[number] = [frozenset({Tensor(partner, index)}) for index in range(count)]
        return self[number]


def resolve(side: Side, paired: Callable[[int], int | None]) -> Sources:
    """Where each tensor comes from, looking through the steps that have no partner.

    Args:
        side: the model whose tensors are asked for.
        paired: the learner's step for a step of `side`, or `None`.
    """
    return Sources(side, paired)
