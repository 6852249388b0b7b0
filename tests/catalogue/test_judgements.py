"""Pairwise judgements: whole, on Saaty's scale, reciprocal, of the index's own items, and not contradictory."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from xietong.catalogue import Catalogue, Comparison, Judgements
from xietong.catalogue.judgements import judgement_inconsistencies
from xietong.robustness import judgement_mistakes
from xietong.weights import analytic_hierarchy

ORIGIN = {"zh": "示例", "en": "example"}


def comparison(matrix: list[list[object]], items: tuple[str, ...] = ("a", "b", "c"), node: str = "x") -> Comparison:
    return Comparison.model_validate({"node": node, "items": list(items), "matrix": matrix})


def test_fractions_are_read_exactly() -> None:
    found = comparison([[1, 3, "1/2"], ["1/3", 1, "1/7"], [2, 7, 1]])
    assert found.matrix[0] == (1, 3, 0.5)
    assert found.matrix[1][2] == pytest.approx(1 / 7)


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        ([[1, 2, 1], ["1/3", 1, 1], [1, 1, 1]], "a against b is not the reciprocal of b against a"),
        ([[2, 2, 1], ["1/2", 1, 1], [1, 1, 1]], "a against a is not the reciprocal"),
        ([[1, 10, 1], ["1/9", 1, 1], [1, 1, 1]], "from 1 to 9"),
        ([[1, 1.5, 1], ["2/3", 1, 1], [1, 1, 1]], "from 1 to 9"),
        ([[1, 0, 1], [1, 1, 1], [1, 1, 1]], "from 1 to 9"),
        ([[1, "much", 1], [1, 1, 1], [1, 1, 1]], "got 'much'"),
        ([[1, 1], [1, 1]], "3 items need 3 rows of 3 judgements"),
        ("equal", "is a list of rows"),
    ],
)
def test_what_is_no_comparison_is_refused(matrix, told) -> None:
    with pytest.raises(ValidationError, match=told):
        comparison(matrix)


def test_an_item_stands_once() -> None:
    with pytest.raises(ValidationError, match="an item stands twice"):
        comparison([[1, 1], [1, 1]], items=("a", "a"))


def judgements(*comparisons: Comparison, level: str = "pillar") -> Judgements:
    return Judgements.model_validate({"level": level, "origin": ORIGIN, "comparisons": comparisons})


EFFECT = comparison([[1, 1, 2], [1, 1, 2], ["1/2", "1/2", 1]], ("pollution", "carbon", "coupling"), "effect")
PATH = comparison([[1, 2], ["1/2", 1]], ("structure", "treatment"), "path")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (judgements(EFFECT), "path: needs one comparison, there are 0"),
        (judgements(EFFECT, EFFECT, PATH), "effect: needs one comparison, there are 2"),
        (
            judgements(EFFECT, PATH, comparison([[1, 1], [1, 1]], ("a", "b"), "nowhere")),
            "there is no node 'nowhere' of level pillar",
        ),
        (
            judgements(EFFECT, comparison([[1, 1], [1, 1]], ("structure", "carbon"), "path")),
            "path: the items are to be structure, treatment",
        ),
    ],
)
def test_comparisons_have_to_fit_the_index(catalogue: Catalogue, given, told) -> None:
    mistakes = [str(mistake) for mistake in judgement_inconsistencies(replace(catalogue, judgements=(given,)))]
    assert len(mistakes) == 1
    assert mistakes[0].startswith("chongqing/judgements/pillar.yaml")
    assert told in mistakes[0]


def test_contradictory_judgements_are_one_sentence_with_file_and_node(catalogue: Catalogue) -> None:
    # a over b over c over a: λmax 4.47 and a consistency ratio far above 0.1.
    matrix = [[1, 5, "1/5"], ["1/5", 1, 5], [5, "1/5", 1]]
    circular = comparison(matrix, ("pollution", "carbon", "coupling"), "effect")
    [mistake] = judgement_mistakes(replace(catalogue, judgements=(judgements(circular, PATH),)))
    assert str(mistake).startswith("chongqing/judgements/pillar.yaml")
    assert "effect" in str(mistake)
    assert "allowed is less than 0.1" in str(mistake)


def test_the_catalogue_s_own_judgements_follow_the_order_of_the_policy_weights(catalogue: Catalogue) -> None:
    weights = {node.code: node.weight for node in catalogue.index.nodes}
    weights |= {indicator.code: indicator.weight for indicator in catalogue.indicators}
    assert {file.level for file in catalogue.judgements} == {"index", "pillar", "sub_index"}
    assert list(judgement_mistakes(catalogue)) == []
    for file in catalogue.judgements:
        assert "不是专家打分" in file.origin.zh
        for found in file.comparisons:
            judged = dict(zip(found.items, analytic_hierarchy(found.matrix).weights, strict=True))
            for first in found.items:
                for second in found.items:
                    if weights[first] > weights[second]:
                        assert judged[first] > judged[second]
