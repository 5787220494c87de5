"""Pairs of digits, and whether both show the same one: what a siamese network learns from."""

import numpy as np

from .digits import load_digits


def load_digit_pairs(samples=6000, test_samples=1000, seed=0):
    """Pairs of handwritten digits of 8x8 pixels. Half of them show the same digit twice.

    No pair holds the same image twice, and no image is in both parts. The same arguments give the
    same pairs.

    Args:
        samples, test_samples: how many pairs to train on and to test on.
        seed: another whole number gives other pairs.

    Returns:
        `(x_train, same_train), (x_test, same_test)`: x is a dict of `first` and `second`, each
        float32 of shape (pairs, 8, 8, 1) from 0 to 1; same is float32 of shape (pairs, 1), 1 where
        both show the same digit.

    Raises:
        ValueError: for fewer than 2 pairs.
    """
    for name, size in {"samples": samples, "test_samples": test_samples}.items():
        if size < 2:
            raise ValueError(
                f"Half of the pairs show the same digit; expected {name} >= 2. "
                f"Received: {name}={size!r}"
            )
    # RandomState, because NumPy promises its numbers never change.
    random = np.random.RandomState(seed)
    train, test = load_digits((8, 8, 1))
    return _pairs(*train, samples, random), _pairs(*test, test_samples, random)


def _pairs(images, labels, count, random):
    same = np.arange(count) % 2
    first = random.randint(len(images), size=count)
    second = np.empty(count, int)
    for pair, image in enumerate(first):
        alike = labels == labels[image]
        partners = np.flatnonzero(alike if same[pair] else ~alike)
        partners = partners[partners != image]
        second[pair] = partners[random.randint(len(partners))]
    scaled = (images / 255).astype("float32")
    x = {"first": scaled[first], "second": scaled[second]}
    return x, same.astype("float32")[:, None]
