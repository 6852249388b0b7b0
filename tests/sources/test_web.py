"""Answers of a real HTTP server on loopback, good and bad; where nothing may be asked, nothing is."""

import gzip
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from xietong.catalogue.connections import Periods
from xietong.sources import SnapshotStore
from xietong.sources.asked_periods import asked_periods
from xietong.sources.network_addresses import is_allowed
from xietong.sources.pulling import Pulled, pull

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


def dripping(seconds: float, size: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return a page that sends a byte, waits, and so on."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/csv")
        handler.end_headers()
        for _ in range(size):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(seconds)

    return page


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send bytes until the other side has enough."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/csv")
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65_536)


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def ask(connected, tmp_path, site) -> Callable[..., Pulled]:
    """Return a function that pulls from the site, a day later each time; ``ask.pauses`` are the waits in seconds."""
    moments = (NOW + timedelta(days=day) for day in range(100))
    environment: dict[str, str] = {}
    pauses: list[float] = []

    def run(path: str = "/a.csv", **changes: object) -> Pulled:
        connection = {
            "kind": "web",
            "address": f"http://127.0.0.1:{site.port}{path}",
            "file": "a.csv",
            "allow_http": True,
            "private_network": True,
            "timeout_seconds": 5,
        }
        source = connected(connection | changes)
        store = SnapshotStore(tmp_path / "snapshots")
        state = tmp_path / "state"
        return pull(source, store, state, now=next(moments), wait=pauses.append, environment=environment)

    run.pauses = pauses
    run.environment = environment
    return run


def test_a_file_is_kept_with_its_provenance(ask, site, tmp_path):
    site.pages["/a.csv"] = answer(200, b"unit,value\n")
    pulled = ask()
    assert (pulled.status, pulled.added, pulled.message_en) == ("new", 1, "1 new file")
    (snapshot,) = pulled.snapshots
    assert (snapshot.file, snapshot.source_id, snapshot.received_at, snapshot.size) == ("a.csv", "exchange", NOW, 11)
    assert SnapshotStore(tmp_path / "snapshots").read(snapshot.sha256) == b"unit,value\n"
    assert pulled.findings.is_empty()


@pytest.mark.parametrize(
    ("name", "asked", "value"),
    [("ETag", "if-none-match", '"v1"'), ("Last-Modified", "if-modified-since", "Sun, 01 Nov 2026 00:00:00 GMT")],
)
def test_an_unchanged_file_is_not_sent_again(ask, site, name, asked, value):
    site.pages["/a.csv"] = [answer(200, b"1", CSV | {name: value}), answer(304), answer(200, b"2")]
    ask()
    unchanged = ask()
    assert site.requests[1][2][asked] == value
    assert (unchanged.status, unchanged.message_zh, len(unchanged.snapshots)) == ("unchanged", "没有新数据", 1)
    assert (ask().status, len(site.requests)) == ("new", 3)


def test_without_the_snapshot_there_is_no_condition(ask, site, tmp_path):
    site.pages["/a.csv"] = answer(200, b"1", CSV | {"ETag": '"v1"'})
    first = ask()
    SnapshotStore(tmp_path / "snapshots").path(first.snapshots[0].sha256).unlink()
    ask()
    assert "if-none-match" not in site.requests[1][2]
    assert SnapshotStore(tmp_path / "snapshots").read(first.snapshots[0].sha256) == b"1"


def test_unchanged_is_no_answer_to_a_request_without_condition(ask, site, tmp_path):
    """Nothing is kept, so that nothing would ever be: a mirror that answers 304 to everybody is told of."""
    site.pages["/a.csv"] = [answer(304), answer(200, b"1", CSV | {"ETag": '"v1"'}), answer(304)]
    refused = ask()
    assert (refused.status, refused.added) == ("refused", 0)
    assert "gave no file (HTTP 304)" in refused.message_en
    SnapshotStore(tmp_path / "snapshots").path(ask().snapshots[0].sha256).unlink()
    assert ask().status == "refused"


def test_another_etag_of_the_same_bytes_is_nothing_new(ask, site):
    site.pages["/a.csv"] = [answer(200, b"1", CSV | {"ETag": f'"v{n}"'}) for n in range(3)]
    assert [ask().status for _ in range(3)] == ["new", "unchanged", "unchanged"]
    assert [headers.get("if-none-match") for _, _, headers, _ in site.requests] == [None, '"v0"', '"v1"']


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "localhost",
        "localhost.",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "0",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
)
def test_no_spelling_of_the_own_machine_gets_around_the_judgement(ask, site, host):
    """However an address is written or a name resolved, the number that is connected to is what is judged."""
    assert ask(address=f"http://{host}:{site.port}/a.csv", private_network=False).status in {"refused", "unavailable"}
    assert site.requests == []


