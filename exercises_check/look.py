"""The look of what is shown in a notebook: a report, an explanation, a list of traps."""

from __future__ import annotations

import html

# The style stands at each element: JupyterLab takes a <style> out of the outputs of a notebook that
# it does not trust, and with it `var(...)`. Fonts and colours are the page's, in light and in dark.
# Signs and words say what colours say.
_BOX = "border-left:4px solid {};padding:2px 0 2px 12px;max-width:1000px;line-height:1.5"
PARAGRAPH = "margin:4px 0"
_CODE = (
    "margin:0;padding:0 8px;border:0;background:transparent;white-space:pre;"
    "word-break:normal;line-height:1.45;font-size:13px"
)
_LISTING = "margin:6px 0;padding:6px 0;overflow-x:auto;background:rgba(128,128,128,0.1)"
CODE_MARKED = "background:rgba(213,94,0,0.15)"
NOTE = f"display:flex;padding-bottom:2px;{CODE_MARKED}"
_FOLD = "cursor:pointer;padding:2px 0"


def framed(colour: str, body: str) -> str:
    """HTML in the look of a report."""
    return f'<div style="{_BOX.format(colour)}" role="group">{body}</div>'


def paragraph(body: str) -> str:
    return f'<p style="{PARAGRAPH}">{body}</p>'


def folded(title: str, body: str, is_open: bool = False) -> str:
    state = " open" if is_open else ""
    summary = f'<summary style="{_FOLD}">{html.escape(title)}</summary>'
    return f'<details style="margin:2px 0"{state}>{summary}{body}</details>'


def code_block(text: str, style: str = "") -> str:
    return f'<pre style="{_CODE}{style}">{html.escape(text)}</pre>' if text else ""


def marked(text: str) -> str:
    """Text with its `names` as code."""
    pieces = html.escape(text).split("`")
    return "".join(f"<code>{p}</code>" if n % 2 else p for n, p in enumerate(pieces))


def sign(mark: str) -> str:
    """A sign that a screen reader leaves out, because the words beside it say the same."""
    return f'<span aria-hidden="true">{mark}</span>'


def listing(*parts: str) -> str:
    """Lines of code on a ground of their own, which scrolls sideways."""
    return f'<div style="{_LISTING}">{"".join(parts)}</div>'
