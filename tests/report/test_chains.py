"""The chain of every figure: what it rests on, what checks found, what it gives; of a missing one, why it is missing."""

from datetime import UTC, datetime

import pytest

from xietong.report.chains import Chains

MOMENT = datetime(2026, 11, 10, tzinfo=UTC)
SHA = "ab" * 32


def figure(indicator, **given):
    row = {"unit_code": "500101", "period": "2026-10", "indicator_code": indicator, "node_code": None}
    row |= {"state": "observed", "value": 31.0, "value_period": "2026-10", "age_months": 0, "method": "reported"}
    row |= {"score": None, "weight": None, "effective_weight": None, "contribution": None}
    return {**row, **given}


def missing(indicator, **given):
    gone = dict.fromkeys(("value", "value_period", "age_months", "method"))
    return figure(indicator, state="missing", **gone, **given)


def lineage(indicator, component, period, value=30.0, part="current", **given):
    row = {"unit_code": "500101", "indicator_code": indicator, "period": "2026-10", "part": part}
    row |= {"component_code": component, "component_value": 31.0, "figure_period": period, "figure_value": value}
    row |= {"status": "reported", "source_id": "district_forms", "publisher": "区县", "file": "a.xlsx"}
    row |= {"location": f"月度!D{period[-1]}", "snapshot": SHA, "received_at": MOMENT, "findings": None}
    return {**row, **given}


def observation(indicator, period, **given):
    row = {"unit_code": "500101", "indicator_code": indicator, "period": period, "value": 30.0, "origin": "reported"}
    row |= {"status": "reported", "source_id": "district_forms", "snapshot": SHA, "location": "月度!D5"}
    return {**row, "received_at": MOMENT, **given}


def finding(indicator, period, severity="warning", rule="sudden_change", unit="500101"):
    row = {"rule": rule, "severity": severity, "unit_code": unit, "indicator_code": indicator, "period": period}
    return {**row, "message_zh": "突变", "message_en": "a jump", "status": "open"}


def chain_of(view, indicator, unit="500101"):
    chains = Chains(view.evaluation).of_unit(view.catalogue.units_by_code[unit])
    return chains, chains.by_code[indicator]


def test_a_mean_rests_on_its_figures_in_their_order(make_view) -> None:
    rows = [lineage("pm25", "pm25", "2026-09", 28.0), lineage("pm25", "pm25", "2026-10", 34.0)]
    view = make_view(indicator_scores=[figure("pm25")], lineage=rows, observations=[observation("pm25", "2026-10")])
    chains, chain = chain_of(view, "pm25")
    assert chain.gap is None
    (own,) = chain.inputs
    assert [one.value for one in chains.received_of(own)] == [28.0, 34.0]
    assert list(chains.received) == ["pm25/2026-09", "pm25/2026-10"]
    assert chains.files == (SHA,)
    assert chains.received["pm25/2026-10"].location == "月度!D0"


def test_figures_that_several_chains_share_stand_once(make_view) -> None:
    rows = [
        lineage("pm25", "pm25", "2026-10"),
        lineage("air_composite_index", "pm25", "2026-10"),
        lineage("air_composite_index", "pm10", "2026-10"),
    ]
    view = make_view(indicator_scores=[figure("pm25"), figure("air_composite_index", method="computed")], lineage=rows)
    chains, chain = chain_of(view, "air_composite_index")
    assert sorted(chains.received) == ["pm10/2026-10", "pm25/2026-10"]
    assert [(one.indicator, one.periods) for one in chain.inputs] == [("pm25", ("2026-10",)), ("pm10", ("2026-10",))]


def test_the_base_year_is_an_input_of_its_own(make_view) -> None:
    rows = [lineage("co2_decline", "raw_coal_consumption", period, part=part) for part, period in
            (("current", "2026-Q3"), ("base", "2020-Q3"))]  # fmt: skip
    view = make_view(indicator_scores=[figure("co2_decline", method="computed")], lineage=rows)
    _, chain = chain_of(view, "co2_decline")
    assert [(one.part, one.periods) for one in chain.inputs] == [("current", ("2026-Q3",)), ("base", ("2020-Q3",))]


