"""Which hourly values are valid: each number read, each hour taken once, what cannot be refused."""

from typing import Any, Final

import polars as pl

from transforms.findings import Finding, Place, shown
from transforms.numerals import read_numerals

#: What the national service writes where it has no value, beside the marks of every table.
_MARKS: Final = ("-;", "_", "—;")
#: Above these no instrument in use measures (µg/m³, CO in mg/m³): such a value is a fault, not a concentration.
HIGHEST: Final = {"pm25": 5000.0, "pm10": 10000.0, "so2": 5000.0, "no2": 4000.0, "co": 150.0, "o3": 2000.0}
#: An hourly value that stands still for so many hours is no measurement any more.
_UNCHANGING_HOURS: Final = 24
_HOUR: Final = ("label", "day", "hour")
_Row = dict[str, Any]


def judge_hours(hours: pl.DataFrame, findings: list[Finding]) -> pl.DataFrame:
    """Return each label, hour and pollutant once, ``value`` null where there is no valid one.

    Findings tell of texts, impossible values, rows that stand twice, hours out of order and series
    that stand still.
    """
    numbered = _with_values(hours, findings)
    _tell_of_order(numbered, findings)
    single = _take_once(numbered, findings)
    _tell_of_particles(single, findings)
    _tell_of_unchanging(single, findings)
    return single.sort("label", "day", "hour", "pollutant")


def _with_values(hours: pl.DataFrame, findings: list[Finding]) -> pl.DataFrame:
    stripped = pl.col("text").str.strip_chars()
    texts = hours.select(pl.when(stripped.is_in(_MARKS) | (stripped == "")).then(None).otherwise("text")).to_series()
    read = read_numerals(texts)
    frame = hours.with_columns(read["kind"], read["number"])
    highest = pl.col("pollutant").replace_strict(HIGHEST, return_dtype=pl.Float64)
    is_impossible = (pl.col("number") < 0) | (pl.col("number") > highest)
    findings.extend(_text(row) for row in frame.filter(pl.col("kind") == "refused").iter_rows(named=True))
    findings.extend(_impossible(row) for row in frame.filter(is_impossible).iter_rows(named=True))
    is_valid = (pl.col("kind") == "number") & ~is_impossible
    return frame.with_columns(value=pl.when(is_valid).then("number")).drop("kind", "number")


def _place(row: _Row) -> Place:
    return Place.at(row["file"], row["snapshot"], row["location"])


def _when(row: _Row) -> str:
    return f"{row['day']} {row['hour']:02d}"


def _text(row: _Row) -> Finding:
    return Finding(
        "text_in_number_cell",
        "critical",
        _place(row),
        zh=f"站点“{row['label']}”{_when(row)} 时此处为“{shown(row['text'])}”，只能填数字，该小时按无效处理",
        en=f"“{shown(row['text'])}” stands for {row['label']} at {_when(row)} h where only a number may; "
        "the hour counts as invalid",
        value=shown(row["text"]),
        period=f"{row['day']:%Y-%m}",
        indicator_code=row["pollutant"],
    )


def _impossible(row: _Row) -> Finding:
    highest = HIGHEST[row["pollutant"]]
    return Finding(
        "impossible_concentration",
        "critical",
        _place(row),
        zh=f"站点“{row['label']}”{_when(row)} 时浓度为 {shown(row['text'])}，"
        f"应在 0～{highest:g} 之间，该小时按无效处理",
        en=f"the concentration of {row['label']} at {_when(row)} h is {shown(row['text'])}, "
        f"allowed is 0 to {highest:g}; the hour counts as invalid",
        value=shown(row["text"]),
        reference=f"0–{highest:g}",
        period=f"{row['day']:%Y-%m}",
        indicator_code=row["pollutant"],
    )


def _tell_of_order(hours: pl.DataFrame, findings: list[Finding]) -> None:
    """Tell once a file when a station's hours do not follow one another."""
    moments = hours.unique(["snapshot", "row", "label"], maintain_order=True).with_columns(
        moment=pl.col("day").cast(pl.Int64) * 24 + pl.col("hour")
    )
    earlier = moments.filter(pl.col("moment") < pl.col("moment").shift(1).over("snapshot", "label"))
    for _, group in earlier.group_by("snapshot", maintain_order=True):
        row = group.row(0, named=True)
        findings.append(
            Finding(
                "hours_out_of_order",
                "info",
                _place(row),
                zh=f"自此处起有 {group.height} 行的时间早于同一站点的上一行，已按时间采用，不影响结果",
                en=f"from here on {group.height} rows are earlier than the row before of the same station; "
                "they are used by their time",
                value=_when(row),
            )
        )


