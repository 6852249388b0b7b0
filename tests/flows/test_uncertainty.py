"""The marts about uncertainty in a run, and the warning about saturated scores."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from flows.checking import saturation_warnings
from flows.uncertainty import MARTS, evaluated_periods, standard_treatment, uncertainty_marts
from xietong.catalogue import Catalogue, Judgements
from xietong.errors import CatalogueErrors
from xietong.settings import Settings

PERIODS = ("2024-12", "2025-04", "2025-05")


def indicator_scores(catalogue: Catalogue) -> pl.DataFrame:
    """Return figures of four districts that lie at different heights between their goalposts and rise a little."""
    rows = []
    for month, period in enumerate(PERIODS):
        for place, unit in enumerate(("500101", "500102", "500103", "500104")):
            for number, indicator in enumerate(catalogue.indicators):
                posts = indicator.goalposts
                share = 0.2 + 0.15 * place + 0.01 * month + 0.02 * ((number * 7 + place * 3) % 5)
                value = posts.worst.value + share * (posts.best.value - posts.worst.value) if posts else 1.0
                rows.append((unit, period, indicator.code, "observed", value, period))
    columns = ("unit_code", "period", "indicator_code", "state", "value", "value_period")
    return pl.DataFrame(rows, schema=list(columns), orient="row")


@pytest.fixture(scope="module")
def small(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with few runs."""
    robustness = catalogue.index.robustness.model_copy(update={"runs": 160})
    return replace(catalogue, index=catalogue.index.model_copy(update={"robustness": robustness}))


@pytest.fixture(scope="module")
def given(small: Catalogue) -> dict[str, pl.DataFrame]:
    """Return the marts that the uncertainty is computed from."""
    synergy = pl.DataFrame({"period": PERIODS, "rank": [1, 1, 1]})
    return {"synergy": synergy, "indicator_scores": indicator_scores(small)}


@pytest.fixture(scope="module")
def made(small: Catalogue, given: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the marts about uncertainty of three periods, the last two of one year."""
    return uncertainty_marts(small, given, "2024-12", "2025-05")


def test_every_mart_has_its_columns_its_rows_and_one_order(made) -> None:
    assert set(made) == set(MARTS)
    for name, frame in made.items():
        assert frame.schema == pl.Schema(MARTS[name].columns), name
        # These marts are of synergy degree and index alone; nothing was assessed.
        assert (frame.height == 0) == (name == "assessment_draws"), name
        assert frame.equals(frame.sort(MARTS[name].sorted_by)), name
        assert not any(frame[column].is_nan().any() for column, kind in frame.schema.items() if kind.is_float()), name


def test_intervals_are_of_the_last_period_and_the_year_ends_before(made, given) -> None:
    assert evaluated_periods(given["synergy"], "2024-12", "2025-05") == ["2024-12", "2025-05"]
    assert made["rank_intervals"]["period"].unique().sort().to_list() == ["2024-12", "2025-05"]
    assert made["change_intervals"]["base_period"].unique().to_list() == ["2025-04"]
    assert made["draws"].height == 160


def test_ranks_among_peers_have_an_interval_within_the_group(made, small) -> None:
    """The first of the four districts stands alone in its group; the three others share one."""
    groups = [small.units_by_code[unit].peer_group for unit in ("500101", "500102", "500103", "500104")]
    for row in made["rank_intervals"].to_dicts():
        peers = groups.count(small.units_by_code[row["unit_code"]].peer_group)
        assert 1 <= row["group_rank_p05"] <= row["group_rank_p95"] <= peers
        # Nobody can stand lower among some of the units than among all.
        assert row["group_rank_p95"] <= row["rank_p95"]


def test_the_same_marts_come_out_again(small, given, made) -> None:
    again = uncertainty_marts(small, given, "2024-12", "2025-05")
    for name, frame in made.items():
        assert frame.equals(again[name]), name


def test_where_nobody_is_ranked_every_mart_is_there_and_empty(small, given) -> None:
    nobody = given | {"synergy": given["synergy"].with_columns(rank=pl.lit(None, dtype=pl.Int64))}
    empty = uncertainty_marts(small, nobody, "2024-12", "2025-05")
    assert {name: frame.height for name, frame in empty.items()} == dict.fromkeys(MARTS, 0)


def test_contradictory_judgements_stop_the_run(small, given) -> None:
    circular = {"node": "index", "items": ["effect", "path", "management"]}
    circular |= {"matrix": [[1, 5, "1/5"], ["1/5", 1, 5], [5, "1/5", 1]]}
    origin = {"zh": "示例", "en": "example"}
    judgements = Judgements.model_validate({"level": "index", "origin": origin, "comparisons": [circular]})
    with pytest.raises(CatalogueErrors) as raised:
        uncertainty_marts(replace(small, judgements=(judgements,)), given, "2024-12", "2025-05")
    [mistake] = raised.value.exceptions
    assert "chongqing/judgements/index.yaml" in str(mistake)


def test_the_standard_treatment_takes_in_an_outlier() -> None:
    figures = np.array([[float(value)] for value in (*range(1, 20), 500)])
    assert standard_treatment(figures).max() == 19


def test_more_than_half_at_an_end_is_a_warning_that_names_the_release(tmp_path, catalogue) -> None:
    settings = Settings(build_directory=tmp_path)
    assert list(saturation_warnings(settings, {"chongqing": catalogue})) == []
    release = tmp_path / "chongqing-demo" / "releases" / "2025-05-abc"
    downloads = release / "site" / "downloads"
    downloads.mkdir(parents=True)
    (tmp_path / "chongqing-demo" / "current").symlink_to(release)
    rows = [("pm25", "2025-05", 1, 2, 6), ("coal_share", "2025-05", 2, 2, 6), ("pm25", "2025-04", 6, 0, 6)]
    names = ["indicator_code", "period", "units_at_0", "units_at_100", "observed_units"]
    pl.DataFrame(rows, schema=names, orient="row").write_parquet(downloads / "saturation.parquet")
    [warning] = saturation_warnings(settings, {"chongqing": catalogue})
    assert warning.startswith("warning: chongqing-demo 2025-05, release 2025-05-abc: on coal_share")
    assert "2 units score 0 and 2 score 100 of 6" in warning
