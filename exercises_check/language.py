"""The language of what a learner reads: English as it stands in the code, or a catalogue's.

Sentences are written in English where they are made, inside `_(...)`, with named gaps that are
filled afterwards: `_("{name} is missing.").format(name=name)`. What has to stand at import time, as
in a table, is only marked, with `N_(...)`, and translated where it is shown. Catalogues lie in
`locale/`, one folder a language; `tools/messages.py` keeps them.
"""

from __future__ import annotations

import functools
import gettext
import locale
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

DOMAIN = "exercises_check"
FOLDER = Path(__file__).parent / "locale"
VARIABLE = "EXERCISES_CHECK_LANG"
SOURCE = "en"
_STOPS, _LETTER = "[，。；：、？！（）]", "[\u4e00-\u9fff]"
# At full-width punctuation, and between two Chinese letters.
_NO_SPACE = re.compile(
    f"(?P<code>`[^`]*`)|(?<={_STOPS}) | (?={_STOPS})|(?<={_LETTER}) (?={_LETTER})"
)


def N_(message: str) -> str:
    """Mark a message for the catalogues; `_` translates it where it is shown."""
    return message


def _(message: str) -> str:
    """The message in the reader's language."""
    return _catalogue(language()).gettext(message) if message else ""


def ngettext(one: str, several: str, count: int) -> str:
    """The message for this many, in the reader's language."""
    return _catalogue(language()).ngettext(one, several, count)


def pgettext(context: str, message: str) -> str:
    """A message too short to be understood alone, with where it stands."""
    return _catalogue(language()).pgettext(context, message)


def filled(message: str, **values: object) -> str:
    """The message in the reader's language with its gaps filled, spaced as it has them.

    In Chinese a gap stands between spaces, as it may hold a name; where it holds words they go.
    """
    return spaced(_(message).format(**values))


def together(*sentences: str) -> str:
    """Sentences one after another; what ends with a full-width stop brings its own space.

    The end of an element of HTML may stand after the stop.
    """
    return re.sub("(?<=[。？！：；，])(</[a-z]+>)? ", r"\1", " ".join(filter(None, sentences)))


def sentence(text: str) -> str:
    """Text with the full stop of the reader's language."""
    return _("{clauses}.").format(clauses=text)


def in_a_row(texts: Iterable[str]) -> str:
    """Clauses of one sentence, or of one line. Chinese has another comma between names."""
    return pgettext("between clauses", ", ").join(texts)


def titled(title: str, text: str) -> str:
    """What is said of something, after its name."""
    return _("{title}: {text}").format(title=title, text=text)


def spaced(text: str) -> str:
    """Text with gaps filled: in Chinese with spaces only at foreign words. Code stays as it is."""
    return _NO_SPACE.sub(lambda match: match["code"] or "", text)


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`, in the reader's language."""
    *first, last = list(items) or [""]
    if not first:
        return last
    return _("{first} and {last}").format(first=_(", ").join(first), last=last)


def languages() -> tuple[str, ...]:
    """The languages there are: English, and one for each catalogue."""
    return (SOURCE, *_translated())


def language() -> str:
    """The reader's: what `EXERCISES_CHECK_LANG` says, or else the system's, or else English."""
    chosen = os.environ.get(VARIABLE, "").strip()
    if not chosen:
        return _first_known(_of_the_system()) or SOURCE
    known = _first_known([chosen])
    if known is None:
        _warn(chosen)
    return known or SOURCE


@contextmanager
def using(code: str) -> Iterator[None]:
    """Read in this language within the block."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = code
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


@functools.cache
def _translated() -> tuple[str, ...]:
    return tuple(sorted(path.parts[-3] for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))


@functools.cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [code], fallback=code == SOURCE)


def _of_the_system() -> list[str]:
    """What gettext looks at, in its order; where none is set, as on Windows, what Python knows."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.split(":")
    return [locale.getlocale()[0] or ""]


def _first_known(wanted: Iterable[str]) -> str | None:
    """The first of these for which there is a language: `zh`, `zh-Hans` and `zh_CN.UTF-8` are one.

    The C locale asks for no language, so it is English.
    """
    for code in wanted:
        first = code.replace("-", "_").split("_")[0].split(".")[0].lower()
        first = {"chinese": "zh", "english": "en", "c": "en", "posix": "en"}.get(first, first)
        for known in languages():
            if first == known.split("_")[0]:
                return known
    return None


@functools.cache
def _warn(chosen: str) -> None:
    warnings.warn(
        f"{VARIABLE} is {chosen!r}; expected one of {', '.join(languages())}. English is used.",
        stacklevel=2,
    )
