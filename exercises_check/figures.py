"""Pictures in a notebook that also say what they show, to those who do not see them."""

from __future__ import annotations

import base64
import html
import struct
from io import BytesIO
from typing import Any

from exercises_check.language import _

PNG = b"\x89PNG\r\n\x1a\n"
INCH = 0.0254  # metres
SCREEN = 96  # pixels of a web page in an inch


def show(figure: Any, *, alt: str, width: int | None = None) -> None:
    """Shows a picture in the notebook, with words for those who do not see it.

    Args:
        figure: a matplotlib figure, the image that `keras.utils.plot_model` returns, or the bytes
            of a PNG file. A matplotlib figure is closed, so that it does not appear twice.
        alt: what a reader should learn from the picture, in a sentence. A screen reader says it,
            and it stands in where no picture can be shown.
        width: in pixels of the page; otherwise the picture's own.
    """
    from IPython.display import display

    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(
            _(
                "`show` needs the argument `alt`: a sentence that says what the picture shows, "
                "for people who do not see it. Received: alt={alt}"
            ).format(alt=repr(alt))
        )
    display(_Picture(_png(figure), alt, width))


class _Picture:
    """What IPython displays: the image in a notebook, its words where only text is shown."""

    def __init__(self, png: bytes, alt: str, width: int | None):
        self.png, self.alt, self.width = png, alt, width

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        return image(self.png, self.alt, self.width)


def image(png: bytes, alt: str, width: int | None = None) -> str:
    """The HTML of a picture; without `width`, the dots per inch noted in the file count."""
    # A notebook that is not trusted loses the style, so nothing important stands there.
    source = base64.b64encode(png).decode("ascii")
    return (
        f'<img alt="{html.escape(alt)}" width="{width or _width(png)}" '
        'style="max-width: 100%; border-radius: 6px" '
        f'src="data:image/png;base64,{source}">'
    )


def _png(figure: Any) -> bytes:
    """The bytes of a PNG file with what `figure` shows."""
    if hasattr(figure, "savefig"):
        return _drawn(figure)
    data = getattr(figure, "data", figure)
    if not isinstance(data, bytes) or not data.startswith(PNG):
        raise TypeError(
            _(
                "`show` takes a matplotlib figure, the image that `plot_model` returns, or the "
                "bytes of a PNG file. Received: a value of type {name}"
            ).format(name=type(figure).__name__)
        )
    return data


def _drawn(figure: Any) -> bytes:
    import matplotlib.pyplot as plt

    file = BytesIO()
    # Two pixels for each point of the screen keep letters sharp. No date or version in the file:
    # the same figure is the same bytes.
    figure.savefig(file, format="png", dpi=2 * SCREEN, metadata={"Software": None})
    plt.close(figure)
    return file.getvalue()


def _width(png: bytes) -> int:
    """The width in pixels of a web page; a file that does not say its size is taken as it is."""
    (pixels,) = struct.unpack(">I", png[16:20])
    start = len(PNG)
    while start + 8 <= len(png):  # a chunk: length, type, data, checksum
        length, kind = struct.unpack(">I4s", png[start : start + 8])
        if kind == b"pHYs":
            per_unit, _down, unit = struct.unpack(">IIB", png[start + 8 : start + 17])
            if unit == 1 and per_unit:
                return max(1, round(pixels / (per_unit * INCH) * SCREEN))
        start += length + 12
    return pixels
