"""Handwritten digits in uneven light: dark on bright or bright on dark, lit from one side."""

import numpy as np

from .digits import load_digits


def load_lit_digits(seed=0):
    """Handwritten digits of 8x8 pixels, each as if photographed in a light of its own.

    By lot, a digit is darker or brighter than its paper, by much or by little, and the light falls
    from some side. Numbers of neighbouring pixels say which digit it is, the pixels alone do not.
    The same seed gives the same images.

    Args:
        seed: another whole number gives other lights.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, with x of shape (images, 8, 8, 1), uint8 from 0 to
        255, and y of shape (images,), uint8 from 0 to 9; 1,500 images and 297, in the order of
        `load_digits`.
    """
    # RandomState, because NumPy promises its numbers never change.
    random = np.random.RandomState(seed)
    return tuple((_lit(images, random), labels) for images, labels in load_digits())


def _lit(images, random):
    one = (len(images), 1, 1)
    contrast = random.uniform(0.3, 0.83, one) * random.choice([-1, 1], one)
    angle, strength = random.uniform(0, 2 * np.pi, one), random.uniform(0, 0.5, one)
    down, across = np.mgrid[-1:1:8j, -1:1:8j]
    light = strength * (np.cos(angle) * across + np.sin(angle) * down)
    lit = contrast * (images / 255 - 0.3) + light  # from about -1 to 1
    return np.rint(127.5 * (1 + lit.clip(-1, 1))).astype("uint8")[..., None]
