"""Figure cells of any source to observations: numbers read, measures converted, doubtful ones refused.

A module for a kind of source finds the cells and what they are about; what a cell says is decided
here, for all sources alike. Columns are worked on as a whole; single cells only where something is wrong.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import polars as pl

from transforms.findings import Finding, Place, findings_frame, refused_figures, shown
from transforms.measures import MeasureIndex, convert, ratio
from transforms.mergers import add_up_mergers
from transforms.numerals import read_numerals
from transforms.refused_texts import hint
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.sources import Origin
from xietong.frames import OBSERVATIONS

#: One row: one cell with something in it, and what it is about.
FIGURES: Final = pl.Schema(
    {
        "snapshot": pl.String(),
        "file": pl.String(),
        "location": pl.String(),
        "unit_code": pl.String(),
        "part_code": pl.String(),  # the code of the former unit it is of, where that is not the present one
        "indicator_code": pl.String(),
        "period": pl.String(),
        "text": pl.String(),
        "measure": pl.String(),  # as the source writes it; null: the one of the catalogue
        "measure_location": pl.String(),
        "status": pl.String(),
        "received_at": pl.Datetime("us", "UTC"),
        "source_note": pl.String(),
    }
)

_PERCENT: Final = "%"
_Row = dict[str, Any]


@dataclass(frozen=True)
class Tidied:
    """What files say: their figures as ``OBSERVATIONS``, and everything that was not used as ``FINDINGS``."""

    observations: pl.DataFrame
    findings: pl.DataFrame


def observe(figures: pl.DataFrame, source: Source, catalogue: Catalogue, origin: Origin) -> Tidied:
    """Return the figures (a frame of ``FIGURES``) as observations; each that is refused gives a finding."""
    findings: list[Finding] = []
    frame = pl.concat([figures, read_numerals(figures["text"])], how="horizontal")
    for step in (_refuse_texts, _convert_measures, _refuse_fractions, _refuse_duplicates):
        frame = step(frame, catalogue, findings)
    index = UnitIndex(catalogue.units, source.units_as_of)
    frame = add_up_mergers(frame, index, catalogue, findings)
    observations = frame.with_columns(origin=pl.lit(origin), source_id=pl.lit(source.code)).select(OBSERVATIONS.names())
    return Tidied(observations.cast(OBSERVATIONS), findings_frame(findings, source.code))


def _about(row: _Row, **more: Any) -> dict[str, Any]:
    """Return what a finding about a figure cell says of it beside its sentence."""
    return {
        "place": Place.at(row["file"], row["snapshot"], row["location"]),
        "unit_code": row["unit_code"],
        "indicator_code": row["indicator_code"],
        "period": row["period"],
        "value": shown(row["text"]),
    } | more


def _take(frame: pl.DataFrame, bad: pl.Expr, findings: list[Finding], tell: Callable[[_Row], Finding]) -> pl.DataFrame:
    """Return the rows that are not bad, after telling of those that are."""
    is_bad = frame.select(bad.fill_null(value=False)).to_series()
    if not is_bad.any():
        return frame
    findings.extend(tell(row) for row in frame.filter(is_bad).iter_rows(named=True))
    return frame.filter(~is_bad)


def _refuse_texts(frame: pl.DataFrame, _: Catalogue, findings: list[Finding]) -> pl.DataFrame:
    zeros = frame.filter(pl.col("has_leading_zeros"))
    findings.extend(_leading_zeros(row) for row in zeros.iter_rows(named=True))
    findings.extend(_blanks(row) for row in frame.filter("has_blanks", kind="number").iter_rows(named=True))
    frame = _take(frame, pl.col("kind") == "refused", findings, _text)
    return _take(frame, pl.col("kind") == "missing", findings, _missing)


def _text(row: _Row) -> Finding:
    text = shown(row["text"])
    hint_zh, hint_en = hint(text)
    return Finding(
        "text_in_number_cell",
        "critical",
        zh=f"此处为“{text}”，只能填数字（可带千分位逗号、负号或百分号），没有数据请留空{hint_zh}",
        en=f"“{text}” stands where only a number may (grouping commas, a minus or a percent sign are allowed); "
        f"leave it empty when there is none{hint_en}",
        **_about(row, reference="1234.5"),
    )


def _missing(row: _Row) -> Finding:
    text = shown(row["text"])
    return Finding(
        "missing_mark",
        "info",
        zh=f"“{text}”按没有数据处理，不作为 0；数值为零请填 0",
        en=f"“{text}” is taken as no figure, not as zero; write 0 where it is zero",
        **_about(row, reference="0"),
    )


def _leading_zeros(row: _Row) -> Finding:
    return Finding(
        "leading_zeros",
        "warning",
        zh=f"“{shown(row['text'])}”以 0 开头，按 {float(row['digits']):g} 采用，请核对",
        en=f"“{shown(row['text'])}” begins with a zero and is read as {float(row['digits']):g}; please check it",
        **_about(row, reference=f"{float(row['digits']):g}"),
    )


def _blanks(row: _Row) -> Finding:
    number = f"{float(row['digits']):.15g}"
    return Finding(
        "blank_inside_number",
        "info",
        zh=f"“{shown(row['text'])}”中的空格按千分位处理，采用 {number}；如为两个数请改正",
        en=f"the blank in “{shown(row['text'])}” is taken to group digits, and {number} is used; correct it if these "
        "are two numbers",
        **_about(row, reference=number),
    )


def _convert_measures(frame: pl.DataFrame, catalogue: Catalogue, findings: list[Finding]) -> pl.DataFrame:
    """Return the frame with ``value`` in the measure of the indicator; figures in another dimension are refused."""
    measures = MeasureIndex(catalogue.measures)
    frame = _take(frame, _contradicts_its_sign(frame, measures), findings, _percent_sign)
    frame = frame.with_columns(
        measure=pl.when("is_percent").then(pl.lit(_PERCENT)).otherwise("measure"),
        # The sign stands in the cell of the figure itself.
        measure_location=pl.when(pl.col("is_percent").not_()).then("measure_location"),
    )
    pairs = [*frame.select("indicator_code", "measure").unique().sort("indicator_code", "measure").iter_rows()]
    ratios = {pair: _ratio(catalogue, measures, *pair) for pair in pairs}
    schema = {"indicator_code": pl.String, "measure": pl.String, "is_known": pl.Boolean, "is_same": pl.Boolean}
    outcomes = [(*pair, by is not None, by == 1) for pair, by in ratios.items()]
    table = pl.DataFrame(outcomes, schema=schema, orient="row")
    frame = frame.join(table, on=["indicator_code", "measure"], how="left", nulls_equal=True, maintain_order="left")
    refused = frame.filter(~pl.col("is_known"))
    findings.extend(_wrong_measures(refused, catalogue, measures))
    frame = frame.filter("is_known").with_row_index("place")
    other = frame.filter(~pl.col("is_same")).select("place", "indicator_code", "measure", "digits")
    converted = {
        place: convert(digits, ratios[code, word] or Fraction(1)) for place, code, word, digits in other.iter_rows()
    }
    values = frame["number"].scatter(list(converted), list(converted.values()))
    return frame.drop("place", "is_known", "is_same").with_columns(value=values)


def _contradicts_its_sign(frame: pl.DataFrame, measures: MeasureIndex) -> pl.Expr:
    """True for a percent sign in a row whose measure is another one."""
    words = frame.filter("is_percent")["measure"].drop_nulls().unique().sort()
    percents = [word for word in words if (measure := measures.find(word)) and measure.code == _PERCENT]
    return pl.col("is_percent") & pl.col("measure").is_in(percents).not_()


def _percent_sign(row: _Row) -> Finding:
    measure = shown(row["measure"])
    return Finding(
        "wrong_measure",
        "critical",
        zh=f"“{shown(row['text'])}”带百分号，而计量单位写作“{measure}”；请去掉百分号或改正计量单位",
        en=f"“{shown(row['text'])}” has a percent sign, but its measure is “{measure}”; correct one of them",
        **_about(row, reference=measure),
    )


def _ratio(catalogue: Catalogue, measures: MeasureIndex, indicator_code: str, word: str | None) -> Fraction | None:
    """Return the exact factor to the measure of the indicator; None when there is no such measure."""
    target = measures.find(catalogue.indicators_by_code[indicator_code].measure)
    measure = target if word is None else measures.find(word)
    if measure is None or target is None or measure.dimension != target.dimension:
        return None
    return ratio(measure, target)


def _wrong_measures(refused: pl.DataFrame, catalogue: Catalogue, measures: MeasureIndex) -> Iterator[Finding]:
    """Yield one finding for each place where a measure stands, with the number of figures it costs."""
    places = refused.with_columns(at=pl.coalesce("measure_location", "location"))
    for _, group in places.group_by("snapshot", "at", "indicator_code", "measure", maintain_order=True):
        row = group.row(0, named=True)
        indicator = catalogue.indicators_by_code[row["indicator_code"]]
        target = measures.find(indicator.measure)
        allowed = "、".join(measures.of_dimension(target.dimension) if target else [indicator.measure])
        is_known = measures.find(row["measure"]) is not None
        lost_zh, lost_en = refused_figures(group.height)
        word = shown(row["measure"])
        yield Finding(
            "wrong_measure" if is_known else "unknown_measure",
            "critical",
            zh=f"“{indicator.name.zh}”不能用“{word}”计量，可用 {allowed}；{lost_zh}",
            en=f"{indicator.name.en} cannot be measured in “{word}”; allowed are {allowed.replace('、', ', ')}; "
            f"{lost_en}",
            **_about(
                row,
                place=Place.at(row["file"], row["snapshot"], row["at"]),
                value=word,
                reference=allowed,
                period=row["period"] if group.height == 1 else None,
            ),
        )


def _refuse_fractions(frame: pl.DataFrame, catalogue: Catalogue, findings: list[Finding]) -> pl.DataFrame:
    """Refuse 0.852 where 85.2 % must be meant: a share that is never so small, written without its sign."""
    above_one = [
        indicator.code
        for indicator in catalogue.indicators
        if indicator.measure == _PERCENT and indicator.plausible is not None and indicator.plausible.minimum > 1
    ]
    is_fraction = (pl.col("value").abs() <= 1) & (pl.col("value") != 0) & ~pl.col("is_percent")
    return _take(
        frame,
        pl.col("indicator_code").is_in(above_one) & is_fraction,
        findings,
        lambda row: _fraction(row, catalogue),
    )


def _fraction(row: _Row, catalogue: Catalogue) -> Finding:
    indicator = catalogue.indicators_by_code[row["indicator_code"]]
    meant = f"{convert(row['digits'], Fraction(100)):.10g}"
    return Finding(
        "percent_as_fraction",
        "critical",
        zh=f"“{indicator.name.zh}”以 % 计，此处为 {shown(row['text'])}，像是小数；如为 {meant}% 请填 {meant}",
        en=f"{indicator.name.en} is in %, and {shown(row['text'])} looks like a fraction; if {meant} % is meant, "
        f"write {meant}",
        **_about(row, reference=meant),
    )


def _refuse_duplicates(frame: pl.DataFrame, catalogue: Catalogue, findings: list[Finding]) -> pl.DataFrame:
    """Keep the first of equal figures of one file; of figures that contradict each other keep none."""
    figure = ["snapshot", "unit_code", "part_code", "indicator_code", "period"]
    is_repeated = frame.select(pl.struct(figure).is_duplicated()).to_series()
    if not is_repeated.any():
        return frame
    frame = frame.with_row_index("place")
    dropped: list[int] = []
    for _, group in frame.filter(is_repeated).group_by(figure, maintain_order=True):
        first, *others = group.iter_rows(named=True)
        if group["value"].n_unique() == 1:
            dropped.extend(row["place"] for row in others)
            findings.extend(_repeat(row, first, catalogue) for row in others)
        else:
            dropped.extend(group["place"])
            findings.extend(_contradiction(row, group.iter_rows(named=True), catalogue) for row in (first, *others))
    return frame.filter(~pl.col("place").is_in(dropped)).drop("place")


def _repeat(row: _Row, first: _Row, catalogue: Catalogue) -> Finding:
    name = catalogue.indicators_by_code[row["indicator_code"]].name
    return Finding(
        "duplicate_row",
        "warning",
        zh=f"“{name.zh}”{row['period']} 的数据在 {first['location']} 已有，数值相同，只采用一次",
        en=f"{name.en} of {row['period']} already stands at {first['location']} with the same value and is used once",
        **_about(row, reference=first["location"]),
    )


def _contradiction(row: _Row, group: Iterable[_Row], catalogue: Catalogue) -> Finding:
    name = catalogue.indicators_by_code[row["indicator_code"]].name
    others = [f"{other['location']} ({shown(other['text'])})" for other in group if other["place"] != row["place"]]
    listed = ", ".join(others)
    return Finding(
        "conflicting_duplicate",
        "critical",
        zh=f"“{name.zh}”{row['period']} 此处为 {shown(row['text'])}，与同一文件的 {listed} 矛盾，均未采用；只能填一个",
        en=f"{name.en} of {row['period']} is {shown(row['text'])} here, against {listed} in the same file; "
        "none is used, and only one may stand",
        **_about(row, reference=listed),
    )
