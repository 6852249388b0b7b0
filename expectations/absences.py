"""Figures that did not come, or came late: of a unit that reports for a period every figure due is expected.

Nobody owes published figures, so both rules need an edition with a deadline. That a unit sent nothing at all
for a period is told by completeness and timeliness, not figure by figure.
"""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from expectations import cross_check_rules as rules
from expectations.checks import check_row
from expectations.completeness import arrived_of, figures_due
from expectations.evaluation import Outcome, evaluate
from expectations.names import words_of_indicators, words_of_units
from expectations.rule import Rule
from expectations.suites import arrival_suite
from xietong.catalogue import Catalogue, Edition
from xietong.catalogue.sources import Deadline
from xietong.frames import FINDINGS
from xietong.periods import Frequency, period_of

#: A unit and a period, by its length and last month.
_PLACE = ("unit_code", "step", "last")
_FREQUENCIES: dict[int, Frequency] = {1: "month", 3: "quarter", 12: "year"}


@dataclass(frozen=True)
class Absences:
    """The findings (FINDINGS) about what is missing or late, and the rows of their checks."""

    findings: pl.DataFrame
    checks: tuple[dict[str, object], ...]


def absences(
    figures: pl.DataFrame,
    valid: pl.DataFrame,
    catalogue: Catalogue,
    edition: Edition,
    refused: pl.DataFrame | None = None,
) -> Absences:
    """Return what is missing or late.

    ``valid`` are those of all ``figures`` received that no rule about single figures refuses: they tell for
    which periods a unit reports. A figure that came and was refused, here or by reading (``refused``, FINDINGS),
    has its finding and is not missing as well.
    """
    if edition.deadline is None:
        return Absences(pl.DataFrame(schema=FINDINGS), ())
    due = figures_due(valid, catalogue, edition)
    arrived = arrived_of(figures, due)
    places = _places(due, arrived.join(arrived_of(valid, due).select(_PLACE).unique(), on=_PLACE, how="semi"))
    forms = _forms(valid, catalogue, edition.deadline)
    missing, late = evaluate(pl.concat([places, forms], how="horizontal_extend"), arrival_suite())
    absent = _never_came(_absent(places[list(missing.positions)], due, arrived, valid), refused)
    told = [_missing_findings(absent, catalogue, edition), _late_findings(forms[list(late.positions)], catalogue)]
    evaluated = int(places["due"].sum()) if places.height else 0
    return Absences(
        pl.concat(told),
        (*_checked(rules.MISSING_FIGURE, evaluated, absent.height), *_checked(rules.LATE_FORM, *_counts(late))),
    )


def _counts(outcome: Outcome) -> tuple[int, int]:
    return outcome.evaluated, len(outcome.positions)


def _checked(rule: Rule, evaluated: int, failed: int) -> list[dict[str, object]]:
    return [check_row(rule, evaluated, failed)] if evaluated else []


def _places(due: pl.DataFrame, arrived: pl.DataFrame) -> pl.DataFrame:
    """Return one row a unit and period with figures: how many are ``due`` and what share of them ``arrived``."""
    there = arrived.group_by(_PLACE).agg(count=pl.len())
    owed = (
        there.select(_PLACE)
        .join(due.select("unit_code", "step", "from", "to"), on=("unit_code", "step"), how="inner")
        .filter(pl.col("last").is_between(pl.col("from"), pl.col("to")))
        .group_by(_PLACE)
        .agg(due=pl.len())
    )
    return (
        there.join(owed, on=_PLACE, how="inner")
        .with_columns(arrived=pl.col("count") / pl.col("due"))
        .rename({"unit_code": "place_unit"})
        .sort("place_unit", "step", "last")
        .select("place_unit", "step", "last", "due", "arrived")
    )


