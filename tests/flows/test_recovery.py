"""A run clears away what killed ones left, and says in one sentence that there is no room."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.evaluation import run_evaluation
from flows.recovery import recovering, telling_what_is_served
from xietong.errors import AccessRefusedError, DiskFullError, GateFailedError, UsageError
from xietong.settings import Settings

EDITION = "provinces"


@pytest.fixture
def plan(tmp_path) -> SimpleNamespace:
    """Return as much of a plan as recovery looks at."""
    return SimpleNamespace(settings=Settings(build_directory=tmp_path), edition=SimpleNamespace(name=EDITION))


def test_what_killed_runs_left_is_gone_before_the_run_begins_and_nothing_else(plan, tmp_path) -> None:
    left = [
        tmp_path / EDITION / "releases" / ".draft-2019-000000000000-1" / "page.html",
        tmp_path / EDITION / "memory" / ".a.part",
        tmp_path / "intake" / EDITION / ".tmp1" / "accepted.parquet",
        tmp_path / "intake" / EDITION / ".tmp2",
        tmp_path / "snapshots" / ".tmp3",
    ]
    kept = [
        tmp_path / EDITION / "memory" / "computed.json",
        tmp_path / "intake" / EDITION / "files.json",
        # Another edition may be running.
        tmp_path / "intake" / "chongqing" / ".tmp4",
        tmp_path / "snapshots" / "ab" / "ab.bytes",
    ]
    for path in (*left, *kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    with recovering(plan):
        found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(found) == sorted(kept)


def fail_in_the_middle(plan, draft: Path, error: Exception) -> None:
    """Begin a draft and fail."""
    with recovering(plan):
        draft.mkdir(parents=True)
        raise error


def test_a_full_disk_is_one_sentence_and_the_half_draft_makes_room(plan, tmp_path) -> None:
    draft = tmp_path / EDITION / "releases" / ".draft-2019-000000000000-1"
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(DiskFullError, match=r"no room \(No space left on device\); nothing is served yet"):
        fail_in_the_middle(plan, draft, full)
    assert not draft.exists()


@pytest.mark.parametrize("error", [OSError(errno.EIO, "broken"), GateFailedError("said: No space left on device")])
def test_other_errors_leave_as_they_are_and_the_draft_stays_to_be_looked_at(plan, tmp_path, error) -> None:
    draft = tmp_path / EDITION / "releases" / ".draft-2019-000000000000-1"
    with pytest.raises(type(error)) as raised:
        fail_in_the_middle(plan, draft, error)
    assert raised.value is error
    assert draft.exists()


def test_a_file_that_may_not_be_used_is_one_sentence_with_its_path(plan, tmp_path) -> None:
    refused = PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path / "inbox" / "a.csv"))
    told = r"may not use .*inbox/a\.csv: Permission denied; nothing is served"
    with pytest.raises(AccessRefusedError, match=told), recovering(plan):
        raise refused


def test_an_interruption_bears_what_is_served_now(tmp_path) -> None:
    """Not what was served before: it may come after the switch."""

    def interrupted() -> list[str]:
        with pytest.raises(KeyboardInterrupt) as raised, telling_what_is_served(tmp_path):
            raise KeyboardInterrupt
        return raised.value.__notes__

    assert interrupted() == ["nothing is served yet"]
    release = tmp_path / "releases" / "2019-000000000000"
    release.mkdir(parents=True)
    (tmp_path / "current").symlink_to(release)
    assert interrupted() == ["what is served has no manifest that can be read"]
    (release / "manifest.json").write_text('{"inputs": {}}', encoding="utf-8")
    assert interrupted() == ["2019-000000000000 is served, whole"]


def test_a_key_that_cannot_be_read_is_told_before_anything_is_done(small_edition, tmp_path) -> None:
    """After the review it would be too late: that may have taken days."""
    begun: list[str] = []

    def run_stage(title, stage, /, *args, **kwargs):
        begun.append(title)
        return stage(*args, **kwargs)

    settings = small_edition.settings.model_copy(update={"signing_key": tmp_path / "none.key"})
    with pytest.raises(UsageError, match=r"none\.key is no private key that can be read"):
        run_evaluation(settings, small_edition.name, None, None, run_stage)
    assert begun == ["检查目录与版本"]
    assert not settings.build_directory.exists()
