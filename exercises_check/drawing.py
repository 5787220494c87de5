"""Graph -> SVG: a picture of a model for a notebook.

Graphviz only says where things go: it is handed the sizes of boxes and no text at all. What a
learner sees is written here, so it looks the same with every Graphviz and no text of a model can
break it. It brings its own light ground, as the course's figures do, for light and dark pages.
"""

from __future__ import annotations

import base64
import html
import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from exercises_check import thumbnails
from exercises_check.folding import Path, opened
from exercises_check.graph import Graph, Tensor
from exercises_check.graphviz_bridge import NoGraphviz, render
from exercises_check.language import N_, _, in_a_row, listed, ngettext, sentence, together
from exercises_check.listing import operation_at
from exercises_check.picture import (
    Box,
    Frame,
    Mark,
    Picture,
    at_first_calls,
    calls_of,
    clean,
    clean_line,
    cut,
    is_frozen,
    mark_text,
    picture_of,
)
from exercises_check.thumbnails import Thumbnail
from exercises_check.wrapping import columns

__all__ = ["Drawing", "Mark", "NoGraphviz", "alternative_text", "svg"]

MOST_RANKS = 1_000  # that all arrows together cross; Graphviz takes minutes for ten times as many
SMALLEST = 0.8  # a picture shrinks to this part of its size, then it scrolls: letters of 9 pixels
LONGEST_TEXT = 3000  # as long as a reader's voice can be listened to

# Colours that people who do not tell red from green can tell apart (Okabe and Ito, Tol), of middle
# lightness, for a white page and for a black one. The class name says the kind in words.
_COLOURS = {
    "input": ("#888888", N_("input, output")),
    "output": ("#888888", N_("input, output")),
    "dense": ("#0072b2", N_("dense")),
    "convolution": ("#e69f00", N_("convolution")),
    "pooling": ("#b5a300", N_("pooling")),
    "recurrent": ("#cc79a7", N_("recurrent")),
    "attention": ("#7b68c8", N_("attention")),
    "embedding": ("#44aa99", N_("embedding")),
    "merge": ("#009e73", N_("merge")),
    "normalization": ("#56b4e9", N_("normalization, dropout")),
    "activation": ("#aa4499", N_("activation")),
    "reshape": ("#999933", N_("reshape")),
    "operation": ("#a0785a", "keras.ops"),
    "nested": ("#6e7f91", N_("nested model")),
    "other": ("#999999", N_("other")),
    "fold": ("#888888", N_("several layers")),
}
_FEW_KINDS = 3  # so many need no legend
_MARK = "#b83a06"

Point = tuple[float, float]
Area = tuple[float, float, float, float]  # left, top, right, bottom
_UNDER = "stroke-opacity:.25"
_STEPS = 32  # how finely a curve is looked at where it passes words

# Sizes in pixels: of letters, and of the rows of a box.
_TITLE, _TEXT, _SMALL = 13, 11, 10
_LETTER = 0.61  # the width of a letter, as a part of its size
_SIDE = 14  # what a box is wider than its words
_HEAD, _ROW, _STRIP, _PILL, _TITLE_BAR = 20, 14, 15, 26, 24
_SMALL_ROW = 13
_GAP = 4  # between tabs
_BEHIND = 4  # how far the second sheet of a fold is seen behind the first


class TooTangled(ValueError):
    """Folded as far as it can be, the model has still too many long arrows for a picture."""


@dataclass(frozen=True)
class Drawing:
    """A picture of a model that shows itself in a notebook, with `marks` on some of its nodes.

    A mark's key is a path: `(3,)` is node 3 of the model, `(3, 2)` node 2 of the nested model which
    node 3 calls. `values` holds what calls return for a sample, by path and number of the output.
    """

    graph: Graph
    marks: Mapping[Path, Mark] = field(default_factory=dict)
    title: str | None = None
    values: Mapping[tuple[Path, int], Thumbnail] = field(default_factory=dict)

    def __repr__(self) -> str:
        return alternative_text(self.graph, self.marks, self.values)

    def _repr_html_(self) -> str:
        try:
            picture = svg(self.graph, self.marks, self.title, self.values)
        except (NoGraphviz, TooTangled) as problem:
            text = f"{self!r}\n\n{problem}"
            return f'<pre style="white-space:pre-wrap">{html.escape(text)}</pre>'
        return _image(picture, repr(self))


