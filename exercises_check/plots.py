"""The chapters' usual pictures: each is drawn, and told in words made from the same numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from exercises_check.figures import show
from exercises_check.language import _, pgettext

STYLE = "exercises_check.course"
MARKERS = "os^DvP*X<>"
# Of ten classes, seven colours would be used twice; with a marker each, none looks like another.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]


def _styled(function: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(function)
    def drawn(*arguments: Any, **settings: Any) -> None:
        import matplotlib.pyplot as plt

        with plt.style.context(STYLE):
            function(*arguments, **settings)

    return drawn


@_styled
def learning_curves(history: Any, metrics: Sequence[str] = ("loss",), *, alt: str = "") -> None:
    """Shows what `fit` recorded, epoch by epoch.

    Args:
        history: what `fit` returned, or several by name. Training is a full line; validation, where
            it was measured, is a dashed one of the same colour.
        metrics: one panel for each.
        alt: a sentence of your own; the first and last values of each curve follow it.
    """
    runs = history if isinstance(history, Mapping) else {"": history}
    if all(isinstance(values, list) for values in runs.values()):  # `history.history` of one run
        runs = {"": history}
    runs = {name: getattr(run, "history", run) for name, run in runs.items()}
    known = {key for run in runs.values() for key in run}
    for metric in metrics:
        if metric not in known:
            text = _("The history has no {metric}; expected {known}.")
            raise ValueError(text.format(metric=repr(metric), known=", ".join(sorted(known))))
    figure, axes = _panels(1, len(metrics), (2.8 + 2.8 * len(metrics), 2.8))
    told = []
    for axis, metric in zip(axes[0], metrics, strict=True):
        for number, (name, run) in enumerate(runs.items()):
            parts = {"training": (metric, "-"), "validation": (f"val_{metric}", "--")}
            spoken = {
                "training": pgettext("a curve", "training"),
                "validation": pgettext("a curve", "validation"),
            }
            for part, (key, line) in parts.items():
                if key not in run:
                    continue
                label = f"{name}, {part}" if name else part
                values = run[key]
                colour = COLOURS[number % len(COLOURS)]
                axis.plot(range(1, len(values) + 1), values, line, color=colour, label=label)
                label = f"{name}, {spoken[part]}" if name else spoken[part]
                told.append(_from_to(f"{metric} {label}", values))
        axis.set(xlabel="epoch", title=metric)
        axis.xaxis.set_major_locator(_counted_from_one())
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside right center")
    show(figure, alt=_sentences(alt, _joined(told)))


@_styled
def images(
    pictures: Sequence[Any] | Mapping[str, Any],
    titles: Sequence[Any] | None = None,
    *,
    alt: str,
    columns: int = 8,
    limits: tuple[float, float] | None = None,
) -> None:
    """Shows images side by side.

    Args:
        pictures: arrays of shape (height, width), (height, width, 1) or (height, width, 3), the
            last with values from 0 to 1 or 0 to 255; or such arrays by title.
        titles: one for each.
        alt: what there is to see.
        columns: how many in a row.
        limits: the values that are black and white; otherwise each image's own.
    """
    if isinstance(pictures, Mapping):
        titles, pictures = list(pictures), list(pictures.values())
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    titled = titles is not None
    size = min(8.4 / columns, 2.2)
    figure, axes = _panels(rows, columns, (size * columns, (size + 0.25 * titled) * rows))
    low, high = limits or (None, None)
    for axis in axes.flat:
        axis.axis("off")
    for number, (axis, picture) in enumerate(zip(axes.flat, pictures, strict=False)):
        picture = np.asarray(picture)
        if picture.ndim == 3 and picture.shape[-1] == 3 and picture.max() > 1:
            picture = picture / 255
        axis.imshow(np.squeeze(picture), cmap="gray", vmin=low, vmax=high)
        if titled:
            axis.set_title(str(titles[number]), loc="center", fontsize=9, pad=3)
    told = _("{count} images").format(count=len(pictures))
    if titled:
        told = _("titles: {titles}").format(titles=", ".join(map(str, titles)))
    show(figure, alt=_sentences(alt, told))


@_styled
def feature_maps(activations: Any, most: int = 16, *, alt: str) -> None:
    """Shows the feature maps of one image: (height, width, channels), the first `most` of them."""
    maps = np.asarray(activations)
    if maps.ndim == 4 and len(maps) == 1:
        maps = maps[0]
    if maps.ndim != 3:
        raise ValueError(
            _(
                "`feature_maps` takes the maps of one image, (height, width, channels). "
                "Received: shape {shape}"
            ).format(shape=maps.shape)
        )
    shown = min(most, maps.shape[-1])
    columns = min(8, shown)
    rows = -(-shown // columns)
    figure, axes = _panels(rows, columns, (8.4, 8.4 / 8 * rows))
    for axis in axes.flat:
        axis.axis("off")
    for number, axis in zip(range(shown), axes.flat, strict=False):
        axis.imshow(maps[..., number])
    quiet = int(np.sum(np.ptp(maps, axis=(0, 1)) == 0))
    size = f"{maps.shape[0]} × {maps.shape[1]}"
    told = [_("{shown} of {count} feature maps of {size}")]
    told[0] = told[0].format(shown=shown, count=maps.shape[-1], size=size)
    if quiet:
        told.append(_("{count} of all have the same value everywhere").format(count=quiet))
    show(figure, alt=_sentences(alt, _joined(told)))


@_styled
def confusion_matrix(
    true: Any, predicted: Any, names: Sequence[str] | None = None, *, alt: str = ""
) -> None:
    """Shows how often each class (row) was taken for which (column).

    Args:
        true: the right classes, as whole numbers.
        predicted: whole numbers too, or the model's scores, of which the largest counts.
        names: of the classes; otherwise their numbers.
        alt: a sentence of your own; the accuracy and the most frequent mistakes follow it.
    """
    true, predicted = np.asarray(true).ravel(), np.asarray(predicted)
    if predicted.ndim > 1 and predicted.shape[-1] > 1:
        predicted = predicted.argmax(-1)
    predicted = predicted.ravel().astype(int)
    classes = len(names) if names is not None else int(max(true.max(), predicted.max())) + 1
    names = list(map(str, names if names is not None else range(classes)))
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (true, predicted), 1)
    mistakes = counts * (1 - np.eye(classes, dtype=int))
    often = sorted(((n, i, j) for (i, j), n in np.ndenumerate(mistakes) if n), reverse=True)[:3]
    told = [_("{right} of {count} are right").format(right=np.trace(counts), count=len(true))]
    taken = _("{one} taken for {other}: {count}")
    told += [taken.format(one=names[i], other=names[j], count=n) for n, i, j in often]
    side = 1.6 + 0.36 * classes
    figure, axes = _panels(1, 1, (side + 0.5, side))
    axis = axes[0, 0]
    # Mistakes are few: on the scale of the right answers they would all look like none.
    axis.imshow(mistakes, cmap="Oranges", vmin=0, vmax=max(2 * mistakes.max(), 4))
    for (i, j), count in np.ndenumerate(counts):
        if count:
            style = {"weight": "bold", "color": "#0072B2"} if i == j else {"color": "#222222"}
            axis.text(j, i, str(count), ha="center", va="center", fontsize=9, **style)
    axis.set(xlabel="predicted", ylabel="true")
    _named_cells(axis, names, names)
    show(figure, alt=_sentences(alt, _joined(told)))


@_styled
def matrix(
    values: Any,
    rows: Sequence[Any] | None = None,
    columns: Sequence[Any] | None = None,
    *,
    alt: str,
    title: str = "",
) -> None:
    """Shows a table of numbers as colours, such as the attention weights of each word.

    Args:
        values: of shape (rows, columns), or (columns,) for a single row.
        rows: their names.
        columns: their names.
        alt: what there is to see; in a table of up to 30 cells the numbers are written too.
        title: over the picture.
    """
    values = np.atleast_2d(np.asarray(values, dtype=float))
    height, width = values.shape
    figure, axes = _panels(1, 1, (min(1.8 + 0.55 * width, 8.4), 1.2 + 0.4 * height))
    axis = axes[0, 0]
    drawn = axis.imshow(values, aspect="auto")
    figure.colorbar(drawn, ax=axis)
    if values.size <= 30:
        middle = (values.min() + values.max()) / 2
        for (i, j), number in np.ndenumerate(values):
            colour = "black" if number > middle else "white"
            axis.text(j, i, f"{number:.2f}", ha="center", va="center", color=colour, fontsize=9)
    _named_cells(axis, rows, columns)
    axis.set_title(title)
    top = np.unravel_index(values.argmax(), values.shape)
    place = [str(n[i]) for n, i in zip((rows, columns), top, strict=True) if n is not None]
    told = _("the largest is {number}, at {place}") if place else _("the largest is {number}")
    told = told.format(number=_number(values.max()), place=", ".join(place))
    show(figure, alt=_sentences(alt, told))


@_styled
def points(
    xy: Any, labels: Any, names: Sequence[str] | None = None, *, alt: str, title: str = ""
) -> None:
    """Shows points in two dimensions, a colour and a marker for each label.

    Args:
        xy: of shape (points, 2).
        labels: whole numbers from 0, one for each point.
        names: of the labels; otherwise their numbers.
        alt: what there is to see.
        title: over the picture.
    """
    xy, labels = np.asarray(xy), np.asarray(labels).ravel()
    if xy.ndim != 2 or xy.shape[1] != 2 or len(xy) != len(labels):
        raise ValueError(
            _(
                "`points` takes xy of shape (points, 2) and a label for each. "
                "Received: shapes {xy} and {labels}"
            ).format(xy=xy.shape, labels=labels.shape)
        )
    figure, axes = _panels(1, 1, (6.8, 4.4))
    axis = axes[0, 0]
    for label in sorted(set(labels.tolist())):
        chosen = xy[labels == label]
        name = str(names[label]) if names is not None else str(label)
        look = {"color": COLOURS[label % len(COLOURS)], "marker": MARKERS[label % len(MARKERS)]}
        axis.scatter(*chosen.T, s=26, alpha=0.75, linewidths=0, label=name, **look)
    axis.set(xticks=[], yticks=[], title=title)
    axis.spines[:].set_visible(True)
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=1.2)
    told = _("{count} points of {kinds} kinds")
    told = told.format(count=len(xy), kinds=len(set(labels.tolist())))
    show(figure, alt=_sentences(alt, told))


@_styled
def seeds(
    results: Mapping[str, Sequence[float]],
    label: str = "accuracy",
    *,
    alt: str = "",
    limits: tuple[float, float] | None = None,
) -> None:
    """Shows what several runs reached, each as a dot, with their mean and standard deviation.

    Args:
        results: the values of the runs, by what was tried.
        label: what was measured.
        alt: a sentence of your own; the means and standard deviations follow it.
        limits: the ends of the scale; without them a small difference fills the picture.
    """
    figure, axes = _panels(1, 1, (6.8, 1.0 + 0.5 * len(results)))
    axis = axes[0, 0]
    told = []
    for place, (name, values) in enumerate(results.items()):
        mean, spread = float(np.mean(values)), float(np.std(values))
        aside = place + np.linspace(-0.12, 0.12, len(values)) if len(values) > 1 else [place]
        axis.scatter(values, aside, s=22, color="#8C8C8C", linewidths=0)
        look = {"capsize": 5, "color": COLOURS[place % len(COLOURS)], "markersize": 8}
        axis.errorbar(mean, place, xerr=spread, fmt="D", **look)
        text = _("{name}: mean {mean} ± {spread} of {count} runs")
        numbers = {"mean": _number(mean), "spread": _number(spread), "count": len(values)}
        told.append(text.format(name=name, **numbers))
    axis.set(yticks=range(len(results)), yticklabels=list(results), xlabel=label)
    axis.set_ylim(len(results) - 0.5, -0.5)
    if limits:
        axis.set_xlim(limits)
    axis.grid(axis="x")
    told = _("{name}: {told}").format(name=label, told=_joined(told))
    show(figure, alt=_sentences(alt, told))


@_styled
def lines(
    results: Mapping[str, Sequence[float]],
    x_label: str = "",
    y_label: str = "",
    *,
    alt: str,
    log: bool = False,
    x: Sequence[float | str] | None = None,
) -> None:
    """Shows numbers in a row as lines, such as the gradient norm of each layer.

    Args:
        results: the numbers, by the name of their line.
        x_label: what is counted.
        y_label: what is measured.
        alt: what there is to see; the first and last values follow.
        log: whether each step upwards multiplies.
        x: where the numbers stand, or what is written there; otherwise 1, 2, 3, ...
    """
    figure, axes = _panels(1, 1, (6.8, 3.2))
    axis = axes[0, 0]
    told = []
    for number, (name, values) in enumerate(results.items()):
        where = x if x is not None else range(1, len(values) + 1)
        look = {"color": COLOURS[number % len(COLOURS)], "marker": MARKERS[number % len(MARKERS)]}
        axis.plot(where, values, label=name, markersize=5, **look)
        told.append(_from_to(name, values))
    axis.set(xlabel=x_label, ylabel=y_label)
    if log:
        axis.set_yscale("log")
    if x is None:
        axis.xaxis.set_major_locator(_counted_from_one())
    axis.grid(axis="y")
    axis.legend()
    show(figure, alt=_sentences(alt, _joined(told)))


def _counted_from_one():
    """Places the ticks of what is counted 1, 2, 3, ...: at whole numbers, and none at 0."""
    from matplotlib.ticker import AutoLocator

    class Locator(AutoLocator):
        def tick_values(self, low: float, high: float):
            ticks = super().tick_values(low, high)
            ticks = ticks[np.isclose(ticks, np.round(ticks))]  # around a single one are fractions
            # Of many, the margin before the first reaches 0.
            return np.unique(np.maximum(ticks, 1)) if low <= 0 else ticks

    locator = Locator()
    locator.set_params(integer=True)
    return locator


def _panels(rows: int, columns: int, size: tuple[float, float]):
    import matplotlib.pyplot as plt

    return plt.subplots(rows, columns, figsize=size, squeeze=False)


def _named_cells(axis, rows: Sequence[Any] | None, columns: Sequence[Any] | None) -> None:
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)
    for names, set_ticks in ((rows, axis.set_yticks), (columns, axis.set_xticks)):
        set_ticks(range(len(names)) if names is not None else [], list(names or []))
    if columns is not None and max(len(str(name)) for name in columns) > 3:
        many = len(columns) > 18  # then slanted words would run into one another
        axis.tick_params(axis="x", rotation=90 if many else 45, labelsize=8 if many else None)
        if not many:
            for label in axis.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")


def _number(value: float) -> str:
    return f"{float(value):.3g}"


def _from_to(name: str, values: Sequence[float]) -> str:
    text = _("{name}: {first} to {last}")
    return text.format(name=name, first=_number(values[0]), last=_number(values[-1]))


def _joined(told: Sequence[str]) -> str:
    return pgettext("between phrases", "; ").join(told)


def _sentences(own: str, told: str) -> str:
    own = own.strip()
    return _("{own} ({told})").format(own=own, told=told) if own else told
