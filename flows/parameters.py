"""The parameters of a run, as the form in the Prefect UI shows them.

One model is the flow's only parameter, because the UI shows titles and help of a nested
model's fields but not of top-level parameters.
"""

from datetime import UTC, datetime
from enum import Enum, StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from xietong.periods import parse_period
from xietong.resources import resource_directory

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


class EvaluationParameters(BaseModel):
    """What to evaluate and with what was known when."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_enum_values=True,
        json_schema_extra={"description": "选择版本和评价期；其余可以留空。"},
    )

    edition: EditionName = Field(title="版本", description="评价哪个版本的数据；演示版（demo）的数据为虚构。")
    # Text and not text-or-nothing: the form shows a plain field then.
    period: str = Field(
        default="",
        title="评价期",
        description="如 2025-10 或 2025；留空时，定时运行取计划时间的上一个月，手工运行取该版本的最新一期。",
    )
    as_of: AwareDatetime | None = Field(
        default=None,
        title="数据截止时点",
        description="只用此刻以前收到的数据，可重现过去的评价；留空则用全部已收到的数据。",
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
