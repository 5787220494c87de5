"""Handwritten digits of several sizes, each somewhere on a larger canvas, and the box around it."""

import numpy as np

from .digits import load_digits

SIDE = 20  # pixels of a canvas
SMALLEST, LARGEST = 8, 12  # pixels of a digit's square
INK = 32  # of 255: a pixel from here on belongs to the digit


def load_placed_digits(copies=2, seed=0):
    """Pictures of 20 × 20 pixels with one digit in each: which digit, and where?

    Each image of `load_digits` is enlarged to between 8 and 12 pixels, by lot, and put down at a
    place that is drawn too. Test pictures are made of test images, once each. The same arguments
    give the same pictures.

    Args:
        copies: how often each of the 1,500 training images is placed.
        seed: another whole number gives other sizes and places.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: `x` of shape (pictures, 20, 20, 1), uint8 from 0 to
        255. `y` is a dict: `"class_label"`, (pictures,) uint8 from 0 to 9, and `"bounding_box"`,
        (pictures, 4) float32: left, top, width and height of the ink, as shares of the canvas.

    Raises:
        ValueError: for fewer than one copy.
    """
    if copies < 1:
        raise ValueError(
            f"`load_placed_digits` needs pictures; expected copies >= 1. Received: copies={copies}"
        )
    train, test = load_digits()
    return _placed(*train, copies, (seed, 0)), _placed(*test, 1, (seed, 1))


def overlap(boxes, others):
    """How well boxes fit: for each pair, the area of both at once by the area of either.

    Args:
        boxes, others: of shape (pairs, 4): left, top, width and height.

    Returns:
        (pairs,), from 0, no common pixel, to 1, the same box.
    """
    boxes, others = np.asarray(boxes, float), np.asarray(others, float)
    low = np.maximum(boxes[:, :2], others[:, :2])
    high = np.minimum(boxes[:, :2] + boxes[:, 2:], others[:, :2] + others[:, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=1)
    sizes = (np.prod(np.clip(each[:, 2:], 0, None), axis=1) for each in (boxes, others))
    return both / np.maximum(sum(sizes) - both, 1e-9)


def _placed(images, labels, copies, seed):
    # RandomState, because NumPy promises its numbers never change.
    lots = np.random.RandomState(seed)
    images, labels = np.concatenate([images] * copies), np.concatenate([labels] * copies)
    canvases = np.zeros((len(images), SIDE, SIDE, 1), "uint8")
    boxes = np.zeros((len(images), 4), "float32")
    for canvas, box, image in zip(canvases, boxes, images, strict=True):
        size = lots.randint(SMALLEST, LARGEST + 1)
        top, left = lots.randint(0, SIDE - size + 1, 2)
        stretch = _stretch(size)
        canvas[top : top + size, left : left + size, 0] = np.rint(stretch @ image @ stretch.T)
        down, across = np.nonzero(canvas[..., 0] >= INK)
        low = np.array([across.min(), down.min()])
        high = np.array([across.max(), down.max()]) + 1
        box[:] = np.concatenate([low, high - low]) / SIDE
    return canvases, {"class_label": labels, "bounding_box": boxes}


def _stretch(size):
    """A (size, 8) matrix that makes `size` pixels of 8 in a line, linearly interpolated."""
    centres = np.clip((np.arange(size) + 0.5) * 8 / size - 0.5, 0, 7)
    return np.maximum(0, 1 - np.abs(centres[:, None] - np.arange(8)))
