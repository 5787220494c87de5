"""A page as a file: self-contained, without a script, in light and in dark, on paper, projected."""

from __future__ import annotations

import html

from exercises_check.language import N_

# Nothing is loaded and nothing runs, whatever else should be in the page.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
MARK = '<meta name="generator" content="exercises_check classroom">'
# Colours that are told apart with every sort of colour vision; signs and words say the same.
STATUS_COLOURS = {
    "passed": "#009e73",
    "failed": "#d55e00",
    "error": "#cc79a7",
    "timeout": "#e69f00",
    "memory": "#e69f00",
    "crashed": "#e69f00",
    "refused": "#f0e442",
    "not_attempted": "#9aa0a6",
    "missing": "#c4c8cc",
    "checker_error": "#56b4e9",
}
_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--panel:#f4f6f8;
--line:#d0d7de;--bar:#0072b2;--link:#0550ae}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a9b1ba;--paper:#14171b;
--panel:#1f242a;--line:#3a424b;--bar:#56b4e9;--link:#79b8ff}}
*{box-sizing:border-box}
html{font-size:clamp(16px,.55vw + 12px,24px)}
body{margin:0 auto;padding:1.5rem clamp(.8rem,4vw,3rem) 3rem;max-width:76rem;
background:var(--paper);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
overflow-wrap:break-word}
h1,h2,h3{line-height:1.2;text-wrap:balance}
h1{font-size:2rem;margin:0 0 .3rem}
h2{font-size:1.5rem;margin:2.4rem 0 .8rem}
h3{font-size:1.15rem;margin:0 0 .3rem}
a{color:var(--link)}
code,pre{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em}
pre.plain{overflow-x:auto;padding:.6rem;background:var(--panel)}
summary{cursor:pointer}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:3px solid var(--bar);
outline-offset:2px}
.soft{color:var(--soft)}
.scroll{overflow:auto}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
white-space:nowrap}
@media print{:root{--ink:#000;--soft:#444;--paper:#fff;--panel:#f4f6f8;--line:#bbb;--bar:#0072b2;
color-scheme:light}html{font-size:11pt}body{max-width:none;padding:0}
section,li,figure{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible;
max-height:none!important}}
"""


def document(title: str, body: str, style: str = "", *, language: str = "en") -> str:
    """A whole page. `body` and `style` are HTML and CSS of ours; `title` is any text."""
    code = language.replace("_", "-")
    return (
        f'<!DOCTYPE html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n{MARK}\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}{style}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def chapter_title(chapter: str) -> str:
    """`06_skip_connections` as one says it: "06 Skip connections"."""
    number, _, words = chapter.partition("_")
    if not number.isdigit() or not words:
        return chapter or N_("A notebook whose chapter can't be told")
    return f"{number} {words[:1].upper()}{words[1:].replace('_', ' ')}"
