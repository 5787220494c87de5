"""The data of the course: always the same, in the promised shapes, and worth learning from."""

import hashlib
import subprocess
import sys
import threading
import types
from pathlib import Path

import numpy as np
import pytest

from exercises_check.datasets import (
    DEPARTMENTS,
    METADATA,
    TAGS,
    VOCABULARY,
    encode_text,
    load_digits,
    load_mnist,
    load_tickets,
)
from exercises_check.datasets.digits import SHAPES

OWN = "Using the course's own digits: 1,500 images to train on, 297 to test on.\n"


def run_python(code):
    """What code prints in a new process."""
    command = [sys.executable, "-c", code]
    root = Path(__file__).parents[1]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    return run.stdout.strip()


@pytest.fixture(scope="module")
def tickets():
    return load_tickets()


# Handwritten digits


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_view_of_the_digits_has_the_conventions_of_mnist(shape):
    (x_train, y_train), (x_test, y_test) = load_digits(shape)
    assert x_train.shape == (1500, *shape)
    assert x_test.shape == (297, *shape)
    assert (y_train.shape, y_test.shape) == ((1500,), (297,))
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert (x_train.min(), x_train.max()) == (0, 255)
    assert sorted(set(y_train)) == sorted(set(y_test)) == list(range(10))


