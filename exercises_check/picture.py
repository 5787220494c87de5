"""What is in the picture of a model: boxes with their words, arrows, links and frames.

No coordinates yet, and nothing that is specific to SVG or Graphviz.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from exercises_check.folding import Fold, Path, fold, opened
from exercises_check.graph import Graph, Node, Operation, Port, Spec, Tensor, tensors_in
from exercises_check.language import _, ngettext, pgettext
from exercises_check.listing import literal, operation_at
from exercises_check.thumbnails import Thumbnail
from exercises_check.wrapping import wrapped

LONGEST_NAME = 30
LONGEST_LINE = 36
MOST_PLACES = 12  # more arrows than this share the places where they end
MOST_SHAPES = 4  # a node with more outputs than this has numbers only, without their shapes

# The order matters: a class belongs to the first kind one of whose words is in its name.
_WORDS = {
    "input": ("InputLayer",),
    "attention": ("Attention",),
    "embedding": ("Embedding",),
    "pooling": ("Pooling",),
    "convolution": ("Conv",),
    "recurrent": ("LSTM", "GRU", "RNN", "Bidirectional"),
    "dense": ("Dense",),
    "normalization": ("Normalization", "Dropout", "Noise", "ActivityRegularization"),
    "reshape": ("Reshape", "Flatten", "Permute", "Repeat", "Cropping", "Padding", "UpSampling"),
    "activation": ("Activation", "ReLU", "ELU", "Softmax"),
}
_MERGES = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"}
_IN_ANY_ORDER = {"Add", "Multiply", "Average", "Maximum", "Minimum"}


@dataclass(frozen=True)
class Mark:
    """What is to be said about a node: the kind of difference, and a few words."""

    kind: str
    label: str


@dataclass(frozen=True)
class Box:
    """A call, an output or a fold.

    Attributes:
        kind: `"input"`, `"output"`, `"fold"`, `"dense"` ..., for the colour.
        title: the class name.
        name: the layer's name.
        tags: short remarks next to the title, such as `"frozen"`, in the reader's language.
        lines: the settings.
        places: at how many places arrows can end.
        slots: names for these places, or nothing if they need no telling apart.
        tabs: words at the places where arrows start.
        mark: the lines of its mark.
        values: what it returns for a sample, for each output.
    """

    kind: str
    title: str
    name: str = ""
    tags: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    places: int = 1
    slots: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()
    values: tuple[Thumbnail, ...] = ()

    @property
    def frozen(self) -> bool:
        return pgettext("layer", "frozen") in self.tags


@dataclass(frozen=True)
class Frame:
    """A line around boxes.

    `kind` is `"nested"` for a nested model, `"shared"` for the calls of one layer, `"block"` for
    layers whose names begin alike.
    """

    kind: str
    title: str
    name: str
    tags: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrow:
    """From tab number `tab` of a box to slot number `slot` of another."""

    source: str
    tab: int
    target: str
    slot: int


@dataclass
class Picture:
    """Boxes and frames by their ids, and what joins them.

    `inside` holds the frame around a box or a frame; without an entry it is outside of all.
    `links` joins pairs of boxes or frames that are calls of one layer.
    """

    boxes: dict[str, Box] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


def picture_of(
    graph: Graph,
    marks: Mapping[Path, Mark],
    values: Mapping[tuple[Path, int], Thumbnail] | None = None,
) -> Picture:
    """What to draw of `graph`.

    Args:
        graph: the model.
        marks: by their paths, which must be places of the model, at first calls.
        values: what calls return for a sample, by path and number of the output.
    """
    return _Making(graph, marks, values or {}).picture


class _Making:
    def __init__(
        self,
        graph: Graph,
        marks: Mapping[Path, Mark],
        values: Mapping[tuple[Path, int], Thumbnail],
    ):
        self.marks, self.values = marks, values
        self.folding = fold(graph, marks)
        self.shown = opened(graph, self.folding.closed)
        self.calls = calls_of(graph)
        self.picture = Picture()
        self.folds: dict[Path, Fold] = {}  # by the path of each node in it
        self.blocks: dict[Path, str] = {}  # the frame of a block, by the path of each node in it
        self.tabs: dict[str, list[tuple[Path, int]]] = defaultdict(list)  # of the folds
        for path, folds in self.folding.folds.items():
            self.folds |= {(*path, node): one for one in folds for node in one.nodes}
        for path, inner in self.shown.items():
            self._frame_and_boxes(path, inner)
        for path, inner in self.shown.items():
            self._arrows(path, inner)
        self._outputs(graph)
        self._fold_tabs()
        self._shared()

    def _frame_and_boxes(self, path: Path, graph: Graph) -> None:
        around = _id("frame", path)
        if path:
            operation = operation_at(self.shown[()], path)
            self.picture.frames[around] = Frame(
                "nested",
                clean(operation.class_name),
                clean(operation.name),
                self._tags(path, operation),
                _mark(self.marks.get(path)),
            )
            self._put_inside(around, path[:-1])
        for block in self.folding.blocks.get(path, ()):
            frame = _id("block", (*path, block.nodes[0]))
            self.picture.frames[frame] = Frame("block", "", clean(block.name))
            self._put_inside(frame, path)
            self.blocks |= {(*path, node): frame for node in block.nodes}
        for number, node in enumerate(graph.nodes):
            place = (*path, number)
            if place in self.shown:
                continue
            one = self.folds.get(place)
            if one is None:
                self.picture.boxes[_id("call", place)] = self._box(place, graph, node)
                self._put_inside(_id("call", place), path)
                if place in self.blocks:
                    self.picture.inside[_id("call", place)] = self.blocks[place]
            elif number == one.nodes[0]:
                self.picture.boxes[_id("fold", place)] = _folded(graph, one)
                self._put_inside(_id("fold", place), path)

    def _put_inside(self, this: str, path: Path) -> None:
        if path:
            self.picture.inside[this] = _id("frame", path)

    def _box(self, place: Path, graph: Graph, node: Node) -> Box:
        operation = graph.operations[node.operation]
        kind = kind_of(operation)
        title, name = clean(operation.class_name), clean(operation.name)
        if kind == "input":
            title = "Input"
            keys = [p.key for p in graph.inputs if p.tensor.node == place[-1] and p.key is not None]
            if keys and keys != [operation.name]:
                name = _("{name}, key {key}").format(name=name, key=repr(clean(keys[0])))
        lines = [] if kind == "input" else _settings(operation, node)
        if operation.graph is not None:
            count = len(operation.graph.nodes)
            inside = ngettext("1 call inside", "{count} calls inside", count)
            again = _("again, with the same weights")
            lines = [again if self._first_call(place, node) else _counted(inside, count)]
        return Box(
            kind,
            title,
            name,
            self._tags(place, operation),
            _wrapped(", ".join(lines), 2),
            _places(node),
            _slots(operation, node),
            _tabs(node.outputs),
            _mark(self.marks.get(place)),
            self._values((place, index) for index in range(len(node.outputs))),
        )

    def _values(self, tensors: Iterable[tuple[Path, int]]) -> tuple[Thumbnail, ...]:
        found = (self.values.get(tensor) for tensor in tensors)
        return tuple(one for one in found if one is not None)[:MOST_SHAPES]

    def _first_call(self, place: Path, node: Node) -> bool:
        """Whether this is a later call of a nested model whose first call is drawn open."""
        first = self.calls[node.operation][0]
        return first != place and first in self.shown

    def _tags(self, place: Path, operation: Operation) -> tuple[str, ...]:
        tags = [pgettext("layer", "frozen")] if is_frozen(operation) else []
        calls = self.calls[operation.key]
        if len(calls) > 1:
            call = _("call {number} of {count}")
            tags.append(call.format(number=calls.index(place) + 1, count=len(calls)))
        return tuple(tags)

    # Arrows -------------------------------------------------------------------------------------

    def _arrows(self, path: Path, graph: Graph) -> None:
        for number, node in enumerate(graph.nodes):
            place = (*path, number)
            if place in self.shown:
                for port, tensor in handed_over(node, self.shown[place]):
                    self._arrow(path, tensor, _id("call", (*place, port.tensor.node)))
                continue
            one = self.folds.get(place)
            for slot, tensor in enumerate(node.tensors):
                if one is None:
                    self._arrow(path, tensor, _id("call", place), slot % _places(node))
                elif self.folds.get((*path, tensor.node)) is not one:
                    self._arrow(path, tensor, self._box_of(place))

    def _arrow(self, path: Path, tensor: Tensor, target: str, slot: int = 0) -> None:
        arrow = Arrow(*self._start(path, tensor), target, slot)
        # A fold stands for many calls: what enters it twice is drawn once.
        if not target.startswith("fold") or arrow not in self.picture.arrows:
            self.picture.arrows.append(arrow)

    def _start(self, path: Path, tensor: Tensor) -> tuple[str, int]:
        """The box and the tab of it where a tensor comes from."""
        place = (*path, tensor.node)
        while place in self.shown:
            tensor = _returned(self.shown[place], tensor.index)
            place = (*place, tensor.node)
        box = self._box_of(place)
        if place not in self.folds:
            return box, tensor.index
        tabs = self.tabs[box]
        if (place, tensor.index) not in tabs:
            tabs.append((place, tensor.index))
        return box, tabs.index((place, tensor.index))

    def _box_of(self, place: Path) -> str:
        one = self.folds.get(place)
        return _id("call", place) if one is None else _id("fold", (*place[:-1], one.nodes[0]))

    def _outputs(self, graph: Graph) -> None:
        for number, port in enumerate(graph.outputs):
            box = _id("output", (number,))
            name = port.name if port.key is None else port.key
            self.picture.boxes[box] = Box("output", "Output", clean(name))
            self._arrow((), port.tensor, box)

    def _fold_tabs(self) -> None:
        for box, tensors in self.tabs.items():
            specs = tuple(
                self.shown[place[:-1]].nodes[place[-1]].outputs[index] for place, index in tensors
            )
            tabs = map(_spec, specs) if len(specs) <= MOST_SHAPES else "…" * len(specs)
            self.picture.boxes[box] = replace(
                self.picture.boxes[box], tabs=tuple(tabs), values=self._values(tensors)
            )

    # Shared layers ------------------------------------------------------------------------------

    def _shared(self) -> None:
        """Say of the calls of one layer that they are one layer.

        Calls side by side get a common frame. Others are linked: a frame around them would push
        aside what lies between.
        """
        depths = {path: _depths(inner) for path, inner in self.shown.items()}
        for calls in self.calls.values():
            if len(calls) < 2 or not operation_at(self.shown[()], calls[0]).weights:
                continue
            drawn = [p for p in calls if p[:-1] in self.shown and p not in self.folds]
            ids = [_id("frame" if p in self.shown else "call", p) for p in drawn]
            side_by_side = len({(p[:-1], depths[p[:-1]][p[-1]]) for p in drawn}) == 1
            side_by_side = side_by_side and self.blocks.keys().isdisjoint(drawn)
            if side_by_side and len(drawn) > 1:
                operation = operation_at(self.shown[()], drawn[0])
                what = _("one layer, called {count} times: {weights}")
                if operation.graph is not None:
                    what = _("one model, called {count} times: {weights}")
                weights = count_weights(operation)
                weights = _counted(ngettext("1 weight", "{count} weights", weights), weights)
                frame = _id("shared", drawn[0])
                words = what.format(count=len(calls), weights=weights)
                self.picture.frames[frame] = Frame("shared", "", words)
                self._put_inside(frame, drawn[0][:-1])
                for this in ids:
                    self.picture.inside[this] = frame
            else:
                self.picture.links += itertools.pairwise(ids)


# Words of a box -----------------------------------------------------------------------------------


def kind_of(operation: Operation) -> str:
    """What kind of operation it is, for its colour and the legend."""
    if operation.graph is not None:
        return "nested"
    if not operation.is_layer:
        return "operation"
    for kind, words in _WORDS.items():
        if any(word in operation.class_name for word in words):
            return kind
    return "merge" if operation.class_name in _MERGES else "other"


def is_frozen(operation: Operation) -> bool:
    """Whether training leaves all its weights as they are. Nothing trains `Normalization`."""
    has_weights = bool(operation.weights) and operation.class_name != "Normalization"
    return has_weights and not operation.trainable


def count_weights(operation: Operation) -> int:
    """The number of weights: of the numbers in its weight arrays."""
    return sum(math.prod(size or 0 for size in weight.shape) for weight in operation.weights)


def _settings(operation: Operation, node: Node) -> list[str]:
    """The settings that are not defaults, and what the call receives besides tensors."""
    found = [f"{clean(name)}={_value(operation.settings[name])}" for name in operation.shown]
    for name, value in node.arguments:
        if operation.class_name == "GetItem" and name == "key":
            items = value if isinstance(value, tuple) else (value,)
            found.append(f"[{', '.join(map(_value, items[:6]))}]")
        elif next(tensors_in(value), None) is None:
            found.append(f"{clean(name)}={_value(value)}")
    return found


def _value(value: Any) -> str:
    """A setting's value as the listing writes it."""
    return clean_line(literal(value), LONGEST_LINE)


