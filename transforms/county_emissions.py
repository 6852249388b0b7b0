"""The national table of county CO2 emissions to figure cells: one row a county, one column a year.

Its codes are those of the year that the source's ``units_as_of`` names, whatever year a column is
for. Only rows of our own city are read; the others are other cities' figures.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from transforms.figures import FIGURES
from transforms.findings import Finding, Place, refused_figures, shown
from transforms.receipt_dates import midnight
from transforms.texts import key, plain
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot

#: What the source is taken to report where the catalogue gives it no other code.
_INDICATOR: Final = "co2_night_lights"
_MEASURE: Final = "百万吨"
_HEADER_ROWS: Final = 20
_CODE: Final = re.compile(r"distcode.*")
_NAME: Final = re.compile(r"countyname.*")
_YEAR: Final = re.compile(r"c([12][0-9]{3})")


@dataclass(frozen=True)
class _Header:
    row: int
    code: str
    name: str
    years: dict[str, str]  # the year by column


def read_county_emissions(
    files: Sequence[tuple[Snapshot, Sequence[RawTable]]], source: Source, catalogue: Catalogue, origin: Origin
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the figures of our counties as ``FIGURES``, those of former units marked as parts."""
    units = UnitIndex(catalogue.units, source.units_as_of)
    indicator = next(iter(source.indicator_names.values()), _INDICATOR)
    province = next(unit.code[:2] for unit in catalogue.units.units if unit.kind == "city")
    findings: list[Finding] = []
    frames = [pl.DataFrame(schema=FIGURES)]
    for snapshot, tables in files:
        published = source.published if origin == "published" else None
        received_at = midnight(published) if published else snapshot.received_at
        for table in tables:
            header = _find_header(table)
            if header is None:
                findings.append(_wrong_header(table))
                continue
            rows = _own_rows(table, header, province, units, findings)
            frames.append(_figures(table, header, rows, indicator, received_at))
    return pl.concat(frames), findings


def _find_header(table: RawTable) -> _Header | None:
    for row in table.cells.head(_HEADER_ROWS).iter_rows(named=True):
        words = {column: key(text) for column, text in row.items() if column != "row" and text is not None}
        code = next((column for column, word in words.items() if _CODE.fullmatch(word)), None)
        # The name stands twice, Chinese first.
        name = next((column for column, word in words.items() if _NAME.fullmatch(word)), None)
        years = {column: match[1] for column, word in words.items() if (match := _YEAR.fullmatch(word))}
        if code and name and years:
            return _Header(int(row["row"]), code, name, years)
    return None


def _own_rows(
    table: RawTable, header: _Header, province: str, units: UnitIndex, findings: list[Finding]
) -> pl.DataFrame:
    """Return the rows of our city whose code and name agree: ``row``, ``unit_code``, ``part_code``."""
    candidates = table.cells.filter(
        (pl.col("row") > header.row) & pl.col(header.code).str.strip_chars().str.contains(f"^{province}[0-9]{{4}}$")
    )
    rows = []
    for row, code, name in candidates.select("row", header.code, header.name).iter_rows():
        listed = units.find(code)
        named = units.find(name) if name else None
        if (
            listed is not None
            and named is not None
            and named.unit_code == listed.unit_code
            and named.name == listed.name
        ):
            is_part = len(units.parts(listed.unit_code)) > 0
            rows.append((row, listed.unit_code, listed.code if is_part else None))
        else:
            place = Place(table.file, table.snapshot, table.sheet, f"{header.code}{row}")
            findings.append(_mismatch(place, code, name, units, len(header.years)))
    schema = {"row": pl.Int64, "unit_code": pl.String, "part_code": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _figures(
    table: RawTable, header: _Header, rows: pl.DataFrame, indicator: str, received_at: datetime
) -> pl.DataFrame:
    years = pl.DataFrame({"column": list(header.years), "period": list(header.years.values())})
    empty = pl.lit(None, dtype=pl.String)
    prefix = f"{table.sheet}!" if table.sheet else ""
    return (
        table.cells.join(rows, on="row", how="inner", maintain_order="left")
        .unpivot(list(header.years), index=["row", "unit_code", "part_code"], variable_name="column", value_name="text")
        .filter(pl.col("text").str.strip_chars() != "")
        .join(years, on="column", how="left", maintain_order="left")
        .select(
            pl.lit(table.snapshot).alias("snapshot"),
            pl.lit(table.file).alias("file"),
            pl.format(prefix + "{}{}", "column", "row").alias("location"),
            "unit_code",
            "part_code",
            pl.lit(indicator).alias("indicator_code"),
            "period",
            "text",
            pl.lit(_MEASURE).alias("measure"),
            empty.alias("measure_location"),
            pl.lit("estimated").alias("status"),
            pl.lit(received_at).cast(pl.Datetime("us", "UTC")).alias("received_at"),
            empty.alias("source_note"),
        )
    )


def _mismatch(place: Place, code: str, name: str | None, units: UnitIndex, count: int) -> Finding:
    listed = units.find(code)
    named = units.find(name) if name else None
    lost_zh, lost_en = refused_figures(count)
    meant = listed.name if listed else "—"
    written = shown(plain(name or ""))
    return Finding(
        "unit_code_name_mismatch" if listed else "unknown_unit",
        "critical",
        place,
        zh=f"代码 {code} 与名称“{written}”不一致，按该来源的区划应为 {meant}；{lost_zh}",
        en=f"the code {code} and the name “{written}” disagree; in the list that the source uses {code} is {meant}; "
        f"{lost_en}",
        value=f"{code} {written}",
        reference=meant,
        unit_code=named.unit_code if named else None,
    )


def _wrong_header(table: RawTable) -> Finding:
    return Finding(
        "wrong_header",
        "critical",
        Place(table.file, table.snapshot, table.sheet),
        zh=f"前 {_HEADER_ROWS} 行中没有 DISTCODE、County Name 和 C1997 这样的年份列；整张表未采用",
        en=f"its first {_HEADER_ROWS} rows have no columns DISTCODE, County Name and years such as C1997; "
        "nothing of it is used",
        reference="DISTCODE, County Name, C1997",
    )
