"""The flow's own decisions: which month a scheduled run evaluates and what its form says."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from flows.evaluate import scheduled_period
from flows.parameters import EvaluationParameters, period_choices
from flows.server_flow import validated
from xietong.catalogue import load_edition
from xietong.errors import UsageError
from xietong.periods import period_range
from xietong.resources import resource_directory


@pytest.mark.parametrize(
    ("frequency", "moment", "period"),
    [
        ("month", datetime(2026, 11, 9, 22, 0, tzinfo=UTC), "2026-10"),  # 06:00 on the 10th in Chongqing
        ("month", datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2026-12"),  # already January there
        ("month", datetime(2026, 12, 31, 15, 59, tzinfo=UTC), "2026-11"),
        ("month", datetime(2027, 1, 9, 22, 0, tzinfo=UTC), "2026-12"),
        ("quarter", datetime(2026, 11, 9, 22, 0, tzinfo=UTC), "2026-Q3"),
        ("quarter", datetime(2027, 1, 9, 22, 0, tzinfo=UTC), "2026-Q4"),
        ("year", datetime(2026, 11, 9, 22, 0, tzinfo=UTC), "2025"),
        ("year", datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2026"),
    ],
)
def test_a_scheduled_run_evaluates_the_last_period_that_has_ended_in_local_time(frequency, moment, period) -> None:
    edition = load_edition(resource_directory("editions"), "chongqing")
    assert scheduled_period(edition.model_copy(update={"frequency": frequency}), moment) == period


def test_an_edition_that_has_come_to_its_end_keeps_its_last_period() -> None:
    edition = load_edition(resource_directory("editions"), "chongqing-published")
    assert scheduled_period(edition, datetime(2040, 1, 10, tzinfo=UTC)) == edition.last_period


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


def test_the_form_offers_the_newest_periods_first_and_those_of_the_next_year_last() -> None:
    choices = period_choices(date(2026, 11, 23))
    assert choices[:3] == ["", "2026-11", "2026-10"]
    assert choices[-12:] == period_range("2026-12", "2027-11")
    assert {"2020-01", "2018", "2025", "1998"} <= set(choices)
    assert choices.index("2020-01") < choices.index("2025")
    assert len(choices) == len(set(choices))


@pytest.mark.parametrize(
    ("edition", "period", "sentence"),
    [
        (
            "chongqing-published",
            "2024-05",
            "the edition chongqing-published is evaluated by year, such as 2018: 2024-05",
        ),
        ("chongqing", "2020-11", "the edition chongqing has the periods 2020-12 to now: 2020-11 is outside"),
    ],
)
def test_a_period_of_another_edition_is_refused_with_one_sentence(edition, period, sentence) -> None:
    with pytest.raises(UsageError) as told:
        validated(EvaluationParameters, {"edition": edition, "period": period})
    assert str(told.value) == sentence


def test_parameters_that_the_form_does_not_allow_are_told_by_its_titles_without_what_was_given() -> None:
    given = {"edition": "chongqing", "review_hours": "secret", "as_of": "secret"}
    with pytest.raises(UsageError) as told:
        validated(EvaluationParameters, given)
    first, second = str(told.value).split("; ")
    assert first.startswith("数据截止时点: ")
    assert second.startswith("审核期限（小时）: ")
    assert "secret" not in str(told.value)
    assert "pydantic" not in str(told.value)


@pytest.mark.parametrize(
    "given", [{"edition": "beijing"}, {"edition": "chongqing", "period": "10/2026"}, {"edition": "chongqing", "x": 1}]
)
def test_bad_parameters_are_refused(given) -> None:
    with pytest.raises(ValidationError):
        EvaluationParameters.model_validate(given)
