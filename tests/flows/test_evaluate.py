"""The flow's own decisions: which month a scheduled run evaluates and what its form says."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from flows.evaluate import month_before
from flows.parameters import EvaluationParameters


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        (datetime(2026, 11, 9, 22, 0, tzinfo=UTC), "2026-10"),  # 06:00 on the 10th in Chongqing
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2026-12"),  # already January there
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), "2026-11"),
        (datetime(2027, 1, 9, 22, 0, tzinfo=UTC), "2026-12"),
    ],
)
def test_a_scheduled_run_evaluates_the_month_before_in_local_time(moment, period) -> None:
    assert month_before(moment) == period


def test_the_form_shows_chinese_titles_and_the_editions_as_a_list() -> None:
    schema = EvaluationParameters.model_json_schema()
    assert [field["title"] for field in schema["properties"].values()] == [
        "版本",
        "评价期",
        "数据截止时点",
        "审核",
        "审核期限（小时）",
    ]
    assert schema["properties"]["period"]["type"] == "string"
    assert "chongqing-demo" in schema["$defs"]["EditionName"]["enum"]


@pytest.mark.parametrize(
    "given", [{"edition": "beijing"}, {"edition": "chongqing", "period": "10/2026"}, {"edition": "chongqing", "x": 1}]
)
def test_bad_parameters_are_refused(given) -> None:
    with pytest.raises(ValidationError):
        EvaluationParameters.model_validate(given)
