"""A study on a small framework whose results can be worked out by hand: five units, four indicators, three levels."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from xietong.errors import UsageError
from xietong.framework import StudyOptions, StudyResult, run_study

DATA = """uName,uCode,group,population,clean,dirty,rich,green
Alpha,A,north,10,10,5,100,1
Beta,B,north,20,20,4,400,2
Gamma,C,south,40,30,3,,3
Delta,D,south,10,40,2,300,4
Epsilon,E,south,20,50,1,600,5
"""
FRAMEWORK = """Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type
1,clean,Clean energy,1,1,%,60,,environment,Indicator
1,dirty,Dirty air,-1,3,ug/m3,0,,environment,Indicator
1,rich,Output,1,1,EUR,50,population,economy,Indicator
1,green,Green jobs,1,1,%,9,,economy,Indicator
2,environment,Environment,1,2,score,,,total,Aggregate
2,economy,Economy,1,1,score,,,total,Aggregate
3,total,Total,1,1,score,,,,Aggregate
NA,group,Group,NA,NA,,,,,Group
NA,population,People,NA,NA,,,,,Denominator
"""

DATA_WITH_MARKUP = DATA.replace("Alpha,A,", "Alpha,<b>,")

Study = Callable[..., StudyResult]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Return a function that runs a study on the small tables, or on others given as text."""

    def run(data: str = DATA, framework: str = FRAMEWORK, **options: Any) -> StudyResult:
        (tmp_path / "data.csv").write_text(data, encoding="utf-8")
        (tmp_path / "framework.csv").write_text(framework, encoding="utf-8")
        paths = tmp_path / "data.csv", tmp_path / "framework.csv", tmp_path / "out"
        return run_study(*paths, StudyOptions(**options))

    return run


def column(result: StudyResult, table: str, code: str) -> list[Any]:
    return result.tables[table][code].to_list()


def by_code(result: StudyResult, table: str, value: str) -> dict[str, Any]:
    return dict(result.tables[table].select("iCode", value).iter_rows())


def test_defaults_are_minmax_and_weighted_arithmetic_means(study) -> None:
    result = study()
    assert column(result, "normalised", "clean") == pytest.approx([0, 25, 50, 75, 100])
    assert column(result, "normalised", "dirty") == pytest.approx([0, 25, 50, 75, 100])
    assert column(result, "normalised", "rich")[2] is None
    assert column(result, "aggregated", "environment") == pytest.approx([0, 25, 50, 75, 100])
    # The unit without output has the other child's score; its weight goes to that one.
    assert column(result, "aggregated", "economy") == pytest.approx([0, (60 + 25) / 2, 50, (40 + 75) / 2, 100])
    assert column(result, "aggregated", "total") == pytest.approx([0, (50 + 42.5) / 3, 50, (150 + 57.5) / 3, 100])
    assert column(result, "ranks", "total") == [5, 4, 3, 2, 1]
    assert result.tables["aggregated"].columns == [
        "uCode",
        "clean",
        "dirty",
        "rich",
        "green",
        "environment",
        "economy",
        "total",
    ]


def test_every_table_is_written_in_full_precision(study, tmp_path) -> None:
    result = study(runs=24, sobol=True)
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    expected = [f"{name}.csv" for name in result.tables if name != "draws"] + ["draws.parquet", "report.html"]
    assert written == sorted(expected)
    again = pl.read_csv(tmp_path / "out" / "aggregated.csv")
    assert again["total"].to_list() == column(result, "aggregated", "total")
    assert pl.read_parquet(tmp_path / "out" / "draws.parquet").equals(result.tables["draws"])


def test_page_shows_the_best_unit_first_escapes_what_was_given_and_needs_no_network(study, tmp_path) -> None:
    result = study(DATA_WITH_MARKUP, runs=24, sobol=True)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td>', page)
    ranked = [(unit, rank) for unit, rank in rows if unit in {"&lt;b&gt;", "B", "C", "D", "E"}][:5]
    assert ranked[0] == ("E", "1")
    assert ranked[-1] == ("&lt;b&gt;", "5")
    assert "<b>" not in page
    assert "http" not in page
    assert result.tables["sobol"].height == 3


def test_same_study_same_bytes(study, tmp_path) -> None:
    study(runs=50, sobol=True, seed=4)
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    study(runs=50, sobol=True, seed=4)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first


