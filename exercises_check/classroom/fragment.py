"""Whether a piece of HTML may stand in a page of ours: a second look at our own reports.

A report escapes everything that comes from an answer. Should it ever fail to, this keeps scripts,
handlers, addresses and unclosed elements out of the pages, and the report is shown as text.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_ELEMENTS = {
    "div", "p", "span", "strong", "em", "b", "i", "code", "pre", "br", "hr", "ul", "ol", "li",
    "details", "summary", "img", "table", "thead", "tbody", "tr", "th", "td", "sub", "sup",
}  # fmt: skip
_EMPTY = {"br", "hr", "img"}
_ATTRIBUTES = {
    "style", "role", "open", "alt", "width", "height", "colspan", "rowspan", "scope", "title",
    "lang", "dir", "aria-hidden", "aria-label", "src",
}  # fmt: skip
_STYLE = re.compile(r"[\w\s:;,.()%#'\"+*/-]*")
_BAD_STYLE = re.compile(r"url|expression|@|/\*|position|behavior|binding|z-index", re.I)
# A browser runs nothing that is in a picture and fetches nothing for it.
_PICTURE = re.compile(
    r"data:image/(svg\+xml|png);base64,[A-Za-z0-9+/=\s]*"
    r"|data:image/svg\+xml;charset=utf-8,[^<>\"&]*"
)
LARGEST = 2_000_000  # characters


def shown(fragment: str, text: str) -> str:
    """A report's HTML if it may stand in a page, else its text as HTML, else `""`."""
    if fragment and is_harmless(fragment):
        return fragment
    # Room for the text, which scrolls as the lines of a report do.
    return f'<pre class="plain">{html.escape(text)}</pre>' if text else ""


def is_harmless(fragment: str) -> bool:
    """Whether a fragment holds only what a report holds, and closes what it opens."""
    if len(fragment) > LARGEST:
        return False
    reader = _Reader()
    try:
        reader.feed(fragment)
        reader.close()
    except (AssertionError, ValueError):
        return False
    # A `<` that begins no tag, as at an end that is cut off, a browser may read in another way.
    return reader.is_harmless and not reader.open and reader.tags == fragment.count("<")


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.is_harmless = True
        self.open: list[str] = []
        self.tags = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._look_at(tag, attributes)
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._look_at(tag, attributes)
        if tag not in _EMPTY:
            self.is_harmless = False  # a browser does not take `<div/>` as closed

    def handle_endtag(self, tag: str) -> None:
        self.tags += 1
        if not self.open or self.open.pop() != tag:
            self.is_harmless = False

    def _refuse(self, *_: object) -> None:
        self.is_harmless = False

    # A report has no comment, no declaration, no instruction.
    handle_comment = handle_decl = handle_pi = unknown_decl = _refuse

    def _look_at(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags += 1
        names = [name for name, _ in attributes]
        if tag not in _ELEMENTS or len(set(names)) != len(names):
            self.is_harmless = False
        for name, value in attributes:
            if not _is_harmless_attribute(tag, name, value or ""):
                self.is_harmless = False


def _is_harmless_attribute(tag: str, name: str, value: str) -> bool:
    if name not in _ATTRIBUTES:
        return False
    if name == "src":
        return tag == "img" and _PICTURE.fullmatch(value) is not None
    if name == "style":
        return _STYLE.fullmatch(value) is not None and _BAD_STYLE.search(value) is None
    return True
