"""Serving: the current release, and for reviewers every other one under its name."""

import os
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from flows.serving import _QuietHandler, _WithDrafts


@pytest.fixture(params=[_QuietHandler, _WithDrafts])
def served(request, tmp_path):
    """Give the kind of handler and a client of a server with two releases, of which the first is current."""
    for name, text in (("2025-1", "first"), ("2025-2", "second")):
        (tmp_path / "releases" / name / "site" / "units").mkdir(parents=True)
        (tmp_path / "releases" / name / "site" / "index.html").write_text(text)
        (tmp_path / "releases" / name / "site" / "units" / "index.html").write_text(f"{text} units")
        (tmp_path / "releases" / name / "manifest.json").write_text("kept from readers")
    (tmp_path / "current").symlink_to("releases/2025-1", target_is_directory=True)
    site = str(tmp_path / "current" / "site")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(request.param, directory=site)) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
            yield request.param, client
        server.shutdown()


def test_the_current_release_is_at_the_root_and_drafts_under_their_names_where_asked(served) -> None:
    handler, client = served
    assert client.get("/").text == "first"
    assert client.get("/units/index.html").text == "first units"
    draft = client.get("/releases/2025-2/index.html?x=1")
    assert (draft.status_code, draft.text) == (200, "second") if handler is _WithDrafts else draft.status_code == 404
    within = client.get("/releases/2025-2/units/")
    assert (within.text == "second units") == (handler is _WithDrafts)


@pytest.mark.parametrize(
    "path",
    [
        "/releases/2025-2/../manifest.json",
        "/releases/2025-2/%2e%2e/manifest.json",
        "/releases/../current/manifest.json",
        "/releases/%2e%2e/%2e%2e/manifest.json",
        "/releases/2025-9/index.html",
        "/../manifest.json",
    ],
)
def test_nothing_but_sites_is_served(served, path) -> None:
    _, client = served
    assert client.get(path).status_code == httpx.codes.NOT_FOUND


def switch(edition, name) -> None:
    (edition / "next").symlink_to(f"releases/{name}", target_is_directory=True)
    (edition / "next").replace(edition / "current")


@pytest.mark.parametrize("path", ["/", "/index.html", "/units/?x=1"])
def test_a_browser_that_asks_again_after_a_rollback_gets_the_earlier_bytes(served, tmp_path, path) -> None:
    """The release that is gone back to was made before what the browser has."""
    _, client = served
    for file in (tmp_path / "releases" / "2025-1").rglob("*.html"):
        os.utime(file, (1_600_000_000, 1_600_000_000))
    earlier = client.get(path)
    switch(tmp_path, "2025-2")
    faulty = client.get(path)
    assert faulty.text.startswith("second")
    by_tag = {"If-None-Match": faulty.headers["ETag"]}
    by_time = {"If-Modified-Since": faulty.headers["Last-Modified"]}
    switch(tmp_path, "2025-1")
    for asked in (by_tag, by_time, by_tag | by_time):
        again = client.get(path, headers=asked)
        assert (again.status_code, again.text) == (httpx.codes.OK, earlier.text)


def test_what_a_browser_has_of_the_release_that_is_served_is_not_sent_again(served) -> None:
    _, client = served
    page = client.get("/index.html")
    assert page.headers["Cache-Control"] == "no-cache"
    for tags in (page.headers["ETag"], f'"other", W/{page.headers["ETag"]}'):
        again = client.get("/index.html", headers={"If-None-Match": tags})
        assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")
        assert again.headers["ETag"] == page.headers["ETag"]
    # By its time alone nothing is taken for unchanged.
    by_time = client.get("/index.html", headers={"If-Modified-Since": page.headers["Last-Modified"]})
    assert (by_time.status_code, by_time.text) == (httpx.codes.OK, "first")
    other = client.get("/units/index.html", headers={"If-None-Match": page.headers["ETag"]})
    assert other.text == "first units"


def test_a_page_that_was_mended_is_sent_again(served, tmp_path) -> None:
    _, client = served
    damaged = client.get("/")
    mended = tmp_path / "mended.html"
    mended.write_text("mended")
    mended.replace(tmp_path / "releases" / "2025-1" / "site" / "index.html")
    assert client.get("/", headers={"If-None-Match": damaged.headers["ETag"]}).text == "mended"


def test_drafts_are_kept_to_ask_again_too_and_what_is_missing_has_no_tag(served) -> None:
    handler, client = served
    draft = client.get("/releases/2025-2/index.html")
    assert draft.headers["Cache-Control"] == "no-cache"
    assert ("ETag" in draft.headers) == (handler is _WithDrafts)
    asked = {"If-None-Match": draft.headers.get("ETag", '"x"')}
    again = client.get("/releases/2025-2/index.html", headers=asked)
    assert again.status_code == (httpx.codes.NOT_MODIFIED if handler is _WithDrafts else httpx.codes.NOT_FOUND)
    redirected = client.get("/units")
    assert (redirected.status_code, "ETag" in redirected.headers) == (httpx.codes.MOVED_PERMANENTLY, False)