def test_order_of_rows_changes_nothing_but_the_order_of_rows(study) -> None:
    lines = DATA.splitlines()
    straight = study(runs=30, aggregate="copeland,arithmetic").tables
    turned = study("\n".join([lines[0], *lines[:0:-1]]), runs=30, aggregate="copeland,arithmetic").tables
    for table in ("aggregated", "ranks", "robustness"):
        assert turned[table].sort("uCode").equals(straight[table].sort("uCode"))


def test_denominators_divide_before_anything_else(study) -> None:
    result = study(denominate=True)
    assert column(result, "denominated", "rich") == [10, 20, None, 30, 30]
    assert column(result, "denominated", "clean") == [10, 20, 30, 40, 50]


@pytest.mark.parametrize(
    ("how", "filled"),
    [("none", None), ("mean", 350), ("median", 350), ("group-mean:group", 450), ("group-median:group", 450)],
)
def test_gaps_are_filled_and_flagged(study, how, filled) -> None:
    result = study(impute=how)
    assert column(result, "imputed", "rich")[2] == filled
    assert column(result, "imputed", "rich.imputed") == [False, False, filled is not None, False, False]
    assert column(result, "imputed", "clean.imputed") == [False] * 5


def test_units_with_too_few_figures_are_screened_out(study) -> None:
    assert column(study(screen_availability=0.75), "aggregated", "uCode") == ["A", "B", "C", "D", "E"]
    assert column(study(screen_availability=0.8), "aggregated", "uCode") == ["A", "B", "D", "E"]
    # What was filled in before counts as observed, in the default order.
    assert len(column(study(screen_availability=0.8, impute="mean"), "aggregated", "uCode")) == 5


def test_units_that_are_screened_out_are_named(study) -> None:
    assert study(screen_availability=0.8).warnings == ("--screen-availability 0.8: left out: C",)


def test_tables_of_an_earlier_study_do_not_stay(study, tmp_path) -> None:
    study(runs=16, sobol=True, treat="standard")
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    result = study()
    tables = {path.stem for path in (tmp_path / "out").iterdir()} - {"report", "notes"}
    assert tables == set(result.tables)
    assert (tmp_path / "out" / "notes.txt").exists()


def test_a_reference_without_a_figure_and_a_target_worse_than_all_are_told(study) -> None:
    lacking = study(normalise="distance-to-reference:C")
    assert "--normalise distance-to-reference: C has no figure, left out: rich" in lacking.warnings
    turned = study(framework=FRAMEWORK.replace("%,60,", "%,5,"), normalise="distance-to-target")
    assert [warning.rpartition(": ")[2] for warning in turned.warnings] == ["clean, rich"]
    assert column(turned, "normalised", "clean")[1] < column(turned, "normalised", "clean")[0]


def test_order_of_steps_can_be_changed(study) -> None:
    order = "denominate,screen,impute,treat,normalise,aggregate"
    result = study(screen_availability=0.8, impute="mean", order=order)
    assert column(result, "aggregated", "uCode") == ["A", "B", "D", "E"]


def test_availability_leaves_a_node_missing_that_has_too_few_children(study) -> None:
    result = study(availability="2/3")
    assert column(result, "aggregated", "economy")[2] is None
    assert column(result, "aggregated", "total")[2] is None
    assert column(result, "ranks", "total") == [4, 3, None, 2, 1]


@pytest.mark.parametrize(
    ("how", "scores"),
    [
        ("zscore:10,2", [10 + 2 * z / math.sqrt(2.5) for z in (-2, -1, 0, 1, 2)]),
        ("rank", [1, 2, 3, 4, 5]),
        ("borda", [0, 1, 2, 3, 4]),
        ("percentile-rank", [0, 0.25, 0.5, 0.75, 1]),
        ("distance-to-maximum", [0, 0.25, 0.5, 0.75, 1]),
        ("distance-to-reference:D", [0, 1 / 3, 2 / 3, 1, 4 / 3]),
    ],
)
def test_normalisations_treat_both_directions_alike(study, how, scores) -> None:
    result = study(normalise=how)
    assert column(result, "normalised", "green") == pytest.approx(scores)
    assert column(result, "normalised", "dirty") == pytest.approx(scores)


