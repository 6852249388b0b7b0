"""Hourly air quality of stations, in the three shapes it is published in, to one frame of hours.

A long table has a row a station and hour; an answer of the national service is the same as records;
a daily file of all stations has a column a station and a row an hour and pollutant. The hour of the
file is kept: 0 to 23 of the day it is written with.
"""

import re
from datetime import date
from typing import Any, Final

import polars as pl

from transforms.air_validity import HOURS
from transforms.findings import Finding, Place
from transforms.texts import key
from xietong.frames import RawTable

_HEADER_ROWS: Final = 20
_STATION: Final = ("watchpoint", "positionname", "station", "stationname", "站点", "站点名称", "点位名称", "监测点")
_CODE: Final = ("stationcode", "站点编码", "监测点编码")
_DATE: Final = ("date", "日期")
_HOUR: Final = ("hour", "小时", "时")
_TIME: Final = ("timepoint", "time", "datetime", "时间", "监测时间")
_POLLUTANTS: Final = {
    "pm25": ("pm2.5", "pm25"),
    "pm10": ("pm10",),
    "so2": ("so2",),
    "no2": ("no2",),
    "co": ("co",),
    "o3": ("o31h", "o3"),
}
#: The column of a daily file of all stations that says which pollutant a row is of.
_WIDE_TYPE: Final = "type"
_STATION_CODE: Final = re.compile(r"[0-9]{3,5}a?")
_OFFSET: Final = r":[0-9.]+\s*(Z|z|[+-][0-9]{2}:?[0-9]{0,2})\s*$"
_DAY: Final = r"^\s*([12][0-9]{3})[-/]?([0-9]{1,2})[-/]?([0-9]{1,2})"


def read_hours(table: RawTable, findings: list[Finding]) -> pl.DataFrame | None:
    """Return the hours of a table as ``HOURS`` with ``value`` still null; None when it holds none.

    Rows whose day or hour cannot be read are left out, and one finding tells of them.
    """
    for row in table.cells.head(_HEADER_ROWS).iter_rows(named=True):
        words: dict[str, str] = {}
        for column, text in row.items():
            if column != "row" and text is not None:
                words.setdefault(_word(text), column)
        if _pick(words, _DATE) and _pick(words, _HOUR) and _WIDE_TYPE in words:
            return _wide(table, int(row["row"]), row, words, findings)
        timed = _pick(words, _TIME) or (_pick(words, _DATE) and _pick(words, _HOUR))
        if (_pick(words, _STATION) or _pick(words, _CODE)) and timed and _pollutant_columns(words):
            return _long(table, int(row["row"]), words, findings)
    return None


def _word(text: str) -> str:
    """Return a header word without brackets of measures, underscores and capitals; PM2_5 is PM2.5."""
    word = key(text).replace("pm2_5", "pm2.5")
    return re.sub(r"\(.*\)$", "", word).replace("_", "")


