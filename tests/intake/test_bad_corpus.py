"""More than 500 inputs that are wrong in one place: none is accepted without a word, none costs more than it must.

Each is made from a valid original of a unit and year of its own; all lie in one inbox, so that a bad file is also
seen to cost only itself. For each, the finding is asserted with its file, its cell and its rule.
"""

from collections import Counter

import pytest

from tests.intake.corpus.bad_containers import Containers
from tests.intake.corpus.bad_forms import Forms
from tests.intake.corpus.bad_tables import Tables
from tests.intake.corpus.cases import Case
from tests.intake.corpus.intake import Outcome, take

_BUILDERS = {"forms": (Forms, 0), "tables": (Tables, 400), "containers": (Containers, 600)}
CASES: list[Case] = [case for builder, first in _BUILDERS.values() for case in builder(first).cases()]


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Return what came of every input."""
    return take(CASES, tmp_path_factory.mktemp("bad"))


def test_the_corpus_is_as_large_as_promised():
    assert len(CASES) >= 300
    assert max(Counter(case.name for case in CASES).values()) == 1
    assert len({case.original.unit_code + str(case.original.year) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_found_by_file_cell_and_rule(case: Case, outcomes: dict[str, Outcome]):
    findings = outcomes[case.name].findings
    found = [finding for finding in findings if (finding["rule"], finding["location"]) == (case.rule, case.location)]
    assert found, [(finding["rule"], finding["location"]) for finding in findings]
    assert {finding["severity"] for finding in found} == {case.severity}
    assert {finding["file"].partition("/")[2] for finding in found} == {case.file}
    for finding in found:
        for part in (case.location or "").split("!"):
            assert part in finding["message_zh"]
            assert part in finding["message_en"]
    refusals = {finding["rule"] for finding in findings if finding["severity"] == "critical"}
    assert refusals <= {case.rule} | case.beside


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_right_figures_of_the_file_are_not_lost_with_it(case: Case, outcomes: dict[str, Outcome]):
    outcome = outcomes[case.name]
    assert outcome.figures == case.expected()
    assert outcome.units <= {case.original.unit_code}
