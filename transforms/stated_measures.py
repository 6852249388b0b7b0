"""Measures where a figure has none beside it: what a line above it states (单位：万元), else the catalogue's."""

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

import polars as pl

from transforms.findings import Finding, Place, shown
from transforms.measures import MeasureIndex
from transforms.texts import plain
from xietong.catalogue import Catalogue, Indicator

_STATED: Final = re.compile(r"(?:.*[\s(（])?(?:计量)?单位\s*:\s*(?P<word>[^)）]+?)\s*[)）]?", re.DOTALL)
#: Longer texts state no measure; a cell may hold megabytes, which are not searched.
_LONGEST: Final = 200
_LINE: Final = r"单\s*位\s*[:：]"
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


def may_state() -> pl.Expr:
    """Return whether a row may state a measure, which is seldom so and cheaply asked of many rows."""
    return pl.any_horizontal(pl.exclude("row").str.contains(_LINE))


def lines_between(
    cells: pl.DataFrame, code: str, measure: str | None, figures: Collection[str]
) -> list[tuple[int, str, str]]:
    """Return the lines among the rows of a form that state a measure: row, measure, cell.

    A line holds no figure, and what names an indicator in ``code`` with ``measure`` beside it is none.
    """
    # The rows of a form begin with a code; only others are looked at.
    others = [row for row, text in cells.select("row", code).iter_rows() if text is None or not text.isascii()]
    if not others:
        return []
    lines = []
    for row in cells.filter(pl.col("row").is_in(others), may_state()).iter_rows(named=True):
        stated = stated_in(row)
        if stated is None:
            continue
        column = stated[1].removesuffix(str(row["row"]))
        has_figures = any(row[other] is not None for other in figures if other != column)
        if not has_figures and (column != measure or row[code] is None):
            lines.append((int(row["row"]), *stated))
    return lines


def contradicts(word: str | None, stated: str | None, measures: MeasureIndex) -> bool:
    """True when two words name different measures of one dimension, so that one of them is wrong for a figure."""
    own, other = (measures.find(each) if each else None for each in (word, stated))
    return own is not None and other is not None and own is not other and own.dimension == other.dimension


def contradiction(place: Place, word: str, stated: str, at: str, lost: tuple[str, str]) -> Finding:
    """Return what is said of figures whose own measure ``word`` is not what the line at ``at`` states for them."""
    own, other = shown(plain(word)), shown(plain(stated))
    return Finding(
        "wrong_measure",
        "critical",
        place,
        zh=f"计量单位写作“{own}”，上方 {at} 却写明“{other}”；请改正其一，{lost[0]}",
        en=f"the measure is “{own}”, but {at} above states “{other}”; correct one of them; {lost[1]}",
        value=own,
        reference=other,
    )


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
