"""After publication the site goes to its targets; one that fails fails the run, not what is served, and is mended."""

import pickle
import sys

import pytest

from flows.copying import copy_to_targets
from flows.release_commands import roll_back_to
from flows.review import keep_beside
from tests.flows.small_evaluation import ALL, ALWAYS, EDITION, Desk, form
from xietong.errors import TargetError
from xietong.releases import current_release

COPY = "复制到发布目标"


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def served(desk: Desk) -> str:
    release = current_release(desk.directory)
    return release.name if release is not None else ""


def test_targets_get_what_is_published_and_nothing_when_nothing_is_new(desk, tmp_path) -> None:
    desk.set(publishing_targets=f"{tmp_path}/web/{{edition}} memory://{tmp_path.name}/web")
    assert len(desk.settings.publishing_targets) == 2
    desk.run()
    assert desk.titles == [*ALWAYS, *ALL, COPY]
    page = tmp_path / "web" / EDITION / "index.html"
    assert page.read_bytes() == (desk.directory / "current" / "site" / "index.html").read_bytes()
    before = page.stat()
    assert desk.run().is_new is False
    assert (page.stat().st_mtime_ns, page.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_target_that_fails_stops_no_other_and_is_mended_by_the_next_run(desk, tmp_path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    desk.set(publishing_targets=f"{blocked}/web {tmp_path}/web")
    with pytest.raises(TargetError, match="is published here, but not at every target; run again to mend it") as failed:
        desk.run()
    assert failed.value.release == served(desk)
    assert len(failed.value.problems) == 1
    assert str(blocked) in failed.value.problems[0]
    assert (tmp_path / "web" / "index.html").is_file()
    blocked.unlink()
    assert desk.run().is_new is False
    assert desk.titles == [*ALWAYS, COPY]
    assert (blocked / "web" / "index.html").is_file()


def test_a_target_gets_the_release_that_one_goes_back_to(desk, tmp_path) -> None:
    desk.set(publishing_targets=f"{tmp_path}/web")
    first = desk.run()
    text = (tmp_path / "web" / "index.html").read_bytes()
    desk.receive("500101.xlsx", form("500101", "万州区", 34.5))
    assert desk.run().release != first.release
    assert (tmp_path / "web" / "index.html").read_bytes() != text
    assert roll_back_to(desk.settings, EDITION, None, "数据有误") == 0
    assert served(desk) == first.release
    assert (tmp_path / "web" / "index.html").read_bytes() == text


def test_a_draft_that_is_not_published_goes_nowhere(desk, tmp_path) -> None:
    desk.set(publishing_targets=f"{tmp_path}/web")
    desk.run(review=keep_beside)
    assert not (tmp_path / "web").exists()


def command(script: str) -> str:
    return f"{sys.executable} -c '{script}' {{site}} {{edition}} {{release}}"


def test_a_command_gets_the_site_and_needs_no_shell(desk, tmp_path) -> None:
    out = tmp_path / "told"
    desk.set(publishing_command=command(f'import sys; open("{out}", "w").write("|".join(sys.argv[1:]))'))
    release = desk.run().release
    site = desk.directory / "releases" / release / "site"
    assert out.read_text(encoding="utf-8") == f"{site}|{EDITION}|{release}"


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (
            command('import sys; sys.exit("rsync: web://me:geheim@host: no route")'),
            "ended with 1: rsync: web://***@host",
        ),
        (command("import time; time.sleep(60)"), "was not done within 1 s"),
        ("/nowhere/rsync {site}", "the publishing command /nowhere/rsync could not be started: No such file"),
        ("rsync 'half", "the publishing command cannot be read: No closing quotation"),
    ],
)
def test_what_a_command_says_when_it_fails_is_told(desk, script, problem) -> None:
    desk.run()
    desk.set(publishing_command=script, publishing_seconds=1)
    release = current_release(desk.directory)
    with pytest.raises(TargetError) as failed:
        copy_to_targets(desk.settings, EDITION, release)
    assert problem in failed.value.problems[0]
    assert "geheim" not in str(failed.value)
    # It may have to travel from a task in another process.
    assert str(pickle.loads(pickle.dumps(failed.value))) == str(failed.value)  # noqa: S301 — our own bytes
    assert served(desk) == release.name
