"""What a killed run leaves is cleared away or completed by the next one, and never mistaken for something whole."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from xietong.errors import XietongError
from xietong.releases import (
    MANIFEST,
    Publication,
    ReleaseInputs,
    add_to_manifest,
    broken_promises,
    clear_away,
    complete_publication,
    current_release,
    finish,
    in_use,
    is_signed,
    leftovers,
    new_draft,
    publications,
    put_in_place,
    read_release,
    releases_of,
    require_whole,
    roll_back,
    sign,
    superseded,
    switch_current,
    write_key_pair,
)
from xietong.releases.history import INTENTION

MOMENT = datetime(2026, 12, 1, tzinfo=UTC)


def published(name: str, reason: str = "", mode: str = "auto") -> Publication:
    return Publication(name, MOMENT.isoformat(), "published", reason, mode)  # type: ignore[arg-type]


def intend(directory, publication: Publication) -> None:
    """Leave what a run leaves that dies between its intention and the line in the history."""
    (directory / INTENTION).write_text(json.dumps(asdict(publication)), encoding="utf-8")


def test_everything_unfinished_goes_and_everything_finished_stays(tmp_path, make_release) -> None:
    release = make_release("2026-10")
    releases = tmp_path / "releases"
    new_draft(releases, "2026-11-000000000000").joinpath("page.html").write_text("half")
    (releases / ".draft-2026-09-000000000000").mkdir()
    (releases / ".removed-2026-08-000000000000" / "site").mkdir(parents=True)
    (releases / f".part-{release.name}-manifest.json").write_text("{")
    (tmp_path / ".current-2026-11-000000000000").symlink_to("releases/2026-11-000000000000")
    (tmp_path / ".part-.publication-intended.json").write_text("{")
    assert len(list(leftovers(tmp_path))) == 6
    clear_away(tmp_path)
    assert list(leftovers(tmp_path)) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "publications.jsonl", "releases"]
    assert [found.name for found in releases_of(tmp_path)] == [release.name]
    assert list(broken_promises(release)) == []


def test_a_finished_draft_that_awaits_its_review_is_no_leftover(tmp_path, make_release) -> None:
    make_release("2026-09")
    awaiting = make_release("2026-10")
    roll_back(tmp_path, None, MOMENT, "x")
    clear_away(tmp_path)
    assert awaiting.name in {found.name for found in releases_of(tmp_path)}


def test_a_draft_that_awaits_its_review_is_not_removed_while_somebody_waits(tmp_path, make_release) -> None:
    served = make_release("2026-09")
    awaiting = make_release("2026-10")
    roll_back(tmp_path, None, MOMENT, "x")
    make_release("2026-11")
    assert served.name not in superseded(tmp_path, keep=1, pinned=[served.name])
    with in_use(awaiting):
        assert superseded(tmp_path, keep=1) == [served.name]
    assert superseded(tmp_path, keep=1) == [awaiting.name, served.name]


def test_a_manifest_that_is_written_anew_leaves_its_draft_protected(tmp_path, make_release) -> None:
    make_release("2026-09")
    awaiting = make_release("2026-10")
    roll_back(tmp_path, None, MOMENT, "x")
    with in_use(awaiting):
        add_to_manifest(awaiting, {"review": {"approved": True}})
        assert superseded(tmp_path, keep=1) == []
    assert superseded(tmp_path, keep=1) == [awaiting.name]


def test_a_draft_that_was_damaged_while_it_waited_is_not_put_in_place(make_release) -> None:
    release = make_release("2026-10")
    require_whole(release)
    (release.directory / "site" / "index.html").unlink()
    with pytest.raises(XietongError, match=r"is not whole and was not put in place: site/index\.html is missing"):
        require_whole(release)


def test_what_cannot_be_removed_stops_nobody(tmp_path, make_release, monkeypatch) -> None:
    make_release("2026-10")
    (tmp_path / "releases" / ".draft-x").mkdir()
    (tmp_path / "releases" / ".part-x").touch()

    def refuse(_, *, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            raise OSError("busy")

    with monkeypatch.context() as busy:
        busy.setattr("shutil.rmtree", refuse)
        clear_away(tmp_path)
    assert [path.name for path in leftovers(tmp_path)] == [".removed-draft-x"]
    clear_away(tmp_path)
    assert list(leftovers(tmp_path)) == []


@pytest.mark.parametrize("mode", ["auto", "manual"])
def test_a_run_killed_after_the_switch_is_recorded_by_the_next(tmp_path, make_release, mode) -> None:
    first, second = make_release("2026-09"), make_release("2026-10")
    switch_current(first.directory)
    publication = published(first.name, "why", mode)
    intend(tmp_path, publication)
    for _ in range(2):
        complete_publication(tmp_path)
    assert publications(tmp_path)[-1] == publication
    assert [each.release for each in publications(tmp_path)] == [first.name, second.name, first.name]
    assert not (tmp_path / INTENTION).exists()


def test_a_run_killed_before_the_switch_has_published_nothing(tmp_path, make_release) -> None:
    first, second = make_release("2026-09"), make_release("2026-10")
    intend(tmp_path, published(first.name))
    complete_publication(tmp_path)
    assert [each.release for each in publications(tmp_path)] == [first.name, second.name]
    assert not (tmp_path / INTENTION).exists()


def test_a_run_killed_after_the_record_records_nothing_twice(tmp_path, make_release) -> None:
    release = make_release("2026-09")
    publication = published(release.name, "agreed", "manual")
    put_in_place(release, publication)
    intend(tmp_path, publication)
    put_in_place(release, published(release.name))
    assert publications(tmp_path)[1:] == [publication]


def test_an_intention_that_cannot_be_read_is_dropped(tmp_path, make_release) -> None:
    make_release("2026-09")
    (tmp_path / INTENTION).write_bytes(b"")
    complete_publication(tmp_path)
    assert len(publications(tmp_path)) == 1
    assert not (tmp_path / INTENTION).exists()


def test_going_back_knows_what_a_killed_run_served(tmp_path, make_release) -> None:
    first, second = make_release("2026-09"), make_release("2026-10")
    switch_current(first.directory)
    intend(tmp_path, published(first.name))
    assert roll_back(tmp_path, None, MOMENT, "x").name == second.name
    assert [each.action for each in publications(tmp_path)] == ["published"] * 3 + ["rolled_back"]


def again(release, text: str = "2026-10"):
    """Make the release once more, of the same inputs."""
    inputs = ReleaseInputs.from_manifest(release.manifest)
    draft = new_draft(release.directory.parent, inputs.release)
    (draft / "site").mkdir()
    (draft / "site" / "index.html").write_text(text, encoding="utf-8")
    (draft / "warehouse.duckdb").write_bytes(b"never the same")
    return finish(draft, inputs, {})


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "site" / "index.html").write_text("dam"),
        lambda folder: (folder / "site" / "index.html").unlink(),
        lambda folder: (folder / "site" / "index.html.tmp").write_text("more"),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "warehouse.duckdb").unlink(),
    ],
)
def test_a_damaged_release_gets_its_bytes_back_when_it_is_made_again(tmp_path, make_release, damage) -> None:
    release = make_release("2026-10")
    damage(release.directory)
    again(release)
    served = current_release(tmp_path)
    assert served is not None
    assert list(broken_promises(served)) == []
    assert (served.directory / "warehouse.duckdb").is_file()
    assert list(leftovers(tmp_path)) == []


def test_other_bytes_of_the_same_inputs_mend_nothing(tmp_path, make_release) -> None:
    release = make_release("2026-10")
    (release.directory / "site" / "index.html").write_text("damaged")
    with pytest.raises(XietongError, match=r"other bytes, first in site/index\.html"):
        again(release, "another page")
    assert (release.directory / "site" / "index.html").read_text() == "damaged"


def test_facts_added_later_take_back_the_signature_and_leave_nothing_in_the_release(tmp_path, make_release) -> None:
    private, _ = write_key_pair(tmp_path / "keys")
    release = make_release("2026-10")
    sign(release, private)
    assert is_signed(release)
    add_to_manifest(release, {"review": {"approved": True}})
    assert not is_signed(release)
    assert read_release(release.directory).manifest["review"] == {"approved": True}
    assert sorted(path.name for path in release.directory.iterdir()) == [MANIFEST, "site", "warehouse.duckdb"]
    assert list(leftovers(tmp_path)) == []
