"""The values that weights are given, drawn from a seed, and how near two outputs are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exercises_check.contract.transcript import Weight

Arrays = Sequence[np.ndarray]


def drawn(weights: Sequence[Weight], seed: int) -> list[np.ndarray]:
    """Values that no two weights share, so that none can stand for another by chance.

    The same weights and the same seed give the same values.
    """
    numbers = np.random.default_rng(2 * seed + 1)  # the even ones are for data
    values = []
    for weight in weights:
        if not weight.floating:  # a counter or a switch
            value = numbers.integers(0, 2, size=weight.shape).astype("int32")
        elif weight.trainable:
            value = numbers.normal(size=weight.shape).astype("float32")
        else:  # a running variance is positive
            value = numbers.uniform(0.5, 1.5, size=weight.shape).astype("float32")
        values.append(np.asarray(value))
    return values


def same(found: Arrays, expected: Arrays) -> bool:
    """Whether outputs are as near as two ways to compute the same."""
    return len(found) == len(expected) and all(
        a.shape == b.shape and near(a, b).all() for a, b in zip(found, expected, strict=True)
    )


def near(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Which values of two arrays of one shape are as near as that."""
    # Sums in another order differ in the last digits, the more the larger what is summed.
    finite = np.abs(expected[np.isfinite(expected)])
    slack = 1e-5 * max(1.0, float(finite.max(initial=0.0)))
    return np.isclose(found, expected, rtol=1e-4, atol=slack, equal_nan=True)


def distance(found: Arrays, expected: Arrays) -> float:
    """How far outputs of equal shapes are from one another."""
    return sum(
        float(np.abs(np.subtract(a, b, dtype=complex)).sum())
        for a, b in zip(found, expected, strict=True)
    )


def first_difference(found: Arrays, expected: Arrays) -> dict[str, str]:
    """Where outputs of equal shapes first differ, and the two values there, for a sentence."""
    for number, (a, b) in enumerate(zip(found, expected, strict=True)):
        if not near(a, b).all():
            place = first_place(~near(a, b))
            text = str(list((number, *place) if len(found) > 1 else place))
            return {"place": text, "found": digits(a[place]), "expected": digits(b[place])}
    raise AssertionError("nothing differs")


def digits(number: np.generic) -> str:
    """A number as a sentence gives it."""
    return f"{number.item():.4g}"


def first_place(flags: np.ndarray) -> tuple[int, ...]:
    """The first place where an array is true."""
    return tuple(int(n) for n in np.argwhere(flags)[0])
