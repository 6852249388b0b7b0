"""Measures where a figure has none beside it: what stands above the header (单位：万元), else the catalogue's."""

import re
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from transforms.findings import Finding, Place, shown
from transforms.measures import MeasureIndex
from transforms.texts import plain
from xietong.catalogue import Catalogue, Indicator

_STATED: Final = re.compile(r"(?:.*[\s(（])?(?:计量)?单位\s*:\s*(?P<word>[^)）]+?)\s*[)）]?", re.DOTALL)
#: Longer texts state no measure; a cell may hold megabytes, which are not searched.
_LONGEST: Final = 200
_IN_BRACKETS: Final = re.compile(r"\s*[(（\[](?P<word>[^()（）\[\]]+)[)）\]]$")


def stated_measure(cells: pl.DataFrame, header: int) -> tuple[str, str] | None:
    """Return the measure that a row above the header states, with its cell; None when none does.

    A statement of several measures is returned as it stands: it names no measure of the catalogue.
    """
    above = cells.filter(pl.col("row") < header)
    for row in above.iter_rows(named=True):
        if (stated := stated_in(row)) is not None:
            return stated
    return None


def stated_in(row: dict[str, Any]) -> tuple[str, str] | None:
    """Return the measure that a row of cells states (单位：万元), with its cell; None when it states none."""
    for column, text in row.items():
        is_short = isinstance(text, str) and len(text) <= _LONGEST
        match = _STATED.fullmatch(plain(text)) if isinstance(text, str) and is_short else None
        if match:
            return match["word"], f"{column}{row['row']}"
    return None


def measure_in_brackets(words: str, measures: MeasureIndex) -> str | None:
    """Return the measure in the brackets that end a heading or a name: 地区生产总值（万元）; None without one."""
    match = _IN_BRACKETS.search(plain(words)) if len(words) <= _LONGEST else None
    return match["word"] if match and measures.find(match["word"]) is not None else None


def without_brackets(words: str) -> str:
    """Return a heading without the brackets that end it."""
    return _IN_BRACKETS.sub("", plain(words)) if len(words) <= _LONGEST else words


def assumed_measures(rows: pl.DataFrame, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield for each indicator of a file that its figures stand beside empty places for a measure.

    ``rows`` are those of a long table with ``indicator_code`` and the words and locations of their fields. A figure
    with a percent sign has its measure with it.
    """
    is_bare = pl.col("measure").fill_null("").str.strip_chars(" \t\r\n\u3000\u00a0") == ""
    has_sign = pl.col("value").str.contains("[%％‰]")
    empty = rows.filter(pl.col("measure_location").is_not_null(), is_bare, ~has_sign)
    for _, group in empty.group_by("snapshot", "indicator_code", maintain_order=True):
        row = group.row(0, named=True)
        indicator = catalogue.indicators_by_code[row["indicator_code"]]
        place = Place.at(row["file"], row["snapshot"], row["measure_location"])
        yield assumed(place, indicator, group.height, row["unit_code"], row["period"])


def assumed(place: Place, indicator: Indicator, count: int, unit_code: str, period: str | None = None) -> Finding:
    """Return what is said of ``count`` figures of an indicator without a measure, of ``period`` where it is one."""
    return Finding(
        "assumed_measure",
        "info",
        place,
        zh=f"没有写“{indicator.name.zh}”的计量单位，其 {count} 个数据按 {indicator.measure} 采用，请核对",
        en=f"no measure stands beside {indicator.name.en}; {indicator.measure} is assumed for its figures "
        f"({count}), please check it",
        reference=indicator.measure,
        unit_code=unit_code,
        indicator_code=indicator.code,
        period=period if count == 1 else None,
    )


def other_measure(place: Place, word: str, expected: str, indicator_code: str | None = None) -> Finding:
    """Return what is said of a table that states another measure than the catalogue has for its source."""
    return Finding(
        "wrong_measure",
        "critical",
        place,
        zh=f"表中写明计量单位为“{shown(word)}”，而来源目录规定为“{expected}”；请核对来源目录，其数据未采用",
        en=f"the table states the measure “{shown(word)}”, but the catalogue has “{expected}” for its source; correct "
        "one of them; its figures are not used",
        value=shown(word),
        reference=expected,
        indicator_code=indicator_code,
    )
