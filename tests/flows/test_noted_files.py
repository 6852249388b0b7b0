"""Files of which nothing is kept are an input of the release: named, known from a moment on, and repeatable."""

import os
from datetime import UTC, datetime
from pathlib import Path

from flows.evaluation import directly, run_evaluation
from flows.rebuilding import rebuild_differences
from tests.flows.small_edition import FIRST_MOMENT, SmallEdition
from xietong.releases import Release, current_release

LATER = FIRST_MOMENT + 10 * 86400


def evaluated(edition: SmallEdition, as_of: datetime | None = None) -> Release:
    run_evaluation(edition.settings, edition.name, None, as_of, directly)
    release = current_release(edition.directory)
    assert release is not None
    return release


def put(path: Path, content: bytes, moment: int = LATER) -> None:
    path.write_bytes(content)
    os.utime(path, (moment, moment))


def litter(edition: SmallEdition) -> None:
    """Put a note, a lock file of Excel and a second copy into the inbox, as people do."""
    put(edition.inbox / "note.txt", b"to do")
    put(edition.inbox / "~$figures.xlsx", b"lock")
    put(edition.inbox / "again.csv", (edition.inbox / "figures-00.csv").read_bytes())


def rules(release: Release) -> list[tuple[str, str]]:
    return sorted((finding["rule"], finding["file"]) for finding in release.manifest["inputs"]["noted"])


def test_a_stray_file_makes_another_release_and_no_run_fails_for_it(small_edition) -> None:
    before = evaluated(small_edition)
    litter(small_edition)
    after = evaluated(small_edition)
    assert after.name != before.name
    assert rules(before) == []
    assert rules(after) == [
        ("same_bytes", "again.csv"),
        ("temporary_file", "~$figures.xlsx"),
        ("unclaimed_file", "note.txt"),
    ]
    assert evaluated(small_edition).name == after.name
    for path in list(small_edition.inbox.iterdir()):
        if path.name != "figures-00.csv":
            path.unlink()
    assert evaluated(small_edition).name == before.name


def test_a_release_is_built_again_when_the_stray_files_are_gone(small_edition) -> None:
    litter(small_edition)
    release = evaluated(small_edition)
    for path in list(small_edition.inbox.iterdir()):
        path.unlink()
    assert list(rebuild_differences(small_edition.settings, release)) == []


def test_a_stray_file_that_came_later_is_not_known_before(small_edition) -> None:
    before = evaluated(small_edition)
    litter(small_edition)
    after = evaluated(small_edition)
    known_at = [datetime.fromisoformat(release.manifest["inputs"]["as_of"]) for release in (before, after)]
    assert known_at == [datetime.fromtimestamp(moment, UTC) for moment in (FIRST_MOMENT, LATER)]
    assert [evaluated(small_edition, moment).name for moment in known_at] == [before.name, after.name]
