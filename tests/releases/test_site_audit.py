"""Each rule about pages is broken by a planted defect, and by nothing that a page may have."""

import pytest

from xietong.releases.site_audit import WEIGHT, WEIGHT_WITH_MAP, SiteAudit

POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:\">"
)
HEAD = f'<!doctype html><html lang="en"><head>{POLICY}<link rel="stylesheet" href="assets/site.css">'


@pytest.fixture
def site(tmp_path):
    """Return a function that writes pages and other files over a small sound site, and audits it."""

    def audit(**files: str) -> SiteAudit:
        sound = {
            "assets/site.css": "body { color: black }",
            "assets/site.js": "document.title = 'fetched';",
            "index.html": f'{HEAD}<script src="assets/site.js"></script></head><body id="top"><a href="a.html#x">a</a></body>',
            "a.html": f'{HEAD}</head><body><h1 id="x">A</h1><a href="index.html">home</a></body>',
        }
        for name, content in (sound | {key.replace("__", "/"): value for key, value in files.items()}).items():
            path = tmp_path / (name if "." in name else f"{name}.html")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return SiteAudit(tmp_path)

    return audit


def page(body: str, head: str = "") -> str:
    return f"{HEAD}{head}</head><body>{body}</body></html>"


def test_a_sound_site_breaks_no_rule(site) -> None:
    audit = site()
    assert (len(audit.pages), audit.address_count, len(audit.sizes)) == (2, 5, 4)
    assert [*audit.broken_links(), *audit.outside_requests(), *audit.heavy_pages()] == []


@pytest.mark.parametrize(
    "body",
    [
        '<a href="#top2" id="top2">here</a>',
        '<a href="https://www.mee.gov.cn/" rel="noreferrer">outside, which a reader follows</a>',
        '<a href="../../index.html">the change log</a> <a href="../../index.en.html">in English</a>',
        '<a href="mailto:office@example.cn">write</a>',
        '<a href="a.html?unit=500101">with a query</a>',
        '<a href="a.html#unit=500101">what a script keeps</a>',
        '<a href="%61.html#%78">written in another way</a>',
        '<a href="a.html&#35;x">with a reference</a>',
        "<a href='a.html'>in single quotes</a> <a href=a.html>in none</a>",
        '<img src="data:image/png;base64,AAAA" alt="">',
        '<p data-href="no address" data-id="none">what a script reads</p>',
        '<script type="application/ld+json">{"@context": "https://schema.org"}</script>',
        "<p>the word style = 'x' is text; so is once = 5, and fetch (x)</p>".replace("'", "’"),
    ],
)
def test_what_a_page_may_have(site, body) -> None:
    audit = site(b=page(body))
    assert [*audit.broken_links(), *audit.outside_requests()] == []


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('<a href="gone.html">x</a>', "b.html: the address gone.html names no file of the site"),
        ('<a href="a.html#y">x</a>', "b.html: the address a.html#y names no place on a.html"),
        ('<a href="#nowhere">x</a>', "b.html: the address #nowhere names no place on b.html"),
        ("<a\nhref='gone.html'>x</a>", "b.html: the address gone.html names no file of the site"),
        ("<a href=gone.html>x</a>", "b.html: the address gone.html names no file of the site"),
        ('<a href="../a.html">x</a>', "b.html: the address ../a.html names no file of the site"),
        ('<a href="../index.html">x</a>', "b.html: the address ../index.html names no file of the site"),
        ('<img src="../../index.html" alt="">', "b.html: the address ../../index.html names no file of the site"),
        ('<a href="assets/">x</a>', "b.html: the address assets/ names no file of the site"),
        ('<img src="gone.svg" alt="">', "b.html: the address gone.svg names no file of the site"),
        ('<script src="gone.js"></script>', "b.html: the address gone.js names no file of the site"),
        ('<svg><use href="gone.svg#x"/></svg>', "b.html: the address gone.svg#x names no file of the site"),
    ],
)
def test_a_link_that_leads_nowhere(site, body, sentence) -> None:
    assert list(site(b=page(body)).broken_links()) == [sentence]


