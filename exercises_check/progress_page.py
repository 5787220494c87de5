"""Progress as a page for a notebook, self-contained and without a script, and as text."""

from __future__ import annotations

import argparse
import base64
import html
import sys
from pathlib import Path

from exercises_check.language import N_, _, in_a_row, ngettext, sentence, titled, together
from exercises_check.look import PARAGRAPH, folded, framed, marked, paragraph, sign
from exercises_check.solved import ChapterProgress, Counted, Done, Progress, progress_of
from exercises_check.wrapping import columns, wrapped

GREEN, GREY = "#009e73", "#888888"
SOLVED_STAYS = N_("A solved exercise stays solved, whatever you try later.")
_COLUMNS_SAY = N_("A column for each exercise: the higher, the more attempts it took.")
_SIGNS = {True: "✓", False: "◐", None: "○"}  # solved, begun, not begun
_BAR, _THICK = 120, 10  # pixels
_WIDE, _APART, _LOW, _MORE, _HIGHEST = 8, 3, 6, 6, 36
_BLOCKS, _WIDTH = 12, 96  # of a terminal
_CELL = "padding:1px 14px 1px 0;border:0;text-align:left;vertical-align:middle;background:none"


# Words --------------------------------------------------------------------------------------------


def how_long(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{minutes} min").format(minutes=minutes)
    if not rest:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def _of(part: Counted) -> str:
    count = len(part.exercises)
    return _("{solved} of {count}").format(solved=len(part.solved), count=count)


def _counts(part: Counted) -> str:
    """`3 of 6 exercises solved, 1 begun, about 30 min left`."""
    count = len(part.exercises)
    text = ngettext(
        "{solved} of 1 exercise solved", "{solved} of {count} exercises solved", count
    ).format(solved=len(part.solved), count=count)
    pieces = [text]
    if part.attempted:
        begun = len(part.attempted)
        pieces.append(ngettext("1 begun", "{count} begun", begun).format(count=begun))
    pieces.append(_("about {time} left").format(time=how_long(part.minutes_left)))
    return in_a_row(pieces)


def _size(part: Counted) -> str:
    count = len(part.exercises)
    text = ngettext("1 exercise, about {time}", "{count} exercises, about {time}", count)
    return text.format(count=count, time=how_long(part.minutes_left))


def _ability(part: ChapterProgress) -> str:
    return _("You can {ability}.").format(ability=_(part.chapter.ability))


def _facts(progress: Counted) -> str:
    """Attempts and days of what is finished."""
    text = ngettext("in 1 attempt", "in {count} attempts", progress.attempts)
    pieces = [text.format(count=progress.attempts)]
    match progress.days:
        case (day,):
            pieces.append(_("on {day}").format(day=day))
        case (first, *_between, last):
            pieces.append(_("from {first} to {last}").format(first=first, last=last))
    return in_a_row(pieces)


def _last_day(part: Counted) -> str:
    return part.days[-1] if part.days else ""


def _all_solved(progress: Counted) -> str:
    count = len(progress.exercises)
    text = ngettext("1 exercise solved", "All {count} exercises solved", count)
    return text.format(count=count)


def _next_chapter(progress: Progress) -> ChapterProgress | None:
    """The first chapter, from the shown one on, that is not finished."""
    start = progress.chapters.index(progress.here) if progress.here else 0
    turned = progress.chapters[start:] + progress.chapters[:start]
    return next((part for part in turned if not part.finished), None)


# In a notebook ------------------------------------------------------------------------------------


def progress_html(progress: Progress) -> str:
    said = [paragraph(marked(text)) for text in progress.said]
    if progress.here is not None:
        return framed(_colour(progress.here), "".join([*said, *_chapter_html(progress)]))
    if progress.finished:
        parts = _finished_html(progress)
    elif progress.begun:
        parts = _course_html(progress)
    else:
        parts = _welcome_html(progress)
    return framed(_colour(progress), "".join([*said, *parts]))


def _colour(part: Counted) -> str:
    return GREEN if part.begun else GREY


def _chapter_html(progress: Progress) -> list[str]:
    here = progress.here
    label = html.escape(here.chapter.label)
    following = _next_chapter(progress)
    if here.finished:
        text = _link_text(_("Next: {chapter}"), following) if following else ""
        said = together(sentence(_all_solved(here)), text)
        parts = [paragraph(f"<strong>{sign('✓')} {label}</strong> {said}")]
        return [*parts, paragraph(_ability(here))]
    if not here.begun:
        first = marked(_("The first is `{name}`.").format(name=here.next))
        said = together(sentence(_size(here)), first)
        return [paragraph(f"<strong>{sign('○')} {label}</strong> {said}")]
    names = " &ensp;".join(_exercise_html(done) for done in here.exercises)
    next_one = marked(_("Next: `{name}`").format(name=here.next))
    said = together(sentence(_counts(here)), next_one)
    return [
        paragraph(f"<strong>{label}</strong> {_bar(here)} {said}"),
        paragraph(names),
    ]


def _exercise_html(done: Done) -> str:
    shown = _SIGNS[done.solved if done.entry else None]
    word = _(_WORDS[done.solved if done.entry else None])
    return (
        f'<span style="white-space:nowrap" title="{html.escape(word)}">{sign(shown)} '
        f"<code>{html.escape(done.name)}</code></span>"
    )


_WORDS = {True: N_("solved"), False: N_("begun"), None: N_("not begun")}


def _welcome_html(progress: Progress) -> list[str]:
    first = progress.chapters[0]
    count = len(progress.chapters)
    chapters = ngettext("1 chapter", "{count} chapters", count).format(count=count)
    size = _("In {chapters}: {size}.").format(chapters=chapters, size=_size(progress))
    begin = _link_text(_("Begin with {chapter}."), first)
    return [
        paragraph(together(f"<strong>{_('Welcome.')}</strong>", size, begin)),
        folded(_("The chapters"), _table(progress)),
        paragraph(_("What you solve is kept on this machine only, and shown here.")),
    ]


def _course_html(progress: Progress) -> list[str]:
    following = _next_chapter(progress)
    text = _("Next: `{name}` in {chapter}").replace("{name}", following.next)
    next_one = _link_text(text, following)
    return [
        paragraph(together(f"<strong>{sentence(_counts(progress))}</strong>", next_one)),
        _table(progress),
        paragraph(_(SOLVED_STAYS)),
    ]


def _finished_html(progress: Progress) -> list[str]:
    rows = "".join(
        f'<tr style="background:none"><th scope="row" style="{_CELL};white-space:nowrap">'
        f'{sign("✓")} {_link(part)}</th><td style="{_CELL}">{html.escape(_ability(part))}</td>'
        f'<td style="{_CELL};white-space:nowrap">{_last_day(part)}</td></tr>'
        for part in progress.chapters
    )
    title = _("The Keras Functional API")
    done = sentence(in_a_row([_all_solved(progress), _facts(progress)]))
    return [
        f'<p style="{PARAGRAPH};font-size:160%"><strong>{title}</strong></p>',
        paragraph(f"<strong>{sign('✓')} {done}</strong>"),
        paragraph(_columns(progress)),
        paragraph(f'<span style="font-size:85%">{_(_COLUMNS_SAY)}</span>'),
        f'<table style="border-collapse:collapse;margin:8px 0;border:0">{rows}</table>',
    ]


def _table(progress: Progress) -> str:
    rows = "".join(
        f'<tr style="background:none"><th scope="row" style="{_CELL};font-weight:normal">'
        f'{_link(part)}</th><td style="{_CELL}">{_bar(part)}</td><td style="{_CELL}">'
        f'{_unbroken(_of(part))}</td><td style="{_CELL}">{_unbroken(_time_left(part))}</td></tr>'
        for part in progress.chapters
    )
    return f'<table style="border-collapse:collapse;margin:6px 0;border:0">{rows}</table>'


def _unbroken(text: str) -> str:
    """HTML that stays on one line."""
    return html.escape(text).replace(" ", "&nbsp;")


def _time_left(part: Counted) -> str:
    if part.finished:
        return f"✓ {_('solved')}"
    return _("about {time} left").format(time=how_long(part.minutes_left))


def _link(part: ChapterProgress) -> str:
    """The chapter's name, as a link where its notebook is.

    It lies beside the notebook that shows this, or above it if it has no translation.
    """
    label = html.escape(part.chapter.label)
    for address in (part.chapter.notebook, f"../{part.chapter.notebook}"):
        if Path(address).exists():
            return f'<a href="{address}">{label}</a>'
    return label


def _link_text(text: str, part: ChapterProgress) -> str:
    """`text`, whose `{chapter}` becomes a link."""
    return marked(text).replace("{chapter}", _link(part))


def _bar(part: Counted) -> str:
    """How much is solved, and paler how much is begun. Its words are its text."""
    count = max(1, len(part.exercises))
    solved, begun = (_BAR * len(names) / count for names in (part.solved, part.attempted))
    shapes = (
        f'<rect width="{_BAR}" height="{_THICK}" fill="#888" fill-opacity=".25"/>'
        f'<rect width="{solved:.1f}" height="{_THICK}" fill="{GREEN}"/>'
        f'<rect x="{solved:.1f}" width="{begun:.1f}" height="{_THICK}" fill="{GREEN}" '
        'fill-opacity=".4"/>'
    )
    text = _("{solved} of {count} solved").format(solved=len(part.solved), count=count)
    return _image(shapes, _BAR, _THICK, text)


def _columns(progress: Progress) -> str:
    """A column for each exercise, as high as the attempts it took, chapters apart."""
    shapes, x = [], 0
    for part in progress.chapters:
        for done in part.exercises:
            height = min(_HIGHEST, _LOW + _MORE * (done.attempts - 1))
            shapes.append(
                f'<rect x="{x}" y="{_HIGHEST - height}" width="{_WIDE}" height="{height}" rx="2" '
                f'fill="{GREEN}"/>'
            )
            x += _WIDE + _APART
        x += _WIDE
    return _image("".join(shapes), x - _WIDE - _APART, _HIGHEST, _(_COLUMNS_SAY))


def _image(shapes: str, width: int, height: int, text: str) -> str:
    """An SVG as an `<img>`: inline it would be taken out where a notebook is not trusted."""
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{shapes}</svg>'
    )
    source = base64.b64encode(picture.encode()).decode("ascii")
    return (
        f'<img alt="{html.escape(text)}" width="{width}" height="{height}" '
        'style="display:inline;vertical-align:middle;max-width:100%" '
        f'src="data:image/svg+xml;base64,{source}">'
    )


