"""The 1,797 handwritten digits that ship with the course, in the shapes the lessons use."""

from pathlib import Path

import numpy as np

SHAPES = ((8, 8), (8, 8, 1), (64,), (28, 28), (28, 28, 1), (784,))

FILE = Path(__file__).with_name("digits.npz")


def load_digits(shape=(8, 8)):
    """Handwritten digits, as `keras.datasets` hands out MNIST: small, and offline.

    1,500 images to train on and 297 to test on, always the same ones in the same order; each
    digit has the same share of both. As with MNIST, pixels are uint8 from 0 (background) to 255
    (ink), so that `x / 255` is the learner's to write, and labels are uint8 from 0 to 9.

    Args:
        shape: of one image: (8, 8), (8, 8, 1) or (64,) for the original size; (28, 28),
            (28, 28, 1) or (784,) for a smoothly enlarged one laid out as in MNIST, 20x20 in the
            middle of 28x28.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, with x of shape (images, *shape) and y of shape
        (images,).

    Raises:
        ValueError: for any other shape.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
    Learning Repository, 1998; CC BY 4.0. See README.md beside this file.
    """
    if shape not in SHAPES:
        allowed = ", ".join(map(str, SHAPES))
        raise ValueError(
            f"`load_digits` has no view of this shape; expected `shape` to be one of "
            f"{allowed}. Received: shape={shape!r}"
        )
    with np.load(FILE) as stored:
        x_train, y_train, x_test, y_test = (
            stored[name] for name in ("x_train", "y_train", "x_test", "y_test")
        )
    return (_view(x_train, shape), y_train), (_view(x_test, shape), y_test)


def _view(images, shape):
    """Images of 8x8 pixels from 0 to 16 as images of `shape` from 0 to 255."""
    images = images * (255 / 16)
    if np.prod(shape) == 784:
        images = enlarged(images, inside=20, margin=4)
    return np.rint(images).astype("uint8").reshape(-1, *shape)


def enlarged(images, *, inside, margin):
    """Images of 8x8 pixels as larger ones: `inside` pixels in a line, then a blank `margin`."""
    stretch = _stretch(inside, margin)
    return stretch @ images @ stretch.T


def _stretch(inside, margin):
    """A matrix that makes a line of 8 pixels one of `inside`, linearly interpolated, with `margin`
    blank ones at either end. Applied to rows and to columns it enlarges an image bilinearly."""
    centres = (np.arange(inside) + 0.5) * 8 / inside - 0.5  # in pixels of the small image
    centres = np.clip(centres, 0, 7)
    weights = np.maximum(0, 1 - np.abs(centres[:, None] - np.arange(8)))
    return np.pad(weights, ((margin, margin), (0, 0)))
