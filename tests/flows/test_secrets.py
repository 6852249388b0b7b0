"""Passwords and tokens stand in the environment alone: no process has them among its arguments, no file or log at all."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import yaml

from tests.flows.small_edition import SmallEdition

XIETONG = str(Path(sys.executable).with_name("xietong"))
pytestmark = pytest.mark.long

SECRETS = ("pw-of-the-database", "token-of-the-webhook", "pw-of-the-target")


@pytest.fixture
def environment(small_edition: SmallEdition) -> dict[str, str]:
    """Return an environment with every kind of secret; nothing that they belong to can be reached."""
    root = small_edition.settings.catalogue_directory.parent
    sources, edition = root / "catalogue" / "provinces" / "sources.yaml", root / "editions" / "provinces.yaml"
    content = yaml.safe_load(sources.read_text(encoding="utf-8"))
    connection = {"kind": "database", "url_variable": "OFFICE_DATABASE", "table": "figures", "connect_seconds": 2}
    content["sources"].append({**content["sources"][0], "code": "office", "connection": connection})
    sources.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    asked = yaml.safe_load(edition.read_text(encoding="utf-8"))
    asked["sources"].append("office")
    edition.write_text(yaml.safe_dump(asked, allow_unicode=True), encoding="utf-8")
    database, webhook, target = SECRETS
    return (
        os.environ
        | small_edition.environment()
        | {
            "OFFICE_DATABASE": f"postgresql://reader:{database}@127.0.0.1:1/office",
            "XIETONG_NOTIFICATION_ADDRESSES": f"http://127.0.0.1:1/hook?token={webhook}",
            "XIETONG_NOTIFICATION_SECONDS": "1",
            "XIETONG_PUBLISHING_TARGETS": f"ftp://web:{target}@127.0.0.1:1/site",
        }
    )


def run_watched(environment: dict[str, str], folder: Path, *words: str) -> tuple[int, str, list[str]]:
    """Run the command; return its code, all that it wrote, and the arguments of every process that it started."""
    log = folder / "said.log"
    with log.open("wb") as output:
        started = psutil.Popen([XIETONG, *words], env=environment, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        seen: set[str] = set()
        while started.poll() is None:
            for each in (started, *started.children(recursive=True)):
                try:
                    seen.add(" ".join(each.cmdline()))
                except psutil.Error:
                    continue
            psutil.wait_procs([started], timeout=0.05)
    return started.returncode, log.read_text(encoding="utf-8"), sorted(seen)


def test_no_secret_is_an_argument_of_a_process_or_stands_in_a_file(environment, small_edition, tmp_path) -> None:
    code, polled, of_poll = run_watched(environment, tmp_path, "poll", "--edition", small_edition.name)
    assert (code, "office  unavailable" in polled) == (0, True), polled
    code, ran, of_run = run_watched(environment, tmp_path, "run", "--edition", small_edition.name)
    # Published here, and told that the target did not take it; who is to be told cannot be reached either.
    assert code == 1, ran
    assert "ftp://***@127.0.0.1:1/site" in ran
    assert (small_edition.directory / "current").is_symlink()
    assert len(of_run) > 1
    told = [polled, ran, *of_poll, *of_run]
    told += [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert [secret for secret in SECRETS for text in told if secret in text] == []
