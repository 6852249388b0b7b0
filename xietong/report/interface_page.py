"""The page that documents the data interface: its files, their schemas, what its version promises, and licences."""

from collections import Counter
from dataclasses import dataclass

from xietong.report.facts import Link
from xietong.report.interface import FOLDER, SCHEMAS, VERSION, Interface
from xietong.report.view import View


@dataclass(frozen=True)
class KindText:
    """One type of file: how its address is made, how many there are, and one to look at; paths from the site's root."""

    kind: str
    pattern: str
    files: int
    example: Link
    schema: str


@dataclass(frozen=True)
class LicenceText:
    """On which terms the figures of a source may be used."""

    source: str
    publisher: str
    licence: str


@dataclass(frozen=True)
class InterfacePage:
    """What the page about the data interface says."""

    version: str
    folder: str
    kinds: tuple[KindText, ...]
    licences: tuple[LicenceText, ...]


def interface_page(view: View, interface: Interface) -> InterfacePage:
    """Return the page in the view's language."""
    resources = interface.resources
    counts = Counter(resource.kind for resource in resources)
    examples = {resource.kind: resource.path for resource in reversed(resources)}
    return InterfacePage(
        version=VERSION,
        folder=FOLDER,
        kinds=tuple(
            KindText(
                kind=kind,
                pattern=_pattern(examples[kind], counts[kind]),
                files=counts[kind],
                example=Link(examples[kind], f"{FOLDER}/{examples[kind]}"),
                schema=f"{FOLDER}/schema/{kind}.json",
            )
            for kind in SCHEMAS
            if kind in examples
        ),
        licences=tuple(
            LicenceText(view.pick(source.name), view.pick(source.publisher), view.pick(source.licence))
            for source in view.catalogue.sources
            if source.code in view.edition.sources
        ),
    )


def _pattern(path: str, count: int) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/{{code}}.json" if folder and count else name