def _slots(operation: Operation, node: Node) -> tuple[str, ...]:
    """A name for each tensor the call receives, if it matters which is which."""
    if len(node.tensors) < 2 or operation.class_name in _IN_ANY_ORDER:
        return ()
    slots = []
    received = [
        (name, value) for name, value in node.arguments if next(tensors_in(value), None) is not None
    ]
    for name, value in received:
        if isinstance(value, Tensor):
            slots.append(clean(name, 14))
        elif isinstance(value, dict) and all(isinstance(v, Tensor) for v in value.values()):
            slots += [clean(key, 14) for key in sorted(value)]
        else:
            before = clean(name, 14) if len(received) > 1 else ""
            slots += [f"{before}[{number}]" for number in range(len(list(tensors_in(value))))]
    return tuple(slots) if len(slots) <= MOST_PLACES else ()


def _places(node: Node) -> int:
    return min(max(len(node.tensors), 1), MOST_PLACES)


def _tabs(specs: tuple[Spec, ...]) -> tuple[str, ...]:
    if len(specs) == 1:
        return (_spec(specs[0]),)
    with_shapes = len(specs) <= MOST_SHAPES
    return tuple(f"[{n}]" + with_shapes * f" {_spec(spec)}" for n, spec in enumerate(specs))


def _spec(spec: Spec) -> str:
    return _shape(spec.shape) + ("" if spec.dtype == "float32" else f" {clean(spec.dtype)}")


