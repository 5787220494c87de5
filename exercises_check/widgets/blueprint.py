"""The figures of the capstone: a model as a paper draws it, and the same in words.

Words, sizes and arrows come from the exercise's reference, so a figure cannot say something else
than what is checked. Only the places of the boxes are set here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exercises_check.language import SOURCE, _, ngettext, pgettext, using

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from exercises_check.graph import Graph, Node, Operation

WIDE, HIGH = 1.22, 0.82  # inches from box to box
BOX = (1.06, 0.68)  # inches

# Okabe and Ito; the words in a box say what it is, the colour only helps to find it again.
_COLOURS = {
    "Input": "#666666",
    "Conv": "#E69F00",
    "Pooling": "#009E73",
    "UpSampling": "#009E73",
    "Concatenate": "#CC79A7",
    "Add": "#CC79A7",
    "Embedding": "#56B4E9",
    "Attention": "#D55E00",
    "Dense": "#0072B2",
}


@dataclass(frozen=True)
class Box:
    """A call of a layer, or what several operations compute together.

    Attributes:
        title: the class of the layer.
        words: its settings.
        shape: what it returns, without the batch.
        receives: the numbers of the boxes whose tensors it gets, in order.
        roles: for each of them a name, if they are not alike.
        of: boxes with the same one are calls of one layer.
        place: its column and its row.
    """

    title: str
    words: tuple[str, ...]
    shape: str
    receives: tuple[int, ...]
    roles: tuple[str, ...]
    of: str
    place: tuple[float, float]


@dataclass(frozen=True)
class Blueprint:
    """Boxes, and the numbers of those that are inside a nested model."""

    boxes: tuple[Box, ...]
    inside: tuple[int, ...] = ()
    nested: str = ""


def blueprint_picture(exercise: str) -> Figure:
    """The figure of a task: each layer of the model as a box with its settings and its shape."""
    import matplotlib.pyplot as plt

    with using(SOURCE):  # matplotlib brings no Chinese letters
        blueprint = blueprint_of(exercise)
    columns, rows = ([box.place[axis] for box in blueprint.boxes] for axis in (0, 1))
    size = ((max(columns) + 1) * WIDE, (max(rows) - min(rows) + 1.4) * HIGH)
    with plt.style.context("exercises_check.course"):
        figure = plt.figure(figsize=size, layout="none")
        axis = figure.add_axes((0, 0, 1, 1))
        axis.axis("off")
        axis.set(xlim=(-WIDE / 2, size[0] - WIDE / 2), aspect="equal")
        bottom = -max(rows) * HIGH - 0.62 * HIGH
        axis.set_ylim(bottom, bottom + size[1])
        _draw_frames(axis, blueprint)
        for number, box in enumerate(blueprint.boxes):
            _draw_box(axis, box)
            for slot, source in enumerate(box.receives):
                _draw_arrow(axis, blueprint, source, number, slot)
    return figure


def blueprint_text(exercise: str) -> str:
    """The same in words: a line for each box, with the numbers of those it receives."""
    blueprint = blueprint_of(exercise)
    calls = Counter(box.of for box in blueprint.boxes)
    lines, first = [], {}
    for number, box in enumerate(blueprint.boxes):
        words = pgettext("between phrases", ", ").join((box.title, *box.words))
        if number in blueprint.inside:
            words = _("{name}: {told}").format(name=blueprint.nested, told=words)
        told = [_("{name}: {told}").format(name=words, told=box.shape)]
        names = [
            f"{role} {n + 1}".strip() for role, n in zip(_roles(box), box.receives, strict=True)
        ]
        if names:
            told.append(
                _("receives {tensors}").format(
                    tensors=pgettext("between phrases", " and ").join(names)
                )
            )
        if box.of in first:
            told.append(_("the same layer as {number}").format(number=first[box.of] + 1))
        elif calls[box.of] > 1:
            told.append(_("one layer, called {count} times").format(count=calls[box.of]))
        first.setdefault(box.of, number)
        told = pgettext("between phrases", "; ").join(told)
        lines.append(_("{number}. {told}.").format(number=number + 1, told=told))
    return "\n".join(lines)


def _roles(box: Box) -> Sequence[str]:
    return box.roles or [""] * len(box.receives)


# What is in the figures --------------------------------------------------------------------------


def blueprint_of(exercise: str) -> Blueprint:
    """The boxes of a task's figure."""
    from exercises_check.exercise import registry
    from exercises_check.read import read, untouched

    with untouched():
        graph = read(registry()[exercise].reference())
    return _FIGURES[exercise](graph)


def _router(graph: Graph) -> Blueprint:
    places = {
        "title": (0, 0.5), "body": (0, 2), "tags": (0, 3.2), "metadata": (0, 4.2),
        "Embedding": (1, 0.5), "GlobalAveragePooling1D": (2, -0.1), "Dense": (2, 1),
        "Embedding 2": (1, 2), "Attention": (3, 1.5), "GlobalAveragePooling1D 2": (4, 1.5),
        "Concatenate": (5, 1.5), "Dense 2": (6, 1.5), "priority": (7, 0.9),
        "department": (7, 2.1),
    }  # fmt: skip
    return Blueprint(tuple(_boxes(graph, places)))