def test_the_digits_are_the_same_at_every_call():
    for first, second in zip(load_digits(), load_digits(), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_changing_what_was_loaded_does_not_change_the_next_load():
    (x_train, _), _ = load_digits()
    x_train[:] = 7
    assert not np.array_equal(load_digits()[0][0], x_train)


def test_no_image_is_in_both_parts():
    (x_train, _), (x_test, _) = load_digits()
    train = {image.tobytes() for image in x_train}
    assert not any(image.tobytes() in train for image in x_test)
    assert len(train) == 1500


def test_each_digit_has_the_same_share_of_both_parts():
    (_, y_train), (_, y_test) = load_digits()
    share = np.bincount(y_test) / (np.bincount(y_train) + np.bincount(y_test))
    assert np.allclose(share, 297 / 1797, atol=0.003)


def test_the_parts_are_shuffled():
    (_, y_train), (_, y_test) = load_digits()
    assert (np.diff(y_train.astype(int)) == 0).mean() < 0.2
    assert (np.diff(y_test.astype(int)) == 0).mean() < 0.2


def test_the_flat_and_the_channel_views_hold_the_same_pixels():
    for flat, image, channel in (((64,), (8, 8), (8, 8, 1)), ((784,), (28, 28), (28, 28, 1))):
        views = [load_digits(shape)[0][0].ravel() for shape in (flat, image, channel)]
        assert np.array_equal(views[0], views[1])
        assert np.array_equal(views[1], views[2])


def test_the_enlarged_digit_is_the_small_one_in_the_middle_of_a_blank_frame():
    (small, _), _ = load_digits((8, 8))
    (large, _), _ = load_digits((28, 28))
    inside = large[:, 4:24, 4:24]
    assert large.sum() == inside.sum()
    assert abs(inside.mean() - small.mean()) < 1
    assert np.array_equal(inside[:, 0, 0], small[:, 0, 0])


def test_a_nearest_neighbour_reads_the_digits():
    (x_train, y_train), (x_test, y_test) = load_digits((64,))
    a, b = x_test.astype(float), x_train.astype(float)
    distance = (b**2).sum(axis=1) - 2 * a @ b.T
    assert (y_train[distance.argmin(axis=1)] == y_test).mean() > 0.97


@pytest.mark.parametrize("shape", [(32, 32), 784, (28, 28, 3), None, [8, 8]])
def test_a_shape_without_a_view_is_refused_with_the_ones_there_are(shape):
    with pytest.raises(ValueError) as problem:  # noqa: PT011
        load_digits(shape)
    assert str(problem.value) == (
        "`load_digits` has no view of this shape; expected `shape` to be one of "
        "(8, 8), (8, 8, 1), (64,), (28, 28), (28, 28, 1), (784,). "
        f"Received: shape={shape!r}"
    )


# MNIST


def pretend_keras(monkeypatch, load_data):
    datasets = types.ModuleType("keras.datasets")
    datasets.mnist = types.SimpleNamespace(load_data=load_data)
    monkeypatch.setitem(sys.modules, "keras", types.ModuleType("keras"))
    monkeypatch.setitem(sys.modules, "keras.datasets", datasets)


def assert_own_digits_in_mnists_shapes(data):
    (x_train, y_train), (x_test, y_test) = data
    assert (x_train.shape, y_train.shape) == ((1500, 28, 28), (1500,))
    assert (x_test.shape, y_test.shape) == ((297, 28, 28), (297,))


def test_mnist_is_the_courses_own_digits_unless_the_real_one_is_asked_for(capsys):
    assert_own_digits_in_mnists_shapes(load_mnist())
    assert capsys.readouterr() == (OWN, "")


def test_the_real_mnist_is_used_where_it_is_to_be_had(monkeypatch, capsys):
    real = tuple((np.zeros((n, 28, 28), "uint8"), np.zeros(n, "uint8")) for n in (60_000, 10_000))
    pretend_keras(monkeypatch, lambda: real)
    assert load_mnist(real=True) is real
    out = "Using MNIST: 60,000 images to train on, 10,000 to test on.\n"
    assert capsys.readouterr() == (out, "")


def test_offline_one_sentence_says_why_the_own_digits_are_used(monkeypatch, capsys):
    def load_data():
        raise Exception("URL fetch failure on https://somewhere: None -- Name not known")

    pretend_keras(monkeypatch, load_data)
    assert_own_digits_in_mnists_shapes(load_mnist(real=True))
    assert capsys.readouterr() == (
        "MNIST cannot be had here (Name not known), so using the course's own digits: "
        "1,500 images to train on, 297 to test on.\n",
        "",
    )


def test_a_network_that_never_answers_is_not_waited_for(monkeypatch, capsys):
    released = threading.Event()
    pretend_keras(monkeypatch, lambda: released.wait(60))
    assert_own_digits_in_mnists_shapes(load_mnist(real=True, patience=0.05))
    assert "(nothing arrived within 0.05 seconds), so using" in capsys.readouterr().out
    released.set()


# Support tickets


def test_tickets_have_the_shapes_of_the_lessons(tickets):
    for part, n in zip(tickets, (2000, 500), strict=True):
        shapes = {name: (array.shape, array.dtype.name) for name, array in part.inputs.items()}
        assert shapes == {
            "title": ((n, 10), "int32"),
            "body": ((n, 40), "int32"),
            "tags": ((n, 12), "float32"),
        }
        shapes = {name: (array.shape, array.dtype.name) for name, array in part.targets.items()}
        assert shapes == {"priority": ((n, 1), "float32"), "department": ((n,), "int32")}
        assert (part.metadata.shape, part.metadata.dtype.name) == ((n, 5), "float32")
        assert len(part) == len(part.texts) == n


def test_tickets_stay_in_their_ranges(tickets):
    train, _ = tickets
    assert set(np.unique(train.tags)) == set(np.unique(train.priority)) == {0, 1}
    assert set(train.department) == set(range(len(DEPARTMENTS)))
    assert train.metadata.min() >= 0
    assert train.metadata.max() <= 1
    assert train.body.min() == 0
    assert train.body.max() < len(VOCABULARY) < 10_000
    assert (len(DEPARTMENTS), len(TAGS), len(METADATA)) == (4, 12, 5)


def test_departments_and_priorities_are_about_equally_frequent(tickets):
    train, _ = tickets
    assert np.allclose(np.bincount(train.department) / len(train), 1 / 4, atol=0.03)
    assert abs(train.priority.mean() - 1 / 2) < 0.03


def fingerprint(tickets):
    digest = hashlib.sha256()
    for part in tickets:
        digest.update(repr(part.texts).encode())
        for array in (*part.inputs.values(), part.metadata, *part.targets.values()):
            digest.update(array.tobytes())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_tickets_in_every_process():
    code = (
        "from tests.test_datasets import fingerprint, load_tickets;"
        "print(fingerprint(load_tickets(50, 20, seed=3)))"
    )
    assert run_python(code) == fingerprint(load_tickets(50, 20, seed=3))


def test_another_seed_gives_other_tickets():
    assert fingerprint(load_tickets(50, 20)) != fingerprint(load_tickets(50, 20, seed=1))


def test_more_samples_only_add_tickets(tickets):
    train, test = tickets
    few, same_test = load_tickets(samples=10)
    assert few.texts == train.texts[:10]
    assert same_test.texts == test.texts


def test_no_ticket_is_in_both_parts(tickets):
    train, test = tickets
    assert not {(text.title, text.body) for text in train.texts} & {
        (text.title, text.body) for text in test.texts
    }


def test_loading_leaves_the_random_state_alone():
    np.random.seed(1)
    expected = np.random.random_sample()
    np.random.seed(1)
    load_tickets(5, 5)
    assert np.random.random_sample() == expected


def test_the_arrays_say_what_the_texts_say(tickets):
    train, _ = tickets
    for i, text in enumerate(train.texts[:200]):
        assert " ".join(VOCABULARY[j] for j in train.title[i] if j > 1).lower() in " ".join(
            "".join(c if c.isalpha() else " " for c in text.title.lower()).split()
        )
        assert {tag for tag, there in zip(TAGS, train.tags[i], strict=True) if there} == set(
            text.tags
        )


def test_texts_have_no_unfilled_slot_and_no_double_space(tickets):
    train, _ = tickets
    for text in train.texts:
        for part in (text.title, text.body):
            assert not set("{}") & set(part)
            assert part == " ".join(part.split())


def test_encode_text_knows_padding_unknown_words_and_the_limit():
    refund = VOCABULARY.index("refund")
    ids = encode_text(["Refund, REFUND! xylophone 42", ""], 5)
    assert ids.tolist() == [[refund, refund, 1, 1, 0], [0, 0, 0, 0, 0]]
    assert encode_text(["refund " * 9], 3, words=refund).tolist() == [[1, 1, 1]]
    assert VOCABULARY[:2] == ("", "[UNK]")


def test_a_small_vocabulary_makes_rare_words_unknown():
    train, _ = load_tickets(50, 5, words=100)
    assert train.body.max() == 99
    assert 0.05 < (train.body == 1).mean() < 0.5


@pytest.mark.parametrize("name", ["samples", "test_samples", "title_length", "body_length"])
def test_a_size_below_one_is_refused(name):
    with pytest.raises(ValueError, match=f"expected {name} >= 1. Received: {name}=0"):
        load_tickets(**{name: 0})


def test_a_vocabulary_without_words_is_refused():
    with pytest.raises(ValueError, match=r"1 is unknown; expected words >= 2\. Received: words=1"):
        load_tickets(5, 5, words=1)


def accuracy(features, label, tickets):
    """Of ridge regression on a one-hot label, on the test tickets; chance is 1/4 and 1/2."""
    train, test = tickets
    x, y = features(train), np.ravel(getattr(train, label)).astype(int)
    weights = np.linalg.solve(x.T @ x + 3 * np.eye(x.shape[1]), x.T @ np.eye(y.max() + 1)[y])
    return ((features(test) @ weights).argmax(axis=1) == np.ravel(getattr(test, label))).mean()


def bag_of_words(part):
    words = np.zeros((len(part), len(VOCABULARY)))
    for text in (part.title, part.body):
        words[np.arange(len(part))[:, None], text] = 1  # the padding serves as the bias
    return words


def tags_alone(part):
    return np.c_[part.tags, np.ones(len(part))]


def metadata_alone(part):
    return np.c_[part.metadata, np.ones(len(part))]


def everything(part):
    return np.c_[bag_of_words(part), part.tags, part.metadata]


def test_the_words_predict_the_department_and_tags_alone_do_worse(tickets):
    assert 0.90 < accuracy(bag_of_words, "department", tickets) < 0.98
    assert 0.45 < accuracy(tags_alone, "department", tickets) < 0.70


def test_the_words_predict_the_priority_and_tags_or_metadata_alone_do_worse(tickets):
    words = accuracy(bag_of_words, "priority", tickets)
    assert 0.77 < words < 0.90
    assert 0.60 < accuracy(tags_alone, "priority", tickets) < words - 0.05
    assert 0.60 < accuracy(metadata_alone, "priority", tickets) < words - 0.05


def test_everything_together_predicts_best_and_never_perfectly(tickets):
    for label in ("department", "priority"):
        best = accuracy(everything, label, tickets)
        assert accuracy(bag_of_words, label, tickets) < best < 0.98


def test_metadata_says_nothing_about_the_department(tickets):
    assert accuracy(metadata_alone, "department", tickets) < 0.33


# The package


def test_importing_the_datasets_imports_neither_keras_nor_tensorflow():
    code = (
        "import sys, exercises_check.datasets;"
        "print([name for name in ('keras', 'tensorflow') if name in sys.modules])"
    )
    assert run_python(code) == "[]"
