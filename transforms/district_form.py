"""District forms to figure cells: one workbook a unit and year, laid out as ``xietong.workbook`` says.

The cover decides who reports; a doubt there costs the whole file, because a figure that is booked
for the wrong district is worse than none.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from transforms.figures import FIGURES
from transforms.findings import Finding, Place, refused_figures, shown
from transforms.form_cover import read_cover
from transforms.form_measures import with_measures
from transforms.form_sheets import FormSheet, data_sheets, rows_of
from transforms.indicator_names import IndicatorIndex, is_allowed
from transforms.period_texts import allowed_periods, lacks_year, read_period, serial_number
from transforms.stated_measures import lines_between
from transforms.texts import key
from transforms.unit_histories import is_total
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, Indicator, Source
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot
from xietong.periods import Frequency, parse_period

_BLANKS: Final = " \t\r\n\u3000\u00a0"
#: One row: one cell under the header, right of the words of its row.
_CELLS: Final = pl.Schema(
    {
        "sheet_number": pl.UInt32(),
        "row": pl.Int64(),
        "column": pl.String(),
        "code": pl.String(),
        "name": pl.String(),
        "measure": pl.String(),
        "text": pl.String(),
        "stated": pl.String(),  # the measure that the last line above states, with its cell
        "stated_at": pl.String(),
    }
)


def read_forms(
    files: Sequence[tuple[Snapshot, Sequence[RawTable]]], source: Source, catalogue: Catalogue, origin: Origin
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the figure cells of the forms as ``FIGURES``, and what was found wrong around them."""
    units = UnitIndex(catalogue.units, source.units_as_of)
    findings: list[Finding] = []
    sheets: list[FormSheet] = []
    for snapshot, tables in files:
        told = len(findings)
        cover = read_cover(snapshot, tables, units, origin, findings)
        if cover is None:
            continue
        own = list(data_sheets(tables, cover, findings))
        if len(findings) == told and not any(map(_holds_something, own)):
            findings.append(_no_figures(snapshot, cover.unit_code))
        sheets += own
    if not sheets:
        return pl.DataFrame(schema=FIGURES), findings
    cells = pl.concat([_cells(number, sheet, findings) for number, sheet in enumerate(sheets)])
    cells = cells.filter(pl.col("text").str.strip_chars(_BLANKS) != "")
    indicators = IndicatorIndex(catalogue, source)
    cells = _with_indicators(cells, sheets, indicators, origin, findings)
    cells = _with_periods(cells, sheets, findings)
    cells = with_measures(cells, sheets, catalogue, findings)
    return _figures(cells, sheets), findings


def _holds_something(sheet: FormSheet) -> bool:
    cells = sheet.table.cells.filter(pl.col("row") > sheet.header.row).select(*sheet.header.periods)
    return any(column.count() > 0 for column in cells.iter_columns())


def _no_figures(snapshot: Snapshot, unit_code: str) -> Finding:
    return Finding(
        "no_figures",
        "warning",
        Place(snapshot.file, snapshot.sha256),
        zh="填报表中没有一个数据；请填写，或确认确无数据",
        en="the form holds not a single figure; fill it in, or confirm that there is nothing to report",
        unit_code=unit_code,
    )


def _cells(number: int, sheet: FormSheet, findings: list[Finding]) -> pl.DataFrame:
    header = sheet.header
    cells = rows_of(sheet, findings)
    lines = lines_between(cells, header.code, header.measure, header.periods)
    cells = cells.filter(~pl.col("row").is_in([row for row, _, _ in lines])) if lines else cells
    above = [(header.row, *header.stated)] if header.stated else []
    empty = pl.lit(None, dtype=pl.String)
    words = cells.select(
        pl.lit(number, dtype=pl.UInt32).alias("sheet_number"),
        "row",
        pl.col(header.code).alias("code"),
        (pl.col(header.name) if header.name else empty).alias("name"),
        (pl.col(header.measure) if header.measure else empty).alias("measure"),
        _last(above + lines, 1).alias("stated"),
        _last(above + lines, 2).alias("stated_at"),
    )
    others = ("row", header.code, header.name, header.measure, *header.notes)
    columns = [name for name in cells.columns if name not in others]
    if not columns:
        return pl.DataFrame(schema=_CELLS)
    long = pl.concat([words, cells.select(columns)], how="horizontal").unpivot(
        columns, index=words.columns, variable_name="column", value_name="text"
    )
    return long.filter(pl.col("text").is_not_null()).select(_CELLS.names())