def _image(picture: str, text: str) -> str:
    """An SVG as an `<img>`: inline it would be taken apart where a notebook is not trusted."""
    width = int(float(re.search(r' width="([\d.]+)"', picture)[1]))
    # Wider than the page, it shrinks; but not until nobody can read it.
    style = f"max-width:100%;min-width:{round(width * SMALLEST)}px;border-radius:6px"
    return (
        f'<div style="overflow-x:auto"><img alt="{html.escape(text)}" width="{width}" '
        f'style="{style}" src="{_address(picture)}"></div>'
    )


def _address(picture: str) -> str:
    """The SVG as a `data:` address: only what would end it is escaped, base64 is a third longer."""
    text = picture.replace('"', "'")  # as in the attributes; words have none
    for sign in "%#<>&":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return f"data:image/svg+xml;charset=utf-8,{text}"


def svg(
    graph: Graph,
    marks: Mapping[Path, Mark] | None = None,
    title: str | None = None,
    values: Mapping[tuple[Path, int], Thumbnail] | None = None,
) -> str:
    """The picture of a model, as the text of an SVG file.

    Args:
        graph: the model.
        marks: by their paths, the nodes to point at. A mark inside a nested model that is called
            several times appears at its first call: it is one model. Other paths are ignored.
        title: a line above the picture.
        values: what calls return for a sample, by path and number of the output.

    Raises:
        NoGraphviz: there is no Graphviz here.
        TooTangled: nobody could read the picture.
    """
    marks = at_first_calls(graph, marks or {})
    picture = picture_of(graph, marks, values)
    ranks = _ranks_crossed(picture)
    if ranks > MOST_RANKS:
        text = _(
            "The model is not drawn: its {arrows} arrows would cross {rows} rows of boxes, at most "
            "{most} can be read. Draw a part of it, as in `draw(keras.Model(inputs, x))`."
        )
        arrows = f"{len(picture.arrows):,}"
        raise TooTangled(text.format(arrows=arrows, rows=f"{ranks:,}", most=f"{MOST_RANKS:,}"))
    layout = _Layout(picture, json.loads(render(_dot(picture), "json0")))
    heading = clean_line(title, 80) if title else ""
    return _page(picture, layout, heading)


# In words -----------------------------------------------------------------------------------------


