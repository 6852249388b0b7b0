"""A chart on a sheet of its own: title, unit and legend above the drawings, notes and source below, all in one SVG."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

from xietong.render.chart_styles import ChartStyles

#: The sheet of one drawing, and of several beside each other.
_NARROW, _WIDE = 720.0, 1200.0
_MARGIN: Final = 24.0
#: Between two drawings.
_GAP: Final = 24.0
#: Size of letters and height of a line, in units of the sheet.
_TITLE: Final = (22.0, 30.0)
_UNIT: Final = (14.0, 20.0)
_SMALL: Final = (12.0, 18.0)
#: More lines than this hold no title but somebody's joke; the rest is cut.
_MOST_LINES: Final = 4
#: Legend: width and height of a key, room between key and words and between two entries.
_KEY_WIDTH, _KEY_HEIGHT, _KEY_ROOM, _ENTRY_ROOM, _ENTRY_LINE = 24.0, 14.0, 6.0, 18.0, 24.0
#: How wide a letter is that does not fill the square of a Chinese one, as a share of it.
_NARROW_LETTER: Final = 0.56


@dataclass(frozen=True)
class Drawing:
    """The content of an SVG of a page: its view box (left, top, width, height), classes, label and markup."""

    box: tuple[float, float, float, float]
    classes: str
    label: str
    markup: str


@dataclass(frozen=True)
class Key:
    """An entry of a legend: the class of its colour and what it stands for."""

    colour: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet; ``definitions`` are the shapes and patterns that the drawings use, as markup."""

    title: str
    unit: str
    notes: tuple[str, ...]
    source: str
    language: str
    drawings: tuple[Drawing, ...]
    keys: tuple[Key, ...] = ()
    definitions: str = ""


def draw_sheet(sheet: Sheet, styles: ChartStyles) -> str:
    """Return the sheet as an SVG file with the styles it needs, in light colours whatever a reader has chosen."""
    width = _WIDE if len(sheet.drawings) > 1 else _NARROW
    room = width - 2 * _MARGIN
    parts: list[str] = []
    y = _MARGIN
    for text, (size, line), weight in ((sheet.title, _TITLE, "600"), (sheet.unit, _UNIT, "400")):
        written = _lines(text, size, line, y, room, f'font-weight="{weight}"')
        parts.append(written.markup)
        y = written.below
    legend = _legend(sheet.keys, y, room)
    drawings = _drawings(sheet.drawings, legend.below + _MARGIN / 2, room)
    parts += [legend.markup, drawings.markup]
    y = drawings.below + _MARGIN / 2
    for text in (*sheet.notes, sheet.source):
        written = _lines(text, *_SMALL, y, room, 'class="quiet"')
        parts.append(written.markup)
        y = written.below
    height = y + _MARGIN / 2
    body = "".join(parts)
    drawn = f"<defs>{sheet.definitions}</defs>{body}" if sheet.definitions else body
    label = " ".join(dict.fromkeys((sheet.unit, *(drawing.label for drawing in sheet.drawings), sheet.source)))
    return styles.in_light(
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{sheet.language}" role="img" width="{width:g}" '
        f'height="{height:g}" viewBox="0 0 {width:g} {height:g}"><title>{escape(sheet.title)}</title>'
        f"<desc>{escape(label)}</desc><style>{styles.rules_of(f'<svg>{drawn}')}</style>"
        f'<rect width="{width:g}" height="{height:g}" fill="var(--surface)"/>{drawn}</svg>\n'
    )


@dataclass(frozen=True)
class _Placed:
    """Markup, and where on the sheet it ends."""

    markup: str
    below: float


def _lines(text: str, size: float, line: float, y: float, room: float, attributes: str) -> _Placed:
    lines = wrapped(text, room / size)
    start = f'<text {attributes} font-size="{size:g}" x="{_MARGIN:g}"'
    markup = "".join(
        f'{start} y="{y + line * place + size:g}">{escape(words)}</text>' for place, words in enumerate(lines)
    )
    return _Placed(markup, y + line * len(lines))


def _legend(keys: Sequence[Key], y: float, room: float) -> _Placed:
    if not keys:
        return _Placed("", y)
    parts = []
    x, top = 0.0, y + 6
    for key in keys:
        fill = ' fill="url(#hatch-small)"' if key.colour == "hatched" else ""
        words = "".join(wrapped(key.text, (room - _KEY_WIDTH - _KEY_ROOM) / _UNIT[0], most=1))
        wide = _KEY_WIDTH + _KEY_ROOM + _UNIT[0] * _ems(words)
        if x and x + wide > room:
            x, top = 0.0, top + _ENTRY_LINE
        left = _MARGIN + x
        parts.append(
            f'<rect class="{key.colour}"{fill} stroke="var(--rule-strong)" x="{left:g}" y="{top:g}" '
            f'width="{_KEY_WIDTH:g}" height="{_KEY_HEIGHT:g}"/><text font-size="{_UNIT[0]:g}" '
            f'x="{left + _KEY_WIDTH + _KEY_ROOM:g}" y="{top + 12:g}">{escape(words)}</text>'
        )
        x += wide + _ENTRY_ROOM
    return _Placed("".join(parts), top + _ENTRY_LINE)


def _drawings(drawings: Sequence[Drawing], top: float, room: float) -> _Placed:
    """Place the first two drawings beside each other, each as large as fits, and the others in the right column."""
    columns = min(len(drawings), 2)
    width = (room - _GAP * (columns - 1)) / columns
    below = [top] * columns
    parts = []
    for number, drawing in enumerate(drawings):
        column = min(number, columns - 1)
        left, start = _MARGIN + column * (width + _GAP), below[column]
        # A legend that is drawn is no larger than on its page.
        wide = width if number < columns else min(width, drawing.box[2])
        high = wide * drawing.box[3] / drawing.box[2]
        box = " ".join(f"{side:g}" for side in drawing.box)
        parts.append(
            f'<svg class="{drawing.classes}" x="{left:g}" y="{start:g}" width="{wide:g}" height="{high:g}" '
            f'viewBox="{box}">{drawing.markup}</svg>'
        )
        below[column] = start + high + _GAP
    return _Placed("".join(parts), max(below) - _GAP)


@lru_cache(maxsize=4096)  # the source, notes and labels are those of hundreds of charts
def wrapped(text: str, ems: float, most: int = _MOST_LINES) -> tuple[str, ...]:
    """Return the text in lines of at most so many widths of a Chinese letter; what needs more than ``most`` is cut."""
    lines = [""]
    used = 0.0
    for word in _pieces(text):
        wide = _ems(word)
        if used + wide > ems and lines[-1]:
            lines.append("")
            used = 0.0
        if len(lines) > most:
            break
        piece = word if lines[-1] else word.lstrip()
        lines[-1] += piece
        used += wide
    if len(lines) <= most:
        return tuple(line.rstrip() for line in lines if line.strip())
    return (*(line.rstrip() for line in lines[: most - 1]), f"{lines[most - 1][:-1]}…")


def _pieces(text: str) -> list[str]:
    """Return what may not be broken: words of narrow letters, up to a length that any line holds, and wide letters."""
    pieces: list[str] = []
    for letter in text:
        grows = pieces and not _is_wide(letter) and not _is_wide(pieces[-1][-1]) and not letter.isspace()
        if grows and len(pieces[-1]) < 20:  # noqa: PLR2004
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in {"W", "F"}


def _ems(text: str) -> float:
    return sum(1.0 if _is_wide(letter) else _NARROW_LETTER for letter in text)
