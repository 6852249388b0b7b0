"""What is served can be taken back and what is kept stays whole; what goes was superseded."""

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
from datetime import UTC, datetime

import pytest

from xietong.errors import EditionBusyError, UsageError, XietongError
from xietong.releases import (
    EditionLock,
    Publication,
    broken_promises,
    check_signature,
    current_release,
    is_signed,
    publications,
    record,
    releases_of,
    remove,
    roll_back,
    sign,
    superseded,
    unreadable_releases,
    write_key_pair,
)
from xietong.releases.manifest import canonical, release_name

MOMENT = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_whole_release_keeps_its_promises(make_release) -> None:
    assert list(broken_promises(make_release("2026-10"))) == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda site: (site / "index.html").write_text("forged"), "site/index.html has other bytes"),
        (lambda site: (site / "index.html").unlink(), "site/index.html is missing"),
        (lambda site: (site / "more.html").write_text("x"), "site/more.html is not in the manifest"),
    ],
)
def test_every_change_of_a_file_is_told(make_release, spoil, words) -> None:
    release = make_release("2026-10")
    spoil(release.directory / "site")
    assert [problem for problem in broken_promises(release) if problem.startswith(words)]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("inputs", "period"), "do not give the recorded digest of the inputs"),
        (("outputs", "site/index.html"), "do not give the recorded digest of the outputs"),
        (("release",), "it is named"),
    ],
)
def test_a_forged_manifest_contradicts_itself(make_release, path, words) -> None:
    release = make_release("2026-10")
    manifest = json.loads((release.directory / "manifest.json").read_text())
    place = manifest
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "2020-01"
    (release.directory / "manifest.json").write_text(json.dumps(manifest))
    forged = releases_of(release.directory.parent.parent)[0]
    assert any(words in problem for problem in broken_promises(forged))


def test_rolling_back_serves_what_was_served_before_and_is_recorded(tmp_path, make_release) -> None:
    names = [make_release(period).name for period in ("2026-08", "2026-09", "2026-10")]
    assert roll_back(tmp_path, None, MOMENT, "数据有误").name == names[1]
    served = current_release(tmp_path)
    assert served is not None
    assert served.name == names[1]
    last = publications(tmp_path)[-1]
    assert (last.release, last.action, last.reason) == (names[1], "rolled_back", "数据有误")
    assert roll_back(tmp_path, names[0], MOMENT, "x").name == names[0]


def test_going_back_twice_never_serves_what_was_withdrawn(tmp_path, make_release) -> None:
    first, second, third = (make_release(period).name for period in ("2026-08", "2026-09", "2026-10"))
    assert [roll_back(tmp_path, None, MOMENT, "x").name for _ in range(2)] == [second, first]
    with pytest.raises(UsageError, match=f"no other release was served before {first} and is kept; name the release"):
        roll_back(tmp_path, None, MOMENT, "x")
    # By its name it can be served all the same, and gone back from to what was served meanwhile.
    assert roll_back(tmp_path, third, MOMENT, "it was right").name == third
    assert roll_back(tmp_path, None, MOMENT, "x").name == first


def test_going_back_from_what_was_published_after_a_rollback_skips_what_was_withdrawn(tmp_path, make_release) -> None:
    first, second, third = (make_release(period).name for period in ("2026-07", "2026-08", "2026-09"))
    assert roll_back(tmp_path, None, MOMENT, "x").name == second
    fourth = make_release("2026-10").name
    record(tmp_path, Publication(third, MOMENT.isoformat(), "rejected"))
    # A decision that was given twice is one step and not two.
    record(tmp_path, Publication(fourth, MOMENT.isoformat(), "published", mode="manual"))
    assert [roll_back(tmp_path, None, MOMENT, "x").name for _ in range(2)] == [second, first]


def test_going_back_passes_over_what_is_no_longer_kept(tmp_path, make_release) -> None:
    names = [make_release(period).name for period in ("2026-08", "2026-09", "2026-10")]
    remove(tmp_path, [names[1]])
    assert roll_back(tmp_path, None, MOMENT, "x").name == names[0]


