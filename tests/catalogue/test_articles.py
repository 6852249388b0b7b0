"""The 28 articles of the plan: complete, in both languages, with the bodies and districts they name."""

from collections import Counter
from datetime import date

import pytest
import yaml

from xietong.catalogue import Articles
from xietong.resources import resource_directory

# How many bodies each article names as responsible; articles 1 and 2 name none.
BODIES = {
    3: 4, 4: 7, 5: 9, 6: 12, 7: 4, 8: 7, 9: 7, 10: 3, 11: 8, 12: 4, 13: 5, 14: 6, 15: 8, 16: 3, 17: 4, 18: 6, 19: 9,
    20: 5, 21: 4, 22: 4, 23: 5, 24: 4, 25: 6, 26: 2, 27: 2, 28: 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def articles() -> Articles:
    path = resource_directory("catalogue") / "chongqing" / "articles.yaml"
    return Articles.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def addressees(articles: Articles, number: int, duty: str) -> set[str]:
    (found,) = [entry for entry in articles.articles[number - 1].duties if entry.code == duty]
    return set(found.addressees)


def test_the_plan_was_issued_on_18_august_2023_with_28_articles(articles) -> None:
    assert articles.issued == date(2023, 8, 18)
    assert [article.number for article in articles.articles] == list(range(1, 29))


def test_chapters_follow_the_plan(articles) -> None:
    assert Counter(article.kind for article in articles.articles) == {
        "general": 2,
        "source_control": 4,
        "key_sector": 5,
        "treatment": 4,
        "policy": 5,
        "management": 5,
        "safeguard": 3,
    }
    for article in articles.articles:
        same_kind = {other.chapter for other in articles.articles if other.kind == article.kind}
        assert same_kind == {article.chapter}


def test_every_article_names_the_bodies_of_the_plan(articles) -> None:
    assert {a.number: len(a.bodies) for a in articles.articles if a.bodies} == BODIES
    assert all(len(set(article.bodies)) == len(article.bodies) for article in articles.articles)
    assert "市邮政管理局" in {body.zh for body in articles.articles[5].bodies}
    assert [body.zh for body in articles.articles[27].bodies] == ["市生态环境局"]


def test_titles_summaries_and_duties_stand_in_both_languages(articles) -> None:
    texts = [text for article in articles.articles for text in (article.title, article.summary, article.chapter)]
    texts += [duty.name for article in articles.articles for duty in article.duties]
    for text in texts:
        assert any("一" <= character <= "鿿" for character in text.zh)
        assert not any("一" <= character <= "鿿" for character in text.en)


def test_only_the_guiding_ideas_oblige_nobody_to_anything(articles) -> None:
    assert [article.number for article in articles.articles if not article.duties] == [1]


@pytest.mark.parametrize(
    ("number", "duty", "expected"),
    [
        (5, "shale_gas_cluster", {"500102", "500119", "500110", "500155"}),
        (11, "rocky_desertification", {"500102", "500119", "500230"}),
        (16, "carbon_assessment_pilot", {"500115", "500101"}),
        (17, "electricity_linked_supervision", {"500109", "500115", "500116"}),
        (19, "climate_finance_pilot", {"500000-liangjiang"}),
    ],
)
def test_districts_that_the_plan_names_are_addressed(articles, number, duty, expected) -> None:
    assert addressees(articles, number, duty) == expected


def test_zero_waste_cities_are_the_nine_central_districts_and_six_others(articles) -> None:
    central = {"500103", "500104", "500105", "500106", "500107", "500108", "500109", "500112", "500113"}
    others = {"500102", "500115", "500116", "500117", "500118", "500120"}
    assert addressees(articles, 6, "zero_waste_city") == central | others