def test_normalisations_that_depend_on_the_direction(study) -> None:
    target = study(normalise="distance-to-target")
    assert column(target, "normalised", "clean") == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])
    assert column(target, "normalised", "dirty") == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])
    share = study(normalise="fraction-of-maximum")
    assert column(share, "normalised", "green") == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])
    assert column(share, "normalised", "dirty") == pytest.approx([1 / 5, 1 / 4, 1 / 3, 1 / 2, 1])
    scaled = study(normalise="scaled:0,10")
    assert column(scaled, "normalised", "green") == pytest.approx([10, 20, 30, 40, 50])
    assert column(scaled, "normalised", "dirty") == pytest.approx([-50, -40, -30, -20, -10])


def test_goalposts_come_from_the_framework(study) -> None:
    rows = FRAMEWORK.splitlines()
    posts = {"clean": "0,40,100,TRUE", "dirty": "2,6,100,FALSE", "rich": "0,1000,1,TRUE", "green": "0,10,,"}
    extended = [rows[0] + ",goalpost_lower,goalpost_upper,goalpost_scale,goalpost_trunc2posts"]
    extended += [row + "," + posts.get(row.split(",")[1], ",,,") for row in rows[1:]]
    result = study(framework="\n".join(extended), normalise="goalposts")
    assert column(result, "normalised", "clean") == pytest.approx([25, 50, 75, 100, 100])
    assert column(result, "normalised", "dirty") == pytest.approx([25, 50, 75, 100, 125])
    assert column(result, "normalised", "rich")[4] == pytest.approx(0.6)
    assert column(result, "normalised", "green") == pytest.approx([10, 20, 30, 40, 50])


@pytest.mark.parametrize("how", ["geometric", "harmonic", "power:2", "power:-1"])
def test_other_means_need_positive_scores_and_get_them(study, how) -> None:
    result = study(normalise="minmax:1,100", aggregate=how)
    assert column(result, "aggregated", "total")[0] == pytest.approx(1)
    assert column(result, "aggregated", "total")[4] == pytest.approx(100)


def test_each_level_can_have_its_own_aggregation(study) -> None:
    result = study(normalise="minmax:1,100", aggregate="arithmetic,geometric")
    environment, economy = (column(result, "aggregated", code)[1] for code in ("environment", "economy"))
    assert column(result, "aggregated", "total")[1] == pytest.approx((environment**2 * economy) ** (1 / 3))


def test_copeland_counts_pairs(study) -> None:
    result = study(aggregate="copeland")
    assert column(result, "aggregated", "environment") == [-4, -2, 0, 2, 4]


@pytest.mark.parametrize(
    ("scheme", "shares"),
    [
        ("framework", {"clean": 0.25, "dirty": 0.75, "environment": 2 / 3}),
        ("equal", {"clean": 0.5, "dirty": 0.5, "environment": 0.5}),
        ("entropy", {"clean": 0.5, "dirty": 0.5}),
        ("pca", {"clean": 0.5, "dirty": 0.5, "environment": 0.5}),
    ],
)
def test_weights_by_scheme(study, scheme, shares) -> None:
    found = by_code(study(weights=scheme), "weights", "Share")
    assert {code: found[code] for code in shares} == pytest.approx(shares)
    assert found["rich"] + found["green"] == pytest.approx(1)


def test_effective_weights_of_indicators_add_up_to_one(study) -> None:
    effective = by_code(study(), "weights", "EffectiveWeight")
    assert effective["dirty"] == pytest.approx(0.5)
    assert sum(effective[code] for code in ("clean", "dirty", "rich", "green")) == pytest.approx(1)


def test_weights_that_cannot_be_told_warn_and_fall_back_to_equal(study) -> None:
    result = study(weights="critic")
    # The two indicators of environment rank units alike: there is no conflict to weigh by.
    assert by_code(result, "weights", "Share")["clean"] == pytest.approx(0.5)
    assert any("environment" in warning and "equal weights" in warning for warning in result.warnings)


def test_statistics_are_of_the_figures_as_they_came(study) -> None:
    row = study(impute="mean").tables["statistics"].filter(pl.col("iCode") == "rich").to_dicts()[0]
    assert (row["Min"], row["Max"], row["Mean"], row["Median"]) == (100, 600, 350, 350)
    assert row["Std"] == pytest.approx(208.1665999)
    assert row["Skew"] == pytest.approx(0)
    assert row["Kurt"] == pytest.approx(0.3905325)
    assert (row["N.Avail"], row["Frc.Avail"], row["Flag.SkewKurt"]) == (4, 0.8, "ok")


