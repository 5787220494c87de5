"""Pictures with the box around what is seen in them, and the box that a model predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises_check.language import _, pgettext

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def box_picture(images, boxes, predicted=None, titles=None, heading: str = "") -> Figure:
    """Images in a row with their boxes: the true one solid, the predicted one dashed.

    Args:
        images: of shape (images, height, width) or (images, height, width, 1).
        boxes: of shape (images, 4): left, top, width and height, as shares of the image.
        predicted: the same of a model.
        titles: one for each image.
        heading: above all of them.
    """
    import matplotlib.pyplot as plt
    import numpy as np

    groups = {"-": boxes} | ({} if predicted is None else {"--": predicted})
    with plt.style.context("exercises_check.course"):
        size = min(8.4 / len(images), 2.2)
        height = size + (0.65 if heading else 0.35)
        figure, axes = plt.subplots(
            1, len(images), figsize=(size * len(images), height), squeeze=False
        )
        if heading:
            figure.suptitle(heading, x=0.01, ha="left", fontsize=10)
        for number, axis in enumerate(axes[0]):
            image = np.squeeze(images[number])
            high, wide = image.shape
            axis.imshow(image, cmap="Greys")
            for line, group in groups.items():
                _frame(axis, np.asarray(group[number]) * (wide, high, wide, high), line)
            axis.set(xlim=(-0.5, wide - 0.5), ylim=(high - 0.5, -0.5), xticks=[], yticks=[])
            axis.spines[:].set_visible(True)
            if titles is not None:
                axis.set_title(str(titles[number]), loc="center", fontsize=9, pad=3)
    return figure


def _frame(axis, box, line: str) -> None:
    """A frame around the pixels; pixel 0 reaches from -0.5 to 0.5."""
    from matplotlib.patches import Rectangle

    left, top, width, height = box
    colour = "#0072B2" if line == "-" else "#D55E00"
    corner = (left - 0.5, top - 0.5)
    axis.add_patch(Rectangle(corner, width, height, fill=False, ec=colour, lw=2.2, ls=line))


def show_finder(
    finder, x, y, name: str = "", *, scale: float = 1, shown: range = range(8, 15)
) -> None:
    """Prints how well a model finds digits and their boxes, and shows some of them.

    Args:
        finder: a model with the outputs `class_label` and `bounding_box`, in this order.
        x, y: pictures and targets, as `load_placed_digits` returns them.
        name: of the model, before its numbers.
        scale: how many times larger than the targets the boxes are that the model has learned.
        shown: the pictures to show; over each stands the predicted class.
    """
    import keras
    import numpy as np

    from exercises_check.datasets import overlap
    from exercises_check.figures import show

    scores, boxes = map(keras.ops.convert_to_numpy, finder(x))
    classes, boxes = scores.argmax(-1), boxes / scale
    right = float(np.mean(classes == y["class_label"]))
    fit = float(np.mean(overlap(y["bounding_box"], boxes)))
    text = _("right classes: {right}   overlap of the boxes: {fit}")
    text = text.format(right=f"{right:.2f}", fit=f"{fit:.2f}")
    text = _("{name}: {told}").format(name=name, told=text) if name else text
    print(text)
    rows = list(shown)
    words = pgettext("between phrases", "; ").join(
        _("{one} taken for {other}").format(one=y["class_label"][n], other=classes[n]) for n in rows
    )
    alt = _("{count} digits in their boxes, the predicted boxes dashed ({words}). {text}")
    show(
        box_picture(x[rows], y["bounding_box"][rows], boxes[rows], classes[rows], name),
        alt=alt.format(count=len(rows), words=words, text=text),
    )
