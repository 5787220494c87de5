"""What one number of a feature map can see of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def receptive_fields(size: int, kernel: int = 3, pool: int = 2, blocks: int = 2) -> list[tuple]:
    """What one number in the middle can see, after each layer of blocks of `Conv2D` and pooling.

    Returns:
        `(layer, first, width)` for each layer that fits: its name, and the first pixel and the
        number of pixels, in each direction, that can change the number in the middle of its map.
    """
    fields, width, step = [], 1, 1
    for _ in range(blocks):
        for layer, window, strides in (("conv", kernel, 1), ("pool", pool, pool)):
            size = (size - window) // strides + 1
            if size < 1:
                return fields
            width, step = width + (window - 1) * step, step * strides
            fields.append((layer, size // 2 * step, width))
    return fields


def receptive_field_picture(image, kernel: int = 3, pool: int = 2, blocks: int = 2) -> Figure:
    """The `receptive_fields` of one number in the middle, each as a frame on the image."""
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    fields = receptive_fields(len(image), kernel, pool, blocks)
    with plt.style.context("exercises_check.course"):
        figure, axes = plt.subplots(1, len(fields), figsize=(7.5, 2.1), squeeze=False)
        for axis, (layer, first, width) in zip(axes[0], fields, strict=True):
            axis.imshow(image, cmap="Greys")
            corner = (first - 0.5, first - 0.5)
            axis.add_patch(Rectangle(corner, width, width, fill=False, ec="#D55E00", linewidth=2.5))
            axis.set(title=f"{layer}: {width} × {width}", xticks=[], yticks=[])
            axis.spines[:].set_visible(True)
    return figure