def _unet(graph: Graph) -> Blueprint:
    places = {
        "Input": (0, 0), "Conv2D": (1, 0), "MaxPooling2D": (1, 1), "Conv2D 2": (1, 2),
        "MaxPooling2D 2": (1, 3), "Conv2D 3": (2, 4), "UpSampling2D": (3, 3),
        "Concatenate": (3, 2), "Conv2D 4": (4, 2), "UpSampling2D 2": (4, 1),
        "Concatenate 2": (4, 0), "Conv2D 5": (5, 0), "Conv2D 6": (6, 0),
    }  # fmt: skip
    return Blueprint(tuple(_boxes(graph, places)))


def _siamese(graph: Graph) -> Blueprint:
    encoder = next(o.graph for o in graph.operations.values() if o.graph is not None)
    places = {
        "Input": (0, 0.5), "Conv2D": (1, 0.5), "Conv2D 3": (2, 0), "Conv2D 4": (3, 0),
        "Conv2D 2": (2.5, 1), "Add": (4, 0.5), "ReLU": (5, 0.5), "Flatten": (6, 0.5),
        "Dense": (7, 0.5),
    }  # fmt: skip
    inside = _boxes(encoder, places)
    outer = {"first": (2, 2.4), "second": (2, 3.4), "encoder": (3, 2.4), "encoder 2": (3, 3.4)}
    boxes = _boxes(graph, outer, after=len(inside))
    calls = [len(inside) + n for n, box in enumerate(boxes) if box.title == "encoder"]
    end = Box("similarity", ("exp(−Σ |a − b|)",), "1", tuple(calls), ("a", "b"), "end", (4.4, 2.9))
    return Blueprint((*inside, *boxes, end), tuple(range(len(inside))), _("inside of the encoder"))


_FIGURES: Mapping[str, Callable[[Any], Blueprint]] = {
    "ticket_attention_router": _router,
    "small_unet": _unet,
    "siamese_residual": _siamese,
}


def _boxes(graph: Graph, places: Mapping[str, tuple[float, float]], after: int = 0) -> list[Box]:
    """The calls of a graph that have a place, numbered from `after`, in the order of `places`.

    A place is named by an input or output of the task, or by a class and which of its calls it is.
    """
    ends = {port.tensor.node for port in graph.outputs}
    seen: Counter[str] = Counter()
    named = {}
    for number, node in enumerate(graph.nodes):
        operation = graph.operations[node.operation]
        key = "Input" if operation.class_name == "InputLayer" else operation.class_name
        of_the_task = operation.name in places and (key == "Input" or number in ends)
        if of_the_task or operation.graph is not None:
            key = operation.name
        seen[key] += 1
        named[f"{key} {seen[key]}" if seen[key] > 1 else key] = number
    numbers = {named[key]: after + place for place, key in enumerate(places)}
    return [
        _box(graph, graph.nodes[node], places[key], numbers)
        for key, node in ((key, named[key]) for key in places)
    ]


def _box(graph: Graph, node: Node, place: tuple[float, float], numbers: Mapping[int, int]) -> Box:
    operation = graph.operations[node.operation]
    title = "Input" if operation.class_name == "InputLayer" else operation.class_name
    if operation.graph is not None:
        title = operation.name
    shape = " × ".join(str(size) for size in node.outputs[0].shape[1:])
    return Box(
        title=title,
        words=tuple(_words(operation, node)),
        shape=shape,
        receives=tuple(numbers[tensor.node] for tensor in node.tensors),
        roles=(pgettext("attention", "query"), pgettext("attention", "value"))
        if title == "Attention"
        else (),
        of=operation.key,
        place=place,
    )


def _words(operation: Operation, node: Node) -> list[str]:
    """The settings of a layer that a builder has to know."""
    settings, words = operation.settings, []
    if operation.class_name == "InputLayer" and not operation.name.startswith("input_layer"):
        words.append(_("“{name}”").format(name=operation.name))
    if operation.class_name == "InputLayer" and node.outputs[0].dtype != "float32":
        words.append(node.outputs[0].dtype)
    if "filters" in settings:
        filters = ngettext("1 filter, {size}", "{count} filters, {size}", settings["filters"])
        size = _square(settings["kernel_size"])
        words.append(filters.format(count=settings["filters"], size=size))
    if settings.get("strides", (1, 1)) != (1, 1) and "filters" in settings:
        words.append(_("strides {count}").format(count=settings["strides"][0]))
    if settings.get("padding") == "same" and "filters" in settings:
        words.append(_("padding same"))
    words += [_square(settings[name]) for name in ("pool_size", "size") if name in settings]
    if operation.class_name == "Embedding":
        size = _("{words} words × {features}")
        words.append(size.format(words=settings["input_dim"], features=settings["output_dim"]))
        words += ["mask_zero=True"] * settings["mask_zero"]
    if "units" in settings:
        if not re.fullmatch(r"dense(_\d+)?", operation.name):
            words.append(_("“{name}”").format(name=operation.name))
        units = ngettext("1 unit", "{count} units", settings["units"])
        words.append(units.format(count=settings["units"]))
    activation = settings.get("activation")
    if activation not in (None, "linear"):
        words.append(str(activation))
    return words


