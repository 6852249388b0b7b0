"""Long tables to figure cells: one row a figure, with columns that the catalogue names for the source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from transforms.figures import FIGURES
from transforms.findings import Finding, Place, shown
from transforms.indicator_names import IndicatorIndex, is_allowed
from transforms.measures import MeasureIndex
from transforms.period_texts import EXAMPLES, allowed_periods, read_period, reported_for, serial_number
from transforms.receipt_dates import AHEAD, midnight, read_date, wrong_receipt
from transforms.stated_measures import assumed_measures
from transforms.table_rows import BLANKS, TableReader, times
from transforms.texts import plain
from transforms.unit_histories import about_total, is_total, no_more, without_earlier_units
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, LongTableColumns, Source
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot
from xietong.periods import Frequency

#: Words for the status of a figure. A preliminary figure is one that was reported and may be revised.
_STATUSES: Final = {
    **dict.fromkeys(("报送", "上报", "正式", "初步", "初步数", "初步核算数", "快报", "快报数"), "reported"),
    **dict.fromkeys(("修订", "修订数", "修正", "更正", "最终核实数", "最终核实"), "revised"),
    **dict.fromkeys(("估算", "估计", "估计数", "推算", "推算数"), "estimated"),
}
_Row = dict[str, Any]


@dataclass(frozen=True)
class _Reading:
    """What the rows of one source are read with."""

    source: Source
    columns: LongTableColumns
    catalogue: Catalogue
    origin: Origin
    tables: TableReader

    @property
    def findings(self) -> list[Finding]:
        """Return what was found wrong so far, of tables and of words in them."""
        return self.tables.findings


def read_long_tables(
    files: Sequence[tuple[Snapshot, Sequence[RawTable]]], source: Source, catalogue: Catalogue, origin: Origin
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the figure cells of the tables as ``FIGURES``, and what was found wrong around them."""
    columns = source.columns
    if columns is None:
        raise ValueError(f"source {source.code} is a long_table without columns")
    reading = _Reading(source, columns, catalogue, origin, TableReader(columns, MeasureIndex(catalogue.measures)))
    frames = [_rows(snapshot, table, reading) for snapshot, tables in files for table in tables]
    frames = [frame for frame in frames if not frame.is_empty()]
    if not frames:
        return pl.DataFrame(schema=FIGURES), reading.findings
    rows = pl.concat(frames)
    for step in (_with_units, _with_indicators, _with_periods, _with_receipt):
        rows = step(rows, reading)
    return rows.select(FIGURES.names()).cast(FIGURES), reading.findings


def _rows(snapshot: Snapshot, table: RawTable, reading: _Reading) -> pl.DataFrame:
    """Return the rows under the headers that hold a value, with the words of each field and where they stand."""
    told = len(reading.findings)
    rows = reading.tables.rows(snapshot, table)
    if rows.is_empty() and len(reading.findings) > told:
        return rows
    rows = _without_empty(rows, reading)
    if rows.is_empty() and len(reading.findings) == told:
        reading.findings.append(_no_figures(Place(table.file, table.snapshot, table.sheet)))
    return rows


def _without_empty(rows: pl.DataFrame, reading: _Reading) -> pl.DataFrame:
    """Return the rows that hold a value; where a value is absent because fields moved, that is told of.

    A row with no value reports nothing; but one whose period is no period has lost a field before it.
    """
    is_filled = pl.col("value").str.strip_chars(BLANKS) != ""
    empty = rows.filter(~is_filled.fill_null(value=False), pl.col("indicator").is_not_null())
    words = [word for word in empty["period"].unique().drop_nulls().sort() if plain(word)]
    wrong = [word for word in words if not any(read_period(word, frequency) for frequency in (None, *EXAMPLES))]
    if wrong:
        moved = empty.filter(pl.col("period").is_in(wrong)).rename({"period": "period_text", "period_location": "at"})
        moved = moved.with_columns(period_location="at", unit_code=pl.lit(None), indicator_code=pl.lit(None))
        _refuse_words(moved, "period_text", reading, _wrong_period)
    return rows.filter(is_filled)


def _no_figures(place: Place) -> Finding:
    return Finding(
        "no_figures",
        "warning",
        place,
        zh="表头之下没有一个数据；请填写，或确认确无数据",
        en="there is not a single figure under the header; fill it in, or confirm that there is nothing to report",
    )


def _refuse_words(rows: pl.DataFrame, field: str, reading: _Reading, tell: Callable[[_Row, int], Finding]) -> None:
    """Tell of each wrong word once a file, at the first cell where it stands, with how often it stands."""
    for _, group in rows.group_by("snapshot", field, maintain_order=True):
        reading.findings.append(tell(group.row(0, named=True), group.height))


def _place(row: _Row, field: str) -> Place:
    return Place.at(row["file"], row["snapshot"], row[f"{field}_location"] or row["value_location"])