def _shape(shape: tuple[int | None, ...]) -> str:
    return cut(str(tuple(shape)), LONGEST_LINE)


def _mark(mark: Mark | None) -> tuple[str, ...]:
    return () if mark is None else _wrapped(f"▶ {mark_text(mark)}", 4)


def mark_text(mark: Mark) -> str:
    """The mark's label, or its kind if it has none, in one line."""
    return clean_line(mark.label) or clean_line(mark.kind)


def _folded(graph: Graph, one: Fold) -> Box:
    operations = [graph.operation(node) for node in one.nodes]
    pattern = operations[: len(one.pattern)]
    only_layers = all(operation.is_layer for operation in operations)
    names = clean(operations[0].name, 20), clean(operations[-1].name, 20)
    tags = []
    weighted = [operation for operation in operations if operation.weights]
    if weighted and all(map(is_frozen, weighted)):
        tags.append(pgettext("layer", "frozen"))
    if len({operation.key for operation in operations}) < len(operations):
        tags.append(pgettext("layer", "shared"))
    classes = ", ".join(
        f"{number}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{clean(name)}" if number > 1 else clean(name)
        for name, number in Counter(operation.class_name for operation in pattern).items()
    )
    count = len(pattern) if one.times > 1 else len(operations)
    what = ngettext("1 layer", "{count} layers", count)
    title = _counted(what if only_layers else ngettext("1 call", "{count} calls", count), count)
    title = f"{one.times} × {title}" if one.times > 1 else title
    return Box(
        "fold",
        title,
        clean(one.name) or " … ".join(names),
        tuple(tags),
        _wrapped(_("each as {block}").format(block=one.like) if one.like else classes, 3),
    )


