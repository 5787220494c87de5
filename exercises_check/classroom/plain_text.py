"""Text that others wrote, such as names of files and students, made fit for a message."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST = 120  # characters of one name in a message

# Written out, these turn the direction of all that follows. Right-to-left letters do not, nor does
# the joiner that emoji are made of.
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNS}\ud800-\udfff\ufeff\uffff]")


def printable(text: str, longest: int = LONGEST) -> str:
    """The text in one line: controls are written as `\\x1b`, and a long text is shortened.

    Texts that differ stay different when they are shortened: a digest stands at the cut.
    """
    text = unicodedata.normalize("NFC", text)
    shown = _CONTROLS.sub(_written_out, text)
    if len(shown) <= longest:
        return shown
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    kept = longest - len(digest) - 1
    return f"{shown[:kept]}…{digest}"


def quoted(text: str) -> str:
    """The text as a name in a sentence."""
    return f"`{printable(text)}`"


def folded(text: str) -> str:
    """The same for all writings of a name: capitals, composed and decomposed letters, spaces."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", text).split())


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts `week 10` after `week 9`."""
    parts = re.findall(r"[0-9]{1,15}|[^0-9]+|[0-9]+", folded(text))
    return tuple((0, int(p), "") if p.isdecimal() and len(p) < 16 else (1, 0, p) for p in parts)


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
