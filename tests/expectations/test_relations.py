"""Relations between figures: what is compared, and how far parts may be from their whole."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from expectations.batches import described
from expectations.relations import Sides, pairs_of_total
from xietong.catalogue import Catalogue
from xietong.catalogue.cross_checks import Total

Batch = Callable[..., pl.DataFrame]

#: 100 × .7143 + 2 × 13.3 + 10 × 1.4714 + 10 × 1.4571 + 50 × 1.229 + 11.235 = 200 万吨标准煤.
FUELS = {
    "raw_coal_consumption": 100.0,
    "natural_gas_consumption": 2.0,
    "gasoline_consumption": 10.0,
    "diesel_consumption": 10.0,
    "purchased_electricity": 50.0,
    "nonfossil_energy_consumption": 11.235,
}


@pytest.fixture(scope="module")
def energy(catalogue: Catalogue) -> Total:
    """Return the sum of fuels as the catalogue of Chongqing has it."""
    return next(total for total in catalogue.cross_checks.totals if total.whole == "energy_consumption")


@pytest.mark.parametrize(
    ("whole", "within"), [(190.4, False), (190.5, True), (200.0, True), (210.5, True), (210.6, False)]
)
def test_fuels_add_up_to_energy_within_five_percent(
    whole: float,
    within: bool,
    batch: Batch,
    small: Catalogue,
    energy: Total,
) -> None:
    rows = [("500101", code, "2025-Q1", value) for code, value in {"energy_consumption": whole, **FUELS}.items()]
    pairs = pairs_of_total(Sides(described(batch(*rows), small), small), energy).frame
    assert pairs["reference"].to_list() == pytest.approx([200.0])
    assert pairs.select(pl.col("lesser") <= pl.col("greater")).item() is within


def test_with_a_fuel_missing_the_others_do_not_exceed_the_energy(batch: Batch, small: Catalogue, energy: Total) -> None:
    rows = [("500101", code, "2025-Q1", value) for code, value in {"energy_consumption": 300.0, **FUELS}.items()]
    without_one = pairs_of_total(Sides(described(batch(*rows[:-1]), small), small), energy).frame
    assert without_one.select(pl.col("lesser") < 0).item()
    assert pairs_of_total(Sides(described(batch(rows[0]), small), small), energy).frame.is_empty()


def test_a_catalogue_without_the_factors_has_nothing_to_compare(batch: Batch, small: Catalogue, energy: Total) -> None:
    """The parts are not known then, so no pair has two sides."""
    rows = [("500101", code, "2025-Q1", value) for code, value in {"energy_consumption": 200.0, **FUELS}.items()]
    pairs = pairs_of_total(Sides(described(batch(*rows), small), replace(small, factors=())), energy).frame
    assert pairs["lesser"].to_list() == [None]
