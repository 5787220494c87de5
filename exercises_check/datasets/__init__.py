"""Small data that ships with the course, and the functions that load it, offline.

load_digits(shape)     1,797 handwritten digits, 8x8 or enlarged to 28x28
load_mnist(real)       the same in MNIST's shapes, or MNIST itself
load_tickets(samples)  support tickets: title, body and tags -> priority and department
"""

from .digits import load_digits
from .mnist import load_mnist
from .tickets import DEPARTMENTS, METADATA, TAGS, VOCABULARY, encode_text, load_tickets

__all__ = [
    "DEPARTMENTS",
    "METADATA",
    "TAGS",
    "VOCABULARY",
    "encode_text",
    "load_digits",
    "load_mnist",
    "load_tickets",
]
