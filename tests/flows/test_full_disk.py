"""The disk is full in the middle of a run: one sentence and a code, the last release stays served, the next run has room.

Where this machine lets us mount a small file system, it is a really full one; the limit that the system sets
to the size of a file does the same to libraries that write by themselves, wherever the tests run.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from xietong.releases import broken_promises, current_release, publications, releases_of

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

#: Bytes of the small disk: enough for a handful of releases of three units.
SIZE = 96 * 2**20
SENTENCE = re.compile(
    r"the run of provinces ended because its disk has no room \((No space left on device|File too large)\); "
    r"(\S+ is served, whole|nothing is served yet), and nothing received is lost\. "
    r"Make room where \S+ lies and run it again"
)


class SmallDisk:
    """A file system of its own, a part of which is taken by a ballast."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._ballast = directory / "ballast"

    @property
    def free(self) -> int:
        """Return the bytes that can still be written."""
        state = os.statvfs(self.directory)
        return state.f_bavail * state.f_frsize

    def leave(self, room: int) -> None:
        """Have so many bytes left."""
        self.clear()
        with self._ballast.open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, self.free - room)

    def clear(self) -> None:
        """Have all the room there is."""
        self._ballast.unlink(missing_ok=True)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[SmallDisk]:
    """Return a mounted file system in memory; it is unmounted after the test."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "xietong-test", str(place)], check=False)
    if mounted.returncode != 0:
        pytest.skip("only an administrator may mount a file system")
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def assert_nothing_is_half(edition, served: str | None) -> None:
    """What was served is served and whole, and so is every release; nothing of the run that failed lies about."""
    release = current_release(edition.directory)
    assert (release.name if release is not None else None) == served
    assert all(list(broken_promises(found)) == [] for found in releases_of(edition.directory))
    assert list(edition.directory.glob("releases/.*")) == []


def test_a_disk_that_fills_up_at_any_moment_costs_one_run_and_nothing_else(
    small_edition, stage_drivers, small_disk
) -> None:
    (driver,) = stage_drivers(1)
    edition = small_edition.beside(small_disk.directory / "build")

    def stage_that_ends_with(room: int, served: str | None) -> str:
        small_disk.leave(room)
        ended = driver.run(edition)
        small_disk.clear()
        assert (ended.outcome, ended.code) == ("refused", 1), (room, ended.stage, ended.sentence)
        assert SENTENCE.fullmatch(ended.sentence), ended.sentence
        assert (f"{served} is served, whole" if served else "nothing is served yet") in ended.sentence
        assert_nothing_is_half(edition, served)
        return ended.stage

    assert stage_that_ends_with(2_000_000, None) == "计算"
    assert driver.run(edition).outcome == "served"
    served = current_release(edition.directory).name
    edition.send()
    assert stage_that_ends_with(0, served) == "读取来源文件"
    # With everything computed, pages, downloads and the database of the release are what needs room.
    assert driver.run(edition, kill={"stage": "生成网站", "write": 1, "group": True}).outcome == "killed"
    assert {stage_that_ends_with(room, served) for room in (300_000, 1_000_000, 5_000_000)} == {"生成网站"}
    assert driver.run(edition).outcome == "served"
    released = current_release(edition.directory)
    assert released.name != served
    assert list(broken_promises(released)) == []


def test_a_disk_that_is_full_when_the_release_is_put_in_place_leaves_the_one_before(
    small_edition, stage_drivers, small_disk
) -> None:
    (driver,) = stage_drivers(1)
    edition = small_edition.beside(small_disk.directory / "build")
    assert driver.run(edition).outcome == "served"
    served = current_release(edition.directory).name
    edition.send()
    # Dead right before the first write of the last stage: the release is finished, and not served.
    assert driver.run(edition, kill={"stage": "发布", "write": 1, "group": True}).outcome == "killed"
    small_disk.leave(0)
    ended = driver.run(edition)
    assert (ended.outcome, ended.code) == ("refused", 1), ended.sentence
    assert SENTENCE.fullmatch(ended.sentence)
    assert_nothing_is_half(edition, served)
    small_disk.clear()
    assert driver.run(edition).outcome == "served"
    now = current_release(edition.directory).name
    assert now != served
    assert [each.release for each in publications(edition.directory)] == [served, now]


def test_a_disk_that_may_only_be_read_costs_one_run_and_nothing_else(small_edition, stage_drivers, small_disk) -> None:
    (driver,) = stage_drivers(1)
    edition = small_edition.beside(small_disk.directory / "build")
    assert driver.run(edition).outcome == "served"
    served = current_release(edition.directory).name
    edition.send()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk.directory)], check=True)
    ended = driver.run(edition)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk.directory)], check=True)
    assert (ended.outcome, ended.code) == ("refused", 1), ended.sentence
    assert re.search(r"nothing may be written where a run of provinces writes \(.*: Read-only file", ended.sentence)
    assert_nothing_is_half(edition, served)
    # The edition may be written, what is received may not be kept: then nothing is published that cannot be traced.
    store = edition.settings.build_directory / "snapshots"
    store.rename(edition.settings.build_directory / "aside")
    store.touch()
    ended = driver.run(edition)
    assert (ended.outcome, ended.code) == ("refused", 1), ended.sentence
    assert re.search(rf"it may not use .*snapshots.*: File exists; {served} is served, whole", ended.sentence)
    store.unlink()
    (edition.settings.build_directory / "aside").rename(store)
    assert driver.run(edition).outcome == "served"
    assert current_release(edition.directory).name != served


@pytest.mark.parametrize("largest_file", [0, 20_000, 300_000])
def test_the_command_ends_with_one_sentence_and_a_code(small_edition, stage_drivers, largest_file) -> None:
    (driver,) = stage_drivers(1)
    command = ["run", "--edition", small_edition.name]
    ended = driver.run(small_edition, command=command, largest_file=largest_file)
    assert (ended.outcome, ended.code) == ("exited", 1), ended.sentence
    assert SENTENCE.fullmatch(ended.sentence.removesuffix("\n")), ended.sentence
    assert_nothing_is_half(small_edition, None)
    ended = driver.run(small_edition, command=command)
    assert (ended.outcome, ended.code, ended.sentence) == ("exited", 0, "")
    assert list(broken_promises(current_release(small_edition.directory))) == []