def test_a_finding_stands_at_its_own_figure_only(make_view) -> None:
    rows = [lineage("pm25", "pm25", "2026-09"), lineage("pm25", "pm25", "2026-10")]
    findings = [finding("pm25", "2026-10"), finding("pm25", "2026-10", unit="500102"), finding("pm10", "2026-10")]
    view = make_view(indicator_scores=[figure("pm25")], lineage=rows, findings=findings)
    chains, _ = chain_of(view, "pm25")
    assert [len(one.findings) for one in chains.received.values()] == [0, 1]


def test_what_was_refused_in_the_window_of_a_mean_stands_in_its_chain(make_view) -> None:
    findings = [
        finding("pm25", period, "critical", "implausible_value")
        for period in ("2025-10", "2025-11", "2026-05", "2026-10")
    ]
    findings.append(finding("pm25", "2026-13", "critical", "wrong_period"))
    rows = [lineage("pm25", "pm25", "2026-10")]
    _, chain = chain_of(make_view(indicator_scores=[figure("pm25")], lineage=rows, findings=findings), "pm25")
    # Twelve months end in October 2026; what was found about October itself stands at the figure that is used.
    assert [row["period"] for row in chain.findings] == ["2025-11", "2026-05"]


def test_what_was_refused_after_the_month_of_an_older_figure_stands_in_its_chain(make_view) -> None:
    findings = [finding("pm25", period, "critical", "implausible_value") for period in ("2025-09", "2026-10")]
    rows = [lineage("pm25", "pm25", "2026-09")]
    scores = [figure("pm25", value_period="2026-09")]
    _, chain = chain_of(make_view(indicator_scores=scores, lineage=rows, findings=findings), "pm25")
    # The figure of September stands for October because that of October was refused.
    assert [row["period"] for row in chain.findings] == ["2026-10"]


def test_what_was_refused_of_its_components_stands_in_the_chain_of_a_computed_figure(make_view) -> None:
    rows = [lineage("air_composite_index", code, "2026-10") for code in ("pm25", "pm10")]
    findings = [
        finding("pm25", "2026-10"),
        finding("pm10", "2026-03", "critical"),
        finding("gdp", "2026-Q1", "critical"),
    ]
    scores = [figure("air_composite_index", method="computed")]
    view = make_view(indicator_scores=scores, lineage=rows, findings=findings)
    _, chain = chain_of(view, "air_composite_index")
    assert [(row["indicator_code"], row["period"]) for row in chain.findings] == [("pm10", "2026-03")]


def test_a_missing_figure_shows_what_could_not_be_tied_to_an_indicator(make_view) -> None:
    findings = [
        finding(None, None, "critical", "unknown_indicator"),
        finding(None, "2026", "info", "late_form"),
        finding("pm25", None, "critical", "wrong_period"),
        finding("pm25", "2026-13", "critical", "wrong_period"),
        finding("pm25", "2024-10", "critical", "implausible_value"),
        finding("pm25", "2026-08", "critical", "implausible_value"),
    ]
    view = make_view(indicator_scores=[missing("pm25"), figure("pm10")], findings=findings)
    _, chain = chain_of(view, "pm25")
    assert [(row["rule"], row["period"]) for row in chain.findings] == [
        ("wrong_period", None),
        ("wrong_period", "2026-13"),
        ("implausible_value", "2026-08"),
        ("unknown_indicator", None),
    ]
    assert chain_of(view, "pm10")[1].findings == ()


def test_a_finding_about_a_whole_file_stands_at_the_file(make_view) -> None:
    late = {**finding(None, "2026", "info", "late_form"), "snapshot": SHA}
    chains = Chains(make_view(findings=[late, {**finding("pm25", "2026-10"), "snapshot": SHA}]).evaluation)
    assert [row["rule"] for row in chains.file_findings[SHA]] == ["late_form"]


