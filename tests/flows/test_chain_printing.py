"""``xietong explain --json`` says of a figure what the site's data interface says, and says it of any period."""

import json
from pathlib import Path

import pytest

from flows.chain_printing import chain_of_figure, print_chain
from xietong.errors import UsageError
from xietong.settings import Settings

EDITION = "chongqing-demo"


@pytest.mark.parametrize("indicator", ["pm25", "co2_decline", "good_air_days_share", "data_quality_pass_rate"])
def test_the_chain_is_the_one_of_the_site(demonstration: Path, catalogue, indicator) -> None:
    site = json.loads((demonstration / "site/api/v1/provenance/500101.json").read_text(encoding="utf-8"))
    chain = chain_of_figure(demonstration, catalogue, "500101", indicator, site["period"])
    assert chain["figure"] == next(figure for figure in site["figures"] if figure["indicator"] == indicator)
    assert chain["received"] == {key: site["received"][key] for key in chain["received"]}
    assert chain["files"] == {key: site["files"][key] for key in chain["files"]}
    assert chain["general_rules"] == site["general_rules"]


def test_a_period_of_the_past_rests_on_figures_of_its_own_window(demonstration: Path, catalogue) -> None:
    chain = chain_of_figure(demonstration, catalogue, "500101", "pm25", "2023-06")
    received = chain["received"].values()
    assert {one["period"] for one in received} <= {f"2022-{month:02}" for month in range(7, 13)} | {
        f"2023-{month:02}" for month in range(1, 7)
    }
    mean = sum(one["value"] for one in received) / len(received)
    assert chain["figure"]["value"] == pytest.approx(mean, rel=1e-12)
    assert {one["file"] for one in received} == set(chain["files"])


def test_a_missing_figure_has_its_reason_and_no_file(demonstration: Path, catalogue) -> None:
    chain = chain_of_figure(demonstration, catalogue, "500101", "co2_night_lights", "2026-10")
    assert (chain["figure"]["value"], chain["figure"]["reason"]) == (None, "not_received")
    assert (chain["received"], chain["files"]) == ({}, {})


def test_it_is_printed_as_json(demonstration: Path, capsys) -> None:
    settings = Settings(build_directory=demonstration.parents[2])
    assert print_chain(settings, EDITION, "500101", "pm25", "2026-10") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["edition"], printed["origin"], printed["unit"]) == (EDITION, "demonstration", "500101")
    assert printed["figure"]["indicator"] == "pm25"


def test_what_is_not_there_is_told_in_a_sentence(demonstration: Path, catalogue, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no indicator"):
        chain_of_figure(demonstration, catalogue, "500101", "unheard_of", "2026-10")
    with pytest.raises(UsageError, match="nothing of chongqing-demo is published yet"):
        print_chain(Settings(build_directory=tmp_path), EDITION, "500101", "pm25", "2026-10")
