"""Releases are listed, verified by rebuilding them, rolled back and removed from the command line's functions."""

import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from flows.command_line import app
from flows.evaluation import run_evaluation
from flows.release_commands import list_releases, remove_superseded, roll_back_to, verify_release
from tests.conftest import run_directly
from tests.flows.small_edition import SmallEdition, lay_out
from xietong.errors import UsageError
from xietong.releases import RELEASES, current_release, read_release, sign, write_key_pair
from xietong.settings import Settings


@pytest.fixture
def edition(tmp_path) -> SmallEdition:
    """Return an edition with two releases: the second knows one more table."""
    edition = lay_out(tmp_path / "small")
    run_evaluation(edition.settings, edition.name, None, None, run_directly)
    edition.send()
    run_evaluation(edition.settings, edition.name, None, None, run_directly)
    private, _ = write_key_pair(tmp_path / "keys")
    return replace(edition, settings=edition.settings.model_copy(update={"signing_key": private}))


@pytest.mark.long
def test_releases_are_verified_rebuilt_rolled_back_and_removed(edition, capsys) -> None:
    settings, directory = edition.settings, edition.directory
    second = current_release(directory)
    assert second is not None
    assert list_releases(settings, edition.name) == 0
    first, listed = sorted(capsys.readouterr().out.splitlines(), key=lambda line: line.startswith("*"))
    assert listed.startswith(f"* {second.name}  as of 2025-01-02  unsigned  put in place: ")

    # The newer release is rebuilt although the inbox has changed since: from its snapshots alone.
    (edition.inbox / "figures-00.csv").write_bytes(edition.send())
    assert verify_release(settings, edition.name, None, None, rebuild=True) == 0
    assert "rebuilt from its snapshots: the same bytes" in capsys.readouterr().out

    assert roll_back_to(settings, edition.name, None, "测试") == 0
    served = current_release(directory)
    assert served is not None
    assert served.name == first.split()[0]

    page = second.directory / "site" / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("协同", "假冒", 1), encoding="utf-8")
    assert verify_release(settings, edition.name, second.name, None, rebuild=False) == 1
    assert "site/index.html has other bytes than the manifest says" in capsys.readouterr().out

    assert remove_superseded(settings, edition.name, 1, dry_run=True) == 0
    assert second.directory.is_dir()
    assert len(list((settings.build_directory / "snapshots").rglob("*.bytes"))) == 2


def test_a_release_of_another_program_is_not_called_verified(published, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("flows.rebuilding.directory_digest", lambda _: "00" * 32)
    settings = Settings(build_directory=published.parents[2])
    assert verify_release(settings, "chongqing-published", None, None, rebuild=True) == 1
    assert "another version of the program" in capsys.readouterr().out


def commands(release: Path) -> list[str]:
    """Return the lines that the page about a release tells its readers to run."""
    page = html.fromstring((release / "site" / "about.html").read_text(encoding="utf-8"))
    lines = [
        line for block in page.xpath("//h2[@id='verify']/following-sibling::pre") for line in block.text.split("\n")
    ]
    assert len(lines) == 5
    return lines


@pytest.mark.skipif(not (shutil.which("xxd") and shutil.which("openssl")), reason="xxd or openssl is not installed")
def test_what_a_release_tells_its_readers_to_run_verifies_it(published, tmp_path, monkeypatch, capsys) -> None:
    """All but the rebuild, which another test does: by this program, and by others that know nothing of it."""
    edition = tmp_path / "build" / published.parents[1].name
    release = edition / RELEASES / published.name
    shutil.copytree(published, release)
    (edition / "current").symlink_to(Path(RELEASES) / published.name)
    private, public = write_key_pair(tmp_path / "keys")
    sign(read_release(release), private)
    shutil.copyfile(public, tmp_path / public.name)
    monkeypatch.setenv("XIETONG_BUILD_DIRECTORY", str(tmp_path / "build"))
    monkeypatch.chdir(tmp_path)
    lines = commands(release)
    for line in (lines[0], lines[2]):
        assert app(shlex.split(line)[1:], result_action="return_value") == 0
    assert "every byte as the manifest says" in capsys.readouterr().out
    assert lines[1] == lines[0].removesuffix(" --no-rebuild")
    shutil.copyfile(public, release / public.name)
    for line in lines[3:]:
        told = subprocess.run(shlex.split(line), cwd=release, capture_output=True, text=True, timeout=30)
        assert told.returncode == 0, told.stderr
    assert "Signature Verified Successfully" in told.stdout
    manifest = release / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"2", b"3", 1))
    assert subprocess.run(shlex.split(lines[4]), cwd=release, capture_output=True, timeout=30).returncode == 1


def test_what_is_not_there_is_named(tmp_path) -> None:
    settings = Settings(build_directory=tmp_path)
    with pytest.raises(UsageError, match="run: xietong run --edition chongqing"):
        list_releases(settings, "chongqing")
    with pytest.raises(UsageError, match="there is no release 'x' of chongqing; there are: none"):
        verify_release(settings, "chongqing", "x", None, rebuild=False)
    with pytest.raises(UsageError, match="keep at least 1"):
        remove_superseded(settings, "chongqing", 0, dry_run=True)
