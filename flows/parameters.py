"""The parameters of a run, as the form in the Prefect UI shows them.

One model is the flow's only parameter, because the UI shows titles and help of a nested
model's fields but not of top-level parameters.
"""

from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from flows.planning import check_period
from xietong.catalogue import load_edition
from xietong.periods import month_number, parse_period, period_of, period_range
from xietong.resources import resource_directory
from xietong.settings import Settings

CHONGQING_TIME: Final = ZoneInfo("Asia/Shanghai")
_LENGTH: Final = {"month": 1, "quarter": 3, "year": 12}

# A list in the form; made from the files, so that a new edition needs no code.
EditionName = Enum(  # type: ignore[misc]  # the members are the files of editions/
    "EditionName",
    {path.stem.replace("-", "_"): path.stem for path in sorted(resource_directory("editions").glob("*.yaml"))},
    type=str,
)


class ReviewMode(StrEnum):
    """Whether a person decides before a release is published."""

    MANUAL = "manual"
    AUTO = "auto"


class Form(BaseModel):
    """Parameters of a flow: nothing beside the fields is accepted, and none is changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)


def period_choices(today: date) -> list[str]:
    """Return what the form offers as periods: none, those that have begun from the newest back, then a year's more.

    The server keeps the list that it was given when the deployment was registered; the year ahead is for a
    server to which nothing is deployed for so long.
    """
    number = today.year * 12 + today.month - 1
    begun: set[str] = set()
    coming: set[str] = set()
    folder = resource_directory("editions")
    for edition in (load_edition(folder, path.stem) for path in sorted(folder.glob("*.yaml"))):
        end = period_of(number + 12, edition.frequency)
        for period in period_range(edition.first_period, edition.last_period or end):
            (begun if month_number(period) - _LENGTH[edition.frequency] < number else coming).add(period)
    # Months before quarters before years: what is evaluated most stands first.
    ordered = sorted(sorted(begun, reverse=True), key=lambda period: -len(period))
    return ["", *ordered, *sorted(coming - begun)]


def offer_periods(schema: dict[str, Any]) -> None:
    """Make a list of a field: of all periods, and of none where the field may be left as it is."""
    choices = period_choices(datetime.now(CHONGQING_TIME).date())
    schema["enum"] = choices if schema.get("default") == "" else choices[1:]


def require_period(edition: str, period: str) -> None:
    """Return if the edition can be evaluated in the period; the list of the form is of all editions.

    Raises:
        UsageError: it cannot; the message says which periods it has.
        CatalogueErrors: the file of the edition has mistakes.
    """
    check_period(load_edition(Settings().editions_directory, edition), period)


class EvaluationParameters(Form):
    """What to evaluate and with what was known when."""

    model_config = ConfigDict(json_schema_extra={"description": "选择版本和评价期；其余可以留空。"})

    edition: EditionName = Field(title="版本", description="评价哪个版本的数据；演示版（demo）的数据为虚构。")
    # Text and not text-or-nothing: the form shows one list then. The list is the form's; the edition decides.
    period: str = Field(
        default="",
        title="评价期",
        description="如 2025-10 或 2025；不选时，定时运行取计划时间之前刚结束的一期，手工运行取该版本的最新一期。",
        json_schema_extra=offer_periods,
    )
    as_of: AwareDatetime | None = Field(
        default=None,
        title="数据截止时点",
        description="只用此刻以前收到的数据，可重现过去的评价；留空则全用。注意时区：北京时间比 UTC 早 8 小时。",
    )

    review: ReviewMode = Field(
        default=ReviewMode.MANUAL,
        title="审核",
        description="manual：生成草稿后暂停，由审核人在本页点击 Resume 填写结论；auto：不经审核直接发布，只用于演示。",
    )
    review_hours: float = Field(
        default=72, gt=0, le=24 * 60, title="审核期限（小时）", description="超过期限无人处理的，不发布，网站保持原样。"
    )

    @field_validator("period")
    @classmethod
    def _period_is_written_right(cls, period: str) -> str:
        if period:
            parse_period(period)
        return period

    @field_validator("as_of")
    @classmethod
    def _as_of_in_utc(cls, as_of: datetime | None) -> datetime | None:
        return as_of.astimezone(UTC) if as_of is not None else None

    @model_validator(mode="after")
    def _edition_has_the_period(self) -> "EvaluationParameters":
        if self.period:
            require_period(str(self.edition), self.period)
        return self