def test_a_change_that_is_taken_back_is_an_edition_of_its_own(ask, site):
    site.pages["/a.csv"] = [answer(200, body) for body in (b"1", b"1", b"2", b"1")]
    assert [ask().status for _ in range(4)] == ["new", "unchanged", "new", "new"]
    site.pages["/a.csv"] = answer(200, b"1")
    snapshots = ask().snapshots
    assert [snapshot.received_at.day for snapshot in snapshots] == [23, 25, 26]
    assert snapshots[0].sha256 == snapshots[2].sha256


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_passing_failure_is_tried_again_with_growing_pauses(ask, site, status):
    site.pages["/a.csv"] = [answer(status)] * 3 + [answer(200, b"1")]
    assert ask().status == "new"
    assert ask.pauses == [1, 2, 4]


def test_the_pause_that_the_server_asks_for_is_kept(ask, site):
    site.pages["/a.csv"] = [
        answer(429, headers={"Retry-After": "17"}),
        answer(503, headers={"Retry-After": "Mon, 23 Nov 2026 02:01:30 GMT"}),
        answer(429, headers={"Retry-After": "soon"}),
        answer(200, b"1"),
    ]
    assert ask().status == "new"
    assert ask.pauses == [17, 90, 4]


def test_a_long_pause_is_left_to_the_next_pull(ask, site):
    site.pages["/a.csv"] = answer(429, headers={"Retry-After": "86400"})
    pulled = ask()
    assert (pulled.status, ask.pauses, len(site.requests)) == ("unavailable", [], 1)
    assert "HTTP 429" in pulled.message_zh


def test_attempts_end_and_what_it_gave_stays(ask, site):
    site.pages["/a.csv"] = [answer(200, b"1")] + [answer(500)] * 2
    ask()
    down = ask(attempts=2)
    assert (down.status, len(down.snapshots), down.last_success) == ("unavailable", 1, NOW)
    assert down.findings.select("rule", "severity").row(0) == ("source_unavailable", "warning")
    assert "沿用 2026-11-23 及以前取得的数据" in down.message_zh


@pytest.mark.parametrize(("status", "word"), [(401, "denies access"), (403, "denies access"), (404, "gave no file")])
def test_a_lasting_failure_is_not_tried_again(ask, site, status, word):
    site.pages["/a.csv"] = answer(status)
    pulled = ask()
    assert (pulled.status, len(site.requests)) == ("refused", 1)
    assert word in pulled.message_en
    assert pulled.findings.select("rule", "severity").row(0) == ("source_refused", "critical")


def test_an_endless_body_is_cut_off(ask, site):
    site.pages["/a.csv"] = endless
    pulled = ask(maximum_bytes=1_000_000)
    assert (pulled.status, pulled.findings["rule"].item()) == ("refused", "oversized_answer")
    assert "1,000,000" in pulled.message_zh
    assert pulled.snapshots == ()


def test_a_body_at_the_limit_passes_and_one_byte_more_does_not(ask, site):
    site.pages |= {"/a.csv": answer(200, b"x" * 1000), "/b.csv": answer(200, b"x" * 1001)}
    assert ask(maximum_bytes=1000).status == "new"
    assert ask("/b.csv", maximum_bytes=1000).findings["rule"].item() == "oversized_answer"


def test_a_slow_body_times_out_and_is_tried_again(ask, site):
    site.pages["/a.csv"] = [dripping(1, 5), answer(200, b"1")]
    assert ask(timeout_seconds=0.2).status == "new"
    assert ask.pauses == [1]


@pytest.mark.timeout(20)
def test_a_body_that_drips_for_ever_ends_with_the_time_of_the_source(ask, site):
    site.pages["/a.csv"] = dripping(0.1, 1000)
    started = time.monotonic()
    pulled = ask(seconds=1)
    assert (pulled.status, pulled.snapshots) == ("unavailable", ())
    assert time.monotonic() - started < 4
    assert "within 1 seconds" in pulled.message_en


def test_a_truncated_body_is_not_used(ask, site):
    site.pages["/a.csv"] = [answer(200, b"unit,value\n", length=100)] * 2
    pulled = ask(attempts=2)
    assert (pulled.status, pulled.snapshots) == ("unavailable", ())
    assert "broke off its answer" in pulled.message_en


