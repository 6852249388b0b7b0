"""``xietong serve``: the current release of an edition on the loopback address."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from rich.console import Console

from xietong.errors import UsageError
from xietong.releases import CURRENT
from xietong.settings import Settings


def serve_edition(settings: Settings, edition: str, host: str, port: int) -> int:
    """Serve until interrupted.

    Raises:
        UsageError: the edition has no release yet.
    """
    site = settings.edition_directory(edition) / CURRENT / "site"
    if not (site / "index.html").is_file():
        raise UsageError(
            f"{edition} has no release in {settings.build_directory}; run: xietong run --edition {edition}"
        )
    with ThreadingHTTPServer((host, port), partial(_QuietHandler, directory=str(site))) as server:
        Console().print(f"http://{host}:{server.server_port}/  (Ctrl-C ends)", highlight=False)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing about each request."""
