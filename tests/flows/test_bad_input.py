"""A good form among bad files: each bad one costs only itself, says why, and its bytes are kept."""

import shutil
import zipfile

import polars as pl
import pytest

pytestmark = pytest.mark.long


@pytest.fixture
def inbox(tmp_path, demonstration):
    """Return an inbox of the production edition with one good form and files that must be refused."""
    folder = tmp_path / "inbox" / "chongqing"
    folder.mkdir(parents=True)
    (good,) = (demonstration.parents[1] / "inbox").glob("500101_*_2024.xlsx")
    shutil.copy(good, folder / "500101_2024.xlsx")
    content = good.read_bytes()
    (folder / "truncated.xlsx").write_bytes(content[: len(content) // 2])
    (folder / "password.xlsx").write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 1024 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512
    )
    with (
        zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
    ):
        for _ in range(300):
            sheet.write(b"0" * 2**20)
    (folder / "notes.txt").write_text("不是数据", encoding="utf-8")
    return folder


def test_bad_files_cost_only_themselves(tmp_path, inbox, evaluate_edition) -> None:
    summary = evaluate_edition(tmp_path, "chongqing", inbox.parent)
    assert summary.figures > 200
    downloads = tmp_path / "chongqing" / "current" / "site" / "downloads"
    findings = pl.read_parquet(downloads / "findings.parquet")
    by_file = {row["file"]: row for row in findings.iter_rows(named=True)}
    for file in ("truncated.xlsx", "password.xlsx", "bomb.xlsx", "notes.txt"):
        assert file in by_file[file]["message_zh"], findings
        assert file in by_file[file]["message_en"]
    assert by_file["password.xlsx"]["rule"] == "password_protected"
    page = (tmp_path / "chongqing" / "current" / "site" / "quality.html").read_text(encoding="utf-8")
    assert "bomb.xlsx" in page
    kept = {path.read_bytes() for path in (tmp_path / "snapshots").glob("*/*.bytes")}
    assert {path.read_bytes() for path in inbox.glob("*.xlsx")} <= kept
