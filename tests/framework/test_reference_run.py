"""A whole study beside the run of COINr on the same invented tables: to 1e-9 in every table.

The expected figures were printed with 17 digits by COINr 1.1.14 (commit b968203) under R 4.2:
new_coin, Denominate, Impute (i_mean_grp by region), Screen (0.9, byNA), qTreat, Normalise (n_minmax
1–100), Aggregate (a_gmean, dat_thresh 2/3), get_stats, rank_df, get_eff_weights, get_cronbach, cor,
cor.test and prcomp.
"""

import polars as pl
import pytest

from xietong.framework import StudyOptions, run_study

DATA = """uCode,region,people,water,air,waste,jobs,debt
CQ,west,32,71.5,38,120,410,5.5
CD,west,21,69,42,300,395,6.25
WH,east,13.7,80.25,NA,95,520,NA
NJ,east,9.5,83,31,88,610,4
SH,east,24.8,90.5,27,2150,730,3.5
XA,west,13,62,55,101,300,7
KM,west,8.6,75,22,99,NA,5
GZ,east,18.8,88,26,140,655,4.75
HZ,east,12.4,91,30,93,640,3.25
LZ,west,4.4,58,48,84,260,8
"""
FRAMEWORK = """Level,iCode,iName,Direction,Weight,Target,Denominator,Parent,Type
1,water,Good water,1,2,0,NA,nature,Indicator
1,air,Fine particles,-1,3,0,NA,nature,Indicator
1,waste,Waste,-1,1,0,people,nature,Indicator
1,jobs,Green jobs,1,1,0,people,economy,Indicator
1,debt,Debt,-1,0.5,0,NA,economy,Indicator
2,nature,Nature,1,0.6,NA,NA,total,Aggregate
2,economy,Economy,1,0.4,NA,NA,total,Aggregate
3,total,Total,1,1,NA,NA,NA,Aggregate
NA,region,Region,NA,NA,NA,NA,NA,Group
NA,people,People,NA,NA,NA,NA,NA,Denominator
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Return the written tables, read back from their files."""
    folder = tmp_path_factory.mktemp("reference")
    (folder / "data.csv").write_text(DATA, encoding="utf-8")
    (folder / "framework.csv").write_text(FRAMEWORK, encoding="utf-8")
    options = StudyOptions(
        denominate=True,
        impute="group-mean:region",
        screen_availability=0.9,
        treat="standard",
        normalise="minmax:1,100",
        aggregate="geometric",
        availability="2/3",
    )
    run_study(folder / "data.csv", folder / "framework.csv", folder / "out", options)
    return {path.stem: pl.read_csv(path) for path in (folder / "out").glob("*.csv")}


def by_unit(table: pl.DataFrame, code: str) -> dict[str, float]:
    return dict(table.select("uCode", code).iter_rows())


def exactly(expected: dict[str, float] | list[float]) -> object:
    return pytest.approx(expected, rel=0, abs=1e-9)


def test_denominated_imputed_and_winsorised_figures(tables) -> None:
    assert by_unit(tables["treated"], "waste") == exactly(
        {
            "CD": 14.285714285714286,
            "CQ": 3.75,
            "GZ": 7.4468085106382977,
            "HZ": 7.5,
            "KM": 11.511627906976745,
            "LZ": 19.09090909090909,
            "NJ": 9.2631578947368425,
            "SH": 19.09090909090909,
            "WH": 6.9343065693430663,
            "XA": 7.7692307692307692,
        }
    )
    imputed = tables["imputed"].filter(pl.col("uCode").is_in(["WH", "KM"])).sort("uCode")
    assert imputed["air"].to_list() == [22, 28.5]
    assert imputed["jobs"].to_list() == exactly([28.447463994338992, 37.956204379562045])
    assert imputed["debt"].to_list() == [5, 3.875]
    assert imputed["jobs.imputed"].to_list() == [True, False]


