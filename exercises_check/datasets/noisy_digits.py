"""Digits with noise on them, and the same digits as they were: what a denoiser learns from."""

import numpy as np

from .digits import enlarged, load_digits


def load_noisy_digits(noise=0.4, seed=0):
    """Handwritten digits of 16x16 pixels, with noise and without.

    To each pixel a normally distributed number is added, and the sum is kept between 0 and 1. The
    same arguments give the same images.

    Args:
        noise: the standard deviation of what is added.
        seed: another whole number gives other noise.

    Returns:
        `(noisy_train, clean_train), (noisy_test, clean_test)`, each float32 of shape
        (images, 16, 16, 1), from 0 (background) to 1 (ink); 1,500 images and 297.
    """
    # RandomState, because NumPy promises its numbers never change.
    random = np.random.RandomState(seed)
    parts = []
    for images, _ in load_digits():
        clean = enlarged(images / 255, inside=16, margin=0)[..., None]
        noisy = np.clip(clean + noise * random.standard_normal(clean.shape), 0, 1)
        parts.append((noisy.astype("float32"), clean.astype("float32")))
    return tuple(parts)
