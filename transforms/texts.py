"""How words of tables are compared: widths, blanks and look-alike signs do not count."""

from typing import Final

#: Full-width forms of ASCII, the ideographic blank, and signs that stand for one another.
_SAME: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x00A0: " ",
    0x2007: " ",
    0x2009: " ",
    0x202F: " ",
    0x00B5: "\N{GREEK SMALL LETTER MU}",
    0x2212: "-",
    0xFE63: "-",
    0x2010: "-",
    0x2011: "-",
    0x2013: "-",
}
_INVISIBLE: Final = dict.fromkeys((0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0x00AD))


def plain(text: str) -> str:
    """Return the text in half width, without invisible signs and without blanks at its ends."""
    return text.translate(_SAME).translate(_INVISIBLE).strip()


def key(text: str) -> str:
    """Return what two spellings of one word have in common: half width, no blank, no capital."""
    return "".join(plain(text).split()).casefold()
