"""A tiny picture and a few words for the values of one tensor: a thumbnail.

White is 0, blue above, orange below: two hues that people who do not tell red from green can tell
apart, the darker the further from 0. No colour says anything that the words do not say.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from exercises_check.figures import PNG
from exercises_check.folding import Path
from exercises_check.graph import Graph
from exercises_check.language import _, in_a_row, ngettext

FEW = 5  # so many numbers are written out
MOST_CELLS = 64  # of a strip
MOST_STEPS, MOST_FEATURES = 48, 24  # of the heat map of a sequence
MOST_MAPS, MAP_SIDE = 4, 24  # of an image: how many channels, and pixels on the longer side
LONGEST = 160  # a thumbnail's width, in pixels of the picture

_STEPS = 12  # shades on each side of 0
BELOW, ABOVE = "#a64a00", "#084081"
_ORANGE, _BLUE = (tuple(bytes.fromhex(colour[1:])) for colour in (BELOW, ABOVE))
_WHITE = (255, 255, 255)
_NAN = (20, 20, 20)
_CLEAR = (1, 2, 3)  # between the maps of an image, where the ground is seen


@dataclass(frozen=True)
class Thumbnail:
    """Values in a box of a picture.

    Attributes:
        count: how many values there are.
        lines: the words below the tiny picture, for each line.
        text: the same in a clause, such as `"-0.3 to 1.2, 40 % zero"`.
        png: the file of the tiny picture, empty where the words are all.
        width, height: the size of the tiny picture, in pixels of the page.
        parts: how many maps stand side by side in it, each as wide as the others.
        part: the width of one of them.
        broken: some values are not finite.
    """

    count: int
    lines: tuple[str, ...]
    text: str
    png: bytes = b""
    width: int = 0
    height: int = 0
    parts: int = 1
    part: float = 0
    broken: bool = False


def thumbnails(
    graph: Graph, values: Mapping[tuple[Path, int], np.ndarray]
) -> dict[tuple[Path, int], Thumbnail]:
    """The thumbnail of each value that flows through a model."""
    inputs = {((port.tensor.node,), port.tensor.index) for port in graph.inputs}
    return {place: thumbnail(array, place in inputs) for place, array in values.items()}


def thumbnail(array: np.ndarray, is_input: bool = False) -> Thumbnail:
    """The thumbnail of one sample's values: numbers, a strip, a heat map or small images.

    Args:
        array: without the axis of the batch.
        is_input: three channels are then red, green and blue.
    """
    if array.dtype.kind not in "biuf" and str(array.dtype) != "bfloat16":
        words = _shortened(" ".join(map(str, np.ravel(array)[:FEW])))
        return Thumbnail(array.size, (words,), words)
    whole = array.dtype.kind in "biu"
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    wrong = _not_finite(values)
    if values.size <= FEW:
        numbers = ", ".join(_number(value, whole) for value in np.ravel(values))
        lines = (numbers, f"▲ {wrong}") if wrong else (numbers,)
        text = f"{numbers}; {wrong}" if wrong else numbers
        return Thumbnail(values.size, lines, text, broken=bool(wrong))
    said = []
    if finite.size:
        low, high = finite.min(), finite.max()
        said.append(
            _("all {value}").format(value=_number(low, whole))
            if low == high
            else _("{low} to {high}").format(low=_number(low, whole), high=_number(high, whole))
        )
        zeros = np.mean(finite == 0)
        if zeros >= 0.01 and low != high:
            said.append(_("{share} % zero").format(share=f"{min(zeros, 0.99):.0%}"[:-1]))
        best = _likeliest(values)
        if best is not None:
            said.append(
                _("most at [{index}]: {value}").format(
                    index=best, value=_number(values[best], False)
                )
            )
    text = in_a_row(said)
    lines = (*said[:1], *said[2:]) if len(said) > 2 else (text,) if text else ()
    if wrong:
        lines, text = (f"▲ {wrong}", *lines), in_a_row([wrong, *said])
    pixels, scale, parts = _pixels(values, finite, is_input)
    height, width, _channels = pixels.shape
    part = (pixels[0] != _CLEAR).any(axis=-1).sum() / parts if pixels.size else 0
    return Thumbnail(
        values.size,
        lines,
        text,
        _png(pixels),
        round(width * scale[0]),
        round(height * scale[1]),
        parts,
        part * scale[0],
        bool(wrong),
    )


def _number(value: float, whole: bool) -> str:
    if not np.isfinite(value):
        return {True: "nan"}.get(bool(np.isnan(value)), "inf" if value > 0 else "-inf")
    if whole:
        return f"{value:.0f}"
    return "0" if value == 0 else f"{value:.2g}" if abs(value) < 100 else f"{value:.3g}"


def _shortened(text: str, room: int = 24) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _not_finite(values: np.ndarray) -> str:
    nan, inf = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    found = [f"{nan:,} nan"] * bool(nan) + [f"{inf:,} inf"] * bool(inf)
    if not found:
        return ""
    return ngettext("{found} of {count} value", "{found} of {count} values", values.size).format(
        found=_(", ").join(found), count=f"{values.size:,}"
    )


def _likeliest(values: np.ndarray) -> int | None:
    """The index of the largest, if these are probabilities of classes."""
    is_one = values.ndim == 1 and np.isfinite(values).all() and values.min() >= 0
    is_one = is_one and values.min() < values.max()
    return int(values.argmax()) if is_one and abs(values.sum() - 1) < 1e-3 else None


# Pixels -------------------------------------------------------------------------------------------


def _pixels(
    values: np.ndarray, finite: np.ndarray, is_input: bool
) -> tuple[np.ndarray, tuple[float, float], int]:
    """The pixels, how large each is drawn (horizontally, vertically), and the number of maps."""
    if values.ndim == 1:
        cells = _reduced(values[None], 1, MOST_CELLS)
        each = max(LONGEST / cells.shape[1], 2) if cells.shape[1] > 16 else 10
        return _coloured(cells), (each, 12), 1
    if values.ndim == 2:  # steps go to the right
        cells = _reduced(values.T, MOST_FEATURES, MOST_STEPS)
        each = min(LONGEST / cells.shape[1], 10)
        return _coloured(cells), (each, min(max(48 / cells.shape[0], 2), 10)), 1
    if values.ndim > 3:  # a film, or a volume: what is in the middle
        while values.ndim > 3:
            values = values[len(values) // 2]
    if is_input and values.shape[-1] == 3:
        pixels = np.stack([_reduced(values[..., c], 48, 48) for c in range(3)], -1)
        low, high = (finite.min(), finite.max()) if finite.size else (0, 0)
        with np.errstate(invalid="ignore"):
            shades = (pixels - low) / (high - low or 1) * 255
        shades = np.where(np.isfinite(pixels), shades, 0).astype(np.uint8)
        return shades, (48 / max(shades.shape[:2]),) * 2, 1
    count = min(values.shape[-1], MOST_MAPS)
    shown = np.stack([_reduced(values[..., c], MAP_SIDE, MAP_SIDE) for c in range(count)])
    finer = max(MAP_SIDE // max(shown.shape[1:]), 1)  # for a thin gap between small maps
    maps = _coloured(shown.repeat(finer, 1).repeat(finer, 2))
    side = max(maps.shape[1:3])
    scale = (48 if count == 1 else 36) / side
    gap = np.full((maps[0].shape[0], max(round(3 / scale), 1), 3), _CLEAR, np.uint8)
    row = [part for one in maps for part in (one, gap)][:-1]
    return np.concatenate(row, axis=1), (scale, scale), count


def _reduced(values: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """At most so many rows and columns, each the mean of its part; one `nan` is kept."""
    for axis, most in ((0, rows), (1, columns)):
        size = values.shape[axis]
        if size > most:
            edges = np.arange(most) * size // most
            widths = np.diff([*edges, size])
            shape = (-1, 1) if axis == 0 else (1, -1)
            with np.errstate(invalid="ignore"):
                values = np.add.reduceat(values, edges, axis) / widths.reshape(shape)
    return values


def _coloured(values: np.ndarray) -> np.ndarray:
    """One colour for each value, on one scale for all."""
    most = np.abs(values[np.isfinite(values)]).max(initial=0) or 1
    clean = np.where(np.isfinite(values), values, 0)
    shade = (np.round(np.clip(clean / most, -1, 1) * _STEPS) / _STEPS)[..., None]
    ends = np.where(shade < 0, np.array(_ORANGE), np.array(_BLUE))
    colours = np.array(_WHITE) + np.abs(shade) * (ends - np.array(_WHITE))
    colours[~np.isfinite(values)] = _NAN
    return colours.astype(np.uint8)


def _png(pixels: np.ndarray) -> bytes:
    """A PNG file. Few colours go into a palette, which takes a third of the bytes."""
    height, width, _channels = pixels.shape
    colours, index = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
    if len(colours) <= 256:
        kind, rows = 3, index.reshape(height, width).astype(np.uint8)
        palette = _chunk(b"PLTE", colours.astype(np.uint8).tobytes())
        opaque = np.where((colours == _CLEAR).all(axis=1), 0, 255).astype(np.uint8)
        palette += _chunk(b"tRNS", opaque.tobytes()) if not opaque.all() else b""
    else:
        kind, rows, palette = 2, pixels.reshape(height, -1), b""
    # Each row begins with the number of its filter: 0, none.
    data = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    body = _chunk(b"IHDR", header) + palette + _chunk(b"IDAT", zlib.compress(data, 9))
    return PNG + body + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
