"""``xietong serve``: the current release of an edition on the loopback address."""

import hashlib
import re
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from rich.console import Console

from flows.kept_releases import directory_of, nothing_published
from xietong.errors import UsageError
from xietong.releases import CURRENT, RELEASES
from xietong.settings import Settings

#: A draft that is still being written has a name with a dot.
_RELEASE_NAME: Final = re.compile(r"[\w-]+")


def serve_edition(settings: Settings, edition: str, host: str, port: int, *, drafts: bool = False) -> int:
    """Serve until interrupted; with ``drafts`` also every other release, under ``/releases/<its name>/``.

    Raises:
        UsageError: the edition has no release yet, or the address cannot be listened on.
    """
    site = directory_of(settings, edition) / CURRENT / "site"
    if not (site / "index.html").is_file():
        raise nothing_published(settings, edition)
    handler = partial(_WithDrafts if drafts else _QuietHandler, directory=str(site))
    try:
        server = ThreadingHTTPServer((host, port), handler)
    except (OSError, OverflowError) as error:
        raise UsageError(f"cannot listen on {host}:{port} ({error}); name another --port or --host") from error
    with server:
        Console().print(f"http://{host}:{server.server_port}/  (Ctrl-C ends)", highlight=False)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


class _QuietHandler(SimpleHTTPRequestHandler):
    """Serves the release that is current at the moment of the request; what a browser has is asked for by release.

    Never by time: the files of a release that is served again are older than those that were withdrawn.
    """

    _tag: str | None = None

    def log_message(self, *_: object) -> None:
        """Say nothing about each request."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Answer with the file that is meant, or that the browser has it as this release has it."""
        del self.headers["If-Modified-Since"]
        # Resolved once: the tag of one release must never go with the bytes of the next.
        link, self.directory = self.directory, str(Path(self.directory).resolve())
        try:
            self._tag = self._tag_of_file()
            if self._tag is None or self._tag not in _tags(self.headers.get("If-None-Match", "")):
                return super().send_head()
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.end_headers()
            return None
        finally:
            self.directory = link

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer that a browser keeps only to ask whether it still holds."""
        super().send_response(code, message)
        self.send_header("Cache-Control", "no-cache")
        if self._tag is not None and code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
            self.send_header("ETag", self._tag)

    def _tag_of_file(self) -> str | None:
        """Return what stands for the file in its release, or None where no file is meant."""
        file = Path(self.translate_path(self.path))
        if self.path.partition("?")[0].endswith("/"):
            file /= "index.html"
        if not file.is_file():
            return None
        # With its time: a release that was damaged gets its bytes back under the same name.
        of_file = f"{file} {file.stat().st_mtime_ns}"
        return f'"{hashlib.sha256(of_file.encode(errors="surrogateescape")).hexdigest()[:32]}"'


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


class _WithDrafts(_QuietHandler):
    """Finds ``/releases/<name>/<page>`` in the site of that release, and everything else in the current one."""

    def translate_path(self, path: str) -> str:
        """Return the file that an address means; a path never leads out of a site."""
        _, first, *rest = [*path.split("/", 3), "", "", ""][:4]
        name = rest[0].partition("?")[0]
        site = Path(self.directory).parent.parent / name / "site"
        if first != RELEASES or not _RELEASE_NAME.fullmatch(name) or not site.is_dir():
            return super().translate_path(path)
        served, self.directory = self.directory, str(site)
        try:
            return super().translate_path(f"/{rest[1]}")
        finally:
            self.directory = served
