"""Texts of workbooks in which a part is raised, lowered or struck out: what a reader of values glues together.

``12.3`` with a raised 2 behind it is a figure with a note, and reads as 12.32 once its format is gone; so does a
figure that was struck out in front of the new one.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Final

_ITEM: Final = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_RUN: Final = re.compile(rb"<(?:\w+:)?r(?:\s[^>]*)?>(.*?)</(?:\w+:)?r>", re.DOTALL)
_TEXT: Final = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</")
_RAISED: Final = re.compile(rb"""<(?:\w+:)?vertAlign\s[^>]*["']superscript["']""")
_LOWERED: Final = re.compile(rb"""<(?:\w+:)?vertAlign\s[^>]*["']subscript["']""")
_STRUCK: Final = re.compile(rb"""<(?:\w+:)?strike(?:\s*/>|\s+val\s*=\s*["'](?:1|true)["'])""")
_SUPERSCRIPTS: Final = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SUBSCRIPTS: Final = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")


def marked_strings(parts: Mapping[str, bytes]) -> dict[bytes, str]:
    """Return the shared strings of a workbook of which a part is marked, by their number as cells give it."""
    marked: dict[bytes, str] = {}
    for name, content in parts.items():
        if name.lower().endswith("sharedstrings.xml") and is_marked(content):
            for number, item in enumerate(_ITEM.finditer(content)):
                if item[1] is not None and is_marked(item[1]):
                    marked[b"%d" % number] = marked_text(item[1])
    return marked


def is_marked(content: bytes) -> bool:
    """True for XML that has a raised, lowered or struck-out part."""
    return b"vertAlign" in content or _STRUCK.search(content) is not None


def marked_text(item: bytes) -> str:
    """Return the text of runs with raised and lowered digits as such, and what is struck out named so."""
    return "".join(map(_marked_run, _RUN.findall(item)))


def _marked_run(run: bytes) -> str:
    text = unescape(b"".join(_TEXT.findall(run)).decode("utf-8", "replace"))
    if _STRUCK.search(run):
        return f"[删除线 {text}]"
    if _RAISED.search(run):
        return text.translate(_SUPERSCRIPTS)
    return text.translate(_SUBSCRIPTS) if _LOWERED.search(run) else text
