"""What the data-quality page says of checks and units."""

from typing import Any

import pytest

from xietong.report.coverage import Coverage
from xietong.report.quality import check_rows, quality


def check(evaluated: int, failed: int, indicator: str | None = None) -> dict[str, Any]:
    words = {"description_zh": "数值在合理范围内", "description_en": "within its range", "severity": "warning"}
    counts = {"evaluated": evaluated, "failed": failed, "success": failed == 0}
    return {"gate": "intake", "expectation": "plausible_range", "indicator_code": indicator} | words | counts


@pytest.mark.parametrize(
    ("evaluated", "failed", "rate"),
    [(200, 0, "100.0"), (200, 3, "98.5"), (7807, 1, "99.9"), (5, 5, "0.0"), (0, 0, "")],
)
def test_a_failure_is_never_rounded_away(make_view, evaluated: int, failed: int, rate: str) -> None:
    assert check_rows(make_view(), [check(evaluated, failed)])[0].pass_rate == rate


def test_checks_of_one_rule_are_counted_together(make_view) -> None:
    view = make_view(checks=[check(300, 0, "pm25"), check(100, 4, "so2")])
    (group,) = quality(view, Coverage(view)).checks
    assert (group.evaluated, group.failed, group.pass_rate, group.success) == ("400", 4, "99.0", False)
    assert group.checks[0].indicator is not None
    assert group.checks[0].indicator.path == "indicators/so2.html"


def test_what_the_system_measures_of_reporting_stands_beside_the_counts_of_a_unit(make_view) -> None:
    row = {"unit_code": "500101", "period": "2026-10", "indicator_code": "reporting_timeliness", "node_code": None}
    row |= {"state": "observed", "value": 97.5, "value_period": "2026-10", "age_months": 0, "method": "computed"}
    row |= {"score": 90.0, "weight": 0.2, "effective_weight": 0.2, "contribution": 18.0}
    view = make_view(indicator_scores=[row])
    found = quality(view, Coverage(view))
    place = [link.path for link in found.rates].index("indicators/reporting_timeliness.html")
    rates = {unit.count.subject.text: unit.rates[place] for unit in found.units}
    assert rates["万州区"].text == "97.50"
    # Nothing known of the others is a gap, not a rate of 0.
    assert (rates["涪陵区"].text, rates["涪陵区"].state) == ("", "missing")
