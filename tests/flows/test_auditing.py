"""A draft that breaks a rule of the audit never becomes a release, and its sentence says what is wrong where."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows import auditing
from flows.auditing import RuleOutcome, audit_draft, told
from flows.planning import Plan, plan
from flows.publication import WrittenDraft, finish_draft
from xietong.errors import AuditFailedError
from xietong.releases import Publication, Release, ReleaseInputs, finish, new_draft, put_in_place, releases_of
from xietong.settings import Settings

EDITION = "chongqing"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"
PAGE = f'<html><head><meta http-equiv="Content-Security-Policy" content="{POLICY}"></head><body>{{}}</body></html>'
INPUTS = ReleaseInputs(EDITION, "2025-12", "2026-01-10T00:00:00+00:00", "2025.1", (), "0" * 64, ())
RULES = ["second_gate", "links", "outside_requests", "page_weights", "golden_numbers", "comparison"]


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> Plan:
    return plan(Settings(build_directory=tmp_path_factory.mktemp("auditing")), EDITION, None, None)


def write(site: Path, score: float) -> None:
    """Write a small site that breaks no rule: one page, and the marts that the audit reads."""
    (site / "downloads").mkdir(parents=True)
    (site / "index.html").write_text(PAGE.format("<p>协同</p>"), encoding="utf-8")
    marts = {
        "checks": pl.DataFrame(
            {"gate": ["marts"], "expectation": ["scores_bounded"], "severity": ["critical"], "success": [True]}
        ),
        "synergy": pl.DataFrame(
            {"unit_code": ["500101"], "period": ["2025-12"], "d_modified": [score], "rank": [1]},
            schema_overrides={"rank": pl.Int64},
        ),
    }
    for name, frame in marts.items():
        frame.write_parquet(site / "downloads" / f"{name}.parquet")


GOLDEN_NUMBERS = auditing._golden_numbers


@pytest.fixture
def draft(planned, tmp_path, monkeypatch) -> tuple[Plan, WrittenDraft]:
    """Return a sound draft beside a release that is served; known figures are recomputed only where it matters."""
    monkeypatch.setattr(auditing, "_golden_numbers", lambda: RuleOutcome("golden_numbers", 0, ()))
    ours = replace(planned, settings=Settings(build_directory=tmp_path))
    releases = ours.settings.edition_directory(EDITION) / "releases"
    earlier = replace(INPUTS, period="2025-11")
    folder = new_draft(releases, earlier.release)
    write(folder / "site", 0.5)
    put_in_place(finish(folder, earlier, {}), Publication(earlier.release, earlier.as_of, "published"))
    folder = new_draft(releases, INPUTS.release)
    write(folder / "site", 0.6)
    return ours, WrittenDraft(folder, INPUTS, {"synergy": 1})


def test_a_sound_draft_passes_and_its_manifest_tells_of_the_audit(draft, monkeypatch) -> None:
    planned, written = draft
    monkeypatch.setattr(auditing, "_golden_numbers", GOLDEN_NUMBERS)
    release = finish_draft(written, audit_draft(planned, written))
    manifest = json.loads((release.directory / "manifest.json").read_text(encoding="utf-8"))
    assert [outcome["rule"] for outcome in manifest["audit"]] == RULES
    # The periods differ, so the one score is new on one side and gone on the other.
    served = replace(INPUTS, period="2025-11").release
    assert manifest["comparison"] == {"before": served, "compared": 1, "different": 1}
    assert told(release).startswith("6 项规则全部通过 all 6 rules hold (")
    assert told(Release("x", written.directory, {})) == ""


def test_a_served_release_that_was_damaged_keeps_no_sound_one_from_its_place(draft) -> None:
    planned, written = draft
    served = planned.settings.edition_directory(EDITION) / "current" / "site" / "downloads" / "synergy.parquet"
    served.write_bytes(served.read_bytes()[:50])
    facts = audit_draft(planned, written)["comparison"]
    assert (facts["before"], facts["different"]) == (replace(INPUTS, period="2025-11").release, None)


def over(text: str) -> Callable[[Path], object]:
    return lambda site: (site / "index.html").write_text(PAGE.format(text), encoding="utf-8")


def failed_check(site: Path) -> None:
    path = site / "downloads" / "checks.parquet"
    pl.read_parquet(path).with_columns(success=pl.lit(value=False)).write_parquet(path)


def no_checks(site: Path) -> None:
    path = site / "downloads" / "checks.parquet"
    pl.read_parquet(path).with_columns(gate=pl.lit("intake")).write_parquet(path)


@pytest.mark.parametrize(
    ("defect", "sentence"),
    [
        (failed_check, "second_gate: the marts failed the check scores_bounded"),
        (no_checks, "second_gate: the draft has no checks of the second gate"),
        (lambda site: shutil.rmtree(site / "downloads"), "second_gate: the draft has no checks of the second gate"),
        (lambda site: (site / "index.html").unlink(), "links: the site has no index.html"),
        (over('<a href="gone.html">x</a>'), "links: index.html: the address gone.html names no file of the site"),
        (over('<a href="#gone">x</a>'), "links: index.html: the address #gone names no place on index.html"),
        (over('<img src="https://a.example/x">'), "outside_requests: index.html: https://a.example/x would be loaded"),
        (lambda site: (site / "a.html").write_text("<p>"), "outside_requests: a.html: it has no content security"),
        (over("x" * 300_000), "page_weights: index.html: it weighs 300,1"),
    ],
)
def test_a_draft_with_a_defect_is_refused_and_what_is_served_stays(draft, defect, sentence) -> None:
    planned, written = draft
    served = (planned.settings.edition_directory(EDITION) / "current").resolve()
    defect(written.directory / "site")
    with pytest.raises(AuditFailedError) as refused:
        audit_draft(planned, written)
    assert f"\n  {sentence}" in str(refused.value)
    assert str(written.directory) in str(refused.value)
    assert [release.name for release in releases_of(served.parents[1])] == [served.name]
    assert (served.parents[1] / "current").resolve() == served


def test_a_formula_that_gives_other_figures_is_refused(draft, monkeypatch, tmp_path) -> None:
    planned, written = draft
    sql = shutil.copytree(auditing.resource_directory("sql"), tmp_path / "sql")
    macro = sql / "macros" / "coupling_degree_modified.sql"
    macro.write_text(macro.read_text(encoding="utf-8").replace("sqrt(", "("), encoding="utf-8")
    monkeypatch.setattr(auditing, "resource_directory", lambda _: sql)
    monkeypatch.setattr(auditing, "_golden_numbers", GOLDEN_NUMBERS)
    with pytest.raises(AuditFailedError, match=r"golden_numbers: .*figure 3 is 0\.447208, and 0\.1"):
        audit_draft(planned, written)


def test_a_ranked_unit_that_is_not_compared_is_refused(draft, monkeypatch) -> None:
    planned, written = draft
    compared = auditing.compared_ranks
    monkeypatch.setattr(auditing, "compared_ranks", lambda *releases: compared(*releases).clear())
    with pytest.raises(AuditFailedError, match="comparison: 500101 is ranked and not compared with what is served"):
        audit_draft(planned, written)


def test_many_defects_are_told_by_the_first_and_their_number(draft) -> None:
    planned, written = draft
    over("".join(f'<a href="gone{number}.html">x</a>' for number in range(8)))(written.directory / "site")
    with pytest.raises(AuditFailedError) as refused:
        audit_draft(planned, written)
    lines = str(refused.value).splitlines()
    assert len(lines) == 7
    assert lines[-1] == "  links: 3 more like these"