def alternative_text(
    graph: Graph,
    marks: Mapping[Path, Mark] | None = None,
    values: Mapping[tuple[Path, int], Thumbnail] | None = None,
) -> str:
    """The picture in words, such as "features goes to dense, add receives features and dense"."""
    marks = at_first_calls(graph, marks or {})
    model = _("Model {name}.").format(name=clean(graph.name))
    wiring = [together(model, _wiring(graph))]
    for path, inner in opened(graph).items():
        if path:
            name = clean(operation_at(graph, path).name)
            wiring.append(_("Inside {name}: {wiring}").format(name=name, wiring=_wiring(inner)))
    remarks = [
        _("Marked: {name}, {text}.").format(
            name=clean(operation_at(graph, path).name), text=mark_text(mark).rstrip(".。")
        )
        for path, mark in marks.items()
    ]
    frozen = []
    for calls in calls_of(graph).values():
        operation = operation_at(graph, calls[0])
        if len(calls) > 1 and operation.weights:
            text = _("{name} is one layer, called {count} times.")
            if operation.graph is not None:
                text = _("{name} is one model, called {count} times.")
            remarks.append(text.format(name=clean(operation.name), count=len(calls)))
        around = [operation_at(graph, calls[0][:length]) for length in range(1, len(calls[0]))]
        if is_frozen(operation) and not any(map(is_frozen, around)):
            frozen.append(clean(operation.name))
    if frozen:
        remarks.append(_("Frozen: {names}.").format(names=listed(frozen)))
    # The wiring of a big model must not push aside what there is to be said about it.
    parts = cut(together(*wiring), LONGEST_TEXT), cut(together(*remarks), LONGEST_TEXT // 4)
    parts += (cut(_values_text(graph, values or {}), LONGEST_TEXT),)
    return together(*parts)


def _values_text(graph: Graph, values: Mapping[tuple[Path, int], Thumbnail]) -> str:
    """What flows, call by call, such as "dense gives 16 values: -0.3 to 1.2, 40 % zero"."""
    clauses = []
    calls = calls_of(graph)
    for (path, index), value in sorted(values.items()):
        operation = operation_at(graph, path)
        places = calls[operation.key]
        name = clean(operation.name)
        if len(places) > 1:
            name = _("{name} (call {number})").format(name=name, number=places.index(path) + 1)
        if (path, 1) in values:
            name = _("output {index} of {name}").format(index=index, name=name)
        count = ngettext("{count} value", "{count} values", value.count)
        clauses.append(
            _("{name} gives {values}: {text}").format(
                name=name, values=count.format(count=f"{value.count:,}"), text=value.text
            )
        )
    if not clauses:
        return ""
    return _("For the sample: {clauses}.").format(clauses=_("; ").join(clauses))


def _wiring(graph: Graph) -> str:
    total, called = Counter(node.operation for node in graph.nodes), Counter()
    names = []
    for node in graph.nodes:
        called[node.operation] += 1
        name = clean(graph.operations[node.operation].name)
        if total[node.operation] > 1:
            name = _("{name} (call {number})").format(name=name, number=called[node.operation])
        names.append(name)

    def say(tensor: Tensor) -> str:
        name = names[tensor.node]
        if len(graph.nodes[tensor.node].outputs) == 1:
            return name
        return _("output {index} of {name}").format(index=tensor.index, name=name)

    inputs = {port.tensor.node for port in graph.inputs}
    clauses = []
    for number, node in enumerate(graph.nodes):
        received = [say(tensor) for tensor in node.tensors]
        if len(received) == 1:
            text = _("{tensor} goes to {name}")
            clauses.append(text.format(tensor=received[0], name=names[number]))
        elif number not in inputs:
            text = _("{name} receives {tensors}")
            tensors = listed(received) or _("no tensor")
            clauses.append(text.format(name=names[number], tensors=tensors))
    ends = []
    for port in graph.outputs:
        end = say(port.tensor)
        if port.key not in (None, end):
            end = _("{tensor} as {argument}").format(tensor=end, argument=clean(port.key))
        ends.append(end)
    starts = [clean(port.name) for port in graph.inputs]
    inward = ngettext("The input is {names}.", "The inputs are {names}.", len(starts))
    outward = ngettext("The output is {names}.", "The outputs are {names}.", len(ends))
    return together(
        inward.format(names=listed(starts)),
        sentence(in_a_row(clauses)) if clauses else "",
        outward.format(names=listed(ends)),
    )


# Sizes --------------------------------------------------------------------------------------------


def _wide(text: str, size: float = _TEXT) -> float:
    return columns(text) * size * _LETTER


def _tag_width(tag: str) -> float:
    return _wide(tag, _SMALL) + 10


def _heading_width(part: Box | Frame) -> float:
    """The width of title, name and tags in one line."""
    words = [_wide(part.title, _TITLE)] if part.title else []
    words += [_wide(part.name)] if part.name else []
    words += [_tag_width(tag) for tag in part.tags]
    return sum(words) + 8 * (len(words) - 1)


def _is_pill(box: Box) -> bool:
    return box.kind in ("input", "output")


def _body(box: Box) -> tuple[int, int]:
    """Width and height of a box without its tabs."""
    mark = max([_wide(line) for line in box.mark], default=0)
    if _is_pill(box):
        width = max(_heading_width(box) + 12, mark, _tabs_width(box) - 6)
        width = max(width, _values_width(box))
        height = _PILL + _ROW * len(box.mark) + 6 * bool(box.mark) + _values_height(box)
        return round(width + _SIDE), height
    words = [_wide(box.title, _TITLE) + sum(_tag_width(tag) + 6 for tag in box.tags), mark]
    words += [_wide(line) for line in (box.name, *box.lines)]
    slots = len(box.slots) * (max([_wide(slot, _SMALL) for slot in box.slots], default=0) + 16)
    width = max(*words, slots - _SIDE, _tabs_width(box) - 6, _values_width(box), 60)
    height = _STRIP * bool(box.slots) + _HEAD + _ROW * (1 + len(box.lines)) + 5
    height += _ROW * len(box.mark) + 6 * bool(box.mark) + _values_height(box)
    behind = _BEHIND * (box.kind == "fold")
    return round(width + _SIDE + 4) + behind, height + behind


def _values_width(box: Box) -> float:
    lines = [_wide(line, _SMALL) for value in box.values for line in value.lines]
    return max([*lines, *(value.width + 2 for value in box.values)], default=0)


def _values_height(box: Box) -> int:
    return sum(_value_height(value) for value in box.values) + 3 * bool(box.values)


def _value_height(value: Thumbnail) -> int:
    return (value.height + 6) * bool(value.png) + _SMALL_ROW * len(value.lines)


def _tab_widths(box: Box) -> list[int]:
    return [round(_wide(tab, _SMALL) + 10) for tab in box.tabs]


def _tabs_width(box: Box) -> int:
    return sum(_tab_widths(box)) + _GAP * max(len(box.tabs) - 1, 0)


def _tabs_left(box: Box) -> int:
    """How far from the left side of a box its tabs begin: they are in the middle."""
    width, _ = _body(box)
    return (width - _tabs_width(box)) // 2


# Layout by Graphviz -------------------------------------------------------------------------------


def _dot(picture: Picture) -> str:
    """The picture for Graphviz: ids and sizes, nothing that comes from a model."""
    members: dict[str | None, list[str]] = defaultdict(list)
    for this in [*picture.frames, *picture.boxes]:
        members[picture.inside.get(this)].append(this)

    def lines(around: str | None) -> Iterator[str]:
        for this in members[around]:
            if this in picture.boxes:
                yield f"{this}[label=<{_table(picture.boxes[this])}>]"
            else:
                frame = picture.frames[this]
                width = max([_heading_width(frame), *map(_wide, frame.mark)]) + 10
                height = _TITLE_BAR + _ROW * len(frame.mark)
                yield f"subgraph cluster_{this}{{margin=10 labeljust=l"
                yield f"label=<{_cells([width], height)}>"
                yield from lines(this)
                yield "}"

    def end(this: str) -> str:
        """A box, for a frame any box inside it."""
        while this in picture.frames:
            this = members[this][-1]
        return this

    edges = [
        f"{arrow.source}:t{arrow.tab}:s->{arrow.target}:s{arrow.slot}:n" for arrow in picture.arrows
    ]
    for a, b in picture.links:
        clip = f" ltail=cluster_{a}" * (a in picture.frames)
        clip += f" lhead=cluster_{b}" * (b in picture.frames)
        edges.append(f"{end(a)}->{end(b)}[constraint=false arrowhead=none{clip}]")
    edges = [f"{edge}[id={number}]" for number, edge in enumerate(edges)]
    settings = "graph[compound=true nodesep=0.3 ranksep=0.35]node[shape=plain]edge[arrowsize=0.7]"
    return "\n".join(["digraph{" + settings, *lines(None), *edges, "}"])


def _ranks_crossed(picture: Picture) -> int:
    """Over how many rows of boxes all arrows go, each box right below those it follows."""
    before: dict[str, list[str]] = defaultdict(list)
    for arrow in picture.arrows:
        before[arrow.target].append(arrow.source)
    ranks: dict[str, int] = {}
    for box in TopologicalSorter(before).static_order():
        ranks[box] = max((ranks[other] + 1 for other in before[box]), default=0)
    return sum(ranks[arrow.target] - ranks[arrow.source] for arrow in picture.arrows)


def _table(box: Box) -> str:
    width, height = _body(box)
    each = width // box.places
    widths = [each] * (box.places - 1) + [width - each * (box.places - 1)]
    rows = [_cells(widths, 2, "s"), _cells([width], height - 2)]
    if box.tabs:
        # Graphviz would widen cells that do not fill the row, and move the ends of the arrows.
        left, tabs = _tabs_left(box), [_tab_widths(box)[0]]
        for wide in _tab_widths(box)[1:]:
            tabs += [_GAP, wide]
        rows.append(_cells([left, *tabs, width - left - sum(tabs)], _STRIP, "t", slice(1, -1, 2)))
    rows = "".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>'


def _cells(widths: list[float], height: float, port: str = "", ends: slice = slice(None)) -> str:
    """One row of cells of fixed size. Arrows end at those in `ends`, counted from 0."""
    ports = [""] * len(widths)
    if port:
        ports[ends] = [f' PORT="{port}{number}"' for number in range(len(ports[ends]))]
    cells = "".join(
        f'<TD{name} FIXEDSIZE="TRUE" WIDTH="{round(width)}" HEIGHT="{height}"></TD>'
        for name, width in zip(ports, widths, strict=True)
    )
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
    return f"{table}<TR>{cells}</TR></TABLE>"


class _Layout:
    """Where Graphviz put things, in pixels from the top left corner."""

    def __init__(self, picture: Picture, found: dict):
        self.width, self.height = _numbers(found["bb"])[2:]
        things = found.get("objects", [])
        self.boxes: dict[str, tuple[float, float]] = {}  # the middle of the upper edge
        self.frames: dict[str, tuple[float, float, float, float]] = {}  # x, y, width, height
        for thing in things:
            if thing["name"].startswith("cluster_"):
                x, y, right, top = _numbers(thing["bb"])
                name = thing["name"].removeprefix("cluster_")
                self.frames[name] = (x, self.height - top, right - x, top - y)
            else:
                x, y = _numbers(thing["pos"])
                self.boxes[thing["name"]] = (x, self.height - y - float(thing["height"]) * 36)
        lines = sorted(found.get("edges", []), key=lambda edge: int(edge["id"]))
        curves = [self._curve(edge["pos"]) for edge in lines]
        self.arrows, self.links = curves[: len(picture.arrows)], curves[len(picture.arrows) :]

    def _curve(self, text: str) -> tuple[list[Point], Point]:
        """The points of a Bezier curve, and the tip of its arrow."""
        tip, points = (0.0, 0.0), []
        for part in text.split():
            x, y = _numbers(part.removeprefix("e,"))
            if part.startswith("e,"):
                tip = (x, self.height - y)
            else:
                points.append((x, self.height - y))
        return points, tip


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


# SVG ----------------------------------------------------------------------------------------------


def _page(picture: Picture, layout: _Layout, heading: str) -> str:
    top = 26 if heading else 4
    parts = []
    if heading:
        parts.append(_words(heading, 4, -10, "h"))
    frames = [(frame, *layout.frames[this]) for this, frame in picture.frames.items()]
    titles = [(x + 4, y + 4, x + _heading_width(f) + 16, y + 23) for f, x, y, _, _ in frames]
    parts += [_frame(*frame) for frame in frames]
    parts += [_link(points, titles) for points, _ in layout.links]
    parts += [_arrow(points, tip, titles) for points, tip in layout.arrows]
    parts += [_frame_title(*frame) for frame in frames]
    parts += [_box(box, *layout.boxes[this]) for this, box in picture.boxes.items()]
    width, legend = max(layout.width, _wide(heading, _TITLE)), []
    kinds = list(dict.fromkeys(_COLOURS[kind] for kind in _COLOURS if kind in _kinds(picture)))
    entries = [(_rect(0, 0, 10, 10, f'fill="{c}"', 2), _(words)) for c, words in kinds]
    entries = entries if len(entries) > _FEW_KINDS else []
    if picture.links:
        entries.append(('<path class="e l" d="M-6 5h18"/>', _("the same layer")))
    if any(value.png for box in picture.boxes.values() for value in box.values):
        entries += [
            (_rect(0, 0, 10, 10, f'class="t" style="fill:{colour}"', 0), words)
            for colour, words in (
                (thumbnails.BELOW, _("below 0")),
                ("#fff", _("0")),
                (thumbnails.ABOVE, _("above 0")),
            )
        ]
    height = layout.height
    if entries:
        width = max(width, 240)
        legend, height = _legend(entries, width, height + 16)
    body = "".join(parts + legend)
    view = f"-4 {-top} {_n(width + 8)} {_n(height + top + 4)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}"'
        f' width="{_n(width + 8)}" height="{_n(height + top + 4)}">'
        f"<title>{html.escape(heading or _('Picture of the model'))}</title>"
        f"<style>{_STYLE}</style>{body}</svg>"
    )


