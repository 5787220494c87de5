"""Invented support tickets whose words, tags and circumstances really predict their labels.

A ticket first gets a department and a priority, by lot. Its phrases are then chosen to fit, most
of the time: some titles say nothing, some sentences belong to another department, some people
hurry without a reason. So a model that reads well is right most of the time, and none always.
"""

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from . import ticket_phrases as phrases
from .ticket_phrases import DEPARTMENTS

# How often a ticket carries a tag: in its own department, in another one.
DEPARTMENT_TAGS = {
    "invoice": ("billing", 0.40, 0.08),
    "refund": ("billing", 0.30, 0.06),
    "parcel": ("delivery", 0.40, 0.08),
    "courier": ("delivery", 0.30, 0.06),
    "bug": ("technical", 0.40, 0.08),
    "crash": ("technical", 0.30, 0.06),
    "login": ("account", 0.40, 0.08),
    "profile": ("account", 0.30, 0.06),
}
# How often: when urgent, when not.
PRIORITY_TAGS = {"outage": (0.30, 0.10), "vip": (0.35, 0.15), "feedback": (0.10, 0.30)}
TAGS = (*DEPARTMENT_TAGS, *PRIORITY_TAGS, "first contact")  # the last one says nothing

METADATA = ("hours_waiting", "tickets_this_month", "order_value", "years_a_customer", "weekend")

LOTS = 48  # random numbers set aside for one ticket; writing one takes up to 40 of them


class Text(NamedTuple):
    """What a person wrote, and the names of the tags the desk added."""

    title: str
    body: str
    tags: tuple


@dataclass(frozen=True, eq=False)
class Tickets:
    """n support tickets as arrays, and as text to look at.

    texts: n of Text, the same tickets in readable form.
    title, body: int32 (n, title_length) and (n, body_length), the ids of the words, 0 after the
        last one, 1 for a word outside the vocabulary; `VOCABULARY[id]` is the word.
    tags: float32 (n, 12), 1 where the ticket carries the tag of that place in `TAGS`.
    metadata: float32 (n, 5), from 0 to 1, in the order of `METADATA`.
    priority: float32 (n, 1), 1 urgent, 0 can wait.
    department: int32 (n,), a place in `DEPARTMENTS`; `np.eye(4)[department]` is one-hot.
    """

    texts: tuple
    title: np.ndarray
    body: np.ndarray
    tags: np.ndarray
    metadata: np.ndarray
    priority: np.ndarray
    department: np.ndarray

    def __len__(self):
        return len(self.texts)

    @property
    def inputs(self):
        """The inputs of a ticket router, by name."""
        return {"title": self.title, "body": self.body, "tags": self.tags}

    @property
    def targets(self):
        """The two things it is to predict, by name."""
        return {"priority": self.priority, "department": self.department}


def load_tickets(
    samples=2000, test_samples=500, words=10_000, title_length=10, body_length=40, seed=0
):
    """Support tickets to train and to test on; the same arguments give the same tickets.

    More samples only add tickets: the first ones, and the test tickets, stay as they are.

    Args:
        samples, test_samples: how many tickets to train on and to test on.
        words: ids stay below it; the rarer words become 1, unknown.
        title_length, body_length: in words; longer texts lose their end, shorter ones get zeros.
        seed: another whole number gives other tickets of the same kind.

    Returns:
        `(train, test)`, both `Tickets`: `model.fit(train.inputs, train.targets)`.

    Raises:
        ValueError: for a size below 1, or fewer than 2 words.
    """
    sizes = {
        "samples": samples,
        "test_samples": test_samples,
        "title_length": title_length,
        "body_length": body_length,
    }
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(
                f"`load_tickets` makes at least one; expected {name} >= 1. "
                f"Received: {name}={size!r}"
            )

    def load(part, count):
        # RandomState, because NumPy promises its numbers never change; its seed may be a pair.
        lots = np.random.RandomState((seed, part)).random_sample((count, LOTS))
        written = [_write(iter(row)) for row in lots]
        texts, metadata, priority, department = zip(*written, strict=True)
        return Tickets(
            texts=texts,
            title=encode_text([text.title for text in texts], title_length, words),
            body=encode_text([text.body for text in texts], body_length, words),
            tags=np.array([[tag in text.tags for tag in TAGS] for text in texts], "float32"),
            metadata=np.array(metadata, "float32"),
            priority=np.array(priority, "float32")[:, None],
            department=np.array(department, "int32"),
        )

    return load(0, samples), load(1, test_samples)


