"""What a draft has in common with an earlier release becomes the same file, and nothing else does."""

import os
from pathlib import Path

import pytest

from xietong.releases import RELEASES, remove, share_unchanged

FIRST_WRITTEN = 1_700_000_000_000_000_000


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return a draft and an earlier release: one file is the same, one is another, one is new, one is gone."""
    draft, earlier = tmp_path / ".draft-b", tmp_path / "a"
    for folder, names in ((draft, ("same", "other", "new")), (earlier, ("same", "other", "gone"))):
        for name in names:
            (folder / "site").mkdir(parents=True, exist_ok=True)
            (folder / "site" / name).write_text("equal" if name == "same" else f"{folder.name:>10}", encoding="utf-8")
    os.utime(earlier / "site" / "same", ns=(FIRST_WRITTEN, FIRST_WRITTEN))
    return draft, earlier


NAMES = ["site/gone", "site/other", "site/same"]


def test_only_equal_bytes_become_the_same_file_and_keep_their_time(folders) -> None:
    draft, earlier = folders
    assert share_unchanged(draft, earlier, NAMES) == 1
    assert (draft / "site" / "same").samefile(earlier / "site" / "same")
    assert (draft / "site" / "same").stat().st_mtime_ns == FIRST_WRITTEN
    assert (draft / "site" / "other").read_text(encoding="utf-8").strip() == ".draft-b"
    assert (earlier / "site" / "other").read_text(encoding="utf-8").strip() == "a"
    assert sorted(path.name for path in (draft / "site").iterdir()) == ["new", "other", "same"]
    assert not list(draft.parent.glob(".part-*"))
    # Once more: they are the same already.
    assert share_unchanged(draft, earlier, NAMES) == 1


def test_where_a_file_has_no_second_name_only_its_time_is_kept(folders, monkeypatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("xietong.releases.sharing.os.link", refused)
    draft, earlier = folders
    assert share_unchanged(draft, earlier, NAMES) == 1
    assert not (draft / "site" / "same").samefile(earlier / "site" / "same")
    assert (draft / "site" / "same").stat().st_mtime_ns == FIRST_WRITTEN


def test_a_release_that_is_gone_keeps_no_draft_from_being_finished(folders, tmp_path) -> None:
    assert share_unchanged(folders[0], tmp_path / "none", NAMES) == 0


def test_what_a_removed_release_shared_with_a_kept_one_is_not_counted_as_free(tmp_path) -> None:
    first, second = (tmp_path / RELEASES / name for name in ("a", "b"))
    for folder in (first, second):
        folder.mkdir(parents=True)
        (folder / "own").write_bytes(b"x" * 100)
    (first / "shared").write_bytes(b"y" * 1000)
    os.link(first / "shared", second / "shared")
    assert remove(tmp_path, ["a"]) == 100
    assert (second / "shared").read_bytes() == b"y" * 1000
    assert remove(tmp_path, ["b"]) == 1100
