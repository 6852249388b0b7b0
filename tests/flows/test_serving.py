"""Serving: the current release, and for reviewers every other one under its name."""

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
