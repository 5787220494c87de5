"""Two heads on one shared part: which of them does the shared part follow?

Each loss pulls at the weights of the shared part in a direction of its own, its gradient. Training
follows the sum of the pulls, each times its loss weight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exercises_check.language import pgettext
from exercises_check.wrapping import columns, padded

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00")


def shared_gradients(model: keras.Model, x: Any, y: dict[str, Any]) -> dict[str, np.ndarray]:
    """The pull of each output's loss at the weights that both outputs use, as one long vector.

    Args:
        model: a functional model of two outputs, compiled with a dict of losses.
        x: a batch of inputs.
        y: its targets, by the names of the outputs.
    """
    import keras
    import tensorflow as tf

    names, weights = model.output_names, model.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
        outputs = keras.tree.flatten(model(x))
        losses = {
            name: keras.ops.mean(keras.losses.get(model.loss[name])(y[name], output))
            for name, output in zip(names, outputs, strict=True)
        }
    pulls = {name: tape.gradient(loss, [w.value for w in weights]) for name, loss in losses.items()}
    both = [n for n in range(len(weights)) if all(pull[n] is not None for pull in pulls.values())]
    return {
        name: -np.concatenate([np.ravel(keras.ops.convert_to_numpy(pull[n])) for n in both])
        for name, pull in pulls.items()
    }


def loss_weight_text(pulls: dict[str, np.ndarray], weight: float = 1.0) -> str:
    """What `loss_weight_picture` shows, as text.

    Args:
        pulls: what `shared_gradients` returns; the first has the loss weight 1.
        weight: the loss weight of the second.
    """
    (first, second), arrows, _longest = _plane(pulls, weight)
    sizes = np.linalg.norm(arrows, axis=1)
    shares = 100 * sizes[:2] / max(sizes[:2].sum(), 1e-12)
    angles = [_angle(arrows[2], arrow) for arrow in arrows[:2]]
    width = max(map(columns, (first, second)))
    heads = {
        pgettext("a table", "weight"): 8,
        pgettext("a table", "share of the pull"): 20,
        pgettext("a table", "angle to the sum"): 19,
    }
    lines = [" " * width + "".join(padded(head, n, right=True) for head, n in heads.items())]
    for name, own, share, angle in zip((first, second), (1.0, weight), shares, angles, strict=True):
        lines.append(f"{padded(name, width)}{own:>8g}{share:>18.0f} %{angle:>17.0f}°")
    return "\n".join(lines)


def show_loss_weight(pulls: dict[str, np.ndarray], weight: float = 1.0) -> None:
    """Shows `loss_weight_picture` and prints `loss_weight_text`."""
    from exercises_check.figures import show

    text = loss_weight_text(pulls, weight)
    show(loss_weight_picture(pulls, weight), alt=text)
    print(text)


def loss_weight_picture(pulls: dict[str, np.ndarray], weight: float = 1.0) -> Figure:
    """The two pulls and their sum as arrows: lengths and angles are the true ones.

    The pulls have as many axes as the shared part has weights. Two arrows and their sum lie in one
    plane, and the picture shows this plane, with its longest arrow always equally long.
    """
    import matplotlib.pyplot as plt

    names, arrows, longest = _plane(pulls, weight)
    labels = [names[0], f"{weight:g} × {names[1]}", "sum: the shared part"]
    with plt.style.context("exercises_check.course"):
        figure, axis = plt.subplots(figsize=(6.5, 2.9))
        for place in (2, 0, 1):  # the sum below, so that a thin arrow is seen on it
            wide = 0.025 if place == 2 else 0.011
            colour = "#BFBFBF" if place == 2 else COLOURS[place]
            axis.quiver(
                0, 0, *(arrows[place] / longest),
                angles="xy", scale_units="xy", scale=1, width=wide, color=colour,
                label=labels[place], headwidth=3.2, headlength=4, headaxislength=3.6,
            )  # fmt: skip
        axis.set(xlim=(-0.65, 1.1), ylim=(-0.08, 1.1), xticks=[], yticks=[])
        axis.set_aspect("equal", anchor="W")
        axis.spines[:].set_visible(False)
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        axis.set_title(f"loss weight of {names[1]}: {weight:g}")
    return figure


def _plane(pulls: dict[str, np.ndarray], weight: float):
    """The names, the two weighted pulls and their sum in the plane they span, the longest length.

    The first pull points to the right, the second one upwards of it.
    """
    (one, first), (two, second) = pulls.items()
    length = np.linalg.norm(first)
    along = float(first @ second) / max(length, 1e-12)
    across = float(np.sqrt(max(second @ second - along**2, 0)))
    arrows = np.array([(length, 0.0), (weight * along, weight * across)])
    arrows = np.vstack([arrows, arrows.sum(axis=0)])
    return (one, two), arrows, max(np.linalg.norm(arrows, axis=1).max(), 1e-12)


def _angle(one: np.ndarray, other: np.ndarray) -> float:
    sizes = np.linalg.norm(one) * np.linalg.norm(other)
    if not sizes:
        return 0.0
    return float(np.degrees(np.arccos(np.clip(one @ other / sizes, -1, 1))))
