"""Missing, carried, not applicable: three states that are never confused."""

from xietong.report.coverage import Coverage


def row(unit_code, indicator_code, state, age_months=0):
    return {
        "unit_code": unit_code,
        "period": "2026-10",
        "indicator_code": indicator_code,
        "state": state,
        "value": 1.0 if state == "observed" else None,
        "age_months": age_months if state == "observed" else None,
        "score": None,
    }


def test_each_state_is_counted_by_itself(make_view, catalogue) -> None:
    view = make_view(
        indicator_scores=[
            row("500101", "pm25", "observed"),
            row("500101", "coal_share", "observed", 4),
            row("500101", "linked_supervision_pass_rate", "not_applicable"),
        ]
    )
    coverage = Coverage(view)
    count = coverage.of_unit(catalogue.units_by_code["500101"])
    assert (count.observed, count.carried, count.not_applicable) == (1, 1, 1)
    assert count.missing == len(coverage.scored) - 3
    assert count.due == len(coverage.scored) - 1


def test_the_most_missing_indicator_comes_first(make_view, catalogue) -> None:
    everywhere = [row(unit.code, "pm25", "observed") for unit in catalogue.units.units if unit.is_ranked]
    coverage = Coverage(make_view(indicator_scores=everywhere))
    assert "pm25" not in {count.subject.path for count in coverage.most_missing}
    assert all(count.missing == 38 for count in coverage.most_missing)


def test_the_matrix_has_every_unit_and_indicator(make_view, catalogue) -> None:
    rows = Coverage(make_view()).matrix()
    assert len(rows) == len(catalogue.units.units)
    assert all(len(row.states) == len(catalogue.indicators) for row in rows)
    assert {state for row in rows for state in row.states} == {"missing"}
