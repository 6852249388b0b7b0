"""Mistakes in the catalogue are told all at once, each with its file and key."""

import math
import shutil

import pytest
import yaml

from xietong.catalogue import load_catalogue, load_edition
from xietong.errors import CatalogueErrors, UsageError
from xietong.resources import resource_directory


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the catalogues that a test may spoil."""
    return shutil.copytree(resource_directory("catalogue"), tmp_path / "catalogue")


def change(path, edit) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def mistakes(directory, name="chongqing") -> list[str]:
    with pytest.raises(CatalogueErrors) as raised:
        load_catalogue(directory, name)
    return [str(error) for error in raised.value.exceptions]


def test_every_mistake_is_told_at_once_with_file_and_key(copy) -> None:
    indicators = copy / "chongqing" / "indicators"
    change(indicators / "pm25.yaml", lambda content: content.update(weigth=0.3))
    change(indicators / "co2_intensity.yaml", lambda content: content.pop("measure"))
    (copy / "chongqing" / "index.yaml").write_text("nodes: [", encoding="utf-8")
    told = mistakes(copy)
    assert len(told) == 3
    assert any("indicators/pm25.yaml: weigth: this key is not known here" in line for line in told)
    assert any("indicators/co2_intensity.yaml: measure: this key is missing" in line for line in told)
    assert any("chongqing/index.yaml: not readable as YAML" in line for line in told)


@pytest.mark.parametrize(
    ("file", "edit", "told"),
    [
        ("indicators/pm25.yaml", lambda c: c.update(weight=0.5), "the weights of its indicators sum to"),
        ("indicators/pm25.yaml", lambda c: c.update(measure="furlong"), "not in factors/measures.yaml"),
        ("indicators/pm25.yaml", lambda c: c.update(direction="higher"), "contradict direction"),
        ("indicators/pm25.yaml", lambda c: c.update(articles=[99]), "there is no article 99"),
        ("indicators/pm25.yaml", lambda c: c.update(code="pm2"), "the file is named 'pm25'"),
        ("indicators/pm25.yaml", lambda c: c.pop("plausible"), "needs its plausible range"),
        (
            "indicators/gdp.yaml",
            lambda c: c["plausible"].update(minimum=2000),
            "plausible: minimum must be below maximum",
        ),
        ("indicators/gdp.yaml", lambda c: c["plausible_city"].update(maximum=0.1), "plausible_city: minimum must be"),
        ("indicators/gdp.yaml", lambda c: c["plausible_city"].update(maximum=2000), "must be above that of plausible"),
        ("indicators/gdp.yaml", lambda c: c["plausible"].pop("reason"), "narrower than the city's needs its reason"),
        (
            "indicators/co2_intensity.yaml",
            lambda c: c.update(plausible=None, plausible_city={"minimum": 0, "maximum": 9}),
            "stands beside that of its units",
        ),
        (
            "units.yaml",
            lambda c: c["units"][0].update(kind="district"),
            "plausible_city: there is no unit of kind city",
        ),
        ("indicators/co2_intensity.yaml", lambda c: c["formula"].update(numerator="nothing"), "no indicator 'nothing'"),
        (
            "indicators/co2_intensity.yaml",
            lambda c: c["formula"].update(numerator="co2_per_capita"),
            "same stage or later",
        ),
        ("units.yaml", lambda c: c["units"].append(c["units"][1]), "stands twice"),
        ("units.yaml", lambda c: c["units"][1].update(peer_group="elsewhere"), "not among peer_groups"),
        ("articles.yaml", lambda c: c["articles"].pop(3), "without a gap"),
        ("targets.yaml", lambda c: c["targets"][0].update(unit_code="999999"), "there is no unit 999999"),
        ("index.yaml", lambda c: c["nodes"][0].update(weight=99), "its children weigh"),
        ("index.yaml", lambda c: [node.update(weight=0) for node in c["nodes"]], "nothing would be scored"),
        ("index.yaml", lambda c: c["synergy"].update(weight_pollution=0.6), "weight_carbon sum to 1.1, not to 1"),
        ("index.yaml", lambda c: c["synergy"].update(weight_carbon=-0.5), "greater than or equal to 0"),
        ("indicators/pm25.yaml", lambda c: c["plausible"].update(maximum=math.inf), "finite number"),
        ("indicators/pm25.yaml", lambda c: c.update(weight=math.nan), "finite number"),
        ("index.yaml", lambda c: c["synergy_bands"][0].update(upper=0.2), "band 1 ends at 0.2"),
    ],
)
def test_rules_between_files(copy, file, edit, told) -> None:
    change(copy / "chongqing" / file, edit)
    assert any(told in line for line in mistakes(copy))


def test_a_key_that_stands_twice_is_a_mistake(copy) -> None:
    path = copy / "chongqing" / "index.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nbase_year: 2019\n", encoding="utf-8")
    assert any("the key 'base_year' stands twice" in line for line in mistakes(copy))


def test_a_missing_file_is_named(copy) -> None:
    (copy / "chongqing" / "units.yaml").rename(copy / "chongqing" / "other.yaml")
    with pytest.raises(UsageError, match="there is no catalogue"):
        load_catalogue(copy, "nowhere")
    assert any("chongqing/units.yaml: the file is missing" in line for line in mistakes(copy))


def test_an_unknown_edition_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"chongqing, chongqing-demo, chongqing-published, provinces"):
        load_edition(resource_directory("editions"), "beijing")
