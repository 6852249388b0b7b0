"""A real HTTP server on loopback whose answers a test puts in order."""

import ssl
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: When a test pulls first.
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
CSV = {"Content-Type": "text/csv; charset=utf-8"}


class Site:
    """A server whose answers a test puts in order: by path a function, or a list of functions used up one by one."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        site = self
        self.pages: dict[str, Any] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.requests.append((self.command, self.path, headers, self.rfile.read(length)))
                page = site.pages.get(self.path, answer(404))
                (page.pop(0) if isinstance(page, list) else page)(self)

            do_POST = do_GET  # noqa: N815 — the name that the library calls

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.requests]


def answer(status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None, length: int | None = None):
    """Return a page with this answer; ``length`` is stated instead of the real one."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (headers if headers is not None else CSV).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return page