def test_correlations_are_over_the_units_that_have_both(study) -> None:
    pairs = study().tables["correlations"]
    found = {(a, b): (r, n) for a, b, r, n in pairs.select("Var1", "Var2", "Correlation", "N").iter_rows()}
    assert found["clean", "dirty"] == (pytest.approx(1), 5)
    assert found["rich", "green"] == (pytest.approx(0.7893522), 4)
    assert found["rich", "green"] == found["green", "rich"]


def test_reliability_is_cronbachs_alpha(study) -> None:
    assert by_code(study(), "reliability", "Alpha")["environment"] == pytest.approx(1)
    assert by_code(study(), "reliability", "Indicators") == {"environment": 2, "economy": 2, "total": 4}


def test_principal_components_explain_all_the_variance(study) -> None:
    components = study().tables["pca"]
    environment = components.filter((pl.col("iCode") == "environment") & (pl.col("Child") == "clean"))
    assert environment["Share"].to_list() == pytest.approx([1, 0])
    assert environment["Loading"][0] == pytest.approx(2**-0.5)


def test_robustness_keeps_the_best_unit_first_and_orders_its_quantiles(study) -> None:
    robustness = study(runs=96, noise=0.25, seed=2).tables["robustness"]
    assert robustness.columns == ["uCode", "Nominal", "Mean", "Median", "Q5", "Q95"]
    assert robustness.filter(pl.col("uCode") == "E").row(0)[1:] == (1, 1, 1, 1, 1)
    assert robustness.select(
        (pl.col("Q5") <= pl.col("Median")).all() & (pl.col("Median") <= pl.col("Q95")).all()
    ).item()


def test_draws_stay_within_the_noise_and_no_noise_means_the_framework(study) -> None:
    draws = study(runs=200, noise=0.25).tables["draws"]
    assert draws.height == 200
    assert 0.75 * 0.25 <= draws["Weight.clean"].min() <= draws["Weight.clean"].max() <= 1.25 * 0.25
    assert study(runs=20, noise=0).tables["draws"]["Weight.dirty"].unique().to_list() == [0.75]


def test_sobol_indices_name_the_factors(study) -> None:
    assert column(study(runs=50, sobol=True), "sobol", "Variable") == ["Weights", "Normalisation", "Aggregation"]
    treated = study(runs=60, sobol=True, treat="standard")
    assert column(treated, "sobol", "Variable")[-1] == "Winsorised"
    assert treated.tables["draws"]["Winsorised"].is_between(1, 5).all()


def test_ranks_of_panel_data_are_within_a_time(study) -> None:
    header, *rows = DATA.splitlines()
    panel = [header.replace("uCode,", "uCode,Time,")]
    for year, factor in ((2020, 1), (2021, 2)):
        for row in rows:
            name, code, group, people, clean, *others = row.split(",")
            panel.append(",".join([name, code, str(year), group, people, str(int(clean) * factor), *others]))
    result = study("\n".join(panel), runs=10)
    assert column(result, "ranks", "clean") == [5, 4, 3, 2, 1] * 2
    # Scores of both years are on one scale, so that they compare over time.
    assert column(result, "normalised", "clean")[4] < 100
    assert result.tables["robustness"].height == 10


@pytest.mark.parametrize(
    ("how", "filled"),
    [
        ("latest", [None, 1, 1, 3, 3]),
        ("constant", [1, 1, 1, 3, 3]),
        ("linear", [1, 1, 2, 3, 3]),
        ("linear-constant", [1, 1, 2, 3, 3]),
    ],
)
def test_gaps_in_time_are_filled_from_the_unit_itself(study, how, filled) -> None:
    lines = ["uCode,Time,group,population,clean,dirty,rich,green"]
    figures = {2020: "", 2021: "1", 2022: "", 2023: "3", 2024: ""}
    for year, clean in figures.items():
        lines.append(f"A,{year},north,10,{clean},{year - 2015},{year},{2030 - year}")
        lines.append(f"B,{year},north,10,,{2030 - year},{2040 - year},{year}")
    result = study("\n".join(lines), impute=how)
    rows = result.tables["imputed"].filter(pl.col("uCode") == "A")
    assert rows["clean"].to_list() == filled


