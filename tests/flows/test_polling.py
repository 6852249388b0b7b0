"""A poll asks every connected source of an edition, says what came, and a run can read it without asking again."""

import shutil
from datetime import UTC
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from flows import receipt
from flows.command_line import poll as poll_command
from flows.planning import plan
from flows.polling import poll, poll_and_tell, pulled_directory
from transforms.tidying import tidy_files
from xietong.resources import resource_directory
from xietong.settings import Settings
from xietong.sources import SnapshotStore, find_pulled, read_pulled

SOURCES = """
  - code: {code}
    name: {{zh: 部门共享文件夹, en: Departments' share}}
    publisher: {{zh: 各部门, en: The departments}}
    licence: {{zh: 内部, en: Internal}}
    reader: long_table
    folder: inbox
    files: ['*.csv']
    columns: {{unit: 单位, indicator: 指标, period: 期间, value: 数值}}
    connection: {{kind: address, address: 'file://{folder}'}}
"""
HEADER = "单位,指标,期间,数值\n"


@pytest.fixture
def share(tmp_path) -> Path:
    """Return a folder with one table."""
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "a.csv").write_text(HEADER + "500101,pm25,2026-09,30.5\n", encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path, share) -> Settings:
    """Return settings with an edition chongqing that has two connected sources, one of them not mounted."""
    for name in ("catalogue", "editions"):
        shutil.copytree(resource_directory(name), tmp_path / name)
    with (tmp_path / "catalogue" / "chongqing" / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.write(SOURCES.format(code="absent", folder=tmp_path / "absent"))
        sources.write(SOURCES.format(code="share", folder=share))
    edition = tmp_path / "editions" / "chongqing.yaml"
    text = edition.read_text(encoding="utf-8").replace("[district_forms]", "[district_forms, absent, share]")
    edition.write_text(text, encoding="utf-8")
    return Settings(
        build_directory=tmp_path / "build",
        inbox_directory=tmp_path / "inbox",
        catalogue_directory=tmp_path / "catalogue",
        editions_directory=tmp_path / "editions",
    )


def test_each_connected_source_is_one_line_and_a_source_that_is_down_no_failure(settings, share, capsys):
    assert poll_and_tell(settings, "chongqing") == 0
    absent, shared = capsys.readouterr().out.splitlines()
    assert absent.startswith("absent  unavailable  —  来源“部门共享文件夹”：")
    assert shared.startswith("share  new  20")
    assert shared.endswith("取得 1 个新文件 1 new file")
    assert poll_and_tell(settings, "chongqing") == 0
    assert "没有新数据 nothing new" in capsys.readouterr().out


def test_what_a_poll_brought_becomes_figures_with_their_cells(settings, share):
    poll(settings, "chongqing")
    (share / "a.csv").write_text(HEADER + "500101,pm25,2026-09,31\n500102,pm25,2026-09,x\n", encoding="utf-8")
    absent, shared = poll(settings, "chongqing")
    assert (absent.status, shared.status, len(shared.snapshots)) == ("unavailable", "new", 2)
    planned = plan(settings, "chongqing", None, None)
    store = SnapshotStore(settings.build_directory / "snapshots")
    pulled = find_pulled(planned.sources, pulled_directory(planned))
    assert pulled.findings["rule"].to_list() == ["source_unavailable"]
    (_, nothing), (source, snapshots) = pulled.files
    received = read_pulled(source, snapshots, store)
    assert (nothing, source, received.findings.height) == ((), shared.source, 0)
    tidied = tidy_files(received.of(source), source, planned.catalogue, planned.edition.origin)
    assert tidied.observations.select("unit_code", "value", "location", "snapshot").rows() == [
        ("500101", 30.5, "D2", shared.snapshots[0].sha256),
        ("500101", 31.0, "D2", shared.snapshots[1].sha256),
    ]
    moments = [snapshot.received_at.astimezone(UTC) for snapshot in shared.snapshots]
    assert tidied.observations["received_at"].to_list() == moments
    assert tidied.findings["location"].to_list() == ["D3"]


def test_what_a_poll_brought_is_read_once(settings, share, monkeypatch):
    read: list[str] = []

    def listening(source, snapshots, store):
        read.extend(snapshot.file for snapshot in snapshots)
        return read_pulled(source, snapshots, store)

    monkeypatch.setattr(receipt, "read_pulled", listening)
    poll(settings, "chongqing")
    planned = plan(settings, "chongqing", None, None)
    first, second = receipt.receive(planned), receipt.receive(planned)
    assert (first.key, read) == (second.key, ["a.csv"])
    assert_frame_equal(receipt.tidy(planned, first).observations, receipt.tidy(planned, second).observations)
    (share / "a.csv").write_text(HEADER + "500101,pm25,2026-09,31\n", encoding="utf-8")
    poll(settings, "chongqing")
    assert receipt.receive(planned).key != first.key
    assert read == ["a.csv"] * 3
    kept = next(
        path for path in (settings.build_directory / "snapshots").rglob("*.bytes") if b"pm25" in path.read_bytes()
    )
    kept.unlink()
    told = receipt.tidy(planned, receipt.receive(planned)).findings["rule"].to_list()
    assert "snapshot_lost" in told


def test_an_edition_without_connected_sources_says_so(tmp_path, capsys):
    assert poll_command(edition="chongqing-published", out=tmp_path) == 0
    assert "no source of chongqing-published has a connection" in capsys.readouterr().out
