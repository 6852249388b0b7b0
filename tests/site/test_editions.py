"""Editions that rank nobody, have no figures at all, or have no shapes still publish honest pages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from xietong.catalogue import Catalogue, Edition, load_edition
from xietong.render import render_site, write_downloads
from xietong.report import RunFacts, build_site
from xietong.resources import resource_directory

Marts = dict[str, pl.DataFrame]
Publish = Callable[[Marts, Catalogue, Edition], Path]


@pytest.fixture
def publish(facts: RunFacts, tmp_path: Path) -> Publish:
    """Return a function that renders an edition and returns its folder."""

    def run(marts: Marts, catalogue: Catalogue, edition: Edition) -> Path:
        render_site(build_site(marts, catalogue, edition, replace(facts, edition=edition.name)), tmp_path)
        write_downloads(marts, catalogue, edition, tmp_path / "downloads")
        return tmp_path

    return run


@pytest.fixture
def published() -> Edition:
    """Return the edition of published figures."""
    return load_edition(resource_directory("editions"), "chongqing-published")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_without_any_figure_the_coverage_pages_say_what_is_missing(
    publish: Publish, catalogue: Catalogue, published: Edition
) -> None:
    directory = publish({}, catalogue, published)
    overview = read(directory / "index.html")
    assert "还没有收到任何数字" in overview
    assert "目前还不能对 38 个单位中的任何一个作出评价或排名" in overview
    assert '<svg class="map"' not in overview
    assert "还没有收到这个单位的任何数字" in read(directory / "units" / "500101.html")
    assert "演示数据" not in overview
    assert "No unit has the figures that an assessment needs" in read(directory / "en" / "index.html")


def test_frames_without_rows_are_as_good_as_none(
    publish: Publish, marts: Marts, catalogue: Catalogue, published: Edition
) -> None:
    directory = publish({name: frame.clear() for name, frame in marts.items()}, catalogue, published)
    assert "还没有收到任何数字" in read(directory / "index.html")
    assert "没有可下载的数据" not in read(directory / "downloads.html")


def test_when_nobody_can_be_ranked_the_site_says_so_and_shows_the_figures_with_their_source(
    publish: Publish, marts: Marts, catalogue: Catalogue, published: Edition
) -> None:
    figures = (
        marts["observations"]
        .filter((pl.col("unit_code") == "500102") & (pl.col("indicator_code") == "gdp"))
        .head(1)
        .with_columns(
            pl.lit("2018").alias("period"),
            pl.lit(1076.13).alias("value"),
            pl.lit("example.org/news/1.htm (stated in …/sheet001.htm)").alias("source_note"),
        )
    )
    missing = {
        "indicator_scores": marts["indicator_scores"].with_columns(
            pl.lit("missing").alias("state"),
            *(pl.lit(None, pl.Float64()).alias(name) for name in ("value", "score", "contribution")),
        ),
        "synergy": marts["synergy"].with_columns(
            pl.lit("not_assessable").alias("state"),
            *(pl.lit(None, pl.Float64()).alias(name) for name in ("p_score", "k_score", "d_modified")),
            *(pl.lit(None, pl.Int64()).alias(name) for name in ("rank", "group_rank", "band")),
        ),
        "index_scores": marts["index_scores"].with_columns(
            pl.lit("not_assessable").alias("state"),
            pl.lit(None, pl.Float64()).alias("score"),
            *(pl.lit(None, pl.Int64()).alias(name) for name in ("rank", "group_rank", "band")),
        ),
        "observations": figures,
    }
    directory = publish(missing, catalogue, published)
    overview = read(directory / "index.html")
    assert "目前还不能对 38 个单位中的任何一个作出评价或排名" in overview
    assert "缺报最多的指标" in overview
    assert "本期没有单位可以排名。" in read(directory / "ranking.html")
    assert "最近收到：2018年 1,076.13，已过期" in read(directory / "indicators" / "gdp.html")
    unit = read(directory / "units" / "500102.html")
    assert "1,076.13" in unit
    assert '<a href="http://example.org/news/1.htm"' in unit
    assert "…/sheet001.htm" in unit
    assert 'href="http://sheet001' not in unit


def test_provinces_have_tiles_without_shapes_and_say_that_they_are_an_illustration(
    publish: Publish, provinces: Catalogue
) -> None:
    edition = load_edition(resource_directory("editions"), "provinces")
    units = [unit.code for unit in provinces.units.units]
    synergy = pl.DataFrame(
        {
            "unit_code": units,
            "period": ["2019"] * len(units),
            "state": ["assessed"] * len(units),
            "reason": pl.Series([None] * len(units), dtype=pl.String),
            **{name: [0.5] * len(units) for name in ("p_score", "k_score", "c_standard", "c_modified", "t")},
            **{name: [0.55] * len(units) for name in ("d_standard", "d_modified")},
            "band": [6] * len(units),
            "lag_type": ["synchronous"] * len(units),
            **{name: [1] * len(units) for name in ("rank", "group_rank")},
            **{name: [len(units)] * len(units) for name in ("ranked_units", "group_units")},
        }
    ).with_columns(pl.lit("2026-10").alias("period"))
    directory = publish({"synergy": synergy}, provinces, edition)
    overview = read(directory / "index.html")
    assert "方法示例" in overview
    assert '<svg class="map"' not in overview
    assert '<svg class="tiles"' in overview
    assert not (directory / "plan.html").exists()
    assert 'href="plan.html"' not in overview
