"""A step runs again only when something that it is made of has changed, and a run with nothing new changes no byte."""

import io
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from flows.evaluation import run_evaluation
from flows.progress import print_summary
from flows.rebuilding import rebuild_differences
from flows.release_commands import remove_superseded
from flows.step_memory import MEMORY, StepMemory, forget_releases
from tests.flows.small_evaluation import ALL, ALWAYS, EDITION, PAGES, Desk, form
from xietong.errors import XietongError
from xietong.releases import RELEASES, broken_promises, keeping, releases_of
from xietong.render import EarlierSite, MadePage
from xietong.settings import Settings


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def state(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return size, time and inode of every file but the lock, which names the last process, and the register.

    The register of files learns once that a file has lain still since it was read.
    """
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns, path.lstat().st_ino)
        for path in sorted(folder.rglob("*"))
        if path.name not in {"run.lock", "files.json"} and (path.is_symlink() or not path.is_dir())
    }


def test_a_run_with_nothing_new_ends_before_anything_is_done(desk) -> None:
    first = desk.run()
    assert desk.titles == ALWAYS + ALL
    before = state(desk.settings.build_directory)
    second = desk.run()
    assert desk.titles == ALWAYS
    assert state(desk.settings.build_directory) == before
    assert (first.is_new, second.is_new) == (True, False)
    assert second.release == first.release
    assert second.audit == first.audit != ""
    assert (second.files, second.figures, second.warnings) == (1, 12, 1)
    console = Console(file=io.StringIO(), width=200)
    print_summary(second, console)
    sentence = f"没有变化，仍发布 {first.release}。 Nothing has changed; {first.release} is served.\n"
    assert console.file.getvalue() == sentence


def change_text(place: str) -> Callable[[Desk], object]:
    return lambda desk: (desk.folder / place).write_text("changed", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        (change_text("site/content.txt"), PAGES),
        (change_text("sql/content.txt"), ALL),
        (change_text("xietong/content.txt"), ALL),
        (lambda desk: desk.receive("500102.xlsx", form("500102", "涪陵区", 35.5)), ALL),
        (lambda desk: desk.receive("500101.xlsx", form("500101", "万州区", 34.5)), ALL),
        (lambda desk: (desk.directory / "warehouse.duckdb").unlink(), []),
    ],
    ids=["site", "sql", "program", "new file", "file corrected", "database, which nothing needs"],
)
def test_only_what_a_change_touches_runs_again(desk, change, stages) -> None:
    assert desk.stages_after(change) == ALWAYS + stages


def test_catalogue_and_versions_of_packages_count(desk, monkeypatch) -> None:
    desk.run()
    indicator = next((desk.folder / "catalogue" / EDITION / "indicators").glob("*.yaml"))
    indicator.write_text(indicator.read_text(encoding="utf-8") + "\n# another\n", encoding="utf-8")
    desk.run()
    assert desk.titles == ALWAYS + ALL
    for module in ("step_memory", "publication"):
        monkeypatch.setattr(f"flows.{module}.package_versions", lambda: (("duckdb", "0"),))
    desk.run()
    assert desk.titles == ALWAYS + ALL


def test_period_and_moment_are_other_releases_and_both_are_remembered(desk) -> None:
    newest = desk.run()
    other = desk.run(period="2025-06")
    assert (desk.titles, other.is_new) == (ALWAYS + ALL, True)
    past = desk.run(as_of=datetime(2026, 2, 1, tzinfo=UTC))
    assert desk.titles == ALWAYS + ALL
    assert len({newest.release, other.release, past.release}) == 3
    # The newest was served before; it only has to be put in place again.
    again = desk.run()
    assert (desk.titles, again.release) == ([*ALWAYS, "发布"], newest.release)
    desk.run(as_of=datetime(2026, 2, 1, tzinfo=UTC))
    assert desk.titles == [*ALWAYS, "发布"]


def test_pages_made_from_remembered_marts_are_those_of_a_whole_run(desk, tmp_path_factory, monkeypatch) -> None:
    assert desk.stages_after(change_text("site/content.txt")) == ALWAYS + PAGES
    remembered = desk.run()
    other = Desk(tmp_path_factory.mktemp("other"), monkeypatch)
    change_text("site/content.txt")(other)
    assert other.run().release == remembered.release
    ours, theirs = (
        next(release for release in releases_of(each.directory) if release.name == remembered.release)
        for each in (desk, other)
    )
    assert ours.manifest["outputs"] == theirs.manifest["outputs"]


def cut_the_database(desk: Desk) -> None:
    with (desk.directory / "warehouse.duckdb").open("r+b") as database:
        database.truncate(5000)


def damage_the_notes(desk: Desk) -> None:
    for note in (desk.directory / MEMORY).glob("*.json"):
        note.write_bytes(note.read_bytes()[:30])


def overwrite_the_notes(desk: Desk) -> None:
    for note in (desk.directory / MEMORY).glob("*.json"):
        note.write_text('{"key": "0", "release": "../../x", "database": 1}', encoding="utf-8")


@pytest.mark.parametrize("damage", [cut_the_database, damage_the_notes, overwrite_the_notes])
def test_a_damaged_memory_is_as_good_as_none(desk, damage) -> None:
    def change(desk: Desk) -> None:
        damage(desk)
        change_text("site/content.txt")(desk)

    assert desk.stages_after(change) == ALWAYS + ALL
    assert desk.run().is_new is False


def test_a_lost_memory_gives_the_same_release(desk) -> None:
    assert desk.stages_after(lambda desk: shutil.rmtree(desk.directory / MEMORY)) == ALWAYS + ALL[:-1]
    assert len(releases_of(desk.directory)) == 1


def test_a_memory_that_cannot_be_written_fails_no_run(desk, monkeypatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full_disk:
        full_disk.setattr("flows.step_memory.os", SimpleNamespace(fdopen=os.fdopen, fsync=full))
        assert desk.run().is_new is True
    assert list((desk.directory / MEMORY).iterdir()) == []
    assert desk.run().is_new is False
    assert desk.titles == ALWAYS + ALL[:-1]


def test_a_release_that_was_tampered_with_is_not_called_unchanged(desk) -> None:
    def change(desk: Desk) -> None:
        page = desk.directory / "current" / "site" / "index.html"
        page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")

    assert set(ALL[:-1]) - {"计算", "结果检查"} <= set(desk.stages_after(change))


def test_notes_of_removed_releases_go_with_them(desk) -> None:
    desk.run()
    newest = desk.run(period="2025-06")
    (desk.directory / MEMORY / ".x.part").write_text("", encoding="utf-8")
    assert forget_releases(desk.directory, [newest.release]) == 2
    assert forget_releases(desk.directory, [newest.release]) == 0
    desk.run(period="2025-06")
    assert desk.titles == ALWAYS


def test_what_pages_were_made_of_is_remembered_for_each_release_and_goes_with_it(desk) -> None:
    desk.run(period="2025-06")
    desk.run()
    memory = StepMemory(desk.plan())
    older, newer = sorted(releases_of(desk.directory), key=lambda release: release.name)
    made = {"index.html": MadePage("key", "sha256"), "en/index.html": MadePage("other", "sha256")}
    for release in (older, newer):
        memory.remember_pages(release, made)
    assert memory.pages_of(newer) == EarlierSite(newer.directory / "site", made)
    assert memory.pages_of(None) is None
    note = desk.directory / MEMORY / f"pages-{newer.name}.json"
    for damaged in ("", "[]", "{}", f'{{"release": "{newer.name}", "pages": {{"a": [1]}}}}', '{"release": "x"}'):
        note.write_text(damaged, encoding="utf-8")
        assert memory.pages_of(newer) is None
    assert remove_superseded(desk.settings, EDITION, 1, dry_run=False) == 0
    assert memory.pages_of(older) is None
    assert not (desk.directory / MEMORY / f"pages-{older.name}.json").exists()


def test_a_draft_shares_with_the_served_release_what_has_not_changed(desk) -> None:
    """A revised form: the marts that tell of it are others, the findings are the same file as before."""
    first = desk.run()
    desk.receive("500101_2.xlsx", form("500101", "万州区", 34.5))
    second = desk.run()
    older, newer = (desk.directory / RELEASES / name.release / "site" for name in (first, second))
    same = {path.name for path in newer.rglob("*") if path.is_file() and path.samefile(older / path.relative_to(newer))}
    other = {path.name for path in newer.rglob("*") if path.is_file()} - same
    assert {"checks.parquet", "findings.parquet"} <= same
    assert {"snapshots.parquet", "observations.parquet", "index.html"} <= other
    for release in releases_of(desk.directory):
        assert list(broken_promises(release)) == []


def test_making_room_forgets_what_was_removed_and_nothing_else(desk) -> None:
    desk.run(period="2025-06")
    desk.run()
    assert remove_superseded(desk.settings, EDITION, 1, dry_run=False) == 0
    assert len(list((desk.directory / MEMORY).glob("*.json"))) == 2
    desk.run()
    assert desk.titles == ALWAYS
    desk.run(period="2025-06")
    assert desk.titles == ALWAYS + ALL


def test_making_room_that_is_interrupted_leaves_no_word_of_what_is_gone(desk, monkeypatch) -> None:
    oldest, older = (desk.run(period=period).release for period in ("2025-05", "2025-06"))
    served = desk.run().release
    discard = keeping.discard

    def interrupted(path: Path) -> None:
        discard(path)
        raise KeyboardInterrupt

    with monkeypatch.context() as by_hand:
        by_hand.setattr(keeping, "discard", interrupted)
        with pytest.raises(KeyboardInterrupt):
            remove_superseded(desk.settings, EDITION, 1, dry_run=False)
    (left,) = {oldest, older} & {release.name for release in releases_of(desk.directory)}
    (gone,) = {oldest, older} - {left}
    page = (desk.directory / "index.html").read_text(encoding="utf-8")
    assert (f"releases/{left}/" in page, f"releases/{gone}/" in page) == (True, False)
    notes = [path.read_text(encoding="utf-8") for path in (desk.directory / MEMORY).glob("*.json")]
    assert not [note for note in notes if gone in note]
    assert remove_superseded(desk.settings, EDITION, 1, dry_run=False) == 0
    assert [release.name for release in releases_of(desk.directory)] == [served]


def test_a_rebuild_for_verification_remembers_nothing_and_tells_nobody(desk, monkeypatch) -> None:
    """It runs in a folder of its own, where no step has been run before."""
    desk.run()
    desk.set(notification_addresses="https://a.example/x", publishing_targets="/srv/web", publishing_command="rsync")
    asked: list[Settings] = []

    def run(settings: Settings, *_: object, **__: object) -> None:
        asked.append(settings)
        raise XietongError("far enough")

    monkeypatch.setattr("flows.rebuilding.run_evaluation", run)
    (release,) = releases_of(desk.directory)
    assert list(rebuild_differences(desk.settings, release)) == ["it could not be built again: far enough"]
    (aside,) = asked
    assert not (aside.edition_directory(EDITION) / MEMORY).exists()
    assert not aside.build_directory.is_relative_to(desk.settings.build_directory)
    assert (aside.notification_addresses, aside.publishing_targets, aside.publishing_command) == ((), (), "")


def test_the_demonstration_run_again_changes_no_byte(demonstration) -> None:
    """The same on the whole edition: nothing is written in the folder of its builds, and nothing computed."""
    titles = []

    def run_stage(title: str, stage: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        titles.append(title)
        return stage(*args, **kwargs)

    build = demonstration.parents[2]
    before = state(build)
    summary = run_evaluation(Settings(build_directory=build), "chongqing-demo", None, None, run_stage)
    assert (summary.release, summary.is_new, titles) == (demonstration.name, False, ALWAYS)
    assert state(build) == before