def test_an_address_in_a_style_that_leads_nowhere(site) -> None:
    audit = site(**{"assets__more.css": "@import 'gone.css'; p { background: url(gone.png) }"})
    assert [sentence.partition(" names")[0] for sentence in audit.broken_links()] == [
        "assets/more.css: the address gone.css",
        "assets/more.css: the address gone.png",
    ]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"b": page('<img src="https://a.example/x.png">')}, "https://a.example/x.png would be loaded from outside"),
        ({"b": page('<script src="//a.example/x.js"></script>')}, "//a.example/x.js would be loaded from outside"),
        (
            {"b": page("", '<link href="https://a.example/x.css" rel="alternate stylesheet">')},
            "https://a.example/x.css would be loaded from outside",
        ),
        ({"b": page('<a href="javascript:alert(1)">x</a>')}, "javascript:alert(1) leads to no page"),
        ({"b": page('<a href="file:///etc/hosts">x</a>')}, "file:///etc/hosts leads to no page"),
        ({"b": page('<form action="https://a.example/">')}, "https://a.example/ would be loaded from outside"),
        ({"b": page('<iframe src="https://a.example/">')}, "https://a.example/ would be loaded from outside"),
        ({"b": "<!doctype html><html><body></body></html>"}, "it has no content security policy"),
        ({"b": page("").replace("default-src 'none'", "default-src 'self'")}, "it has no content security policy"),
        (
            {"b": page("").replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")},
            "it has no content security policy",
        ),
        ({"b": page("").replace("img-src 'self'", "img-src https:")}, "it has no content security policy"),
        ({"b": page("", POLICY)}, "it has no content security policy"),
        ({"b": page('<p style="color: red">')}, "an element has the attribute style"),
        ({"b": page('<p\nonclick="x()">')}, "an element has the attribute onclick"),
        ({"b": page("<style>p {}</style>")}, "it has a style element"),
        ({"b": page("<script>x()</script>")}, "it has a script inside"),
        ({"b": page('<script type="module">x()</script>')}, "it has a script inside"),
        ({"b": page("", '<meta http-equiv="refresh" content="0;url=a.html">')}, "it sends its readers elsewhere"),
        (
            {"assets__b.css": "p { background: url(https://a.example/x.png) }"},
            "https://a.example/x.png would be loaded",
        ),
        ({"assets__b.js": "fetch('x.json')"}, "a script makes requests: fetch("),
        ({"assets__b.js": "var x = new XMLHttpRequest"}, "a script makes requests: new XMLHttpRequest"),
        ({"assets__b.js": "import('./x.js')"}, "a script makes requests: import("),
    ],
)
def test_whatever_asks_another_host_or_is_not_kept_from_it(site, files, problem) -> None:
    sentences = list(site(**files).outside_requests())
    assert len(sentences) == 1
    assert problem in sentences[0]
    assert sentences[0].startswith(("b.html: ", "assets/b."))


def test_a_page_weighs_what_it_is_and_all_that_it_loads(site) -> None:
    own = 100_000
    script = "x" * (WEIGHT - own - 1_000)
    body = '<script src="assets/b.js"></script>' + "y" * own
    assert list(site(b=page(body), **{"assets__b.js": script}).heavy_pages()) == []
    (sentence,) = site(b=page(body), **{"assets__b.js": script + "z" * 1_000}).heavy_pages()
    assert sentence.startswith("b.html: it weighs 300,")
    assert sentence.endswith(f"with what it loads, and {WEIGHT:,} are allowed")


def test_a_map_may_weigh_more_and_what_is_offered_for_download_weighs_nothing(site) -> None:
    drawing = '<svg class="map" viewBox="0 0 1 1">' + " " * WEIGHT + "</svg>"
    offered = '<a href="downloads/all.csv">all</a>'
    audit = site(b=page(drawing + offered), **{"downloads__all.csv": "x" * WEIGHT_WITH_MAP})
    assert list(audit.heavy_pages()) == []
    (sentence,) = site(b=page(drawing + " " * WEIGHT)).heavy_pages()
    assert sentence.endswith(f"and {WEIGHT_WITH_MAP:,} are allowed")
