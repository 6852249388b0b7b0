"""Whatever a disk makes of the notes of earlier runs, the next run makes everything anew and gives the very same bytes.

What single notes bear is tested where they are kept; here all of them are damaged at once, each in another way.
"""

import hashlib
import json
import os
from datetime import UTC, datetime

import pytest

from flows.release_commands import list_releases, verify_release
from xietong.releases import (
    Publication,
    add_to_manifest,
    broken_promises,
    check_signature,
    current_release,
    publications,
    record,
    roll_back,
    sign,
    write_key_pair,
)

#: JSON as a note is, and nothing in it is what it should be.
OTHER_SHAPE = {"key": 1, "release": {}, "pages": [1], "frames": [], "files": {"a": 1}, "layout": 1, "database": 0}
DAMAGES = (
    lambda content: content[: len(content) // 2],
    lambda _: json.dumps(OTHER_SHAPE).encode(),
    lambda content: bytes(len(content)),
    lambda content: bytes(255 - byte for byte in content),
)


def damage_notes(edition, first: int) -> int:
    """Damage everything that one run remembers for the next, each in another way, and return how many files it was."""
    build = edition.settings.build_directory
    notes = [path for folder in ("memory", "intake") for path in build.rglob(f"{folder}/**/*") if path.is_file()]
    notes.append(edition.directory / "warehouse.duckdb")
    for number, note in enumerate(notes, first):
        note.write_bytes(DAMAGES[number % len(DAMAGES)](note.read_bytes()))
    return len(notes)


def served_outputs(edition) -> dict[str, str]:
    release = current_release(edition.directory)
    assert list(broken_promises(release)) == []
    return {"name": release.name, **release.manifest["outputs"]}


@pytest.mark.long
def test_damaged_notes_are_made_anew_and_no_figure_is_another(small_edition, stage_drivers, tmp_path) -> None:
    (driver,) = stage_drivers(1)
    assert driver.run(small_edition).outcome == "served"
    for first in (0, 2):
        if first:
            # Before, the files were the same: a release that came out otherwise would have been refused.
            small_edition.send()
        assert damage_notes(small_edition, first) > 8
        ended = driver.run(small_edition)
        assert ended.outcome == "served", ended.sentence
        assert {"读取来源文件", "计算", "生成网站"} <= {title for title, _, _ in ended.stages}
    undisturbed = small_edition.beside(tmp_path / "undisturbed")
    assert driver.run(undisturbed).outcome == "served"
    assert served_outputs(small_edition) == served_outputs(undisturbed)


def test_a_manifest_that_is_written_anew_keeps_the_review_and_says_so(
    small_edition, stage_drivers, tmp_path, capsys
) -> None:
    (driver,) = stage_drivers(1)
    assert driver.run(small_edition).outcome == "served"
    release = current_release(small_edition.directory)
    told = Publication(release.name, "2026-11-10T08:00:00+00:00", "published", "数据已核对", "manual", "张三")
    record(small_edition.directory, told)
    private, public = write_key_pair(tmp_path / "keys")
    sign(add_to_manifest(release, {"review": {"approved": True, "reviewer": "张三"}}), private)
    (release.directory / "manifest.json").write_bytes(b'{"inputs": ')
    # A run without the key: it makes the release whole again and cannot sign it.
    ended = driver.run(small_edition)
    assert ended.outcome == "served", ended.sentence
    mended = current_release(small_edition.directory)
    assert mended.name == release.name
    assert mended.manifest["outputs"] == release.manifest["outputs"]
    assert {key: mended.manifest["review"][key] for key in ("approved", "reviewer", "reason", "moment")} == {
        "approved": True,
        "reviewer": "张三",
        "reason": "数据已核对",
        "moment": "2026-11-10T08:00:00+00:00",
    }
    assert mended.manifest["rewritten"]["was_signed"] is True
    sentence = f"was damaged and written anew on {datetime.now(UTC):%Y-%m-%d}; its signature was lost by that"
    assert list_releases(small_edition.settings, small_edition.name) == 0
    assert sentence in capsys.readouterr().out
    assert verify_release(small_edition.settings, small_edition.name, None, public, rebuild=False) == 1
    assert sentence in capsys.readouterr().out
    # With the key it is signed again, and the sentence tells of no loss.
    key = {"signing_key": private}
    signing = small_edition.settings.model_copy(update=key)
    ended = driver.run(type(small_edition)(signing, small_edition.first_year))
    assert ended.outcome == "served", ended.sentence
    check_signature(current_release(small_edition.directory), public)
    assert current_release(small_edition.directory).manifest["review"]["reviewer"] == "张三"
    verify_release(small_edition.settings, small_edition.name, None, public, rebuild=False)
    assert "lost" not in capsys.readouterr().out


def test_a_clock_that_was_set_back_changes_no_order_of_what_was_done(small_edition, stage_drivers) -> None:
    """A decision of a time that has not come yet stays the earlier one; a file of an earlier time is an older word."""
    (driver,) = stage_drivers(1)
    assert driver.run(small_edition).outcome == "served"
    first = current_release(small_edition.directory)
    (told,) = publications(small_edition.directory)
    history = small_edition.directory / "publications.jsonl"
    future = f"{datetime.now(UTC).year + 3}-01-01T00:00:00+00:00"
    history.write_text(history.read_text(encoding="utf-8").replace(told.moment, future), encoding="utf-8")
    content = small_edition.send()
    late = max(small_edition.inbox.iterdir())
    assert late.read_bytes() == content
    os.utime(late, (0, 0))
    ended = driver.run(small_edition)
    assert ended.outcome == "served", ended.sentence
    second = current_release(small_edition.directory)
    assert hashlib.sha256(content).hexdigest() in {sha256 for sha256, _ in second.manifest["inputs"]["snapshots"]}
    scores = "site/downloads/indicator_scores.parquet"
    assert second.manifest["outputs"][scores] == first.manifest["outputs"][scores]
    done = publications(small_edition.directory)
    assert [publication.release for publication in done] == [first.name, second.name]
    assert done[0].moment > done[1].moment
    assert roll_back(small_edition.directory, None, datetime.now(UTC), "时钟").name == first.name