def _joined(rows: pl.DataFrame, table: dict[str | None, str | None], word: str, meaning: str) -> pl.DataFrame:
    known = pl.DataFrame(
        {word: list(table), meaning: list(table.values())}, schema={word: pl.String, meaning: pl.String}
    )
    return rows.join(known, on=word, how="left", nulls_equal=True, maintain_order="left")


def _with_units(rows: pl.DataFrame, reading: _Reading) -> pl.DataFrame:
    constant = reading.columns.unit_constant
    if constant is not None:
        return rows.with_columns(unit_code=pl.lit(constant), part_code=pl.lit(None, dtype=pl.String))
    units = UnitIndex(reading.catalogue.units, reading.source.units_as_of)
    listed = {word: units.find(word) if word else None for word in rows["unit"].unique().sort()}
    rows = _joined(rows, {word: unit.unit_code if unit else None for word, unit in listed.items()}, "unit", "unit_code")
    parts = {word: unit.code if unit and units.parts(unit.unit_code) else None for word, unit in listed.items()}
    rows = _joined(rows, parts, "unit", "part_code")

    def tell(row: _Row, count: int) -> Finding:
        word = shown(row["unit"] or "")
        if not word:
            return _absent_word(row, "unit", "单位", count)
        likely = "" if is_total(word) else "、".join(units.closest(word))
        hint_zh, hint_en = (
            about_total(word)
            or no_more(word, reading.catalogue.units)
            or (
                f"，是否为 {likely}" if likely else "",
                f", perhaps {likely.replace('、', ', ')} is meant" if likely else "",
            )
        )
        lost_zh, lost_en = times(count)
        return Finding(
            "unknown_unit",
            "critical",
            _place(row, "unit"),
            zh=f"“{word}”不是目录所列 {len(units.names())} 个单位之一{hint_zh}；{lost_zh}",
            en=f"“{word}” is none of the {len(units.names())} units of the catalogue{hint_en}; {lost_en}",
            value=word,
            reference=likely or None,
        )

    _refuse_words(rows.filter(pl.col("unit_code").is_null()), "unit", reading, tell)
    return rows.filter(pl.col("unit_code").is_not_null())


def _with_indicators(rows: pl.DataFrame, reading: _Reading) -> pl.DataFrame:
    constant = reading.columns.indicator_constant
    if constant is not None:
        return rows.with_columns(indicator_code=pl.lit(constant))
    indicators = IndicatorIndex(reading.catalogue, reading.source)
    rows = rows.filter(~pl.col("indicator").is_in(_ignored(rows, indicators)).fill_null(value=False))
    meanings: dict[str | None, str | None] = {}
    for word in rows["indicator"].unique().sort():
        indicator = indicators.find(word) if word else None
        meanings[word] = indicator.code if indicator and is_allowed(indicator, reading.origin) else None
    rows = _joined(rows, meanings, "indicator", "indicator_code")

    def tell(row: _Row, count: int) -> Finding:
        return _unknown_indicator(row, count, indicators)

    _refuse_words(rows.filter(pl.col("indicator_code").is_null()), "indicator", reading, tell)
    return rows.filter(pl.col("indicator_code").is_not_null())


def _ignored(rows: pl.DataFrame, indicators: IndicatorIndex) -> list[str]:
    return [word for word in rows["indicator"].unique().drop_nulls().sort() if indicators.is_ignored(word)]


def _unknown_indicator(row: _Row, count: int, indicators: IndicatorIndex) -> Finding:
    word = shown(row["indicator"] or "")
    if not word:
        return _absent_word(row, "indicator", "指标", count)
    lost_zh, lost_en = times(count)
    indicator = indicators.find(word) if word else None
    if indicator is not None:
        return Finding(
            "derived_indicator",
            "critical",
            _place(row, "indicator"),
            zh=f"“{indicator.name.zh}”由系统计算，不接受填报；{lost_zh}",
            en=f"{indicator.name.en} is computed by the system and cannot be reported; {lost_en}",
            value=word,
            indicator_code=indicator.code,
            unit_code=row["unit_code"],
        )
    likely = ", ".join(indicators.closest(word))
    return Finding(
        "unknown_indicator",
        "critical",
        _place(row, "indicator"),
        zh=f"“{word}”不在指标目录之中，来源目录也没有说明它的含义{f'，是否为 {likely}' if likely else ''}；{lost_zh}",
        en=f"“{word}” is no indicator of the catalogue, nor a word that its source is known to use"
        f"{f', perhaps {likely} is meant' if likely else ''}; {lost_en}",
        value=word,
        reference=likely or None,
        unit_code=row["unit_code"],
    )


