"""Small data that ships with the course, and the functions that load it, offline.

load_digits(shape)     1,797 handwritten digits, 8x8 or enlarged to 28x28
load_cifar10(real)     the same in colour and in CIFAR-10's shapes, or CIFAR-10 itself
load_noisy_digits()    digits of 16x16 with noise -> the same without it
load_digit_pairs()     two digits -> whether they show the same one
load_lit_digits()      digits in uneven light, dark on bright or bright on dark
load_lookups()         a question and a table -> the number beside the name asked for
load_mnist(real)       the same in MNIST's shapes, or MNIST itself
load_placed_digits()   a digit somewhere on a larger canvas -> which one, and the box around it
word_counts(ids)       texts as rows of counted words
load_tickets(samples)  support tickets: title, body and tags -> priority and department
load_vgg19(real)       no data but a model: VGG19, with the weights of ImageNet or random ones
"""

from .cifar10 import load_cifar10
from .counted_words import word_counts
from .digit_pairs import load_digit_pairs
from .digits import load_digits
from .lit_digits import load_lit_digits
from .lookups import load_lookups
from .mnist import load_mnist
from .noisy_digits import load_noisy_digits
from .placed_digits import load_placed_digits, overlap
from .tickets import DEPARTMENTS, METADATA, TAGS, VOCABULARY, encode_text, load_tickets
from .vgg19 import load_vgg19

__all__ = [
    "DEPARTMENTS",
    "METADATA",
    "TAGS",
    "VOCABULARY",
    "encode_text",
    "load_cifar10",
    "load_digit_pairs",
    "load_digits",
    "load_lit_digits",
    "load_lookups",
    "load_mnist",
    "load_noisy_digits",
    "load_placed_digits",
    "load_tickets",
    "load_vgg19",
    "overlap",
    "word_counts",
]
