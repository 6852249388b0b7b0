"""G14, G16: decomposition and composite-system synergy, in SQL."""

import math

import pytest


def test_g14_effects_of_all_factors_add_up_to_the_change(golden, sql) -> None:
    figures = golden["G14_lmdi"]
    mean = sql("log_mean(?, ?)", figures["CT"], figures["C0"])
    effects = {name: mean * math.log(figures["xT"][name] / figures["x0"][name]) for name in figures["x0"]}
    assert effects == pytest.approx(figures["contrib"], abs=figures["tol"])
    assert sum(effects.values()) == pytest.approx(figures["sum"], abs=figures["tol"])


def test_g14_identity_is_exact_on_exact_products(golden, sql) -> None:
    figures = golden["G14_lmdi"]
    before, after = math.prod(figures["x0"].values()), math.prod(figures["xT"].values())
    mean = sql("log_mean(?, ?)", after, before)
    effects = [mean * math.log(figures["xT"][name] / figures["x0"][name]) for name in figures["x0"]]
    assert sum(effects) == pytest.approx(after - before, abs=1e-9)


def test_g14_two_sectors(sql) -> None:
    # Energy 30, 20 → 40, 16 and output 10, 40 → 40, 40: activity, structure and intensity.
    energy, output = ((30, 40), (20, 16)), ((10, 40), (40, 40))
    effects = [0.0, 0.0, 0.0]
    for (e0, e1), (y0, y1) in zip(energy, output, strict=True):
        mean = sql("log_mean(?, ?)", e1, e0)
        ratios = (80 / 50, (y1 / 80) / (y0 / 50), (e1 / y1) / (e0 / y0))
        effects = [effect + mean * math.log(ratio) for effect, ratio in zip(effects, ratios, strict=True)]
    assert effects == pytest.approx([24.7627, 23.4257, -42.1884], abs=1e-4)
    assert sum(effects) == pytest.approx(6, abs=1e-9)


def orders(golden) -> dict[str, list[list[float]]]:
    """Return, by subsystem, the order of each parameter and year: (worse bound − figure) / span."""
    inputs = golden["G16_composite_system"]["inputs"]
    systems = {"P": ("PM25", "APeq"), "C": ("CI", "EI")}
    return {
        system: [
            [
                (inputs["bounds"][name][1] - value) / (inputs["bounds"][name][1] - inputs["bounds"][name][0])
                for value in inputs[name]
            ]
            for name in names
        ]
        for system, names in systems.items()
    }


def test_g16_linear_orders_and_their_synergy(golden, sql) -> None:
    figures = golden["G16_composite_system"]
    linear = {system: [sum(year) / 2 for year in zip(*parts, strict=True)] for system, parts in orders(golden).items()}
    for system in ("P", "C"):
        assert linear[system] == pytest.approx(figures["linear_orders"][system], abs=1e-6)
    changes = [[linear[s][year] - linear[s][year - 1] for s in ("P", "C")] for year in (1, 2, 3)]
    degrees = [sql("order_synergy(?::double[])", change) for change in changes]
    assert degrees == pytest.approx(figures["synergy_adjacent"], abs=1e-6)
    since = [[linear[s][year] - linear[s][0] for s in ("P", "C")] for year in (1, 2, 3)]
    assert [sql("order_synergy(?::double[])", change) for change in since] == pytest.approx(
        figures["synergy_vs_base"], abs=1e-6
    )


def test_g16_geometric_orders_where_one_subsystem_stands_still(golden, sql) -> None:
    figures = golden["G16_composite_system"]
    geometric = {
        system: [math.sqrt(math.prod(year)) for year in zip(*parts, strict=True)]
        for system, parts in orders(golden).items()
    }
    for system in ("P", "C"):
        assert geometric[system] == pytest.approx(figures["geometric_orders"][system], abs=1e-6)
    changes = [[geometric[s][year] - geometric[s][year - 1] for s in ("P", "C")] for year in (1, 2, 3)]
    degrees = [sql("order_synergy(?::double[])", change) for change in changes]
    assert degrees == pytest.approx(figures["synergy_adjacent_geometric"], abs=1e-6)
    assert degrees[2] == 0


def test_two_rises_lie_in_quadrant_three_and_not_in_one(sql) -> None:
    assert sql("synergy_quadrant(-.05, -.025), cross_elasticity(-.05, -.025)") == ("III", 2)
