"""``xietong check``: every mistake of the catalogues and editions, at once."""

from rich.console import Console

from xietong.catalogue import Catalogue, load_catalogue, load_edition
from xietong.errors import CatalogueError, CatalogueErrors
from xietong.settings import Settings


def check_catalogues(name: str | None) -> int:
    """Print what is right and what is wrong; return 0, or 2 when there is a mistake."""
    settings, console = Settings(), Console()
    names = [name] if name is not None else _catalogue_names(settings)
    mistakes: list[Exception] = []
    catalogues: dict[str, Catalogue] = {}
    for catalogue_name in names:
        try:
            catalogues[catalogue_name] = load_catalogue(settings.catalogue_directory, catalogue_name)
        except CatalogueErrors as errors:
            mistakes.extend(errors.exceptions)
    if name is None:
        mistakes.extend(_edition_mistakes(settings, catalogues))
    for catalogue in catalogues.values():
        scored = sum(indicator.node is not None for indicator in catalogue.indicators)
        console.print(
            f"{catalogue.name}: {len(catalogue.units.units)} units, {len(catalogue.articles.articles)} articles, "
            f"{len(catalogue.targets.targets)} targets, {len(catalogue.indicators)} indicators ({scored} scored), "
            f"{len(catalogue.factors)} factors",
            highlight=False,
        )
    for mistake in mistakes:
        console.print(str(mistake), style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(mistakes)} mistakes" if mistakes else "no mistakes")
    return 2 if mistakes else 0


def _catalogue_names(settings: Settings) -> list[str]:
    return sorted(path.parent.name for path in settings.catalogue_directory.glob("*/units.yaml"))


def _edition_mistakes(settings: Settings, catalogues: dict[str, Catalogue]) -> list[Exception]:
    mistakes: list[Exception] = []
    for path in sorted(settings.editions_directory.glob("*.yaml")):
        try:
            edition = load_edition(settings.editions_directory, path.stem)
        except CatalogueErrors as errors:
            mistakes.extend(errors.exceptions)
            continue
        catalogue = catalogues.get(edition.catalogue)
        known = {source.code for source in catalogue.sources} if catalogue else set(edition.sources)
        mistakes.extend(
            CatalogueError(f"editions/{path.name}", "sources", f"there is no source {code!r} in {edition.catalogue}")
            for code in edition.sources
            if code not in known
        )
    return mistakes