def _counted(text: str, count: int) -> str:
    return text.format(count=f"{count:,}")


# Text that comes from a model ---------------------------------------------------------------------


def clean(text: str, room: int = LONGEST_NAME) -> str:
    """A name in one short line: its beginning and its end, without what is not to be seen."""
    if len(text) > 4 * room:
        text = text[: 2 * room] + text[-2 * room :]
    text = _visible(text)
    return text if len(text) <= room else f"{text[: room - room // 3 - 1]}…{text[-(room // 3) :]}"


def clean_line(text: str, room: int = 200) -> str:
    """A sentence in one line, its end cut off if it is long."""
    return cut(_visible(text[: 2 * room]), room)


def cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _visible(text: str) -> str:
    """Without control characters, line ends and signs that turn the direction of writing."""
    seen = (" " if c.isspace() else c for c in text if c.isspace() or _is_visible(c))
    return " ".join("".join(seen).split())


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] != "C"


def _wrapped(text: str, lines: int) -> tuple[str, ...]:
    return tuple(
        wrapped(text, LONGEST_LINE, max_lines=lines, placeholder=" …", break_on_hyphens=False)
    )


# Places in a model --------------------------------------------------------------------------------


def calls_of(graph: Graph) -> dict[str, list[Path]]:
    """The places where each operation is called, by its key, in the order of the calls."""
    calls: dict[str, list[Path]] = defaultdict(list)
    for path, inner in opened(graph).items():
        for number, node in enumerate(inner.nodes):
            calls[node.operation].append((*path, number))
    return {key: sorted(places) for key, places in calls.items()}


