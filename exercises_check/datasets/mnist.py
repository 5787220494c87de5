"""MNIST where it can be had, and the course's own digits in its shapes where it cannot."""

import queue
import textwrap
import threading

from .digits import load_digits


def load_mnist(real=False, patience=20):
    """Digits of 28x28 pixels in the layout of `keras.datasets.mnist`; prints which ones.

    Args:
        real: False for the course's own 1,797 digits, enlarged, which are always there. True for
            the 70,000 of MNIST, through `keras.datasets.mnist.load_data()`: from this machine,
            or else downloaded (11 MB). Where that fails, the course's own again.
        patience: seconds to wait for MNIST. A download that takes longer goes on in the
            background while the kernel runs, for the next call to find.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, with x of shape (images, 28, 28), uint8 from 0 to
        255, and y of shape (images,), uint8 from 0 to 9.
    """
    data, problem = _keras_mnist(patience) if real else (None, None)
    start = "Using MNIST" if data else "Using the course's own digits"
    if problem:
        start = f"MNIST cannot be had here ({problem}), so using the course's own digits"
    data = data or load_digits((28, 28))
    (x_train, _), (x_test, _) = data
    print(f"{start}: {len(x_train):,} images to train on, {len(x_test):,} to test on.")
    return data


def _keras_mnist(patience):
    """`(data, None)`, or `(None, reason)` when MNIST is not here within `patience` seconds."""
    from keras.datasets import mnist  # slow to import, and nothing else here needs Keras

    answer = queue.SimpleQueue()

    def fetch():
        try:
            answer.put((mnist.load_data(), None))
        except Exception as problem:  # no network, no room, a damaged file: none of them ours
            # Keras writes "URL fetch failure on https://...: None -- [the reason]".
            reason = str(problem).rpartition(" -- ")[2] or repr(problem)
            answer.put((None, textwrap.shorten(reason, 100)))

    # A network that swallows packets, or a name server that does not answer, would keep Keras
    # waiting for minutes. A thread can be left waiting; as a daemon it does not outlive Python.
    threading.Thread(target=fetch, daemon=True).start()
    try:
        return answer.get(timeout=patience)
    except queue.Empty:
        return None, f"nothing arrived within {patience} seconds"
