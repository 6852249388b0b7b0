"""Signs that steer text instead of showing: one rule for all that is written for people and for programs.

Control signs and the marks that turn the direction of writing (Unicode UAX #9) can hide a part of a name, end a line
of a log, or show ``exe.xlsx`` as ``xslx.exe``. No name, note or figure of ours needs them. Where people read, each
is replaced by its number, as in ‹U+202E›; in JSON, which programs read, it is escaped and loses nothing.
"""

import json
import re
from typing import Final

#: C0 but tab and line ends, DEL and C1; the Arabic letter mark, LRM and RLM; line and paragraph separators, embeddings
#: and overrides; isolates; two that are no characters, which XML cannot hold. For Python, and for Polars.
_SIGNS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)
STEERING: Final = (
    r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{61C}\x{200E}\x{200F}\x{2028}-\x{202E}\x{2066}-\x{2069}\x{FFFE}\x{FFFF}]"
)
#: The same in UTF-8: looking through the bytes of a page costs a fifth of looking through its letters.
_CONTROLS: Final = bytes(number for number in (*range(0x20), 0x7F) if number not in b"\t\n\r")
_LONGER: Final = re.compile(
    rb"\xe2(?:\x80[\x8e\x8f\xa8-\xae]|\x81[\xa6-\xa9])|\xc2[\x80-\x9f]|\xd8\x9c|\xef\xbf[\xbe\xbf]"
)


def shown(text: str) -> str:
    """Return the text with every sign that steers replaced by its number between ‹ and ›."""
    return _SIGNS.sub(lambda sign: f"‹U+{ord(sign[0]):04X}›", text) if _steers(text) else text


def json_text(content: object, indent: int | None = None) -> str:
    """Return JSON without NaN, on one line unless indented; escaped signs that steer read back as they were."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(content, ensure_ascii=False, separators=separators, indent=indent, allow_nan=False)
    # Outside of its strings JSON has no sign beyond ASCII, and inside of them the controls are escaped already.
    return _SIGNS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text) if _steers(text) else text


def _steers(text: str) -> bool:
    written = text.encode("utf-8", "replace")
    return len(written.translate(None, _CONTROLS)) < len(written) or _LONGER.search(written) is not None
