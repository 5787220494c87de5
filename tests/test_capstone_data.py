"""The data of chapter 12: pairs of digits, and digits with noise."""

import numpy as np
import pytest

from exercises_check.datasets import load_digit_pairs, load_digits, load_noisy_digits


def test_noisy_digits_have_their_shapes_and_stay_between_0_and_1():
    for part, count in zip(load_noisy_digits(), (1500, 297), strict=True):
        for images in part:
            assert (images.shape, images.dtype.name) == ((count, 16, 16, 1), "float32")
            assert images.min() >= 0
            assert images.max() <= 1


def test_the_clean_ones_are_the_digits_in_their_order():
    for (_, clean), (images, _) in zip(load_noisy_digits(), load_digits(), strict=True):
        halved = clean[..., 0].reshape(-1, 8, 2, 8, 2).mean(axis=(2, 4))
        likeness = [
            np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(halved, images, strict=True)
        ]
        assert min(likeness) > 0.95


def test_the_noise_is_as_strong_as_asked_for():
    (noisy, clean), _ = load_noisy_digits(noise=0)
    assert np.array_equal(noisy, clean)
    errors = [np.mean((n - c) ** 2) for (n, c), _ in map(load_noisy_digits, (0.2, 0.4, 1.0))]
    assert errors == sorted(errors)
    assert 0.07 < errors[1] < 0.10


def test_the_same_seed_gives_the_same_noise_and_another_one_another():
    one, again, other = (load_noisy_digits(seed=seed)[0][0] for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_pairs_have_their_shapes_and_half_of_them_show_the_same_digit():
    for (x, same), count in zip(load_digit_pairs(), (6000, 1000), strict=True):
        assert list(x) == ["first", "second"]
        for images in x.values():
            assert (images.shape, images.dtype.name) == ((count, 8, 8, 1), "float32")
            assert images.min() >= 0
            assert images.max() <= 1
        assert (same.shape, same.dtype.name) == ((count, 1), "float32")
        assert same.mean() == 0.5


def digit_of():
    """From the bytes of an image to the digits it shows and the parts it is in."""
    found = {}
    for part, (images, labels) in enumerate(load_digits((8, 8, 1))):
        for image, label in zip((images / 255).astype("float32"), labels, strict=True):
            found.setdefault(image.tobytes(), set()).add((part, int(label)))
    return found


def test_what_is_told_of_a_pair_is_true_and_no_image_is_paired_with_itself():
    digits = digit_of()
    for part, (x, same) in enumerate(load_digit_pairs(400, 200)):
        for first, second, answer in zip(x["first"], x["second"], same[:, 0], strict=True):
            (one,), (other,) = digits[first.tobytes()], digits[second.tobytes()]
            assert one[0] == other[0] == part
            assert (one[1] == other[1]) == bool(answer)
            assert not np.array_equal(first, second)


def test_the_same_seed_gives_the_same_pairs_and_another_one_others():
    one, again, other = (load_digit_pairs(50, 20, seed)[0][0]["first"] for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_loading_leaves_the_random_state_alone():
    np.random.seed(1)
    expected = np.random.random_sample()
    np.random.seed(1)
    load_digit_pairs(10, 10)
    load_noisy_digits()
    assert np.random.random_sample() == expected


@pytest.mark.parametrize("name", ["samples", "test_samples"])
def test_one_pair_is_refused(name):
    with pytest.raises(ValueError, match=f"expected {name} >= 2. Received: {name}=1"):
        load_digit_pairs(**{name: 1})