def test_a_packed_body_is_unpacked_and_a_bomb_is_not(ask, site, tmp_path):
    packed = CSV | {"Content-Encoding": "gzip"}
    site.pages |= {
        "/a.csv": answer(200, gzip.compress(b"unit,value\n"), packed),
        "/parts.csv": answer(200, gzip.compress(b"unit,") + gzip.compress(b"value"), packed),
        "/bomb.csv": answer(200, gzip.compress(bytes(50_000_000)), packed),
        "/cut.csv": answer(200, gzip.compress(bytes(range(256)) * 40)[:-20], packed),
        "/no.csv": answer(200, b"no gzip", packed),
        "/br.csv": answer(200, b"x", CSV | {"Content-Encoding": "br"}),
        "/twice.csv": answer(200, b"x", CSV | {"Content-Encoding": "gzip, gzip"}),
    }
    good = ask()
    assert SnapshotStore(tmp_path / "snapshots").read(good.snapshots[0].sha256) == b"unit,value\n"
    assert ask("/parts.csv").snapshots[-1].size == len(b"unit,value")
    assert ask("/bomb.csv", maximum_bytes=1_000_000).findings["rule"].item() == "oversized_answer"
    for path in ("/cut.csv", "/no.csv", "/br.csv", "/twice.csv"):
        assert ask(path).findings["rule"].item() == "unexpected_content", path


