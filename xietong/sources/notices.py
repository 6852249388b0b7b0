"""What a person should know of a sheet that can be read: figures that a formula made, and cells nobody sees."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from xietong.frames import RawTable, Snapshot, column_letters
from xietong.sources.unreadable import file_finding

_FORMULA_CELL: Final = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]+[0-9]+)["'][^>]*>(?:<[^vc/][^>]*/>|\s)*<(?:\w+:)?f[\s>/]"""
)
_HIDDEN_ROW: Final = re.compile(
    rb"""<(?:\w+:)?row\s(?=[^>]*\b(?:hidden\s*=\s*["'](?:1|true)|ht\s*=\s*["']0(?:\.0*)?)["'])[^>]*?\br\s*=\s*["'](\d+)"""
)
_HIDDEN_COLUMNS: Final = re.compile(
    rb"""<(?:\w+:)?col\s(?=[^>]*\b(?:hidden\s*=\s*["'](?:1|true)|width\s*=\s*["']0(?:\.0*)?)["'])([^>]*)>"""
)
#: Most sheets hide nothing: neither by the mark nor by a height or width of nothing.
_MAY_HIDE: Final = re.compile(rb"""hidden|\b(?:ht|width)\s*=\s*["']0""")
_BOUND: Final = re.compile(rb"""\b(min|max)\s*=\s*["'](\d{1,5})["']""")
#: Cells that a sentence names before it says how many there are.
_NAMED: Final = 5


@dataclass(frozen=True)
class Notice:
    """One thing to tell of a sheet; ``place`` is its first cell, row or column, null the whole sheet."""

    rule: str
    place: str | None
    zh: str
    en: str


@dataclass(frozen=True)
class NotedTable(RawTable):
    """A sheet with what should be told of it beside its cells."""

    notices: tuple[Notice, ...] = ()

    def findings(self, snapshot: Snapshot) -> Iterator[pl.DataFrame]:
        """Yield one row of ``FINDINGS`` a notice."""
        for notice in self.notices:
            yield file_finding(
                notice.rule,
                "warning",
                file=self.file,
                location="!".join(part for part in (self.sheet, notice.place) if part),
                reason_zh=notice.zh,
                reason_en=notice.en,
                snapshot=snapshot,
            )


def notices_of(content: bytes, cells: pl.DataFrame, told: Collection[str], *, is_hidden: bool) -> tuple[Notice, ...]:
    """Return what should be told of the sheet of this XML and these cells; ``told`` are cells that speak already."""
    filled = [column for column in cells.columns[1:] if cells[column].count()]
    if not filled:
        return ()
    if is_hidden:
        return (
            Notice(
                "hidden_cells",
                None,
                "工作表是隐藏的，其中的数据同样读取；请取消隐藏并核对",
                "the sheet is hidden, and its figures are read all the same; show it and check them",
            ),
        )
    return (*_formulas(content, told), *_hidden(content, cells, filled))


def _formulas(content: bytes, told: Collection[str]) -> Iterator[Notice]:
    if b"<f" not in content and b":f" not in content:
        return
    formulas = (match.decode().upper() for match in _FORMULA_CELL.findall(content))
    places = [place for place in formulas if place not in told]
    if places:
        yield Notice(
            "formula_value",
            places[0],
            f"{_listed(places, '、')}共 {len(places)} 个单元格是公式，按文件中保存的计算结果采用；请核对并粘贴为数值",
            f"{_listed(places, ', ')} ({len(places)} cells) are formulas, used with the results that the file keeps; "
            "check them and paste them as values",
        )


def _hidden(content: bytes, cells: pl.DataFrame, filled: Sequence[str]) -> Iterator[Notice]:
    if _MAY_HIDE.search(content) is None:
        return
    numbers = {int(number) for number in _HIDDEN_ROW.findall(content)}
    held = cells.filter(pl.col("row").is_in(sorted(numbers)), pl.any_horizontal(pl.col(filled).is_not_null()))
    bounds = [dict(_BOUND.findall(attributes)) for attributes in _HIDDEN_COLUMNS.findall(content)]
    ranges = [range(int(each.get(b"min", 1)) - 1, int(each.get(b"max", 1))) for each in bounds]
    places = [str(row) for row in held["row"]]
    places += [letters for spread in ranges for letters in map(column_letters, spread) if letters in filled]
    if places:
        yield Notice(
            "hidden_cells",
            places[0],
            f"隐藏的行、列 {_listed(places, '、')} 中有内容，同样读取；请取消隐藏并核对",
            f"the hidden rows or columns {_listed(places, ', ')} hold something, which is read all the same; "
            "show them and check it",
        )


def _listed(places: Sequence[str], mark: str) -> str:
    return mark.join(places[:_NAMED]) + (" …" if len(places) > _NAMED else "")
