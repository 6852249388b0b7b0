"""Answers of the statistics bureau to figure cells: one record a figure, in the present form or the older one.

The bureau's codes and names of indicators mean what ``indicator_names`` of the source says. Periods
are written 2024YY, 2024SS (a quarter 2024A to 2024D) and 202408 or 202408MM.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from transforms.figures import FIGURES
from transforms.findings import Finding, Place, shown
from transforms.indicator_names import IndicatorIndex, is_allowed
from transforms.period_texts import reported_for
from transforms.texts import plain
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.formats import BureauAnswers
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot
from xietong.periods import parse_period

_HEADER: Final = ("path", "indicator_code", "indicator", "unit_code", "period", "value", "rounded", "measure")
_YEAR: Final = re.compile(r"([12][0-9]{3})(?:YY)?")
_QUARTER: Final = re.compile(r"([12][0-9]{3})(?:([A-D])|0([1-4])SS)")
_MONTH: Final = re.compile(r"([12][0-9]{3})(0[1-9]|1[0-2])(?:MM)?")
_Row = dict[str, Any]


def read_bureau_period(code: str) -> str | None:
    """Return the period of one of the bureau's codes: ``2024YY``, ``2024B``, ``202402SS``, ``202408``; else None."""
    word = plain(code).upper()
    if match := _YEAR.fullmatch(word):
        return match[1]
    if match := _QUARTER.fullmatch(word):
        return f"{match[1]}-Q{match[3] or 'ABCD'.index(match[2]) + 1}"
    if match := _MONTH.fullmatch(word):
        return f"{match[1]}-{match[2]}"
    return None


def read_bureau_answers(
    files: Sequence[tuple[Snapshot, Sequence[RawTable]]], source: Source, catalogue: Catalogue, origin: Origin
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the figures of the answers as ``FIGURES``; an empty value is a figure that is not published."""
    findings: list[Finding] = []
    rows: list[_Row] = []
    options = source.answers or BureauAnswers()
    indicators = IndicatorIndex(catalogue, source)
    units = UnitIndex(catalogue.units, source.units_as_of)
    for snapshot, tables in files:
        for table in tables:
            records = _records(table, findings)
            named = _named(records, table, indicators, origin, findings)
            rows.extend(_figures(named, snapshot, table, (options, units, catalogue, origin), findings))
    return pl.DataFrame(rows, schema=FIGURES), findings


def _records(table: RawTable, findings: list[Finding]) -> list[_Row]:
    header = table.cells.row(0)[1:] if not table.cells.is_empty() else ()
    if tuple(header) != _HEADER:
        findings.append(
            Finding(
                "wrong_header",
                "critical",
                Place(table.file, table.snapshot, table.sheet),
                zh="不是统计局接口返回的 JSON（data[].values[] 或 returndata.datanodes[]），未采用",
                en="it is no answer of the statistics bureau (data[].values[], returndata.datanodes[]) and not used",
                reference="data[].values[], returndata.datanodes[]",
            )
        )
        return []
    return [dict(zip(_HEADER, row[1:], strict=True)) for row in table.cells.iter_rows() if row[0] > 1]


def _named(
    records: list[_Row], table: RawTable, indicators: IndicatorIndex, origin: Origin, findings: list[Finding]
) -> list[_Row]:
    """Return the records with a value whose indicator is known; each word that is not known is told of once."""
    known = []
    told: set[str] = set()
    for record in records:
        code, name = record["indicator_code"] or "", record["indicator"] or ""
        if record["value"] is None or indicators.is_ignored(code) or indicators.is_ignored(name):
            continue
        indicator = indicators.find(code) or indicators.find(name)
        if indicator is not None and is_allowed(indicator, origin):
            known.append(record | {"indicator": indicator.code})
        elif code not in told:
            told.add(code)
            count = sum(
                each["indicator_code"] == record["indicator_code"] and each["value"] is not None for each in records
            )
            findings.append(_unknown_indicator(Place.at(table.file, table.snapshot, record["path"]), code, name, count))
    return known


def _figures(
    records: list[_Row],
    snapshot: Snapshot,
    table: RawTable,
    means: tuple[BureauAnswers, UnitIndex, Catalogue, Origin],
    findings: list[Finding],
) -> list[_Row]:
    options, units, catalogue, origin = means
    rows = []
    for record in records:
        place = Place.at(table.file, table.snapshot, record["path"])
        period = read_bureau_period(record["period"] or "")
        written = record["unit_code"] or options.unit or ""
        unit = units.find(written)
        if unit is None:
            findings.append(_unknown_unit(place, record, written))
        elif period is None or parse_period(period)[0] not in reported_for(
            catalogue.indicators_by_code[record["indicator"]].frequency, longer=origin == "published"
        ):
            findings.append(_wrong_period(place, record))
        else:
            text = record["rounded"] if options.figure == "printed" and record["rounded"] else record["value"]
            rows.append(
                {
                    "snapshot": table.snapshot,
                    "file": table.file,
                    "location": record["path"],
                    "unit_code": unit.unit_code,
                    "indicator_code": record["indicator"],
                    "period": period,
                    "text": text,
                    "measure": record["measure"],
                    "measure_location": None,
                    "status": "reported",
                    "received_at": snapshot.received_at,
                }
            )
    return rows


def _unknown_indicator(place: Place, code: str, name: str, count: int) -> Finding:
    words = shown(f"{code} {name}".strip())
    return Finding(
        "unknown_indicator",
        "warning",
        place,
        zh=f"指标“{words}”没有对应到目录中的指标，其 {count} 个数据未采用；请在该来源的 indicator_names 中对应或忽略",
        en=f"the indicator “{words}” is mapped to none of the catalogue and its {count} figures are not used; map it "
        "in indicator_names of the source, or ignore it",
        value=words,
    )


def _unknown_unit(place: Place, record: _Row, written: str) -> Finding:
    return Finding(
        "unknown_unit",
        "critical",
        place,
        zh=f"地区“{shown(written) or '—'}”不在区划表中，该数据未采用；答复不含地区时须在该来源的 answers.unit 写明",
        en=f"the region “{shown(written) or '—'}” is not in the list of units and the figure is not used; where an "
        "answer names none, answers.unit of the source must",
        value=shown(written),
        indicator_code=record["indicator"],
    )


def _wrong_period(place: Place, record: _Row) -> Finding:
    word = shown(record["period"] or "—")
    return Finding(
        "wrong_period",
        "critical",
        place,
        zh=f"时期代码“{word}”无法识别或与该指标的频率不符，该数据未采用；年写作 2024YY，季写作 2024B，月写作 202408",
        en=f"the period “{word}” cannot be read or is not of the indicator's frequency, and the figure is not used; "
        "years are written 2024YY, quarters 2024B, months 202408",
        value=word,
        reference="2024YY, 2024B, 202408",
        indicator_code=record["indicator"],
    )