@pytest.mark.parametrize(
    ("body", "kind", "found"),
    [
        (b"unit,value", "text/html", "text/html"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html><title>login</title>", "text/csv", "text/html"),
        (b"<HTML>", "", "text/html"),
        (b"%PDF-1.7", "application/pdf", "application/pdf"),
        (b"", "text/csv", "empty"),
    ],
)
def test_content_of_another_kind_is_not_used(ask, site, body, kind, found):
    site.pages["/a.csv"] = answer(200, body, {"Content-Type": kind} if kind else {})
    pulled = ask()
    assert (pulled.status, pulled.findings["rule"].item()) == ("refused", "unexpected_content")
    assert found in pulled.message_en
    assert "text/csv" in pulled.findings["reference"].item()


def test_pages_are_read_where_the_catalogue_expects_them(ask, site):
    site.pages["/a.csv"] = answer(200, b"<html><table>", {"Content-Type": "text/html"})
    assert ask(content_types=["text/html"]).status == "new"


def test_a_redirection_within_the_host_is_followed(ask, site):
    site.pages |= {"/a.csv": answer(302, headers={"Location": "/b.csv"}), "/b.csv": answer(200, b"1")}
    assert ask(headers={"X-Key": "k"}).status == "new"
    assert site.paths == ["/a.csv", "/b.csv"]
    assert site.requests[1][2]["x-key"] == "k"


@pytest.mark.parametrize(
    "location",
    [
        "http://other.example/a.csv",
        "https://127.0.0.1:1/a.csv",
        "http://localhost:{port}/a.csv",
        "http://user:pass@127.0.0.1:{port}/a.csv",
        "http://127.0.0.1.example:{port}/a.csv",
        "http://[::ffff:127.0.0.1]:{port}/a.csv",
        "http://2130706433:{port}/a.csv",
        "file:///etc/passwd",
        "//169.254.169.254/latest",
        "http://[bad/",
    ],
)
def test_a_redirection_elsewhere_is_not_followed(ask, site, location):
    site.pages["/a.csv"] = answer(302, headers={"Location": location.format(port=site.port)})
    pulled = ask()
    assert (pulled.status, len(site.requests)) == ("refused", 1)
    assert "user:pass" not in pulled.message_zh + pulled.message_en


def test_redirections_in_a_circle_end(ask, site):
    site.pages["/a.csv"] = answer(307, headers={"Location": "/a.csv"})
    assert "more than 5 times" in ask().message_en
    assert len(site.requests) == 6


def test_a_redirection_to_an_address_of_the_machine_is_refused_even_for_a_named_host(ask, site):
    site.pages["/a.csv"] = answer(302, headers={"Location": "http://169.254.169.254/latest"})
    pulled = ask(hosts=["169.254.169.254"])
    assert "internal or reserved" in pulled.message_en


def test_private_addresses_are_not_contacted_unless_the_catalogue_says_so(ask, site):
    pulled = ask(private_network=False)
    assert (pulled.status, site.requests) == ("refused", [])
    assert pulled.findings["reference"].item() == "private_network: true"


def resolved(monkeypatch, *rounds: list[str]) -> list[str]:
    """Let names stand for these addresses, another round each time; return the names that were asked for."""
    asked: list[str] = []
    left = list(rounds)
    real = socket.getaddrinfo

    def fake(host, port, *arguments, **named):
        if str(host).replace(".", "").isdigit():
            return real(host, port, *arguments, **named)
        asked.append(host)
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [entry for address in addresses for entry in real(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return asked


def test_the_judged_address_is_the_one_connected_to(ask, site, monkeypatch):
    asked = resolved(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    site.pages["/a.csv"] = answer(200, b"1")
    assert ask(address=f"http://data.example:{site.port}/a.csv").status == "new"
    assert asked == ["data.example"]
    assert site.requests[0][2]["host"] == f"data.example:{site.port}"


def test_one_forbidden_address_among_several_forbids_the_host(ask, site, monkeypatch):
    resolved(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    pulled = ask(address=f"http://data.example:{site.port}/a.csv", private_network=False)
    assert (pulled.status, site.requests) == ("refused", [])


def test_the_next_address_serves_when_the_first_does_not(ask, site, monkeypatch):
    resolved(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    site.pages["/a.csv"] = answer(200, b"1")
    assert ask(address=f"http://data.example:{site.port}/a.csv").status == "new"


def test_secret_headers_and_bodies_stay_with_their_host(ask, site, monkeypatch):
    resolved(monkeypatch, ["127.0.0.1"])
    ask.environment["KEY"] = "s3cret"
    changes = {
        "address": f"http://a.example:{site.port}/a.csv",
        "method": "POST",
        "headers": {"Authorization": "Bearer {key}"},
        "body": {"key": "{key}"},
        "secrets": {"key": "KEY"},
    }
    elsewhere = f"http://b.example:{site.port}/b.csv"
    site.pages |= {"/a.csv": answer(307, headers={"Location": elsewhere}), "/b.csv": answer(200, b"1")}
    assert ask(**changes, hosts=["b.example"]).status == "refused"
    assert ask(**changes, hosts=[f"b.example:{site.port}"]).status == "new"
    first, last = site.requests[0], site.requests[-1]
    assert (first[2]["authorization"], first[3]) == ("Bearer s3cret", b'{"key": "s3cret"}')
    assert (last[1], "authorization" in last[2], last[3]) == ("/b.csv", False, b"")


def test_a_redirection_after_a_post_repeats_it_or_gets_as_its_status_says(ask, site):
    site.pages |= {
        "/a": answer(307, headers={"Location": "/b"}),
        "/b": answer(303, headers={"Location": "/c"}),
        "/c": answer(200, b"1"),
    }
    assert ask("/a", method="POST", body={"x": 1}).status == "new"
    assert [(method, path, body) for method, path, _, body in site.requests] == [
        ("POST", "/a", b'{"x": 1}'),
        ("POST", "/b", b'{"x": 1}'),
        ("GET", "/c", b""),
    ]


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        ("8.8.8.8", True, True),
        ("2400:3200::1", True, True),
        ("10.1.2.3", False, True),
        ("172.31.255.255", False, True),
        ("172.32.0.1", True, True),
        ("192.168.0.1", False, True),
        ("127.8.8.8", False, True),
        ("100.64.0.1", False, True),
        ("fd12::1", False, True),
        ("::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("::ffff:8.8.8.8", True, True),
        ("64:ff9b::7f00:1", False, True),
        ("2002:7f00:1::", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("fe80::1", False, False),
        ("fec0::1", False, False),
        ("::", False, False),
        ("0.0.0.0", False, False),  # noqa: S104
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("240.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("192.0.2.1", False, False),
        ("198.18.0.1", False, False),
        ("::127.0.0.1", False, False),
    ],
)
def test_which_addresses_may_be_contacted(address, public, private):
    judged = [is_allowed(ip_address(address), private_network=allowed) for allowed in (False, True)]
    assert judged == [public, private]


def test_secrets_are_sent_and_never_told(ask, site, tmp_path):
    ask.environment["CITY_TOKEN"] = "t0p/s&cret"  # noqa: S105 — nobody's
    site.pages["/a.csv?token=t0p%2Fs%26cret"] = [
        answer(200, b"1"),
        answer(302, headers={"Location": "http://other.example/?token=t0p%2Fs%26cret"}),
        answer(500),
    ]
    secret = {"secrets": {"token": "CITY_TOKEN"}, "headers": {"X-Token": "{token}"}, "attempts": 1}
    told = ""
    for status in ("new", "refused", "unavailable"):
        pulled = ask("/a.csv?token={token}", **secret)
        assert pulled.status == status
        told += pulled.message_zh + pulled.message_en + pulled.detail + str(pulled.findings.to_dicts())
    told += "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert site.requests[0][2]["x-token"] == "t0p/s&cret"
    assert not any(secret in told for secret in ("t0p/s&cret", "t0p%2Fs%26cret"))


def test_a_body_is_posted_for_each_period_and_one_not_published_yet_is_nothing_wrong(ask, site):
    asked: list[dict[str, Any]] = []

    def page(handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(site.requests[-1][3])
        asked.append(body)
        known = body["dts"][0] != "2026-11"
        answer(200 if known else 404, json.dumps(body).encode(), {"Content-Type": "application/json"})(handler)

    site.pages["/query"] = page
    changes = {
        "method": "POST",
        "body": {"cid": "A01", "dts": ["{period}"], "rows": 3},
        "periods": {"every": "month", "last": 3},
        "file": "gdp-{period}.json",
    }
    pulled = ask("/query", **changes)
    assert asked == [{"cid": "A01", "dts": [period], "rows": 3} for period in ("2026-09", "2026-10", "2026-11")]
    assert site.requests[0][2]["content-type"] == "application/json"
    assert [snapshot.file for snapshot in pulled.snapshots] == ["gdp-2026-09.json", "gdp-2026-10.json"]
    assert ask("/query", **changes).status == "unchanged"


@pytest.mark.parametrize(
    ("every", "last", "periods"),
    [
        ("day", 2, ["2026-12-31", "2027-01-01"]),
        ("month", 2, ["2026-12", "2027-01"]),
        ("quarter", 2, ["2026-Q4", "2027-Q1"]),
        ("year", 2, ["2026", "2027"]),
    ],
)
def test_periods_turn_at_midnight_in_china(every, last, periods):
    evening = datetime(2026, 12, 31, 16, tzinfo=UTC)
    words = list(asked_periods(Periods(every=every, last=last), evening))
    assert [entry["period"] for entry in words] == periods
    assert words[-1] == words[-1] | {"date": "2027-01-01", "year": "2027", "quarter": "1", "month": "01", "day": "01"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """Return a certificate with its key for localhost that no authority has signed."""
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:data.example", "-days", "2"]
    files = ["-keyout", f"{path}.key", "-out", str(path)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True, timeout=30)
    return path


def test_a_certificate_is_checked_by_name_against_the_authority_of_the_office(ask, site, certificate, monkeypatch):
    resolved(monkeypatch, ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, f"{certificate}.key")
    secure = Site(context)
    secure.pages["/a.csv"] = answer(200, b"1")
    ask.environment["OFFICE_CA"] = str(certificate)
    try:
        good = f"https://data.example:{secure.port}/a.csv"
        untrusted = ask(address=good, allow_http=False)
        assert (untrusted.status, secure.requests) == ("refused", [])
        assert "certificate of data.example is not valid" in untrusted.message_en
        assert ask(address=good, allow_http=False, authority_variable="OFFICE_CA").status == "new"
        wrong_name = ask(address=good.replace("data", "other"), authority_variable="OFFICE_CA")
        assert (wrong_name.status, len(secure.requests)) == ("refused", 1)
        # A redirection to another name needs a certificate of that name.
        secure.pages["/b.csv"] = answer(302, headers={"Location": f"https://other.example:{secure.port}/a.csv"})
        other = {"hosts": [f"other.example:{secure.port}"], "authority_variable": "OFFICE_CA"}
        assert ask(address=good.replace("a.csv", "b.csv"), **other).status == "refused"
        assert secure.paths == ["/a.csv", "/b.csv"]
        ask.environment["OFFICE_CA"] = str(certificate.parent / "missing.pem")
        assert "missing or not in PEM" in ask(address=good, authority_variable="OFFICE_CA").message_en
    finally:
        secure.server.shutdown()
        secure.server.server_close()


def test_an_unknown_name_and_a_closed_port_are_unavailable(ask, site, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = ask(address=f"http://127.0.0.1:{free.getsockname()[1]}/a.csv", attempts=2)
    assert (closed.status, ask.pauses) == ("unavailable", [1])

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    pulled = ask(address="https://data.invalid/a.csv")
    assert (pulled.status, "cannot be resolved" in pulled.message_en) == ("unavailable", True)
