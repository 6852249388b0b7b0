"""Releases are listed, verified by rebuilding them, rolled back and removed from the command line's functions."""

import io
from datetime import date

import pytest

from flows.release_commands import list_releases, remove_superseded, roll_back_to, verify_release
from xietong.errors import UsageError
from xietong.releases import current_release, write_key_pair
from xietong.settings import Settings
from xietong.workbook import Form, FormRow, FormSheet, write_form

EDITION = "chongqing"


def form(unit: str, name: str, pm25: float) -> bytes:
    buffer = io.BytesIO()
    months = tuple(f"2025-{month:02d}" for month in range(1, 13))
    rows = (FormRow("pm25", "", "µg/m³", tuple(pm25 for _ in months), 1),)
    write_form(buffer, Form(unit, name, 2025, date(2026, 1, 10), (FormSheet("month", months, rows),)))
    return buffer.getvalue()


@pytest.fixture
def settings(tmp_path, evaluate_edition) -> Settings:
    """Two releases: the second knows one more form."""
    private, _ = write_key_pair(tmp_path / "keys")
    inbox = tmp_path / "inbox" / EDITION
    inbox.mkdir(parents=True)
    (inbox / "500101.xlsx").write_bytes(form("500101", "万州区", 33.5))
    evaluate_edition(tmp_path / "build", EDITION, tmp_path / "inbox")
    (inbox / "500102.xlsx").write_bytes(form("500102", "涪陵区", 35.5))
    evaluate_edition(tmp_path / "build", EDITION, tmp_path / "inbox")
    return Settings(build_directory=tmp_path / "build", inbox_directory=tmp_path / "inbox", signing_key=private)


@pytest.mark.long
def test_releases_are_verified_rebuilt_rolled_back_and_removed(settings, capsys) -> None:
    directory = settings.edition_directory(EDITION)
    second = current_release(directory)
    assert second is not None
    assert list_releases(settings, EDITION) == 0
    first, listed = sorted(capsys.readouterr().out.splitlines(), key=lambda line: line.startswith("*"))
    assert listed.startswith(f"* {second.name}  as of 2026-01-10  unsigned  put in place: ")

    # The newer release is rebuilt although the inbox has changed since: from its snapshots alone.
    (settings.inbox_directory / EDITION / "500101.xlsx").write_bytes(form("500101", "万州区", 99.5))
    assert verify_release(settings, EDITION, None, None, rebuild=True) == 0
    assert "rebuilt from its snapshots: the same bytes" in capsys.readouterr().out

    assert roll_back_to(settings, EDITION, None, "测试") == 0
    served = current_release(directory)
    assert served is not None
    assert served.name == first.split()[0]

    page = second.directory / "site" / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("协同", "假冒", 1), encoding="utf-8")
    assert verify_release(settings, EDITION, second.name, None, rebuild=False) == 1
    assert "site/index.html has other bytes than the manifest says" in capsys.readouterr().out

    assert remove_superseded(settings, EDITION, 1, dry_run=True) == 0
    assert second.directory.is_dir()
    assert len(list((settings.build_directory / "snapshots").rglob("*.bytes"))) == 2


def test_a_release_of_another_program_is_not_called_verified(published, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("flows.rebuilding.directory_digest", lambda _: "00" * 32)
    settings = Settings(build_directory=published.parents[2])
    assert verify_release(settings, "chongqing-published", None, None, rebuild=True) == 1
    assert "another version of the program" in capsys.readouterr().out


def test_what_is_not_there_is_named(tmp_path) -> None:
    settings = Settings(build_directory=tmp_path)
    with pytest.raises(UsageError, match="run: xietong run --edition chongqing"):
        list_releases(settings, EDITION)
    with pytest.raises(UsageError, match="there is no release 'x' of chongqing; there are: none"):
        verify_release(settings, EDITION, "x", None, rebuild=False)
    with pytest.raises(UsageError, match="keep at least 1"):
        remove_superseded(settings, EDITION, 0, dry_run=True)
