"""Whether a folder of pages may be published as it is: it hangs together, asks nobody for anything, and is light.

The pages are read as bytes, each once, with expressions for the few things that matter; parsing
forty megabytes of HTML would take as long as writing them. Elements and attributes are in lower
case, as our templates write them.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

_VALUE: Final = rb"""\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)"""
#: Each begins with something fixed, which is searched for fast.
_FOLLOWED: Final = re.compile(rb" href" + _VALUE)
_ID: Final = re.compile(rb" id" + _VALUE)
_STYLED: Final = re.compile(rb""" (style)\s*=\s*["']""")
_HANDLING: Final = re.compile(rb""" (on[a-z]+)\s*=\s*["']""")
#: Elements that load something, send somewhere, or say what the page may do.
_ELEMENT: Final = re.compile(
    rb"<((?:link|script|meta|img|use|image|iframe|object|embed|form|video|audio|source|track|base|style)\b)([^<>]*)>"
)
_LOADED: Final = re.compile(rb"\s(?:xlink:)?(?:href|src|srcset|poster|data|action)" + _VALUE)
_SPACES: Final = bytes.maketrans(b"\n\r\t", b"   ")
_REL: Final = re.compile(rb"\srel" + _VALUE)
_CONTENT: Final = re.compile(rb"\scontent" + _VALUE)
_TYPE: Final = re.compile(rb"\stype" + _VALUE)
_STYLE_URL: Final = re.compile(rb"""(?:url\(\s*["']?|@import\s+["'])([^"')\s]+)""")
_REQUEST: Final = re.compile(
    rb"\bfetch\s*\(|\bnew\s+(?:XMLHttpRequest|WebSocket|EventSource|Worker)\b|\bsendBeacon\s*\(|\bimportScripts\s*\("
    rb"|\bimport\s*\("
)
#: Scripts of these types are data, which no browser runs.
_DATA_SCRIPTS: Final = frozenset({"application/json", "application/ld+json"})
#: What a browser loads by itself, in contrast to what a link element only names.
_LOADED_LINKS: Final = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest"})
#: Bytes that a page may weigh with everything that it loads; outlines of districts cost more than words.
WEIGHT: Final = 300_000
WEIGHT_WITH_MAP: Final = 600_000
_MAP: Final = b'<svg class="map'
#: Where a reader may be led: to a page of the site, or openly to somebody else.
_LEADING: Final = frozenset({"", "http", "https", "mailto", "tel"})
_POLICY: Final = ("default-src 'none'", "script-src 'self'", "style-src 'self'")
_LOOSE: Final = re.compile(r"'unsafe-|\*|https?:|wss?:")
#: The change log beside the releases, from the root of a site; it is written when the release is put in place.
ARCHIVE: Final = frozenset({"../../index.html", "../../index.en.html"})


