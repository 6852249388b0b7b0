"""The macros load in any order and work wherever an expression may stand."""

from pathlib import Path

import duckdb
import pytest

from xietong.resources import resource_directory

FILES = sorted((resource_directory("sql") / "macros").glob("*.sql"))
NAMES = {
    "coupling_degree",
    "coupling_degree_modified",
    "coordination_degree",
    "coordination_band",
    "lag_type",
    "order_synergy",
    "cross_elasticity",
    "synergy_quadrant",
    "tapio_state",
    "log_mean",
    "goalpost_score",
    "air_composite_index",
    "pollution_equivalents",
    "obstacle_degree",
    "linear_path",
    "geometric_path",
    "step_score",
    "overfulfilment_bonus",
}


@pytest.mark.parametrize("order", [FILES, FILES[::-1]], ids=["alphabetical", "reversed"])
def test_macros_load_in_any_order(order) -> None:
    with duckdb.connect() as connection:
        for path in order:
            connection.execute(path.read_text(encoding="utf-8"))
        loaded = {
            name
            for (name,) in connection.execute(
                "select function_name from duckdb_functions() where function_type = 'macro' and not internal"
            ).fetchall()
        }
        assert loaded >= NAMES
        degree = "coordination_degree(coupling_degree_modified([.6, .6]), .6)"
        assert connection.execute(f"select {degree}, coordination_band({degree})").fetchone() == (
            pytest.approx(0.6**0.5),
            8,
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_comment_says_what_is_returned_and_lines_fit_a_page(path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines[0]) > 20
    if path.stem in NAMES:
        assert any(line.startswith("-- Source: ") for line in lines)
        assert max(map(len, lines)) <= 100


def test_macro_takes_a_list_gathered_by_a_group(macros) -> None:
    rows = macros.execute(
        """
        with scores(unit, subsystem, score) as (
            values ('x', 1, .101), ('x', 2, .28), ('y', 1, 0), ('y', 2, 0), ('z', 1, .5), ('z', 2, null)
        )
        select unit, round(coupling_degree(list(score order by subsystem)), 3), count(*)
        from scores group by unit order by unit
        """
    ).fetchall()
    assert rows == [("x", 0.883, 2), ("y", None, 2), ("z", None, 2)]


def test_macros_work_in_where_in_windows_and_as_aliases(macros) -> None:
    rows = macros.execute(
        """
        with districts(unit, p, k) as (values ('a', .9, .2), ('b', .5, .5), ('c', 0, 0))
        select
            unit,
            coordination_degree(coupling_degree_modified([p, k]), (p + k) / 2) as d,
            rank() over (order by coordination_degree(coupling_degree_modified([p, k]), (p + k) / 2) desc),
            coordination_band(d),
            count(*) over (partition by lag_type(p, k))
        from districts where lag_type(p, k) = 'synchronous' order by unit
        """
    ).fetchall()
    assert [(unit, rank, band, count) for unit, _, rank, band, count in rows] == [("b", 1, 8, 2), ("c", 2, 1, 2)]


@pytest.mark.parametrize(
    "call",
    [
        "order_synergy([p, k])",
        "log_mean(p, k)",
        "obstacle_degree(p, k)",
        "pollution_equivalents(p, k)",
        "air_composite_index(p, p, p, p, p, p)",
        "lmdi_effect(p, k, p, k)",
    ],
)
def test_every_macro_that_refuses_may_stand_in_a_window(macros, call) -> None:
    rows = macros.execute(f"select rank() over (order by {call}) from (values (.2, .4), (.5, .6)) as given(p, k)")
    ranks = [rank for (rank,) in rows.fetchall()]
    assert sorted(ranks) == [1, 2]


def test_a_score_outside_raises_only_where_a_row_holds_it(macros) -> None:
    rows = "from (values (1, 1.5), (2, .5)) as given(row, score)"
    assert macros.execute(f"select coupling_degree([score, .5]) {rows} where row = 2").fetchone() == (1.0,)
    guarded = "case when score <= 1 then coupling_degree([score, .5]) end"
    assert macros.execute(f"select {guarded} {rows} order by row").fetchall() == [(None,), (1.0,)]
    with pytest.raises(duckdb.Error, match=r"takes scores in \[0, 1\], got \[1.5, 0.5\]"):
        macros.execute(f"select coupling_degree([score, .5]) {rows}").fetchall()


def documented() -> list[list[str]]:
    """Return the rows of the table of docs/method/macros.md: macro, meaning, example, result."""
    page = (Path(__file__).parents[3] / "docs" / "method" / "macros.md").read_text(encoding="utf-8")
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in page.splitlines()]
    return [row for row in rows if len(row) == 4 and "(" in row[0]]


def test_the_page_for_outsiders_names_all_fixed_macros_with_their_arguments(macros) -> None:
    sql = "select function_name, parameters from duckdb_functions() where function_type = 'macro' and not internal"
    known = {f"{name}({', '.join(parameters)})" for name, parameters in macros.execute(sql).fetchall()}
    calls = [row[0] for row in documented()]
    assert len(calls) == len(set(calls)) == 14
    assert set(calls) <= known


def test_examples_of_the_page_give_what_it_prints(macros) -> None:
    for _, _, example, printed in documented():
        ((result,),) = macros.execute(f"select {example}").fetchall()
        assert (f"{result:.4f}" if isinstance(result, float) else str(result)) == printed, example


def test_macros_load_as_one_text() -> None:
    with duckdb.connect() as connection:
        connection.execute("\n".join(path.read_text(encoding="utf-8") for path in FILES))
        assert connection.execute("select lmdi_effect(1, 2, 1, 2), synergy_degree(1, 1, 0.5, 0.5)").fetchone() == (1, 1)
