"""Hourly tables of stations and a table of the stations to the monthly figures of districts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from transforms.air_stations import StationIndex, find_columns
from transforms.air_validity import HOURS, MEASURES, AirRules, district_days, district_months, station_days
from transforms.figures import FIGURES
from transforms.findings import Finding, Place
from transforms.hour_quality import judge_hours
from transforms.station_hours import first_day, read_hours
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot

_EXCLUSIONS: Final = {
    "control_point": ("是对照点，不参与评价", "is a control point and does not count for assessment"),
    "closed_station": ("已停运，不参与评价", "has been closed and does not count for assessment"),
    "second_label": (
        "是同一站点的另一名称，只采用不带括注的一个",
        "is a second label of a station; the one without brackets is used",
    ),
    "unknown_station": (
        "不在站点表中，不知属于哪个区县，未计入区县",
        "is not in the table of stations, so no district has it",
    ),
}

#: More stations outside the table are told of together: an answer for the whole country has 1,500.
_UNKNOWN_NAMED: Final = 10


@dataclass(frozen=True)
class AirDays:
    """What hourly tables give: days of stations, days and months of districts, and what was found.

    ``labels`` says of each label of the files which station it means and why it does not count.
    """

    labels: pl.DataFrame
    station_days: pl.DataFrame
    district_days: pl.DataFrame
    district_months: pl.DataFrame
    findings: list[Finding]


def air_days(tables: Sequence[RawTable], catalogue: Catalogue, units_as_of: int | None = None) -> AirDays:
    """Return the daily and monthly means that HJ 663 allows; all others are null with their reason.

    Among the tables are those of hours and, for districts, at least one of stations.
    """
    findings: list[Finding] = []
    frames = [pl.DataFrame(schema=HOURS)]
    listing: list[RawTable] = []
    for table in tables:
        is_listing = find_columns(table) is not None
        if is_listing:
            listing.append(table)
        hours = read_hours(table, findings)
        # A list of stations may show one sample hour; that is no series of hours.
        if hours is not None and not (is_listing and hours.select("day", "hour").unique().height == 1):
            frames.append(hours)
        elif not is_listing:
            findings.append(_wrong_header(table))
    hours = judge_hours(pl.concat(frames), findings)
    stations = StationIndex(listing, UnitIndex(catalogue.units, units_as_of))
    findings.extend(stations.findings)
    labels = stations.labels(hours["label"].unique().to_list(), first_day(hours))
    findings.extend(_exclusions(hours, labels, stations))
    rules = AirRules.of(catalogue)
    named = hours.join(labels, on="label", how="left", maintain_order="left")
    days = station_days(named, rules).join(labels.select("label", "unit_code", "exclusion"), on="label", how="left")
    of_districts = district_days(days.filter(pl.col("exclusion").is_null()), stations.counting(labels), rules)
    months = district_months(of_districts, rules)
    return AirDays(labels, days.sort("station", "label", "day", "pollutant"), of_districts, months, findings)


def _exclusions(hours: pl.DataFrame, labels: pl.DataFrame, stations: StationIndex) -> list[Finding]:
    """Return a finding for each label that does not count; one for all when no table of stations was given."""
    found = []
    first = {row["label"]: row for row in hours.sort("row", descending=True).iter_rows(named=True)}
    is_unknown = labels["exclusion"] == "unknown_station"
    if stations.is_empty and is_unknown.any():
        row = first[labels.filter(is_unknown)["label"][0]]
        found.append(_no_stations(row, int(is_unknown.sum())))
        labels = labels.filter(~is_unknown.fill_null(value=False))
    elif int(is_unknown.sum()) > _UNKNOWN_NAMED:
        unknown = labels.filter(is_unknown)["label"].to_list()
        found.append(_unlisted_stations(first[unknown[0]], unknown))
        labels = labels.filter(~is_unknown.fill_null(value=False))
    for label, station, unit, exclusion in labels.filter(pl.col("exclusion").is_not_null()).iter_rows():
        zh, en = _EXCLUSIONS[exclusion]
        row = first[label]
        found.append(
            Finding(
                exclusion,
                "warning" if exclusion == "unknown_station" else "info",
                Place.at(row["file"], row["snapshot"], row["location"]),
                zh=f"站点“{label}”{zh}",
                en=f"the station “{label}” {en}",
                value=label,
                reference=station,
                unit_code=unit,
            )
        )
    return found


def _no_stations(row: dict[str, Any], count: int) -> Finding:
    return Finding(
        "unknown_station",
        "warning",
        Place(row["file"], row["snapshot"]),
        zh=f"没有站点表，{count} 个站点不知属于哪个区县，只得出站点日均值；请另放一张含站点名称和区县的表",
        en=f"there is no table of stations, so {count} stations belong to no district and only their daily means are "
        "given; add a table with the name and the district of each station",
        value=str(count),
    )


def _unlisted_stations(row: dict[str, Any], labels: list[str]) -> Finding:
    shown_first = labels[:3]
    return Finding(
        "unknown_station",
        "warning",
        Place(row["file"], row["snapshot"]),
        zh=f"有 {len(labels)} 个站点（{'、'.join(shown_first)}等）不在站点表中，未计入任何区县；属于本市的请补入站点表",
        en=f"{len(labels)} stations ({', '.join(shown_first)} and others) are not in the table of stations and count "
        "for no district; add those that are ours",
        value=str(len(labels)),
    )


def _wrong_header(table: RawTable) -> Finding:
    return Finding(
        "wrong_header",
        "critical",
        Place(table.file, table.snapshot, table.sheet),
        zh="既不是站点小时表（须有站点、日期、小时和污染物各列），也不是站点表（须有站点和区县）；整张表未采用",
        en="it is neither a table of hours (station, date, hour and pollutants) nor one of stations (station and "
        "district); nothing of it is used",
        reference="Date, Hour, WatchPoint, PM2.5; station, district",
    )


def read_station_hours(
    files: Sequence[tuple[Snapshot, Sequence[RawTable]]], source: Source, catalogue: Catalogue, origin: Origin
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the valid monthly figures of districts as ``FIGURES``; a month that is not valid gives a finding.

    ``origin`` changes nothing here: hourly values are measured, whoever passes them on.
    """
    del origin
    tables = [table for _, each in files for table in each]
    result = air_days(tables, catalogue, source.units_as_of)
    months = result.district_months
    if months.is_empty():
        return pl.DataFrame(schema=FIGURES), result.findings
    # A month is known when the last file that it may rest on has come.
    snapshot = max((snapshot for snapshot, _ in files), key=lambda each: (each.received_at, each.sha256))
    findings = [
        _invalid(row, snapshot, catalogue) for row in months.filter(pl.col("value").is_null()).iter_rows(named=True)
    ]
    valid = months.filter(pl.col("value").is_not_null())
    empty = pl.lit(None, dtype=pl.String)
    figures = valid.select(
        pl.lit(snapshot.sha256).alias("snapshot"),
        pl.lit(snapshot.file).alias("file"),
        pl.format("{} {} {}", "unit_code", "pollutant", "period").alias("location"),
        "unit_code",
        empty.alias("part_code"),
        pl.col("pollutant").alias("indicator_code"),
        "period",
        pl.col("value").map_elements(repr, return_dtype=pl.String).alias("text"),
        pl.col("pollutant").replace_strict(MEASURES, return_dtype=pl.String).alias("measure"),
        empty.alias("measure_location"),
        pl.lit("reported").alias("status"),
        pl.lit(snapshot.received_at).cast(pl.Datetime("us", "UTC")).alias("received_at"),
        empty.alias("source_note"),
    )
    return figures.cast(FIGURES), [*result.findings, *findings]


def _invalid(row: dict[str, Any], snapshot: Snapshot, catalogue: Catalogue) -> Finding:
    name = catalogue.indicators_by_code[row["pollutant"]].name
    unit = catalogue.units_by_code[row["unit_code"]].name
    return Finding(
        "too_few_valid_days",
        "info",
        Place(snapshot.file, snapshot.sha256),
        zh=f"{unit.zh}“{name.zh}”{row['period']} 只有 {row['valid_days']} 个有效日，"
        f"至少须有 {row['needed_days']} 个，当月无数据",
        en=f"{name.en} of {unit.en} has {row['valid_days']} valid days in {row['period']}, "
        f"at least {row['needed_days']} are needed; the month has no figure",
        value=str(row["valid_days"]),
        reference=f"≥ {row['needed_days']}",
        unit_code=row["unit_code"],
        indicator_code=row["pollutant"],
        period=row["period"],
    )