def _take_once(hours: pl.DataFrame, findings: list[Finding]) -> pl.DataFrame:
    """Return each hour of a label once; of values that contradict each other none is valid.

    A row without a value contradicts nothing: the value of the other one is taken.
    """
    cells = hours.filter(pl.struct(*_HOUR, "pollutant").is_duplicated())
    if cells.is_empty():
        return hours
    per_value = hours.group_by(*_HOUR, "pollutant", maintain_order=True).agg(
        pl.col("snapshot", "file", "location", "row", "text").first(),
        kinds=pl.col("value").drop_nulls().n_unique(),
        value=pl.col("value").drop_nulls().first(),
        texts=pl.col("text").drop_nulls(),
    )
    findings.extend(map(_contradiction, per_value.filter(pl.col("kinds") > 1).iter_rows(named=True)))
    # One pollutant tells how often the hour stands: a row holds all of them, or one only.
    records = cells.filter(pl.col("pollutant") == pl.col("pollutant").first().over(_HOUR))
    repetitions = [group for _, group in records.group_by(_HOUR, maintain_order=True)]
    findings.extend(map(_repetition, repetitions))
    findings.append(_repetitions(records.row(0, named=True), len(repetitions), records.height - len(repetitions)))
    value = pl.when(pl.col("kinds") == 1).then("value")
    return per_value.with_columns(value=value).select(hours.columns)


def _contradiction(row: _Row) -> Finding:
    values = ", ".join(dict.fromkeys(shown(text) for text in row["texts"]))
    return Finding(
        "conflicting_duplicate",
        "critical",
        _place(row),
        zh=f"站点“{row['label']}”{_when(row)} 时有不同的值 {values}，均未采用，该小时按无效处理；一个小时只能有一个值",
        en=f"{row['label']} at {_when(row)} h has different values {values}; none is used and the hour "
        "counts as invalid; an hour has one value only",
        value=values,
        period=f"{row['day']:%Y-%m}",
        indicator_code=row["pollutant"],
    )


def _repetition(group: pl.DataFrame) -> Finding:
    row = group.row(0, named=True)
    others = ", ".join(str(number) for number in group["row"][1:])
    return Finding(
        "duplicate_row",
        "warning",
        _place(row),
        zh=f"站点“{row['label']}”{_when(row)} 时的记录出现 {group.height} 次（又见第 {others} 行），只采用一次",
        en=f"the record of {row['label']} at {_when(row)} h stands {group.height} times (again in row {others}) and is "
        "used once",
        value=str(group.height),
        reference="1",
        period=f"{row['day']:%Y-%m}",
    )


def _repetitions(row: _Row, keys: int, surplus: int) -> Finding:
    return Finding(
        "duplicate_hours",
        "info",
        Place(row["file"], row["snapshot"]),
        zh=f"共有 {keys} 个站点小时重复，多出 {surplus} 行，均只采用一次",
        en=f"{keys} hours of stations stand more than once, {surplus} rows too many; each hour is used once",
        value=str(keys),
        reference=str(surplus),
    )


def _tell_of_particles(hours: pl.DataFrame, findings: list[Finding]) -> None:
    """Tell once a station and day where PM2.5, a part of PM10, is above it; the values are kept."""
    wide = hours.filter(pl.col("pollutant") == "pm25").join(
        hours.filter(pl.col("pollutant") == "pm10").select(*_HOUR, pm10="value"), on=_HOUR, how="inner"
    )
    above = wide.filter(pl.col("value") > pl.col("pm10")).sort("label", "day", "hour")
    for _, group in above.group_by("label", "day", maintain_order=True):
        row = group.row(0, named=True)
        findings.append(
            Finding(
                "pm25_above_pm10",
                "warning",
                _place(row),
                zh=f"站点“{row['label']}”{row['day']} 有 {group.height} 个小时 PM2.5 高于 PM10（{row['hour']:02d} 时 "
                f"{row['value']:g} 与 {row['pm10']:g}），予以保留，请核对",
                en=f"PM2.5 of {row['label']} is above PM10 in {group.height} hours of {row['day']} "
                f"(at {row['hour']:02d} h {row['value']:g} against {row['pm10']:g}); kept, please check",
                value=f"{row['value']:g}",
                reference=f"≤ {row['pm10']:g}",
                period=f"{row['day']:%Y-%m}",
                indicator_code="pm25",
            )
        )


def _tell_of_unchanging(hours: pl.DataFrame, findings: list[Finding]) -> None:
    """Tell of labels whose every pollutant has one value for a day or more: the record is a leftover."""
    series = hours.group_by("label", "pollutant").agg(
        pl.col("value").drop_nulls().n_unique().alias("values"),
        pl.col("value").count().alias("hours"),
    )
    still = (
        series.filter(pl.col("hours") > 0)
        .group_by("label")
        .agg(pl.col("values").max(), pl.col("hours").max())
        .filter(pl.col("values") == 1, pl.col("hours") >= _UNCHANGING_HOURS)
        .sort("label")
    )
    for label, _, count in still.iter_rows():
        row = hours.filter(pl.col("label") == label).row(0, named=True)
        findings.append(
            Finding(
                "unchanging_series",
                "warning",
                Place(row["file"], row["snapshot"]),
                zh=f"站点“{label}”各项浓度在 {count} 个小时内始终不变，像是停留的旧值，请核对",
                en=f"every concentration of {label} stands still for {count} hours and looks like a value left behind; "
                "please check",
                value=str(count),
                reference=f"< {_UNCHANGING_HOURS}",
            )
        )
