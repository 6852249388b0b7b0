"""How totals are taken apart, and the values that the law fixes: mistakes in either are told with file and key."""

import shutil

import pytest
import yaml

from xietong.catalogue import load_catalogue
from xietong.catalogue.legal_equivalents import LEGAL_EQUIVALENTS
from xietong.errors import CatalogueErrors
from xietong.resources import resource_directory
from xietong.warehouse.reference_models import chain_factors, indirect_sources, inventories


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the catalogues that a test may spoil."""
    return shutil.copytree(resource_directory("catalogue"), tmp_path / "catalogue")


def change(path, edit) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def mistakes(directory) -> list[str]:
    with pytest.raises(CatalogueErrors) as raised:
        load_catalogue(directory, "chongqing")
    return [str(error) for error in raised.value.exceptions]


def test_dust_with_the_value_of_sulphur_dioxide_is_refused_against_the_law(copy) -> None:
    def spoil(content) -> None:
        next(factor for factor in content["factors"] if factor["code"] == "dust_equivalent")["value"] = 0.95

    change(copy / "factors" / "pollution_equivalents.yaml", spoil)
    (told,) = mistakes(copy)
    assert "dust_equivalent" in told
    assert "is 0.95 kg per equivalent; the law's annex 2 says 4" in told


def test_the_catalogue_has_every_value_of_the_law(catalogue) -> None:
    values = {factor.code: factor.value for factor in catalogue.factors}
    assert {code: values.get(code) for code in LEGAL_EQUIVALENTS} == dict(LEGAL_EQUIVALENTS)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            lambda d: d["emissions"].append("co2_intensity"),
            "'co2_intensity' is not an indicator with a formula of kind",
        ),
        (lambda d: d["drivers"][0].update(amount="people"), "there is no indicator 'people'"),
        (lambda d: d["chains"][0].update(quantity="co3"), "there is no indicator 'co3'"),
        (lambda d: d["indirect_sources"].append("heat"), "there is no indicator 'heat'"),
        (lambda d: d.update(drivers=[]), "chains need drivers"),
        (lambda d: d.update(chain=[]), "not known here"),
    ],
)
def test_mistakes_in_the_decomposition_are_told(copy, edit, told) -> None:
    change(copy / "chongqing" / "index.yaml", lambda content: edit(content["decomposition"]))
    assert any("chongqing/index.yaml: decomposition" in line and told in line for line in mistakes(copy))


def test_chains_multiply_to_their_quantity(catalogue) -> None:
    for _, rows in chain_factors(catalogue).group_by("quantity_code", maintain_order=True):
        assert rows["position"].to_list() == [1, 2, 3, 4]
        # Each amount cancels against the one that the next factor divides by.
        assert rows["previous_code"].to_list() == [None, *rows["amount_code"].to_list()[:-1]]
        assert rows["amount_code"].to_list()[-1] == rows["quantity_code"][0]


def test_a_catalogue_without_a_decomposition_takes_nothing_apart(provinces) -> None:
    assert [table(provinces).height for table in (inventories, indirect_sources, chain_factors)] == [0, 0, 0]