def _square(size: Sequence[int]) -> str:
    return f"{size[0]} × {size[1]}"


# Drawing -----------------------------------------------------------------------------------------


def _middle(box: Box) -> tuple[float, float]:
    return box.place[0] * WIDE, -box.place[1] * HIGH


def _colour(title: str) -> str:
    return next((colour for word, colour in _COLOURS.items() if word in title), "#444444")


def _draw_box(axis, box: Box) -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.patches import FancyBboxPatch

    x, y = _middle(box)
    colour = _colour(box.title)
    corner = (x - BOX[0] / 2, y - BOX[1] / 2)
    look = {"boxstyle": "round,pad=0,rounding_size=0.06", "fc": to_rgba(colour, 0.13), "ec": colour}
    axis.add_patch(FancyBboxPatch(corner, *BOX, lw=1.2, zorder=2, **look))
    # A long class name takes two lines, cut before a capital.
    parts = re.findall(r"[A-Z][a-z]+|[A-Z\d]+[a-z]*|[a-z]+", box.title)
    title = [box.title] if len(box.title) <= 14 else ["".join(parts[:2]), "".join(parts[2:])]
    lines = [(line, {"weight": "bold"}) for line in title]
    lines += [(line, {}) for line in _joined(box.words)]
    lines.append((box.shape, {"style": "italic", "color": "#333333"}))
    step = min(0.14, 0.66 / len(lines))
    for number, (line, style) in enumerate(lines):
        high = y + step * ((len(lines) - 1) / 2 - number)
        axis.text(x, high, line, ha="center", va="center", fontsize=7.6, zorder=3, **style)


def _joined(words: Sequence[str]) -> list[str]:
    """Two short settings share a line."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) < 18:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return lines


def _draw_arrow(axis, blueprint: Blueprint, source: int, target: int, slot: int) -> None:
    start, end = blueprint.boxes[source], blueprint.boxes[target]
    (x, y), (there_x, there_y) = _middle(start), _middle(end)
    half_wide, half_high = BOX[0] / 2, BOX[1] / 2
    far = there_x - x > 1.5 * WIDE
    bend = "arc3"
    if abs(x - there_x) < 0.3 * WIDE:
        down = 1 if there_y < y else -1
        y, there_y = y - down * half_high, there_y + down * half_high
    elif start.title == "MaxPooling2D" and there_y < y - 0.1:
        y, there_x = y - half_high, there_x - half_wide
        bend = "angle,angleA=-90,angleB=180,rad=6"
    elif end.title == "UpSampling2D" and there_y > y + 0.1:
        x, there_y = x + half_wide, there_y - half_high
        bend = "angle,angleA=0,angleB=90,rad=6"
    elif end.title == "Concatenate" and abs(there_y - y) > HIGH:
        x += half_wide
        there_y += half_high * (1 if y > there_y else -1)
        there_x += 0.22 * (slot == len(end.receives) - 1)
        bend = "angle,angleA=0,angleB=90,rad=6"
    else:
        x, there_x = x + half_wide, there_x - half_wide
        there_y += (0.12 - 0.24 * slot) * bool(end.roles)
    look = {"arrowstyle": "-|>", "color": "#222222", "lw": 1.1, "shrinkA": 0, "shrinkB": 0}
    if far and start.title == "Conv2D":
        look["linestyle"] = "--"  # a skip
    look["connectionstyle"] = bend
    axis.annotate("", (there_x, there_y), (x, y), zorder=1, arrowprops=look)
    if end.roles:
        words = {"fontsize": 7.2, "style": "italic", "ha": "left", "va": "center", "zorder": 3}
        side = 0.25 if slot == 0 else -0.25
        axis.text(there_x + 0.05, _middle(end)[1] + side, end.roles[slot], **words)


def _draw_frames(axis, blueprint: Blueprint) -> None:
    from matplotlib.patches import Rectangle

    groups = {}
    for number, box in enumerate(blueprint.boxes):
        groups.setdefault(box.of, []).append(number)
    frames = [(numbers, "one layer, 2 calls") for numbers in groups.values() if numbers[1:]]
    if blueprint.inside:
        frames = [(numbers, "one model, 2 calls") for numbers, _label in frames]
        frames.append((blueprint.inside, blueprint.nested))
    for numbers, label in frames:
        middles = [_middle(blueprint.boxes[number]) for number in numbers]
        left, right = (pick(x for x, _y in middles) for pick in (min, max))
        low, high = (pick(y for _x, y in middles) for pick in (min, max))
        corner = (left - BOX[0] / 2 - 0.06, low - BOX[1] / 2 - 0.08)
        size = (right - left + BOX[0] + 0.12, high - low + BOX[1] + 0.3)
        axis.add_patch(Rectangle(corner, *size, fill=False, ls=":", ec="#444444", lw=1.1))
        words = {"fontsize": 7.6, "style": "italic", "va": "top"}
        axis.text(corner[0] + 0.05, corner[1] + size[1] - 0.03, label, **words)
