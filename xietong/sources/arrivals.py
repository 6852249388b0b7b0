"""What a connection hands over, and why it could hand over nothing.

A connection is an iterator of arrivals. Each carries what to remember for the next pull, which is
kept only after its bytes are: an interruption between the two costs a repetition, never a row.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import polars as pl

from xietong.catalogue import Source
from xietong.errors import XietongError
from xietong.frames import FINDINGS, empty_findings
from xietong.sources.unreadable import Severity

#: JSON that a connection remembers between pulls; what it means is the connection's own affair.
Memory = dict[str, Any]
UNAVAILABLE: Final = "source_unavailable"
REFUSED: Final = "source_refused"


@dataclass(frozen=True)
class Arrival:
    """The bytes of one file, and what to remember once they are kept; without bytes, only the latter.

    ``series`` names what the bytes are the newest edition of: the same bytes again in one series are
    nothing new.
    """

    memory: Memory
    data: bytes | None = None
    file: str = ""
    series: str = ""
    findings: pl.DataFrame = field(default_factory=empty_findings)


@dataclass(frozen=True)
class PullContext:
    """What a pull is given from outside: the moment, how to wait, the environment, and what is kept already."""

    now: datetime
    is_kept: Callable[[str], bool]
    wait: Callable[[float], None] = time.sleep
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


class SourceError(XietongError):
    """A source that gives nothing this time, and why; ``detail`` is for the operator and is never published."""

    def __init__(
        self, rule: str, *, reason_zh: str, reason_en: str, allowed: str | None = None, detail: str = ""
    ) -> None:
        super().__init__(reason_en)
        self.rule = rule
        self.reason_zh = reason_zh
        self.reason_en = reason_en
        self.allowed = allowed
        self.detail = detail

    @property
    def is_temporary(self) -> bool:
        """Return whether the next pull may succeed with nothing mended."""
        return self.rule == UNAVAILABLE


def source_finding(
    rule: str,
    severity: Severity,
    source: Source,
    *,
    reason_zh: str,
    reason_en: str,
    allowed: str | None = None,
    value: str | None = None,
    file: str | None = None,
) -> pl.DataFrame:
    """Return one row of ``FINDINGS`` about a source as a whole, or about a file that it gave."""
    row = {
        "rule": rule,
        "severity": severity,
        "value": value,
        "reference": allowed,
        "file": file,
        "source_id": source.code,
        "message_zh": f"来源“{source.name.zh}”{f'的文件 {file}' if file else ''}：{reason_zh}。",
        "message_en": f"Source {source.name.en}{f', file {file}' if file else ''}: {reason_en}.",
        "status": "open",
    }
    return pl.DataFrame([row | dict.fromkeys(set(FINDINGS) - set(row))], schema=FINDINGS)