@dataclass(frozen=True)
class _Page:
    """What matters of one page; addresses as they stand there, by element."""

    size: int
    has_map: bool
    ids: frozenset[str]
    followed: frozenset[str]
    loaded: frozenset[str]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class SiteAudit:
    """The pages below a folder, and everything in them that must not be published."""

    directory: Path

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Return the bytes of every file of the site by its path."""
        return {
            path.relative_to(self.directory).as_posix(): path.stat().st_size
            for path in sorted(self.directory.rglob("*"))
            if path.is_file()
        }

    @cached_property
    def pages(self) -> dict[str, _Page]:
        """Return every page by its path, read once."""
        return {path: _read_page((self.directory / path).read_bytes()) for path in self.sizes if path.endswith(".html")}

    @property
    def address_count(self) -> int:
        """Return how many addresses there are on the pages, each counted once a page."""
        return sum(len(page.followed | page.loaded) for page in self.pages.values())

    def broken_links(self) -> Iterator[str]:
        """Yield one sentence for every address that names no file of the site, or no place on its page."""
        for path, page in self.pages.items():
            archive = {address for address in page.followed if self._target(path, address)[0] in ARCHIVE}
            for address in sorted((page.followed | page.loaded) - archive):
                if not _is_outside(address):
                    yield from self._broken(path, address)
        for path in self._styles:
            for address in self._style_addresses(path):
                if not _is_outside(address):
                    yield from self._broken(path, address)

    def _broken(self, path: str, address: str) -> Iterator[str]:
        target, fragment = self._target(path, address)
        if target not in self.sizes:
            yield f"{path}: the address {address} names no file of the site"
        # What a page's script keeps in the address has an equals sign; it is no place on the page.
        elif fragment and "=" not in fragment and target in self.pages and fragment not in self.pages[target].ids:
            yield f"{path}: the address {address} names no place on {target}"

    def outside_requests(self) -> Iterator[str]:
        """Yield one sentence for everything that a browser would ask another host for, or that nothing forbids it."""
        for path, page in self.pages.items():
            yield from (f"{path}: {problem}" for problem in page.problems)
            yield from _loaded_from_outside(path, page.loaded)
            for address in sorted(page.followed):
                if urlsplit(address).scheme not in _LEADING:
                    yield f"{path}: {address} leads to no page"
        for path in self._styles:
            yield from _loaded_from_outside(path, self._style_addresses(path))
        for path in self.sizes:
            if path.endswith(".js"):
                found = _REQUEST.search((self.directory / path).read_bytes())
                if found is not None:
                    yield f"{path}: a script makes requests: {found[0].decode()}"

    def heavy_pages(self) -> Iterator[str]:
        """Yield one sentence for every page that weighs too much with the styles, scripts and images it loads."""
        for path, page in self.pages.items():
            assets = {self._target(path, address)[0] for address in page.loaded if not _is_outside(address)}
            weight = page.size + sum(self.sizes.get(asset, 0) for asset in assets)
            limit = WEIGHT_WITH_MAP if page.has_map else WEIGHT
            if weight > limit:
                yield f"{path}: it weighs {weight:,} bytes with what it loads, and {limit:,} are allowed"

    def _target(self, path: str, address: str) -> tuple[str, str]:
        """Return the file and the place that an address on a page means."""
        parts = urlsplit(address)
        if not parts.path:
            return path, unquote(parts.fragment)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
        return target, unquote(parts.fragment)

    @property
    def _styles(self) -> Iterable[str]:
        return (path for path in self.sizes if path.endswith(".css"))

    def _style_addresses(self, path: str) -> list[str]:
        found = _STYLE_URL.findall((self.directory / path).read_bytes())
        return sorted({address.decode("utf-8", "replace") for address in found})


def _loaded_from_outside(path: str, addresses: Iterable[str]) -> Iterator[str]:
    for address in sorted(addresses):
        if _is_outside(address) and not address.startswith("data:"):
            yield f"{path}: {address} would be loaded from outside"


def _read_page(content: bytes) -> _Page:
    content = content.translate(_SPACES)
    elements = [(name.decode(), attributes) for name, attributes in _ELEMENT.findall(content)]
    loaded = {
        address
        for name, attributes in elements
        if _is_loading(name, attributes)
        for address in _of(_LOADED, attributes)
    }
    return _Page(
        size=len(content),
        has_map=_MAP in content,
        ids=frozenset(_of(_ID, content)),
        followed=frozenset(_of(_FOLLOWED, content)) - loaded,
        loaded=frozenset(loaded),
        problems=tuple(_unguarded(content, elements)),
    )


def _is_loading(name: str, attributes: bytes) -> bool:
    return name != "link" or any(_LOADED_LINKS & set(relation.split()) for relation in _of(_REL, attributes))


def _unguarded(content: bytes, elements: Sequence[tuple[str, bytes]]) -> Iterator[str]:
    """Yield what is wrong with the policy that keeps a page from asking others, and what the policy would break."""
    metas = [attributes for name, attributes in elements if name == "meta"]
    policies = [said for meta in metas if b"Content-Security-Policy" in meta for said in _of(_CONTENT, meta)]
    if len(policies) != 1 or any(rule not in policies[0] for rule in _POLICY) or _LOOSE.search(policies[0]):
        yield "it has no content security policy that forbids requests to others"
    inline = _STYLED.search(content) or _HANDLING.search(content)
    if inline is not None:
        yield f"an element has the attribute {inline[1].decode()}, which the content security policy refuses"
    for name, attributes in elements:
        if name == "style":
            yield "it has a style element, which the content security policy refuses"
        if name == "script" and not _LOADED.search(attributes) and not _DATA_SCRIPTS & set(_of(_TYPE, attributes)):
            yield "it has a script inside, which the content security policy refuses"
    if any(b"refresh" in meta for meta in metas):
        yield "it sends its readers elsewhere (refresh)"


def _of(pattern: re.Pattern[bytes], content: bytes) -> set[str]:
    """Return the values that the pattern finds, each once, as they are meant: no quotes, references resolved."""
    return {_text(value) for value in set(pattern.findall(content))}


def _text(value: bytes) -> str:
    """Return the value of an attribute without its quotes, its references resolved."""
    bare = value[1:-1] if value[:1] in {b'"', b"'"} else value
    return unescape(bare.decode("utf-8", "replace"))


def _is_outside(address: str) -> bool:
    """Return whether an address leaves the site: it has a scheme, or names a host."""
    return address.startswith(("//", "\\")) or bool(urlsplit(address).scheme)
