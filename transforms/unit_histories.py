"""What a list of units of today cannot tell: words that meant another unit then, and units that are no more."""

from collections.abc import Iterator
from datetime import date
from typing import Final

import polars as pl

from transforms.findings import Finding, Place, shown
from transforms.texts import key
from xietong.catalogue.units import Units
from xietong.periods import parse_period

_TOTALS: Final = frozenset({"合计", "总计", "小计", "共计", "总数", "total", "sum", "各区县合计", "区县合计"})


def without_earlier_units(rows: pl.DataFrame, units: Units, findings: list[Finding]) -> pl.DataFrame:
    """Return the rows without those of periods before their unit was formed, unless they give its name in full.

    Codes are used again and short names are inherited: 500110 and 綦江 of 2009 are not 綦江区 of today. The full
    name can only mean the unit of today, whose figures some tables trace back.
    """
    formed = {unit.code: unit.valid_from for unit in units.units if unit.valid_from is not None}
    names = {unit.code: key(unit.name.zh) for unit in units.units}
    pairs = rows.filter(pl.col("unit_code").is_in(list(formed))).select("unit_code", "unit", "period").unique()
    wrong = [
        (code, word, period)
        for code, word, period in pairs.iter_rows()
        if word is not None
        and key(word) != names[code]
        and _last_month(period) < (formed[code].year, formed[code].month)
    ]
    if not wrong:
        return rows
    schema = dict.fromkeys(("unit_code", "unit", "period"), pl.String)
    table = pl.DataFrame(sorted(wrong), schema=schema, orient="row")
    findings.extend(_told(rows.join(table, on=list(schema), how="semi", maintain_order="left"), units, formed))
    return rows.join(table, on=list(schema), how="anti", maintain_order="left")


def _last_month(period: str) -> tuple[int, int]:
    _, year, month = parse_period(period)
    return year, month


def _told(rows: pl.DataFrame, units: Units, formed: dict[str, date]) -> Iterator[Finding]:
    names = {unit.code: unit.name for unit in units.units}
    for _, group in rows.group_by("snapshot", "unit", maintain_order=True):
        row = group.row(0, named=True)
        code, count, word = row["unit_code"], group.height, shown(row["unit"])
        name, month = names[code], f"{formed[code]:%Y-%m}"
        parts = [former.name for former in units.former_units if former.successor == code]
        parts_zh, parts_en = "、".join(part.zh for part in parts), " and ".join(part.en for part in parts)
        yield Finding(
            "reused_unit_code",
            "critical",
            Place.at(row["file"], row["snapshot"], row["unit_location"] or row["value_location"]),
            zh=f"{name.zh}（{code}）{month} 由{parts_zh}合并设立，此前的“{word}”不能确定是哪个单位；"
            f"按现行区划追溯的数据请写全称“{name.zh}”，共 {count} 行未采用",
            en=f"{name.en} ({code}) was formed of {parts_en} in {month}, and which unit “{word}” means before is not "
            f"certain; figures traced back to the unit of today need its full name; {count} rows are not used",
            value=word,
            reference=name.zh,
            unit_code=code,
            period=row["period"] if count == 1 else None,
        )


def is_total(word: str) -> bool:
    """True for the words under which tables print sums of the rows above."""
    return key(word) in _TOTALS


def about_total(word: str) -> tuple[str, str] | None:
    """Return in both languages how a sum is to be written; None for other words."""
    if not is_total(word):
        return None
    return (
        "，是否为合计行：全市的数据请写“重庆市”，其他合计行不需要",
        "; if this is a row of sums, write 重庆市 for those of the city; others are not needed",
    )


def no_more(word: str, units: Units) -> tuple[str, str] | None:
    """Return in both languages what became of a former unit of this code or name; None when there was none."""
    wanted = key(word)
    present = {unit.code: unit.name for unit in units.units}
    for former in units.former_units:
        if wanted in (former.code, key(former.name.zh), key(former.name.en)) and former.successor in present:
            today = present[former.successor]
            return (
                f"，{former.name.zh}已于 {former.valid_to:%Y-%m} 撤销，所辖区域现属{today.zh}",
                f"; {former.name.en} ended in {former.valid_to:%Y-%m}, its area belongs to {today.en}",
            )
    return None
