"""What makes a file unreadable, told once: the rule, and one sentence in each language."""

from typing import Final, Literal

import polars as pl

from xietong.errors import XietongError
from xietong.frames import FINDINGS, Snapshot

Severity = Literal["critical", "warning", "info"]


class UnreadableFileError(XietongError):
    """A file that cannot or must not be read; its bytes are kept, the other files go on.

    ``reason_zh`` and ``reason_en`` complete the sentence that begins with the file's name;
    ``allowed`` says in a few words what would be read.
    """

    def __init__(self, rule: str, *, reason_zh: str, reason_en: str, allowed: str, location: str | None = None) -> None:
        super().__init__(reason_en)
        self.rule = rule
        self.reason_zh = reason_zh
        self.reason_en = reason_en
        self.allowed = allowed
        self.location = location

    def finding(self, snapshot: Snapshot) -> pl.DataFrame:
        """Return the refusal of the file as one row of ``FINDINGS``."""
        return file_finding(
            self.rule,
            "critical",
            file=snapshot.file,
            reason_zh=self.reason_zh,
            reason_en=self.reason_en,
            allowed=self.allowed,
            location=self.location,
            snapshot=snapshot,
        )


def file_finding(
    rule: str,
    severity: Severity,
    *,
    file: str,
    reason_zh: str,
    reason_en: str,
    allowed: str | None = None,
    location: str | None = None,
    snapshot: Snapshot | None = None,
) -> pl.DataFrame:
    """Return one row of ``FINDINGS`` about a file as a whole."""
    row = {
        "rule": rule,
        "severity": severity,
        "reference": allowed,
        "file": file,
        "location": location,
        "snapshot": snapshot.sha256 if snapshot else None,
        "source_id": snapshot.source_id if snapshot else None,
        "message_zh": f"文件 {file}{_AT_ZH.format(location) if location else ''}：{reason_zh}。",
        "message_en": f"File {file}{_AT_EN.format(location) if location else ''}: {reason_en}.",
        "status": "open",
    }
    return pl.DataFrame([row | dict.fromkeys(set(FINDINGS) - set(row))], schema=FINDINGS)


_AT_ZH: Final = "（{}）"
_AT_EN: Final = " ({})"