_STYLE = (
    "svg{direction:ltr;color:#24292f;background:#fff;border-radius:6px;"
    "font-family:Menlo,Consolas,DejaVu Sans Mono,monospace}"
    f"text{{fill:currentColor;font-size:{_TEXT}px}}"
    f".h,.c{{font-size:{_TITLE}px;font-weight:700}}"
    f".s{{font-size:{_SMALL}px}}"
    ".m{text-anchor:middle}"
    ".w{fill:#fff}"
    ".e{fill:none;stroke:currentColor;stroke-width:1.3;stroke-opacity:.65}"
    ".a{fill:currentColor;fill-opacity:.65}"
    ".l{stroke-dasharray:2 4;stroke-width:2}"
    ".b{fill-opacity:.16}"
    ".t{fill:none;stroke:currentColor;stroke-opacity:.35}"
    ".f{fill:currentColor;fill-opacity:.04;stroke:currentColor;stroke-opacity:.55}"
    ".g{stroke-dasharray:2 4;stroke-width:2}"
    ".q{stroke-dasharray:8 4}"
    f".k{{fill:{_MARK}}}"
    f".r{{fill:none;stroke:{_MARK};stroke-width:4}}"
    ".z{stroke:currentColor;stroke-opacity:.7;fill:none}"
    # Tiny pictures show their pixels, and stretch to the given size.
    "image{image-rendering:pixelated}"
    f".x{{fill:{_MARK};font-weight:700}}"
)


