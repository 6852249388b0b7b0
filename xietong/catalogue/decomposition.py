"""How totals are taken apart: emissions by source, equivalents by pollutant, changes by what drove them."""

from collections.abc import Container, Iterator

from pydantic import Field

from xietong.catalogue.definition import Code, Definition, Text


class Driver(Definition):
    """One factor of a chain: its ``amount`` over the amount of the factor before it; the first stands alone."""

    code: Code
    name: Text
    amount: Code


class LastFactor(Definition):
    """The factor that closes a chain: the quantity over the amount of the last driver."""

    code: Code
    name: Text


class Chain(Definition):
    """The identity quantity = driver · driver · … · last factor, by which a change of the quantity is split."""

    quantity: Code
    last: LastFactor


class Decomposition(Definition):
    """The key ``decomposition`` of ``index.yaml``; without it nothing is taken apart.

    ``emissions``: the sums that are emissions of CO2, each with one series of factors.
    ``indirect_sources``: addends that were emitted elsewhere for the unit's use (scope 2).
    ``pollution_equivalents``: the sums of equivalents, one for air and one for water.
    ``drivers``: what all chains begin with, in the order of multiplication.
    """

    emissions: tuple[Code, ...] = ()
    indirect_sources: tuple[Code, ...] = ()
    pollution_equivalents: tuple[Code, ...] = ()
    drivers: tuple[Driver, ...] = Field(default=())
    chains: tuple[Chain, ...] = ()


def unknown_codes(decomposition: Decomposition, indicators: Container[str], sums: Container[str]) -> Iterator[str]:
    """Yield one sentence for each code that is no indicator, or no sum where one is needed."""
    for code in (*decomposition.emissions, *decomposition.pollution_equivalents):
        if code not in sums:
            yield f"{code!r} is not an indicator with a formula of kind sum"
    amounts = [driver.amount for driver in decomposition.drivers]
    quantities = [chain.quantity for chain in decomposition.chains]
    for code in (*decomposition.indirect_sources, *amounts, *quantities):
        if code not in indicators:
            yield f"there is no indicator {code!r}"
    if decomposition.chains and not decomposition.drivers:
        yield "chains need drivers"
