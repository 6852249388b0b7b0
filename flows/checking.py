"""``xietong check``: every mistake of the catalogues and editions at once, and scores that tell no units apart."""

from collections.abc import Iterator

from rich.console import Console

from xietong.catalogue import Catalogue, DeclineFormula, Edition, load_catalogue, load_edition
from xietong.errors import CatalogueError, CatalogueErrors
from xietong.periods import month_number, period_of
from xietong.settings import Settings


def check_catalogues(name: str | None) -> int:
    """Print what is right and what is wrong; return 0, or 2 when there is a mistake.

    Warnings about saturated scores come from the newest release of each edition, where there is one;
    they are no mistakes.
    """
    from xietong.robustness import judgement_mistakes

    settings, console = Settings(), Console()
    names = [name] if name is not None else _catalogue_names(settings)
    mistakes: list[Exception] = []
    catalogues: dict[str, Catalogue] = {}
    for catalogue_name in names:
        try:
            catalogues[catalogue_name] = load_catalogue(settings.catalogue_directory, catalogue_name)
        except CatalogueErrors as errors:
            mistakes.extend(errors.exceptions)
    for catalogue in catalogues.values():
        mistakes.extend(judgement_mistakes(catalogue))
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
    for warning in saturation_warnings(settings, catalogues):
        console.print(warning, style="yellow", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(mistakes)} mistakes" if mistakes else "no mistakes")
    return 2 if mistakes else 0


def saturation_warnings(settings: Settings, catalogues: dict[str, Catalogue]) -> Iterator[str]:
    """Yield a sentence for every indicator on which more than half of the units score 0 or 100.

    What is read is the newest period of the current release of every edition of the catalogues; without
    a release there is nothing to say.
    """
    for path in sorted(settings.editions_directory.glob("*.yaml")):
        current = settings.edition_directory(path.stem) / "current"
        table = current / "site" / "downloads" / "saturation.parquet"
        if not table.is_file():
            continue
        import polars as pl

        known = {code for catalogue in catalogues.values() for code in catalogue.indicators_by_code}
        rows = pl.read_parquet(table)
        ends = pl.col("units_at_0") + pl.col("units_at_100")
        saturated = rows.filter(
            (pl.col("period") == pl.col("period").max())
            & (2 * ends > pl.col("observed_units"))
            & pl.col("indicator_code").is_in(known)
        )
        for row in saturated.sort("indicator_code").iter_rows(named=True):
            yield (
                f"warning: {path.stem} {row['period']}, release {current.resolve().name}: on {row['indicator_code']} "
                f"{row['units_at_0']} units score 0 and {row['units_at_100']} score 100 of {row['observed_units']}; "
                "more than half at an end, the goalposts no longer tell units apart"
            )


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
        if catalogue is not None:
            mistakes.extend(_bases_out_of_reach(path.name, edition, catalogue))
    return mistakes


def _bases_out_of_reach(file: str, edition: Edition, catalogue: Catalogue) -> Iterator[CatalogueError]:
    """Yield a mistake for each decline whose base year ends before the edition begins: it could never be computed."""
    for indicator in catalogue.indicators:
        formula = indicator.formula
        if not isinstance(formula, DeclineFormula):
            continue
        latest = period_of(formula.base_year * 12 + 11, edition.frequency)
        if month_number(edition.first_period) > month_number(latest):
            yield CatalogueError(
                f"editions/{file}",
                "first_period",
                f"is {edition.first_period}, after the base year {formula.base_year} of {indicator.code}, which could "
                f"never be computed; the latest that is allowed is {latest}",
            )
