"""What an inbox may hold besides files: names, links and devices that were put there to do harm."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.intake.corpus.books import workbook_bytes
from tests.intake.corpus.originals import chongqing, original
from transforms import tidy_files
from xietong.frames import RawTable, Snapshot
from xietong.sources import MAX_FILE, SnapshotStore, claim_files, read_tables, receive_files

ARRIVAL = datetime(2030, 1, 1, tzinfo=UTC)
FORMS = chongqing().source("district_forms")
NAMES = (
    "'; DROP TABLE observations;--.xlsx",
    '" OR 1=1 --.xlsx',
    "<img src=x onerror=alert(1)>.xlsx",
    "=cmd|' C calc'!A0.xlsx",
    "%2e%2e%2f..%2fetc%2fpasswd.xlsx",
    "a\\..\\..\\windows\\system.ini.xlsx",
    "C:\\con.xlsx",
    "CON.xlsx",
    "$(reboot).xlsx",
    "`reboot`.xlsx",
    "a\nb\r\tc.xlsx",
    "\x1b[31mred\x07.xlsx",
    "\u202exslx.exe.xlsx",
    "\u200b.xlsx",
    " .xlsx",
    "-rf.xlsx",
    "名" * 80 + ".xlsx",
    "a" * 250 + ".xlsx",
    "{{7*7}}${x}.xlsx",
    "%s%n%d.xlsx",
)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Return an inbox with a good form in it."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "good.xlsx").write_bytes(workbook_bytes(original(0).form()))
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(inbox: Path, tmp_path: Path, name: str):
    (inbox / name).write_bytes(workbook_bytes(original(1).form().put("月度!D2", "约41")))
    before = {path for path in tmp_path.rglob("*") if path.is_relative_to(inbox)}
    store = SnapshotStore(tmp_path / "snapshots")
    claims = claim_files({"inbox": inbox}, [FORMS])
    receipt = receive_files(claims.claims, store, lambda _: ARRIVAL)
    tidied = tidy_files(receipt.of(FORMS), FORMS, chongqing(), "reported")
    assert set(tidied.observations["unit_code"]) == {original(0).unit_code, original(1).unit_code}
    (finding,) = tidied.findings.filter(rule="text_in_number_cell").to_dicts()
    assert finding["location"] == "月度!D2"
    assert finding["file"].isprintable()
    assert finding["file"] in finding["message_zh"]
    # Nothing was written but snapshots, all under names that are hashes.
    assert {path for path in tmp_path.rglob("*") if path.is_relative_to(inbox)} == before
    others = {path for path in tmp_path.rglob("*") if not path.is_relative_to(inbox) and path.is_file()}
    assert {path.parent.parent for path in others} == {store.directory}
    assert {len(path.stem) for path in others} == {64}


def test_a_file_without_any_extension_or_of_none_is_told_of(inbox: Path):
    for name in ("form", "form.xlsx.exe", "form.docm", "..xlsx", "..\\form.xlsx"):
        (inbox / name).write_bytes(b"x")
    claims = claim_files({"inbox": inbox}, [FORMS])
    assert [claim.name for claim in claims.claims] == ["good.xlsx"]
    assert sorted(claims.findings["rule"]) == ["temporary_file"] * 2 + ["unclaimed_file"] * 3


def test_links_and_devices_are_not_followed(inbox: Path, tmp_path: Path):
    (tmp_path / "secret.xlsx").write_bytes(workbook_bytes(original(2).form()))
    links = {
        "outside.xlsx": tmp_path / "secret.xlsx",
        "above.xlsx": Path("../secret.xlsx"),
        "zero.xlsx": Path("/dev/zero"),
        "nowhere.xlsx": tmp_path / "nowhere",
        "itself.xlsx": Path("itself.xlsx"),
        "folder": tmp_path,
    }
    for name, target in links.items():
        (inbox / name).symlink_to(target)
    os.mkfifo(inbox / "pipe.xlsx")
    (inbox / "inside.xlsx").symlink_to("good.xlsx")
    with socket.socket(socket.AF_UNIX) as connection:
        here = Path.cwd()
        os.chdir(inbox)  # the address of a socket may be short only
        connection.bind("socket.xlsx")
        os.chdir(here)
    claims = claim_files({"inbox": inbox}, [FORMS])
    assert [claim.name for claim in claims.claims] == ["good.xlsx", "inside.xlsx"]
    rules = dict(claims.findings.select("file", "rule").iter_rows())
    assert {rules.pop(name) for name in ("pipe.xlsx", "socket.xlsx", "itself.xlsx")} == {"not_a_file"}
    assert rules == dict.fromkeys(links.keys() - {"itself.xlsx"}, "link_outside")


def test_a_file_that_vanishes_costs_only_itself(inbox: Path, tmp_path: Path):
    (inbox / "brief.xlsx").write_bytes(workbook_bytes(original(1).form()))
    claims = claim_files({"inbox": inbox}, [FORMS])
    (inbox / "brief.xlsx").unlink()
    receipt = receive_files(claims.claims, SnapshotStore(tmp_path / "snapshots"), lambda _: ARRIVAL)
    assert [file.snapshot.file for file in receipt.files] == ["good.xlsx"]
    assert receipt.findings.select("file", "rule").rows() == [("brief.xlsx", "unreadable_file")]


def test_a_file_that_is_too_large_is_not_even_kept(inbox: Path, tmp_path: Path):
    with (inbox / "huge.xlsx").open("wb") as huge:
        huge.truncate(MAX_FILE + 1)
    store = SnapshotStore(tmp_path / "snapshots")
    claims = claim_files({"inbox": inbox}, [FORMS])
    receipt = receive_files(claims.claims, store, lambda _: ARRIVAL)
    assert [file.snapshot.file for file in receipt.files] == ["good.xlsx"]
    assert receipt.findings.select("file", "rule").rows() == [("huge.xlsx", "oversized_file")]
    assert len(list(store.directory.rglob("*.bytes"))) == 1


def test_a_name_of_ten_thousand_letters_is_only_long():
    """No file system holds it, but an address may: what is told of it stays one line."""
    name = "长" * 10_000 + ".xlsx"
    snapshot = Snapshot("0" * 64, name, "district_forms", "—", None, "—", ARRIVAL, 1)
    tables = read_tables(workbook_bytes(original(1).form().put("封面!B3", "某" * 30_000)), snapshot)
    tidied = tidy_files([(snapshot, tables)], FORMS, chongqing(), "reported")
    (finding,) = tidied.findings.to_dicts()
    assert finding["rule"] == "unknown_unit"
    assert "\n" not in finding["message_zh"]
    assert len(finding["value"]) <= 60


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '=HYPERLINK("http://example.org")', "'; DROP TABLE x;--"]
)
def test_notes_are_not_interpreted(text: str):
    """Whatever stands on the sheet of instructions, in a title or in a note is never read as a figure or a name."""
    snapshot = Snapshot("0" * 64, "form.xlsx", "district_forms", "—", None, "—", ARRIVAL, 1)
    book = original(1).form().with_sheet("说明", ((text,),)).insert_row("月度", 1, (text,)).put("年度!A9", text)
    tables = read_tables(workbook_bytes(book), snapshot)
    tidied = tidy_files([(snapshot, tables)], FORMS, chongqing(), "reported")
    assert tidied.observations.height == len(original(1).figures)
    assert tidied.findings.is_empty()
    assert isinstance(tables[0], RawTable)
