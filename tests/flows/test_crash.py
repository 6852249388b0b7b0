"""A run is killed (SIGKILL) at many moments of every stage; nothing is ever half, nothing is lost, nothing stays.

Half of the moments are writes to the file system: the process dies right before the n-th of the stage, or of what
is between it and the next. The others are points in time, because DuckDB and Polars write without Python's
knowledge. Half of the blows take the process group, the others the process alone, as the system does when memory
runs out: its side process outlives it for a moment.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from xietong.releases import EditionLock, broken_promises, current_release, publications, releases_of

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

PER_STAGE = 6
#: So many are killed one after the other before one may run to its end.
IN_A_ROW = 10
READING, AUDITING, PUBLISHING = "读取来源文件", "审核草稿", "发布"
WRITING = (READING, AUDITING, PUBLISHING)


def moments_of(stages: list[tuple[str, float, int]], seed: int) -> list[list[dict[str, Any]]]:
    """Return where to kill, in rows of at most ``IN_A_ROW`` moments, each in the order of the stages."""
    chance = random.Random(seed)  # noqa: S311 — so that the same moments come again
    groups = cycle([True, False])
    rounds: list[list[dict[str, Any]]] = [[] for _ in range(PER_STAGE + 1)]
    for title, seconds, writes in stages:
        at_writes = sorted(chance.sample(range(1, writes + 1), min(writes, PER_STAGE // 2)))
        if title in WRITING:
            # Where bytes are kept, a release gets its manifest and name, or is put in place, every write is worth one.
            at_writes = list(range(1, writes + 1))
        moments: list[dict[str, Any]] = [{"write": number} for number in at_writes]
        left = max(0, PER_STAGE - len(moments))
        moments += [{"after": seconds * (part + chance.random()) / left} for part in range(left)]
        chance.shuffle(moments)
        for number, moment in enumerate(moments):
            # What is more than the others have comes last, in a round of its own.
            rounds[min(number, PER_STAGE)].append({"stage": title, "group": next(groups), **moment})
    return [row[first : first + IN_A_ROW] for row in rounds for first in range(0, len(row), IN_A_ROW)]


def files_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.iterdir())}


def kept_in(edition) -> set[str]:
    """Return the hashes of everything that is kept; what lies under a hash is what has that hash."""
    store = edition.settings.build_directory / "snapshots"
    found = {path.stem: path.read_bytes() for path in store.glob("*/*.bytes")}
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in found.items())
    return set(found)


def hidden_in(edition) -> Iterator[str]:
    """Yield everything that only a run under way may have: hidden files, folders and links."""
    for path in edition.settings.build_directory.rglob(".*"):
        yield str(path)


def name_of_served(edition) -> str | None:
    """Return what is served; it is whole."""
    release = current_release(edition.directory)
    if release is None:
        return None
    assert list(broken_promises(release)) == []
    return release.name


def comes_again(edition, stage: str) -> bool:
    """Tell whether a run on the same files has the stage, in which the run before was killed, once more."""
    sent = {hashlib.sha256(content).hexdigest() for content, _ in files_of(edition.inbox).values()}
    made = [
        release
        for release in releases_of(edition.directory)
        if {sha256 for sha256, _ in release.manifest["inputs"]["snapshots"]} == sent
    ]
    if stage == PUBLISHING:
        return name_of_served(edition) not in {release.name for release in made}
    return stage == READING or (stage == AUDITING and not made)


def kill(driver, edition, moment: dict[str, Any]) -> str:
    """Kill a run, see what it left, and return the stage in which it died."""
    before, served, kept = files_of(edition.inbox), name_of_served(edition), kept_in(edition)
    earlier = {publication.release for publication in publications(edition.directory)}
    killed = driver.run(edition, kill=moment)
    assert killed.outcome == "killed", (moment, killed.sentence)
    now = name_of_served(edition)
    assert now == served or (moment["stage"] == PUBLISHING and now is not None and now not in earlier), moment
    assert files_of(edition.inbox) == before
    assert kept_in(edition) >= kept
    with EditionLock(edition.directory):
        pass
    return killed.stage


def assert_recovers(driver, edition) -> None:
    """The next run serves all that was sent, and clears away what the others left."""
    ended = driver.run(edition)
    assert ended.outcome == "served", ended.sentence
    released = current_release(edition.directory)
    assert list(broken_promises(released)) == []
    sent = {hashlib.sha256(content).hexdigest() for content, _ in files_of(edition.inbox).values()}
    assert kept_in(edition) == sent == {sha256 for sha256, _ in released.manifest["inputs"]["snapshots"]}
    assert publications(edition.directory)[-1].release == released.name
    assert list(hidden_in(edition)) == []


def assert_same_bytes(driver, edition, undisturbed) -> None:
    """What is served has the very bytes of a run that was never disturbed."""
    assert driver.run(undisturbed).outcome == "served"
    released, expected = current_release(edition.directory), current_release(undisturbed.directory)
    assert (released.name, released.manifest["inputs"]) == (expected.name, expected.manifest["inputs"])
    assert released.manifest["outputs"] == expected.manifest["outputs"]


def crash_again_and_again(driver, edition, rows: list[list[dict[str, Any]]], build: Path) -> list[str]:
    """Kill run after run, with new files for each or with the same for a whole row; return the stages they died in."""
    undisturbed = edition.beside(build)
    died: list[str] = []
    for number, row in enumerate(rows):
        before = ""
        for moment in row:
            # With the same files a stage that was left behind would not come again.
            has_new = number // 2 % 2 == 1 or before == ""
            if has_new or (before == moment["stage"] and not comes_again(edition, before)):
                edition.send()
            before = kill(driver, edition, moment)
            died.append(before)
        assert_recovers(driver, edition)
        if number % 2 == 1:
            assert_same_bytes(driver, edition, undisturbed)
    assert all(list(broken_promises(release)) == [] for release in releases_of(edition.directory))
    names = [publication.release for publication in publications(edition.directory)]
    assert len(names) == len(set(names))
    return died


def test_a_run_that_is_killed_anywhere_leaves_a_whole_release_and_the_next_run_recovers(
    make_small_edition, stage_drivers, tmp_path
) -> None:
    drivers = stage_drivers(2)
    measured = drivers[0].run(make_small_edition("measured"))
    assert measured.outcome == "served", measured.sentence
    rows = moments_of(measured.stages, seed=20230818)
    halves = [[row for number, row in enumerate(rows) if number // 2 % 2 == half] for half in (0, 1)]
    with ThreadPoolExecutor(2) as pool:
        working = [
            pool.submit(crash_again_and_again, driver, make_small_edition(f"half-{half}"), share, tmp_path / f"{half}")
            for half, (driver, share) in enumerate(zip(drivers, halves, strict=True))
        ]
        died = Counter(stage for each in working for stage in each.result())
    assert died.keys() == {title for title, _, _ in measured.stages}
    assert min(died.values()) >= PER_STAGE
    assert died.total() >= 60