def test_a_release_that_is_not_whole_is_not_served_again(tmp_path, make_release) -> None:
    first, second = make_release("2026-09"), make_release("2026-10")
    (first.directory / "site" / "index.html").write_text("forged")
    with pytest.raises(UsageError, match="is not whole"):
        roll_back(tmp_path, first.name, MOMENT, "x")
    served = current_release(tmp_path)
    assert served is not None
    assert served.name == second.name


def test_without_an_earlier_release_there_is_no_way_back(tmp_path, make_release) -> None:
    make_release("2026-10")
    with pytest.raises(UsageError, match="no other release was served before"):
        roll_back(tmp_path, None, MOMENT, "x")
    with pytest.raises(UsageError, match="there is no release 'nope'; there are: 2026-10-"):
        roll_back(tmp_path, "nope", MOMENT, "x")


def test_a_history_that_was_cut_off_loses_its_last_line_only(tmp_path, make_release) -> None:
    first = make_release("2026-09")
    with (tmp_path / "publications.jsonl").open("a") as history:
        history.write('{"release": "2026-1')
    second = make_release("2026-10")
    assert [publication.release for publication in publications(tmp_path)] == [first.name, second.name]


def test_what_goes_is_neither_served_nor_among_the_newest_nor_pinned(tmp_path, make_release) -> None:
    names = [make_release(f"2026-{month:02d}").name for month in range(1, 7)]
    roll_back(tmp_path, names[0], MOMENT, "x")
    assert superseded(tmp_path, keep=3, pinned=[names[2]]) == [names[1], names[3]]
    (tmp_path / "releases" / ".draft-left").mkdir()
    assert remove(tmp_path, superseded(tmp_path, keep=3, pinned=[names[2]])) > 0
    assert [release.name for release in releases_of(tmp_path)] == [names[0], names[2], names[4], names[5]]
    assert not list((tmp_path / "releases").glob(".*"))
    assert all(not list(broken_promises(release)) for release in releases_of(tmp_path))


def test_only_the_holder_of_the_key_signs_and_a_changed_manifest_is_not_signed(tmp_path, make_release) -> None:
    private, public = write_key_pair(tmp_path / "keys")
    _, other = write_key_pair(tmp_path / "others")
    release = make_release("2026-10")
    with pytest.raises(XietongError, match="is not signed"):
        check_signature(release, public)
    sign(release, private)
    check_signature(release, public)
    assert list(broken_promises(release)) == []
    with pytest.raises(XietongError, match="not valid for this key"):
        check_signature(release, other)
    (release.directory / "manifest.json").write_bytes((release.directory / "manifest.json").read_bytes() + b" ")
    with pytest.raises(XietongError, match="not valid for this key"):
        check_signature(release, public)


def test_keys_are_private_and_never_overwritten(tmp_path) -> None:
    private, public = write_key_pair(tmp_path)
    assert private.stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError, match="is there already"):
        write_key_pair(tmp_path)
    with pytest.raises(UsageError, match="is no private key"):
        sign(None, public)  # type: ignore[arg-type]


def hold(directory, ready, release) -> None:
    with EditionLock(directory):
        ready.set()
        release.wait(30)


def test_a_second_run_is_refused_with_one_sentence_and_goes_on_when_the_first_is_killed(tmp_path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, release = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(tmp_path, ready, release))
    holder.start()
    assert ready.wait(30)
    with pytest.raises(EditionBusyError, match=rf"is under way \(process {holder.pid}\)"), EditionLock(tmp_path):
        pass
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(30)
    with EditionLock(tmp_path, wait_seconds=5):
        assert (tmp_path / "run.lock").read_text().strip() == str(os.getpid())