def test_aggregated_scores(tables) -> None:
    assert by_unit(tables["aggregated"], "total") == exactly(
        {
            "CD": 27.558399300618479,
            "CQ": 18.553633114625551,
            "GZ": 69.986779633778326,
            "HZ": 83.180913101554935,
            "KM": 56.433977561608216,
            "LZ": 8.3953095296052869,
            "NJ": 80.578681002450068,
            "SH": 44.267200379431749,
            "WH": 68.904431090588744,
            "XA": 8.7024545501575634,
        }
    )
    first = {name: value for name, value in tables["aggregated"].row(0, named=True).items() if name != "uCode"}
    assert first == exactly(
        {
            "water": 41.5,
            "air": 52,
            "waste": 100,
            "jobs": 1,
            "debt": 53.105263157894733,
            "nature": 53.787872992660667,
            "economy": 3.7587708927258432,
            "total": 18.553633114625551,
        }
    )


def test_ranks_of_nodes_and_indicators(tables) -> None:
    order = ["CD", "CQ", "GZ", "HZ", "KM", "LZ", "NJ", "SH", "WH", "XA"]
    expected = {
        "total": [7, 8, 3, 1, 5, 10, 2, 6, 4, 9],
        "economy": [9, 10, 4, 2, 6, 8, 1, 5, 3, 7],
        "waste": [8, 1, 3, 4, 7, 9, 6, 9, 2, 5],
    }
    ranks = tables["ranks"].sort("uCode")
    assert ranks["uCode"].to_list() == order
    assert {code: ranks[code].to_list() for code in expected} == expected


def test_statistics_of_the_figures_as_they_came(tables) -> None:
    rows = {row["iCode"]: row for row in tables["statistics"].iter_rows(named=True)}
    numbers = ("Min", "Max", "Mean", "Median", "Std", "Skew", "Kurt")
    assert [rows["waste"][name] for name in numbers] == exactly(
        [84, 2150, 327, 100, 643.74649945110809, 3.1061914457109054, 9.7236141684906272]
    )
    assert [rows["air"][name] for name in numbers] == exactly(
        [22, 55, 35.444444444444443, 31, 11.069226611546886, 0.66739712675524543, -0.64686208940399914]
    )
    assert [rows["air"][name] for name in ("N.Avail", "Frc.Avail", "Frc.Unique", "Frc.Same")] == exactly(
        [9, 0.9, 1, 0.1111111111111111]
    )
    assert (rows["waste"]["Flag.SkewKurt"], rows["air"]["Flag.SkewKurt"]) == ("OUT", "ok")


def test_effective_weights(tables) -> None:
    found = dict(tables["weights"].select("iCode", "EffectiveWeight").iter_rows())
    assert found == exactly(
        {
            "water": 0.2,
            "air": 0.3,
            "waste": 0.1,
            "jobs": 0.26666666666666666,
            "debt": 0.13333333333333333,
            "nature": 0.6,
            "economy": 0.4,
            "total": 1,
        }
    )


def test_alphas_of_children_of_indicators_and_of_raw_figures(tables) -> None:
    rows = {
        row[0]: list(row[1:])
        for row in tables["reliability"].select("iCode", "Alpha", "AlphaIndicators", "AlphaRaw").iter_rows()
    }
    assert rows["nature"] == exactly([0.63091310603683004, 0.63091310603683004, 0.0059646523378154102])
    assert rows["economy"] == exactly([0.26458895378306757, 0.26458895378306757, -0.042080142844738322])
    assert rows["total"] == exactly([0.79189896920141578, 0.71549321020330459, 0.25501287441891596])


def test_correlations_with_their_p_values(tables) -> None:
    found = {(a, b): [r, p] for a, b, r, p, _ in tables["correlations"].iter_rows()}
    assert found["nature", "water"] == exactly([0.80465485830555272, 0.0049954932989174292])
    assert found["total", "debt"] == exactly([0.85401060786276994, 0.0016598855662037439])
    assert found["nature", "economy"] == exactly([0.65589147146333215, 0.039465445549593928])
    assert found["total", "total"] == [1, 0]


def test_principal_components_but_for_their_sign(tables) -> None:
    nature = tables["pca"].filter(pl.col("iCode") == "nature")
    variances = nature.unique("Component", maintain_order=True)["Variance"].to_list()
    assert variances == exactly([1.8612233802389271, 0.95827199818118081, 0.18050462157989322])
    first = dict(nature.filter(pl.col("Component") == 1).select("Child", "Loading").iter_rows())
    assert first == exactly({"air": 0.68478846892685596, "waste": 0.22240568954428053, "water": 0.69397439584119047})
