"""Which calls of a big model a picture shows one by one, and which it draws together as one box.

What is drawn together is a part that repeats itself, a row of layers, or a block that data enters
at one place and leaves at one place: its inner wiring is hidden, how it is wired to the rest is
not. Where the names of the layers tell the blocks, these are drawn together, and the first of a
kind whole. Only a graph that has no such parts is cut into stretches of neighbours. Nested models
without a node that must stay visible are closed before anything else.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from exercises_check.graph import Graph

Path = tuple[int, ...]

ENOUGH = 40  # a picture with no more boxes than this is drawn as it is
TOO_MANY = 80  # a picture with more boxes than this cannot be read
SHORT_ROW, LONG_ROW = 3, 8  # how many layers a box may stand for that is just a row of them
_BLOCK = re.compile(r"(.*(?:block|stage|unit|cell)_?\d+[a-z]?)_")  # in a layer's name
LARGE_PART = 32  # a box that stands for more layers than this, repetitions aside, says nothing


@dataclass(frozen=True, order=True)
class Fold:
    """Nodes of one graph that are drawn as one box: `times` equal parts, one after another."""

    nodes: Path
    times: int = 1
    name: str = ""  # what the names of its layers begin with
    like: str = ""  # the name of a block that is drawn whole and built in the same way

    @property
    def pattern(self) -> Path:
        """The nodes of the first of the equal parts."""
        return self.nodes[: len(self.nodes) // self.times]


@dataclass(frozen=True)
class Block:
    """Nodes of one graph whose names begin alike, as those of `conv2_block1`."""

    name: str
    nodes: Path


@dataclass(frozen=True)
class Folding:
    """What is drawn together.

    Attributes:
        folds: by the path of a (nested) graph, its folds. `()` is the path of the whole model,
            `(3,)` that of the nested model which node 3 calls.
        closed: the paths of the nested models that are drawn as a single box.
        blocks: by the path of a graph, the blocks that are drawn whole inside a frame.
    """

    folds: dict[Path, tuple[Fold, ...]] = field(default_factory=dict)
    closed: frozenset[Path] = frozenset()
    blocks: dict[Path, tuple[Block, ...]] = field(default_factory=dict)


def opened(graph: Graph, closed: Collection[Path] = ()) -> dict[Path, Graph]:
    """The graphs a picture shows by their paths, in the order in which they are computed.

    A nested model that is called twice is one model: it is opened at its first call only.
    """
    found: dict[Path, Graph] = {}
    seen: set[str] = set()
    stack: list[tuple[Path, Graph, str]] = [((), graph, "")]
    while stack:
        path, inner, key = stack.pop()
        if key in seen:
            continue
        seen.add(key)
        if path in closed:
            continue
        found[path] = inner
        for number in range(len(inner.nodes) - 1, -1, -1):
            key = inner.nodes[number].operation
            nested = inner.operations[key].graph
            if nested is not None:
                stack.append(((*path, number), nested, key))
    return found


def fold(graph: Graph, keep: Collection[Path] = ()) -> Folding:
    """How to draw `graph` with about `ENOUGH` boxes.

    Args:
        graph: the model.
        keep: the paths of the nodes that stay visible.
    """
    closed: set[Path] = set()
    shown = opened(graph)
    around = {path[:length] for path in keep for length in range(len(path))}
    while _size(shown) > ENOUGH and (whole := [p for p in shown if p and p not in around]):
        closed.add(max(whole, key=lambda path: (len(shown[path].nodes), path)))
        shown = opened(graph, closed)
    folds: dict[Path, list[Fold]] = {}
    if _size(shown) > ENOUGH:
        visible = set(keep) | {path for path in shown if path}
        parts = {
            path: _Parts(inner, {p[-1] for p in visible if p[:-1] == path})
            for path, inner in shown.items()
        }
        named = _by_names(shown, parts)
        if named is not None:
            return Folding(named[0], frozenset(closed), named[1])
        # Parts of one kind but of different sizes are one pattern only where that is needed.
        for sizes_matter in (True, False):
            folds = _folds(parts, sizes_matter)
            if _size(shown, folds) <= ENOUGH:
                break
        if _size(shown, folds) > TOO_MANY:
            length = math.ceil(_size(shown) / ENOUGH)
            folds = {path: part.stretches(length) for path, part in parts.items()}
    return Folding({path: tuple(sorted(f)) for path, f in folds.items() if f}, frozenset(closed))


def _by_names(
    shown: dict[Path, Graph], parts: dict[Path, _Parts]
) -> tuple[dict[Path, tuple[Fold, ...]], dict[Path, tuple[Block, ...]]] | None:
    """Folds and whole blocks where the names of the layers tell the blocks, else `None`.

    The first block of a kind is drawn whole, if there is room, and the others are like it.
    """
    blocks = {path: part.named_blocks() for path, part in parts.items()}
    whole = {path: parts[path].kept_of(found) for path, found in blocks.items()}
    folds = {path: parts[path].without(found, whole[path]) for path, found in blocks.items()}
    if _size(shown, folds) > ENOUGH:
        return None
    for path, found in blocks.items():
        signs = [parts[path].sign(block.nodes, False) for block in found]
        drawn = {parts[path].sign(block.nodes, False) for block in whole[path]}
        for kind, times in Counter(signs).most_common():
            if times == 1 or kind in drawn:
                continue
            block = found[signs.index(kind)]
            more = {**folds, path: parts[path].without(found, [*whole[path], block])}
            if _size(shown, more) <= ENOUGH:
                folds, whole[path] = more, [*whole[path], block]
    return (
        {path: tuple(found) for path, found in folds.items() if found},
        {path: tuple(found) for path, found in whole.items() if found},
    )


def _size(shown: dict[Path, Graph], folds: dict[Path, list[Fold]] | None = None) -> int:
    """The number of boxes."""
    saved = sum(len(one.nodes) - 1 for found in (folds or {}).values() for one in found)
    return sum(len(graph.nodes) for graph in shown.values()) - saved


def _folds(parts: dict[Path, _Parts], sizes_matter: bool) -> dict[Path, list[Fold]]:
    folds = {path: part.repeats(sizes_matter) for path, part in parts.items()}
    shown = {path: part.graph for path, part in parts.items()}
    # Long rows come before blocks, and small blocks before large ones: the wiring stays longest.
    # Those of equal length are drawn alike.
    rows = [(path, one) for path, part in parts.items() for one in part.rows(folds[path])]
    for same in _by_length(rows, -1):
        if _size(shown, folds) > ENOUGH:
            for path, row in same:
                folds[path] += _pieces(row)
    blocks = [(path, one) for path, part in parts.items() for one in part.blocks()]
    for same in _by_length(blocks, 1):
        if _size(shown, folds) > ENOUGH:
            for path, block in same:
                folds[path] = _with_block(folds[path], block)
    return folds


def _by_length(found: list[tuple[Path, Path]], sign: int) -> Iterator[list[tuple[Path, Path]]]:
    def length(item: tuple[Path, Path]) -> int:
        return sign * len(item[1])

    for _, same in itertools.groupby(sorted(found, key=length), length):
        yield list(same)


def _pieces(row: Path) -> Iterator[Fold]:
    count = math.ceil(len(row) / LONG_ROW)
    for piece in range(count):
        yield Fold(row[len(row) * piece // count : len(row) * (piece + 1) // count])


def _with_block(folds: list[Fold], block: Path) -> list[Fold]:
    """`folds` with `block` in the place of those inside it."""
    nodes = set(block)
    others = []
    for other in folds:
        common = nodes.intersection(other.nodes)
        if not common:
            others.append(other)
        elif len(common) == len(block):
            return folds  # folded already
        else:  # inside the block, or a row that starts with the block's last node
            nodes.update(other.nodes)
    return [*others, Fold(tuple(sorted(nodes)))]


class _Parts:
    """The parts of one graph that can be drawn as one box, without the nodes of `keep`.

    One notion finds them all: node `v` is linked to `u` when every way from the inputs to `v` goes
    through `u`, and every way from `u` to the outputs goes through `v`. Linked nodes form chains:
    a model's trunk is a chain, and so is each branch. What lies between two linked nodes, such as
    the layers that a skip connection goes around, belongs to the later one; the two together are a
    segment.
    """

    def __init__(self, graph: Graph, keep: Collection[int]):
        self.graph = graph
        self._keep = {*keep, *(port.tensor.node for port in graph.inputs)}
        self._sources = [sorted({t.node for t in node.tensors}) for node in graph.nodes]
        self._chains = list(self._find_chains())

    def repeats(self, sizes_matter: bool) -> list[Fold]:
        """Segments of a chain that repeat themselves, outer ones first."""
        folds: list[Fold] = []
        hidden: set[int] = set()
        for chain in self._chains:
            if hidden.isdisjoint(chain[0]):
                found = list(self._repeats_in(chain, sizes_matter))
                folds += found
                hidden.update(node for one in found for node in one.nodes)
        return folds

    def named_blocks(self) -> list[Block]:
        """The blocks that the names of the layers tell, if each can be drawn as one box."""
        groups: dict[str, list[int]] = defaultdict(list)
        for number in range(len(self.graph.nodes)):
            found = _BLOCK.match(self.graph.operation(number).name)
            if found:
                groups[found[1]].append(number)
        blocks = [
            Block(name, tuple(nodes))
            for name, nodes in groups.items()
            if 1 < len(nodes) <= LARGE_PART
            and not any(self.graph.operation(n).graph for n in nodes)
        ]
        return blocks if self._can_be_boxes(blocks) else []

    def kept_of(self, blocks: list[Block]) -> list[Block]:
        """Those with nodes that stay visible."""
        return [block for block in blocks if not self._keep.isdisjoint(block.nodes)]

    def _can_be_boxes(self, blocks: list[Block]) -> bool:
        """Whether no way leads out of a block and into it again."""
        box = {node: block.nodes[0] for block in blocks for node in block.nodes}
        before: dict[int, set[int]] = defaultdict(set)
        for number, sources in enumerate(self._sources):
            this = box.get(number, number)
            before[this].update(box.get(source, source) for source in sources)
            before[this].discard(this)
        try:
            TopologicalSorter(before).prepare()
        except CycleError:
            return False
        return True

    def without(self, blocks: list[Block], whole: Collection[Block]) -> list[Fold]:
        """A fold for each of the blocks that are not drawn whole; equal neighbours are one."""
        kinds = {self.sign(block.nodes, False): block.name for block in whole}
        folds: list[Fold] = []
        for block in blocks:
            if block in whole:
                continue
            nodes, times, name = block.nodes, 1, block.name
            if folds and self._goes_on(folds[-1], nodes):
                last = folds.pop()
                name = f"{last.name.split(' … ')[0]} … {name}"
                nodes, times = last.nodes + nodes, last.times + 1
            folds.append(Fold(nodes, times, name, kinds.get(self.sign(block.nodes, False), "")))
        return folds

    def _goes_on(self, fold: Fold, nodes: Path) -> bool:
        """Whether `nodes` are once more the pattern of the fold, and follow it alone."""
        if nodes[0] != fold.nodes[-1] + 1:
            return False
        entered = {s for node in nodes for s in self._sources[node] if s not in nodes}
        return entered == {fold.nodes[-1]} and self.sign(fold.pattern, True) == self.sign(
            nodes, True
        )

    def rows(self, folds: list[Fold]) -> Iterator[Path]:
        """Layers one after another, without those in `folds`."""
        hidden = self._keep.union(node for one in folds for node in one.nodes)
        for chain in self._chains:
            row: list[int] = []
            for segment in [*chain, ()]:
                if len(segment) == 1 and segment[0] not in hidden:
                    row.append(segment[0])
                    continue
                # The last node of a larger segment can start a row.
                if len(row) >= SHORT_ROW:
                    yield tuple(row)
                row = [segment[-1]] if segment and segment[-1] not in hidden else []

    def blocks(self) -> Iterator[Path]:
        """The segments with more than one node."""
        for chain in self._chains:
            for segment in chain:
                if 1 < len(segment) <= LARGE_PART and self._keep.isdisjoint(segment):
                    yield segment

    def stretches(self, length: int) -> list[Fold]:
        """At most `length` neighbours in the order of the nodes, whatever their wiring."""
        folds, stretch = [], []
        for node in range(len(self.graph.nodes) + 1):
            end = node == len(self.graph.nodes)
            if end or node in self._keep or len(stretch) == length:
                if len(stretch) > 1:
                    folds.append(Fold(tuple(stretch)))
                stretch = []
            if not end and node not in self._keep:
                stretch.append(node)
        return folds

    def _find_chains(self) -> Iterator[list[Path]]:
        """Chains of segments; a chain comes before those inside its segments."""
        above, below = self._dominators()
        following = {u: v for v, u in enumerate(above) if u >= 0 and below[u] == v}
        starts = set(range(len(above))).difference(following.values())
        for node in sorted(starts):
            chain = [(node,)]
            while node in following:
                chain.append(self._segment(node, following[node]))
                node = following[node]
            yield chain

    def _segment(self, start: int, end: int) -> Path:
        """`end` and what is between it and `start`."""
        found, stack = {end}, [end]
        while stack:
            for source in self._sources[stack.pop()]:
                if source != start and source not in found:
                    found.add(source)
                    stack.append(source)
        return tuple(sorted(found))

    def _dominators(self) -> tuple[list[int], list[int]]:
        """For each node the nearest one that all ways to it pass, and that all ways from it pass.

        -1 stands for what is before all inputs, the number of nodes for what is after all outputs.
        """
        count = len(self.graph.nodes)
        sinks: list[list[int]] = [[] for _ in range(count)]
        for node, sources in enumerate(self._sources):
            for source in sources:
                sinks[source].append(node)
        for port in self.graph.outputs:
            sinks[port.tensor.node].append(count)
        above = _nearest(range(count), [s or [-1] for s in self._sources], -1)
        below = _nearest(range(count - 1, -1, -1), [s or [count] for s in sinks], count)
        return above, below

    def _repeats_in(self, chain: list[Path], sizes_matter: bool) -> Iterator[Fold]:
        kinds: dict[Hashable, int] = {}
        signs = []
        for place, segment in enumerate(chain):
            sign: Hashable = ("kept", place)
            if self._keep.isdisjoint(segment):
                sign = self.sign(segment, sizes_matter)
            signs.append(kinds.setdefault(sign, len(kinds)))
        stack = [(0, len(chain))]
        while stack:
            begin, end = stack.pop()
            run = self._longest_run(chain, signs, begin, end)
            if run is not None:
                first, period, times = run
                last = first + period * times
                yield Fold(tuple(n for s in chain[first:last] for n in s), times)
                stack += [(begin, first), (last, end)]

    def sign(self, segment: Path, sizes_matter: bool) -> Hashable:
        """Equal for segments that look the same; what is before them, the same for all, is -1."""
        places = {node: place for place, node in enumerate(segment)}
        sign = []
        for number in segment:
            node, operation = self.graph.nodes[number], self.graph.operation(number)
            sign.append(
                (
                    operation.class_name,
                    len(operation.graph.nodes) if operation.graph else 0,
                    bool(operation.weights) and operation.trainable,
                    tuple((places.get(t.node, -1), t.index) for t in node.tensors),
                    node.outputs if sizes_matter else len(node.outputs),
                )
            )
        return tuple(sign)

    def _longest_run(self, chain, signs, begin, end) -> tuple[int, int, int] | None:
        """`(first, period, times)` of the repetition with the most nodes, `None` without one."""
        best, found = (SHORT_ROW, False, 0, 0), None
        sizes = [0, *itertools.accumulate(map(len, chain))]
        for period in range(1, min(LARGE_PART, (end - begin) // 2) + 1):
            same = 0  # how many segments from here on equal the one a period later
            for place in range(end - period - 1, begin - 1, -1):
                same = same + 1 if signs[place] == signs[place + period] else 0
                times = same // period + 1
                if times == 1 or sizes[place + period] - sizes[place] > LARGE_PART:
                    continue
                size = sizes[place + period * times] - sizes[place]
                # "(Dense, Dropout)" reads better than "(Dropout, Dense)".
                first = chain[place]
                weighted = len(first) > 1 or bool(self.graph.operation(first[0]).weights)
                quality = (size, weighted, -period, -place)
                if quality > best:
                    best, found = quality, (place, period, times)
        return found


def _nearest(order, neighbours: list[list[int]], root: int) -> list[int]:
    """The nearest node that all ways from `root` to a node pass, for each node of `order`."""
    nearest = [root] * len(neighbours)
    depth = {root: 0}
    for node in order:
        common, *others = neighbours[node]
        for other in others:
            while other != common:
                if depth[other] > depth[common]:
                    other = nearest[other]
                else:
                    common = nearest[common]
        nearest[node] = common
        depth[node] = depth[common] + 1
    return nearest
