"""CIFAR-10 where it can be had, and the course's own digits in its shapes where it cannot."""

import numpy as np

from .digits import enlarged, load_digits
from .real_or_own import real_or_own


def load_cifar10(real=False, patience=60):
    """Colour images of 32x32 pixels in the layout of `keras.datasets.cifar10`; prints which ones.

    Args:
        real: False for the course's own 1,797 digits, enlarged and in colour, which are always
            there. True for the 60,000 photos of CIFAR-10, through
            `keras.datasets.cifar10.load_data()`: from this machine, or else downloaded (163 MB).
            Where that fails, the course's own again.
        patience: seconds to wait for CIFAR-10. A download that takes longer goes on in the
            background while the kernel runs, for the next call to find.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, with x of shape (images, 32, 32, 3), uint8 from 0
        to 255, and y of shape (images, 1), uint8 from 0 to 9.
    """
    words = "the course's own digits in colour"
    return real_or_own("CIFAR-10", _digits_in_colour, real=real, patience=patience, words=words)


def _digits_in_colour():
    """The digits, each in an ink and on a paper of its own: bright on dark, as the grey ones."""
    generator = np.random.default_rng(10)
    return tuple(_part(*part, generator) for part in load_digits())


def _part(images, labels, generator):
    ink = enlarged(images / 255, inside=28, margin=2)[..., None]
    one = (len(images), 1, 1, 3)
    dark, bright = generator.uniform(0, 110, one), generator.uniform(145, 255, one)
    return np.rint(dark + ink * (bright - dark)).astype("uint8"), labels[:, None]
