"""Releases: named by their inputs, described by hashes, switched by one rename."""

import json
from dataclasses import replace

import pytest

from xietong.errors import XietongError
from xietong.releases import Publication, ReleaseInputs, directory_digest, finish, new_draft, put_in_place

INPUTS = ReleaseInputs(
    edition="demo",
    period="2026-10",
    as_of="2026-11-05T00:00:00+00:00",
    method_version="2025.1",
    snapshots=(("ab" * 32, "a.xlsx"),),
    sources_digest="cd" * 32,
    versions=(("duckdb", "2.0.0"),),
)


def write_release(tmp_path, inputs=INPUTS, text="page"):
    draft = new_draft(tmp_path / "releases", inputs.release)
    (draft / "site").mkdir()
    (draft / "site" / "index.html").write_text(text, encoding="utf-8")
    release = finish(draft, inputs, {"counts": {"figures": 3}})
    put_in_place(release, Publication(release.name, inputs.as_of, "published"))
    return release


def test_current_points_at_the_release_with_a_manifest_of_hashes(tmp_path) -> None:
    release = write_release(tmp_path)
    current = tmp_path / "current"
    assert current.is_symlink()
    assert (current / "site" / "index.html").read_text() == "page"
    manifest = json.loads((current / "manifest.json").read_text())
    assert manifest["outputs"].keys() == {"site/index.html"}
    assert manifest["release"] == release.name == INPUTS.release
    assert manifest["counts"] == {"figures": 3}


def test_every_input_changes_the_name() -> None:
    changes = [
        {"period": "2026-09"},
        {"as_of": "2026-01-01T00:00:00+00:00"},
        {"method_version": "2026.1"},
        {"snapshots": ()},
        {"sources_digest": "ef" * 32},
        {"versions": ()},
        {"edition": "other"},
    ]
    names = {replace(INPUTS, **change).digest for change in changes} | {INPUTS.digest}
    assert len(names) == len(changes) + 1


def test_the_same_inputs_twice_keep_one_release(tmp_path) -> None:
    first = write_release(tmp_path)
    second = write_release(tmp_path)
    assert first.name == second.name
    assert [path.name for path in (tmp_path / "releases").iterdir()] == [first.name]


def test_the_same_inputs_with_other_bytes_are_refused_and_the_old_release_stays(tmp_path) -> None:
    write_release(tmp_path)
    with pytest.raises(XietongError, match=r"other bytes, first in site/index\.html"):
        write_release(tmp_path, text="another page")
    assert (tmp_path / "current" / "site" / "index.html").read_text() == "page"


def test_a_new_release_takes_over_and_the_old_one_is_kept(tmp_path) -> None:
    first = write_release(tmp_path)
    second = write_release(tmp_path, replace(INPUTS, period="2026-11"), "next")
    assert (tmp_path / "current").resolve() == second.directory.resolve()
    assert first.directory.is_dir()


def test_digest_sees_names_and_bytes_but_not_the_place(tmp_path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder / "sub").mkdir(parents=True)
        (tmp_path / folder / "sub" / "model.sql").write_text("select 1")
    one, two = (directory_digest([(tmp_path / folder, "**/*.sql")]) for folder in ("one", "two"))
    assert one == two
    (tmp_path / "two" / "sub" / "model.sql").write_text("select 2")
    assert directory_digest([(tmp_path / "two", "**/*.sql")]) != one
