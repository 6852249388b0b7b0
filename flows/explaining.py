"""``xietong explain``: from a figure on the site back to the cells it came from, and on to its weight in the index."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console

from xietong.catalogue import (
    Catalogue,
    DeclineFormula,
    Indicator,
    RatioFormula,
    SumFormula,
    SystemFormula,
    load_catalogue,
    load_edition,
)
from xietong.catalogue.indicators import Term
from xietong.errors import UsageError
from xietong.periods import month_number
from xietong.report.figure_findings import findings_beside
from xietong.report.provenance import reported_components
from xietong.resources import resource_directory
from xietong.settings import Settings
from xietong.signs import shown
from xietong.warehouse import FigureRecord, figure_record


def explain_figure(settings: Settings, edition_name: str, unit_code: str, indicator_code: str, period: str) -> int:
    """Print the chain of one figure of the current release and return 0.

    Raises:
        UsageError: nothing is published, or the release has no such figure.
    """
    edition = load_edition(settings.editions_directory, edition_name)
    catalogue = load_catalogue(settings.catalogue_directory, edition.catalogue)
    release = (settings.edition_directory(edition_name) / "current").resolve()
    if not (release / "warehouse.duckdb").is_file():
        raise UsageError(f"nothing of {edition_name} is published yet; run: xietong run --edition {edition_name}")
    sql = resource_directory("sql")
    record = figure_record(release / "warehouse.duckdb", sql, unit_code, indicator_code, period)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"发布 release: {release.name}")
    _print_definition(console, catalogue, record)
    _print_score(console, catalogue, record)
    _print_figures(console, catalogue, record)
    _print_gap(console, catalogue, record)
    _print_findings(console, catalogue, record)
    _print_files(console, record)
    _print_checks(console, record)
    return 0


def _print_definition(console: Console, catalogue: Catalogue, record: FigureRecord) -> None:
    score = record.score
    unit, indicator = catalogue.units_by_code[score["unit_code"]], catalogue.indicators_by_code[score["indicator_code"]]
    console.print(f"单位 unit: {unit.name.zh} {unit.name.en} ({unit.code})")
    console.print(f"指标 indicator: {indicator.name.zh} / {indicator.name.en} ({indicator.code})")
    titles = {article.number: article.title.zh for article in catalogue.articles.articles}
    for number in indicator.articles:
        console.print(f"条款 article {number}: {titles[number]}")
    console.print(f"公式 formula: {_formula(catalogue, indicator)}")
    if indicator.goalposts is not None:
        worst, best = indicator.goalposts.worst, indicator.goalposts.best
        console.print(f"目标界限 goalposts: 0 = {worst.value} ({worst.reason.zh})")
        console.print(f"                    100 = {best.value} ({best.reason.zh})")


def _print_score(console: Console, catalogue: Catalogue, record: FigureRecord) -> None:
    score = record.score
    indicator = catalogue.indicators_by_code[score["indicator_code"]]
    if score["value"] is None:
        console.print(f"数值 value in {score['period']}: — ({score['state']})")
        return
    console.print(
        f"数值 value in {score['period']}: {_digits(score['value'])} {indicator.measure} "
        f"({score['method']}, 所属期 of {score['value_period']}, {score['age_months']} months old)"
    )
    if score["score"] is not None:
        console.print(
            f"得分 score: {_digits(score['score'])} × 权重 weight {_digits(score['effective_weight'])} "
            f"(目录 catalogue {_digits(score['weight'])}) = 贡献 contribution {_digits(score['contribution'])} "
            f"→ {score['node_code']}"
        )


def _digits(number: float | None) -> str:
    """Return the number to twelve digits: what floating point adds behind them is no information."""
    return "—" if number is None else f"{number:.12g}"


def _formula(catalogue: Catalogue, indicator: Indicator) -> str:
    def named(code: str) -> str:
        return f"{catalogue.indicators_by_code[code].name.zh} ({code})"

    match indicator.formula:
        case SumFormula() as total:
            return " + ".join(_term(named(term.indicator), term) for term in total.terms)
        case RatioFormula() as ratio:
            scale = "" if ratio.scale == 1 else f"{ratio.scale:g} × "
            return f"{scale}{named(ratio.numerator)} ÷ {named(ratio.denominator)}"
        case DeclineFormula() as decline:
            return f"100 × (1 − {named(decline.of)} ÷ {decline.base_year} 年同一指标)"
        case SystemFormula() as system:
            return f"系统统计 measured by the system: {system.measure}"
        case None:
            return "报送或公布的数据 as received"


def _term(name: str, term: Term) -> str:
    coefficient = "" if term.coefficient == 1 else f" × {term.coefficient:g}"
    factor = f" × {term.factor}" if term.factor else ""
    divisor = f" ÷ {term.divisor}" if term.divisor else ""
    return f"{name}{coefficient}{factor}{divisor}"


def _print_figures(console: Console, catalogue: Catalogue, record: FigureRecord) -> None:
    if not record.vintages.height:
        console.print("所依据的数据 figures: —")
        return
    console.print("所依据的数据 figures (* 采用 used; 其余已被更新 others were replaced):")
    rules = {(row["component_code"], row["figure_period"]): row["findings"] for row in record.lineage.to_dicts()}
    _print_rows(
        console,
        (
            (
                "*" if row["is_used"] else " ",
                row["indicator_code"],
                row["period"],
                f"{row['value']!r} {catalogue.indicators_by_code[row['indicator_code']].measure}",
                row["status"],
                row["file"] or row["snapshot"][:12],
                row["location"],
                f"{row['received_at']:%Y-%m-%d}",
                # What was found is about the figure that is used, as the reason of a correction is.
                (rules.get((row["indicator_code"], row["period"])) or "") if row["is_used"] else "",
                f"更正 corrected: {row['reason_zh']}" if row["reason_zh"] else "",
            )
            for row in record.vintages.to_dicts()
        ),
    )


def _of(catalogue: Catalogue, code: str) -> Indicator:
    return catalogue.indicators_by_code[code]


def _print_gap(console: Console, catalogue: Catalogue, record: FigureRecord) -> None:
    """Print of a missing figure what it would be made of, and how far that has come in."""
    if record.score["value"] is not None:
        return
    end = month_number(record.score["period"])
    received = sorted(record.received.iter_rows(), key=lambda row: month_number(row[1]))
    newest = {code: period for code, period in received if month_number(period) <= end}
    parts = reported_components(catalogue, _of(catalogue, record.score["indicator_code"]))
    if parts:
        console.print("所需的数据 needed (最近一期 newest received):")
        _print_rows(console, ((" ", _of(catalogue, code).name.zh, code, newest.get(code, "—")) for code in parts))


def _print_findings(console: Console, catalogue: Catalogue, record: FigureRecord) -> None:
    """Print what was found about the figures that are used, and about those that could have been."""
    score, found = record.score, record.findings.to_dicts()
    used = set(record.vintages.select("indicator_code", "period").iter_rows())
    beside = findings_beside(
        catalogue,
        _of(catalogue, score["indicator_code"]),
        score["period"],
        score["value_period"],
        used,
        lambda code: [row for row in found if row["indicator_code"] == code],
    )
    rows = [*(row for row in found if (row["indicator_code"], row["period"]) in used), *beside]
    if rows:
        console.print("查出的问题 findings:")
    for row in rows:
        told = f"{row['severity']} {row['rule']} ({row['status']}): {row['message_zh']}"
        explained = f" 说明 explanation: {row['explanation_zh']}" if row["explanation_zh"] else ""
        console.print("   " + shown(told + explained))


def _print_files(console: Console, record: FigureRecord) -> None:
    files = record.lineage.select("snapshot", "file", "publisher", "source_id").unique().sort("file", "snapshot")
    for row in files.to_dicts():
        console.print(f"文件 file: {row['file']}  {row['publisher']}  {row['source_id']}  sha256 {row['snapshot']}")


def _print_checks(console: Console, record: FigureRecord) -> None:
    console.print("检查 checks (各单位各期合计 of all units and periods: 查 evaluated, 未过 failed):")
    _print_rows(
        console,
        (
            (
                " ",
                row["expectation"],
                row["indicator_code"] or "",
                row["severity"],
                str(row["evaluated"]),
                str(row["failed"]),
                row["description_zh"],
            )
            for row in record.checks.to_dicts()
        ),
    )


def _print_rows(console: Console, rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows with their columns aligned; nothing is cut off, whatever the width of the terminal."""
    cells = [tuple(map(shown, row)) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True))
        console.print("  ".join(padded).rstrip())
