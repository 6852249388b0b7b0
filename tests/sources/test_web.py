"""Answers of a real HTTP server on loopback, good and bad; where nothing may be asked, nothing is."""

import gzip
import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.sources.web_server import CSV, NOW, answer
from xietong.sources import SnapshotStore


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
