"""What the XML of a sheet tells that a reader of values does not: how far it reaches, and which cells mislead.

A cell may show something else than the number in it: 25 % is stored as 0.25; an error value and a
formula that was never computed come out as empty. Such cells are read here, so that a figure is
taken as a person sees it and nothing that stands in a cell is lost without a word.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from html import unescape
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

from xietong.frames import CellRange, column_number
from xietong.sources.containers import oversized
from xietong.sources.rich_texts import is_marked, marked_text
from xietong.sources.unreadable import UnreadableFileError

MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 4_096
#: Cells of the rectangle that a table spans; the reader of workbooks holds all of it in memory.
MAX_CELLS: Final = 5_000_000
#: Ranges of merged cells of a sheet.
MAX_MERGED: Final = 100_000
#: Characters of all text cells together.
MAX_TEXT: Final = 2**29

_CELL_OPENING: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_CELL_END: Final = re.compile(rb"</(?:\w+:)?c>|<(?:\w+:)?c(?:\s[^>]*)?/>")
_CELL_REFERENCE: Final = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{1,9})([0-9]{1,9})["'][^>]*?(/?)>""")
_CELL: Final = re.compile(rb"<(?:\w+:)?c\s((?:[^>/]|/(?!>))*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_ATTRIBUTE: Final = re.compile(rb"""\b([rst])\s*=\s*["']([^"']*)["']""")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>([^<]*)</)")
_STRING_CELL: Final = re.compile(rb"""\bt\s*=\s*["']s["']""")
_STRING_END: Final = re.compile(rb"</(?:\w+:)?si>")
_MERGED: Final = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7}):([A-Za-z]{1,3})([0-9]{1,7})["']"""
)
_NOT_SCALING: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
#: A comma behind the last digit shows a thousandth of the number: #,##0, and 0!.0, which stands for ten thousands.
_SCALED: Final = re.compile(r"[0#?.],+(?![0#?,])")
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BUILT_IN_PERCENT: Final = frozenset({"9", "10"})


def check_extent(columns: int, rows: int, location: str | None = None) -> None:
    """Refuse a table that spans more than memory should hold.

    Raises:
        UnreadableFileError: ``too_many_cells``.
    """
    if columns <= MAX_COLUMNS and rows <= MAX_ROWS and columns * rows <= MAX_CELLS:
        return
    raise UnreadableFileError(
        "too_many_cells",
        reason_zh=f"表格达 {rows:,} 行 × {columns:,} 列，最多 {MAX_COLUMNS:,} 列、{MAX_CELLS:,} 个单元格",
        reason_en=f"the table spans {rows:,} rows × {columns:,} columns; at most {MAX_COLUMNS:,} columns and "
        f"{MAX_CELLS:,} cells are read",
        allowed=f"≤ {MAX_COLUMNS:,} columns, ≤ {MAX_CELLS:,} cells",
        location=location,
    )


def check_parts(parts: Mapping[str, bytes]) -> None:
    """Refuse a workbook of which a sheet, or all its text, is larger than memory should hold.

    Raises:
        UnreadableFileError: ``too_many_cells``, ``oversized_content``, or ``unreadable_workbook`` where cells do not
            say where they stand.
    """
    string_cells = 0
    for name, content in parts.items():
        if not name.lower().endswith("sharedstrings.xml"):
            _check_sheet(name, content)
            string_cells += len(_STRING_CELL.findall(content))
    for name, content in parts.items():
        if name.lower().endswith("sharedstrings.xml") and string_cells * _longest_string(content) > MAX_TEXT:
            raise oversized("反复引用同一段长文本", "one long text is used over and over")


def _check_sheet(name: str, content: bytes) -> None:
    openings = len(_CELL_OPENING.findall(content))
    if not openings:
        return
    if len(_CELL_END.findall(content)) != openings:
        raise broken_structure()
    references = _CELL_REFERENCE.findall(content)
    if len({(letters.upper(), digits) for letters, digits, _ in references}) != len(references):
        raise broken_structure()
    if len(references) != openings:
        raise UnreadableFileError(
            "unreadable_workbook",
            reason_zh="有单元格未注明位置，无法溯源；请用 Excel 或 WPS 打开并另存为 .xlsx 后报送",
            reason_en="some cells do not say where they stand; open it in Excel or WPS, save it as .xlsx and resend it",
            allowed=".xlsx",
            location=name,
        )
    filled = [(letters, digits) for letters, digits, is_empty in references if not is_empty]
    if filled:
        columns = [column_number(letters.decode().upper()) for letters in {letters for letters, _ in filled}]
        rows = [int(digits) for digits in {digits for _, digits in filled}]
        # Rows are read from the first on, columns from the first that is filled.
        check_extent(max(columns) - min(columns) + 1, max(rows), name)


def _longest_string(content: bytes) -> int:
    """Return an upper bound of the length of the longest shared string."""
    ends = [0, *(match.end() for match in _STRING_END.finditer(content)), len(content)]
    return max(end - start for start, end in pairwise(ends))


@dataclass(frozen=True)
class SheetPart:
    """The part that holds a sheet of cells."""

    name: str
    part: str
    is_hidden: bool


