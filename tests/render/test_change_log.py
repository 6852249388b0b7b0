"""The change log: what was decided, newest first, with links to what is kept, and a feed."""

from dataclasses import replace

from lxml import etree

from xietong.render import KeptRelease, LogEntry, change_log

ATOM = "{http://www.w3.org/2005/Atom}"


def entry(release: str, action: str = "published", **changes: object) -> LogEntry:
    known = {"moment": "2026-11-10T06:00:00+00:00", "reason": "", "mode": "auto", "reviewer": ""}
    return LogEntry(release=release, action=action, **{**known, "is_kept": True, "is_served": False, **changes})


ENTRIES = [
    entry("2026-10-b", "rolled_back", is_served=True, reason="<script>alert(1)</script>"),
    entry("2026-10-c", "rejected", reviewer="审核人", mode="manual"),
    entry("2026-09-a", is_kept=False),
]


def parsed(files: dict[str, str]) -> etree._Element:
    return etree.fromstring(files["feed.xml"].encode())


def test_a_comment_with_signs_that_xml_cannot_hold_breaks_no_feed() -> None:
    feed = parsed(change_log("chongqing", [entry("2026-10-b", reason="a\x00\x0b<b>&\ud800")]))
    assert feed.findtext(f"{ATOM}entry/{ATOM}summary") == "a‹U+0000›‹U+000B›<b>&"


def test_pages_name_each_decision_and_link_to_what_is_kept() -> None:
    files = change_log("chongqing-demo", ENTRIES)
    pages = {"index.html", "index.en.html"}
    beside = {*pages, "index.css", "index.en.css"}
    assert set(files) == {*beside, *(f"releases/{page}" for page in beside), "feed.xml"}
    assert '"发布记录 chongqing-demo"' in files["index.css"]
    assert 'href="index.en.css" media="print"' in files["releases/index.en.html"]
    page = files["index.html"]
    assert page.count("<tr>") == 4
    assert 'href="releases/2026-10-b/site/index.html"' in page
    assert "releases/2026-09-a/" not in page
    assert "已清理，可由快照重建" in page
    assert page.count("现在发布") == 1
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'href="releases/2026-10-b/site/en/index.html"' in files["index.en.html"]


def test_every_kept_release_is_listed_with_what_it_differs_in_from_the_one_before() -> None:
    kept = KeptRelease("2026-10-b", "2026-10", "2026-11-05T00:00:00+00:00", "2025.1", "2026-11-10", is_served=True)
    editions = [
        replace(kept, before="2026-09-a"),
        replace(kept, name="2026-09-a", period="2026-09", is_served=False),
        replace(kept, name="2026-08-z", published="", is_served=False, why_none="difference_beside"),
    ]
    files = change_log("chongqing-demo", ENTRIES, editions)
    rows = files["index.en.html"].split('<h2 id="decisions">')[0].split("<tr>")[2:]
    assert 'href="releases/2026-10-b/site/en/index.html"' in rows[0]
    assert "October 2026" in rows[0]
    assert "5 November 2026" in rows[0]
    assert '<a href="differences/2026-10-b.en.html">Compared with 2026-09-a</a>' in rows[0]
    assert ["served now" in row for row in rows] == [True, False, False]
    assert "no earlier release is kept" in rows[1]
    assert "never published" in rows[2]
    assert "not compared" in rows[2]
    # The same page below releases/ leads to the same places.
    assert 'href="../releases/2026-10-b/site/index.html"' in files["releases/index.html"]
    assert 'href="../differences/2026-10-b.html"' in files["releases/index.html"]
    assert 'href="../current/site/assets/site.css"' in files["releases/index.html"]


def test_the_feed_has_what_was_put_in_place_and_no_rejected_draft() -> None:
    feed = parsed(change_log("chongqing-demo", ENTRIES))
    assert feed.findtext(f"{ATOM}id") == "urn:xietong:chongqing-demo"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-10T06:00:00+00:00"
    items = feed.findall(f"{ATOM}entry")
    assert [item.findtext(f"{ATOM}title") for item in items] == ["回退到 2026-10-b", "发布 2026-09-a"]
    assert [link.get("href") for item in items for link in item.findall(f"{ATOM}link")] == [
        "releases/2026-10-b/site/index.html"
    ]
    # RFC 4287 asks for these of every entry, and for identifiers that differ.
    assert all(item.findtext(f"{ATOM}{name}") for item in items for name in ("id", "title", "updated"))
    assert len({item.findtext(f"{ATOM}id") for item in items}) == 2


def test_before_the_first_publication_it_is_empty_and_whole() -> None:
    files = change_log("chongqing", [])
    assert "<tbody>" in files["index.html"]
    assert parsed(files).findall(f"{ATOM}entry") == []