def _with_periods(rows: pl.DataFrame, reading: _Reading) -> pl.DataFrame:
    """Return the rows with their periods; a date is read by the frequency of its indicator.

    What is published may cover longer periods than the indicator's own: there 31 December ends several.
    """
    allowed = {
        indicator.code: reported_for(indicator.frequency, longer=reading.origin == "published")
        for indicator in reading.catalogue.indicators
    }
    words = rows.select("indicator_code", pl.col("period").alias("period_text")).unique()
    known = [
        (code, word, (read_period(word) or _period_of_day(word, allowed[code])) if word else None)
        for code, word in words.sort("indicator_code", "period_text").iter_rows()
    ]
    schema = dict.fromkeys(("indicator_code", "period_text", "period"), pl.String)
    table = pl.DataFrame(known, schema=schema, orient="row")
    rows = rows.rename({"period": "period_text"}).join(
        table, on=["indicator_code", "period_text"], how="left", nulls_equal=True, maintain_order="left"
    )

    _refuse_words(rows.filter(pl.col("period").is_null()), "period_text", reading, _wrong_period)
    rows = rows.filter(pl.col("period").is_not_null())
    if reading.source.units_as_of is not None:
        return rows
    return without_earlier_units(rows, reading.catalogue.units, reading.findings)


def _period_of_day(word: str, frequencies: Sequence[Frequency]) -> str | None:
    """Return the one period of these frequencies that a date begins or ends; None when there is none, or several."""
    periods = {period for frequency in frequencies if (period := read_period(word, frequency)) is not None}
    return periods.pop() if len(periods) == 1 else None


def _absent_word(row: _Row, field: str, zh: str, count: int) -> Finding:
    """Return what is said of rows with a figure and nothing in a field that every figure needs."""
    rules = {"unit": "unknown_unit", "indicator": "unknown_indicator", "period": "wrong_period"}
    lost_zh, lost_en = times(count)
    return Finding(
        rules[field],
        "critical",
        _place(row, field),
        zh=f"此行没有填写{zh}；每一行都要填写，合并的单元格请逐行填写；{lost_zh}",
        en=f"there is no {field} in this row; every row needs one, also where cells were merged; {lost_en}",
        reference=allowed_periods() if field == "period" else None,
        unit_code=row.get("unit_code"),
    )


def _wrong_period(row: _Row, count: int) -> Finding:
    word = shown(row["period_text"] or "")
    if not word:
        return _absent_word(row, "period", "期间", count)
    lost_zh, lost_en = times(count)
    hint_zh, hint_en = serial_number(word)
    return Finding(
        "wrong_period",
        "critical",
        _place(row, "period"),
        zh=f"期间“{word}”无法识别，可写 {allowed_periods()}{hint_zh}；{lost_zh}",
        en=f"the period “{word}” cannot be read; it may be written {allowed_periods()}{hint_en}; {lost_en}",
        value=word,
        reference=allowed_periods(),
        unit_code=row["unit_code"],
        indicator_code=row["indicator_code"],
    )


def _with_receipt(rows: pl.DataFrame, reading: _Reading) -> pl.DataFrame:
    """Return the rows as figures, received when the row says, else when published, else when the file came in."""
    words = [word for word in rows["received"].unique().drop_nulls().sort() if plain(word)]
    dates = pl.DataFrame(
        {"received": words, "stated_at": [read_date(word) for word in words]},
        schema={"received": pl.String, "stated_at": pl.Datetime("us", "UTC")},
    )
    rows = rows.join(dates, on="received", how="left", maintain_order="left")
    is_unreadable = pl.col("received").is_in(words) & pl.col("stated_at").is_null()
    _refuse_words(rows.filter(is_unreadable.fill_null(value=False)), "received", reading, _wrong_receipt)
    if reading.origin == "reported":
        # What is published lies in the project's own folder, whose files are as old as their last copy.
        is_ahead = (pl.col("stated_at") > pl.col("arrived_at") + AHEAD).fill_null(value=False)
        _refuse_words(rows.filter(is_ahead), "received", reading, _wrong_receipt)
        rows = rows.with_columns(stated_at=pl.when(~is_ahead).then("stated_at"))
    published = reading.source.published
    is_published = published is not None and reading.origin == "published"
    fallback = pl.lit(midnight(published)) if published is not None and is_published else pl.col("arrived_at")
    constant = reading.columns.measure_constant
    if constant is None:
        reading.findings.extend(assumed_measures(rows, reading.catalogue))
    return rows.select(
        "snapshot",
        "file",
        pl.col("value_location").alias("location"),
        "unit_code",
        "part_code",
        "indicator_code",
        "period",
        pl.col("value").alias("text"),
        (pl.lit(constant) if constant is not None else _filled("measure")).alias("measure"),
        "measure_location",
        _status().alias("status"),
        pl.coalesce("stated_at", fallback.cast(pl.Datetime("us", "UTC"))).alias("received_at"),
        _filled("source").alias("source_note"),
    )


def _filled(field: str) -> pl.Expr:
    """Return the text of a field without blanks at its ends; blank is null."""
    text = pl.col(field).str.strip_chars()
    return pl.when(text != "").then(text)


def _status() -> pl.Expr:
    """Return the status of each row by its word; a word that is not known stays as it is and is refused by the gate."""
    word = _filled("status").fill_null("reported").str.to_lowercase()
    return word.replace(_STATUSES)


def _wrong_receipt(row: _Row, count: int) -> Finding:
    arrived = row["arrived_at"] if row["stated_at"] is not None else None
    return wrong_receipt(_place(row, "received"), row["received"], count, arrived, row["unit_code"])