def _last(lines: Sequence[tuple[int, str, str]], field: int) -> pl.Expr:
    """Return a field of the last line above each row."""
    found = pl.lit(None, dtype=pl.String)
    for line in lines:
        found = pl.when(pl.col("row") > line[0]).then(pl.lit(line[field])).otherwise(found)
    return found


def _with_indicators(
    cells: pl.DataFrame,
    sheets: Sequence[FormSheet],
    indicators: IndicatorIndex,
    origin: Origin,
    findings: list[Finding],
) -> pl.DataFrame:
    """Return the cells whose row names an indicator that may be reported, with its code."""
    words = cells.select("code", "name").unique().sort("code", "name", nulls_last=True)
    meanings = [(code, name, _indicator_code(code, name, indicators, origin)) for code, name in words.iter_rows()]
    schema = dict.fromkeys(("code", "name", "indicator_code"), pl.String)
    table = pl.DataFrame(meanings, schema=schema, orient="row")
    cells = cells.join(table, on=["code", "name"], how="left", nulls_equal=True, maintain_order="left")
    refused = cells.filter(pl.col("indicator_code").is_null())
    for _, group in refused.group_by("sheet_number", "row", maintain_order=True):
        row = group.row(0, named=True)
        sheet = sheets[row["sheet_number"]]
        findings.append(_wrong_indicator(sheet, row["row"], row["code"], row["name"], group.height, indicators))
    return cells.filter(pl.col("indicator_code").is_not_null())


def _indicator_code(code: str | None, name: str | None, indicators: IndicatorIndex, origin: Origin) -> str | None:
    indicator = indicators.find(code) if code else None
    if indicator is None or not is_allowed(indicator, origin) or _other_name(indicator, name, indicators):
        return None
    return indicator.code


def _other_name(indicator: Indicator, name: str | None, indicators: IndicatorIndex) -> Indicator | None:
    """Return the indicator that the name in the row of a code is of, if it is another one."""
    if not name or key(name) in key(indicator.name.zh):
        return None
    named = indicators.named(name)
    return None if named is indicator else named


def _wrong_indicator(
    sheet: FormSheet, row: int, code: str | None, name: str | None, count: int, indicators: IndicatorIndex
) -> Finding:
    indicator = indicators.find(code) if code else None
    if indicator is None:
        return _unknown_indicator(sheet, row, code or "", count, indicators)
    place = sheet.place(sheet.header.code, row)
    lost_zh, lost_en = refused_figures(count)
    written = shown(code or "")
    named = _other_name(indicator, name, indicators)
    if named is not None:
        return Finding(
            "indicator_code_name_mismatch",
            "critical",
            place,
            zh=f"代码“{written}”是“{indicator.name.zh}”，同行的名称却是“{named.name.zh}”；请改正其一，{lost_zh}",
            en=f"the code “{written}” is {indicator.name.en}, but its row is named {named.name.en}; "
            f"correct one of them; {lost_en}",
            value=written,
            reference=f"{indicator.code}, {named.code}",
            unit_code=sheet.unit_code,
        )
    return Finding(
        "derived_indicator",
        "critical",
        place,
        zh=f"“{indicator.name.zh}”由系统计算，不接受填报；{lost_zh}",
        en=f"{indicator.name.en} is computed by the system and cannot be reported; {lost_en}",
        value=written,
        unit_code=sheet.unit_code,
        indicator_code=indicator.code,
    )


def _unknown_indicator(sheet: FormSheet, row: int, code: str, count: int, indicators: IndicatorIndex) -> Finding:
    lost_zh, lost_en = refused_figures(count)
    written = shown(code)
    likely = ", ".join(indicators.closest(code))
    hint_zh = f"，是否为 {likely}" if likely else ""
    hint_en = f", perhaps {likely} is meant" if likely else ""
    likely = "" if is_total(written) else likely
    stands_zh, stands_en = (
        (f"指标代码“{written}”不在指标目录之中", f"“{written}”")
        if written
        else (
            "此处没有指标代码",
            "nothing",
        )
    )
    return Finding(
        "unknown_indicator",
        "critical",
        sheet.place(sheet.header.code, row),
        zh=f"{stands_zh}{hint_zh}；只能用填报表所列的代码，{lost_zh}",
        en=f"{stands_en} stands where a code of the catalogue must{hint_en}; {lost_en}",
        value=written or None,
        reference=likely or None,
        unit_code=sheet.unit_code,
    )