def _kinds(picture: Picture) -> set[str]:
    kinds = {box.kind for box in picture.boxes.values()}
    return kinds | {"nested" for frame in picture.frames.values() if frame.kind == "nested"}


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _words(text: str, x: float, y: float, kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{_n(x)}" y="{_n(y)}">{html.escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, style: str, corner: float = 3) -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
    round_off = f' rx="{_n(corner)}"' if corner else ""
    return f"<rect {place}{round_off} {style}/>"


def _path(points: list[Point], gaps: list[Area]) -> str:
    """A curve of Bezier pieces, interrupted in `gaps` so that it does not cross words."""
    steps, end = [], None
    for at in range(0, len(points) - 1, 3):
        piece = points[at : at + 4]
        for first, last in _visible_parts(piece, gaps):
            a, b, c, d = _part(piece, first, last)
            start = "C" if a == end else f"M{_n(a[0])} {_n(a[1])}C"
            steps.append(start + " ".join(f"{_n(x)} {_n(y)}" for x, y in (b, c, d)))
            end = d
    return "".join(steps)


def _visible_parts(piece: list[Point], gaps: list[Area]) -> list[tuple[float, float]]:
    """The stretches of a Bezier piece, which runs from 0 to 1, that are in none of the gaps."""
    xs, ys = zip(*piece, strict=True)
    near = [
        (left, top, right, bottom)
        for left, top, right, bottom in gaps
        if left < max(xs) and min(xs) < right and top < max(ys) and min(ys) < bottom
    ]
    if not near:
        return [(0, 1)]
    parts, first = [], None
    for step in range(_STEPS + 1):
        x, y = _part(piece, 0, step / _STEPS)[3]
        hidden = any(left < x < right and top < y < bottom for left, top, right, bottom in near)
        if first is None and not hidden:
            first = step / _STEPS
        elif first is not None and (hidden or step == _STEPS):
            parts.append((first, (step - hidden) / _STEPS))
            first = None
    return [(first, last) for first, last in parts if first < last]


def _part(piece: list[Point], first: float, last: float) -> list[Point]:
    """The part of a Bezier piece between two of its places, by de Casteljau's construction."""
    if (first, last) == (0, 1):
        return piece

    def upto(points: list[Point], t: float) -> list[Point]:
        kept = [points[0]]
        while len(points) > 1:
            points = [
                (x + (to_x - x) * t, y + (to_y - y) * t)
                for (x, y), (to_x, to_y) in itertools.pairwise(points)
            ]
            kept.append(points[0])
        return kept

    head = upto(piece, last)
    return upto(head[::-1], 1 - first / last)[::-1] if first else head


def _arrow(points: list[Point], tip: Point, gaps: list[Area]) -> str:
    (x, y), (to_x, to_y) = points[-1], tip
    across_x, across_y = (y - to_y) * 0.45, (to_x - x) * 0.45
    corners = ((x + across_x, y + across_y), tip, (x - across_x, y - across_y))
    head = "L".join(f"{_n(a)} {_n(b)}" for a, b in corners)
    return f'{_line("e", points, gaps)}<path class="a" d="M{head}z"/>'


def _link(points: list[Point], gaps: list[Area]) -> str:
    return _line("e l", points, gaps)


def _line(style: str, points: list[Point], gaps: list[Area]) -> str:
    """A curve, pale where it passes under words: interrupted, it would look broken."""
    whole, seen = _path(points, []), _path(points, gaps)
    under = f'<path class="{style}" style="{_UNDER}" d="{whole}"/>' if seen != whole else ""
    return under + f'<path class="{style}" d="{seen}"/>'


def _frame(frame: Frame, x: float, y: float, width: float, height: float) -> str:
    style = {"nested": "f", "shared": "f g", "block": "f q"}[frame.kind]
    return _rect(x, y, width, height, f'class="{style}"', 6)


def _frame_title(frame: Frame, x: float, y: float, width: float, height: float) -> str:
    parts, at = [], x + 10
    if frame.title:
        parts.append(_words(frame.title, at, y + 18, "c"))
        at += _wide(frame.title, _TITLE) + 8
    parts.append(_words(frame.name, at, y + 18))
    at += _wide(frame.name) + 8
    for tag in frame.tags:
        parts.append(_tag(tag, at, y + 7))
        at += _tag_width(tag) + 8
    if frame.mark:
        parts.append(_mark_strip(frame.mark, x, y + _TITLE_BAR, width))
        parts.append(_rect(x, y, width, height, 'class="r"', 6))
    return "".join(parts)


def _tag(tag: str, x: float, y: float) -> str:
    return _rect(x, y, _tag_width(tag), 14, 'class="t"', 7) + _words(tag, x + 5, y + 10.5, "s")


def _mark_strip(lines: tuple[str, ...], x: float, y: float, width: float) -> str:
    if not lines:
        return ""
    strip = _rect(x, y, width, _ROW * len(lines) + 6, 'class="k"', 0)
    return strip + "".join(
        _words(line, x + 8, y + 14 + _ROW * row, "w") for row, line in enumerate(lines)
    )


def _hatching(height: float) -> str:
    """Slanting lines on a box's left side: its weights stay as they are."""
    lines = "".join(f"M0 {y}l7 -7" for y in range(7, int(height) + 1, 6))
    return f'<path class="z" d="{lines}"/>'


def _box(box: Box, middle: float, top: float) -> str:
    width, height = _body(box)
    colour = _COLOURS[box.kind][0]
    parts = [f'<g transform="translate({_n(middle - width / 2)} {_n(top)})">']
    corner = _PILL / 2 if _is_pill(box) and not box.mark and not box.values else 3
    bottom = height
    if box.kind == "fold":
        width, height = width - _BEHIND, height - _BEHIND
        edge = f"M{width + _BEHIND} {_BEHIND}v{height}h{-width}"
        parts.append(f'<path fill="none" stroke="{colour}" d="{edge}"/>')
    parts.append(_rect(0, 0, width, height, f'class="b" fill="{colour}" stroke="{colour}"', corner))
    y = 0
    if _is_pill(box):
        x = 13.0
        parts.append(_words(box.title, x, 17, "c"))
        x += _wide(box.title, _TITLE) + 8
        parts.append(_words(box.name, x, 17))
        x += _wide(box.name) + 8
        for tag in box.tags:
            parts.append(_tag(tag, x, 6))
        y = _PILL
    else:
        parts.append(_rect(0, 0, 7, height, f'fill="{colour}"'))
        if box.frozen:
            parts.append(_hatching(height))
        if box.slots:
            each = width // len(box.slots)
            for number, slot in enumerate(box.slots):
                parts.append(_words(slot, each * (number + 0.5), 11, "s m"))
            parts.append(f'<path class="t" d="M7 {_STRIP}H{width}"/>')
            y = _STRIP
        parts.append(_words(box.title, 13, y + 16, "c"))
        x = 13 + _wide(box.title, _TITLE) + 6
        for tag in box.tags:
            parts.append(_tag(tag, x, y + 5))
            x += _tag_width(tag) + 6
        y += _HEAD
        for line in (box.name, *box.lines):
            parts.append(_words(line, 13, y + 10))
            y += _ROW
        y += 5
    if box.values:
        parts.append(_values(box.values, 13, y))
        y += _values_height(box)
    if box.mark:
        parts.append(_mark_strip(box.mark, 0, y, width))
        parts.append(_rect(0, 0, width, height, 'class="r"', corner))
    x = _tabs_left(box)
    for tab, wide in zip(box.tabs, _tab_widths(box), strict=True):
        parts.append(f'<path class="t" d="M{_n(x)} {bottom}v{_STRIP}h{wide}v-{_STRIP}"/>')
        parts.append(_words(tab, x + wide / 2, bottom + 11, "s m"))
        x += wide + _GAP
    return "".join([*parts, "</g>"])


def _values(values: tuple[Thumbnail, ...], x: float, y: float) -> str:
    """The thumbnails of a box, one below the other, each above its words."""
    parts = []
    for value in values:
        if value.png:
            source = base64.b64encode(value.png).decode("ascii")
            parts.append(
                f'<image x="{x}" y="{y + 1}" width="{value.width}" height="{value.height}"'
                f' preserveAspectRatio="none" href="data:image/png;base64,{source}"/>'
            )
            apart = (value.width - value.part) / max(value.parts - 1, 1)
            for part in range(value.parts):
                at = x + part * apart
                parts.append(_rect(at, y + 1, value.part, value.height, 'class="t"', 0))
            y += value.height + 6
        for line in value.lines:
            bad = value.broken and line.startswith("▲")
            parts.append(_words(line, x, y + 9, "s x" if bad else "s"))
            y += _SMALL_ROW
    return "".join(parts)


def _legend(entries: list[tuple[str, str]], width: float, y: float) -> tuple[list[str], float]:
    """The legend in as many lines as it takes, and where it ends."""
    parts, x = [], 0.0
    for sign, words in entries:
        wide = _wide(words, _SMALL) + 32
        if x and x + wide > width:
            x, y = 0.0, y + 16
        parts.append(f'<g transform="translate({_n(x)} {_n(y)})">{sign}')
        parts.append(_words(words, 15, 9, "s") + "</g>")
        x += wide
    return parts, y + 14