def sheet_parts(parts: Mapping[str, bytes]) -> list[SheetPart]:
    """Return the sheets of cells in the workbook's order.

    Raises:
        UnreadableFileError: two sheets share a name, or the part of one is not there, so that something would be lost.
    """
    relations = {each.get("Id", ""): each for each in _parse(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))}
    sheets: list[SheetPart] = []
    for element in _parse(parts["xl/workbook.xml"]).iter():
        if not element.tag.endswith("}sheet"):
            continue
        relation = relations.get(_relation_of(element))
        if relation is not None and not relation.get("Type", "").endswith("/worksheet"):
            continue  # a sheet that is a chart
        target = "" if relation is None else relation.get("Target", "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        hidden = element.get("state", "visible") != "visible"
        sheets.append(SheetPart(element.get("name", ""), part, hidden))
    names = {sheet.name.casefold() for sheet in sheets}
    if len(names) != len(sheets) or any(sheet.part not in parts for sheet in sheets):
        raise broken_structure()
    return sheets


def _relation_of(sheet: ET.Element) -> str:
    # The strict variant of the format has another namespace for the same attribute.
    return next((value for key, value in sheet.items() if key == _RELATIONSHIP or key.endswith("}id")), "")


def broken_structure() -> UnreadableFileError:
    """Return the refusal of a workbook whose parts contradict each other."""
    return UnreadableFileError(
        "unreadable_workbook",
        reason_zh="工作簿内部结构有误，无法读取；请重新保存为 .xlsx 后报送",
        reason_en="its inner structure is broken and cannot be read; save it as .xlsx again and resend it",
        allowed=".xlsx",
    )


@dataclass(frozen=True)
class Styles:
    """The numbers, as cells give them, of styles that show another number than the one that is stored.

    ``percents`` show it times 100 with a percent sign, ``scaled`` a thousandth of it, or less (``#,##0,``).
    """

    percents: frozenset[bytes] = frozenset()
    scaled: frozenset[bytes] = frozenset()


def misleading_styles(parts: Mapping[str, bytes]) -> Styles:
    """Return the styles of a workbook that show another number than the stored one."""
    content = parts.get("xl/styles.xml")
    if content is None:
        return Styles()
    root = _parse(content)
    percents, scaled = set(_BUILT_IN_PERCENT), set()
    for element in root.iter():
        if element.tag.endswith("}numFmt"):
            code = _NOT_SCALING.sub("", element.get("formatCode", ""))
            if "%" in code:
                percents.add(element.get("numFmtId", ""))
            elif _SCALED.search(code):
                scaled.add(element.get("numFmtId", ""))
    cell_styles = next((element for element in root if element.tag.endswith("}cellXfs")), ())

    def numbers(formats: set[str]) -> frozenset[bytes]:
        return frozenset(b"%d" % number for number, xf in enumerate(cell_styles) if xf.get("numFmtId") in formats)

    return Styles(numbers(percents), numbers(scaled))


def _parse(content: bytes) -> ET.Element:
    try:
        # Containers refuse every document type declaration, so there is no entity to expand.
        return ET.fromstring(content)  # noqa: S314
    except (ET.ParseError, ValueError) as error:
        raise broken_structure() from error


def merged_ranges(content: bytes) -> tuple[CellRange, ...]:
    """Return the ranges of cells that a sheet shows as one, in its order.

    Raises:
        UnreadableFileError: ``oversized_content``: there are more than ``MAX_MERGED``.
    """
    if b"ergeCell" not in content:
        return ()
    if content.count(b"ergeCell ") > MAX_MERGED:
        raise oversized(f"合并单元格超过 {MAX_MERGED:,} 处", f"more than {MAX_MERGED:,} ranges of merged cells")
    return tuple(
        CellRange(
            column_number(first.decode().upper()) - 1, int(row), column_number(last.decode().upper()) - 1, int(last_row)
        )
        for first, row, last, last_row in _MERGED.findall(content)
    )


def misleading_cells(content: bytes, styles: Styles, marked: Mapping[bytes, str]) -> Iterator[tuple[str, int, str]]:
    """Yield column, row and the text a person sees, where a reader of values gives another one.

    That is of percentages, numbers that are shown scaled down, error values, formulas without a result, and texts
    of which a part is raised or struck out (``marked``, by their number).
    """
    told = b"<f" in content or b":f" in content or b'"e"' in content or b"'e'" in content or is_marked(content)
    if not (styles.percents or styles.scaled or marked or told):
        return
    for match in _CELL.finditer(content):
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        text = _as_seen(attributes, match[2], styles, marked)
        if text is None:
            continue
        reference = attributes[b"r"].decode()
        letters = reference.rstrip("0123456789")
        yield letters.upper(), int(reference[len(letters) :]), text


def _as_seen(attributes: Mapping[bytes, bytes], body: bytes, styles: Styles, marked: Mapping[bytes, str]) -> str | None:
    value = _VALUE.search(body)
    kind = attributes.get(b"t", b"n")
    if kind == b"e":
        return value[1].decode("utf-8", "replace") if value else "#ERROR"
    formula = _FORMULA.search(body)
    if formula is not None and (value is None or not value[1]) and kind != b"str":
        return "=" + unescape((formula[1] or b"").decode("utf-8", "replace"))
    if kind == b"inlineStr":
        return marked_text(body) if is_marked(body) else None
    if value is None:
        return None
    return marked.get(value[1].strip()) if kind == b"s" else _number_as_seen(attributes, kind, value[1], styles)


def _number_as_seen(attributes: Mapping[bytes, bytes], kind: bytes, value: bytes, styles: Styles) -> str | None:
    style, stored = attributes.get(b"s", b"0"), value.decode("utf-8", "replace")
    if kind != b"n":
        return None
    if style in styles.percents:
        return percent_text(stored)
    # Zero is zero in thousands, too.
    is_scaled = style in styles.scaled and stored.strip("0. -") != ""
    return f"{stored}（缩小显示）" if is_scaled else None


def percent_text(stored: str) -> str | None:
    """Return a stored number as the percentage that is shown: ``0.07`` is ``7%``; None when it is no number."""
    try:
        return f"{(Decimal(repr(float(stored))) * 100).normalize():f}%"
    except (InvalidOperation, ValueError):
        return None