# In a terminal ------------------------------------------------------------------------------------


def progress_text(progress: Progress) -> str:
    whole = {"break_on_hyphens": False, "break_long_words": False}  # paths stay in one piece
    lines = [line for text in progress.said for line in wrapped(text, _WIDTH, **whole)]
    if progress.here is not None:
        return "\n".join([*lines, *_chapter_lines(progress)])
    if progress.finished:
        title = _("The Keras Functional API")
        done = sentence(in_a_row([_all_solved(progress), _facts(progress)]))
        lines += [f"✓ {titled(title, done)}", ""]
        for part in progress.chapters:
            lines += [f"{part.chapter.label}  {_last_day(part)}".rstrip(), f"   {_ability(part)}"]
        return "\n".join(lines)
    following = _next_chapter(progress)
    if progress.begun:
        text = _("Next: `{name}` in {chapter}")
        lines.append(sentence(_counts(progress)))
    else:
        text = _("Begin with {chapter}.")
        lines.append(together(_("Welcome."), sentence(_size(progress))))
    lines += [text.format(name=following.next, chapter=following.chapter.label), ""]
    widest = max(columns(part.chapter.label) for part in progress.chapters)
    for part in progress.chapters:
        space = " " * (widest - columns(part.chapter.label))
        lines.append(
            f"{part.chapter.label}{space}  {_blocks(part)}  {_of(part)}  {_time_left(part)}"
        )
    return "\n".join(lines)


