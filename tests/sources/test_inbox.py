"""Which files are read, and what is said of the others."""

import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from xietong.catalogue import Source
from xietong.sources import SnapshotStore, claim_files, receive_files


def _rules(findings: pl.DataFrame) -> dict[str, str]:
    return dict(findings.select("file", "rule").iter_rows())


def test_files_are_claimed_in_order_of_their_names(tmp_path: Path, forms: Source):
    for name in ("b.xlsx", "A.XLSX", "2025/c.xlsx"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    claims = claim_files({"inbox": tmp_path}, [forms])
    assert [claim.name for claim in claims.claims] == ["2025/c.xlsx", "A.XLSX", "b.xlsx"]
    assert claims.findings.is_empty()


def test_other_files_are_told(tmp_path: Path, forms: Source):
    for name in ("~$b.xlsx", ".hidden.xlsx", "notes.docx", "manifest.json"):
        (tmp_path / name).write_bytes(b"")
    claims = claim_files({"inbox": tmp_path}, [forms], ignored=frozenset({"manifest.json"}))
    assert not claims.claims
    assert _rules(claims.findings) == {
        "~$b.xlsx": "temporary_file",
        ".hidden.xlsx": "temporary_file",
        "notes.docx": "unclaimed_file",
    }
    unclaimed = claims.findings.filter(pl.col("rule") == "unclaimed_file").row(0, named=True)
    assert "notes.docx" in unclaimed["message_zh"]
    assert "*.xlsx" in unclaimed["message_en"]


@pytest.mark.parametrize("name", ["500101.xls", "500101.ods", "500101.et", "500101.XLS"])
def test_a_table_of_another_program_is_told_how_to_become_one_that_is_read(name: str, tmp_path: Path, forms: Source):
    (tmp_path / name).write_bytes(b"")
    (message,) = claim_files({"inbox": tmp_path}, [forms]).findings["message_zh"]
    assert message.endswith("；请用 Excel 或 WPS 打开，另存为 .xlsx 再放入。")


def test_links_that_leave_the_inbox_are_not_followed(tmp_path: Path, forms: Source):
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    inbox.mkdir()
    outside.mkdir()
    (outside / "secret.xlsx").write_bytes(b"secret")
    (inbox / "link.xlsx").symlink_to(outside / "secret.xlsx")
    (inbox / "folder").symlink_to(outside)
    claims = claim_files({"inbox": inbox}, [forms])
    assert not claims.claims
    assert _rules(claims.findings) == {"folder": "link_outside", "link.xlsx": "link_outside"}


def test_a_pipe_is_not_waited_for(tmp_path: Path, forms: Source):
    os.mkfifo(tmp_path / "pipe.xlsx")
    claims = claim_files({"inbox": tmp_path}, [forms])
    assert _rules(claims.findings) == {"pipe.xlsx": "not_a_file"}


def test_strange_names_can_be_written(tmp_path: Path, forms: Source):
    os.close(os.open(os.fsencode(tmp_path) + b"/a\nb\xff.xlsx", os.O_CREAT))
    (claim,) = claim_files({"inbox": tmp_path}, [forms]).claims
    assert claim.name.isprintable()
    claim.name.encode("utf-8")


def test_the_projects_own_folder_serves_other_editions_too(tmp_path: Path, forms: Source):
    (tmp_path / "other.csv").write_bytes(b"")
    assert claim_files({"data": tmp_path}, [forms]).findings.is_empty()


def test_a_missing_folder_holds_nothing(tmp_path: Path, forms: Source):
    assert claim_files({"inbox": tmp_path / "none"}, [forms]).claims == ()


def test_a_file_that_cannot_be_read_costs_only_itself(tmp_path: Path, forms: Source, workbook_of, number):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    good = workbook_of({"S": {"A1": number("1")}})
    (inbox / "a.xlsx").write_bytes(good)
    (inbox / "b.xlsx").write_bytes(b"broken")
    (inbox / "c.xlsx").write_bytes(good)
    store = SnapshotStore(tmp_path / "snapshots")
    receipt = receive_files(
        claim_files({"inbox": inbox}, [forms]).claims, store, lambda _: datetime(2026, 1, 20, tzinfo=UTC)
    )
    assert [file.snapshot.file for file in receipt.files] == ["a.xlsx"]
    assert _rules(receipt.findings) == {"b.xlsx": "unreadable_workbook", "c.xlsx": "same_bytes"}
    assert [store.read(snapshot.sha256) for snapshot in receipt.snapshots] == [good, b"broken"]
    assert len(receipt.of(forms)) == 1
