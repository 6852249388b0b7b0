"""Two runs of one edition at once: one waits, or is refused with a sentence; what is served is the same either way."""

import re
import time
from dataclasses import replace

import pytest

from xietong.errors import EditionBusyError
from xietong.releases import EditionLock, broken_promises, current_release, publications, releases_of

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

#: The first run goes on for so long after its pages are written that the second meets it for certain.
HELD = {"生成网站": 1.5}


def patient(edition, seconds: float):
    """Return the edition with runs that wait so long for each other."""
    return replace(edition, settings=edition.settings.model_copy(update={"lock_wait_seconds": seconds}))


def wait_until_held(edition, seconds: float = 60) -> None:
    """Return once a run holds the edition."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with EditionLock(edition.directory):
                pass
        except EditionBusyError:
            return
        time.sleep(0.02)
    pytest.fail(f"no run began within {seconds} s")


@pytest.mark.parametrize("first", [0, 1])
def test_the_second_of_two_runs_waits_and_both_orders_end_in_the_same_bytes(
    small_edition, stage_drivers, tmp_path, first
) -> None:
    edition = patient(small_edition, 120)
    drivers = stage_drivers(2)
    drivers[first].start(edition, waits=HELD)
    drivers[1 - first].start(edition)
    ended = [driver.wait() for driver in drivers]
    assert [each.outcome for each in ended] == ["served", "served"], [each.sentence for each in ended]
    alone = edition.beside(tmp_path / "alone")
    assert drivers[first].run(alone).outcome == "served"
    together, expected = current_release(edition.directory), current_release(alone.directory)
    assert (together.name, together.manifest) == (expected.name, expected.manifest)
    assert list(broken_promises(together)) == []
    assert [release.name for release in releases_of(edition.directory)] == [together.name]
    assert [each.release for each in publications(edition.directory)] == [together.name]


def test_a_file_that_comes_between_two_runs_is_in_what_is_served_at_the_end(small_edition, stage_drivers) -> None:
    edition = patient(small_edition, 120)
    first, second = stage_drivers(2)
    first.start(edition, waits=HELD)
    wait_until_held(edition)
    # The first run may have listed the inbox already, or not; the second lists it after the first has ended.
    edition.send()
    second.start(edition)
    assert [first.wait().outcome, second.wait().outcome] == ["served", "served"]
    served = current_release(edition.directory)
    assert {file for _, file in served.manifest["inputs"]["snapshots"]} == {"figures-00.csv", "figures-01.csv"}
    assert list(broken_promises(served)) == []


def test_a_run_that_may_not_wait_is_refused_with_a_sentence_and_disturbs_nothing(small_edition, stage_drivers) -> None:
    first, second = stage_drivers(2)
    first.start(small_edition, waits={"准备数据": 2.0})
    wait_until_held(small_edition)
    refused = second.run(patient(small_edition, 0))
    assert (refused.outcome, refused.code) == ("refused", 1)
    assert re.fullmatch(
        r"another run of provinces is under way \(process \d+\); wait until it has ended, or end it", refused.sentence
    )
    assert [title for title, _, _ in refused.stages] == ["检查目录与版本"]
    assert first.wait().outcome == "served"
    assert list(broken_promises(current_release(small_edition.directory))) == []
