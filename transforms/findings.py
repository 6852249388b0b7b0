"""Findings of reading: one sentence a language with file, sheet and cell, what stands there and what is allowed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

import polars as pl

from xietong.frames import FINDINGS

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Place:
    """Where something stands: the file, and in it a sheet, a cell, or both."""

    file: str
    snapshot: str
    sheet: str | None = None
    cell: str | None = None

    @classmethod
    def at(cls, file: str, snapshot: str, location: str | None) -> Self:
        """Return the place of a location: ``sheet!cell``, a cell, or several joined by ``+``."""
        sheet, mark, cell = (location or "").rpartition("!")
        if "+" in sheet or not mark:
            return cls(file, snapshot, None, location)
        return cls(file, snapshot, sheet, cell)

    @property
    def location(self) -> str | None:
        """Return the location inside the file; None when the whole file is meant."""
        return "!".join(part for part in (self.sheet, self.cell) if part) or None

    @property
    def zh(self) -> str:
        """Return the place as the beginning of a Chinese sentence."""
        sheet = f" 工作表“{self.sheet}”" if self.sheet else ""
        return f"文件 {self.file}{sheet}" + (f" 单元格 {self.cell}" if self.cell else "")

    @property
    def en(self) -> str:
        """Return the place as the beginning of an English sentence."""
        sheet = f", sheet {self.sheet}" if self.sheet else ""
        return f"File {self.file}{sheet}" + (f", cell {self.cell}" if self.cell else "")


@dataclass(frozen=True)
class Finding:
    """One problem. ``zh`` and ``en`` complete the sentence that begins with the place."""

    rule: str
    severity: Severity
    place: Place
    zh: str
    en: str
    value: str | None = None
    reference: str | None = None
    unit_code: str | None = None
    indicator_code: str | None = None
    period: str | None = None


def findings_frame(findings: Iterable[Finding], source_id: str) -> pl.DataFrame:
    """Return the findings as a frame of ``FINDINGS``, in the order given."""
    rows = [
        {
            "rule": finding.rule,
            "severity": finding.severity,
            "unit_code": finding.unit_code,
            "indicator_code": finding.indicator_code,
            "period": finding.period,
            "value": finding.value,
            "reference": finding.reference,
            "file": finding.place.file,
            "location": finding.place.location,
            "snapshot": finding.place.snapshot,
            "source_id": source_id,
            "message_zh": f"{finding.place.zh}：{finding.zh}。",
            "message_en": f"{finding.place.en}: {finding.en}.",
            "status": "open",
        }
        for finding in findings
    ]
    return pl.DataFrame(rows, schema=FINDINGS)


def shown(text: str, limit: int = 60) -> str:
    """Return what stands in a cell as a sentence can show it: one line, not endless."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def refused_figures(count: int) -> tuple[str, str]:
    """Return, in both languages, how many figures a problem costs, as the end of a sentence."""
    return f"未采用其 {count} 个数据", f"its {count} figures are not used" if count != 1 else "its 1 figure is not used"