def test_who_waits_gets_the_lock_once_it_is_free(tmp_path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, release = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(tmp_path, ready, release))
    holder.start()
    assert ready.wait(30)
    release.set()
    with EditionLock(tmp_path, wait_seconds=20):
        pass
    holder.join(30)
    assert holder.exitcode == 0


DAMAGED = [b"", b"{", b"\xff\xfe", b"[]", b'{"release": "2026-10"}']


@pytest.mark.parametrize("content", DAMAGED)
def test_a_manifest_that_cannot_be_read_keeps_nobody_from_the_other_releases(tmp_path, make_release, content) -> None:
    first, second, third = (make_release(period) for period in ("2026-08", "2026-09", "2026-10"))
    (third.directory / "manifest.json").write_bytes(content)
    assert current_release(tmp_path) is None
    assert [release.name for release in releases_of(tmp_path)] == [first.name, second.name]
    assert unreadable_releases(tmp_path) == [third.name]
    assert third.name not in superseded(tmp_path, keep=1)
    with pytest.raises(UsageError, match=f"the release {third.name} is not whole .*: its manifest cannot be read"):
        roll_back(tmp_path, third.name, MOMENT, "x")
    assert roll_back(tmp_path, None, MOMENT, "数据有误").name == second.name
    served = current_release(tmp_path)
    assert served is not None
    assert served.name == second.name


@pytest.mark.parametrize("change", [lambda _: b"{", lambda content: content.replace(b'"2026-10"', b'"2026-11"')])
def test_a_damaged_manifest_is_written_anew_when_the_release_is_made_again(tmp_path, make_release, change) -> None:
    private, _ = write_key_pair(tmp_path / "keys")
    release = make_release("2026-10")
    sign(release, private)
    manifest = release.directory / "manifest.json"
    content = manifest.read_bytes()
    manifest.write_bytes(change(content))
    assert make_release("2026-10").name == release.name
    assert manifest.read_bytes() == content
    # It was a signature of something else.
    assert not is_signed(release)


def test_a_folder_in_the_place_of_the_link_is_told_and_not_removed(tmp_path, make_release) -> None:
    release = make_release("2026-10")
    (tmp_path / "current").unlink()
    shutil.copytree(release.directory, tmp_path / "current")
    with pytest.raises(XietongError, match="current is not the link to a release that it has to be"):
        roll_back(tmp_path, release.name, MOMENT, "x")
    shutil.move(tmp_path / "current", tmp_path / "aside")
    assert roll_back(tmp_path, None, MOMENT, "x").name == release.name


def test_a_link_to_a_release_that_was_removed_by_hand_is_as_good_as_none(tmp_path, make_release) -> None:
    first, second = make_release("2026-09"), make_release("2026-10")
    shutil.rmtree(second.directory)
    assert current_release(tmp_path) is None
    assert roll_back(tmp_path, None, MOMENT, "x").name == first.name


def test_a_history_with_lines_of_another_program_is_read_past_them(tmp_path, make_release) -> None:
    first = make_release("2026-09")
    with (tmp_path / "publications.jsonl").open("ab") as history:
        history.write(b'{"release": "2026-10", "by": "x"}\n[1]\n\xff\xfe\n')
    second = make_release("2026-10")
    assert [publication.release for publication in publications(tmp_path)] == [first.name, second.name]


def test_a_release_with_inputs_that_this_program_does_not_know_can_be_served_again(tmp_path, make_release) -> None:
    """As after an upgrade, or after going back to an older version of the program."""
    first = make_release("2026-09")
    make_release("2026-10")
    manifest = json.loads((first.directory / "manifest.json").read_text())
    manifest["inputs"] |= {"of_the_future": 1}
    digest = hashlib.sha256(canonical(manifest["inputs"])).hexdigest()
    name = release_name("2026-09", digest)
    manifest |= {"inputs_sha256": digest, "release": name}
    (first.directory / "manifest.json").write_bytes(canonical(manifest))
    first.directory.rename(first.directory.with_name(name))
    assert roll_back(tmp_path, name, MOMENT, "x").name == name