def at_first_calls(graph: Graph, marks: Mapping[Path, Mark]) -> dict[Path, Mark]:
    """The marks at places that a picture shows.

    What is inside a nested model is shown at the model's first call. A path that leads nowhere is
    left out: a picture without a mark is better than none.
    """
    graphs = opened(graph)
    first = {operation_at(graph, path).key: path for path in graphs if path}
    found: dict[Path, Mark] = {}
    for path, mark in marks.items():
        place: Path | None = ()
        for step, node in enumerate(path):
            if place is None or not 0 <= node < len(graphs[place].nodes):
                place = None
            elif step == len(path) - 1:
                place = (*place, node)
            else:
                place = first.get(graphs[place].nodes[node].operation)
        if place:
            found.setdefault(place, mark)
    return found


def handed_over(node: Node, inner: Graph) -> list[tuple[Port, Tensor]]:
    """Which tensor enters a nested model at which of its inputs."""
    value = node.arguments[0][1] if node.arguments else ()
    if isinstance(value, dict):
        by_name = {name: port for port in inner.inputs for name in (port.name, port.key)}
        if all(key in by_name and isinstance(value[key], Tensor) for key in value):
            return [(by_name[key], value[key]) for key in value]
    return list(zip(inner.inputs, node.tensors, strict=False))


def _returned(inner: Graph, index: int) -> Tensor:
    """The tensor inside a nested model that is its output number `index`.

    A call counts the outputs of a dict in the order of the sorted keys.
    """
    ports = inner.outputs
    if inner.output_structure == "dict":
        ports = tuple(sorted(ports, key=lambda port: port.key or ""))
    return ports[index].tensor


def _depths(graph: Graph) -> list[int]:
    """For each node the length of the longest way to it."""
    depths: list[int] = []
    for node in graph.nodes:
        depths.append(max((depths[tensor.node] + 1 for tensor in node.tensors), default=0))
    return depths


def _id(what: str, path: Path) -> str:
    return what + "_".join(map(str, path))
