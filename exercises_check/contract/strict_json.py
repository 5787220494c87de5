"""Plain data as JSON and back: with tuples, NumPy arrays, NaN and infinity, and nothing else.

What JSON has no word for is an object with one key: `{"tuple": [...]}`, `{"dict": {...}}`,
`{"float": "nan"}`, `{"array": [dtype, shape, base64 of its little-endian bytes]}`.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import Any, NoReturn

import numpy as np

from exercises_check.contract.transcript import (
    BIGGEST,
    DTYPES,
    MOST_AXES,
    MOST_NUMBERS,
    BadTranscript,
)

MOST_CHARACTERS = 50_000_000
DEEPEST = 20  # of one thing in another; a transcript has about ten
_NO_NUMBERS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def to_json(data: dict[str, Any]) -> str:
    """Plain data, as `probe` gives it, as one line of JSON in ASCII.

    Raises:
        BadTranscript: it holds something else than plain data.
    """
    return json.dumps(_packed(data, DEEPEST), allow_nan=False, separators=(",", ":"))


def from_json(text: str) -> dict[str, Any]:
    """The plain data that `to_json` made `text` of.

    Raises:
        BadTranscript: the text is something else, or too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadTranscript(
            f"The transcript has {len(text)} characters; expected at most {MOST_CHARACTERS}."
        )
    try:
        packed = json.loads(
            text,
            object_pairs_hook=_only_once,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except BadTranscript:
        raise
    except (ValueError, RecursionError) as error:
        raise BadTranscript(f"The transcript is not JSON: {error}.") from None
    data = _unpacked(packed, DEEPEST)
    if type(data) is not dict:
        raise BadTranscript(f"The transcript is a {type(data).__name__}; expected a dict.")
    return data


# There --------------------------------------------------------------------------------------------


def _packed(value: Any, deepest: int) -> Any:
    if deepest < 0:
        raise BadTranscript(f"Over {DEEPEST} levels deep.")
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int and abs(value) < BIGGEST:
        return value
    if kind is str and _encodes(value):
        return value
    if kind is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if kind is list:
        return [_packed(each, deepest - 1) for each in value]
    if kind is tuple:
        return {"tuple": [_packed(each, deepest - 1) for each in value]}
    if kind is dict and all(type(key) is str and _encodes(key) for key in value):
        return {"dict": {key: _packed(each, deepest - 1) for key, each in value.items()}}
    if kind is np.ndarray and value.dtype.name in DTYPES:
        little = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
        content = base64.b64encode(little.tobytes()).decode("ascii")
        return {"array": [value.dtype.name, list(value.shape), content]}
    raise BadTranscript(f"A {kind.__name__} cannot be written; expected plain data.")


def _encodes(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


# And back -----------------------------------------------------------------------------------------


def _unpacked(packed: Any, deepest: int) -> Any:
    if deepest < 0:
        raise BadTranscript(f"The transcript is over {DEEPEST} levels deep.")
    if isinstance(packed, list):
        return [_unpacked(each, deepest - 1) for each in packed]
    if isinstance(packed, dict):
        if len(packed) != 1:
            raise BadTranscript(f"An object has {len(packed)} keys; expected one.")
        ((key, content),) = packed.items()
        if key == "tuple" and isinstance(content, list):
            return tuple(_unpacked(each, deepest - 1) for each in content)
        if key == "dict" and isinstance(content, dict):
            return {
                name: _unpacked(each, deepest - 1)
                for name, each in content.items()
                if _encodes(name) or _refuse_text()
            }
        if key == "float" and isinstance(content, str) and content in _NO_NUMBERS:
            return _NO_NUMBERS[content]
        if key == "array":
            return _array(content)
        raise BadTranscript(f"An object is a {key[:20]!r}; expected a tuple, dict, float or array.")
    if isinstance(packed, str) and not _encodes(packed):
        _refuse_text()
    return packed


def _array(content: Any) -> np.ndarray:
    if not isinstance(content, list) or len(content) != 3:
        raise BadTranscript("An array is not given by its dtype, shape and bytes.")
    name, shape, text = content
    if not isinstance(name, str) or name not in DTYPES:
        raise BadTranscript("An array has an unknown dtype.")
    sizes = isinstance(shape, list) and len(shape) <= MOST_AXES
    if not sizes or any(type(n) is not int or not 0 <= n <= MOST_NUMBERS for n in shape):
        raise BadTranscript("An array has a wrong shape.")
    try:
        if not isinstance(text, str) or not text.isascii():
            raise ValueError
        content = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise BadTranscript("The bytes of an array are not base64.") from None
    dtype = np.dtype(name).newbyteorder("<")
    if len(content) != math.prod(shape) * dtype.itemsize:
        raise BadTranscript(f"An array of shape {tuple(shape)} has {len(content)} bytes.")
    if name == "bool" and content.strip(b"\0\1"):
        raise BadTranscript("An array of truth values holds others.")
    # In the machine's own order, and not a view of bytes that cannot be written to.
    return np.frombuffer(content, dtype).reshape(shape).astype(name)


def _only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadTranscript("A key stands twice in one object.")
    return found


def _no_constant(text: str) -> NoReturn:
    raise BadTranscript(f"The transcript holds {text}; expected a number.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadTranscript(f"The transcript holds {text[:40]}; expected a finite number.")
    return number


def _short(text: str) -> int:
    if len(text.lstrip("-")) > len(str(BIGGEST)) or abs(int(text)) >= BIGGEST:
        raise BadTranscript("The transcript holds an int of 64 bits or more.")
    return int(text)


def _refuse_text() -> NoReturn:
    raise BadTranscript("A text holds half of a character.")
