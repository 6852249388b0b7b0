"""Mistakes in options and tables: one sentence that says what, where, and what is allowed; nothing is written."""

from pathlib import Path
from typing import Any

import pytest

from xietong.errors import UsageError
from xietong.framework import StudyOptions, run_study

DATA = """uName,uCode,group,population,clean,dirty,rich,green
Alpha,A,north,10,10,5,100,1
Beta,B,north,20,20,4,400,2
Gamma,C,south,40,30,3,,3
Delta,D,south,10,40,2,300,4
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


def refusal(folder: Path, data: str = DATA, framework: str = FRAMEWORK, **options: Any) -> str:
    """Return the sentence with which a study is refused; it must not have written anything."""
    (folder / "data.csv").write_text(data, encoding="utf-8")
    (folder / "framework.csv").write_text(framework, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        run_study(folder / "data.csv", folder / "framework.csv", folder / "out", StudyOptions(**options))
    assert not (folder / "out").exists()
    return str(refused.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"normalise": "minmax:9"}, "expected minmax:LOWER,UPPER"),
        ({"normalise": "minmax:x,y"}, "in numbers"),
        ({"normalise": "magic"}, "allowed are minmax"),
        ({"normalise": "distance-to-reference"}, "name the unit"),
        ({"normalise": "distance-to-reference:Z"}, "0 rows have this uCode"),
        ({"normalise": "goalposts"}, "no goalpost_lower for clean"),
        ({"aggregate": "geometric"}, "environment: the geometric mean takes positive scores only"),
        ({"aggregate": "arithmetic,geometric,harmonic"}, "give one method, or 2"),
        ({"aggregate": "power"}, "expected power:P"),
        ({"availability": "3/2"}, "must lie in 0–1"),
        ({"availability": "x"}, "expected a share"),
        ({"impute": "group-mean:region"}, "no such column; its other columns are: uName, group, population"),
        ({"impute": "linear"}, "needs a column Time"),
        ({"weights": "entropy", "normalise": "zscore"}, "environment: entropy weights take figures of at least 0"),
        ({"order": "impute,aggregate"}, "name each of"),
        ({"noise": 1.5}, "--noise must lie"),
        ({"sobol": True}, "--sobol needs --runs of at least 12, got 0"),
        ({"seed": -1}, "must not be negative"),
        ({"normalise": "scaled:5,5"}, "must differ"),
        ({"normalise": "minmax:0,inf"}, "finite numbers"),
        ({"normalise": "minmax:9,1"}, "lower end must be below"),
        ({"treat": "box-cox"}, "expected box-cox:LAMBDA"),
        ({"treat": "hard"}, "allowed are none, standard"),
        ({"weights": "mine"}, "allowed are framework, equal"),
        ({"aggregate": "arithmetic,mode"}, "--aggregate mode: allowed are arithmetic"),
        ({"availability": "0.9", "screen_availability": -0.1}, "--screen-availability must lie in 0–1"),
        ({"screen_availability": 2}, "must lie in 0–1"),
    ],
)
def test_options_that_cannot_be_served_say_what_is_allowed(tmp_path, options, message) -> None:
    assert message in refusal(tmp_path, **options)


@pytest.mark.parametrize(
    ("data", "framework", "message"),
    [
        (DATA.replace("uCode", "code"), FRAMEWORK, "the column uCode is missing"),
        (DATA.replace(",green", ",red"), FRAMEWORK, "the column green is missing"),
        (DATA.replace("Beta,B", "Beta,A"), FRAMEWORK, "the unit A stands twice"),
        (DATA.replace(",400,", ",many,"), FRAMEWORK, "row 3 (B), column rich: 'many' is not a number"),
        (DATA, FRAMEWORK.replace("-1,3", "0,3"), "dirty: Direction must be 1 or -1"),
        (DATA, FRAMEWORK.replace("economy,Indicator", "economics,Indicator"), "Parent economics is no Aggregate"),
        (DATA, FRAMEWORK.replace("1,1,EUR", "1,-1,EUR"), "rich: Weight must be a number of at least 0"),
        (DATA, FRAMEWORK.replace("1,green", "1,rich"), "the code rich stands twice"),
        (DATA, FRAMEWORK.replace(",,,total,Aggregate", ",,,,Aggregate"), "exactly one item has no Parent"),
        (DATA, FRAMEWORK.replace("EUR,50,population", "EUR,50,people"), "the Denominator people is no row"),
        (DATA, FRAMEWORK.replace("Type\n", "Kind\n"), "the column Type is missing"),
        (DATA, FRAMEWORK.replace(",Group\n", ",Grouping\n"), "Type must be one of"),
        (DATA, FRAMEWORK.replace("3,total", "4,total"), "environment: its Parent total is no Aggregate of level 3"),
        (DATA, FRAMEWORK.replace("2,economy", "2.5,economy"), "economy: Level must be a whole number from 1, got 2.5"),
        (
            DATA,
            FRAMEWORK.replace("2,economy", "two,economy"),
            "row 7 (economy), column Level: 'two' is not a number",
        ),
        (DATA, FRAMEWORK.replace("score,,,total,Agg", "score,,,economy,Agg"), "its Parent economy is no Aggregate"),
        (DATA, FRAMEWORK.replace("Dirty air,-1", "Dirty air,"), "dirty: Direction must be 1 or -1, got nothing"),
        (
            DATA,
            FRAMEWORK.replace("Economy,1,1", "Economy,1,"),
            "economy: Weight must be a number of at least 0, got nothing",
        ),
        (DATA, FRAMEWORK.replace("Output,1,1", "Output,1,0").replace("jobs,1,1", "jobs,1,0"), "add up to 0"),
        (DATA, FRAMEWORK.replace("1,green,", "1,,"), "row 5: iCode is missing"),
        (DATA.replace("Beta,B", "Beta,"), FRAMEWORK, "row 3: uCode is missing"),
        (DATA.replace(",40,30,", ",forty,30,"), FRAMEWORK, "row 4 (C), column population: 'forty' is not a number"),
        (DATA.splitlines()[0], FRAMEWORK, "there must be one row at least"),
        (DATA.replace(",400,", ",n/a,"), FRAMEWORK, "missing ones as NA or left blank"),
        (DATA, FRAMEWORK.replace("jobs,1,1", "jobs,1,1e308").replace("Output,1,1", "Output,1,1e308"), "add up to inf"),
        (DATA, FRAMEWORK.replace("environment", "Time"), "Time: this code is the name of another column"),
        (DATA, FRAMEWORK.replace("environment", "uCode"), "uCode: this code is the name of another column"),
        (DATA, FRAMEWORK.replace("environment", "green.imputed"), "green.imputed: this code is the name of another"),
    ],
)
def test_mistakes_in_the_tables_are_named(tmp_path, data, framework, message) -> None:
    assert message in refusal(tmp_path, data, framework)


def test_a_place_that_is_no_folder_is_refused(tmp_path) -> None:
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8")
    (tmp_path / "framework.csv").write_text(FRAMEWORK, encoding="utf-8")
    paths = tmp_path / "data.csv", tmp_path / "framework.csv"
    with pytest.raises(UsageError, match="is a file; name a folder"):
        run_study(*paths, paths[0], StudyOptions())
    with pytest.raises(UsageError, match="cannot be made: Not a directory"):
        run_study(*paths, paths[0] / "out", StudyOptions())


def test_more_runs_than_can_be_kept_are_refused(tmp_path) -> None:
    assert "at most 50000000 for so many units" in refusal(tmp_path, runs=10**12)
