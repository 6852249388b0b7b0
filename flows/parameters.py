"""The parameters of a run, as the form in the Prefect UI shows them.

One model is the flow's only parameter, because the UI shows titles and help of a nested
model's fields but not of top-level parameters.
"""

from datetime import UTC, datetime
from enum import Enum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from xietong.periods import parse_period
from xietong.resources import resource_directory

# A list in the form; made from the files, so that a new edition needs no code.
EditionName = Enum(  # type: ignore[misc]  # the members are the files of editions/
    "EditionName",
    {path.stem.replace("-", "_"): path.stem for path in sorted(resource_directory("editions").glob("*.yaml"))},
    type=str,
)


class EvaluationParameters(BaseModel):
    """What to evaluate and with what was known when."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_enum_values=True,
        json_schema_extra={"description": "选择版本和评价期；其余可以留空。"},
    )

    edition: EditionName = Field(title="版本", description="评价哪个版本的数据；演示版（demo）的数据为虚构。")
    period: str | None = Field(
        default=None,
        title="评价期",
        description="如 2025-10 或 2025；留空时，定时运行取计划时间的上一个月，手工运行取该版本的最新一期。",
    )
    as_of: AwareDatetime | None = Field(
        default=None,
        title="数据截止时点",
        description="只用此刻以前收到的数据，可重现过去的评价；留空则用全部已收到的数据。",
    )

    @field_validator("period")
    @classmethod
    def _period_is_written_right(cls, period: str | None) -> str | None:
        if period is not None:
            parse_period(period)
        return period

    @field_validator("as_of")
    @classmethod
    def _as_of_in_utc(cls, as_of: datetime | None) -> datetime | None:
        return as_of.astimezone(UTC) if as_of is not None else None
