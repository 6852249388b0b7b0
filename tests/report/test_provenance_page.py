"""The page of the chains of one unit: every figure, written so that a reader can do the sum again."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xietong.report import RunFacts
from xietong.report.chains import Chains
from xietong.report.evaluation import Evaluation
from xietong.report.output_chains import Outputs
from xietong.report.provenance_page import ProvenancePages, chain_path
from xietong.report.view import View

MOMENT = datetime(2026, 11, 10, tzinfo=UTC)
SHA = "ab" * 32


def scored(value, score, **given):
    row = {"unit_code": "500101", "period": "2026-10", "indicator_code": "pm25", "node_code": "pollution"}
    row |= {"state": "observed", "value": value, "value_period": "2026-10", "age_months": 0, "method": "reported"}
    row |= {"score": score, "weight": 0.25, "effective_weight": 0.3, "contribution": 0.3 * score}
    return {**row, **given}


def lineage(indicator, component, period, part="current", **given):
    row = {"unit_code": "500101", "indicator_code": indicator, "period": "2026-10", "part": part}
    row |= {"component_code": component, "component_value": 12.345, "figure_period": period, "figure_value": 30.0}
    row |= {"status": "revised", "source_id": "district_forms", "location": "月度!D5", "snapshot": SHA}
    return {**row, "received_at": MOMENT, **given}


def snapshot(**given):
    row = {"sha256": SHA, "file": "500101.xlsx", "source_id": "district_forms", "publisher": "区县", "address": None}
    return {**row, "licence": "内部", "received_at": MOMENT, "size": 10, **given}


def page_of(view: View, unit="500101"):
    evaluation = view.evaluation
    pages = ProvenancePages(view, Chains(evaluation), Outputs(evaluation))
    return pages.page(view.catalogue.units_by_code[unit])


def figure_of(page, code):
    return next(figure for group in page.groups for figure in group.figures if figure.basis.code == code)


def test_every_indicator_has_its_section(make_view, catalogue) -> None:
    page = page_of(make_view())
    codes = [figure.basis.code for group in page.groups for figure in group.figures]
    assert sorted(codes) == sorted(indicator.code for indicator in catalogue.indicators)
    assert page.groups[-1].code == ""
    assert page.resource == "api/v1/provenance/500101.json"


# Each example makes a whole page.
@settings(max_examples=25)
@given(st.floats(15.0, 49.0))
def test_the_score_can_be_computed_from_the_page(catalogue, published, value) -> None:
    """The value is printed with digits enough: the formula on the page gives the score on the page."""
    marts = {"indicator_scores": pl.DataFrame([scored(value, 100 * (value - 49) / (15 - 49))])}
    run = RunFacts("chongqing-published", "2026-10", MOMENT, "2025.1", "2026-10-0123456789ab", 1)
    found = figure_of(page_of(View(Evaluation(marts, catalogue, "2026-10"), published, run, "en")), "pm25")
    worst, best = float(found.basis.worst), float(found.basis.best)
    assert 100 * (float(found.exact) - worst) / (best - worst) == pytest.approx(float(found.score), abs=0.006)


def test_a_negative_goalpost_stands_in_brackets(make_view, catalogue) -> None:
    negative = [found for found in catalogue.indicators if found.goalposts and found.goalposts.worst.value < 0]
    assert negative
    page = page_of(make_view())
    assert {figure_of(page, found.code).basis.worst[:2] for found in negative} == {"(\N{MINUS SIGN}"}


def test_a_received_figure_names_cell_file_and_status(make_view) -> None:
    rows = [lineage("pm25", "pm25", "2026-10")]
    page = page_of(make_view(indicator_scores=[scored(31.04, 52.8)], lineage=rows, snapshots=[snapshot()]))
    found = figure_of(page, "pm25")
    (row,) = found.rows
    assert (row.period, row.value, row.location, row.file, row.status) == (
        "2026年10月",
        "30.0",
        "月度!D5",
        1,
        "revised",
    )
    (file,) = page.files
    assert (file.number, file.file, file.snapshot, file.received) == (1, "500101.xlsx", SHA, "2026年11月10日")
    assert (found.value, found.score, found.weight, found.to_node) == ("31.0", "52.80", "30.0", "15.84")


def test_a_computed_figure_leads_to_its_parts_and_the_base_year(make_view) -> None:
    rows = [
        lineage("co2_decline", "raw_coal_consumption", "2026-Q3"),
        lineage("co2_decline", "raw_coal_consumption", "2020-Q3", "base"),
    ]
    given = {"indicator_code": "co2_decline", "node_code": "carbon", "method": "computed"}
    page = page_of(make_view(indicator_scores=[scored(8.0, 40.0, **given)], lineage=rows))
    found = figure_of(page, "co2_decline")
    assert len(found.parts) == 1
    assert found.rows == ()
    (base,) = found.base
    assert (base.code, [row.period for row in base.rows]) == ("raw_coal_consumption", ["2020年第3季度"])


def test_a_missing_figure_says_why_and_what_came_last(make_view) -> None:
    names = ("unit_code", "indicator_code", "period", "value", "status", "source_id", "snapshot", "location")
    row = dict(zip(names, ("500101", "pm25", "2026-06", 30.0, "reported", "district_forms", SHA, "A1"), strict=True))
    found = figure_of(page_of(make_view(observations=[{**row, "received_at": MOMENT}])), "pm25")
    assert found.gap is not None
    assert found.gap.key == "provenance.gap.out_of_date"
    assert found.gap.values == {"period": "2026年6月", "value": "30.0", "months": "2"}
    assert [one.location for one in found.rows] == ["A1"]


def test_what_a_formula_lacks_is_linked(make_view) -> None:
    found = figure_of(page_of(make_view()), "good_air_days_share")
    assert [part.code for part in found.lacking] == ["good_air_days", "monitored_air_days"]


@pytest.mark.parametrize(("language", "message"), [("zh", "突变"), ("en", "a jump")])
def test_findings_speak_the_language_of_the_page(make_view, language, message) -> None:
    finding = {"rule": "sudden_change", "severity": "warning", "unit_code": "500101", "indicator_code": "pm25"}
    finding |= {"period": "2026-10", "message_zh": "突变", "message_en": "a jump", "status": "explained"}
    view = make_view(
        language=language,
        indicator_scores=[scored(31.0, 50.0)],
        lineage=[lineage("pm25", "pm25", "2026-10")],
        findings=[finding],
    )
    (found,) = figure_of(page_of(view), "pm25").findings
    assert (found.message, found.status) == (message, "explained")


def test_findings_of_a_file_and_of_what_was_refused_are_on_the_page(make_view) -> None:
    about = {"severity": "critical", "unit_code": "500101", "message_zh": "拒收", "message_en": "refused"}
    refused = {
        **about,
        "rule": "implausible_value",
        "indicator_code": "pm25",
        "period": "2026-05",
        "snapshot": "cd" * 32,
    }
    late = {**about, "rule": "late_form", "indicator_code": None, "period": "2026", "snapshot": SHA}
    view = make_view(
        indicator_scores=[scored(31.0, 50.0)],
        lineage=[lineage("pm25", "pm25", "2026-10")],
        findings=[{**row, "status": "open"} for row in (refused, late)],
    )
    page = page_of(view)
    assert [found.message for found in figure_of(page, "pm25").findings] == ["拒收"]
    assert [found.message for found in page.files[0].findings] == ["拒收"]


def test_links_go_from_the_page_of_a_unit_to_the_place_of_a_figure() -> None:
    assert chain_path("units/500101.html", "indicators/pm25.html") == "provenance/500101.html#pm25"
    assert chain_path("units/500101.html", "pm25") == "provenance/500101.html#pm25"
    assert chain_path("units/500101.html", "output-index") == "provenance/500101.html#output-index"
