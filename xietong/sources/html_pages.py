"""Tables of web pages, as yearbooks and bulletins publish them, to raw tables.

Pages are parsed without network, entities and scripts. A cell over several rows or columns gives
its text to its first place only, as a merged cell of a workbook does, unless it heads a column. A raised
sign is kept apart from the number that follows it: ``62μg/m<sup>3</sup>77`` is 62, the measure, and 77.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from xietong.frames import CellRange, RawTable, Snapshot, column_letters
from xietong.sources.sheets import check_extent
from xietong.sources.unreadable import UnreadableFileError

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAX_TABLES: Final = 200
_MAX_SPAN: Final = 1000
_MAX_DEPTH: Final = 200
_DROPPED: Final = frozenset({"script", "style", "noscript", "template", "head", "iframe", "object"})
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_BREAKS: Final = frozenset({"br", "p", "div", "li"})
_DECLARED: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_SUPERSCRIPTS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Notes that are raised behind a word or a figure and are no part of it: [1], *, a circled number.
_NOTE: Final = re.compile(
    r"[\[(（【]?\s*(?:[*#†‡]+|注\s*[0-9]*|[①-⑳])\s*[\])）】]?"
    r"|[0-9]{1,2}\s*[)）]|[\[(（【]\s*[0-9]{1,2}\s*[\])）】]"
)


def is_page(data: bytes, file: str) -> bool:
    """True for a file that is named as a page and begins as one."""
    begins = data.startswith(_UTF_16) or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    return begins and file.lower().endswith((".htm", ".html"))


def read_pages(data: bytes, snapshot: Snapshot) -> list[RawTable]:
    """Return the tables of a page in their order, named 表1, 表2, …; tables of layout without a row are left out.

    Raises:
        UnreadableFileError: ``unreadable_page`` (no table, or a frame that only points to the sheets),
            ``too_many_cells``.
    """
    from lxml import etree, html

    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8")
    try:
        root = html.document_fromstring(_decoded(data).encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise _no_table(_parts(data)) from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise _too_deep()
    tables: list[RawTable] = []
    for element in root.iter("table"):
        if not _is_hidden_anywhere(element):
            rows, merged = _expanded(list(_rows(element)))
            if any(any(row) for row in rows):
                tables.append(_table(rows, merged, f"表{len(tables) + 1}", snapshot))
        if len(tables) == _MAX_TABLES:
            break
    if not tables:
        raise _no_table(_parts(data))
    return tables


def _decoded(data: bytes) -> str:
    """Return the page as text: its mark, then UTF-8 if it is that, then what it declares if it fits, then GB18030.

    Declarations of old pages are often wrong, so a page that is valid UTF-8 is read as UTF-8 first.
    """
    if data.startswith(_UTF_16):
        return data.decode("utf-16", errors="replace").replace("\0", "")
    declared = _DECLARED.search(data[:4096])
    for encoding in ("utf-8-sig", "gb18030", declared[1].decode() if declared else "gb18030"):
        try:
            return data.decode(encoding).replace("\0", "")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030", errors="replace").replace("\0", "")


def _is_hidden(element: Any) -> bool:
    return "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")) is not None


def _is_hidden_anywhere(element: Any) -> bool:
    return _is_hidden(element) or any(_is_hidden(each) or each.tag in _DROPPED for each in element.iterancestors())


def _rows(table: Any) -> Iterator[list[tuple[str, int, int]]]:
    """Yield the rows of the table itself, not of those inside its cells: text, columns and rows of each cell."""
    for row in table.iter("tr"):
        owner = next((each for each in row.iterancestors("table")), None)
        if owner is table and not _is_hidden(row):
            yield [
                (_cell_text(cell), _span(cell, "colspan"), _span(cell, "rowspan"))
                for cell in row
                if cell.tag in ("td", "th") and not _is_hidden(cell)
            ]


def _span(cell: Any, name: str) -> int:
    text = cell.get(name, "1").strip()
    return min(max(int(text), 1), _MAX_SPAN) if text.isascii() and text.isdecimal() else 1


def _cell_text(cell: Any) -> str:
    return " ".join("".join(_pieces(cell, 0)).replace("\u00a0", " ").split())


def _pieces(element: Any, depth: int) -> Iterator[str]:
    """Yield the text of an element: raised digits as such with a blank behind, notes and nested tables left out."""
    if depth > _MAX_DEPTH:
        return
    if element.text:
        yield element.text
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "sup":
            yield _raised("".join(child.itertext()))
        elif tag not in _DROPPED and tag != "table" and not _is_hidden(child):
            if tag in _BREAKS:
                yield " "
            yield from _pieces(child, depth + 1)
        if child.tail:
            yield child.tail


def _raised(text: str) -> str:
    word = text.strip()
    return "" if not word or _NOTE.fullmatch(word) else word.translate(_SUPERSCRIPTS) + " "


def _expanded(rows: list[list[tuple[str, int, int]]]) -> tuple[list[list[str]], tuple[CellRange, ...]]:
    """Return the grid that the spans describe, and the spans; every place that a cell covers has its text.

    A header over several columns names each of them, and a unit over several rows each of those. A
    cell that spans the whole table is a title and stands once.
    """
    covered: dict[tuple[int, int], str] = {}
    grid: list[list[str]] = []
    merged: list[CellRange] = []
    cells = 0
    for number, row in enumerate(rows):
        column = 0
        for text, across, down in row:
            while (number, column) in covered:
                column += 1
            is_title = len(row) == 1 and across > 1
            for right in range(across):
                for below in range(min(down, len(rows) - number)):
                    covered[number + below, column + right] = text if not (is_title and right) else ""
            if across * down > 1:
                merged.append(
                    CellRange(column, number + 1, column + across - 1, number + min(down, len(rows) - number))
                )
            column += across
            cells += across * down
            check_extent(column, number + 1)
            check_extent(1, cells // 2)
        width = max((place[1] + 1 for place in covered if place[0] == number), default=0)
        grid.append([covered.pop((number, place), "") for place in range(width)])
    return grid, tuple(merged)


def _table(rows: list[list[str]], merged: tuple[CellRange, ...], name: str, snapshot: Snapshot) -> RawTable:
    width = max(map(len, rows))
    check_extent(width, len(rows))
    columns = {
        column_letters(index): [row[index] if index < len(row) and row[index] else None for row in rows]
        for index in range(width)
    }
    cells = pl.DataFrame(
        {"row": range(1, len(rows) + 1), **columns},
        schema={"row": pl.Int64(), **dict.fromkeys(columns, pl.String())},
    )
    return RawTable(snapshot.sha256, snapshot.file, name, cells, merged)


def _too_deep() -> UnreadableFileError:
    """Return the refusal of a page of which the parser has left out what lies too deep."""
    return UnreadableFileError(
        "unreadable_page",
        reason_zh="网页的嵌套过深，无法完整读取；请另存为简单网页或 .xlsx 后报送",
        reason_en="the page is nested too deep to be read whole; save it as a simple page or as .xlsx and resend it",
        allowed="≤ 256",
    )


def _parts(data: bytes) -> str | None:
    """Return the first file that a frame points to: a workbook saved as a page keeps its sheets beside it."""
    match = re.search(rb"""(?:src|href)\s*=\s*["']?([^"'\s>]*sheet[0-9]+\.html?)""", data, re.IGNORECASE)
    return match[1].decode("ascii", "replace")[:80] if match else None


def _no_table(part: str | None) -> UnreadableFileError:
    hint_zh = f"，它只是框架，表格在 {part} 中，请放入该文件" if part else "；请放入含表格的网页"
    hint_en = f"; it is a frame, the table is in {part}: put that file there" if part else "; give a page that has one"
    return UnreadableFileError(
        "unreadable_page",
        reason_zh=f"网页中没有可读的表格{hint_zh}",
        reason_en=f"the page has no table that can be read{hint_en}",
        allowed=part or "<table>",
    )
