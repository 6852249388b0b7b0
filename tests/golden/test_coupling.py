"""G1, G2, G3: the coupling coordination degree against published tables, in SQL."""

import math

import pytest

DEGREES = """
    round(coupling_degree(u), 9), round(coordination_degree(coupling_degree(u), t), 9),
    round(coupling_degree_modified(u), 9), round(coordination_degree(coupling_degree_modified(u), t), 9)
    from (select ?::double[] as u, ?::double as t)
"""


def test_g1_two_systems_over_ten_years(golden, sql) -> None:
    for (year, p, k, c, t, d), (c_modified, d_modified) in zip(
        golden["G1_ccd_two_system"]["rows"], golden["G1_ccd_two_system"]["own_modified_C_D"], strict=True
    ):
        assert (p + k) / 2 == pytest.approx(t, abs=1e-3), year
        result = sql(DEGREES, [p, k], (p + k) / 2)
        assert result[:2] == pytest.approx((c, d), abs=golden["G1_ccd_two_system"]["tol"]), year
        assert result[2:] == pytest.approx((c_modified, d_modified), abs=5e-5), year


@pytest.mark.parametrize(
    "wrong",
    [
        lambda p, k: math.sqrt(p * k) / (p + k),
        lambda p, k: math.sqrt(p * k / (p + k)),
        lambda p, k: 2 * p * k / (p + k) ** 2,
    ],
    ids=["lost coefficient", "not scale free", "wrong power"],
)
def test_g1_is_not_reproduced_by_the_wrong_formulas_in_use(golden, wrong) -> None:
    golden_2015 = next(row for row in golden["G1_ccd_two_system"]["rows"] if row[0] == 2015)
    _, p, k, c, *_ = golden_2015
    assert abs(wrong(p, k) - c) > 0.4


def test_g2_three_systems(golden, sql) -> None:
    figures = golden["G2_ccd_three_system"]
    for name, u in figures["input"].items():
        c, t, d = figures["standard_equal_w_CTD"][name]
        assert sum(u) / 3 == pytest.approx(t, abs=1e-6)
        assert sql(DEGREES, u, sum(u) / 3)[:2] == pytest.approx((c, d), abs=figures["tol"])
        c, t, d = figures["modified_w_0.4_0.3_0.3_CTD"][name]
        mean = 0.4 * u[0] + 0.3 * u[1] + 0.3 * u[2]
        assert mean == pytest.approx(t, abs=1e-6)
        assert sql(DEGREES, u, mean)[2:] == pytest.approx((c, d), abs=figures["tol"])


@pytest.mark.parametrize("name", ["A", "B"])
def test_g2_obstacle_degrees(golden, sql, name) -> None:
    figures = golden["G2_ccd_three_system"]
    degrees = [sql("obstacle_degree(?, ?)", score, 1 / 3) for score in figures["input"][name]]
    assert degrees == pytest.approx(figures[f"obstacle_degree_{name}_equal_w"], abs=5e-4)


def test_g3_published_pairs_come_back_from_the_scores_they_imply(golden, sql) -> None:
    pairs = [
        (city, year, *pair)
        for year, cities in golden["G3_wang2021_table8"]["pairs_[original_C, modified_C]"].items()
        for city, pair in cities.items()
    ]
    returned = 0
    for city, year, c, c_modified in pairs:
        spread = math.sqrt(1 - c**2)
        ratio = (1 - spread) / (1 + spread)
        higher = (1 - c_modified**2 / ratio) / (1 - ratio)
        assert 0 <= higher <= 1, (city, year)
        if c < 0.99:
            scores = [higher, ratio * higher]
            result = sql("coupling_degree($1::double[]), coupling_degree_modified($1::double[])", scores)
            assert result == pytest.approx((c, c_modified), abs=1e-3), (city, year)
            returned += 1
    assert returned == 4


def test_band_edge_of_seven_tenths_is_intermediate_coordination(sql) -> None:
    assert sql("coordination_band(.7)") == 8


def test_two_zeros_have_no_coupling_and_the_degree_zero(sql) -> None:
    degrees = "coupling_degree(u), coupling_degree_modified(u), coordination_degree(coupling_degree_modified(u), 0)"
    assert sql(f"{degrees} from (select [0, 0] as u)") == (None, None, 0)
