"""MNIST where it can be had, and the course's own digits in its shapes where it cannot."""

from .digits import load_digits
from .real_or_own import real_or_own


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
    return real_or_own("MNIST", lambda: load_digits((28, 28)), real=real, patience=patience)
