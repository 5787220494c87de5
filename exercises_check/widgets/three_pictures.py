"""One model looked at in three ways: `draw`, `keras.utils.plot_model` and `model.summary`."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exercises_check.graph import Tensor
from exercises_check.language import _, pgettext

if TYPE_CHECKING:
    import keras

_ROW = "display:flex;flex-wrap:wrap;gap:24px;align-items:flex-start"
_PICTURE = "margin:0;max-width:100%"
_TITLE = "margin:0 0 6px 0;font-weight:bold"
_TABLE = (
    "margin:0;padding:0;background:transparent;white-space:pre;line-height:1.25;font-size:12px;"
    "font-family:Menlo,'DejaVu Sans Mono',Consolas,'Courier New',monospace"
)
# What `plot_model` calls the same.
_OPTIONS = {
    "names": "show_layer_names",
    "shapes": "show_shapes",
    "dtypes": "show_dtype",
    "activations": "show_layer_activations",
}


@dataclass(frozen=True)
class ThreePictures:
    """Three pictures of one model, side by side in a notebook and as text elsewhere."""

    model: keras.Model
    width: int

    def __repr__(self) -> str:
        from exercises_check import draw

        return "\n\n".join([repr(draw(self.model)), plot_text(self.model), _summary(self.model)])

    def _repr_html_(self) -> str:
        from exercises_check import draw
        from exercises_check.figures import image

        table = f'<pre style="{_TABLE}">{html.escape(_summary(self.model))}</pre>'
        pictures = {
            "draw": draw(self.model)._repr_html_(),
            "plot_model": image(plot_picture(self.model), plot_text(self.model), self.width),
            "summary": f'<div style="overflow-x:auto">{table}</div>',
        }
        figures = [
            f'<figure style="{_PICTURE}"><figcaption style="{_TITLE}">{name}</figcaption>'
            f"{picture}</figure>"
            for name, picture in pictures.items()
        ]
        return f'<div style="{_ROW}">{"".join(figures)}</div>'


def three_pictures(model: keras.Model, width: int = 140) -> ThreePictures:
    """A model as `draw`, `plot_model` and `summary` show it, each without options.

    Args:
        model: a functional model whose layers are each called once.
        width: of the picture of `plot_model`, in pixels of the page.
    """
    return ThreePictures(model, width)


def plot_picture(model: keras.Model, direction: str = "TB", **options: bool) -> bytes:
    """The PNG file that `keras.utils.plot_model` makes.

    Args:
        model: a functional model.
        direction: `"TB"`, from top to bottom, or `"LR"`, from left to right.
        options: `names`, `shapes`, `dtypes`, `activations`: what to show besides the classes.
    """
    import keras

    shown = {_OPTIONS[name]: value for name, value in options.items()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.png"
        keras.utils.plot_model(model, file, rankdir=direction, dpi=96, **shown)
        return file.read_bytes()


def plot_text(
    model: keras.Model,
    *,
    names: bool = False,
    shapes: bool = False,
    dtypes: bool = False,
    activations: bool = False,
) -> str:
    """What the boxes and arrows of `plot_picture` say, a line for each box.

    Args:
        model: a functional model whose layers are each called once.
        names: show the layers' names.
        shapes: show the shapes that go in and come out.
        dtypes: show the dtype that comes out.
        activations: show the activation of layers that have one.
    """
    from exercises_check.read import read

    graph, lines = read(model), []
    for number, node in enumerate(graph.nodes):
        operation = graph.operations[node.operation]
        taken = [tensor.node for tensor in _tensors([value for _name, value in node.arguments])]
        kind = operation.class_name
        said = [f"{operation.name} ({kind})" if names else kind]
        if activations and "activation" in operation.settings:
            said.append(_("activation {name}").format(name=operation.settings["activation"]))
        if shapes and taken:
            into = [graph.nodes[place].outputs[0].shape for place in taken]
            said.append(_("takes {shape}").format(shape=into[0] if len(into) == 1 else into))
        if shapes:
            said.append(_("gives {shape}").format(shape=node.outputs[0].shape))
        if dtypes:
            said.append(node.outputs[0].dtype)
        # Two arrows between the same two boxes are drawn as one.
        if taken:
            boxes = pgettext("between phrases", " and ").join(
                str(n + 1) for n in sorted(set(taken))
            )
            said.append(_("arrow from box {numbers}").format(numbers=boxes))
        told = pgettext("between phrases", ", ").join(said)
        lines.append(_("box {number}: {told}").format(number=number + 1, told=told))
    return "\n".join(lines)


def _tensors(arguments: Any) -> Iterator[Tensor]:
    if isinstance(arguments, Tensor):
        yield arguments
    elif isinstance(arguments, (list, tuple)):
        for argument in arguments:
            yield from _tensors(argument)


def _summary(model: keras.Model) -> str:
    from IPython.utils.capture import capture_output

    said: list[str] = []
    with capture_output():  # in a notebook, Keras also displays an empty text
        model.summary(line_length=70, print_fn=said.append)
    return "\n".join(said).strip()