def encode_text(texts, length, words=10_000):
    """Texts as ids of words, the way `load_tickets` does it; for a ticket of your own.

    Args:
        texts: strings; capitals and punctuation do not matter.
        length: in words; longer texts lose their end, shorter ones get zeros after it.
        words: ids stay below it; words from there on become 1, unknown.

    Returns:
        int32 (len(texts), length).
    """
    if words < 2:
        raise ValueError(
            f"0 is padding and 1 is unknown; expected words >= 2. Received: words={words!r}"
        )
    ids = np.zeros((len(texts), length), "int32")
    for row, text in zip(ids, texts, strict=True):
        found = [_IDS.get(word, 1) for word in _words(text)[:length]]
        row[: len(found)] = [i if i < words else 1 for i in found]
    return ids


def _write(lots):
    """One ticket: Text, five numbers, priority, department. `lots` are numbers from 0 to 1."""

    def chance(probability):
        return next(lots) < probability

    def one_of(options):
        return options[int(next(lots) * len(options))]

    department, urgent = one_of(DEPARTMENTS), chance(0.5)
    elsewhere = one_of([name for name in DEPARTMENTS if name != department])
    seems_urgent = urgent if chance(0.9) else not urgent

    problem_from = department if chance(0.9) else elsewhere
    title = one_of(phrases.VAGUE_TITLES if chance(0.3) else phrases.TITLES[department])
    if chance(0.3):
        manners = one_of(phrases.URGENT_TITLES if seems_urgent else phrases.CALM_TITLES)
        title = manners.replace("{title}", title)
    sentences = [
        one_of(phrases.GREETINGS),
        one_of(phrases.FACTS),
        one_of(phrases.PROBLEMS[problem_from]),
        one_of(phrases.DETAILS[department if chance(0.7) else elsewhere]),
    ]
    # What matters may stand anywhere in the body.
    manners = one_of(phrases.URGENT if seems_urgent else phrases.CALM) if chance(0.8) else ""
    sentences.insert(1 + int(next(lots) * 4), manners)
    sentences.append(one_of(phrases.CLOSINGS))
    slots = {name: one_of(options) for name, options in phrases.SLOTS.items()}
    body = " ".join(filter(None, sentences))

    tags = [
        tag
        for tag, (owner, often, seldom) in DEPARTMENT_TAGS.items()
        if chance(often if owner == department else seldom)
    ]
    tags += [tag for tag, (hot, cool) in PRIORITY_TAGS.items() if chance(hot if urgent else cool)]
    tags += ["first contact"] if chance(0.3) else []

    # A power below 1 pushes a number from 0 to 1 upwards, a power above 1 downwards.
    metadata = (
        next(lots) ** (0.5 if urgent else 1.5),
        next(lots) ** (0.8 if urgent else 1.3),
        next(lots) ** (0.8 if urgent else 1.2),
        next(lots),
        float(chance(2 / 7)),
    )
    text = Text(title.format(**slots), body.format(**slots), tuple(tags))
    return text, metadata, urgent, DEPARTMENTS.index(department)


def _words(text):
    return re.findall(r"[a-z]+|\d+", text.lower())


def _vocabulary():
    """Every word of the phrases once, taking turns between the lists: so each kind of phrase
    keeps its first words when `words` is small. Numbers are left out: they stay unknown."""
    lists = [
        phrases.VAGUE_TITLES,
        phrases.GREETINGS,
        phrases.FACTS,
        phrases.CLOSINGS,
        phrases.URGENT_TITLES,
        phrases.URGENT,
        phrases.CALM_TITLES,
        phrases.CALM,
    ]
    for group in (phrases.TITLES, phrases.PROBLEMS, phrases.DETAILS):
        lists += group.values()
    lists += [phrases.SLOTS["product"], phrases.SLOTS["day"], phrases.SLOTS["city"]]
    in_turn = " ".join(phrase for turn in zip_longest(*lists, fillvalue="") for phrase in turn)
    known = _words(re.sub(r"{\w+}", "", in_turn))
    return ("", "[UNK]", *dict.fromkeys(word for word in known if word.isalpha()))


VOCABULARY = _vocabulary()
_IDS = {word: index for index, word in enumerate(VOCABULARY) if index > 1}
