"""An edition evaluated in a second: the stages that take long are small ones, all the others are real."""

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.auditing import RuleOutcome
from flows.evaluation import Summary, run_evaluation
from flows.planning import Plan, plan
from flows.publication import WrittenDraft, release_inputs
from flows.review import Reviewer, approve_without_review
from flows.stages import Accepted, Computed, warehouse_of
from xietong.releases import current_release, new_draft
from xietong.resources import resource_directory
from xietong.settings import Settings
from xietong.sources import digest_of_files
from xietong.warehouse import Warehouse
from xietong.workbook import Form, FormRow, FormSheet, write_form

EDITION = "chongqing"
_PLANS: dict[str, Plan] = {}
ALWAYS = ["检查目录与版本", "准备数据", "读取来源文件"]
PAGES = ["整理数据", "入库检查", "生成网站", "审核草稿", "发布"]
ALL = ["整理数据", "入库检查", "计算", "结果检查", "生成网站", "审核草稿", "发布"]
PAGE = (
    '<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'self'; style-src 'self'\"></head><body>{}</body></html>"
)


def form(unit: str, name: str, pm25: float) -> bytes:
    buffer = io.BytesIO()
    months = tuple(f"2025-{month:02d}" for month in range(1, 13))
    rows = (FormRow("pm25", "", "µg/m³", tuple(pm25 for _ in months), 1),)
    write_form(buffer, Form(unit, name, 2025, date(2026, 1, 10), (FormSheet("month", months, rows),)))
    return buffer.getvalue()


def check_received(plan, received) -> Accepted:
    """Accept everything: the gate has tests of its own, and asking it takes seconds."""
    return Accepted(received.snapshots, received.observations, received.findings, pl.DataFrame(), received.noted)


def compute(plan, accepted) -> Computed:
    """Return small marts, and leave them in the database as a run does."""
    marts = {
        "checks": pl.DataFrame(
            {"gate": ["marts"], "expectation": ["empty_mart"], "severity": ["critical"], "success": [True]}
        ),
        "findings": pl.DataFrame({"severity": ["warning"], "status": ["open"]}),
        "index_scores": pl.DataFrame(
            {"level": ["index"], "period": ["2025-12"], "unit_code": ["500101"], "state": [""]}
        ),
        "observations": accepted.observations.select("unit_code", "value", "received_at"),
        "snapshots": pl.DataFrame({"sha256": [snapshot.sha256 for snapshot in accepted.snapshots]}),
    }
    with Warehouse(warehouse_of(plan), resource_directory("sql"), 1) as warehouse:
        for name, frame in marts.items():
            warehouse.add_mart(name, frame, "One row: something.")
    return Computed(plan.period or "2025-12", plan.as_of or datetime(2026, 1, 10, tzinfo=UTC), marts)


def write_draft(plan, accepted, computed) -> WrittenDraft:
    """Write one page that shows what was computed."""
    inputs = release_inputs(plan, accepted, computed)
    draft = new_draft(plan.settings.edition_directory(plan.edition.name) / "releases", inputs.release)
    downloads = draft / "site" / "downloads"
    downloads.mkdir(parents=True)
    for name, frame in computed.marts.items():
        frame.write_parquet(downloads / f"{name}.parquet")
    (draft / "site" / "index.html").write_text(PAGE.format(computed.marts["observations"].rows()), encoding="utf-8")
    shutil.copyfile(warehouse_of(plan), draft / "warehouse.duckdb")
    served = current_release(plan.settings.edition_directory(plan.edition.name))
    rows = {name: frame.height for name, frame in computed.marts.items()}
    return WrittenDraft(draft, inputs, rows, earlier=served)


class Desk:
    """A machine on which an edition is evaluated; the heavy stages are small ones."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.folder = folder
        for name in ("catalogue", "editions"):
            shutil.copytree(resource_directory(name), folder / name)
        for name in ("sql", "site", "xietong"):
            (folder / name).mkdir()
            (folder / name / "content.txt").write_text(name, encoding="utf-8")
        files = [(folder / name, "**/*") for name in ("catalogue", "editions", "sql", "site", "xietong")]
        monkeypatch.setattr("flows.step_memory.program_files", lambda: files)
        # They have tests of their own, and are the same in every run.
        monkeypatch.setattr("flows.auditing._golden_numbers", lambda: RuleOutcome("golden_numbers", 64, ()))
        self.settings = Settings(
            build_directory=folder / "build",
            inbox_directory=folder / "inbox",
            catalogue_directory=folder / "catalogue",
            editions_directory=folder / "editions",
        )
        self.receive("500101.xlsx", form("500101", "万州区", 33.5))
        self.titles: list[str] = []

    @property
    def directory(self) -> Path:
        return self.settings.edition_directory(EDITION)

    def receive(self, name: str, content: bytes) -> None:
        inbox = self.folder / "inbox" / EDITION
        inbox.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(content)

    def run_stage(self, title: str, stage: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        small = {"入库检查": check_received, "计算": compute, "生成网站": write_draft}
        self.titles.append(title)
        if title == "检查目录与版本":
            return self._planned(*args)
        if title == "结果检查":
            return args[1]
        return small.get(title, stage)(*args, **kwargs)

    def _planned(self, settings: Settings, edition: str, period: str | None, as_of: datetime | None) -> Plan:
        """Return the plan; a catalogue that has not changed is not checked again."""
        folders = [(self.folder / name, "**/*.yaml") for name in ("catalogue", "editions")]
        key = digest_of_files(folders)
        if key not in _PLANS:
            _PLANS[key] = plan(settings, edition, period, as_of)
        return replace(_PLANS[key], settings=settings, period=period, as_of=as_of)

    def plan(self) -> Plan:
        """Return what a run would be about now."""
        return self._planned(self.settings, EDITION, None, None)

    def run(
        self, period: str | None = None, as_of: datetime | None = None, review: Reviewer = approve_without_review
    ) -> Summary:
        """Evaluate, and remember which stages ran."""
        self.titles = []
        return run_evaluation(self.settings, EDITION, period, as_of, self.run_stage, review)

    def set(self, **settings: object) -> None:
        """Change settings of the machine."""
        self.settings = Settings(**(self.settings.model_dump() | settings))

    def stages_after(self, change: Callable[["Desk"], object]) -> list[str]:
        """Evaluate, change something, evaluate once more, and return the stages of the second run."""
        self.run()
        change(self)
        self.run()
        return self.titles
