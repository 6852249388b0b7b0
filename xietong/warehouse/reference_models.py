"""What is taken apart, as tables: the sums of emissions and equivalents, and the factors of each chain."""

from typing import Any

import polars as pl

from xietong.catalogue import Catalogue


def inventories(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row a sum that is published by its addends; ``kind``: emissions or pollution_equivalents."""
    decomposition = catalogue.index.decomposition
    kinds = {
        "emissions": decomposition.emissions,
        "pollution_equivalents": decomposition.pollution_equivalents,
    }
    rows = [(code, kind) for kind, codes in kinds.items() for code in codes]
    return pl.DataFrame(rows, schema=dict.fromkeys(("indicator_code", "kind"), pl.String), orient="row").sort(
        "indicator_code"
    )


def indirect_sources(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row an addend whose emissions arise elsewhere (scope 2)."""
    codes = sorted(catalogue.index.decomposition.indirect_sources)
    return pl.DataFrame({"source_code": codes}, schema={"source_code": pl.String})


def chain_factors(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row a factor of a chain: its amount over ``previous_code``, in the order of ``position``."""
    decomposition = catalogue.index.decomposition
    rows: list[dict[str, Any]] = []
    for chain in decomposition.chains:
        amounts = [(driver.code, driver.amount) for driver in decomposition.drivers]
        previous = None
        for position, (factor, amount) in enumerate((*amounts, (chain.last.code, chain.quantity)), start=1):
            rows.append(
                {
                    "quantity_code": chain.quantity,
                    "position": position,
                    "factor_code": factor,
                    "amount_code": amount,
                    "previous_code": previous,
                }
            )
            previous = amount
    schema = {
        "quantity_code": pl.String,
        "position": pl.Int32,
        "factor_code": pl.String,
        "amount_code": pl.String,
        "previous_code": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort("quantity_code", "position")