def test_a_published_figure_keeps_the_words_of_its_source(make_view) -> None:
    noted = observation("pm25", "2020", source_note="maigoo.com/news/661116.html")
    view = make_view(
        indicator_scores=[figure("pm25", value_period="2020")],
        lineage=[lineage("pm25", "pm25", "2020")],
        observations=[noted, observation("pm25", "2026-10")],
    )
    chains, _ = chain_of(view, "pm25")
    assert chains.received["pm25/2020"].note == "maigoo.com/news/661116.html"


def test_what_a_figure_contributes_comes_from_the_contributions_of_its_period(make_view) -> None:
    given = {"unit_code": "500101", "node_code": "pollution", "indicator_code": "pm25", "pillar_code": "effect"}
    rows = [{**given, "period": period, "to_pillar": 2.0, "to_index": points}
            for period, points in (("2025-10", 9.0), ("2026-10", 1.5))]  # fmt: skip
    scored = figure("pm25", node_code="pollution", score=50.0, effective_weight=0.25, contribution=12.5)
    _, chain = chain_of(make_view(indicator_scores=[scored], contributions=rows), "pm25")
    assert (chain.to_node, chain.to_pillar, chain.to_index) == (12.5, 2.0, 1.5)


# pm25 may serve for two more months; its mean needs nine of twelve months.
@pytest.mark.parametrize(
    ("marts", "indicator", "gap"),
    [
        ({}, "pm25", "not_received"),
        ({"indicator_scores": [missing("pm25")]}, "pm25", "not_received"),
        ({"indicator_scores": [figure("pm25", state="not_applicable", value=None)]}, "pm25", "not_applicable"),
        ({"findings": [finding("pm25", "2026-10", "critical")]}, "pm25", "refused"),
        ({"findings": [finding("pm25", "2026-10", "warning")]}, "pm25", "not_received"),
        ({"observations": [observation("pm25", "2026-07")]}, "pm25", "out_of_date"),
        ({"observations": [observation("pm25", "2026-08")]}, "pm25", "window_incomplete"),
        ({}, "good_air_days_share", "inputs_missing"),
        ({"indicator_scores": [figure("good_air_days"), figure("monitored_air_days", value=0.0)]},
         "good_air_days_share", "not_computable"),
        ({}, "data_quality_pass_rate", "not_measured"),
    ],
)  # fmt: skip
def test_a_missing_figure_says_why(make_view, marts, indicator, gap) -> None:
    _, chain = chain_of(make_view(**marts), indicator)
    assert (chain.gap, chain.value) == (gap, None)


def test_a_missing_computed_figure_names_what_its_formula_lacks(make_view) -> None:
    view = make_view(indicator_scores=[figure("good_air_days"), missing("monitored_air_days")])
    _, chain = chain_of(view, "good_air_days_share")
    assert chain.lacking == ("monitored_air_days",)


def test_the_newest_figure_of_a_missing_one_is_kept_with_its_file(make_view) -> None:
    rows = [observation("pm25", "2026-05"), observation("pm25", "2026-06", location="月度!I5")]
    chains, chain = chain_of(make_view(observations=rows), "pm25")
    assert chain.newest is not None
    assert (chain.newest.key, chain.newest.location) == ("pm25/2026-06", "月度!I5")
    assert chains.files == (SHA,)


def test_rules_of_what_came_in_are_told_from_those_of_the_results(make_view) -> None:
    names = ("gate", "expectation", "indicator_code", "severity")
    rows = [dict(zip(names, row, strict=True)) for row in (
        ("intake", "not_a_number", None, "critical"),
        ("intake", "implausible_value", "pm25", "critical"),
        ("marts", "not_finite", None, "critical"),
    )]  # fmt: skip
    rules = Chains(make_view(checks=rows).evaluation).rules
    assert {code: [row["expectation"] for row in found] for code, found in rules.items()} == {
        None: ["not_a_number"],
        "pm25": ["implausible_value"],
    }
