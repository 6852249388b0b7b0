"""A copy of the site is brought up to date with little writing, is whole at every moment, and is mended by the next."""

import json
import os
from pathlib import Path
from urllib.parse import unquote

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from xietong import mirroring
from xietong.errors import XietongError
from xietong.mirroring import RECORD, mirror_site
from xietong.releases import Publication, Release, ReleaseInputs, finish, new_draft, put_in_place

FIRST = {"index.html": "1", "units/a.html": "a", "assets/site.css": "c", "old.html": "o"}
SECOND = {"index.html": "2", "units/a.html": "a", "assets/site.css": "cc", "new/b.html": "b"}


def release(folder: Path, files: dict[str, str], as_of: str) -> Release:
    inputs = ReleaseInputs("chongqing", "2025-12", as_of, "2025.1", (), "0" * 64, ())
    draft = new_draft(folder / "releases", inputs.release)
    for path, content in files.items():
        (draft / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (draft / "site" / path).write_text(content, encoding="utf-8")
    (draft / "warehouse.duckdb").write_text("not for the web", encoding="utf-8")
    made = finish(draft, inputs, {})
    put_in_place(made, Publication(made.name, as_of, "published"))
    return made


@pytest.fixture
def first(tmp_path) -> Release:
    return release(tmp_path / "build", FIRST, "2026-01-01T00:00:00+00:00")


@pytest.fixture
def second(tmp_path) -> Release:
    return release(tmp_path / "build", SECOND, "2026-02-01T00:00:00+00:00")


def content(address: str) -> dict[str, str]:
    """Return the text of every file at an address but the record."""
    system, root = fsspec.core.url_to_fs(unquote(address))
    found = {path.removeprefix(root).lstrip("/"): system.cat_file(path).decode() for path in system.find(root)}
    found.pop(RECORD)
    return found


@pytest.fixture(params=["path", "file", "memory", "in place"])
def target(request, tmp_path, monkeypatch) -> str:
    """Return a target of each kind; the last is a folder that cannot be exchanged, such as a mount point."""
    if request.param == "memory":
        return f"memory://{tmp_path.name}/web"
    if request.param == "in place":

        def refused(aside: Path, folder: Path) -> None:
            raise OSError(16, "Device or resource busy")

        monkeypatch.setattr(mirroring, "_put_in_place", refused)
    folder = tmp_path / "网站 web"
    return folder.as_uri() if request.param == "file" else str(folder)


def test_every_target_gets_the_whole_site_and_then_only_what_changed(first, second, target) -> None:
    assert mirror_site(first, "chongqing", target, 10) == len(FIRST)
    assert content(target) == FIRST
    assert mirror_site(first, "chongqing", target, 10) == 0
    # index and style are others, one page is new, one gone; one has stayed.
    assert mirror_site(second, "chongqing", target, 10) == 4
    assert content(target) == SECOND
    assert mirror_site(first, "chongqing", target, 10) == 4
    assert content(target) == FIRST


def test_a_file_that_was_damaged_or_lost_is_written_again(first, target) -> None:
    mirror_site(first, "chongqing", target, 10)
    system, root = fsspec.core.url_to_fs(unquote(target))
    system.rm_file(f"{root}/units/a.html")
    system.pipe_file(f"{root}/index.html", b"defaced")
    assert mirror_site(first, "chongqing", target, 10) == 2
    assert content(target) == FIRST


def test_what_is_not_ours_is_left_alone(first, tmp_path) -> None:
    target = tmp_path / "documents"
    target.mkdir()
    (target / "letter.txt").write_text("mine", encoding="utf-8")
    for address in (str(target), target.as_uri()):
        with pytest.raises(XietongError, match="holds something else than a site of ours"):
            mirror_site(first, "chongqing", address, 10)
    memory = f"memory://{tmp_path.name}/documents"
    fsspec.filesystem("memory").pipe_file(f"{memory}/letter.txt", b"mine")
    with pytest.raises(XietongError, match="holds something else than a site of ours"):
        mirror_site(first, "chongqing", memory, 10)
    assert [path.name for path in target.iterdir()] == ["letter.txt"]


def test_two_editions_do_not_overwrite_each_other(first, tmp_path) -> None:
    mirror_site(first, "chongqing", str(tmp_path / "web"), 10)
    with pytest.raises(XietongError, match=r"holds the site of chongqing; write \{edition\} into the address"):
        mirror_site(first, "provinces", str(tmp_path / "web"), 10)
    assert mirror_site(first, "provinces", str(tmp_path / "{edition}"), 10) == len(FIRST)
    assert (tmp_path / "provinces" / "index.html").is_file()


def test_a_folder_is_exchanged_as_a_whole(first, second, tmp_path, monkeypatch) -> None:
    """While the copy is made, and if it breaks off, readers see the whole earlier site."""
    folder = tmp_path / "web"
    mirror_site(first, "chongqing", str(folder), 10)
    kept = (folder / "units" / "a.html").stat().st_ino

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full_disk:
        full_disk.setattr(mirroring.shutil, "copyfile", full)
        with pytest.raises(XietongError, match=r"web: OSError \[Errno 28\] No space left on device"):
            mirror_site(second, "chongqing", str(folder), 10)
    assert content(str(folder)) == FIRST
    assert mirror_site(second, "chongqing", str(folder), 10) == 4
    assert content(str(folder)) == SECOND
    assert (folder / "units" / "a.html").stat().st_ino == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build", "web"]


def test_a_folder_behind_a_link_stays_behind_it(first, second, tmp_path) -> None:
    (tmp_path / "disk").mkdir()
    link = tmp_path / "web"
    link.symlink_to(tmp_path / "disk")
    mirror_site(first, "chongqing", str(link), 10)
    mirror_site(second, "chongqing", str(link), 10)
    assert link.is_symlink()
    assert content(str(tmp_path / "disk")) == SECOND


def test_where_names_cannot_be_exchanged_it_takes_two_steps(first, second, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(mirroring, "_exchanged", lambda *_: False)
    folder = tmp_path / "web"
    mirror_site(first, "chongqing", str(folder), 10)
    assert mirror_site(second, "chongqing", str(folder), 10) == 4
    assert content(str(folder)) == SECOND
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build", "web"]


@pytest.mark.parametrize("writes", range(6))
def test_a_copy_that_breaks_off_anywhere_is_finished_by_the_next(first, second, tmp_path, monkeypatch, writes) -> None:
    target = f"memory://{tmp_path.name}/web"
    mirror_site(first, "chongqing", target, 10)
    write, count = MemoryFileSystem.pipe_file, iter(range(100))

    def breaks(*args: object, **kwargs: object) -> object:
        if next(count) >= writes:
            raise ConnectionError("the line is down")
        return write(*args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(MemoryFileSystem, "pipe_file", breaks)
        if writes < 5:
            with pytest.raises(XietongError, match="ConnectionError the line is down"):
                mirror_site(second, "chongqing", target, 10)
        else:
            mirror_site(second, "chongqing", target, 10)
    # Either release may come next: the one that broke off, or the one before it.
    mirror_site(first if writes % 2 else second, "chongqing", target, 10)
    assert content(target) == (FIRST if writes % 2 else SECOND)


def test_pages_come_after_what_they_need_and_the_first_page_last(first, tmp_path, monkeypatch) -> None:
    written: list[str] = []
    write = MemoryFileSystem.pipe_file
    monkeypatch.setattr(
        MemoryFileSystem,
        "pipe_file",
        lambda self, path, value, **options: (written.append(path), write(self, path, value, **options)),
    )
    mirror_site(first, "chongqing", f"memory://{tmp_path.name}/web", 10)
    names = [path.rpartition("/web/")[2] for path in written]
    assert names == [RECORD, "assets/site.css", "old.html", "units/a.html", "index.html", RECORD]


@pytest.mark.parametrize("record", [b"", b"{}", b"[]", b'{"edition": "chongqing", "release": "x", "files": 1}'])
def test_a_damaged_record_means_that_everything_is_written_again(first, tmp_path, record) -> None:
    target = f"memory://{tmp_path.name}/web"
    mirror_site(first, "chongqing", target, 10)
    fsspec.filesystem("memory").pipe_file(f"{target}/{RECORD}", record)
    assert mirror_site(first, "chongqing", target, 10) == len(FIRST)
    assert json.loads(fsspec.filesystem("memory").cat_file(f"{target}/{RECORD}"))["release"] == first.name


def test_a_target_that_hangs_is_given_up(first, tmp_path, monkeypatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setattr(mirroring, "_mirror", lambda *_: os.read(reading, 1))
    with pytest.raises(XietongError, match=r"web: it was not done within 0\.05 s"):
        mirror_site(first, "chongqing", str(tmp_path / "web"), 0.05)
    os.write(writing, b"x")


def test_secrets_of_an_address_are_not_told(first, monkeypatch) -> None:
    with pytest.raises(XietongError) as unknown:
        mirror_site(first, "chongqing", "nosuch://user:geheim@host/web", 10)
    assert "geheim" not in str(unknown.value)
    assert str(unknown.value).startswith("nosuch://***@host/web: ValueError")


def test_the_local_file_system_is_what_a_folder_falls_back_to(first, tmp_path, monkeypatch) -> None:
    used: list[str] = []
    write = LocalFileSystem.pipe_file
    monkeypatch.setattr(
        LocalFileSystem,
        "pipe_file",
        lambda self, path, *rest, **options: (used.append(path), write(self, path, *rest, **options)),
    )
    monkeypatch.setattr(
        mirroring, "_beside", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    assert mirror_site(first, "chongqing", str(tmp_path / "web"), 10) == len(FIRST)
    assert len(used) == len(FIRST) + 2
