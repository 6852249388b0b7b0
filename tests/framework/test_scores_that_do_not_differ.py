"""What has no spread decides nothing: constant columns weigh nothing, equal sums are equal in every order."""

from pathlib import Path

import pytest

from xietong.framework import StudyOptions, StudyResult, run_study

FRAMEWORK = """Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type
1,a,A,1,1,,,,I,Indicator
1,b,B,1,1,,,,I,Indicator
1,c,C,1,1,,,,I,Indicator
2,I,Index,1,1,,,,,Aggregate
"""
DATA = """uName,uCode,a,b,c
One,u1,3,5,1
Two,u2,4,5,7
Three,u3,9,5,2
Four,u4,1,5,6
"""


def study(folder: Path, data: str, framework: str, **options: str) -> StudyResult:
    (folder / "data.csv").write_text(data, encoding="utf-8")
    (folder / "framework.csv").write_text(framework, encoding="utf-8")
    return run_study(folder / "data.csv", folder / "framework.csv", folder / "out", StudyOptions(**options))


@pytest.mark.parametrize("scheme", ["critic", "entropy"])
def test_a_constant_column_has_no_weight_and_costs_the_others_none(tmp_path, scheme) -> None:
    shares = dict(
        study(tmp_path, DATA, FRAMEWORK, weights=scheme).tables["weights"].select("iCode", "Share").iter_rows()
    )
    assert shares["b"] == 0
    assert shares["a"] + shares["c"] == pytest.approx(1)
    assert min(shares["a"], shares["c"]) > 0


def test_copeland_calls_sums_equal_that_differ_by_rounding_whatever_the_order_of_the_framework(tmp_path) -> None:
    rows = ["1,x,X,1,1,,,,P,Indicator", "1,y,Y,1,1,,,,P,Indicator", "1,z,Z,1,1,,,,P,Indicator"]
    head, tail = FRAMEWORK.splitlines()[0], ["2,P,P,1,1,,,,I,Aggregate", "3,I,Index,1,1,,,,,Aggregate"]
    data = "uName,uCode,x,y,z\nOne,u1,8.4,7.0,0.2\nTwo,u2,0.2,8.4,7.0\n"
    for order in (rows, rows[::-1]):
        framework = "\n".join([head, *order, *tail]) + "\n"
        result = study(tmp_path, data, framework, normalise="scaled:0,1", aggregate="arithmetic,copeland")
        assert result.tables["aggregated"]["I"].to_list() == [0.0, 0.0]


def test_the_mean_of_equal_figures_is_that_figure(tmp_path) -> None:
    """A mean that a rounding keeps beside them would be the only spread of the column."""
    rows = [f"U,U{unit},{0.1 if unit else ''},{unit},{unit % 7}" for unit in range(40)]
    result = study(tmp_path, "\n".join(["uName,uCode,a,b,c", *rows]), FRAMEWORK, impute="mean")
    assert set(result.tables["imputed"]["a"]) == {0.1}
    assert set(result.tables["normalised"]["a"]) == {None}