def test_codes_that_look_like_numbers_stay_as_they_are_and_a_byte_order_mark_is_no_matter(study) -> None:
    result = study(
        "\ufeff"
        + DATA.removeprefix("uName,")
        .replace("\nAlpha,A,", "\n007,")
        .replace("Beta,B", "008")
        .replace("Gamma,C", "009")
        .replace("Delta,D", "010")
        .replace("Epsilon,E", "011")
    )
    assert column(result, "aggregated", "uCode") == ["007", "008", "009", "010", "011"]


def test_namibia_is_a_unit(study) -> None:
    assert column(study(DATA.replace("Beta,B", "Namibia,NA")), "ranks", "uCode") == ["A", "NA", "C", "D", "E"]


def test_units_are_screened_where_nothing_but_indicators_is_given(study) -> None:
    data = "uCode,x,y\nA,1,\nB,2,5\nC,4,1\n"
    framework = (
        "Level,iCode,Direction,Weight,Parent,Type\n1,x,1,1,t,Indicator\n1,y,1,1,t,Indicator\n2,t,1,,,Aggregate\n"
    )
    result = study(data, framework, screen_availability=1, runs=16)
    assert column(result, "aggregated", "uCode") == ["B", "C"]
    assert column(result, "robustness", "uCode") == ["B", "C"]


def test_a_mean_that_fills_gaps_is_that_of_the_same_time(study) -> None:
    lines = ["uCode,Time,group,population,clean,dirty,rich,green"]
    for year, clean in ((2020, ("1", "3", "")), (2021, ("10", "", "30"))):
        lines += [
            f"{unit},{year},north,10,{figure},{row + year - 2018},{row},{3 - row}"
            for row, (unit, figure) in enumerate(zip("ABC", clean, strict=True))
        ]
    assert column(study("\n".join(lines), impute="mean"), "imputed", "clean") == [1, 3, 2, 10, 20, 30]


@pytest.mark.parametrize("scheme", ["entropy", "critic", "pca"])
def test_a_node_without_any_spread_weighs_its_children_alike_with_a_warning(study, scheme) -> None:
    rows = [",".join([*line.split(",")[:4], "5", "7", *line.split(",")[6:]]) for line in DATA.splitlines()[1:]]
    result = study("\n".join([DATA.splitlines()[0], *rows]), weights=scheme)
    assert by_code(result, "weights", "Share")["clean"] == 0.5
    assert any("environment: nothing to weigh by" in warning for warning in result.warnings)


def test_a_unit_that_the_runs_cannot_rank_has_its_nominal_rank_only(study) -> None:
    lines = DATA.splitlines()
    rows = [",".join([*line.split(",")[:4], "5", *line.split(",")[5:]]) for line in lines[1:]] + ["Zeta,Z,north,1,5,,,"]
    robustness = study("\n".join([lines[0], *rows]), normalise="scaled:0,10", runs=16).tables["robustness"]
    assert robustness.filter(pl.col("uCode") == "Z").row(0)[2:] == (None, None, None, None)
    assert robustness.filter(pl.col("uCode") == "E")["Median"][0] == 1


def test_runs_of_units_without_scores_are_refused(study) -> None:
    with pytest.raises(UsageError, match="nothing to rank"):
        study(DATA.splitlines()[0] + "\nAlpha,A,north,1,,,,\n", runs=12)


def test_what_was_treated_stands_in_a_table_and_in_the_warnings(study) -> None:
    header = DATA.splitlines()[0]
    many = [f"U,U{unit},north,1,{unit},{unit % 7},{unit % 5},{unit % 3}" for unit in range(1, 21)]
    outlier = ["Omega,O,north,1,100,3,2,1"]
    result = study("\n".join([header, *many, *outlier]), treat="standard")
    row = result.tables["treatment"].row(0, named=True)
    assert (row["iCode"], row["Treatment"], row["Points"]) == ("clean", "winsorised", 1)
    assert row["Skew.Before"] > 2 > row["Skew.After"]
    assert "treatment" not in study().tables


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*nowhere\.csv"):
        run_study(tmp_path / "data.csv", tmp_path / "nowhere.csv", tmp_path / "out", StudyOptions())
