"""``xietong serve``: the current release of an edition on the loopback address."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

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
    def log_message(self, *_: object) -> None:
        """Say nothing about each request."""


class _WithDrafts(_QuietHandler):
    """Finds ``/releases/<name>/<page>`` in the site of that release, and everything else in the current one."""

    def translate_path(self, path: str) -> str:
        """Return the file that an address means; a path never leads out of a site."""
        _, first, *rest = [*path.split("/", 3), "", "", ""][:4]
        name = rest[0].partition("?")[0]
        site = Path(self.directory).parent.parent / RELEASES / name / "site"
        if first != RELEASES or not _RELEASE_NAME.fullmatch(name) or not site.is_dir():
            return super().translate_path(path)
        served, self.directory = self.directory, str(site)
        try:
            return super().translate_path(f"/{rest[1]}")
        finally:
            self.directory = served