def _with_periods(cells: pl.DataFrame, sheets: Sequence[FormSheet], findings: list[Finding]) -> pl.DataFrame:
    """Return the cells whose column names a period of the sheet's frequency in the year of the cover, with it."""
    counts = cells.group_by("sheet_number", "column", maintain_order=True).len()
    rows: list[tuple[int, str, str | None]] = []
    for number, column, count in counts.iter_rows():
        sheet = sheets[number]
        text = sheet.header.periods.get(column)
        period = read_period(text, sheet.frequency, sheet.year) if text else None
        if period is None:
            findings.append(_wrong_period(sheet, column, text, count))
        elif sheet.year is not None and parse_period(period)[1] != sheet.year:
            findings.append(_other_year(sheet, column, period, count))
            period = None
        rows.append((number, column, period))
    schema = {"sheet_number": pl.UInt32, "column": pl.String, "period": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    cells = cells.join(table, on=["sheet_number", "column"], how="left", maintain_order="left")
    return cells.filter(pl.col("period").is_not_null())


def _other_year(sheet: FormSheet, column: str, period: str, count: int) -> Finding:
    lost_zh, lost_en = refused_figures(count)
    return Finding(
        "period_outside_year",
        "critical",
        sheet.place(column, sheet.header.row),
        zh=f"期间 {period} 不在封面的填报年度 {sheet.year} 之内；请改正其一，{lost_zh}",
        en=f"the period {period} lies outside the year {sheet.year} of the cover; correct one of them; {lost_en}",
        value=period,
        reference=str(sheet.year),
        unit_code=sheet.unit_code,
        period=period,
    )


def _wrong_period(sheet: FormSheet, column: str, text: str | None, count: int) -> Finding:
    lost_zh, lost_en = refused_figures(count)
    allowed, word = allowed_periods([sheet.frequency]), _WORDS[sheet.frequency]
    other = read_period(text) if text else None
    hint_zh, hint_en = serial_number(text or "")
    if text and lacks_year(text, sheet.frequency):
        why_zh, why_en = "没有年份，封面也没有填报年度", ", without a year, which the cover does not give either,"
    else:
        why_zh = f"不是{word}" + (f"，而是{_WORDS[parse_period(other)[0]]}" if other else "")
        why_en = hint_en
    stands_zh, stands_en = (f"“{shown(text)}”{hint_zh}", f"“{shown(text)}”") if text else ("空白", "nothing")
    return Finding(
        "wrong_period",
        "critical",
        sheet.place(column, sheet.header.row),
        zh=f"表头为{stands_zh}，{why_zh}；可写 {allowed}；{lost_zh}",
        en=f"{stands_en}{why_en} stands in the header where a {sheet.frequency} such as {allowed} must; {lost_en}",
        value=shown(text) if text else None,
        reference=allowed,
        unit_code=sheet.unit_code,
    )


_WORDS: Final[dict[Frequency, str]] = {"month": "月份", "quarter": "季度", "year": "年份"}


def _figures(cells: pl.DataFrame, sheets: Sequence[FormSheet]) -> pl.DataFrame:
    """Return the cells as ``FIGURES``, in the order of files, sheets, rows and columns."""
    known = pl.DataFrame(
        {
            "sheet_number": pl.Series(range(len(sheets)), dtype=pl.UInt32),
            "snapshot": [sheet.table.snapshot for sheet in sheets],
            "file": [sheet.table.file for sheet in sheets],
            "sheet": [sheet.table.sheet for sheet in sheets],
            "unit_code": [sheet.unit_code for sheet in sheets],
            "received_at": pl.Series([sheet.received_at for sheet in sheets], dtype=pl.Datetime("us", "UTC")),
        }
    )
    ordered = cells.sort("sheet_number", "row", pl.col("column").str.len_bytes(), "column")
    empty = pl.lit(None, dtype=pl.String)
    return ordered.join(known, on="sheet_number", how="left", maintain_order="left").select(
        "snapshot",
        "file",
        pl.format("{}!{}{}", "sheet", "column", "row").alias("location"),
        "unit_code",
        empty.alias("part_code"),
        "indicator_code",
        "period",
        "text",
        "measure",
        pl.format("{}!{}", "sheet", "measure_cell").alias("measure_location"),
        pl.lit("reported").alias("status"),
        "received_at",
        empty.alias("source_note"),
    )
