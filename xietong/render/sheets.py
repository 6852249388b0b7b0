"""What stands at the foot of every printed sheet: a style of its own; only styles reach the margin of a page."""

from pathlib import Path

from xietong.report import Chrome
from xietong.signs import shown


def write_sheet(chrome: Chrome, release: str, assets: Path) -> Path:
    """Write the style that prints title, period and release below each sheet of one language; return its file."""
    path = assets / f"sheet.{chrome.language}.css"
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = foot_style(f"{chrome.title} · {chrome.period} · {release}")
    path.write_text(sheet, encoding="utf-8", newline="\n")
    return path


def foot_style(text: str) -> str:
    """Return the style that prints a text below each sheet."""
    return f"@page {{ @bottom-left {{ content: {_quoted(shown(text))}; font-size: 8pt; }} }}\n"


def _quoted(text: str) -> str:
    """Return a text as a string of CSS: what could end it, or the line, is written by its number."""
    return '"' + "".join(f"\\{ord(sign):x} " if sign in '"\\<\n\r\f' else sign for sign in text) + '"'