def _pick(words: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((words[name] for name in names if name in words), None)


def _pollutant_columns(words: dict[str, str]) -> dict[str, str]:
    found = {pollutant: _pick(words, names) for pollutant, names in _POLLUTANTS.items()}
    return {pollutant: column for pollutant, column in found.items() if column is not None}


def _long(table: RawTable, header: int, words: dict[str, str], findings: list[Finding]) -> pl.DataFrame:
    columns = _pollutant_columns(words)
    pollutants = pl.DataFrame({"column": list(columns.values()), "pollutant": list(columns)})
    name, code = _pick(words, _STATION), _pick(words, _CODE)
    label = pl.col(code or name or "")
    if code and name:
        # Cities share names of stations, never codes; what stands in brackets behind the name is kept.
        label = pl.coalesce(label + pl.col(name).str.extract(r"([(（].*)$").fill_null(""), name)
    below = table.cells.filter(pl.col("row") > header)
    timed = _with_time(table, below.with_columns(label=label).filter(pl.col("label").is_not_null()), words, findings)
    return _hours(
        table,
        timed.unpivot(
            list(columns.values()), index=["row", "label", "day", "hour", *_path(words)], variable_name="column"
        ).join(pollutants, on="column", how="left", maintain_order="left"),
        words,
        header,
    )


def _wide(
    table: RawTable, header: int, titles: dict[str, Any], words: dict[str, str], findings: list[Finding]
) -> pl.DataFrame:
    """Return the hours of a table with a column a station; only rows of a pollutant's hourly values are read."""
    stations = {
        column: text for column, text in titles.items() if column != "row" and _STATION_CODE.fullmatch(key(text or ""))
    }
    labels = pl.DataFrame(
        {"column": list(stations), "label": list(stations.values())},
        schema=dict.fromkeys(("column", "label"), pl.String),
    )
    kinds = {name: pollutant for pollutant, names in _POLLUTANTS.items() for name in names}
    types = pl.col(words[_WIDE_TYPE]).str.strip_chars().str.to_lowercase()
    below = table.cells.filter(pl.col("row") > header).with_columns(
        pollutant=types.replace_strict(kinds, default=None, return_dtype=pl.String)
    )
    timed = _with_time(table, below.filter(pl.col("pollutant").is_not_null()), words, findings)
    long = timed.unpivot(list(stations), index=["row", "day", "hour", "pollutant"], variable_name="column")
    return _hours(table, long.join(labels, on="column", how="left", maintain_order="left"), words, header)


def _with_time(table: RawTable, rows: pl.DataFrame, words: dict[str, str], findings: list[Finding]) -> pl.DataFrame:
    """Return the rows with ``day`` and ``hour``; those without are told of once and left out."""
    time = _pick(words, _TIME)
    written = pl.col(time or _pick(words, _DATE) or "")
    parts = written.str.extract_groups(_DAY)
    hour = (
        written.str.extract(r"[T ]\s*([0-9]{1,2})(?::[0-9]{2}){1,2}")
        if time
        else pl.col(_pick(words, _HOUR) or "").str.strip_chars()
    )
    timed = rows.with_columns(
        day=pl.concat_str(
            parts.struct[0], parts.struct[1].str.zfill(2), parts.struct[2].str.zfill(2), separator="-"
        ).str.to_date("%Y-%m-%d", strict=False),
        hour=hour.cast(pl.Int64, strict=False),
    )
    # Services write the time of China, with its offset or without one; an hour of another zone is another hour.
    offset = written.str.extract(_OFFSET) if time else pl.lit(None, pl.String)
    is_of_china = offset.is_null() | offset.is_in(["+08:00", "+0800", "+08"])
    is_read = pl.col("day").is_not_null() & pl.col("hour").is_between(0, 23) & is_of_china
    is_wrong = timed.select(~is_read.fill_null(value=False)).to_series()
    if is_wrong.any():
        findings.append(_wrong_time(table, time or _pick(words, _DATE) or "A", timed.filter(is_wrong)))
    return timed.filter(~is_wrong)


def _wrong_time(table: RawTable, column: str, wrong: pl.DataFrame) -> Finding:
    return Finding(
        "wrong_time",
        "critical",
        Place(table.file, table.snapshot, table.sheet, f"{column}{wrong['row'][0]}"),
        zh=f"自此行起有 {wrong.height} 行的日期或小时无法识别，未采用；日期写作 20200326 或 2020-03-26，小时为 0～23",
        en=f"from this row on, {wrong.height} rows have a date or hour that cannot be read and are not used; write "
        "20200326 or 2020-03-26, and hours from 0 to 23",
        value=str(wrong[column][0]),
        reference="20200326, 0–23",
    )


def _path(words: dict[str, str]) -> list[str]:
    """Return the column in which a table of records keeps the path of each, if it has one."""
    return [words["path"]] if "path" in words else []


def _hours(table: RawTable, rows: pl.DataFrame, words: dict[str, str], header: int) -> pl.DataFrame:
    titles = table.cells.row(by_predicate=pl.col("row") == header, named=True)
    names = {column: titles[column] for column in words.values()}
    prefix = f"{table.sheet}!" if table.sheet else ""
    path = _path(words)
    location = (
        pl.format("{}.{}", path[0], pl.col("column").replace_strict(names, default=None, return_dtype=pl.String))
        if path
        else pl.format(prefix + "{}{}", "column", "row")
    )
    return rows.select(
        pl.lit(table.snapshot).alias("snapshot"),
        pl.lit(table.file).alias("file"),
        location.alias("location"),
        "row",
        pl.col("label").str.strip_chars(),
        "day",
        "hour",
        "pollutant",
        pl.col("value").alias("text"),
        pl.lit(None, dtype=pl.Float64).alias("value"),
    ).cast(HOURS)


def first_day(hours: pl.DataFrame) -> date:
    """Return the first day of the hours; the beginning of times when there are none."""
    earliest = hours["day"].min()
    return earliest if isinstance(earliest, date) else date.min