def _absent(places: pl.DataFrame, due: pl.DataFrame, arrived: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Return the figures due that are not in these places, with a file that has others of the unit and period."""
    wanted = places.rename({"place_unit": "unit_code"}).select(_PLACE)
    frame = (
        wanted.join(due.select("unit_code", "indicator_code", "step", "from", "to"), on=("unit_code", "step"))
        .filter(pl.col("last").is_between(pl.col("from"), pl.col("to")))
        .join(arrived.join(wanted, on=_PLACE, how="semi"), on=("indicator_code", *_PLACE), how="anti")
    )
    names = frame.select("step", "last").unique()
    periods = [period_of(last, _FREQUENCIES[step]) for step, last in names.iter_rows()]
    named = names.with_columns(pl.Series("period", periods, dtype=pl.String))
    frame = frame.join(named, on=("step", "last"), how="left")
    files = (
        figures.join(frame.select("unit_code", "period").unique(), on=("unit_code", "period"), how="semi")
        .sort("received_at", "snapshot")
        .unique(("unit_code", "period"), keep="last", maintain_order=True)
        .select("unit_code", "period", "snapshot", "source_id")
    )
    return frame.join(files, on=("unit_code", "period"), how="left")


def _never_came(absent: pl.DataFrame, refused: pl.DataFrame | None) -> pl.DataFrame:
    """Return the absent figures without those that came and could not be read."""
    if refused is None:
        return absent
    key = ("unit_code", "indicator_code", "period")
    return absent.join(refused.select(key).drop_nulls().unique(), on=key, how="anti")


def _forms(figures: pl.DataFrame, catalogue: Catalogue, deadline: Deadline) -> pl.DataFrame:
    """Return one row a unit, file and deadline: when its figures came first, and how many days after it."""
    collected = [i.code for i in catalogue.indicators if i.role == "reported" and i.is_collected]
    owed = figures.filter(
        pl.col("months") == pl.col("own_months"),
        pl.col("indicator_code").is_in(collected),
        pl.col("received_at").is_not_null(),
        pl.col("unit_code").is_in(list(catalogue.units_by_code)),
    )
    repeated = owed["cell"].is_duplicated()
    first = owed.filter(repeated).sort("received_at", "snapshot").unique("cell", keep="first", maintain_order=True)
    last = pl.col("first_month") + pl.col("months") - 1
    end = last if deadline.after == "period" else last // 12 * 12 + 11
    grouped = (
        pl.concat([owed.filter(~repeated), first])
        .with_columns(end=end, label=pl.col("period") if deadline.after == "period" else pl.lit(None))
        .group_by("unit_code", "snapshot", "end", "label")
        .agg(
            figures=pl.len(),
            received_at=pl.col("received_at").max(),
            source_id=pl.col("source_id").first(),
        )
        .sort("unit_code", "end", "snapshot", "label")
    )
    days = timedelta(days=deadline.days)
    last_day = pl.date(pl.col("end") // 12, pl.col("end") % 12 + 1, 1).dt.month_end() + days
    # The whole last day is in time.
    return grouped.with_columns(last_day=last_day).with_columns(
        days_late=(pl.col("received_at").dt.date() - pl.col("last_day")).dt.total_days(),
        period=pl.coalesce("label", (pl.col("end") // 12).cast(pl.String)),
    )


def _missing_findings(absent: pl.DataFrame, catalogue: Catalogue, edition: Edition) -> pl.DataFrame:
    named = absent.join(words_of_units(catalogue), on="unit_code", how="left").join(
        words_of_indicators(catalogue, edition), on="indicator_code", how="left"
    )
    unit, code, period = pl.col("unit_code"), pl.col("indicator_code"), pl.col("period")
    zh = pl.format(
        "{}（{}）{} 的{}（{}）没有数据：该单位报送了同期其他指标，此项也应填报。",
        pl.col("unit_zh"),
        unit,
        period,
        pl.col("indicator_zh"),
        code,
    )
    en = pl.format(
        "{} ({}) of {} ({}) in {} is missing: the unit reported others for the period, and this one is due as well.",
        pl.col("indicator_en"),
        code,
        pl.col("unit_en"),
        unit,
        period,
    )
    return _findings(rules.MISSING_FIGURE, named.with_columns(message_zh=zh, message_en=en))


def _late_findings(forms: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    day = pl.col("received_at").dt.strftime("%Y-%m-%d")
    last_day = pl.col("last_day").dt.strftime("%Y-%m-%d")
    late = pl.col("days_late")
    named = forms.join(words_of_units(catalogue), on="unit_code", how="left")
    zh = pl.format(
        "{}（{}）{} 的 {} 个数据于 {} 收到，报送期限为 {}，迟了 {} 天。",
        pl.col("unit_zh"),
        pl.col("unit_code"),
        pl.col("period"),
        pl.col("figures"),
        day,
        last_day,
        late,
    )
    en = pl.format(
        "{} figures of {} ({}) for {} arrived on {}: they were due by {} and are {} days late.",
        pl.col("figures"),
        pl.col("unit_en"),
        pl.col("unit_code"),
        pl.col("period"),
        day,
        last_day,
        late,
    )
    return _findings(rules.LATE_FORM, named.with_columns(message_zh=zh, message_en=en, value=day, reference=last_day))


def _findings(rule: Rule, frame: pl.DataFrame) -> pl.DataFrame:
    told = frame.with_columns(rule=pl.lit(rule.id), severity=pl.lit(rule.severity), status=pl.lit("open"))
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in FINDINGS.items() if name not in told.columns]
    return told.with_columns(absent).select(FINDINGS.names()).cast(FINDINGS)