def _blocks(part: Counted) -> str:
    """A bar in letters; one that is not finished is never full, one that is begun never empty."""
    count = max(1, len(part.exercises))
    full = len(part.solved) * _BLOCKS // count
    if part.solved:
        full = max(1, full)
    return "█" * full + "░" * (_BLOCKS - full)


def _chapter_lines(progress: Progress) -> list[str]:
    here = progress.here
    if here.finished:
        said = titled(here.chapter.label, sentence(_all_solved(here)))
        lines = [f"✓ {said}", _ability(here)]
        if following := _next_chapter(progress):
            lines.append(_("Next: {chapter}").format(chapter=following.chapter.label))
        return lines
    if not here.begun:
        first = _("The first is `{name}`.").format(name=here.next)
        said = together(sentence(_size(here)), first)
        return [f"○ {titled(here.chapter.label, said)}"]
    names = [f"  {_SIGNS[d.solved if d.entry else None]} {d.name}" for d in here.exercises]
    return [
        titled(here.chapter.label, sentence(_counts(here))),
        *names,
        _("Next: `{name}`").format(name=here.next),
    ]


# On the command line ------------------------------------------------------------------------------


def add_command(commands) -> None:
    """Adds `progress` to the command line."""
    text = "say what is solved and what comes next"
    parser = commands.add_parser("progress", help=text, description=text)
    parser.add_argument("chapter", type=int, nargs="?", metavar="CHAPTER", help="only this one")
    parser.add_argument(
        "--reset", default="", metavar="NAME", help="forget this exercise, or `all`"
    )
    parser.set_defaults(run=_show)


def _show(parsed: argparse.Namespace) -> int:
    from exercises_check.warm.preload import preload

    preload(["keras"])
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    print(progress_text(progress_of(parsed.chapter, parsed.reset)))
    return 0
