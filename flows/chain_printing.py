"""``xietong explain --json``: the chain of one figure as the data interface of the site has it, for any period."""

import sys
from pathlib import Path
from typing import Any

import polars as pl

from xietong.catalogue import Catalogue, load_catalogue, load_edition
from xietong.errors import UsageError
from xietong.periods import month_number
from xietong.report.chains import Chains
from xietong.report.evaluation import Evaluation
from xietong.report.interface_chains import single_chain
from xietong.resources import resource_directory
from xietong.settings import Settings
from xietong.signs import json_text
from xietong.warehouse import figure_record

#: What a chain is made of besides lineage and checks, which the database lays out for the period asked for.
_MARTS = ("indicator_scores", "contributions", "observations", "findings", "snapshots")


def print_chain(settings: Settings, edition_name: str, unit_code: str, indicator_code: str, period: str) -> int:
    """Print the chain of one figure of the current release as JSON and return 0.

    Raises:
        UsageError: nothing is published, or the release has no such figure.
    """
    edition = load_edition(settings.editions_directory, edition_name)
    catalogue = load_catalogue(settings.catalogue_directory, edition.catalogue)
    release = (settings.edition_directory(edition_name) / "current").resolve()
    if not (release / "warehouse.duckdb").is_file():
        raise UsageError(f"nothing of {edition_name} is published yet; run: xietong run --edition {edition_name}")
    about = {"edition": edition_name, "origin": edition.origin, "period": period, "unit": unit_code}
    chain = chain_of_figure(release, catalogue, unit_code, indicator_code, period)
    sys.stdout.write(json_text(about | chain, indent=1) + "\n")
    return 0


def chain_of_figure(
    release: Path, catalogue: Catalogue, unit_code: str, indicator_code: str, period: str
) -> dict[str, Any]:
    """Return the chain of one figure in any evaluated period of a release.

    In the period of the release it is, figure by figure, what the site's own file says.

    Raises:
        UsageError: the release has no such figure.
    """
    sql = resource_directory("sql")
    record = figure_record(release / "warehouse.duckdb", sql, unit_code, indicator_code, period)
    marts = {name: _of_unit(release, name, unit_code) for name in _MARTS}
    observations = marts["observations"]
    if observations.height:
        # What came later than the period says nothing about it.
        known = [month_number(code) <= month_number(period) for code in observations["period"]]
        marts["observations"] = observations.filter(pl.Series(known, dtype=pl.Boolean))
    marts |= {"lineage": record.lineage, "checks": record.checks}
    chains = Chains(Evaluation(marts, catalogue, period))
    return single_chain(chains, chains.of_unit(catalogue.units_by_code[unit_code]), indicator_code)


def _of_unit(release: Path, mart: str, unit_code: str) -> pl.DataFrame:
    """Return the rows of a mart that concern a unit; of files, all."""
    path = release / "site" / "downloads" / f"{mart}.parquet"
    if not path.is_file():
        return pl.DataFrame()
    rows = pl.read_parquet(path)
    return rows.filter(pl.col("unit_code") == unit_code) if "unit_code" in rows.columns else rows
