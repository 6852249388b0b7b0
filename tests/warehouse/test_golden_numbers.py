"""The known figures cover every macro, come out of the macros as they are, and not of others."""

import shutil

import pytest
import yaml

from xietong.resources import resource_directory
from xietong.warehouse import macro_sources
from xietong.warehouse.golden_numbers import GOLDEN, recompute_golden


def test_every_known_figure_comes_out() -> None:
    known, deviations = recompute_golden(resource_directory("sql"))
    assert deviations == []
    assert known > 60


def test_every_macro_has_a_known_figure_and_every_figure_a_source() -> None:
    figures = yaml.safe_load((resource_directory("sql") / GOLDEN).read_text(encoding="utf-8"))
    queries = " ".join(known["query"] for known in figures)
    assert [name for name in macro_sources(resource_directory("sql")) if f"{name}(" not in queries] == []
    assert all(known["source"] and known["expected"] and known["tolerance"] >= 0 for known in figures)


@pytest.mark.parametrize(
    ("macro", "now", "instead", "deviation"),
    [
        ("coordination_degree", "sqrt(", "(", "is 0.877, and"),
        ("coordination_band", "// 100000 + 1", "// 100000", "figure 2 is 8, and 7 came out"),
        ("goalpost_score", "then null", "then 0", "is None, and 0.0 came out"),
        ("lag_type", "'carbon_lagging'", "'pollution_lagging'", "is carbon_lagging, and pollution_lagging came out"),
        ("log_mean", "log_mean(a, b)", "log_mean(a, b, c)", "it cannot be computed: "),
    ],
)
def test_another_formula_is_told_with_its_source(tmp_path, macro, now, instead, deviation) -> None:
    sql = shutil.copytree(resource_directory("sql"), tmp_path / "sql")
    path = sql / "macros" / f"{macro}.sql"
    text = path.read_text(encoding="utf-8")
    assert now in text
    path.write_text(text.replace(now, instead), encoding="utf-8")
    _, deviations = recompute_golden(sql)
    assert any(deviation in sentence for sentence in deviations), deviations


def test_a_figure_more_than_is_known_is_told(tmp_path) -> None:
    (tmp_path / "macros").mkdir()
    known = [{"about": "one and two", "source": "identity", "query": "select 1, 2", "expected": [1], "tolerance": 0}]
    (tmp_path / GOLDEN).write_text(yaml.safe_dump(known), encoding="utf-8")
    assert recompute_golden(tmp_path) == (1, ["one and two: 2 figures came out, and 1 are known"])
